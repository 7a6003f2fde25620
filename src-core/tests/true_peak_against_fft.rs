//! True peak against an independent truth: the spectrum of the whole signal, continued with zeros to 64 times its length, gives the
//! waveform at 64 points a sample, exact for what the samples stand for. Tones of random frequency and phase and band-limited random
//! bursts up to 0.45 of the sample rate, at four rates.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, Layout};
use plumbline::measure::true_peak;
use rustfft::{FftPlanner, num_complex::Complex};
use std::f64::consts::TAU;

/// What the meter is held to, in both directions. The truth itself may lie 0.001 dB low (64 points a sample).
const TOLERANCE_DB: f64 = 0.05;
/// Highest frequency, cycles a sample, at which the meter promises that.
const HIGHEST: f64 = 0.45;
/// Points a sample of the truth.
const DENSITY: usize = 64;
/// Ramps at both ends of a tone, samples: long enough that its spectrum stays where the tone is.
const RAMP: usize = 400;

/// A linear congruential generator (Knuth, MMIX); even values from 0 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

fn tone(random: &mut Random, frames: usize) -> Vec<f64> {
    let (frequency, phase, gain) = (random.between(0.001, HIGHEST - 0.002), random.between(0.0, TAU), random.between(0.05, 1.4));
    let ramp = |n: usize| 0.5 - 0.5 * (std::f64::consts::PI * (n.min(RAMP) as f64) / RAMP as f64).cos();
    (0..frames).map(|n| gain * ramp(n) * ramp(frames - 1 - n) * (TAU * frequency * n as f64 + phase).sin()).collect()
}

/// Noise of a random length somewhere in silence, everything above a random edge (at most [`HIGHEST`]) taken out of its spectrum.
fn burst(random: &mut Random, frames: usize) -> Vec<f64> {
    let edge = random.between(0.1, HIGHEST);
    let length = random.between(8.0, 0.5 * frames as f64) as usize;
    let start = frames / 4 + random.between(0.0, 0.5 * (frames / 2 - length.min(frames / 2)) as f64) as usize;
    let mut spectrum: Vec<Complex<f64>> = vec![Complex::default(); frames];
    for z in spectrum.iter_mut().skip(start).take(length) {
        z.re = random.between(-1.0, 1.0) + random.between(-1.0, 1.0);
    }
    let mut planner = FftPlanner::new();
    planner.plan_fft_forward(frames).process(&mut spectrum);
    for (k, z) in spectrum.iter_mut().enumerate() {
        if k.min(frames - k) as f64 > edge * frames as f64 {
            *z = Complex::default();
        }
    }
    planner.plan_fft_inverse(frames).process(&mut spectrum);
    let highest = spectrum.iter().fold(0.0f64, |m, z| m.max(z.re.abs()));
    let gain = random.between(0.05, 1.4) / highest;
    spectrum.iter().map(|z| gain * z.re).collect()
}

/// Highest point of the waveform behind samples that are silent around both ends, dBTP.
fn truth_dbtp(planner: &mut FftPlanner<f64>, samples: &[f32]) -> f64 {
    let frames = samples.len();
    let mut spectrum: Vec<Complex<f64>> = samples.iter().map(|x| Complex::new(f64::from(*x), 0.0)).collect();
    planner.plan_fft_forward(frames).process(&mut spectrum);
    let mut dense = vec![Complex::default(); frames * DENSITY];
    // One-sided, so that the real part of the result is the waveform; nothing lies at half the rate in these signals.
    for (to, from) in dense.iter_mut().zip(&spectrum).take(frames / 2) {
        *to = from * 2.0;
    }
    dense[0] = spectrum[0];
    planner.plan_fft_inverse(dense.len()).process(&mut dense);
    20.0 * (dense.iter().fold(0.0f64, |m, z| m.max(z.re.abs())) / frames as f64).log10()
}

fn measured_dbtp(rate: u32, samples: &[f32]) -> f64 {
    let mut meter = true_peak::Meter::new(rate, &Layout::mono());
    for part in samples.chunks(3000) {
        meter.push(&Block::from_channels(vec![part.to_vec()]));
    }
    meter.finish().max.level.dbtp()
}

#[track_caller]
fn holds(rate: u32, frames: usize, cases: usize) {
    let mut random = Random(u64::from(rate));
    let mut planner = FftPlanner::new();
    for case in 0..cases {
        let (kind, signal) = if case % 2 == 0 { ("tone", tone(&mut random, frames)) } else { ("burst", burst(&mut random, frames)) };
        let samples: Vec<f32> = signal.iter().map(|x| *x as f32).collect();
        let error = measured_dbtp(rate, &samples) - truth_dbtp(&mut planner, &samples);
        assert!(error.abs() <= TOLERANCE_DB, "{kind} {case} at {rate}: {error:+.4} dB");
    }
}

// Lengths are such that every signal crosses stretches of the meter (100 ms), and products of small primes for the transforms.

#[test]
fn at_44_1_khz() {
    holds(44_100, 9_000, 120);
}

#[test]
fn at_48_khz() {
    holds(48_000, 9_600, 120);
}

#[test]
fn at_96_khz() {
    holds(96_000, 20_000, 60);
}

#[test]
fn at_192_khz() {
    holds(192_000, 40_000, 30);
}
