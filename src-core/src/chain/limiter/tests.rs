//! The limiter's bars: ceiling, distortion, transparency.

use super::*;
use crate::dsp::interpolate::fractional_weights;
use std::f64::consts::PI;

const CEILING_DB: f64 = -1.0;
/// The bar for what may stand above the ceiling, by a reader of another design.
const OVER_DB: f64 = 0.05;

fn limited(rate: f64, frames: &[Frame]) -> (Vec<Frame>, LimiterStatistics) {
    let settings = Limiter { ceiling_dbtp: CEILING_DB, lookahead_ms: 5.0, release_ms: 100.0 };
    let mut limiter = TruePeakLimiter::new(&settings, rate);
    let latency = limiter.latency_frames();
    let mut out = frames.to_vec();
    out.extend(vec![[0.0; 2]; latency]);
    limiter.process(&mut out);
    (out.split_off(latency), limiter.statistics())
}

fn tone(rate: f64, seconds: f64, parts: &[(f64, f64, f64)]) -> Vec<Frame> {
    let at = |n: usize| parts.iter().map(|(freq_hz, amp, phase)| amp * (2.0 * PI * freq_hz / rate * n as f64 + phase).sin()).sum();
    (0..(rate * seconds) as usize).map(|n| [at(n); 2]).collect()
}

/// Gain of +6 dB over the ceiling.
fn driven() -> f64 {
    10f64.powf((CEILING_DB + 6.0) / 20.0)
}

/// Highest magnitude of the waveform at 32 points a sample, by 160-tap interpolation, dB.
fn true_peak_db(frames: &[Frame]) -> f64 {
    const TAPS: usize = 160;
    let phases: Vec<Vec<f64>> = (0..32).map(|p| fractional_weights(TAPS, f64::from(p) / 32.0, 0.5, 7.0)).collect();
    let mut peak = 0f64;
    for lane in 0..2 {
        let mut samples = vec![0.0; TAPS];
        samples.extend(frames.iter().map(|f| f[lane]));
        samples.extend(vec![0.0; TAPS]);
        for window in samples.windows(TAPS) {
            // Only where a sample comes near can the waveform pass the highest so far.
            if window[TAPS / 2 - 3..TAPS / 2 + 3].iter().any(|x| x.abs() > 0.4 * peak) {
                for phase in &phases {
                    peak = peak.max(phase.iter().zip(window).map(|(w, x)| w * x).sum::<f64>().abs());
                }
            }
        }
    }
    20.0 * peak.log10()
}

/// Power of all that is not one of the given tones, against theirs, dB, in the last second but one: the edges of a tone that
/// begins or ends at full level are limited more, and the gain needs some seconds to forget the first.
fn residual_db(rate: f64, frames: &[Frame], freqs_hz: &[f64]) -> f64 {
    let mut rest: Vec<f64> = frames[frames.len() - 2 * rate as usize..frames.len() - rate as usize].iter().map(|f| f[0]).collect();
    let total: f64 = rest.iter().map(|x| x * x).sum();
    // The tones complete whole periods in a second, so they can be taken out one by one.
    for freq_hz in freqs_hz {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, x) in rest.iter().enumerate() {
            let (sin, cos) = (2.0 * PI * freq_hz / rate * n as f64).sin_cos();
            re += x * cos * 2.0 / rate;
            im += x * sin * 2.0 / rate;
        }
        for (n, x) in rest.iter_mut().enumerate() {
            let (sin, cos) = (2.0 * PI * freq_hz / rate * n as f64).sin_cos();
            *x -= re * cos + im * sin;
        }
    }
    10.0 * (rest.iter().map(|x| x * x).sum::<f64>() / total).log10()
}

#[test]
fn low_tones_driven_by_6_db_stay_clean() {
    // The bar is -45 dB; the design reaches far below, and should not lose it unnoticed.
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for (freq_hz, bar_db) in [(30.0, -55.0), (50.0, -80.0), (100.0, -80.0), (997.0, -80.0), (5000.0, -80.0)] {
            let (out, _) = limited(rate, &tone(rate, 6.0, &[(freq_hz, driven(), 0.0)]));
            let residual = residual_db(rate, &out, &[freq_hz]);
            assert!(residual < bar_db, "{freq_hz} Hz at {rate}: {residual} dB");
        }
    }
}

#[test]
fn two_tones_driven_by_6_db_do_not_modulate_each_other() {
    for (low, high, share) in [(60.0, 7000.0, 0.8), (19_000.0, 20_000.0, 0.5)] {
        let parts = [(low, share * driven(), 0.0), (high, (1.0 - share) * driven(), 0.0)];
        let (out, _) = limited(48_000.0, &tone(48_000.0, 6.0, &parts));
        let residual = residual_db(48_000.0, &out, &[low, high]);
        assert!(residual < -80.0, "{low} and {high} Hz: {residual} dB");
    }
}

