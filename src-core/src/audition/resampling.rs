//! Another sample rate, by the synchronous transform resampler of `rubato`.

use super::chunk::Decoded;
use crate::error::{Error, Result};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler as _};

/// Frames that a step takes at least.
const STEP_FRAMES: usize = 256;

/// Resamples a stream of two channels in steps of a fixed size. Real-time safe after it was made.
pub(super) struct Resampler {
    inner: Fft<f32>,
    input: [Vec<f32>; 2],
    output: [Vec<f32>; 2],
    filled: usize,
    /// Frames of `output` that are still to be given out, and where they begin.
    ready: usize,
    given: usize,
}

impl Resampler {
    /// From one rate to another, Hz.
    ///
    /// # Errors
    /// [`Error::Bug`] if the library refuses the rates.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self> {
        let bug = |e: rubato::ResamplerConstructionError| Error::Bug { place: "audition::resampling", problem: e.to_string() };
        let inner = Fft::new(from_hz as usize, to_hz as usize, STEP_FRAMES, 2, FixedSync::Both).map_err(bug)?;
        let (input, output) = (inner.input_frames_max(), inner.output_frames_max());
        let of = |frames: usize| [vec![0.0; frames], vec![0.0; frames]];
        Ok(Self { inner, input: of(input), output: of(output), filled: 0, ready: 0, given: 0 })
    }

    /// Frames by which the output is late, at the new rate.
    pub fn delay(&self) -> usize {
        self.inner.output_delay()
    }

    /// Frames to be given before more come out; 0 while there are some.
    pub fn wants(&self) -> usize {
        if self.ready > 0 { 0 } else { self.inner.input_frames_next().saturating_sub(self.filled) }
    }

    /// Takes a frame in.
    pub fn give(&mut self, frame: Decoded) {
        for (channel, sample) in self.input.iter_mut().zip(frame) {
            if let Some(slot) = channel.get_mut(self.filled) {
                *slot = sample;
            }
        }
        self.filled += 1;
        if self.filled >= self.inner.input_frames_next() {
            self.step();
        }
    }

    fn step(&mut self) {
        self.filled = 0;
        let (frames_in, frames_out) = (self.input[0].len(), self.output[0].len());
        let Ok(input) = SequentialSliceOfVecs::new(&self.input[..], 2, frames_in) else { return };
        let Ok(mut output) = SequentialSliceOfVecs::new_mut(&mut self.output[..], 2, frames_out) else { return };
        // Sizes were asked of the resampler itself: it has no reason to refuse, and silence is played if it does.
        let written = self.inner.process_into_buffer(&input, &mut output, None).map_or(0, |(_, written)| written);
        (self.ready, self.given) = (written, 0);
    }

    /// The next frame; none before enough has been given.
    pub fn take(&mut self) -> Option<Decoded> {
        self.ready = self.ready.checked_sub(1)?;
        let at = self.given;
        self.given += 1;
        let [left, right] = &self.output;
        Some([left.get(at).copied()?, right.get(at).copied()?])
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.inner.reset();
        (self.filled, self.ready, self.given) = (0, 0, 0);
    }
}

/// Greatest common divisor.
pub(super) fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { common(b, a % b) }
}
