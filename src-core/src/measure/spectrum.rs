//! The long-term spectrum, in bins and in sixths of an octave, with its spread over time.

use super::energy_map::transform_points;
use super::lows::{self, Lows};
use super::mid_side::MidSideFrames;
use crate::audio::{Block, Layout};
use crate::dsp::band_bins::BandBins;
use crate::dsp::fft::PairSpectrum;
use crate::dsp::stats::LevelHistogram;
use crate::units::{Db, Hz, power_to_db};
use serde::{Deserialize, Serialize};

/// Length of a frame, about: 32768 samples at 44.1 and 48 kHz.
const FRAME_S: f64 = 0.72;
/// Frames below this level are pauses and enter neither mean nor spread, dBFS.
const PAUSE_DB: f64 = -70.0;
/// Bands below and above 1 kHz: 19.7 Hz to 20.2 kHz.
const BANDS_BELOW: i32 = 34;
const BANDS_ABOVE: i32 = 26;

/// One sixth of an octave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Band {
    /// Middle, 1000 Hz · 2^(k/6).
    pub centre: Hz,
    /// Mean level over the frames.
    pub level: Db,
    /// Level that a tenth of the frames lie below.
    pub p10: Db,
    /// Median level.
    pub p50: Db,
    /// Level that nine tenths of the frames lie below.
    pub p90: Db,
}

/// Power per bin over the whole file; kept out of the JSON for its size.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins {
    /// Distance of the bins, Hz (1.35 at 44.1 kHz).
    pub width_hz: f64,
    /// Mean power of the mid.
    pub mid: Vec<f32>,
    /// Mean power of the side.
    pub side: Vec<f32>,
    /// Mean level of mid and side together, dB: the mean of logarithms, so that one loud moment does not set it.
    pub mean_db: Vec<f32>,
    /// Highest power of mid and side together in any frame.
    pub max: Vec<f32>,
    /// The lows in narrower bins.
    pub low: Lows,
}

impl Bins {
    /// Power of mid and side between two frequencies, of bins at the edges in part; the lows by their narrower bins.
    pub fn between(&self, low_hz: f64, high_hz: f64) -> [f64; 2] {
        let low = &self.low;
        let (width, mid, side) = if high_hz < low.width_hz * low.mid.len() as f64 {
            (low.width_hz, &low.mid, &low.side)
        } else {
            (self.width_hz, &self.mid, &self.side)
        };
        let bins = BandBins::of_width(width, mid.len(), low_hz, high_hz);
        [mid, side].map(|x| bins.shares.iter().zip(x.get(bins.first..).unwrap_or(&[])).map(|(share, p)| f64::from(share * p)).sum())
    }
}

/// Long-term spectrum.
///
/// # What it measures
/// How the energy of the file is spread over frequency, on the whole and over time.
/// # Definition
/// Hann-windowed frames of 32768 samples at 44.1 and 48 kHz (the nearest power of two in time at other rates; 0.68 to 0.74 s), half
/// overlapped; power of mid plus power of side, (L² + R²)/2, so that a full-scale sine in both channels reads −3.01 dB. Bands of a
/// sixth of an octave, 1000·2^(k/6) Hz, k = −34 to 26, each bin with the share of its width in the band. Means are of power; quantiles by
/// nearest rank in classes of 0.1 dB. Frames below −70 dBFS are left out of all.
/// # Unit and range
/// dB re a full-scale constant per band.
/// # On silence, short, mono
/// Silence: no frames, all −∞. A file shorter than a frame gives one frame filled up with silence. Mono: side 0.
/// # Limits
/// Bins are 1.35 Hz wide and the window spreads a tone over four of them, so the two lowest bands share energy. Bands that
/// reach above Nyquist hold what lies below it.
/// # References
/// P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio Electroacoust. 15(2), 1967;
/// IEC 61260-1:2014 for fractional-octave bands (base 2 here).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Frames that were loud enough to count.
    pub frames: u64,
    /// The bands, lowest first.
    pub bands: Vec<Band>,
    /// The fine spectrum.
    #[serde(skip)]
    pub bins: Bins,
}

/// See [`Data`].
pub struct Meter {
    frames: MidSideFrames,
    state: State,
    lows: lows::Meter,
}

struct State {
    spectrum: PairSpectrum,
    bands: Vec<(BandBins, LevelHistogram, f64)>,
    frames: u64,
    width_hz: f64,
    mid: Vec<f64>,
    side: Vec<f64>,
    log: Vec<f32>,
    max: Vec<f32>,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let points = transform_points(rate, FRAME_S);
        let bins = points / 2 + 1;
        let half = 2f64.powf(1.0 / 12.0);
        let band = |k: i32| {
            let centre = centre_hz(k);
            (BandBins::new(rate, points, centre / half, centre * half), LevelHistogram::default(), 0.0)
        };
        let state = State {
            spectrum: PairSpectrum::new(points),
            bands: (-BANDS_BELOW..=BANDS_ABOVE).map(band).collect(),
            frames: 0,
            width_hz: f64::from(rate) / points as f64,
            mid: vec![0.0; bins],
            side: vec![0.0; bins],
            log: vec![0.0; bins],
            max: vec![0.0; bins],
        };
        Self { frames: MidSideFrames::new(layout, points, points / 2), state, lows: lows::Meter::new(rate, layout) }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        let Self { frames, state, lows } = self;
        frames.push(block, |mid, side| state.frame(mid, side));
        lows.push(block);
    }

    /// The result.
    pub fn finish(self) -> Data {
        let Self { frames, mut state, lows } = self;
        frames.finish(|mid, side| state.frame(mid, side));
        let mut data = state.finish();
        data.bins.low = lows.finish(&data.bins);
        data
    }
}

