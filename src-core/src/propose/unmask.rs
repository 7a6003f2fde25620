//! Moves on stems that bring covered ones back: the fewest that do it, small ones first.

mod pan;
mod plan;

pub use plan::{Limits, Plan, plan};

use crate::chain::Settings;
use crate::chain::settings::Part;
use serde::{Deserialize, Serialize};

/// What is proposed for the stems, and what it brought in the mix summed again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Remedy {
    /// Moves that are kept.
    pub moves: Vec<StemMove>,
    /// Moves that were tried and dropped.
    pub dropped: Vec<StemMove>,
    /// The covered stems before and after, measured in the stems as rendered.
    pub results: Vec<StemResult>,
    /// The mix before and after.
    pub together: Together,
    /// What could not be brought back within the limits, and why.
    pub beyond: Vec<String>,
    /// Settings of each stem that is changed, as they were carried out.
    pub settings: Vec<StemSettings>,
}

/// One move on one stem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StemMove {
    /// File name of the stem that is changed.
    pub stem: String,
    /// In a mixer's words: "Fader −4.0 dB", "Bell 1.0 kHz, −3.0 dB, Q 1.0", "Pan 40 % left".
    pub what: String,
    /// For whose sake, and why it may go so far; for a dropped move, why it was dropped.
    pub why: String,
    /// Centre frequency of an equaliser band, Hz.
    pub freq_hz: Option<f64>,
    /// Gain, dB.
    pub gain_db: f64,
    /// Q of an equaliser band.
    pub q: Option<f64>,
    /// What an equaliser band works on: all of the stem, or its middle alone where that is what covers.
    #[serde(default)]
    pub part: Part,
    /// New place, −1 (left) to 1 (right), by gains of 1 ± place: the mono sum of what stood in the middle stays as it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pan: Option<f64>,
}

/// A covered stem before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StemResult {
    /// File name of the stem that was covered.
    pub maskee: String,
    /// The octave, Hz.
    pub band_hz: [f64; 2],
    /// Ratio before.
    pub before: f64,
    /// Ratio measured in the rendered stems.
    pub after: Option<f64>,
    /// The same as both ears hear it between loudspeakers, before and after; given where a stem was panned for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub between_speakers: Option<[f64; 2]>,
}

/// The mix before and after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Together {
    /// Critical pairs before.
    pub critical_before: usize,
    /// Critical pairs after.
    pub critical_after: usize,
    /// Loudness of the sum before, LUFS; null for silence.
    pub lufs_before: Option<f64>,
    /// Loudness of the sum after, LUFS.
    pub lufs_after: Option<f64>,
}

/// Settings of one stem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StemSettings {
    /// File name of the stem.
    pub stem: String,
    /// What was carried out.
    pub settings: Settings,
    /// Place after them, −1 (left) to 1 (right); 0 where the stem stays.
    #[serde(default)]
    pub pan: f64,
    /// What they cost or give the stem alone: loudness after less loudness before, LU; null for silence.
    pub change_lu: Option<f64>,
}
