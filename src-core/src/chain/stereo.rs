//! Width: gain of the side, bands on the side, and bass without side.

use super::response::band_filter;
use super::settings::Stereo;
use crate::dsp::biquad::{Cascade, Coefficients};
use crate::dsp::{Frame, decode_mid_side, encode_mid_side};

/// Qs of the two second-order high-passes that make the fourth-order Butterworth of [`Stereo::mono_below_hz`]:
/// 1/(2 cos 22.5°) and 1/(2 cos 67.5°). The side is 3 dB down at the corner.
pub const MONO_BELOW_Q: [f64; 2] = [0.541_196_100_146_197, 1.306_562_964_876_376_5];

/// Works on the side alone; the mid is untouched.
pub(super) struct Width {
    side: Cascade,
    side_gain: f64,
}

impl Width {
    /// None if nothing would change.
    pub(super) fn new(stereo: &Stereo, sample_rate: f64) -> Option<Self> {
        let mut filters: Vec<Coefficients> = stereo.side_bands.iter().filter_map(|band| band_filter(band, sample_rate)).collect();
        if let Some(corner_hz) = stereo.mono_below_hz {
            filters.extend(MONO_BELOW_Q.map(|q| Coefficients::high_pass(corner_hz, q, sample_rate)));
        }
        let side_gain = 10f64.powf(stereo.side_gain_db / 20.0);
        let idle = filters.is_empty() && stereo.side_gain_db == 0.0;
        (!idle).then(|| Self { side: Cascade::per_lane(&[], &filters), side_gain })
    }

    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        encode_mid_side(frames);
        self.side.process(frames);
        for [_, side] in frames.iter_mut() {
            *side *= self.side_gain;
        }
        decode_mid_side(frames);
    }

    pub(super) fn flush_tiny(&mut self) {
        self.side.flush_tiny();
    }

    pub(super) fn reset(&mut self) {
        self.side.reset();
    }
}
