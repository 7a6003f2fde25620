//! "What would it be then?": settings that the user has changed, tried on the mix or carried out, and what is measured of the result.

use super::check::document;
use super::files::{Output, check_outputs};
use super::match_reference::evidence;
use super::measuring::{Measured, measure_file};
use super::overview::Overview;
use super::references::{KnownReferences, measure_with_references};
use super::rendering::{Destination, Pass, Purpose, pass_watched};
use super::{CheckRequest, Host};
use crate::chain::{LimiterStatistics, Settings};
use crate::compare::matched::MatchedDifference;
use crate::compare::{self, Comparison, translation};
use crate::diagnose::{Diagnosis, Finding, StageChoice, Views, diagnose_with};
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use crate::measure::Measurements;
use crate::propose::Proposal;
use crate::propose::planners::ReferenceEvidence;
use crate::report::Document;
use crate::verify::{Before, MoveOutcome, Verification, judge, residuals};
use std::path::{Path, PathBuf};

/// Settings on a mix.
#[derive(Clone, Debug)]
pub struct TryRequest {
    /// The mix, what it is held against, and the playback systems. Stems are not looked at: the settings work on the mix.
    pub check: CheckRequest,
    /// The settings.
    pub settings: Settings,
    /// What was proposed, to say of each move what became of it; its settings may have been changed since.
    pub proposal: Option<Proposal>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The result as if it were a file of its own; its verification holds it against the mix as it was.
    pub document: Document,
    /// Its waveform.
    pub overview: Overview,
}

/// Passes the mix through settings, measures the result and holds it against the mix as it was. Writes nothing.
///
/// # Errors
/// Those of reading and of the settings' ranges, and [`Error::Cancelled`].
pub fn try_settings(request: &TryRequest, host: Host<'_>) -> Result<Tried> {
    let (mix, references) = measure_with_references(&request.check.mix, &request.check.references, host)?;
    let (settings, steps) = request.settings.at_rate(f64::from(mix.info.sample_rate));
    let mut overview = Overview::new(mix.info.sample_rate);
    let mut pass = pass_watched(&mix.path, &settings, None, &[], Purpose::WriteAndMeasure, &mut |block| overview.push(block), host)?;
    overview.complete();
    let missing = || Error::Bug { place: "jobs::trying", problem: "a pass was not measured".into() };
    let measurements = pass.measurements.take().ok_or_else(missing)?;
    let limiter = take_limiter(&mut pass);
    let result = Measured { measurements, ..mix.clone() };
    let mut document = hold(request, &mix, result, &references, &limiter)?;
    document.steps.extend(steps);
    Ok(Tried { document, overview })
}

/// Settings to be carried out.
#[derive(Clone, Debug)]
pub struct RenderRequest {
    /// The mix and its settings.
    pub of: TryRequest,
    /// Where the result goes.
    pub to: Destination,
}

/// Renders the mix through settings into a file, reads that file again and measures it: the document is about the file as it was written.
///
/// # Errors
/// Those of reading and writing, of the settings' ranges, and [`Error::Cancelled`]; no file is left behind then, and an older one of that name
/// stays as it was.
pub fn render_settings(request: &RenderRequest, host: Host<'_>) -> Result<Document> {
    let RenderRequest { of, to } = request;
    let inputs: Vec<&Path> = std::iter::once(&of.check.mix).chain(&of.check.references).map(PathBuf::as_path).collect();
    check_outputs(&[Output { path: &to.path, overwrite: to.overwrite }], &inputs)?;
    let (mix, references) = measure_with_references(&of.check.mix, &of.check.references, host)?;
    let (settings, mut steps) = of.settings.at_rate(f64::from(mix.info.sample_rate));
    let unverified = Unverified::beside(&to.path);
    let aside = Destination { path: unverified.0.clone(), overwrite: Overwrite::Refuse, ..to.clone() };
    let mut pass = pass_watched(&mix.path, &settings, Some(&aside), &inputs, Purpose::Write, &mut |_| (), host)?;
    let limiter = take_limiter(&mut pass);
    steps.extend(pass.keep()?);
    // Not by way of the memory: this name is gone in a moment.
    let mut written = measure_file(&aside.path, Host { memory: None, ..host })?;
    written.path.clone_from(&to.path);
    written.info.name = to.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut document = hold(of, &mix, written, &references, &limiter)?;
    document.steps.extend(steps);
    unverified.accept(to)?;
    Ok(document)
}

/// A render on its way: complete, and not yet measured again. Dropped, it is taken away.
struct Unverified(PathBuf);

impl Unverified {
    fn beside(path: &Path) -> Self {
        let mut name = std::ffi::OsString::from(format!(".{}-", std::process::id()));
        name.push(path.file_name().unwrap_or_default());
        Self(path.with_file_name(name))
    }

