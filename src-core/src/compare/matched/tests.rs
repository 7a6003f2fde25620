//! Known answers: two files drawn from one set of sounds, one of them equalised, widened and turned down.

use super::*;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::units::{db_to_power, power_to_db};

/// A small fixed generator (xorshift64*), so that the tests need no crate for it.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Sounds that every part of the song is made of: random spectra with a falling trend, dB per band.
fn sounds(seed: u64) -> Vec<[f64; BANDS]> {
    let mut noise = Noise(seed);
    (0..40)
        .map(|_| {
            let level = 3.0 * noise.normal();
            std::array::from_fn(|b| level - 30.0 - 0.8 * b as f64 + 7.0 * noise.normal())
        })
        .collect()
}

/// A stretch of `windows` windows in which each sound comes with a probability of its own for this stretch.
fn stretch(sounds: &[[f64; BANDS]], windows: usize, seed: u64, eq_db: impl Fn(usize) -> f64, side_db: f64) -> EnergyMap {
    let mut noise = Noise(seed);
    let favourites: Vec<f64> = sounds.iter().map(|_| noise.uniform().powi(2)).collect();
    let total: f64 = favourites.iter().sum();
    let mut map = EnergyMap { hop_s: 0.093, first_s: 0.093, ..Default::default() };
    for _ in 0..windows {
        let mut pick = noise.uniform() * total;
        let sound = sounds.iter().zip(&favourites).find(|(_, f)| {
            pick -= **f;
            pick <= 0.0
        });
        let sound = sound.map_or(&sounds[0], |s| s.0);
        let jitter: Vec<f64> = (0..BANDS).map(|_| 0.7 * noise.normal()).collect();
        for _ in 0..2 {
            for b in 0..BANDS {
                let power = db_to_power(sound[b] + jitter[b] + eq_db(b));
                map.mid.push(power as f32);
                map.side.push((power * db_to_power(side_db - 6.0)) as f32);
                map.cross.push(0.0);
            }
        }
    }
    map
}

/// Loudness by the same weighting, ungated: enough for signals without pauses.
fn loudness(map: &EnergyMap) -> f64 {
    let k = windows::k_weighting_db();
    let power: f64 = (0..map.frames())
        .map(|f| (2..30).map(|b| f64::from(map.mid_frame(f)[b] + map.side_frame(f)[b]) * db_to_power(k[b - 2])).sum::<f64>())
        .sum::<f64>();
    power_to_db(2.0 * power / map.frames() as f64)
}

fn compare(reference: &EnergyMap, mix: &EnergyMap) -> MatchedDifference {
    let programme = |map| Programme { map, integrated_lufs: loudness(map) };
    estimate(programme(reference), programme(mix)).expect("enough windows")
}

/// Tilt and a broad bell: within what an equaliser does and the prior expects.
fn fault_db(band: usize) -> f64 {
    let octave = (BANDS_HZ[band] / 1000.0).log2();
    1.0 * octave - 4.0 * (-0.5 * ((octave + 2.0) / 0.8).powi(2)).exp()
}

fn shape_error_db(found: &MatchedDifference, wanted: impl Fn(usize) -> f64) -> f64 {
    let difference: Vec<f64> = (0..MATCH_BANDS).map(|b| found.correction_db[b] - wanted(b + 2)).collect();
    let mean = difference.iter().sum::<f64>() / MATCH_BANDS as f64;
    (difference.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / MATCH_BANDS as f64).sqrt()
}

#[test]
fn an_equaliser_is_found_although_other_music_plays() {
    let sounds = sounds(7);
    let reference = stretch(&sounds, 250, 11, |_| 0.0, 0.0);
    let mix = stretch(&sounds, 220, 12, fault_db, 0.0);
    let found = compare(&reference, &mix);
    let untouched = shape_error_db(&MatchedDifference { correction_db: [0.0; MATCH_BANDS], ..found.clone() }, |b| -fault_db(b));
    let error = shape_error_db(&found, |b| -fault_db(b));
    assert!(error < 0.6, "error {error:.2} dB of {untouched:.2} dB");
    assert!(found.roughness_db < 1.5, "one session is smooth: {:.2}", found.roughness_db);
}

