//! Passages that sink in the noise of a place.

use super::Sunk;
use super::listening::{EAR, gain_to_level, louder_lu};
use super::programme::Programme;
use super::system::Place;
use crate::audio::TimeRange;
use crate::models::system::System;
use crate::playback::Model;
use crate::units::db_to_power;

/// A passage sinks where the noise takes this much more of its loudness than of the rest of the programme, LU …
const DEPTH_LU: f64 = 12.0;

/// … and leaves less than this part of it: at a tenth a source is lost (Aichinger, Sontacchi, Schneider-Stickler, 130th AES Convention,
/// 2011); a place that is a little quieter leaves more, and the passage has to sink there too.
const LEFT: f64 = 0.2;

/// Shortest stretch that counts, s; gaps shorter than the second are bridged, s.
const LEAST_S: f64 = 3.0;
const BRIDGE_S: f64 = 1.5;

/// What sinks of a programme, beside what sinks of the references.
pub(super) fn sunk(system: &System, model: &Model, own: &Programme<'_>, others: &[Programme<'_>]) -> Sunk {
    if system.noise.is_empty() {
        return Sunk::default();
    }
    let (share, depth_lu, time) = one(system, model, own);
    let theirs: Vec<f64> = others.iter().map(|o| one(system, model, o).0).collect();
    let references_share = (!theirs.is_empty()).then(|| theirs.iter().sum::<f64>() / theirs.len() as f64);
    Sunk { share, references_share, depth_lu, time }
}

fn one(system: &System, model: &Model, of: &Programme<'_>) -> (f64, f64, Vec<TimeRange>) {
    let place = Place::usual(system, model, of);
    let Some(noise) = system.noise_db_spl() else { return (0.0, 0.0, Vec::new()) };
    let sd = system.noise.first().map_or(0.0, |n| n.level_sd_db);
    let quieter = EAR.excitation(&noise.map(|db| db_to_power(db - 0.5 * sd)));
    let spectra: Vec<_> = of.passages.iter().map(|p| p.powers.heard(&place.gains)).collect();
    let classes: Vec<_> = of.classes.iter().map(|c| c.heard(&place.gains)).collect();
    let gain = gain_to_level(&classes, place.level_dba);
    // Loudness in quiet and beside the noise.
    let heard: Vec<[f64; 2]> = spectra
        .iter()
        .map(|s| {
            let s = [s.map(|p| p * gain)];
            [EAR.listen(&s, None).whole(), EAR.listen(&s, Some(&quieter)).whole()]
        })
        .collect();
    let sounding: Vec<usize> = (0..heard.len()).filter(|i| of.passages[*i].sounds).collect();
    let typical = |which: usize| {
        let mut all: Vec<f64> = sounding.iter().map(|i| heard[*i][which]).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    };
    let typical = [typical(0), typical(1)];
    let depth = |i: usize| louder_lu(heard[i][1], typical[1]) - louder_lu(heard[i][0], typical[0]);
    let sinks = |i: &usize| depth(*i) < -DEPTH_LU && heard[*i][1] < LEFT * heard[*i][0];
    let ranges = sounding.iter().copied().filter(sinks).map(|i| of.passages[i].time).collect();
    let mut time = TimeRange::merged(ranges, BRIDGE_S);
    time.retain(|t| t.duration_s() >= LEAST_S);
    let inside = |i: &usize| time.iter().any(|t| t.start_s <= of.passages[*i].time.start_s && of.passages[*i].time.end_s <= t.end_s + 1e-9);
    let sunk: Vec<usize> = sounding.iter().copied().filter(inside).collect();
    let depth_lu = sunk.iter().map(|i| depth(*i)).sum::<f64>() / sunk.len().max(1) as f64;
    (sunk.len() as f64 / sounding.len().max(1) as f64, depth_lu, time)
}