fn centre_hz(k: i32) -> f64 {
    1000.0 * 2f64.powf(f64::from(k) / 6.0)
}

impl State {
    fn frame(&mut self, mid: &[f32], side: &[f32]) {
        let level: f64 = mid.iter().zip(side).map(|(m, s)| f64::from(m * m + s * s)).sum::<f64>() / mid.len().max(1) as f64;
        if !(power_to_db(level) > PAUSE_DB) {
            return;
        }
        self.frames += 1;
        let powers = self.spectrum.powers(mid, side);
        for (index, power) in powers.iter().enumerate() {
            let sum = power.a + power.b;
            self.mid[index] += f64::from(power.a);
            self.side[index] += f64::from(power.b);
            self.max[index] = self.max[index].max(sum);
            self.log[index] += fast_log2(sum);
        }
        for (bins, histogram, mean) in &mut self.bands {
            let reach = powers.get(bins.first..).unwrap_or(&[]);
            let power: f32 = bins.shares.iter().zip(reach).map(|(share, p)| share * (p.a + p.b)).sum();
            histogram.add_power(f64::from(power));
            *mean += f64::from(power);
        }
    }

    fn finish(self) -> Data {
        let frames = self.frames.max(1) as f64;
        let mean = |sums: &[f64]| sums.iter().map(|s| (s / frames) as f32).collect();
        let bands = self.bands.iter().zip(-BANDS_BELOW..).map(|((_, histogram, sum), k)| Band {
            centre: Hz::new(centre_hz(k)),
            level: Db::from_power(sum / frames),
            p10: Db::new(histogram.quantile_db(0.1)),
            p50: Db::new(histogram.quantile_db(0.5)),
            p90: Db::new(histogram.quantile_db(0.9)),
        });
        let db_per_octave = 10.0 * 2f32.log10();
        let log = if self.frames > 0 { self.log } else { vec![f32::NEG_INFINITY; self.mid.len()] };
        Data {
            frames: self.frames,
            bands: bands.collect(),
            bins: Bins {
                width_hz: self.width_hz,
                mid: mean(&self.mid),
                side: mean(&self.side),
                mean_db: log.iter().map(|l| l * db_per_octave / frames as f32).collect(),
                max: self.max,
                low: Lows::default(),
            },
        }
    }
}

/// Base-2 logarithm of a power to within 0.001 (0.003 dB), −100 for 0: exponent from the number's bits, mantissa by a polynomial that
/// interpolates log2 at Chebyshev points. `f32::log2` would take a third of the meter's time.
fn fast_log2(power: f32) -> f32 {
    if power <= 8e-31 {
        return -100.0;
    }
    let bits = power.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let m = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000) - 1.0;
    exponent as f32 + m * (1.439_8 + m * (-0.679_4 + m * (0.324_6 - 0.085_0 * m)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, gain: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / f64::from(rate);
        (0..(f64::from(rate) * seconds) as usize).map(|n| (gain * (step * n as f64).sin()) as f32).collect()
    }

    #[test]
    fn a_tone_reads_its_level_in_its_band_at_every_rate() {
        for rate in [22_050, 44_100, 48_000, 96_000] {
            let mut meter = Meter::new(rate, &Layout::stereo());
            let tone = tone(1000.0, 0.5, rate, 4.0);
            meter.push(&Block::from_channels(vec![tone.clone(), tone]));
            let data = meter.finish();
            let band = data.bands.iter().find(|b| (b.centre.hz() - 1000.0).abs() < 1.0).unwrap();
            assert!((band.level.db() + 9.031).abs() < 0.02, "{rate}: {}", band.level);
            assert!((band.p50.db() + 9.031).abs() < 0.1);
            let far = data.bands.iter().find(|b| (b.centre.hz() - 4000.0).abs() < 5.0).unwrap();
            assert!(far.level.db() < -100.0, "{rate}: {}", far.level);
        }
    }

    #[test]
    fn silence_has_no_frames() {
        let mut meter = Meter::new(44_100, &Layout::mono());
        meter.push(&Block::silent(1, 100_000));
        let data = meter.finish();
        assert_eq!(data.frames, 0);
        assert!(data.bands.iter().all(|b| b.level.db() == f64::NEG_INFINITY));
    }

    #[test]
    fn the_logarithm_keeps_its_bound() {
        for step in 0..4000 {
            let x = 1e-12 * 1.01f32.powi(step);
            assert!((fast_log2(x) - x.log2()).abs() < 0.001, "{x}: {} {}", fast_log2(x), x.log2());
        }
    }
}
