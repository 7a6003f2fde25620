//! The instruments. Each adds one note or hit to a stereo track; all noise comes from a seeded generator.

use super::track::{Filter, Track};
use crate::demo::score::SAMPLE_RATE;
use crate::dsp::biquad::Coefficients;
use std::f64::consts::TAU;

const RATE: f64 = SAMPLE_RATE as f64;

/// White noise from a linear congruential generator (Knuth, MMIX constants): the same on every machine.
pub struct Noise(u64);

impl Noise {
    /// A generator; different seeds give unrelated noise.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1))
    }

    /// The next sample, −1 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// A sawtooth without its worst aliases: the step is rounded by a two-sample polynomial (Välimäki and Huovilainen,
/// "Antialiasing oscillators in subtractive synthesis", IEEE Signal Processing Magazine 24(2), 2007).
pub struct Saw {
    phase: f64,
}

impl Saw {
    /// Starts at `phase`, 0 to 1.
    pub fn new(phase: f64) -> Self {
        Self { phase }
    }

    /// The next sample at `hz`.
    pub fn next(&mut self, hz: f64) -> f64 {
        let step = hz / RATE;
        self.phase = (self.phase + step).fract();
        let t = self.phase;
        let round = if t < step {
            let x = t / step;
            2.0 * x - x * x - 1.0
        } else if t > 1.0 - step {
            let x = (t - 1.0) / step;
            x * x + 2.0 * x + 1.0
        } else {
            0.0
        };
        2.0 * t - 1.0 - round
    }
}

/// Exponential decay to 1/e after `seconds`, at frame `n`.
fn decay(n: usize, seconds: f64) -> f64 {
    (-(n as f64) / (RATE * seconds)).exp()
}

/// Rises over `attack` seconds, holds for `hold`, falls over `release`; raised cosines, so that no edge clicks.
fn envelope(n: usize, attack: f64, hold: f64, release: f64) -> f64 {
    let t = n as f64 / RATE;
    let ramp = |x: f64| 0.5 - 0.5 * (std::f64::consts::PI * x.clamp(0.0, 1.0)).cos();
    ramp(t / attack) * ramp((attack + hold + release - t) / release)
}

fn frames(seconds: f64) -> usize {
    (seconds * RATE) as usize
}

/// Constant-power pan: −1 left, 0 centre, 1 right.
fn pan(position: f64) -> [f64; 2] {
    let angle = (position + 1.0) * std::f64::consts::FRAC_PI_4;
    [angle.cos() * std::f64::consts::SQRT_2, angle.sin() * std::f64::consts::SQRT_2]
}

/// Bass drum: a sine that falls from 190 Hz to 52 Hz, with a short beater tick.
pub fn kick(track: &mut Track, at: usize, gain: f64) {
    let mut phase = 0.0;
    let mut noise = Noise::new(7);
    let mut tick = Filter::new(Coefficients::high_pass(2_500.0, 0.7, RATE));
    for n in 0..frames(0.45) {
        phase += (52.0 + 138.0 * decay(n, 0.025)) / RATE;
        let body = (TAU * phase).sin() * decay(n, 0.13) * envelope(n, 0.0015, 0.4, 0.04);
        let beater = tick.run(noise.next()) * decay(n, 0.004) * 0.22;
        track.add(at + n, [gain * (body + beater); 2]);
    }
}

/// Snare drum: two tones of the shell and a noise band for the wires, a little to the right.
pub fn snare(track: &mut Track, at: usize, gain: f64, seed: u64) {
    let mut noise = Noise::new(seed);
    let mut wires = Filter::new(Coefficients::high_pass(1_200.0, 0.7, RATE));
    let mut air = Filter::new(Coefficients::low_pass(8_000.0, 0.7, RATE));
    let [left, right] = pan(0.08);
    for n in 0..frames(0.4) {
        let t = n as f64 / RATE;
        let shell = (TAU * 196.0 * t).sin() * 0.55 * decay(n, 0.06) + (TAU * 331.0 * t).sin() * 0.3 * decay(n, 0.04);
        let rattle = air.run(wires.run(noise.next())) * decay(n, 0.085) * 0.75;
        let s = gain * (shell + rattle) * envelope(n, 0.001, 0.34, 0.05);
        track.add(at + n, [s * left, s * right]);
    }
}

/// Hi-hat: bright noise; `length` is the time constant of its decay, seconds (short closed, long open).
pub fn hat(track: &mut Track, at: usize, gain: f64, length: f64, seed: u64) {
    let mut noise = Noise::new(seed);
    let mut bright = Filter::new(Coefficients::high_pass(6_500.0, 0.9, RATE));
    let [left, right] = pan(-0.3);
    for n in 0..frames(length * 6.0) {
        let s = gain * bright.run(noise.next()) * decay(n, length) * envelope(n, 0.0008, length * 5.0, length);
        track.add(at + n, [s * left, s * right]);
    }
}

