//! The compressor against its own definition.

use super::*;
use std::f64::consts::PI;

const RATE: f64 = 48_000.0;

fn compressor(threshold_db: f64, ratio: f64, knee_db: f64) -> BandDynamics {
    BandDynamics { threshold_db, ratio, knee_db, attack_ms: 5.0, release_ms: 150.0, makeup_db: 0.0, reason: String::new() }
}

fn sine(freq_hz: f64, level_db: f64, frames: usize) -> Vec<Frame> {
    let amp = 10f64.powf(level_db / 20.0);
    (0..frames).map(|n| [amp * (2.0 * PI * freq_hz / RATE * n as f64).sin(); 2]).collect()
}

fn run(bands: Vec<BandDynamics>, crossovers_hz: Vec<f64>, mut frames: Vec<Frame>) -> (Vec<Frame>, Vec<BandStatistics>) {
    let count = frames.len();
    let mut processors = BandProcessors::new(&Dynamics { crossovers_hz, bands }, RATE, count).unwrap();
    processors.process(&mut frames);
    (frames, processors.statistics())
}

/// Level of the last half second, as the level of a sine of that RMS.
fn end_level_db(frames: &[Frame]) -> f64 {
    let tail = &frames[frames.len() - 24_000..];
    10.0 * (2.0 * tail.iter().map(|f| f[0] * f[0]).sum::<f64>() / tail.len() as f64).log10()
}

#[test]
fn a_steady_tone_settles_on_the_static_curve() {
    // Release ripple within a period of 1 kHz and sampling of the peak: a few hundredths of a dB.
    const SETTLED_DB: f64 = 0.06;
    for (ratio, level_db, expected_db) in
        [(2.0, -8.0, -14.0), (4.0, -4.0, -16.0), (0.5, -14.0, -8.0), (3.0, -30.0, -30.0), (1e6f64.min(20.0), 0.0, -19.0)]
    {
        let (out, statistics) = run(vec![compressor(-20.0, ratio, 0.0)], vec![], sine(1000.0, level_db, 96_000));
        assert!((end_level_db(&out) - expected_db).abs() < SETTLED_DB, "ratio {ratio}: {} instead of {expected_db}", end_level_db(&out));
        assert!((statistics[0].most_db - (expected_db - level_db)).abs() < SETTLED_DB || statistics[0].most_db == 0.0);
    }
}

#[test]
fn the_knee_is_smooth_and_meets_the_straight_parts() {
    let band = compressor(-20.0, 4.0, 8.0);
    assert_eq!(static_gain_db(&band, -24.0), 0.0);
    assert!((static_gain_db(&band, -16.0) - -3.0).abs() < 1e-12);
    // In the middle of the knee: slope × W/8.
    assert!((static_gain_db(&band, -20.0) - -0.75).abs() < 1e-12);
    let step = |at: f64| static_gain_db(&band, at + 1e-4) - static_gain_db(&band, at - 1e-4);
    assert!((step(-24.0) - 0.5 * (step(-24.001) + step(-23.999))).abs() < 1e-6);
}

#[test]
fn expansion_ends_at_its_limit() {
    let band = compressor(-60.0, 0.5, 0.0);
    assert_eq!(static_gain_db(&band, 0.0), MOST_EXPANSION_DB);
}

#[test]
fn attack_and_release_take_their_time() {
    // 12 dB over at 4:1 is 9 dB of reduction; after one attack time constant 63 % of it.
    let mut frames = sine(1000.0, -30.0, 24_000);
    frames.extend(sine(1000.0, -8.0, 24_000));
    frames.extend(sine(1000.0, -30.0, 24_000));
    let before = frames.clone();
    let band = BandDynamics { attack_ms: 20.0, ..compressor(-20.0, 4.0, 0.0) };
    let (out, _) = run(vec![band], vec![], frames);
    let change = |at: usize| {
        let energy = |x: &[Frame]| x[at - 48..at + 48].iter().map(|f| f[0] * f[0]).sum::<f64>();
        10.0 * (energy(&out) / energy(&before)).log10()
    };
    assert!(change(23_000).abs() < 1e-9);
    let attack = change(24_000 + 960);
    assert!((attack + 9.0 * 0.632).abs() < 0.5, "{attack}");
    assert!((change(47_000) + 9.0).abs() < 0.1);
    let release = change(48_000 + 7200);
    assert!((release + 9.0 * 0.368).abs() < 0.6, "{release}");
}

#[test]
fn bands_without_work_leave_the_magnitude_alone() {
    let idle = compressor(0.0, 1.0, 0.0);
    let busy = compressor(-6.0, 2.0, 0.0);
    // The tone lies in a band that stays below its threshold.
    for freq_hz in [60.0, 200.0, 1000.0, 2500.0, 9000.0] {
        let (out, _) = run(vec![idle.clone(), busy.clone(), idle.clone()], vec![200.0, 2500.0], sine(freq_hz, -12.0, 96_000));
        assert!((end_level_db(&out) + 12.0).abs() < 0.01, "{freq_hz} Hz: {}", end_level_db(&out));
    }
    assert!(BandProcessors::new(&Dynamics { crossovers_hz: vec![500.0], bands: vec![idle.clone(), idle] }, RATE, 256).is_none());
}

#[test]
fn a_loud_high_tone_makes_no_audible_alias() {
    // Goal of -90 dB for what is not a harmonic, at full scale and 10 kHz (the gain's ripple would fold down).
    const CLEAN_DB: f64 = -90.0;
    let (out, _) = run(vec![compressor(-20.0, 4.0, 6.0)], vec![], sine(10_000.0, 0.0, 96_000));
    let tail: Vec<f64> = out[48_000..].iter().map(|f| f[0]).collect();
    let n = tail.len() as f64;
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in tail.iter().enumerate() {
        let angle = 2.0 * PI * 10_000.0 / RATE * i as f64;
        re += x * angle.cos() * 2.0 / n;
        im += x * angle.sin() * 2.0 / n;
    }
    let mut rest = 0.0;
    for (i, x) in tail.iter().enumerate() {
        let angle = 2.0 * PI * 10_000.0 / RATE * i as f64;
        rest += (x - re * angle.cos() - im * angle.sin()).powi(2);
    }
    let rest_db = 10.0 * (rest / (0.5 * n * (re * re + im * im))).log10();
    assert!(rest_db < CLEAN_DB, "{rest_db}");
}

#[test]
fn the_drawn_curve_ends_where_the_static_curve_and_the_make_up_say() {
    let band = BandDynamics { makeup_db: 1.5, ..compressor(-20.0, 4.0, 0.0) };
    let drawn = levels_db(&band, 61);
    assert_eq!((drawn.len(), drawn[0]), (61, -58.5));
    assert!((drawn[60] - (-20.0 + 20.0 / 4.0 + 1.5)).abs() < 1e-9, "{}", drawn[60]);
    assert!((drawn[40] - (-20.0 + 1.5)).abs() < 1e-9, "{}", drawn[40]);
    assert_eq!(levels_db(&band, 1), [-58.5]);
}
