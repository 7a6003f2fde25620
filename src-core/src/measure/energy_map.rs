//! The compact map of a file: time × band × mid/side. What stays of the samples once they have gone by.

use super::mid_side::MidSideFrames;
use crate::audio::{Block, Layout};
use crate::dsp::band_bins::BandBins;
use crate::dsp::fft::PairSpectrum;
use crate::units::THIRD_OCTAVES_HZ;

/// Third-octave band centres of the map, Hz (ISO 266 nominal values, 20 Hz to 20 kHz).
pub const BANDS_HZ: [f64; 31] = THIRD_OCTAVES_HZ;

/// Length of a frame, about: 8192 samples at 44.1 and 48 kHz.
const FRAME_S: f64 = 0.18;

/// Number of bands.
pub const BANDS: usize = BANDS_HZ.len();

/// Energy of a file over time and frequency.
///
/// # Definition
/// Hann-windowed frames of about 186 ms (8192 samples at 44.1 and 48 kHz, the nearest power of two
/// in time at other rates) every half frame. Mid = (L+R)/2, side = (L−R)/2; band power = sum over
/// the bins, each with the share of its width that lies in \[fc·2^(−1/6), fc·2^(1/6)), scaled so that a full-scale sine
/// in both channels has mid power 0.5. Mono files have side 0. Bands above Nyquist hold 0. Samples after the last whole
/// frame are left out; a file shorter than one frame gives one, filled up with silence.
///
/// Frame-major: index `frame * BANDS + band`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnergyMap {
    /// Time between frames, seconds (about 0.093).
    pub hop_s: f64,
    /// Centre of the first frame, seconds.
    pub first_s: f64,
    /// Power of the mid.
    pub mid: Vec<f32>,
    /// Power of the side.
    pub side: Vec<f32>,
    /// Real part of mid × conj(side): with `mid` and `side` it gives left and right power
    /// (mid + side ± 2·cross) and their correlation.
    pub cross: Vec<f32>,
}

impl EnergyMap {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.mid.len() / BANDS
    }

    /// Centre of a frame, seconds from the start of the file.
    pub fn time_s(&self, frame: usize) -> f64 {
        self.first_s + frame as f64 * self.hop_s
    }

    /// Mid powers of one frame, [`BANDS`] values.
    pub fn mid_frame(&self, frame: usize) -> &[f32] {
        self.mid.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }

    /// Side powers of one frame, [`BANDS`] values.
    pub fn side_frame(&self, frame: usize) -> &[f32] {
        self.side.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        [&mut self.mid, &mut self.side, &mut self.cross].into_iter()
    }

    /// Cross powers of one frame, [`BANDS`] values.
    pub fn cross_frame(&self, frame: usize) -> &[f32] {
        self.cross.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }
}

/// Frames that a map has room for at first: three minutes.
const LEAST_ROOM: usize = 2048 * BANDS;

/// Result of the meter.
pub type Data = EnergyMap;

/// Points of a transform of about `seconds`: the nearest power of two.
pub fn transform_points(rate: u32, seconds: f64) -> usize {
    let exponent = (f64::from(rate.max(1)) * seconds).log2().round();
    1 << (exponent as u32).clamp(4, 20)
}

/// See [`EnergyMap`].
pub struct Meter {
    frames: MidSideFrames,
    state: State,
}

struct State {
    spectrum: PairSpectrum,
    bands: Vec<BandBins>,
    map: EnergyMap,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let points = transform_points(rate, FRAME_S);
        let hop_s = 0.5 * points as f64 / f64::from(rate.max(1));
        let sixth = 2f64.powf(1.0 / 6.0);
        let state = State {
            spectrum: PairSpectrum::new(points),
            bands: BANDS_HZ.iter().map(|fc| BandBins::new(rate, points, fc / sixth, fc * sixth)).collect(),
            map: EnergyMap { hop_s, first_s: hop_s, ..EnergyMap::default() },
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
        // It is kept for long, and beside others.
        state.map.all_mut().for_each(Vec::shrink_to_fit);
        state.map
    }
}

impl State {
    fn frame(&mut self, mid: &[f32], side: &[f32]) {
        let powers = self.spectrum.powers(mid, side);
        // Doubled, the room of a long file would be empty for half.
        for values in self.map.all_mut().filter(|values| values.len() + BANDS > values.capacity()) {
            values.reserve_exact(values.len() / 8 + LEAST_ROOM);
        }
        for band in &self.bands {
            let sum = band.sum(powers);
            self.map.mid.push(sum.a);
            self.map.side.push(sum.b);
            self.map.cross.push(sum.cross);
        }
    }
}
