//! Who masks whom, in which octave, when.

use super::OCTAVES_HZ;
use super::masking::{MatrixCell, Pair};
use super::scene::{Place, Scene, lost, others};
use crate::audio::TimeRange;
use crate::measure::StemMap;
use crate::units::db_to_power;
use rayon::prelude::*;

/// A stem is critically masked where no more than this is left of it (Aichinger et al. 2011).
pub const CRITICAL: f64 = 0.10;

/// How far a ratio may be off at that point, as a factor: it changes by as much over 3 to 4 dB of level, and from one half second of
/// music to the next by more.
const UNCERTAIN: f64 = 2.0;

/// A pair is listed where the masker alone leaves less than this.
const LISTED: f64 = 0.5;

/// A masker answers for a masked stem if it has this share of what excites the ear there, …
const MAIN_SHARE: f32 = 0.5;
/// … and would leave, alone, no more than this: otherwise it is the sum that covers, and nobody in particular.
const LEFT_ALONE: f64 = 1.5 * CRITICAL * UNCERTAIN;
/// Of several none of which has that share, those answer that have as good as the largest part, this much of it, and are critical alone.
const AS_GOOD_AS_LARGEST: f32 = 0.8;

/// What a move of this size would give back is stated for each pair, dB.
const PROBE_DB: f64 = 3.0;

/// Everything found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Pairs, the most masked first.
    pub pairs: Vec<Pair>,
    /// What each stem loses to each other.
    pub matrix: Vec<MatrixCell>,
}

/// One masker of one place.
struct Masker {
    stem: usize,
    /// Ratio with this masker alone.
    alone: f64,
    /// Its share of the excitation by all maskers.
    share: f32,
    /// Ratio if it were turned down by [`PROBE_DB`] at all frequencies.
    turned_down: f64,
}

/// Finds the pairs. `names` are the stems' file names, in the order of the scene.
pub fn find_pairs(scene: &Scene<'_>, names: &[String]) -> Findings {
    let untouched = scene.untouched();
    let ratios = scene.ratios(&untouched);
    let places: Vec<(Place, f64)> = ratios
        .iter()
        .enumerate()
        .flat_map(|(stem, octaves)| octaves.iter().enumerate().filter_map(move |(octave, r)| Some((Place { stem, octave }, (*r)?))))
        .collect();
    let found: Vec<Vec<Pair>> = places.par_iter().map(|(place, ratio)| pairs_at(scene, names, *place, *ratio)).collect();
    let mut pairs: Vec<Pair> = found.into_iter().flatten().collect();
    pairs.sort_by(|a, b| b.critical.cmp(&a.critical).then(a.ratio.total_cmp(&b.ratio)).then(b.share.total_cmp(&a.share)));
    Findings { pairs, matrix: matrix(scene, names) }
}

fn pairs_at(scene: &Scene<'_>, names: &[String], place: Place, ratio: f64) -> Vec<Pair> {
    let maskers = maskers(scene, place);
    let main = maskers.iter().map(|m| m.share).fold(0.0, f32::max);
    let covered = ratio <= CRITICAL * UNCERTAIN;
    let mut out = Vec::new();
    for masker in maskers.iter().filter(|m| m.alone < LISTED) {
        let answers = if masker.share >= MAIN_SHARE {
            masker.alone <= LEFT_ALONE
        } else {
            masker.share >= AS_GOOD_AS_LARGEST * main && masker.alone <= CRITICAL
        };
        let critical = covered && answers;
        let (Some(by), Some(of)) = (names.get(masker.stem), names.get(place.stem)) else { continue };
        out.push(Pair {
            masker: by.clone(),
            maskee: of.clone(),
            band_hz: place.band_hz(),
            time: if critical { times(scene, place) } else { Vec::new() },
            ratio,
            critical,
            alone: masker.alone,
            share: f64::from(masker.share),
            lost_lu: lost_lu(ratio),
            after_3_db_down: masker.turned_down,
            after: None,
        });
    }
    out
}

/// Loudness lost, in the level by which a sound would have to drop in quiet to be as soft: 10 phon a halving.
pub(super) fn lost_lu(ratio: f64) -> f64 {
    (-10.0 * ratio.max(1e-6).log2()).clamp(0.0, 100.0)
}

