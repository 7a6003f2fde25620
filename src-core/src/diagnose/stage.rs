//! Mix or master: as asked, or recognised from the measurements.

use super::Stage;
use crate::measure::Measurements;
use crate::units::number;

/// Which stage the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageChoice {
    /// Judge as a mix on its way to mastering.
    Mix,
    /// Judge as a finished master.
    Master,
    /// Recognise a finished master by its loudness and peaks.
    #[default]
    Auto,
}

/// The stage and why it was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct StageDecision {
    /// The stage.
    pub stage: Stage,
    /// "as asked", or the evidence.
    pub reason: String,
}

/// The stage asked for, or the one that the measurements point to.
pub fn decide(measurements: &Measurements, choice: StageChoice) -> StageDecision {
    match choice {
        StageChoice::Mix => StageDecision { stage: Stage::Mix, reason: "as asked".into() },
        StageChoice::Master => StageDecision { stage: Stage::Master, reason: "as asked".into() },
        StageChoice::Auto => recognise(measurements),
    }
}

/// How much the evidence must weigh for a master.
const ENOUGH: u32 = 3;
/// Louder than mixes are handed over (−24 to −16 LUFS), and than most services play (−14), LUFS.
const LOUD_LUFS: f64 = -12.0;
const FAIRLY_LOUD_LUFS: f64 = -14.5;
/// Peaks this near to full scale were put there by a limiter or by normalising, dBFS.
const FULL_DBFS: f64 = -1.1;
/// Peak to loudness ratio of limited music, dB.
const LIMITED_DB: f64 = 9.5;
/// The highest sample value comes back this often under a limiter or clipper.
const CEILING_REPEATS: u64 = 8;

/// The stage that the measurements point to, with the evidence.
///
/// Masters are loud, full and limited at the same time; a mix may be one of these. Indicators after MasteringReady's published
/// rules and the delivery advice of mastering studios (peaks at the ceiling, over −12 LUFS, low peak to loudness ratio, clipping);
/// loudness counts double because normalising alone fills the scale.
fn recognise(m: &Measurements) -> StageDecision {
    let (loudness, peak) = (m.loudness.integrated.lufs(), m.sample_peak.max.level.db());
    let plr = m.true_peak.max.level.dbtp() - loudness;
    if !loudness.is_finite() || !peak.is_finite() {
        return StageDecision { stage: Stage::Mix, reason: "too little sound to tell; judged as a mix".into() };
    }
    let full = peak >= FULL_DBFS;
    let evidence = [
        (2, loudness > LOUD_LUFS, format!("{}", m.loudness.integrated)),
        (1, loudness > FAIRLY_LOUD_LUFS && loudness <= LOUD_LUFS && full, format!("{}", m.loudness.integrated)),
        (1, full, format!("peaks at {}\u{a0}dBFS", number(peak, 1))),
        (1, plr < LIMITED_DB, format!("only {}\u{a0}dB from loudness to peak", number(plr, 1))),
        (1, full && m.clipping.repeats >= CEILING_REPEATS, "its highest value comes back as under a limiter".into()),
    ];
    let found: Vec<_> = evidence.into_iter().filter(|(_, is, _)| *is).collect();
    let words = found.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>().join(", ");
    let weight: u32 = found.iter().map(|(weight, ..)| weight).sum();
    match (weight >= ENOUGH, words.is_empty()) {
        (true, _) => StageDecision { stage: Stage::Master, reason: format!("looks like a finished master: {words}") },
        (false, true) => StageDecision { stage: Stage::Mix, reason: "nothing points to a finished master".into() },
        (false, false) => StageDecision { stage: Stage::Mix, reason: format!("too little for a finished master: {words}") },
    }
}
