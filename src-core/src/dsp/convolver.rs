//! Long filters in real time: uniformly partitioned convolution of two lanes with a filter each.
//!
//! Overlap–save in blocks of [`PART`] frames; the filters are cut into parts of that length and multiplied with the spectra of the past
//! blocks (T. G. Stockham, "High-speed convolution and correlation", AFIPS 28, 1966; W. G. Gardner, JAES 43(3), 1995). Both lanes ride in
//! one complex transform: with z = a + ib and the filters f and g, the output is h1 ∗ z + h2 ∗ conj z, h1 = (f + g)/2, h2 = (f − g)/2.

use super::Frame;
use rustfft::{Fft, FftPlanner, num_complex::Complex};
use std::sync::Arc;

/// Frames of a block, and of latency.
pub const PART: usize = 512;

const POINTS: usize = 2 * PART;

/// Spectra of one part of the filters.
#[derive(Clone)]
struct Part {
    same: Vec<Complex<f64>>,
    mirrored: Vec<Complex<f64>>,
}

/// Two lanes through a filter each. Does not allocate while running; results do not depend on how the stream is cut.
#[derive(Clone)]
pub struct Convolver {
    forward: Arc<dyn Fft<f64>>,
    inverse: Arc<dyn Fft<f64>>,
    scratch: Vec<Complex<f64>>,
    parts: Vec<Part>,
    /// Spectra of the last blocks, newest at `newest`.
    past: Vec<Vec<Complex<f64>>>,
    newest: usize,
    /// The block before and the one being filled.
    input: Vec<Complex<f64>>,
    output: Vec<Complex<f64>>,
    sum: Vec<Complex<f64>>,
    filled: usize,
}

impl Convolver {
    /// A convolver at rest for a filter on each lane.
    pub fn new(first: &[f64], second: &[f64]) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(POINTS), planner.plan_fft_inverse(POINTS));
        let count = first.len().max(second.len()).div_ceil(PART).max(1);
        let zero = || vec![Complex::default(); POINTS];
        let part = |index: usize| {
            let at = |taps: &[f64], i: usize| taps.get(index * PART + i).copied().unwrap_or(0.0);
            let mut part = Part { same: zero(), mirrored: zero() };
            for i in 0..PART {
                part.same[i].re = 0.5 * (at(first, i) + at(second, i));
                part.mirrored[i].re = 0.5 * (at(first, i) - at(second, i));
            }
            forward.process(&mut part.same);
            forward.process(&mut part.mirrored);
            part
        };
        let parts: Vec<Part> = (0..count).map(part).collect();
        let scratch = vec![Complex::default(); forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len())];
        Self {
            past: vec![zero(); count],
            newest: 0,
            input: zero(),
            output: vec![Complex::default(); PART],
            sum: zero(),
            filled: 0,
            parts,
            scratch,
            forward,
            inverse,
        }
    }

    /// Filters the frames in place; the output is [`PART`] frames late.
    pub fn process(&mut self, frames: &mut [Frame]) {
        for frame in frames {
            let (Some(slot), Some(done)) = (self.input.get_mut(PART + self.filled), self.output.get(self.filled)) else { return };
            *slot = Complex::new(frame[0], frame[1]);
            *frame = [done.re, done.im];
            self.filled += 1;
            if self.filled == PART {
                self.block();
                self.filled = 0;
            }
        }
    }

    fn block(&mut self) {
        let Self { past, newest, input, output, sum, parts, scratch, forward, inverse, .. } = self;
        let count = past.len();
        *newest = (*newest + count - 1) % count;
        let Some(spectrum) = past.get_mut(*newest) else { return };
        spectrum.copy_from_slice(input);
        forward.process_with_scratch(spectrum, scratch);
        sum.fill(Complex::default());
        for (age, part) in parts.iter().enumerate() {
            let Some(spectrum) = past.get((*newest + age) % count) else { continue };
            let Some((first, rest)) = spectrum.split_first() else { continue };
            let mirrored = std::iter::once(first).chain(rest.iter().rev());
            for ((((sum, z), m), same), other) in sum.iter_mut().zip(spectrum).zip(mirrored).zip(&part.same).zip(&part.mirrored) {
                *sum += same * z + other * m.conj();
            }
        }
        inverse.process_with_scratch(sum, scratch);
        for (out, s) in output.iter_mut().zip(sum.iter().skip(PART)) {
            *out = s / POINTS as f64;
        }
        input.copy_within(PART.., 0);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        for buffer in self.past.iter_mut().chain([&mut self.input, &mut self.output]) {
            buffer.fill(Complex::default());
        }
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, mut state: u64) -> Vec<f64> {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / 8_388_608.0 - 1.0
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn it_is_the_plain_sum_however_the_stream_is_cut() {
        let (f, g) = (noise(1300, 1), noise(700, 2));
        let (a, b) = (noise(5000, 3), noise(5000, 4));
        let frames: Vec<Frame> = a.iter().zip(&b).map(|(a, b)| [*a, *b]).collect();
        let run = |size: usize| {
            let mut out = frames.clone();
            let mut convolver = Convolver::new(&f, &g);
            out.chunks_mut(size).for_each(|chunk| convolver.process(chunk));
            out
        };
        let out = run(5000);
        assert_eq!(out, run(1));
        assert_eq!(out, run(777));
        let plain = |taps: &[f64], x: &[f64], n: usize| taps.iter().enumerate().take(n + 1).map(|(i, t)| t * x[n - i]).sum::<f64>();
        for n in [0, 1, 511, 512, 1300, 3000, 4400] {
            let frame = out[n + PART];
            assert!((frame[0] - plain(&f, &a, n)).abs() < 1e-10, "{n}");
            assert!((frame[1] - plain(&g, &b, n)).abs() < 1e-10, "{n}");
        }
    }
}
