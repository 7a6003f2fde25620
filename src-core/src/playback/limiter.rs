//! The limiter by bands that protects small drivers: each band is held to its level, whatever comes.
//!
//! # Definition
//! The signal is split by Linkwitz-Riley crossovers of fourth order between the middles of the bands that are held to different levels. With x² the
//! power of a band (mid plus side), p = w ∗ x² its mean over a window w, and T the level it is held to, the power gain is w ∗ min(1, T/p). Because
//! the window is the same both times and even about its middle, the mean power that leaves a band is that of min(p, T): what leaves it can be
//! reckoned from the powers p alone, which is what makes the two forms agree. The window is the square of a Hann window of 0.18 s, with which the
//! frames of the energy map weigh a signal's power, so that a frame of the map is one value of p.
//!
//! # Limits
//! Figures are medians of device tunings; slopes are infinite (97 % of the tunings that are known). Devices that limit faster let less of an
//! attack through and more of what follows it. Where in a third octave the energy lies is taken from the long-term spectrum, not from each
//! frame. The gain looks ahead by half a window twice, so the sample form is late by as much.

use super::spectra::Spectrum;
use crate::dsp::Frame;
use crate::dsp::crossover::Crossover;
use crate::models::system::{BANDS, BandLimits, Bands};
use crate::units::db_to_power;

/// Length of the window, about: 8192 samples at 44.1 and 48 kHz, the nearest power of two in time at other rates; as the frames of the energy map.
const WINDOW_S: f64 = 0.18;

/// Steps of a window: powers are summed and gains worked out once a step.
const STEPS: usize = 16;

/// Most bands; the figures are merged into so many.
const MOST_BANDS: usize = 5;

/// Limits this close are one, dB.
const SAME_DB: f64 = 0.5;

/// A limit that a band of music at full scale never reaches, dB.
const NEVER_DB: f64 = 0.0;

/// Bands with their limits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BandLimiter {
    /// Edges between the bands, Hz.
    edges_hz: Vec<f64>,
    /// Limit of each band, power re full scale.
    limits: Vec<f64>,
}

impl BandLimiter {
    pub(super) fn new(figures: &BandLimits) -> Self {
        // Lowest and highest middle of a run of neighbours with the same limit, and the limit.
        let mut runs: Vec<[f64; 3]> = Vec::new();
        for (hz, db) in figures.bands_hz.iter().zip(&figures.threshold_db) {
            let full = runs.len() == MOST_BANDS;
            match runs.last_mut() {
                // The highest band takes in all above it with the highest of their limits: treble hardly ever limits.
                Some(run) if full || (run[2] - db).abs() < SAME_DB => (run[1], run[2]) = (*hz, run[2].max(*db)),
                _ => runs.push([*hz, *hz, *db]),
            }
        }
        let edges_hz: Vec<f64> = runs.windows(2).map(|w| (w[0][1] * w[1][0]).sqrt()).collect();
        let limits = runs.iter().map(|run| if run[2] >= NEVER_DB { f64::INFINITY } else { db_to_power(run[2]) }).collect();
        Self { edges_hz, limits }
    }

    /// The limiter as it meets a programme that plays at `drive` times full scale (a power).
    pub(super) fn on(&self, programme: &Spectrum<'_>, drive: f64) -> LimiterOn {
        let bands = 0..self.limits.len();
        let mut together = vec![vec![[0.0; BANDS]; bands.len()]; bands.len()];
        for third in 0..BANDS {
            let lines = programme.lines(third);
            let whole: f64 = lines.iter().map(|l| l.mid + l.side).sum();
            for line in &lines {
                let part = (line.mid + line.side) / whole.max(f64::MIN_POSITIVE);
                let gains: Vec<f64> = bands.clone().map(|band| share(&self.edges_hz, band, line.hz)).collect();
                for (row, a) in together.iter_mut().zip(&gains) {
                    for (cell, b) in row.iter_mut().zip(&gains) {
                        cell[third] += part * a * b;
                    }
                }
            }
        }
        LimiterOn { limits: self.limits.clone(), together, drive }
    }

