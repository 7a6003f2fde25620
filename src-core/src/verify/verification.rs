//! What came of the moves.

use crate::propose::Expectation;
use serde::{Deserialize, Serialize};

/// What became of a move once it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Did what was expected and stays.
    Kept,
    /// Helped less than expected or cost something; stays at a part of its amount.
    ScaledBack,
    /// Did not help or made something worse; taken out.
    Dropped,
}

/// One move, verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MoveOutcome {
    /// The move's id.
    pub id: String,
    /// The move in words.
    pub what: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Part of the proposed amount that was kept, 0 to 1.
    pub kept: f64,
    /// What was expected.
    pub expectation: Expectation,
    /// What was measured in the rendered file.
    pub measured: Option<f64>,
    /// Why it was kept, scaled back or dropped.
    pub reason: String,
}

/// How far the result is from one reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReferenceResidual {
    /// The reference's name.
    pub reference: String,
    /// RMS third-octave tonal difference at equal loudness before, dB.
    pub tone_before_db: f64,
    /// The same after, dB.
    pub tone_after_db: f64,
    /// Loudness difference before, LU.
    pub loudness_before_lu: f64,
    /// The same after, LU.
    pub loudness_after_lu: f64,
    /// Difference of the side/mid ratio before, dB; none if either is mono.
    pub width_before_db: Option<f64>,
    /// The same after, dB.
    pub width_after_db: Option<f64>,
}

/// The verified result of a match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verification {
    /// Every move with its outcome, also those tried and dropped.
    pub moves: Vec<MoveOutcome>,
    /// Distance to each reference before and after.
    pub residuals: Vec<ReferenceResidual>,
    /// The result against the same references as the input: what reports draw as "after".
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comparison: Option<crate::compare::Comparison>,
    /// What moves for playback systems brought and cost, measured in the result; none where there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub translation: Option<crate::propose::TranslationTrade>,
    /// Codes of findings that were there before and are gone.
    pub mended: Vec<String>,
    /// Codes of findings that are new in the result (should be empty).
    pub new_findings: Vec<String>,
    /// Integrated loudness of the result, LUFS.
    pub integrated_lufs: Option<f64>,
    /// True peak of the result, dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Limiter: most gain reduction, dB.
    pub limiter_max_db: f64,
    /// Limiter: share of the time with more than 1 dB of gain reduction, 0 to 1.
    pub limiter_active_share: f64,
    /// Where the limiter worked hardest.
    pub limiter_where: Vec<crate::audio::TimeRange>,
    /// Steps of verification in words: renders made, what was changed between them.
    pub steps: Vec<String>,
}
