//! The stages behind the choice: a playback system, and a band listened to alone.

use super::swap::Stage;
use crate::dsp::Frame;
use crate::dsp::biquad::{Cascade, Coefficients};
use crate::playback::Simulation;
use std::f64::consts::FRAC_1_SQRT_2;

/// A playback system's responses are longer in the bass; what comes later is below its stated accuracy.
const SYSTEM_SETTLES_FRAMES: usize = 2048;

impl Stage for Simulation {
    fn process(&mut self, frames: &mut [Frame]) {
        self.process_frames(frames);
    }

    fn settling_frames(&self) -> usize {
        self.latency_frames() + SYSTEM_SETTLES_FRAMES
    }
}

/// A band listened to alone: fourth-order Linkwitz-Riley at both edges, as crossovers are built.
pub(super) struct SoloBand {
    filters: Cascade,
    settling: usize,
    since_flush: usize,
}

impl SoloBand {
    /// The band between two frequencies, Hz; an edge outside what the rate holds is left open.
    pub fn new([low_hz, high_hz]: [f64; 2], sample_rate: f64) -> Self {
        let mut filters = Vec::new();
        let highest = 0.45 * sample_rate;
        if low_hz > 10.0 {
            filters.extend([Coefficients::high_pass(low_hz.min(highest), FRAC_1_SQRT_2, sample_rate); 2]);
        }
        if high_hz < highest {
            filters.extend([Coefficients::low_pass(high_hz.max(10.0), FRAC_1_SQRT_2, sample_rate); 2]);
        }
        // A few periods of the lower edge, within reason.
        let settling = (2.0 * sample_rate / low_hz.max(40.0)) as usize;
        Self { filters: Cascade::new(&filters), settling, since_flush: 0 }
    }
}

impl Stage for SoloBand {
    fn process(&mut self, frames: &mut [Frame]) {
        self.filters.process(frames);
        self.since_flush += frames.len();
        if self.since_flush >= 4096 {
            self.since_flush = 0;
            self.filters.flush_tiny();
        }
    }

    fn settling_frames(&self) -> usize {
        self.settling
    }
}
