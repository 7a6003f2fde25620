//! Diagnosis: measurements and comparisons in, checks and findings out. Never touches samples.

mod check;
pub mod checks;
mod context;
mod finding;
mod rubric;
mod stage;
mod verdict;

pub use check::{Allowed, CheckDef, Help, Limit, MAX_LEAN, Outcome, Story};
pub use context::Context;
pub use finding::{Check, Evidence, Finding, Fix, Place, Stage, Status, Verdict, VerdictLevel};
pub use rubric::{Row, Rubric, both};
pub use stage::{StageChoice, StageDecision};
pub use verdict::{decide, weight};

use crate::compare::Comparison;
use crate::compare::translation::Translation;
use crate::measure::Measurements;
use crate::stems::StemMasking;

/// Everything a diagnosis says.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// Every check, in the order of [`checks::FAMILIES`].
    pub checks: Vec<Check>,
    /// What was not passed, heaviest first.
    pub findings: Vec<Finding>,
    /// Ready or not.
    pub verdict: Verdict,
}

/// Runs every check on one file and decides.
///
/// A pure function of its input: the same measurements and comparison give the same diagnosis. A file that is
/// silent or too short is not an error; the checks that need more say that they were skipped.
pub fn diagnose(measurements: &Measurements, comparison: &Comparison, choice: StageChoice) -> Diagnosis {
    diagnose_with(measurements, comparison, Views::default(), choice)
}

/// What else a diagnosis may look at, where it was worked out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Views<'a> {
    /// What is left of the file on playback systems.
    pub translation: Option<&'a Translation>,
    /// Masking between the file's stems.
    pub stems: Option<&'a StemMasking>,
}

/// [`diagnose`], with more to look at. Checks that need what is not there say that they were skipped.
pub fn diagnose_with(measurements: &Measurements, comparison: &Comparison, views: Views<'_>, choice: StageChoice) -> Diagnosis {
    let decision = stage::decide(measurements, choice);
    let context = Context { translation: views.translation, stems: views.stems, ..Context::new(measurements, comparison, decision.stage) };
    let (mut results, mut findings) = (Vec::new(), Vec::new());
    for check in checks::all() {
        let (result, found) = (check.run)(&context).split(check.code);
        results.push(result);
        findings.extend(found);
    }
    findings.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    let verdict = verdict::decide(&findings, decision.stage, decision.reason);
    Diagnosis { checks: results, findings, verdict }
}
