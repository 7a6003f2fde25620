//! The model on samples, for listening.

use super::Model;
use super::limiter::Running;
use crate::audio::Block;
use crate::dsp::convolver::{Convolver, PART};
use crate::dsp::minimum_phase::{Complex, minimum_phase};
use crate::dsp::{Frame, decode_mid_side, encode_mid_side};
use crate::units::db_to_power;

/// Length of the filters, about: 8192 samples at 44.1 and 48 kHz, the nearest power of two in time at other rates.
const FILTER_S: f64 = 0.18;

/// By how much mid and side are late where the side is thinned by a filter that is even about its middle.
const SIDE_S: f64 = 0.02;

/// Frames worked on at a time.
const CHUNK: usize = 256;

/// Plays left and right as heard on a system, block by block: real-time safe, any sample rate, any block size.
///
/// The output is turned down so far that it cannot pass full scale where the input does not ([`Simulation::attenuation_db`]); it never
/// clips. It is [`Simulation::latency_frames`] late.
pub struct Simulation {
    convolver: Convolver,
    limiter: Option<Running>,
    gains: Frame,
    /// The right channel waits here while the left one has passed.
    delay: Vec<f64>,
    at: usize,
    work: Vec<Frame>,
    attenuation_db: f64,
    /// Frames by which the filters are late.
    late: usize,
}

impl Simulation {
    /// A simulation at rest.
    pub fn new(model: &Model, sample_rate: u32) -> Self {
        let rate = f64::from(sample_rate.max(1));
        let taps = 1usize << (rate * FILTER_S).log2().round().clamp(4.0, 20.0) as u32;
        // What is left of the side is so much less of it, in phase with the mid: a filter that reaches back in time, so both are late.
        let late = if model.thins_side() { (rate * SIDE_S).round() } else { 0.0 };
        let delay = |hz: f64| Complex::from_polar(1.0, -std::f64::consts::TAU * hz / rate * late);
        let thinned = |hz: f64| delay(hz) * model.side_share_above_woofer(hz).sqrt();
        let mid = minimum_phase(taps, rate, |hz| model.response_db(hz), |hz| model.crossover(hz, rate)[0] * delay(hz));
        let mono = (0..200).all(|i| model.side_share(20.0 * 1.035f64.powi(i)) == 0.0);
        let side = |hz: f64| model.crossover(hz, rate)[1] * thinned(hz);
        let side = if mono { Vec::new() } else { minimum_phase(taps, rate, |hz| model.response_db(hz), side) };
        let balance = model.balance.map(f64::sqrt);
        let limiter = model.working_limiter();
        let convolver = Convolver::new(&mid, &side);
        let largest = match limiter {
            None => sum_of_magnitudes(&mid).max(sum_of_magnitudes(&side)),
            Some(limiter) => limiter.extremes(taps, rate).iter().map(|impulse| largest_after(&convolver, impulse)).fold(0.0, f64::max),
        };
        let gain = 1.0 / (largest * balance[0].max(balance[1])).max(1.0);
        Self {
            convolver,
            limiter: limiter.map(|l| Running::new(l, db_to_power(model.drive.db), rate)),
            gains: balance.map(|b| b * gain),
            delay: vec![0.0; (model.delay_s * rate).round() as usize],
            at: 0,
            work: vec![[0.0; 2]; CHUNK],
            attenuation_db: 20.0 * gain.log10(),
            late: late as usize,
        }
    }

    /// How far the output is turned down beside the level of the model, dB; 0 or below.
    pub fn attenuation_db(&self) -> f64 {
        self.attenuation_db
    }

    /// Frames by which the output is late.
    pub fn latency_frames(&self) -> usize {
        PART + self.late + self.limiter.as_ref().map_or(0, Running::latency_frames)
    }

    /// Plays a block in place. One channel is taken for both; beyond two, channels are left alone.
    pub fn process(&mut self, block: &mut Block<f64>) {
        let (left, rest) = match block.channels_mut() {
            [] => return,
            [left, rest @ ..] => (left, rest),
        };
        let mut right = rest.first_mut();
        for from in (0..left.len()).step_by(CHUNK) {
            let to = (from + CHUNK).min(left.len());
            let mut work = std::mem::take(&mut self.work);
            for (i, frame) in (from..to).zip(&mut work) {
                let l = left.get(i).copied().unwrap_or(0.0);
                *frame = [l, right.as_ref().map_or(l, |r| r.get(i).copied().unwrap_or(0.0))];
            }
            if let Some(frames) = work.get_mut(..to - from) {
                self.process_frames(frames);
            }
            for (i, frame) in (from..to).zip(&work) {
                if let Some(l) = left.get_mut(i) {
                    *l = frame[0];
                }
                if let Some(r) = right.as_mut().and_then(|r| r.get_mut(i)) {
                    *r = frame[1];
                }
            }
            self.work = work;
        }
    }

