//! "Is my mix ready?": measure, compare, diagnose.

use super::measuring::Measured;
use super::references::{KnownReferences, measure_telling};
use super::unmask::{StemsRequest, stems_of};
use super::{Early, Host};
use crate::compare::translation;
use crate::compare::{self, Comparison};
use crate::diagnose::{Diagnosis, Finding, StageChoice, Views, diagnose_with};
use crate::error::Result;
use crate::measure::Measurements;
use crate::models::system::System;
use crate::report::{Document, Input, Masking};
use std::path::{Path, PathBuf};

/// What to check, against what, as what.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// The file.
    pub mix: PathBuf,
    /// Files, folders and profiles to hold it against; none means the neutral range.
    pub references: Vec<PathBuf>,
    /// Mix or master.
    pub stage: StageChoice,
    /// The mix's stems, if they are to be looked at too.
    pub stems: Option<StemsRequest>,
    /// Playback systems to play it on; none of them asks nothing about translation.
    pub systems: Vec<System>,
}

/// Measures a file and its references and says what leans. Writes nothing.
///
/// # Errors
/// Those of reading the files, and [`crate::Error::Cancelled`]. A bad mix is no error but a document full of findings.
pub fn check(request: &CheckRequest, host: Host<'_>) -> Result<Document> {
    let tell = |mix: &Measured| host.progress.found(early(&mix.measurements, request.stage));
    let (measured, references) = measure_telling(&request.mix, &request.references, host, &tell)?;
    let comparison = compare::compare(&measured.measurements, &references.references())?;
    let stems = request.stems.as_ref().map(|stems| stems_of(stems, &request.mix, host)).transpose()?;
    let heard = translation::translate(&measured.measurements, &comparison, &references.references(), &request.systems);
    let heard = heard.filter(|t| !t.systems.is_empty());
    let views = Views { translation: heard.as_ref(), stems: stems.as_ref().map(|(found, _)| found) };
    let diagnosis = diagnose_with(&measured.measurements, &comparison, views, request.stage);
    let mut doc = document(&request.mix, measured, &references, comparison, diagnosis);
    doc.translation = heard;
    doc.masking = Some(match stems {
        Some((found, steps)) => {
            doc.steps.extend(steps);
            Masking::of_stems(found, None)
        }
        None => {
            let lufs = |m: &Measurements| m.loudness.integrated.lufs();
            let known = references.references();
            let maps: Vec<_> = known.iter().filter_map(|r| r.measurements).map(|m| (&m.map, lufs(m))).collect();
            let picture = compare::masking::picture(&doc.measurements.map, lufs(&doc.measurements), &maps);
            Masking { picture, ..Masking::default() }
        }
    });
    Ok(doc)
}

/// Families of checks that references, stems and playback systems decide.
const LATE: [&str; 3] = ["tonal.", "masking.", "translation."];

/// What a file that has just been measured says of itself. What cannot be said is left to the check that follows.
fn early(measurements: &Measurements, stage: StageChoice) -> Early {
    let found = compare::compare(measurements, &[]).map(|neutral| diagnose_with(measurements, &neutral, Views::default(), stage).findings);
    let own = |finding: &Finding| !LATE.iter().any(|family| finding.code.starts_with(family));
    let level = |level: f64| level.is_finite().then_some(level);
    Early {
        findings: found.unwrap_or_default().into_iter().filter(own).collect(),
        integrated_lufs: level(measurements.loudness.integrated.lufs()),
        true_peak_dbtp: level(measurements.true_peak.max.level.dbtp()),
    }
}

/// Puts a checked file into a document, with every step that reading the files took.
pub fn document(path: &Path, measured: Measured, references: &KnownReferences, comparison: Comparison, diagnosis: Diagnosis) -> Document {
    let mut steps = measured.steps;
    steps.extend(references.measured().flat_map(|r| r.steps.iter().cloned()));
    if measured.info.layout.channel_count() > 2 {
        steps.push(format!(
            "{}: {} channels measured; checks and comparison look at the front left and right alone",
            measured.info.name,
            measured.info.layout.channel_count()
        ));
    }
    Document {
        schema: crate::report::SCHEMA.into(),
        tool_version: crate::VERSION.into(),
        input: Input { path: path.display().to_string(), duration_s: measured.measurements.duration.s(), format: measured.info },
        verdict: diagnosis.verdict.level,
        judgement: diagnosis.verdict,
        measurements: measured.measurements,
        checks: diagnosis.checks,
        findings: diagnosis.findings,
        comparison: Some(comparison),
        translation: None,
        proposal: None,
        verification: None,
        masking: None,
        steps,
    }
}
