//! What a check may look at.

use super::{Limit, Rubric, Stage};
use crate::compare::Comparison;
use crate::compare::translation::Translation;
use crate::measure::Measurements;
use crate::stems::StemMasking;

/// Everything a check may look at: numbers and maps, never samples.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// What was measured in the file.
    pub measurements: &'a Measurements,
    /// How it compares with the references or the neutral range.
    pub comparison: &'a Comparison,
    /// Masking between the stems; none if none were given.
    pub stems: Option<&'a StemMasking>,
    /// What is left of it on playback systems; none where that was not asked.
    pub translation: Option<&'a Translation>,
    /// What the file is taken for.
    pub stage: Stage,
    /// The limits for that stage.
    pub rubric: Rubric,
}

/// Stands in for a row that the table lacks; allows everything. A test keeps the table complete.
const NO_LIMIT: Limit = Limit::at_most(f64::INFINITY, f64::INFINITY, "no limit");

impl<'a> Context<'a> {
    /// A context for one stage.
    pub fn new(measurements: &'a Measurements, comparison: &'a Comparison, stage: Stage) -> Self {
        Self { measurements, comparison, stems: None, translation: None, stage, rubric: Rubric::new(stage) }
    }

    /// The limit of a check at this stage.
    pub fn limit(&self, code: &str) -> Limit {
        self.rubric.find(code).unwrap_or(NO_LIMIT)
    }
}