#[test]
fn an_instrument_that_the_reference_lacks_is_not_taken_for_a_fault() {
    /// The bass plays in all but this many of ten windows of the mix, 31 to 160 Hz, and nowhere in the reference.
    const WITHOUT: usize = 5;
    let sounds = sounds(7);
    let reference = stretch(&sounds, 250, 11, |_| 0.0, 0.0);
    let mut mix = stretch(&sounds, 220, 12, fault_db, 0.0);
    for (i, frames) in mix.mid.chunks_exact_mut(2 * BANDS).enumerate().filter(|(i, _)| i % 10 >= WITHOUT) {
        for frame in frames.chunks_exact_mut(BANDS) {
            for power in &mut frame[2..10] {
                *power *= db_to_power(14.0 + (i % 7) as f64) as f32;
            }
        }
    }
    let found = compare(&reference, &mix);
    let bass: Vec<f64> = (0..8).map(|b| found.correction_db[b] + fault_db(b + 2)).collect();
    let rest: Vec<f64> = (8..MATCH_BANDS).map(|b| found.correction_db[b] + fault_db(b + 2)).collect();
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    // Long-term spectra differ by more than 12 dB here.
    assert!((mean(&bass) - mean(&rest)).abs() < 1.0, "bass off by {:.2} dB", mean(&bass) - mean(&rest));
    assert!(shape_error_db(&found, |b| -fault_db(b)) < 0.8);
}

/// Sounds that hardly differ, with a shelf from 4 kHz on in so many of ten windows and an equaliser over all.
fn with_hats(windows: usize, seed: u64, of_ten: usize, shelf_db: f64) -> EnergyMap {
    const HATS_DB: f64 = 7.0;
    let shape = |b: usize| 1.0 / (1.0 + (22.0 - b as f64).exp());
    let trend = |b: usize| -30.0 - 0.8 * b as f64;
    let alike: Vec<[f64; BANDS]> = sounds(7).iter().map(|s| std::array::from_fn(|b| trend(b) + 0.25 * (s[b] - trend(b)))).collect();
    let mut map = stretch(&alike, windows, seed, |b| shelf_db * shape(b), 0.0);
    for values in [&mut map.mid, &mut map.side] {
        for (_, window) in values.chunks_exact_mut(2 * BANDS).enumerate().filter(|(i, _)| i % 10 < of_ten) {
            for frame in window.chunks_exact_mut(BANDS) {
                for (b, power) in frame.iter_mut().enumerate() {
                    *power *= db_to_power(HATS_DB * shape(b)) as f32;
                }
            }
        }
    }
    map
}

#[test]
fn hats_that_an_equaliser_took_are_not_paired_with_passages_without_hats() {
    // Turned down by 7 dB, passages with hats look like those without; what the loudest tenth reaches tells them apart.
    let found = compare(&with_hats(250, 11, 4, 0.0), &with_hats(220, 12, 7, -7.0));
    let mean = |range: std::ops::Range<usize>| range.clone().map(|b| found.correction_db[b]).sum::<f64>() / range.len() as f64;
    assert!(mean(24..28) - mean(0..16) > 2.5, "{:?}", found.correction_db);
}

#[test]
fn both_sides_agree_on_an_equaliser_and_disagree_on_other_music() {
    let reference = stretch(&sounds(7), 250, 11, |_| 0.0, 0.0);
    let own = compare(&reference, &stretch(&sounds(7), 220, 12, fault_db, 0.0));
    let other = compare(&reference, &stretch(&sounds(8), 220, 12, |_| 0.0, 0.0));
    assert!(same_session(&own, 1) && own.disagreement_db < 0.5, "{:.2} {:.2}", own.unlikeness_db(), own.disagreement_db);
    assert!(
        !same_session(&other, 1) && other.disagreement_db > 2.0 * own.disagreement_db,
        "{:.2} {:.2}",
        other.unlikeness_db(),
        other.disagreement_db
    );
}

#[test]
fn records_that_share_one_window_only_are_not_of_one_session() {
    // As measured between two songs: each direction chose the same pair of windows and saw the same rough difference.
    let found = compare(&stretch(&sounds(7), 250, 11, |_| 0.0, 0.0), &stretch(&sounds(7), 220, 12, |_| 0.0, 0.0));
    let one_pair = MatchedDifference { roughness_db: 11.9, disagreement_db: 0.0001, ..found };
    assert!(!same_session(&one_pair, 1), "{:.2}", one_pair.unlikeness_db());
    // Several references have as many chances to be mistaken.
    let alike = MatchedDifference { roughness_db: 1.6, disagreement_db: 1.6, ..one_pair };
    assert!(same_session(&alike, 1) && !same_session(&alike, 3), "{:.2}", alike.unlikeness_db());
}