    /// Whether anything could be limited for a programme that plays at `drive` times full scale.
    pub(super) fn works_at(&self, drive: f64) -> bool {
        self.limits.iter().any(|limit| *limit < drive)
    }

    /// Every way in which the bands that are limited could be held down altogether or left alone: what an impulse of so many frames becomes.
    pub(super) fn extremes(&self, frames: usize, sample_rate: f64) -> Vec<Vec<f64>> {
        let edges = below_nyquist(&self.edges_hz, sample_rate);
        let mut impulse = vec![[0.0; 2]; frames.max(1)];
        impulse[0] = [1.0; 2];
        let mut bands = vec![vec![[0.0; 2]; impulse.len()]; edges.len() + 1];
        Crossover::new(&edges, sample_rate).split(&impulse, &mut bands);
        let limited: Vec<usize> = (0..bands.len()).filter(|b| self.limits.get(*b).is_some_and(|l| l.is_finite())).collect();
        let held = |which: usize, band: usize| limited.iter().position(|b| *b == band).is_some_and(|bit| (which >> bit) & 1 == 1);
        let sum = |which: usize| {
            let kept = bands.iter().enumerate().filter(|(band, _)| !held(which, *band));
            kept.fold(vec![0.0; impulse.len()], |mut sum, (_, band)| {
                sum.iter_mut().zip(band).for_each(|(s, x)| *s += x[0]);
                sum
            })
        };
        (0..1usize << limited.len()).map(sum).collect()
    }
}

fn below_nyquist(edges_hz: &[f64], sample_rate: f64) -> Vec<f64> {
    edges_hz.iter().copied().filter(|hz| *hz < 0.45 * sample_rate).collect()
}

/// Gain of one band of the crossovers: above all edges below it and below the next.
fn share(edges_hz: &[f64], band: usize, hz: f64) -> f64 {
    let above = |edge: &f64| {
        let x = (hz / edge).powi(4);
        x / (1.0 + x)
    };
    let below = edges_hz.get(band).map_or(1.0, |edge| 1.0 - above(edge));
    edges_hz.iter().take(band).map(above).product::<f64>() * below
}

/// A limiter as it meets a programme: on its third-octave powers.
pub struct LimiterOn {
    limits: Vec<f64>,
    /// Product of the amplitude gains of two bands, mean over the programme's energy in each third octave.
    together: Vec<Vec<Bands>>,
    drive: f64,
}

impl LimiterOn {
    /// Power gains for the third-octave powers (mid plus side) of one frame of 0.18 s.
    pub fn gains(&self, powers: &Bands) -> Bands {
        let gain = |(band, limit): (usize, &f64)| {
            let power = self.drive * powers.iter().zip(&self.together[band][band]).map(|(p, share)| p * share).sum::<f64>();
            if power > *limit { (limit / power).sqrt() } else { 1.0 }
        };
        let gains: Vec<f64> = self.limits.iter().enumerate().map(gain).collect();
        // The bands of such crossovers are in phase, so amplitudes add.
        let mut all = [0.0; BANDS];
        for (row, a) in self.together.iter().zip(&gains) {
            for (products, b) in row.iter().zip(&gains) {
                all.iter_mut().zip(products).for_each(|(sum, product)| *sum += a * b * product);
            }
        }
        all
    }
}

/// One band on samples.
#[derive(Clone, Debug)]
struct Band {
    limit: f64,
    /// The band waits here until its gain is known.
    waiting: Vec<Frame>,
    /// Mean powers of the last steps, and the gains that each of their windows asks for.
    powers: [f64; STEPS],
    wanted: [f64; STEPS],
    sum: f64,
    /// Gain at the beginning and the end of the step.
    from: f64,
    to: f64,
}

/// The limiter on samples.
#[derive(Clone, Debug)]
pub(super) struct Running {
    crossover: Crossover,
    bands: Vec<Band>,
    /// As the crossover takes them.
    split: Vec<Vec<Frame>>,
    weights: [f64; STEPS],
    drive: f64,
    step: usize,
    /// Frames of the step that have gone by.
    at: usize,
    /// Where in the waiting bands the next frame goes.
    place: usize,
}

