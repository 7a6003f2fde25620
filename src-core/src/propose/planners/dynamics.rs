//! Dynamics: says how dense the mix is against its references.
//!
//! What a compressor took away cannot be put back: on songs compressed on purpose, an expander with the right slope brings the
//! spread of levels back and makes the peaks worse, and its amount can hardly be estimated from other music.
//! So a denser mix is told, with its number, and left alone.

use super::{Part, Situation};
use crate::compare::median;
use crate::measure::Measurements;
use crate::propose::MatchMode;
use crate::units::number;

/// Difference in spread from which it is told, dB.
const WORTH_TELLING_DB: f64 = 1.0;

/// Adds a note; changes no settings.
pub(super) fn plan(situation: &Situation<'_>, mode: MatchMode) -> Part {
    let mut part = Part::default();
    let theirs: Vec<f64> = situation
        .references
        .iter()
        .filter(|r| mode == MatchMode::OtherRecord || r.same_session)
        .filter_map(|r| spread_db(r.measurements))
        .collect();
    let (Some(own), Some(theirs)) = (spread_db(situation.mix), median(&theirs)) else { return part };
    if theirs - own >= WORTH_TELLING_DB {
        part.notes.push(format!(
            "Dynamics: the mix is {} dB denser than the reference (95th less 50th percentile of momentary loudness, {} against {} dB). Compression cannot be undone here; ease it in the mix.",
            number(theirs - own, 1),
            number(own, 1),
            number(theirs, 1)
        ));
    } else if own - theirs >= WORTH_TELLING_DB {
        part.notes.push(format!(
            "Dynamics: the mix is {} dB less dense than the reference ({} against {} dB); left as it is.",
            number(own - theirs, 1),
            number(own, 1),
            number(theirs, 1)
        ));
    }
    part
}

/// How far the loud passages stand above the middle: 95th less 50th percentile of momentary loudness above −70 LUFS, dB.
fn spread_db(m: &Measurements) -> Option<f64> {
    let mut levels: Vec<f64> = m.loudness.momentary.values.iter().map(|v| f64::from(*v)).filter(|v| *v > -70.0).collect();
    levels.sort_by(f64::total_cmp);
    let at = |q: f64| levels.get(((levels.len() as f64 - 1.0) * q) as usize).copied();
    (levels.len() >= 30).then(|| Some(at(0.95)? - at(0.5)?)).flatten()
}
