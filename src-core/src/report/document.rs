//! The one document that every report is written from, and that `--json` prints.

use crate::audio::SourceInfo;
use crate::compare::Comparison;
use crate::compare::translation::Translation;
use crate::diagnose::{Check, Finding, Verdict};
use crate::measure::Measurements;
use crate::propose::Proposal;
use crate::verify::Verification;
use serde::{Deserialize, Serialize};

/// Schema name written into every document.
pub const SCHEMA: &str = "plumbline-document/1";

/// The file that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Input {
    /// As the user named it.
    pub path: String,
    /// Length, seconds.
    pub duration_s: f64,
    /// Format as read.
    pub format: SourceInfo,
}

/// Everything that is known about one file after a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the tool.
    pub tool_version: String,
    /// The file.
    pub input: Input,
    /// ready, ready_with_notes or not_ready, and why.
    pub verdict: crate::diagnose::VerdictLevel,
    /// The verdict in words, the stage and why it was judged as that.
    pub judgement: Verdict,
    /// Everything measured.
    pub measurements: Measurements,
    /// Result of every check that ran.
    pub checks: Vec<Check>,
    /// What was not passed, in order of weight.
    pub findings: Vec<Finding>,
    /// The file against its references or the neutral range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comparison: Option<Comparison>,
    /// What is left of the file on playback systems, beside its references.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub translation: Option<Translation>,
    /// Proposed settings (match).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proposal: Option<Proposal>,
    /// What they brought (match).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verification: Option<Verification>,
    /// Masking: between stems, or estimated from the mix alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub masking: Option<super::Masking>,
    /// Every change made to the data on the way, in words: nothing is silent.
    pub steps: Vec<String>,
}

/// All that is known of a mix in one document: its check, with what was proposed for it and what was measured of the settings that came of it
/// (those of the proposal, unless they were tried again since).
pub fn joined(checked: &Document, proposed: Option<&Document>, tried: Option<&Document>) -> Document {
    let mut document = checked.clone();
    document.proposal = proposed.and_then(|d| d.proposal.clone());
    document.verification = tried.or(proposed).and_then(|d| d.verification.clone());
    let further = tried.or(proposed).into_iter().flat_map(|d| &d.steps).filter(|step| !checked.steps.contains(step)).cloned();
    document.steps.extend(further.collect::<Vec<_>>());
    document
}
