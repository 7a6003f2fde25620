//! How the level of each octave moves.

use super::dynamics::{PROBABILITIES, Spread};
use super::energy_map::transform_points;
use super::mid_side::MidSideFrames;
use crate::audio::{Block, Layout};
use crate::dsp::band_bins::BandBins;
use crate::dsp::fft::PairSpectrum;
use crate::dsp::stats::LevelHistogram;
use crate::units::{Db, Hz, power_to_db};
use serde::{Deserialize, Serialize};

/// Length of a frame, about: 2048 samples at 44.1 and 48 kHz.
const FRAME_S: f64 = 0.045;
/// Frames below this level are pauses, dBFS.
const PAUSE_DB: f64 = -70.0;
/// Octaves from 63 Hz (which takes in all below) to 16 kHz.
const OCTAVES: i32 = 9;
/// Longer windows, seconds.
const WINDOWS_S: [f64; 2] = [0.4, 3.0];

/// One octave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Band {
    /// Middle; the lowest band reaches down to 20 Hz.
    pub centre: Hz,
    /// Mean level.
    pub level: Db,
    /// Level of the loudest frame less `level`: the crest of the band's envelope. 0 on silence.
    pub crest: Db,
    /// Spread of the levels of frames (about 45 ms), 0.4 s and 3 s.
    pub spreads: Vec<Spread>,
}

/// Levels per octave over time.
///
/// # What it measures
/// How lively each part of the spectrum is: peaks of its envelope above its mean, and the spread of its levels.
/// # Definition
/// Hann-windowed frames of 2048 samples at 44.1 and 48 kHz (the nearest power of two in time at other rates), half overlapped; power
/// of mid plus side in octaves around 63, 125, … 16000 Hz. Longer windows are means of as many frames as fit, back to back. Quantiles at
/// [`PROBABILITIES`], nearest rank, classes of 0.1 dB, over frames (windows) whose level over all bands lies above −70 dBFS.
/// # Unit and range
/// dB re a full-scale constant.
/// # On silence, short, mono
/// Silence: −∞, crest 0. Shorter than a frame: one frame filled up with silence. Mono: side 0.
/// # Limits
/// Frames cannot show what is faster than about 20 ms, so a click counts with its energy, not with its height.
/// # References
/// IEC 61260-1:2014 for octave bands (base 2 here).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// The bands, lowest first.
    pub bands: Vec<Band>,
}

/// See [`Data`].
pub struct Meter {
    frames: MidSideFrames,
    state: State,
}

struct Octave {
    bins: BandBins,
    sum: f64,
    max: f64,
    histograms: [LevelHistogram; 3],
    windows: [f64; 2],
}

struct State {
    spectrum: PairSpectrum,
    octaves: Vec<Octave>,
    window_frames: [u64; 2],
    hop_s: f64,
    frame: u64,
    counted: u64,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let points = transform_points(rate, FRAME_S);
        let hop_s = 0.5 * points as f64 / f64::from(rate.max(1));
        let octave = |k: i32| {
            let low = if k == 0 { 20.0 } else { centre_hz(k) / std::f64::consts::SQRT_2 };
            Octave {
                bins: BandBins::new(rate, points, low, centre_hz(k) * std::f64::consts::SQRT_2),
                sum: 0.0,
                max: 0.0,
                histograms: Default::default(),
                windows: [0.0; 2],
            }
        };
        let state = State {
            spectrum: PairSpectrum::new(points),
            octaves: (0..OCTAVES).map(octave).collect(),
            window_frames: WINDOWS_S.map(|s| (s / hop_s).round().max(1.0) as u64),
            hop_s,
            frame: 0,
            counted: 0,
        };
        Self { frames: MidSideFrames::new(layout, points, points / 2), state }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        let Self { frames, state } = self;
        frames.push(block, |mid, side| state.frame(mid, side));
    }

    /// The result.
    pub fn finish(self) -> Data {
        let Self { frames, mut state } = self;
        frames.finish(|mid, side| state.frame(mid, side));
        state.finish()
    }
}