    /// Plays frames of left and right in place.
    pub fn process_frames(&mut self, frames: &mut [Frame]) {
        encode_mid_side(frames);
        if let Some(limiter) = &mut self.limiter {
            limiter.process(frames);
        }
        self.convolver.process(frames);
        decode_mid_side(frames);
        for frame in frames {
            *frame = [frame[0] * self.gains[0], frame[1] * self.gains[1]];
            if let Some(slot) = self.delay.get_mut(self.at) {
                std::mem::swap(slot, &mut frame[1]);
                self.at = (self.at + 1) % self.delay.len().max(1);
            }
        }
    }

    /// Forgets all audio, as if new.
    pub fn reset(&mut self) {
        self.convolver.reset();
        if let Some(limiter) = &mut self.limiter {
            limiter.reset();
        }
        self.delay.fill(0.0);
        self.at = 0;
    }
}

/// |left| = |h_m ∗ m + h_s ∗ s|, and |m| + |s| ≤ 1 where left and right are within full scale: no sample passes the larger of these sums.
fn sum_of_magnitudes(taps: &[f64]) -> f64 {
    taps.iter().map(|t| t.abs()).sum()
}

/// The same for what both filters make of an impulse response before them.
fn largest_after(filters: &Convolver, impulse: &[f64]) -> f64 {
    let mut filters = filters.clone();
    let silence = std::iter::repeat_n(0.0, impulse.len() + PART);
    let mut frames: Vec<Frame> = impulse.iter().copied().chain(silence).map(|x| [x; 2]).collect();
    filters.process(&mut frames);
    [0, 1].map(|lane| frames.iter().map(|f| f[lane].abs()).sum::<f64>()).into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::super::{BandGains, Bins, Drive, Spectrum};
    use super::*;
    use crate::audio::Layout;
    use crate::dsp::biquad::{Cascade, Coefficients};
    use crate::measure::energy_map::{self, BANDS, BANDS_HZ};
    use crate::measure::spectrum;
    use crate::models::system;
    use crate::units::power_to_db;

    /// The bar between the two forms, dB per third octave.
    const FORMS_DB: f64 = 0.5;
    /// A band this far below another within an octave holds what the analysis window leaks from there, not the system's output, dB.
    const LEAKAGE_DB: f64 = -40.0;

    /// Music-like: pink noise, alike in part on both sides, with notes in the bass that pulse.
    fn music(rate: u32, seconds: f64) -> Vec<Frame> {
        let n = (f64::from(rate) * seconds) as usize;
        let mut state = 7u64;
        let mut white = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / 8_388_608.0 - 1.0
        };
        let mut frames: Vec<Frame> = (0..n)
            .map(|_| {
                let (m, s) = (white(), 0.5 * white());
                [m + s, m - s]
            })
            .collect();
        // About −3 dB an octave from shelves two octaves apart.
        let pink: Vec<Coefficients> = (0..5).map(|i| Coefficients::high_shelf(60.0 * 4f64.powi(i), -6.0, 0.4, f64::from(rate))).collect();
        Cascade::new(&pink).process(&mut frames);
        for (i, frame) in frames.iter_mut().enumerate() {
            let t = i as f64 / f64::from(rate);
            let note = [49.0, 55.0, 65.4, 73.4][(t * 2.0) as usize % 4];
            let tone = 0.5 * (-3.0 * (t * 2.0).fract()).exp() * (std::f64::consts::TAU * note * t).sin();
            *frame = [0.2 * frame[0] + tone, 0.2 * frame[1] + tone];
        }
        frames
    }

    fn block(frames: &[Frame]) -> Block<f32> {
        Block::from_channels([0, 1].map(|c| frames.iter().map(|f| f[c] as f32).collect()).to_vec())
    }

    /// Long-term spectrum: fine enough for the lowest bands, as frames of the energy map are not.
    fn bins(frames: &[Frame], rate: u32) -> spectrum::Bins {
        let mut meter = spectrum::Meter::new(rate, &Layout::stereo());
        meter.push(&block(frames));
        meter.finish().bins
    }

    /// Power of a band's bins, those at its edges in part: mid and side.
    fn band_powers(bins: &spectrum::Bins, band: usize) -> [f64; 2] {
        let sixth = 2f64.powf(1.0 / 6.0);
        bins.between(BANDS_HZ[band] / sixth, BANDS_HZ[band] * sixth)
    }

    /// Cross power of mid and side over the power of the mid, per band.
    fn cross_shares(frames: &[Frame], rate: u32) -> [f64; BANDS] {
        let mut meter = energy_map::Meter::new(rate, &Layout::stereo());
        meter.push(&block(frames));
        let map = meter.finish();
        let sum = |x: &[f32], b: usize| x.iter().skip(b).step_by(BANDS).map(|p| f64::from(*p)).sum::<f64>();
        std::array::from_fn(|b| sum(&map.cross, b) / sum(&map.mid, b).max(1e-30))
    }

    #[test]
    fn both_forms_agree_on_every_system_down_to_20_hz() {
        for rate in [44_100, 96_000] {
            let input = music(rate, if rate > 50_000 { 6.0 } else { 12.0 });
            let (before, cross) = (bins(&input, rate), cross_shares(&input, rate));
            let (all, low) = (&before, &before.low);
            let spectrum = Spectrum {
                all: Bins { width_hz: all.width_hz, mid: &all.mid, side: &all.side },
                low: Bins { width_hz: low.width_hz, mid: &low.mid, side: &low.side },
            };
            for system in system::all().unwrap() {
                let model = Model::new(&system);
                let mut simulation = Simulation::new(&model, rate);
                let mut output = input.clone();
                simulation.process_frames(&mut output);
                let after = bins(&output[simulation.latency_frames()..], rate);
                let gains = BandGains::of_programme(&model, &spectrum);
                let down = db_to_power(simulation.attenuation_db());
                let expected: Vec<f64> = (0..BANDS)
                    .map(|b| {
                        let [mid, side] = band_powers(&before, b);
                        gains.heard(b, mid, side, cross[b] * mid) * down
                    })
                    .collect();
                let near = |b: usize| expected[b.saturating_sub(3)..(b + 4).min(BANDS)].iter().copied().fold(0.0, f64::max);
                for b in (0..BANDS).filter(|b| power_to_db(expected[*b] / near(*b)) > LEAKAGE_DB) {
                    let difference = power_to_db(band_powers(&after, b).iter().sum::<f64>() / expected[b]);
                    assert!(difference.abs() < FORMS_DB, "{} at {} Hz, {rate}: {difference:.2} dB", system.name, BANDS_HZ[b]);
                }
            }
        }
    }

    #[test]
    fn nothing_clips_and_nothing_depends_on_block_size() {
        let square: Vec<Frame> = (0..20_000).map(|i| if (i / 400) % 2 == 0 { [1.0, -1.0] } else { [-1.0, -1.0] }).collect();
        for name in ["car_parked", "club_pa", "smartphone"] {
            let model = Model::new(&system::find(name).unwrap().unwrap()).driven(Drive { db: 0.0 });
            let run = |size: usize| {
                let mut simulation = Simulation::new(&model, 44_100);
                let mut frames = square.clone();
                frames.chunks_mut(size).for_each(|chunk| simulation.process_frames(chunk));
                frames
            };
            let out = run(20_000);
            assert!(out.iter().flatten().all(|x| x.abs() <= 1.0), "{name}");
            assert_eq!(out, run(1), "{name}");
            assert_eq!(out, run(333), "{name}");
        }
    }

    #[test]
    fn a_driven_phone_holds_its_lowest_band_and_leaves_a_soft_one_alone() {
        let model = Model::new(&system::find("smartphone").unwrap().unwrap());
        let tone = |gain: f64| -> Vec<Frame> {
            (0..88_200).map(|i| [gain * (std::f64::consts::TAU * 50.0 * f64::from(i) / 44_100.0).sin(); 2]).collect()
        };
        let level = |gain: f64, drive: Drive| {
            let mut simulation = Simulation::new(&model.clone().driven(drive), 44_100);
            let mut frames = tone(gain);
            simulation.process_frames(&mut frames);
            // Without what the two are turned down by, which is not the same where the limiter is in the way.
            let down = simulation.attenuation_db();
            -down + power_to_db(frames[44_100..].iter().map(|f| f[0] * f[0]).sum::<f64>() / 44_100.0)
        };
        let soft = Drive { db: -40.0 };
        assert!((level(0.5, soft) - level(0.05, soft) - 20.0).abs() < 0.1, "below the limit all is linear");
        let loud = Drive { db: 0.0 };
        // The band above takes over what the crossover leaves it of the tone, 18 dB down, so that not all of the 21 dB is seen.
        assert!(level(0.5, loud) < level(0.5, soft) - 10.0, "at full volume the band is held to −31 dB");
        let mut powers = [0.0; BANDS];
        powers[4] = 0.125;
        let mut mid = vec![0.0; 1024];
        mid[50] = 1.0;
        let spectrum = Spectrum::of_bins(Bins { width_hz: 1.0, mid: &mid, side: &mid });
        let gains = model.clone().driven(loud).limiter_on(&spectrum).unwrap().gains(&powers);
        assert!((power_to_db(powers[4] * gains[4]) - level(0.5, loud) + level(0.5, soft) - power_to_db(powers[4])).abs() < 0.5);
        assert!(model.limiter_on(&spectrum).is_none());
    }
}