    /// Gives the file its name.
    fn accept(self, to: &Destination) -> Result<()> {
        let cannot = |e| Error::io(&to.path, "cannot write", e);
        if to.overwrite == Overwrite::Refuse && to.path.exists() {
            return Err(cannot(std::io::ErrorKind::AlreadyExists.into()));
        }
        std::fs::rename(&self.0, &to.path).map_err(cannot)
    }
}

impl Drop for Unverified {
    fn drop(&mut self) {
        // After `accept` there is nothing left to take away.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn take_limiter(pass: &mut Pass) -> LimiterStatistics {
    pass.rendered.statistics.limiter.take().unwrap_or_default()
}

/// Holds a result against its references and against the mix as it was.
fn hold(request: &TryRequest, mix: &Measured, result: Measured, known: &KnownReferences, limiter: &LimiterStatistics) -> Result<Document> {
    let before = Judgement::of(&mix.measurements, known, request.check.stage)?;
    // A mix stays a mix when it has been made louder: the same stage, so that the same limits hold before and after.
    let stage = match before.diagnosis.verdict.stage {
        crate::diagnose::Stage::Mix => StageChoice::Mix,
        crate::diagnose::Stage::Master => StageChoice::Master,
    };
    let mut after = Judgement::of(&result.measurements, known, stage)?;
    let references = known.references();
    let heard = translation::translate(&result.measurements, &after.comparison, &references, &request.check.systems);
    let heard = heard.filter(|t| !t.systems.is_empty());
    if heard.is_some() {
        let views = Views { translation: heard.as_ref(), stems: None };
        after.diagnosis = diagnose_with(&result.measurements, &after.comparison, views, stage);
    }
    let verification = verification(request.proposal.as_ref(), (&before, mix), (&after, &result), known, limiter);
    let steps_before = mix.steps.clone();
    let mut document = document(&result.path.clone(), result, known, after.comparison, after.diagnosis);
    document.steps.extend(steps_before.into_iter().filter(|step| !document.steps.contains(step)).collect::<Vec<_>>());
    document.translation = heard;
    document.verification = Some(verification);
    Ok(document)
}

/// A file as it was judged.
struct Judgement {
    matched: Vec<Option<MatchedDifference>>,
    comparison: Comparison,
    diagnosis: Diagnosis,
}

impl Judgement {
    fn of(measurements: &Measurements, known: &KnownReferences, stage: StageChoice) -> Result<Self> {
        let references = known.references();
        let matched = compare::differences(measurements, &references);
        let comparison = compare::compare_matched(measurements, &references, &matched)?;
        let diagnosis = diagnose_with(measurements, &comparison, Views::default(), stage);
        Ok(Self { matched, comparison, diagnosis })
    }
}

fn verification(
    proposal: Option<&Proposal>,
    (before, mix): (&Judgement, &Measured),
    (after, result): (&Judgement, &Measured),
    known: &KnownReferences,
    limiter: &LimiterStatistics,
) -> Verification {
    let evidence = evidence(known, &before.comparison, &before.matched);
    let of_session = |all: &[Option<MatchedDifference>]| -> Vec<Option<MatchedDifference>> {
        let one =
            |(r, (index, _)): (&ReferenceEvidence<'_>, (usize, &Measured))| all.get(index).cloned().flatten().filter(|_| r.same_session);
        evidence.iter().zip(known.indexed()).map(one).collect()
    };
    let (matched_before, matched_after) = (of_session(&before.matched), of_session(&after.matched));
    let was = Before {
        measurements: &mix.measurements,
        comparison: &before.comparison,
        matched: &matched_before,
        findings: &before.diagnosis.findings,
    };
    let is = Before {
        measurements: &result.measurements,
        comparison: &after.comparison,
        matched: &matched_after,
        findings: &after.diagnosis.findings,
    };
    let moves: Vec<MoveOutcome> = proposal.map(|proposal| judge(proposal, was, is, None).moves).unwrap_or_default();
    // Only a result that was played on systems can be told to have or have not findings there; the mix was not.
    let own: Vec<&Finding> = after.diagnosis.findings.iter().filter(|f| f.system.is_none()).collect();
    let gone = |f: &&Finding| own.iter().all(|o| o.code != f.code);
    let fresh = |f: &&&Finding| was.findings.iter().all(|o| o.code != f.code);
    let finite = |value: f64| Some(value).filter(|v| v.is_finite());
    Verification {
        moves,
        residuals: residuals(&evidence, &matched_after, &mix.measurements, &result.measurements),
        comparison: Some(after.comparison.clone()),
        translation: None,
        mended: was.findings.iter().filter(|f| f.system.is_none()).filter(gone).map(|f| f.code.clone()).collect(),
        new_findings: own.iter().filter(fresh).map(|f| f.code.clone()).collect(),
        integrated_lufs: finite(result.measurements.loudness.integrated.lufs()),
        true_peak_dbtp: finite(result.measurements.true_peak.max.level.dbtp()),
        limiter_max_db: limiter.max_reduction_db,
        limiter_active_share: limiter.over_1_db_share,
        limiter_where: limiter.over_3_db.clone(),
        steps: Vec::new(),
    }
}