fn centre_hz(k: i32) -> f64 {
    1000.0 * 2f64.powi(k - 4)
}

impl State {
    fn frame(&mut self, mid: &[f32], side: &[f32]) {
        self.frame += 1;
        let powers = self.spectrum.powers(mid, side);
        let mut levels = [0.0f64; OCTAVES as usize];
        for (level, octave) in levels.iter_mut().zip(&self.octaves) {
            let reach = powers.get(octave.bins.first..).unwrap_or(&[]);
            *level = f64::from(octave.bins.shares.iter().zip(reach).map(|(share, p)| share * (p.a + p.b)).sum::<f32>());
        }
        let heard = power_to_db(levels.iter().sum()) > PAUSE_DB;
        self.counted += u64::from(heard);
        for (level, octave) in levels.iter().zip(&mut self.octaves) {
            if heard {
                octave.sum += level;
                octave.max = octave.max.max(*level);
                octave.histograms[0].add_power(*level);
            }
            for window in &mut octave.windows {
                *window += level;
            }
        }
        for (index, frames) in self.window_frames.into_iter().enumerate() {
            if self.frame.is_multiple_of(frames) {
                self.end_window(index, frames);
            }
        }
    }

    fn end_window(&mut self, index: usize, frames: u64) {
        let total: f64 = self.octaves.iter().map(|o| o.windows[index]).sum();
        let heard = power_to_db(total / frames as f64) > PAUSE_DB;
        for octave in &mut self.octaves {
            let power = std::mem::take(&mut octave.windows[index]) / frames as f64;
            if heard {
                octave.histograms[index + 1].add_power(power);
            }
        }
    }

    fn finish(self) -> Data {
        let lengths = [2.0 * self.hop_s, self.window_frames[0] as f64 * self.hop_s, self.window_frames[1] as f64 * self.hop_s];
        let counted = self.counted.max(1) as f64;
        let bands = self.octaves.iter().zip(0..).map(|(octave, k)| {
            let level_db = power_to_db(octave.sum / counted);
            Band {
                centre: Hz::new(centre_hz(k)),
                level: Db::new(level_db),
                crest: Db::new(if level_db.is_finite() { power_to_db(octave.max) - level_db } else { 0.0 }),
                spreads: octave.histograms.iter().zip(lengths).map(|(histogram, window_s)| spread(histogram, window_s)).collect(),
            }
        });
        Data { bands: bands.collect() }
    }
}

fn spread(histogram: &LevelHistogram, window_s: f64) -> Spread {
    Spread { window_s, levels: PROBABILITIES.iter().map(|p| Db::new(histogram.quantile_db(*p))).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulsed_tone_shows_its_crest_and_a_steady_one_shows_none() {
        let rate = 48_000u32;
        let step = std::f64::consts::TAU / f64::from(rate);
        let signal: Vec<f32> = (0..rate * 8)
            .map(|n| {
                let t = f64::from(n);
                let on = if (n / 24_000) % 4 == 0 { 1.0 } else { 0.001 };
                (0.1 * (step * 1000.0 * t).sin() + 0.2 * on * (step * 8000.0 * t).sin()) as f32
            })
            .collect();
        let mut meter = Meter::new(rate, &Layout::mono());
        meter.push(&Block::from_channels(vec![signal]));
        let data = meter.finish();
        let (steady, pulsed) = (&data.bands[4], &data.bands[7]);
        assert!((steady.level.db() + 23.01).abs() < 0.05 && steady.crest.db() < 0.1, "{steady:?}");
        // On for a quarter of the time: the loudest frame lies 6 dB above the mean.
        assert!((pulsed.crest.db() - 6.02).abs() < 0.2, "{pulsed:?}");
        assert!((pulsed.spreads[0].level_db(0.99) + 16.99).abs() < 0.1);
        assert!(pulsed.spreads[0].level_db(0.5) < -70.0);
    }
}
