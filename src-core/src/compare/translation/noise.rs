//! Passages that sink in the noise of a place.

use super::Sunk;
use super::listening::{EAR, gain_to_level, louder_lu};
use super::programme::{Powers, Programme};
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

/// A passage as soft as the softest of the references is how such music is made; one this much softer in quiet is not, LU.
const SOFTER_LU: f64 = 6.0;

/// Shortest stretch that counts, s; gaps shorter than the second are bridged, s.
const LEAST_S: f64 = 3.0;
const BRIDGE_S: f64 = 1.5;

/// What sinks of a programme, beside what sinks of the references.
pub(super) fn sunk(system: &System, model: &Model, own: &Programme<'_>, others: &[Programme<'_>]) -> Sunk {
    let Some(heard) = Heard::of(system, model, own) else { return Sunk::default() };
    let theirs: Vec<Heard> = others.iter().filter_map(|o| Heard::of(system, model, o)).collect();
    let usual_lu = median(theirs.iter().map(Heard::softest).collect()).unwrap_or(0.0);
    let softer_lu = usual_lu - SOFTER_LU;
    let (share, depth_lu, time) = heard.sinks(softer_lu);
    let shares: Vec<f64> = theirs.iter().map(|t| t.sinks(softer_lu).0).collect();
    let references_share = (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64);
    Sunk { share, references_share, depth_lu, time }
}

/// A sounding passage in the noise.
struct Passage {
    time: TimeRange,
    /// Loudness in quiet against a typical passage, LU; negative is softer.
    soft_lu: f64,
    /// How much more the noise takes of it than of a typical passage, LU; negative is more.
    depth_lu: f64,
    /// Part of its loudness that is left.
    left: f64,
}

/// The sounding passages of a programme in the noise of a place.
struct Heard(Vec<Passage>);

impl Heard {
    /// None where there is no noise.
    fn of(system: &System, model: &Model, of: &Programme<'_>) -> Option<Self> {
        let noise = system.noise_db_spl()?;
        let place = Place::usual(system, model, of);
        let sd = system.noise.first().map_or(0.0, |n| n.level_sd_db);
        let quieter = EAR.excitation(&noise.map(|db| db_to_power(db - 0.5 * sd)));
        let classes: Vec<_> = of.classes.iter().map(|c| c.heard(&place.gains)).collect();
        let gain = gain_to_level(&classes, place.level_dba);
        // Loudness in quiet and beside the noise.
        let listen = |powers: &Powers| {
            let spectrum = [powers.heard(&place.gains).map(|p| p * gain)];
            [EAR.listen(&spectrum, None).whole(), EAR.listen(&spectrum, Some(&quieter)).whole()]
        };
        let sounding: Vec<_> = of.passages.iter().filter(|p| p.sounds).map(|p| (p.time, listen(&p.powers))).collect();
        let typical = |which: usize| median(sounding.iter().map(|(_, heard)| heard[which]).collect()).unwrap_or(0.0);
        let (quiet, beside) = (typical(0), typical(1));
        let passage = |&(time, heard): &(TimeRange, [f64; 2])| Passage {
            time,
            soft_lu: louder_lu(heard[0], quiet),
            depth_lu: louder_lu(heard[1], beside) - louder_lu(heard[0], quiet),
            left: if heard[0] > 0.0 { heard[1] / heard[0] } else { 1.0 },
        };
        Some(Self(sounding.iter().map(passage).collect()))
    }

    /// How soft its softest [`LEAST_S`] are, LU; 0 for a programme that is shorter.
    fn softest(&self) -> f64 {
        let mut all: Vec<(f64, f64)> = self.0.iter().map(|p| (p.soft_lu, p.time.duration_s())).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut time_s = 0.0;
        let reached = all.iter().find(|(_, duration_s)| {
            time_s += duration_s;
            time_s >= LEAST_S
        });
        reached.map_or(0.0, |(soft_lu, _)| *soft_lu)
    }

    /// Share of the time that sinks and is softer than a limit, its mean depth in LU, and where.
    fn sinks(&self, softer_lu: f64) -> (f64, f64, Vec<TimeRange>) {
        let sinks = |p: &&Passage| p.depth_lu < -DEPTH_LU && p.left < LEFT && p.soft_lu < softer_lu;
        let ranges = self.0.iter().filter(sinks).map(|p| p.time).collect();
        let mut time = TimeRange::merged(ranges, BRIDGE_S);
        time.retain(|t| t.duration_s() >= LEAST_S);
        let inside = |p: &&Passage| time.iter().any(|t| t.start_s <= p.time.start_s && p.time.end_s <= t.end_s + 1e-9);
        let sunk: Vec<f64> = self.0.iter().filter(inside).map(|p| p.depth_lu).collect();
        let depth_lu = sunk.iter().sum::<f64>() / sunk.len().max(1) as f64;
        (sunk.len() as f64 / self.0.len().max(1) as f64, depth_lu, time)
    }
}

/// The middle one; none of nothing.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