#[test]
fn overlapping_windows_begin_with_every_frame() {
    let map = stretch(&sounds(7), 60, 11, |_| 0.0, 0.0);
    let programme = Programme { map: &map, integrated_lufs: loudness(&map) };
    let count = |spacing| {
        let windows = Windows::of(programme, spacing).expect("sound");
        windows.len() as f64 / map.frames() as f64
    };
    // Sounds 20 dB below the loudest are left out of both.
    assert!(count(Spacing::Overlapping) > 1.8 * count(Spacing::Apart));
}

#[test]
fn a_side_gain_is_found() {
    let sounds = sounds(7);
    let found = compare(&stretch(&sounds, 250, 11, |_| 0.0, 0.0), &stretch(&sounds, 220, 12, |_| 0.0, -4.0));
    let side = found.side_gain_db.expect("there is a side");
    assert!((side.value - 4.0).abs() < 0.3, "{side:?}");
}

#[test]
fn nothing_to_correct_gives_next_to_no_correction() {
    let sounds = sounds(9);
    let found = compare(&stretch(&sounds, 250, 21, |_| 0.0, 0.0), &stretch(&sounds, 220, 22, |_| 0.0, 0.0));
    assert!(shape_error_db(&found, |_| 0.0) < 0.5, "{:?}", found.correction_db);
    assert!(found.side_gain_db.expect("there is a side").value.abs() < 0.3);
}

#[test]
fn other_sounds_are_rough_and_trusted_less() {
    let reference = stretch(&sounds(7), 250, 11, |_| 0.0, 0.0);
    let own = compare(&reference, &stretch(&sounds(7), 220, 12, |_| 0.0, 0.0));
    let other = compare(&reference, &stretch(&sounds(8), 220, 12, |_| 0.0, 0.0));
    assert!(other.roughness_db > 2.0 * own.roughness_db, "{:.2} against {:.2}", other.roughness_db, own.roughness_db);
    let mean = |c: &Bands| c.iter().sum::<f64>() / MATCH_BANDS as f64;
    assert!(mean(&other.confidence) < mean(&own.confidence));
}

#[test]
fn gain_changes_nothing_and_the_correction_is_loudness_neutral() {
    let sounds = sounds(7);
    let reference = stretch(&sounds, 250, 11, |_| 0.0, 0.0);
    let mix = stretch(&sounds, 220, 12, fault_db, 0.0);
    let louder = stretch(&sounds, 220, 12, |b| fault_db(b) + 9.0, 0.0);
    let (a, b) = (compare(&reference, &mix), compare(&reference, &louder));
    for band in 0..MATCH_BANDS {
        assert!((a.correction_db[band] - b.correction_db[band]).abs() < 0.01);
    }
    let windows = Windows::of(Programme { map: &mix, integrated_lufs: loudness(&mix) }, Spacing::Apart).expect("sound");
    let share = windows.loudness_weights();
    let change: f64 = (0..MATCH_BANDS).map(|b| share[b] * db_to_power(a.correction_db[b])).sum();
    assert!(power_to_db(change).abs() < 1e-9);
}

#[test]
fn silence_and_short_files_give_no_answer() {
    let sounds = sounds(7);
    let reference = stretch(&sounds, 250, 11, |_| 0.0, 0.0);
    let short = stretch(&sounds, FEWEST_WINDOWS / 2, 12, |_| 0.0, 0.0);
    let silent =
        EnergyMap { mid: vec![0.0; BANDS * 200], side: vec![0.0; BANDS * 200], cross: vec![0.0; BANDS * 200], ..reference.clone() };
    let r = Programme { map: &reference, integrated_lufs: -14.0 };
    assert!(estimate(r, Programme { map: &short, integrated_lufs: -14.0 }).is_none());
    assert!(estimate(r, Programme { map: &silent, integrated_lufs: f64::NEG_INFINITY }).is_none());
    assert!(estimate(Programme { map: &silent, integrated_lufs: -70.0 }, r).is_none());
    assert!(estimate(r, Programme { map: &EnergyMap::default(), integrated_lufs: -14.0 }).is_none());
}

#[test]
fn bands_without_sound_in_one_file_are_left_to_the_prior() {
    let sounds = sounds(7);
    let reference = stretch(&sounds, 250, 11, |_| 0.0, 0.0);
    // As a lossy codec leaves it: nothing from 12.5 kHz up.
    let mix = stretch(&sounds, 220, 12, |b| if b >= 28 { -200.0 } else { 0.0 }, 0.0);
    let found = compare(&reference, &mix);
    assert!(found.correction_db.iter().all(|c| c.abs() < 1.0), "{:?}", found.correction_db);
    assert!(found.confidence[27] < found.confidence[15]);
}