impl Running {
    /// A limiter at rest; `drive` is the power at which full scale plays.
    pub(super) fn new(limiter: &BandLimiter, drive: f64, sample_rate: f64) -> Self {
        let edges = below_nyquist(&limiter.edges_hz, sample_rate);
        let window = 1usize << (sample_rate * WINDOW_S).log2().round().clamp(5.0, 20.0) as u32;
        let step = window / STEPS;
        let band = |limit: &f64| Band {
            limit: *limit,
            waiting: vec![[0.0; 2]; latency(step)],
            powers: [0.0; STEPS],
            wanted: [1.0; STEPS],
            sum: 0.0,
            from: 1.0,
            to: 1.0,
        };
        let hann = |k: usize| (std::f64::consts::PI * (k as f64 + 0.5) / STEPS as f64).sin().powi(2);
        let squares: [f64; STEPS] = std::array::from_fn(|k| hann(k).powi(2));
        let whole: f64 = squares.iter().sum();
        let bands: Vec<Band> = limiter.limits.iter().take(edges.len() + 1).map(band).collect();
        Self {
            crossover: Crossover::new(&edges, sample_rate),
            split: vec![vec![[0.0; 2]; step]; bands.len()],
            bands,
            weights: squares.map(|w| w / whole),
            drive,
            step,
            at: 0,
            place: 0,
        }
    }

    /// Frames by which what it gives is late.
    pub(super) fn latency_frames(&self) -> usize {
        latency(self.step)
    }

    /// Limits frames in place. Gains change on a grid of the stream, so that results do not depend on block size.
    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        let mut rest = frames;
        while !rest.is_empty() {
            let count = (self.step - self.at).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            self.crossover.split(now, &mut self.split);
            now.fill([0.0; 2]);
            for (band, split) in self.bands.iter_mut().zip(&self.split) {
                band.pass(now, split, self.place, self.at, self.step);
            }
            self.place = (self.place + count) % self.latency_frames();
            self.at += count;
            if self.at == self.step {
                self.at = 0;
                for band in &mut self.bands {
                    band.step(&self.weights, self.drive, self.step);
                }
                self.crossover.flush_tiny();
            }
            rest = later;
        }
    }

    pub(super) fn reset(&mut self) {
        self.crossover.reset();
        for band in &mut self.bands {
            band.waiting.fill([0.0; 2]);
            (band.powers, band.wanted, band.sum, band.from, band.to) = ([0.0; STEPS], [1.0; STEPS], 0.0, 1.0, 1.0);
        }
        (self.at, self.place) = (0, 0);
    }
}

/// A window for the power, half of it ahead; one for the gain; and a step within which the gain moves from one value to the next.
fn latency(step: usize) -> usize {
    (STEPS + 1) * step
}

impl Band {
    /// Adds what waited to `out` and lets new frames wait.
    fn pass(&mut self, out: &mut [Frame], new: &[Frame], place: usize, at: usize, step: usize) {
        let length = self.waiting.len().max(1);
        for (i, (out, new)) in out.iter_mut().zip(new).enumerate() {
            self.sum += new[0] * new[0] + new[1] * new[1];
            let Some(slot) = self.waiting.get_mut((place + i) % length) else { continue };
            let old = std::mem::replace(slot, *new);
            let gain = self.from + (self.to - self.from) * (at + i) as f64 / step as f64;
            *out = [out[0] + gain * old[0], out[1] + gain * old[1]];
        }
    }

    /// A step is over: the gain of the next one.
    fn step(&mut self, weights: &[f64; STEPS], drive: f64, step: usize) {
        let weighed = |values: &[f64; STEPS]| values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>();
        let push = |values: &mut [f64; STEPS], new: f64| {
            values.rotate_left(1);
            values[STEPS - 1] = new;
        };
        push(&mut self.powers, self.sum / step as f64);
        self.sum = 0.0;
        let power = weighed(&self.powers) * drive;
        push(&mut self.wanted, if power > self.limit { self.limit / power } else { 1.0 });
        self.from = self.to;
        self.to = weighed(&self.wanted).sqrt();
    }
}