#[test]
fn nothing_passes_the_ceiling() {
    for rate in [44_100.0, 96_000.0] {
        let quarter = tone(rate, 0.5, &[(rate / 4.0, 1.6, PI / 4.0)]);
        let left = crate::chain::tests::noise(5, 2.5, 40_000);
        // White noise up to 0.45 of the rate: above it the waveform between samples depends on the converter.
        let mut noise: Vec<Frame> = left.iter().map(|x| [*x, 0.7 * *x]).collect();
        let low_pass = crate::dsp::biquad::Coefficients::low_pass(0.4 * rate, 0.7, rate);
        crate::dsp::biquad::Cascade::new(&[low_pass; 4]).process(&mut noise);
        let mut burst = vec![[0.0; 2]; 4000];
        burst.extend(tone(rate, 0.002, &[(rate / 6.0, 3.0, PI / 3.0)]));
        burst.extend(vec![[0.0; 2]; 4000]);
        for (name, input) in [("fs/4", quarter), ("noise", noise), ("burst", burst)] {
            let (out, statistics) = limited(rate, &input);
            let over = true_peak_db(&out) - CEILING_DB;
            assert!(over < OVER_DB, "{name} at {rate}: {over} dB over");
            assert!(statistics.max_reduction_db > 3.0);
        }
    }
}

#[test]
fn what_stays_below_the_ceiling_passes_bit_for_bit_even_after_limiting() {
    let mut input = tone(48_000.0, 0.2, &[(997.0, 2.0, 0.0)]);
    let quiet = tone(48_000.0, 12.0, &[(440.0, 0.5, 0.0), (3000.0, 0.2, 1.0)]);
    input.extend(&quiet);
    let (out, statistics) = limited(48_000.0, &input);
    let tail = 48_000;
    assert!(out[out.len() - tail..] == quiet[quiet.len() - tail..]);
    assert!(statistics.active_share > 0.01 && statistics.active_share < 0.5);
}

#[test]
fn a_lone_peak_is_left_sooner_than_steady_limiting() {
    let seconds_to_recover = |loud_s: f64| {
        let mut input = tone(48_000.0, loud_s, &[(1000.0, 2.0, 0.0)]);
        let start = input.len();
        input.extend(tone(48_000.0, 6.0, &[(1000.0, 0.1, 0.0)]));
        let (out, _) = limited(48_000.0, &input);
        let level = |at: usize| out[at..at + 48].iter().map(|f| f[0].abs()).fold(0.0, f64::max);
        (start + 1000..).step_by(48).position(|at| level(at) > 0.1 * 0.89).unwrap() as f64 * 0.001
    };
    let (lone, steady) = (seconds_to_recover(0.003), seconds_to_recover(3.0));
    assert!(lone < 0.3 && steady > 2.0 * lone, "{lone} s, {steady} s");
}

#[test]
fn statistics_tell_how_much_and_where() {
    let rate = 48_000.0;
    let mut input = tone(rate, 2.0, &[(1000.0, 0.1, 0.0)]);
    input.extend(tone(rate, 1.0, &[(1000.0, driven(), 0.0)]));
    input.extend(tone(rate, 2.0, &[(1000.0, 0.1, 0.0)]));
    let (_, statistics) = limited(rate, &input);
    assert!((statistics.max_reduction_db - 6.07).abs() < 0.02, "{}", statistics.max_reduction_db);
    assert!(statistics.over_6_db_share > 0.15 && statistics.over_6_db_share < 0.3);
    assert!(statistics.over_1_db_share >= statistics.over_3_db_share && statistics.over_3_db_share >= statistics.over_6_db_share);
    let [range] = statistics.over_3_db[..] else { panic!("{:?}", statistics.over_3_db) };
    assert!((range.start_s - 2.0).abs() < 0.11 && range.end_s > 2.9 && range.end_s < 4.0, "{range:?}");
}

#[test]
fn the_timeline_halves_its_resolution_rather_than_grow() {
    let mut tally = Tally::new(48_000.0);
    let groups = SLOTS as u64 * 300 + 5;
    for group in 0..groups {
        tally.add(if group == 7 { 0.5 } else { 1.0 });
    }
    let statistics = tally.statistics();
    assert!((statistics.slot_s - 0.2).abs() < 1e-9);
    assert!((statistics.timeline_db[0] - 6.02).abs() < 0.01 && statistics.timeline_db[1] == 0.0);
}
