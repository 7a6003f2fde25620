//! "Make my master sound like this record": measure, compare, plan, render, measure again.

use super::Host;
use super::check::document;
use super::files::{Output, check_outputs};
use super::matching::Work;
use super::measuring::Measured;
use super::references::{KnownReferences, measure_with_references};
use super::rendering::Destination;
use super::serving::Serving;
use crate::compare::matched::{self, MatchedDifference};
use crate::compare::{self, Comparison};
use crate::diagnose::{StageChoice, diagnose};
use crate::error::{Error, Result};
use crate::models::system::System;
use crate::propose::Amounts;
use crate::propose::planners::{LoudnessTarget, ReferenceEvidence};
use crate::report::Document;
use std::path::{Path, PathBuf};

/// Default ceiling, dBTP (AES TD1008: what goes into a lossy encoder).
pub const DEFAULT_CEILING_DBTP: f64 = -1.0;

/// What to match, to what, and where the result goes.
#[derive(Clone, Debug)]
pub struct MatchRequest {
    /// The mix; it is never written to.
    pub mix: PathBuf,
    /// Files, folders and profiles to match it to.
    pub references: Vec<PathBuf>,
    /// How much of each dimension.
    pub amounts: Amounts,
    /// Loudness to reach.
    pub target: LoudnessTarget,
    /// Highest true peak of the result, dBTP.
    pub ceiling_dbtp: f64,
    /// How much playback systems weigh beside the references, 0 (not at all) to 1.
    pub translation: f64,
    /// The systems that are weighed; looked at only where that is more than 0.
    pub systems: Vec<System>,
    /// Where the result goes; none only plans and measures, and writes nothing.
    pub to: Option<Destination>,
}

/// Most of an amount.
const MOST_AMOUNT: f64 = 1.5;

impl MatchRequest {
    fn check(&self) -> Result<()> {
        let Amounts { tone, dynamics, width, loudness } = self.amounts;
        for (name, amount) in [("tone", tone), ("dynamics", dynamics), ("width", width), ("loudness", loudness)] {
            if !(0.0..=MOST_AMOUNT).contains(&amount) {
                return Err(Error::setting(format!("--amount {name}={amount}"), "this is out of range", "give a value from 0 to 1.5"));
            }
        }
        if let LoudnessTarget::Lufs(lufs) = self.target
            && !(-60.0..=0.0).contains(&lufs)
        {
            return Err(Error::setting(format!("--target {lufs}"), "this is out of range", "give a loudness from -60 to 0 LUFS"));
        }
        if !(0.0..=1.0).contains(&self.translation) {
            return Err(Error::setting(
                format!("--translation {}", self.translation),
                "this is out of range",
                "give a weight from 0 (leave playback systems aside) to 1",
            ));
        }
        Ok(())
    }
}

/// Matches a mix to references and verifies the result.
///
/// The document is about the mix as it was; its proposal holds the settings that were rendered, its verification what they brought.
///
/// # Errors
/// Those of reading and writing, [`Error::InvalidSetting`] for a request out of range, an existing result that may not be
/// replaced, and more than two channels, [`Error::Cancelled`]. No file is left behind then.
pub fn match_reference(request: &MatchRequest, host: Host<'_>) -> Result<Document> {
    if request.references.is_empty() {
        return Err(Error::setting("--reference", "a match needs something to match to", "name a file, a folder or a profile"));
    }
    match_range(request, host)
}

/// [`match_reference`]; without references the mix is held against the neutral range.
pub(super) fn match_range(request: &MatchRequest, host: Host<'_>) -> Result<Document> {
    request.check()?;
    let inputs: Vec<&Path> = std::iter::once(&request.mix).chain(&request.references).map(PathBuf::as_path).collect();
    if let Some(to) = &request.to {
        check_outputs(&[Output { path: &to.path, overwrite: to.overwrite }], &inputs)?;
    }
    let (mix, references) = measure_with_references(&request.mix, &request.references, host)?;
    if mix.info.layout.channel_count() > 2 {
        return Err(Error::Unsupported {
            path: request.mix.clone(),
            problem: format!("{} channels cannot be matched", mix.info.layout.channel_count()),
            hint: "give a mono or stereo file; `plumb check` measures surround",
        });
    }
    refuse_silence(std::iter::once(&mix).chain(references.measured()))?;
    let matched = compare::differences(&mix.measurements, &references.references());
    let comparison = compare::compare_matched(&mix.measurements, &references.references(), &matched)?;
    let diagnosis = diagnose(&mix.measurements, &comparison, StageChoice::Auto);
    let evidence = evidence(&references, &comparison, &matched);
    let serving = Serving::of(request, &mix.measurements, &comparison, &references);
    let work = Work {
        request,
        inputs: &inputs,
        mix: &mix,
        references: &references,
        evidence: &evidence,
        comparison: &comparison,
        serving: serving.as_ref(),
        host,
    };
    let done = work.run(&diagnosis)?;
    drop(serving);
    drop(evidence);
    let mut document = document(&request.mix, mix, &references, comparison, diagnosis);
    document.steps.extend(done.steps);
    document.proposal = Some(done.proposal);
    document.verification = Some(done.verification);
    Ok(document)
}

/// A file without loudness can neither be matched nor be matched to.
fn refuse_silence<'a>(files: impl Iterator<Item = &'a Measured>) -> Result<()> {
    for file in files {
        if !file.measurements.loudness.integrated.is_finite() {
            return Err(Error::Unsupported {
                path: file.path.clone(),
                problem: "there is too little sound in it to match: no 0.4 s above \u{2212}70 LUFS".into(),
                hint: "check the bounce, or name another file",
            });
        }
    }
    Ok(())
}

/// What each reference says, and whether it is of the mix's session.
pub(super) fn evidence<'a>(
    references: &'a KnownReferences,
    comparison: &Comparison,
    matched: &[Option<MatchedDifference>],
) -> Vec<ReferenceEvidence<'a>> {
    let of = |(index, measured): (usize, &'a Measured)| {
        let matched = matched.get(index).cloned().flatten();
        let label = comparison.references.get(index).map_or_else(|| format!("R{}", index + 1), |r| r.label.clone());
        let same_session = matched.as_ref().is_some_and(|m| matched::same_session(m, comparison.references.len()));
        ReferenceEvidence { label, measurements: &measured.measurements, matched, same_session }
    };
    references.indexed().map(of).collect()
}
