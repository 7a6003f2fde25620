//! Curves whose best answer is known.

use super::*;
use crate::chain::response_db;

const RATE: f64 = 48_000.0;

fn grid() -> Vec<f64> {
    (0..=52).map(|i| 40.0 * 2f64.powf(f64::from(i) / 6.0)).collect()
}

fn band(kind: EqKind, freq_hz: f64, gain_db: f64, q: f64) -> EqBand {
    EqBand { kind, part: Part::Stereo, freq_hz, gain_db, q, reason: String::new(), confidence: 1.0 }
}

fn target(gain_db: impl Fn(f64) -> f64) -> Target {
    let freq_hz = grid();
    Target { gain_db: freq_hz.iter().map(|f| gain_db(*f)).collect(), weight: vec![1.0; freq_hz.len()], freq_hz }
}

#[test]
fn bands_are_found_again() {
    let made = [
        band(EqKind::LowShelf, 110.0, 3.0, 0.7),
        band(EqKind::Bell, 420.0, -4.0, 1.4),
        band(EqKind::Bell, 2800.0, 2.5, 0.9),
        band(EqKind::HighShelf, 9000.0, -2.0, 0.7),
    ];
    let found = fit(&target(|f| response_db(&made, f, RATE)), &FitOptions::new(RATE)).unwrap();
    assert!(found.rms_db < 0.05, "{found:?}");
    assert_eq!(found.bands.len(), 4, "{found:?}");
    for (found, made) in found.bands.iter().zip(&made) {
        assert_eq!(found.kind, made.kind);
        assert!((found.freq_hz / made.freq_hz).ln().abs() < 0.1 && (found.gain_db - made.gain_db).abs() < 0.4, "{found:?} for {made:?}");
    }
}

#[test]
fn smooth_curves_are_met_by_ten_bands() {
    // Slow waves over the logarithm of frequency, like correction curves.
    for k in 0..6 {
        let k = f64::from(k);
        let curve = target(|f| {
            let x = (f / 40.0).log2();
            2.5 * (0.6 * x + k).sin() + 1.5 * (1.3 * x + 2.0 * k).cos()
        });
        let options = FitOptions { max_bands: 10, pays_db: 0.0, enough_db: 0.02, ..FitOptions::new(RATE) };
        let found = fit(&curve, &options).unwrap();
        assert!(found.rms_db <= 0.03, "{} dB", found.rms_db);
    }
}

#[test]
fn nothing_is_done_about_nothing() {
    let flat = fit(&target(|_| 0.0), &FitOptions::new(RATE)).unwrap();
    assert!(flat.bands.is_empty() && flat.rms_db == 0.0);
    let shifted = fit(&target(|_| 3.0), &FitOptions { level: Level::Free, ..FitOptions::new(RATE) }).unwrap();
    assert!(shifted.bands.is_empty() && (shifted.level_db - 3.0).abs() < 1e-9);
    let mut unsure = target(|f| f.ln());
    unsure.weight.fill(0.0);
    assert!(fit(&unsure, &FitOptions::new(RATE)).unwrap().bands.is_empty());
    let empty = Target { freq_hz: vec![], gain_db: vec![], weight: vec![] };
    assert!(fit(&empty, &FitOptions::new(RATE)).unwrap().bands.is_empty());
}

#[test]
fn limits_are_kept_on_a_curve_that_asks_for_more() {
    // Steps of ±15 dB every octave.
    let curve = target(|f| if ((f / 40.0).log2() as i32) % 2 == 0 { 15.0 } else { -15.0 });
    let options = FitOptions { max_bands: 10, max_gain_db: 6.0, ..FitOptions::new(RATE) };
    let found = fit(&curve, &options).unwrap();
    assert!(!found.bands.is_empty() && found.bands.len() <= 10);
    for band in &found.bands {
        assert!(band.gain_db.abs() <= 6.0 + 1e-9);
        let highest = if band.gain_db > 0.0 { options.max_boost_q } else { options.max_cut_q };
        assert!(band.q <= highest + 1e-3, "{band:?}");
        assert!(band.gain_db.abs() * band.q <= GAIN_Q_PER_SLOPE * options.max_slope_db_oct + 0.1 || band.q <= SHELF_Q[1]);
    }
}

#[test]
fn points_without_weight_do_not_pull() {
    let mut curve = target(|f| if f > 5000.0 { 12.0 } else { response_db(&[band(EqKind::Bell, 300.0, -3.0, 1.0)], f, RATE) });
    for (weight, f) in curve.weight.iter_mut().zip(&curve.freq_hz) {
        *weight = if *f > 5000.0 { 0.0 } else { 1.0 };
    }
    let found = fit(&curve, &FitOptions::new(RATE)).unwrap();
    assert_eq!(found.bands.len(), 1, "{found:?}");
    assert!(found.rms_db < 0.05);
}

#[test]
fn unusable_targets_are_refused() {
    let fine = target(|_| 1.0);
    let options = FitOptions::new(RATE);
    let broken = [
        Target { weight: vec![1.0], ..fine.clone() },
        Target { gain_db: vec![f64::NAN; fine.freq_hz.len()], ..fine.clone() },
        Target { weight: vec![-1.0; fine.freq_hz.len()], ..fine.clone() },
        Target { freq_hz: vec![30_000.0; fine.freq_hz.len()], ..fine.clone() },
    ];
    for target in broken {
        assert!(fit(&target, &options).is_err());
    }
}
