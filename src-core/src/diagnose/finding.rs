//! What a diagnosis says: a result for every check, a finding for each one not passed, a verdict.

use crate::audio::TimeRange;
use serde::{Deserialize, Serialize};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Could not be judged (says why in its limit source).
    Skipped,
    /// In range.
    Pass,
    /// Worth knowing; nothing needs doing.
    Note,
    /// A fault that a listener may notice.
    Warn,
    /// A hard fault.
    Fail,
}

/// What the file is taken for; decides the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A mix on its way to mastering.
    Mix,
    /// A finished master.
    Master,
}

/// Where a finding is best mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Back in the mix.
    Mix,
    /// Mastering can mend it (1–2 dB moves).
    Master,
}

/// Result of one check. Every check that ran has one, passed or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Check {
    /// Stable code, as `tonal.muddy`.
    pub code: String,
    /// How it came out.
    pub status: Status,
    /// Measured value; none where nothing could be measured.
    pub value: Option<f64>,
    /// Unit of value and limit, as "dB", "LUFS", "Hz", "runs"; empty for a plain number.
    pub unit: String,
    /// The limit that was not to be passed.
    pub limit: Option<f64>,
    /// Where the limit comes from; for a skipped check, why it was skipped.
    pub limit_source: String,
    /// Signed distance from the middle of the allowed range in range widths: too little negative, too much
    /// positive, ±0.5 the edge of the range, clamped to ±3.2. For a one-sided limit the width is the step from warn to fail.
    pub lean: Option<f64>,
    /// 0 to 1: how sure the check is of its status.
    pub confidence: f64,
}

/// One piece of evidence: a labelled number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// What was measured.
    pub label: String,
    /// The number; null where it is minus infinity.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: String,
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fix {
    /// One move in a mixer's words, imperative, with a number: "Bell 232 Hz, −2.4 dB, Q 1.1".
    pub text: String,
    /// Centre frequency of the move, Hz, if it has one.
    pub freq_hz: Option<f64>,
    /// Gain of the move, dB, if it has one.
    pub gain_db: Option<f64>,
    /// Q of the move, if it has one.
    pub q: Option<f64>,
}

/// A check that was not passed, told so that somebody can act on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// Code of the check.
    pub code: String,
    /// Note, warn or fail.
    pub status: Status,
    /// What a listener hears, at most six words.
    pub title: String,
    /// One sentence: why it matters here.
    pub why: String,
    /// Where it is best mended.
    #[serde(rename = "where")]
    pub place: Place,
    /// Where in time; empty means throughout.
    pub time: Vec<TimeRange>,
    /// Where in frequency, \[low, high\] Hz.
    pub band_hz: Option<[f64; 2]>,
    /// Playback system, for translation findings.
    pub system: Option<String>,
    /// Measured value.
    pub value: Option<f64>,
    /// Unit of value and limit.
    pub unit: String,
    /// The limit.
    pub limit: Option<f64>,
    /// Where the limit comes from, in a few words: "over R1–R3".
    pub limit_source: String,
    /// Lean as in [`Check::lean`].
    pub lean: Option<f64>,
    /// 0 to 1.
    pub confidence: f64,
    /// Further numbers.
    pub evidence: Vec<Evidence>,
    /// What to do; none only where nothing can be done.
    pub fix: Option<Fix>,
}

/// Whether the file is ready for its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictLevel {
    /// Nothing above a note that matters.
    Ready,
    /// Warnings, but no hard fault.
    ReadyWithNotes,
    /// At least one hard fault.
    NotReady,
}

/// The verdict and what it was judged as.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// The level.
    pub level: VerdictLevel,
    /// One sentence of at most eight words.
    pub sentence: String,
    /// Judged as what.
    pub stage: Stage,
    /// Why that stage was chosen: "as asked", or the evidence that made it look like a master.
    pub stage_reason: String,
}