/// Crash cymbal: wide noise that darkens as it rings.
pub fn crash(track: &mut Track, at: usize, gain: f64, seed: u64) {
    let mut sides = [Noise::new(seed), Noise::new(seed + 1)];
    let mut bright = [Coefficients::high_pass(3_500.0, 0.7, RATE); 2].map(Filter::new);
    for n in 0..frames(2.4) {
        let level = gain * (0.6 * decay(n, 0.25) + 0.4 * decay(n, 0.8)) * envelope(n, 0.002, 1.8, 0.6);
        let mut frame = [0.0; 2];
        for ((out, noise), filter) in frame.iter_mut().zip(&mut sides).zip(&mut bright) {
            *out = level * filter.run(noise.next());
        }
        track.add(at + n, frame);
    }
}

/// Bass: a filtered sawtooth over a sine of the same pitch, in the centre.
pub fn bass(track: &mut Track, at: usize, seconds: f64, hz: f64, gain: f64) {
    let mut saw = Saw::new(0.25);
    let mut low = Filter::new(Coefficients::low_pass(900.0, 0.8, RATE));
    let mut lower = Filter::new(Coefficients::low_pass(1_600.0, 0.6, RATE));
    for n in 0..frames(seconds + 0.06) {
        let t = n as f64 / RATE;
        let growl = lower.run(low.run(saw.next(hz))) * (0.45 + 0.55 * decay(n, 0.18));
        let body = (TAU * hz * t).sin();
        let s = (0.34 * body + 0.66 * growl) * envelope(n, 0.006, seconds - 0.006, 0.06);
        track.add(at + n, [gain * s.tanh(); 2]);
    }
}

/// Pad: detuned sawtooths, other ones left than right, slowly swelling.
pub fn pad(track: &mut Track, at: usize, seconds: f64, hz: f64, gain: f64, cutoff_hz: f64) {
    // Detuning in parts of the pitch; both sides share one voice so that the mono sum keeps its body.
    const DETUNE: [[f64; 3]; 2] = [[1.0, 1.0031, 0.9967], [1.0, 1.0042, 0.9954]];
    let mut voices = [[Saw::new(0.1), Saw::new(0.43), Saw::new(0.77)], [Saw::new(0.1), Saw::new(0.61), Saw::new(0.29)]];
    let mut low = [Coefficients::low_pass(cutoff_hz, 0.7, RATE); 2].map(Filter::new);
    for n in 0..frames(seconds + 0.5) {
        let level = gain * envelope(n, 0.09, (seconds - 0.09).max(0.0), 0.5);
        let mut frame = [0.0; 2];
        for (((out, voices), filter), detune) in frame.iter_mut().zip(&mut voices).zip(&mut low).zip(DETUNE) {
            let sum: f64 = voices.iter_mut().zip(detune).map(|(v, d)| v.next(hz * d)).sum();
            *out = level * filter.run(sum / 3.0);
        }
        track.add(at + n, frame);
    }
}

/// Electric piano: one sine modulates the phase of another, less as the note decays.
pub fn keys(track: &mut Track, at: usize, seconds: f64, hz: f64, gain: f64, position: f64) {
    let [left, right] = pan(position);
    for n in 0..frames(seconds + 0.15) {
        let t = n as f64 / RATE;
        let modulator = (TAU * hz * t).sin() * (1.3 * decay(n, 0.3) + 0.25) + (TAU * 14.0 * hz * t).sin() * 0.12 * decay(n, 0.05);
        let s = gain * (TAU * hz * t + modulator).sin() * decay(n, 0.55) * envelope(n, 0.003, seconds, 0.15);
        track.add(at + n, [s * left, s * right]);
    }
}

/// Lead: a rounded sawtooth with vibrato that sets in late.
pub fn lead(track: &mut Track, at: usize, seconds: f64, hz: f64, gain: f64) {
    let mut voices = [Saw::new(0.0), Saw::new(0.5)];
    let mut low = Filter::new(Coefficients::low_pass(4_200.0, 0.9, RATE));
    let mut body = Filter::new(Coefficients::high_pass(350.0, 0.7, RATE));
    for n in 0..frames(seconds + 0.12) {
        let t = n as f64 / RATE;
        let vibrato = 1.0 + 0.004 * (TAU * 5.4 * t).sin() * ((t - 0.15) / 0.3).clamp(0.0, 1.0);
        let [a, b] = &mut voices;
        // Two saws half a period apart make a square with a little of its second harmonic left.
        let wave = a.next(hz * vibrato) - 0.7 * b.next(hz * vibrato * 1.0012);
        let s = gain * body.run(low.run(0.5 * wave)) * (0.7 + 0.3 * decay(n, 0.15)) * envelope(n, 0.012, seconds - 0.012, 0.12);
        track.add(at + n, [s; 2]);
    }
}
