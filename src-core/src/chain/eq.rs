//! The equaliser: bands on left and right, on mid and on side.

use super::response::band_filter;
use super::settings::{EqBand, Part};
use crate::dsp::biquad::{Cascade, Coefficients};
use crate::dsp::{Frame, decode_mid_side, encode_mid_side};

/// Equaliser bands in series. Filters are linear, so bands of one part run together whatever their order in the list.
pub(super) struct Equaliser {
    left_right: Cascade,
    mid_side: Cascade,
}

impl Equaliser {
    /// None if no band changes anything.
    pub(super) fn new(bands: &[EqBand], sample_rate: f64) -> Option<Self> {
        let of = |part: Part| -> Vec<Coefficients> {
            bands.iter().filter(|b| b.part == part).filter_map(|b| band_filter(b, sample_rate)).collect()
        };
        let this = Self { left_right: Cascade::new(&of(Part::Stereo)), mid_side: Cascade::per_lane(&of(Part::Mid), &of(Part::Side)) };
        (!this.left_right.is_empty() || !this.mid_side.is_empty()).then_some(this)
    }

    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        self.left_right.process(frames);
        if !self.mid_side.is_empty() {
            encode_mid_side(frames);
            self.mid_side.process(frames);
            decode_mid_side(frames);
        }
    }

    pub(super) fn flush_tiny(&mut self) {
        self.left_right.flush_tiny();
        self.mid_side.flush_tiny();
    }

    pub(super) fn reset(&mut self) {
        self.left_right.reset();
        self.mid_side.reset();
    }
}
