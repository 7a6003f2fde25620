//! The fast form against the exact one.

use super::*;
use crate::hearing::excitation::{Component, FILTERS, excitation};
use crate::hearing::loudness::{loudness, partial_loudness};

/// Stated errors of the fast form (see [`FastHearing`]), relative to the loudness in quiet.
const HALF: f64 = 0.01;
const WHOLE: f64 = 0.02;

/// Third-octave centres from 25 Hz to 16 kHz.
fn centres() -> Vec<f64> {
    (-16..=12).map(|k| 1000.0 * 2f64.powf(f64::from(k) / 3.0)).collect()
}

/// Spectra in third octaves, dB SPL: pink, falling as music does, hollow, bass alone, mid alone, rugged.
fn spectra() -> Vec<(&'static str, Vec<f64>)> {
    let of = |f: &dyn Fn(f64) -> f64| centres().iter().map(|hz| f(hz.log2() - 1000f64.log2())).collect::<Vec<f64>>();
    vec![
        ("pink", of(&|_| 60.0)),
        ("music", of(&|o| 65.0 - 2.0 * o - 0.5 * o.max(0.0).powi(2))),
        ("hollow", of(&|o| 50.0 + 5.0 * o.abs())),
        ("bass", of(&|o| if o < -2.5 { 80.0 } else { 0.0 })),
        ("mid", of(&|o| if o.abs() < 0.5 { 60.0 } else { -20.0 })),
        ("rugged", of(&|o| 60.0 + 15.0 * (7.0 * o).sin())),
    ]
}

/// The exact form's input: each band as many components, flat between its edges.
fn exact(levels_db: &[f64]) -> Vec<f64> {
    const PER_BAND: usize = 40;
    let sixth = 2f64.powf(1.0 / 6.0);
    let components: Vec<Component> = centres()
        .iter()
        .zip(levels_db)
        .flat_map(|(centre, level)| {
            let (low, high) = (centre / sixth, centre * sixth);
            let place = move |i: usize| low + (high - low) * (i as f64 + 0.5) / PER_BAND as f64;
            (0..PER_BAND).map(move |i| Component { hz: place(i), level_db: level - 10.0 * (PER_BAND as f64).log10() })
        })
        .collect();
    excitation(&components, Field::Free)
}

fn fast(hearing: &FastHearing, levels_db: &[f64]) -> Vec<f32> {
    let powers: Vec<f32> = levels_db.iter().map(|l| db_to_power(*l) as f32).collect();
    let mut out = vec![0.0; hearing.len()];
    hearing.excitation(&powers, &mut out);
    out
}

fn fast_loudness(hearing: &FastHearing, excitation: &[f32]) -> f64 {
    let mut specific = vec![0.0; hearing.len()];
    hearing.specific(excitation, &mut specific);
    hearing.loudness(&specific)
}

#[test]
fn loudness_of_bands_is_that_of_the_exact_form() {
    for (step, limit) in [(Step::Half, HALF), (Step::Whole, WHOLE)] {
        let hearing = FastHearing::third_octaves(&centres(), Field::Free, step);
        for (name, levels) in spectra() {
            for shift in [-30.0, 0.0, 25.0] {
                let levels: Vec<f64> = levels.iter().map(|l| l + shift).collect();
                let (slow, quick) = (loudness(&exact(&levels)), fast_loudness(&hearing, &fast(&hearing, &levels)));
                assert!((quick / slow - 1.0).abs() < limit, "{name} {shift:+} dB, {step:?}: {quick} for {slow}");
            }
        }
    }
}

#[test]
fn partial_loudness_of_bands_is_that_of_the_exact_form() {
    for (step, limit) in [(Step::Half, HALF), (Step::Whole, WHOLE)] {
        let hearing = FastHearing::third_octaves(&centres(), Field::Free, step);
        for (signal_name, signal) in spectra() {
            for (noise_name, noise) in spectra() {
                for (shift, k) in [(-12.0, KOffset::MUSIC), (0.0, KOffset::STEADY), (12.0, KOffset::MUSIC)] {
                    let noise: Vec<f64> = noise.iter().map(|l| l + shift).collect();
                    let (es, en) = (exact(&signal), exact(&noise));
                    let (quiet, slow) = (loudness(&es), partial_loudness(&es, &en, k));
                    let mut left = vec![0.0; hearing.len()];
                    hearing.partial(&fast(&hearing, &signal), &fast(&hearing, &noise), &hearing.masked_threshold(k), &mut left);
                    let quick = hearing.loudness(&left);
                    let off = (quick - slow).abs();
                    assert!(off < limit * quiet, "{signal_name} in {noise_name} {shift:+} dB, {step:?}: {quick} for {slow}");
                }
            }
        }
    }
}

#[test]
fn lines_are_as_loud_as_tones() {
    let centres = [100.0, 440.0, 1000.0, 3000.0, 8000.0];
    let hearing = FastHearing::lines(&centres, Field::Free, Step::Half);
    for (i, hz) in centres.iter().enumerate() {
        for level in [45.0, 60.0, 90.0] {
            let mut levels = [f64::NEG_INFINITY; 5];
            levels[i] = level;
            let slow = loudness(&excitation(&[Component { hz: *hz, level_db: level }], Field::Free));
            let quick = fast_loudness(&hearing, &fast(&hearing, &levels));
            assert!((quick / slow - 1.0).abs() < HALF, "{hz} Hz at {level} dB: {quick} for {slow}");
        }
    }
}

#[test]
fn parts_of_the_scale_add_up_to_the_whole() {
    let hearing = FastHearing::third_octaves(&centres(), Field::Diffuse, Step::Half);
    let excitation = fast(&hearing, &spectra()[1].1);
    let mut specific = vec![0.0; hearing.len()];
    hearing.specific(&excitation, &mut specific);
    let parts = hearing.loudness_between(&specific, 0.0, 500.0) + hearing.loudness_between(&specific, 500.0, 30_000.0);
    assert!((parts / hearing.loudness(&specific) - 1.0).abs() < 1e-5);
    assert_eq!(hearing.loudness_between(&specific, 900.0, 200.0), 0.0);
    assert_eq!(FILTERS.len(), 372);
}

#[test]
fn silence_nan_and_short_slices_do_no_harm() {
    let hearing = FastHearing::third_octaves(&centres(), Field::Free, Step::Half);
    let mut out = vec![1.0; hearing.len()];
    hearing.excitation(&[], &mut out);
    assert!(out.iter().all(|e| *e == 0.0));
    hearing.excitation(&[f32::NAN, -1.0, f32::INFINITY], &mut out[..10]);
    assert_eq!(fast_loudness(&hearing, &[0.0; 74]), 0.0);
    let k = hearing.masked_threshold(KOffset::MUSIC);
    let mut left = vec![0.0; hearing.len()];
    hearing.partial(&[0.0; 74], &[1e6; 74], &k, &mut left);
    assert!(left.iter().all(|n| *n == 0.0));
}