#[cfg(test)]
mod tests {
    use super::super::spectra::Bins;
    use super::*;
    use crate::audio::{Block, Layout};
    use crate::measure::{energy_map, spectrum};
    use crate::units::power_to_db;

    /// The bar between the two forms, dB.
    const FORMS_DB: f64 = 0.5;

    fn limiter() -> BandLimiter {
        BandLimiter::new(&BandLimits {
            bands_hz: vec![47.0, 141.0, 1000.0],
            threshold_db: vec![-30.0, -20.0, 0.0],
            threshold_q25_db: vec![-30.0; 3],
            threshold_q75_db: vec![-30.0; 3],
            basis: "estimate".into(),
            source: "test".into(),
            note: String::new(),
        })
    }

    /// Hits of a low note, twice a second.
    fn hits(gain: f64, hz: f64) -> Vec<Frame> {
        let at = |i: usize| {
            let t = i as f64 / 44_100.0;
            gain * (-6.0 * (2.0 * t).fract()).exp() * (std::f64::consts::TAU * hz * t).sin()
        };
        (0..44_100 * 8).map(|i| [at(i), 0.3 * at(i)]).collect()
    }

    fn mean_power(frames: &[Frame]) -> f64 {
        frames.iter().map(|f| f[0] * f[0] + f[1] * f[1]).sum::<f64>() / frames.len() as f64
    }

    #[test]
    fn what_leaves_a_band_is_what_its_powers_foretell() {
        let limiter = limiter();
        for (gain, hz) in [(0.02, 50.0), (0.2, 50.0), (0.8, 50.0), (0.5, 200.0), (0.5, 3000.0)] {
            let input = hits(gain, hz);
            let mut running = Running::new(&limiter, 1.0, 44_100.0);
            let mut output = input.clone();
            running.process(&mut output);
            let heard = mean_power(&output[running.latency_frames()..]);
            // Powers as the energy map has them, and where in their bands they lie.
            let block = Block::from_channels(
                [0, 1].map(|lane| input.iter().map(|f| (f[0] + (1.0 - 2.0 * lane as f64) * f[1]) as f32).collect()).to_vec(),
            );
            let (mut map, mut spectrum) =
                (energy_map::Meter::new(44_100, &Layout::stereo()), spectrum::Meter::new(44_100, &Layout::stereo()));
            map.push(&block);
            spectrum.push(&block);
            let (map, bins) = (map.finish(), spectrum.finish().bins);
            let on = limiter.on(&Spectrum::of_bins(Bins { width_hz: bins.width_hz, mid: &bins.mid, side: &bins.side }), 1.0);
            let frame = |frame: usize| -> f64 {
                let powers: Bands = std::array::from_fn(|b| f64::from(map.mid_frame(frame)[b] + map.side_frame(frame)[b]));
                powers.iter().zip(on.gains(&powers)).map(|(power, gain)| power * gain).sum()
            };
            let foretold = (0..map.frames()).map(frame).sum::<f64>() / map.frames() as f64;
            let off = power_to_db(heard / foretold);
            assert!(off.abs() < FORMS_DB, "{gain} at {hz} Hz: {off:.2} dB");
        }
    }

    #[test]
    fn what_is_soft_passes_whole_and_what_is_loud_is_held() {
        let tone = |gain: f64| -> Vec<Frame> {
            (0..88_200).map(|i| [gain * (std::f64::consts::TAU * 40.0 * f64::from(i) / 44_100.0).sin(), 0.0]).collect()
        };
        let level = |gain: f64, drive: f64| {
            let mut frames = tone(gain);
            Running::new(&limiter(), drive, 44_100.0).process(&mut frames);
            power_to_db(mean_power(&frames[44_100..]))
        };
        assert!((level(0.02, 1.0) - power_to_db(0.0002)).abs() < 0.1);
        // Of −9 dB the band is held to −30; the band above has the tone too, 25 dB down, and in phase.
        assert!((level(0.5, 1.0) + 25.9).abs() < 0.5, "{}", level(0.5, 1.0));
        assert!(level(0.5, 1e-4) > -9.2, "turned down by 40 dB nothing is limited");
    }
}