/// Every other stem as a masker of a place, by the place's moments.
fn maskers(scene: &Scene<'_>, place: Place) -> Vec<Masker> {
    let untouched = scene.untouched();
    let count = scene.stems();
    let (mut alone, mut down) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    let mut share = vec![0.0f32; count];
    for &frame in scene.moments(place) {
        let powers = scene.powers(frame, &untouched);
        let heard = scene.heard(place.stem, &powers);
        let Some(_) = scene.ratio(place.octave, &heard, &heard.left) else { continue };
        let signal = powers.get(place.stem).map(|p| scene.excitation(p)).unwrap_or_default();
        let noises: Vec<Vec<f32>> = powers.iter().map(|own| scene.excitation(own)).collect();
        let excited = |noise: &Vec<f32>| noise.get(scene.octave(place.octave)).map_or(0.0, |part| part.iter().sum::<f32>());
        let all: f32 = noises.iter().enumerate().filter(|(s, _)| *s != place.stem).map(|(_, noise)| excited(noise)).sum();
        for (stem, noise) in noises.iter().enumerate().filter(|(s, _)| *s != place.stem) {
            let here = excited(noise);
            if here <= 0.0 {
                continue;
            }
            // Every moment counts alike, however loud it is.
            share[stem] += here / all;
            alone[stem].extend(scene.ratio(place.octave, &heard, &scene.left(&signal, noise)));
            let mut turned = powers.clone();
            if let Some(own) = turned.get_mut(stem) {
                own.iter_mut().for_each(|p| *p *= db_to_power(-PROBE_DB) as f32);
            }
            let beside = scene.excitation(&others(&turned, place.stem));
            down[stem].extend(scene.ratio(place.octave, &heard, &scene.left(&signal, &beside)));
        }
    }
    let all: f32 = share.iter().sum();
    let masker = |stem: usize| Some(Masker { stem, alone: lost(&alone[stem])?, share: share[stem] / all, turned_down: lost(&down[stem])? });
    (0..count).filter_map(masker).collect()
}

/// When a stem matters in an octave and no more than the critical share of it is left.
fn times(scene: &Scene<'_>, place: Place) -> Vec<TimeRange> {
    /// Gaps shorter than this are bridged, s: a beat or two.
    const GAP_S: f64 = 1.5;
    let (untouched, hop_s) = (scene.untouched(), scene.hop_s());
    let masked = |frame: &usize| {
        let heard = scene.heard(place.stem, &scene.powers(*frame, &untouched));
        scene.ratio(place.octave, &heard, &heard.left).is_some_and(|r| r <= CRITICAL * UNCERTAIN)
    };
    let frames = (0..scene.frames()).filter(masked);
    TimeRange::merged(frames.map(|f| StemMap::span_s(f, hop_s)).collect(), GAP_S)
}

/// What each stem loses to each other alone over all octaves, by its loudest moments in its strongest octaves.
fn matrix(scene: &Scene<'_>, names: &[String]) -> Vec<MatrixCell> {
    let untouched = scene.untouched();
    let row = |stem: usize| -> Vec<MatrixCell> {
        let mut quiet = 0.0;
        let mut left = vec![0.0; scene.stems()];
        for frame in scene.moments_of(stem) {
            let powers = scene.powers(frame, &untouched);
            let heard = scene.heard(stem, &powers);
            let signal = powers.get(stem).map(|p| scene.excitation(p)).unwrap_or_default();
            quiet += heard.whole;
            for (other, left) in left.iter_mut().enumerate().filter(|(o, _)| *o != stem) {
                let noise = powers.get(other).map(|p| scene.excitation(p)).unwrap_or_default();
                *left += scene.hearing().loudness(&scene.left(&signal, &noise));
            }
        }
        let cell = |other: usize| {
            let ratio = left.get(other)? / quiet;
            (other != stem && ratio.is_finite()).then_some(())?;
            Some(MatrixCell { maskee: names.get(stem)?.clone(), masker: names.get(other)?.clone(), lost_lu: lost_lu(ratio) })
        };
        (0..scene.stems()).filter_map(cell).collect()
    };
    let rows: Vec<Vec<MatrixCell>> = (0..scene.stems()).into_par_iter().map(row).collect();
    rows.into_iter().flatten().collect()
}

const _: () = assert!(OCTAVES_HZ.len() == 8);
