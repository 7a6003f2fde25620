//! The document's part on masking: estimated from the mix alone, or measured between stems.

use crate::propose::unmask::Remedy;
use crate::stems::{MatrixCell, Pair, Picture, Resum, StemFacts, StemMasking};
use serde::{Deserialize, Serialize};

/// Where masking is known from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaskingBasis {
    /// The stems, one against the other.
    Stems,
    /// The mix alone: an estimate.
    #[default]
    Estimate,
}

/// Masking in a mix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Masking {
    /// Where it is known from.
    pub basis: MaskingBasis,
    /// Loudness lost over time and frequency.
    pub picture: Picture,
    /// The stems, in the order in which they were named.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub stems: Vec<StemFacts>,
    /// Whether the stems sum to the mix; none if no mix was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sum: Option<Resum>,
    /// Who masks whom, the worst first.
    pub pairs: Vec<Pair>,
    /// What each stem loses to each other.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub matrix: Vec<MatrixCell>,
    /// What was proposed for the stems and what it brought; none where nothing is critical.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remedy: Option<Remedy>,
}

impl Masking {
    /// Masking between stems, with what was done about it.
    pub fn of_stems(found: StemMasking, remedy: Option<Remedy>) -> Self {
        let StemMasking { stems, sum, pairs, matrix, picture } = found;
        Self { basis: MaskingBasis::Stems, picture, stems, sum, pairs, matrix, remedy }
    }
}
