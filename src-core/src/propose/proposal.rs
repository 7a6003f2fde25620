//! What is proposed: settings, and for each move its reason and what it should bring.

use crate::chain::Settings;
use serde::{Deserialize, Serialize};

/// The four things a match can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Equalisation.
    Tone,
    /// Compression.
    Dynamics,
    /// Stereo width.
    Width,
    /// Loudness and limiting.
    Loudness,
}

/// How much of each dimension's proposal to carry out: 0 leaves it alone, 1 is the proposal, 1.5 the most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Amounts {
    /// Tone.
    pub tone: f64,
    /// Dynamics.
    pub dynamics: f64,
    /// Width.
    pub width: f64,
    /// Loudness.
    pub loudness: f64,
}

impl Default for Amounts {
    fn default() -> Self {
        Self { tone: 1.0, dynamics: 1.0, width: 1.0, loudness: 1.0 }
    }
}

/// What kind of reference the evidence says was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchMode {
    /// Another part, an earlier mix or a sibling of the same recording: like passages are compared.
    SameSession,
    /// Another record: only what lies outside the references' range is moved, gently.
    OtherRecord,
}

/// What a move should do to one quantity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Expectation {
    /// What is measured, as "level 180–320 Hz".
    pub quantity: String,
    /// Before the move.
    pub before: Option<f64>,
    /// Expected after it.
    pub expected: Option<f64>,
    /// Where it should be: the references' middle or the target.
    pub target: Option<f64>,
    /// Unit.
    pub unit: String,
}

/// One move: a part of the settings with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Move {
    /// Stable within one proposal, as "tone-2".
    pub id: String,
    /// What it changes.
    pub dimension: Dimension,
    /// The move in words: "Bell 232 Hz, −2.4 dB, Q 1.1".
    pub what: String,
    /// The reason in words.
    pub why: String,
    /// Frequencies it works on, \[low, high\] Hz; none for all.
    #[serde(default)]
    pub band_hz: Option<[f64; 2]>,
    /// Codes of the findings it answers.
    pub answers: Vec<String>,
    /// What it should bring.
    pub expectation: Expectation,
    /// 0 to 1.
    pub confidence: f64,
}

/// A full proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Proposal {
    /// Which case the evidence points to.
    pub mode: MatchMode,
    /// The evidence for the mode, in one sentence for the user.
    pub mode_reason: String,
    /// Amounts that were applied.
    pub amounts: Amounts,
    /// The settings.
    pub settings: Settings,
    /// The moves they are made of, in order of weight.
    pub moves: Vec<Move>,
    /// Things the user should know: what cannot be undone, what was left alone and why.
    pub notes: Vec<String>,
}
