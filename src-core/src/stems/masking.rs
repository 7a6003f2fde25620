//! What is known about the stems of a mix: plain data.

use super::{Role, RoleBasis};
use crate::audio::TimeRange;
use serde::{Deserialize, Serialize};

/// Masking between the stems of a mix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StemMasking {
    /// The stems, in the order in which they were named.
    pub stems: Vec<StemFacts>,
    /// Whether they sum to the mix; none if no mix was given.
    pub sum: Option<Resum>,
    /// Who masks whom, the worst first.
    pub pairs: Vec<Pair>,
    /// What each stem loses to each other.
    pub matrix: Vec<MatrixCell>,
    /// Loudness lost over time and frequency.
    pub picture: Picture,
}

/// One stem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StemFacts {
    /// File name.
    pub name: String,
    /// What plays in it.
    pub role: Role,
    /// How that is known.
    pub role_from: RoleBasis,
    /// Loudness relative to the mix, LU; null for silence.
    pub level_lu: Option<f64>,
    /// Where that usually lies for this role, LU; none where nothing is published.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub usual_lu: Option<[f64; 2]>,
}

/// How the sum of the stems compares with the mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Resum {
    /// The mix.
    pub mix: String,
    /// Whether the stems sum to the mix, but for a constant gain and offset.
    pub nulls: bool,
    /// Gain of the mix over the sum of the stems, dB.
    pub gain_db: f64,
    /// Whether the mix has the opposite polarity.
    pub inverted: bool,
    /// By how much the mix is late, samples; negative if it is early.
    pub offset_samples: i64,
    /// Level of what is left when one is taken from the other, dB relative to the mix; null for nothing.
    pub residual_db: Option<f64>,
    /// Where most of the rest lies: octaves (Hz) with their share of it, largest first; empty if the stems sum to the mix.
    pub missing: Vec<MissingBand>,
    /// When it lies there.
    pub time: Vec<TimeRange>,
    /// All of it in a sentence.
    pub text: String,
}

/// An octave in which mix and stems differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MissingBand {
    /// Edges, Hz.
    pub band_hz: [f64; 2],
    /// Level of the rest there relative to the mix there, dB.
    pub level_db: f64,
}

/// One stem covering another in an octave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Pair {
    /// File name of the stem that covers.
    pub masker: String,
    /// File name of the stem that is covered.
    pub maskee: String,
    /// The octave, Hz.
    pub band_hz: [f64; 2],
    /// When; given for critical pairs.
    pub time: Vec<TimeRange>,
    /// Masked-to-unmasked ratio of the maskee in the whole mix: no more than this share of its loudness in the octave is left in a
    /// fourth part of its strongest moments there.
    pub ratio: f64,
    /// Whether no more than a tenth is left (with the model's own uncertainty) and this masker answers for it.
    pub critical: bool,
    /// The ratio beside this masker alone.
    pub alone: f64,
    /// Share of this masker in what excites the ear there beside the maskee.
    pub share: f64,
    /// Loudness lost in the whole mix, LU.
    pub lost_lu: f64,
    /// The ratio if the masker were 3 dB softer: what level explains.
    pub after_3_db_down: f64,
    /// The ratio measured after the remedy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<f64>,
}

/// What one stem loses to one other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MatrixCell {
    /// Who loses.
    pub maskee: String,
    /// To whom.
    pub masker: String,
    /// Loudness lost beside that stem alone over all octaves, LU.
    pub lost_lu: f64,
}

/// Loudness lost over time and frequency, for a picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Picture {
    /// Width of a column, s.
    pub column_s: f64,
    /// Centres of the rows, Hz, lowest first.
    pub rows_hz: Vec<f64>,
    /// Loss of all stems that matter there together, in LU, column after column; at most `most_lu`. From the mix alone it is the
    /// loss beyond what is usual.
    pub lost_lu: Vec<u8>,
    /// Where the scale ends, LU.
    pub most_lu: f64,
    /// Stretches worth a look.
    pub regions: Vec<Region>,
}

impl Picture {
    /// Loss at which the scale ends for stems, LU: a tenth is left.
    pub const MOST_LU: f64 = 34.0;
}

/// An outlined part of a [`Picture`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Region {
    /// What is there: "drums over vocals".
    pub label: String,
    /// Octave, Hz.
    pub band_hz: [f64; 2],
    /// When.
    pub time: Vec<TimeRange>,
}
