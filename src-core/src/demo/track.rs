//! A stereo track in memory and what can be done to it: filters, echo, reverb.

use super::score::{FRAMES, SAMPLE_RATE};
use crate::dsp::biquad::Coefficients;

const RATE: f64 = SAMPLE_RATE as f64;

/// One second-order filter over one channel.
pub struct Filter {
    c: Coefficients,
    state: [f64; 2],
}

impl Filter {
    /// A filter at rest.
    pub fn new(c: Coefficients) -> Self {
        Self { c, state: [0.0; 2] }
    }

    /// The next sample (transposed direct form II).
    pub fn run(&mut self, x: f64) -> f64 {
        let [b0, b1, b2] = self.c.b;
        let [a1, a2] = self.c.a;
        let y = b0 * x + self.state[0];
        self.state[0] = b1 * x - a1 * y + self.state[1];
        self.state[1] = b2 * x - a2 * y;
        y
    }
}

/// A stereo track as long as the song.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    frames: Vec<[f64; 2]>,
}

impl Track {
    /// Silence.
    pub fn new() -> Self {
        Self { frames: vec![[0.0; 2]; FRAMES] }
    }

    /// Frames, left and right.
    pub fn frames(&self) -> &[[f64; 2]] {
        &self.frames
    }

    /// Adds to one frame; beyond the end nothing happens.
    pub fn add(&mut self, at: usize, [left, right]: [f64; 2]) {
        if let Some(frame) = self.frames.get_mut(at) {
            frame[0] += left;
            frame[1] += right;
        }
    }

    /// Adds another track.
    pub fn mix(&mut self, other: &Self, gain: f64) {
        for (frame, [left, right]) in self.frames.iter_mut().zip(&other.frames) {
            frame[0] += gain * left;
            frame[1] += gain * right;
        }
    }

    /// Filters both channels alike.
    pub fn filter(&mut self, c: Coefficients) {
        let mut filters = [Filter::new(c), Filter::new(c)];
        for frame in &mut self.frames {
            for (x, filter) in frame.iter_mut().zip(&mut filters) {
                *x = filter.run(*x);
            }
        }
    }

    /// Multiplies by a gain that depends on the frame.
    pub fn shape(&mut self, gain: impl Fn(usize) -> f64) {
        for (n, frame) in self.frames.iter_mut().enumerate() {
            let g = gain(n);
            *frame = frame.map(|x| x * g);
        }
    }

    /// Sends every sample through a curve.
    pub fn map(&mut self, curve: impl Fn(f64) -> f64) {
        for frame in &mut self.frames {
            *frame = frame.map(&curve);
        }
    }

    /// Delays the right channel by some frames.
    pub fn delay_right(&mut self, delay: usize) {
        for n in (0..self.frames.len()).rev() {
            let earlier = n.checked_sub(delay).and_then(|m| self.frames.get(m)).map_or(0.0, |f| f[1]);
            if let Some(frame) = self.frames.get_mut(n) {
                frame[1] = earlier;
            }
        }
    }

    /// Ends the track after some frames.
    pub fn cut(&mut self, frames: usize) {
        self.frames.truncate(frames);
    }

    /// Adds echoes that go from side to side, each duller and quieter than the one before.
    pub fn echo(&mut self, delay: usize, gain: f64) {
        let mut low = [Coefficients::low_pass(3_000.0, 0.7, RATE); 2].map(Filter::new);
        let mut wet = vec![[0.0; 2]; self.frames.len()];
        for n in delay..self.frames.len() {
            let dry = self.frames.get(n - delay).copied().unwrap_or_default();
            let fed = wet.get(n - delay).copied().unwrap_or_default();
            if let Some(out) = wet.get_mut(n) {
                let [to_left, to_right] = &mut low;
                *out = [to_left.run(gain * (0.5 * (dry[0] + dry[1]) + fed[1])), to_right.run(gain * fed[0])];
            }
        }
        for (frame, [left, right]) in self.frames.iter_mut().zip(wet) {
            frame[0] += left;
            frame[1] += right;
        }
    }

    /// The track's reverberation alone: a feedback delay network of four lines joined by a Hadamard matrix (Jot and Chaigne,
    /// "Digital delay networks for designing artificial reverberators", AES 90th Convention, 1991). `seconds` is the time
    /// to −60 dB at low frequencies; highs die away about three times as fast.
    pub fn reverb(&self, seconds: f64) -> Self {
        const LINES: [usize; 4] = [1_423, 1_777, 2_137, 2_531];
        let mut lines = LINES.map(|length| vec![0.0; length]);
        let decay = LINES.map(|length| 10f64.powf(-3.0 * length as f64 / (RATE * seconds)));
        let mut damp = [0.0; 4];
        let mut low_cut = [Coefficients::high_pass(220.0, 0.7, RATE); 2].map(Filter::new);
        let frames = self.frames.iter().enumerate().map(|(n, dry)| {
            let mut out = [0.0; 4];
            for (i, line) in lines.iter().enumerate() {
                out[i] = line.get(n % line.len()).copied().unwrap_or_default();
                damp[i] += 0.55 * (out[i] - damp[i]);
            }
            let d = [0, 1, 2, 3].map(|i| damp[i] * decay[i]);
            let mixed = [d[0] + d[1] + d[2] + d[3], d[0] - d[1] + d[2] - d[3], d[0] + d[1] - d[2] - d[3], d[0] - d[1] - d[2] + d[3]];
            for (i, line) in lines.iter_mut().enumerate() {
                let at = n % line.len();
                if let Some(slot) = line.get_mut(at) {
                    *slot = 0.5 * mixed[i] + dry[i % 2];
                }
            }
            let [left, right] = &mut low_cut;
            [left.run(0.5 * (out[0] + out[2])), right.run(0.5 * (out[1] + out[3]))]
        });
        Self { frames: frames.collect() }
    }
}
