//! One number per system, and what it is made of.

use super::{SystemHeard, Uncertain};
use serde::{Deserialize, Serialize};

/// Points taken off a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Points {
    /// What for: "tone", "bass_line", "mono", "noise", "sub".
    pub what: String,
    /// How many.
    pub points: f64,
}

/// Points a LU or dB costs, and how far nothing is taken off: what two parts of one record differ by.
const TONE: (f64, f64) = (5.0, 1.0);
const BASS_LINE: (f64, f64) = (4.0, 1.5);
const MONO: (f64, f64) = (6.0, 0.5);
const SUB: (f64, f64) = (3.0, 1.5);
/// Points if all of the programme sinks where nothing of the references does.
const NOISE: f64 = 120.0;

/// A value's distance from zero that its uncertainty leaves.
fn surely(u: &Uncertain) -> f64 {
    if u.low > 0.0 {
        u.low.min(u.value)
    } else if u.high < 0.0 {
        u.high.max(u.value)
    } else {
        0.0
    }
}

/// 100 less what is lost that the references keep.
pub(super) fn score(heard: &SystemHeard) -> (f64, Vec<Points>) {
    let cost = |(each, free): (f64, f64), amount: f64| each * (amount - free).max(0.0);
    let regions: Vec<f64> = heard.regions.iter().filter(|r| r.heard).map(|r| surely(&r.beyond_lu)).collect();
    let tone = (regions.iter().map(|x| x * x).sum::<f64>() / regions.len().max(1) as f64).sqrt();
    let sunk = (heard.sunk.share - heard.sunk.references_share.unwrap_or(0.0)).max(0.0);
    let parts = [
        ("tone", cost(TONE, tone)),
        ("bass_line", cost(BASS_LINE, (-surely(&heard.bass_line.beyond_lu)).max(0.0))),
        ("mono", cost(MONO, -heard.mono_lu)),
        ("noise", NOISE * sunk),
        ("sub", heard.sub_power_db.as_ref().map_or(0.0, |s| cost(SUB, surely(s)))),
    ];
    let taken_off: Vec<Points> = parts
        .into_iter()
        .filter(|(_, points)| *points >= 0.5)
        .map(|(what, points)| Points { what: what.into(), points: points.round() })
        .collect();
    ((100.0 - taken_off.iter().map(|p| p.points).sum::<f64>()).max(0.0), taken_off)
}
