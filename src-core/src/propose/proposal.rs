//! What is proposed: settings, and for each move its reason and what it should bring.

use crate::chain::Settings;
use serde::{Deserialize, Serialize};

/// What a match can change.
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
    /// Equalisation for playback systems, within what the reference leaves open.
    Translation,
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

impl Amounts {
    /// That of a dimension; moves for playback systems go with the tone.
    pub fn of(&self, dimension: Dimension) -> f64 {
        match dimension {
            Dimension::Tone | Dimension::Translation => self.tone,
            Dimension::Dynamics => self.dynamics,
            Dimension::Width => self.width,
            Dimension::Loudness => self.loudness,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, dimension: Dimension) -> &mut f64 {
        match dimension {
            Dimension::Tone | Dimension::Translation => &mut self.tone,
            Dimension::Dynamics => &mut self.dynamics,
            Dimension::Width => &mut self.width,
            Dimension::Loudness => &mut self.loudness,
        }
    }
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

/// What is kept of a mix on one playback system, 0 to 100.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SystemScore {
    /// Name of the system.
    pub system: String,
    /// As it stands in a sentence: "on a phone".
    pub place: String,
    /// Of the mix as it came; none where that was not asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<f64>,
    /// Of the match without the moves for playback systems.
    pub without: f64,
    /// With them.
    pub with: f64,
}

impl SystemScore {
    /// Name of the score in expectations, for a place as it stands in a sentence.
    pub fn quantity(place: &str) -> String {
        format!("what is kept {place}")
    }
}

/// What moves for playback systems bring there, and what they cost the reference match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TranslationTrade {
    /// How much translation was weighed, above 0 up to 1.
    pub weight: f64,
    /// Tone distance to the reference without these moves, dB: RMS over third octaves of what is missing to references of the session,
    /// of what lies outside the range of other records.
    pub match_without_db: f64,
    /// The same with them, dB.
    pub match_with_db: f64,
    /// The systems, in the order asked for.
    pub systems: Vec<SystemScore>,
}

impl TranslationTrade {
    /// The system that keeps least without the moves; none without systems.
    pub fn worst(&self) -> Option<&SystemScore> {
        self.systems.iter().min_by(|a, b| a.without.total_cmp(&b.without))
    }
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
    /// What the moves for playback systems should bring and cost; none where there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub translation: Option<TranslationTrade>,
    /// Things the user should know: what cannot be undone, what was left alone and why.
    pub notes: Vec<String>,
}
