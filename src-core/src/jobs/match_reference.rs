//! "Make my master sound like this record": measure, compare, plan, render, measure again.

use super::Host;
use super::check::document;
use super::files::refuse_inputs;
use super::measuring::Measured;
use super::references::{KnownReferences, measure_with_references};
use super::rendering::{Destination, Pass, Purpose, pass};
use crate::chain::{LimiterStatistics, Settings};
use crate::compare::matched::{self, MatchedDifference, Programme};
use crate::compare::{self, Comparison};
use crate::diagnose::{Diagnosis, Finding, Stage, StageChoice, diagnose};
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use crate::measure::Measurements;
use crate::propose::planners::{LoudnessTarget, MOST_REDUCTION_DB, ReferenceEvidence, Situation, limiter_load, plan};
use crate::propose::{Amounts, Dimension, Proposal};
use crate::report::Document;
use crate::units::number;
use crate::verify::{Before, Judged, Outcome, Verification, judge, residuals};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Most renders: the first, one to hit the loudness, and one for moves taken back with its own loudness.
const MOST_RENDERS: usize = 4;

/// Distance from the loudness aimed for that is good enough, LU.
const LOUDNESS_TOLERANCE_LU: f64 = 0.1;

/// Least loudness that a decibel of drive is taken to bring, LU: keeps a step from running away.
const LEAST_YIELD: f64 = 0.25;

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
        if self.references.is_empty() {
            return Err(Error::setting("--reference", "a match needs something to match to", "name a file, a folder or a profile"));
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
    request.check()?;
    let inputs: Vec<&Path> = std::iter::once(&request.mix).chain(&request.references).map(PathBuf::as_path).collect();
    if let Some(to) = &request.to {
        refuse_inputs(&to.path, &inputs)?;
        if to.overwrite == Overwrite::Refuse && to.path.exists() {
            return Err(Error::io(&to.path, "cannot write", std::io::ErrorKind::AlreadyExists.into()));
        }
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
    let comparison = compare::compare(&mix.measurements, &references.references())?;
    let diagnosis = diagnose(&mix.measurements, &comparison, StageChoice::Auto);
    let evidence = evidence(&mix.measurements, &references, &comparison);
    let work = Work { request, inputs: &inputs, mix: &mix, references: &references, evidence: &evidence, comparison: &comparison, host };
    let done = work.run(&diagnosis)?;
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
fn evidence<'a>(mix: &Measurements, references: &'a KnownReferences, comparison: &Comparison) -> Vec<ReferenceEvidence<'a>> {
    let own = programme(mix);
    let of = |(index, measured): (usize, &'a Measured)| {
        let other = programme(&measured.measurements);
        let matched = matched::estimate(other, own);
        let label = comparison.references.get(index).map_or_else(|| format!("R{}", index + 1), |r| r.label.clone());
        let same_session = matched.as_ref().is_some_and(|m| matched::same_session(m, other, own));
        ReferenceEvidence { label, measurements: &measured.measurements, matched, same_session }
    };
    let indexed: Vec<(usize, &Measured)> = references.indexed().collect();
    indexed.into_par_iter().map(of).collect()
}

fn programme(m: &Measurements) -> Programme<'_> {
    Programme { map: &m.map, integrated_lufs: m.loudness.integrated.lufs() }
}

/// A match under way.
struct Work<'a> {
    request: &'a MatchRequest,
    inputs: &'a [&'a Path],
    mix: &'a Measured,
    references: &'a KnownReferences,
    evidence: &'a [ReferenceEvidence<'a>],
    comparison: &'a Comparison,
    host: Host<'a>,
}

/// What came of it.
struct Done {
    proposal: Proposal,
    verification: Verification,
    steps: Vec<String>,
}

/// A render with what was measured in it; dropped, it leaves no file behind.
struct Trial {
    pass: Pass,
    measurements: Measurements,
    limiter: LimiterStatistics,
}

impl Trial {
    /// Peaks as they reached the limiter, dBTP, one per stretch of the peak series: those of the result with the reduction put back.
    fn peaks_before_limiter(&self) -> Vec<f64> {
        let series = &self.measurements.true_peak.series;
        let reduction = |time_s: f64| -> f64 {
            let slot = if self.limiter.slot_s > 0.0 { (time_s / self.limiter.slot_s) as usize } else { usize::MAX };
            self.limiter.timeline_db.get(slot).map_or(0.0, |r| f64::from(*r))
        };
        series.values.iter().enumerate().map(|(i, peak)| f64::from(*peak) + reduction(series.time_s(i))).collect()
    }
}

/// A render as it was judged.
struct Round {
    trial: Trial,
    comparison: Comparison,
    judged: Judged,
    matched: Vec<Option<MatchedDifference>>,
}

impl Work<'_> {
    fn plan(&self, amounts: Amounts, findings: &[Finding]) -> Result<Proposal> {
        plan(&Situation {
            mix: &self.mix.measurements,
            references: self.evidence,
            comparison: self.comparison,
            findings,
            amounts,
            target: self.request.target,
            ceiling_dbtp: self.request.ceiling_dbtp,
        })
    }

    fn run(&self, diagnosis: &Diagnosis) -> Result<Done> {
        let before = diagnose(&self.mix.measurements, self.comparison, StageChoice::Master);
        let mut proposal = self.plan(self.request.amounts, &diagnosis.findings)?;
        let proposed = proposal.clone();
        let mut steps = Vec::new();
        let mut drive_solved = false;
        let mut previous: Option<[f64; 2]> = None;
        for render in 1..=MOST_RENDERS {
            let trial = self.render(&proposal.settings)?;
            let last = render == MOST_RENDERS;
            if !last
                && !drive_solved
                && let Some(gain_db) = self.drive_error(&proposal, &trial, previous)
            {
                previous = Some([proposal.settings.output_gain_db, trial.measurements.loudness.integrated.lufs()]);
                steps.push(format!("render {render}: {} LUFS; gain changed by {} dB", lufs_text(&trial.measurements), number(gain_db, 2)));
                proposal.settings.output_gain_db = (proposal.settings.output_gain_db + gain_db).clamp(-48.0, 48.0);
                // Twice is enough: the second correction is a tenth of the first.
                drive_solved = steps.len() >= 2;
                continue;
            }
            let round = self.judge(&proposal, &before.findings, trial)?;
            match round.judged.retry {
                Some(amounts) if !last => {
                    steps.push(format!("render {render}: {}; taken back and rendered again", round.judged.retry_reason));
                    proposal = Proposal { notes: proposal.notes.clone(), ..self.plan(amounts, &diagnosis.findings)? };
                    (drive_solved, previous) = (false, None);
                }
                _ => {
                    steps.push(format!("render {render}: {} LUFS, kept", lufs_text(&round.trial.measurements)));
                    return self.finish(&proposed, proposal, round, steps);
                }
            }
        }
        Err(Error::Bug { place: "jobs::match_reference", problem: "the match did not settle".into() })
    }

    fn render(&self, settings: &Settings) -> Result<Trial> {
        let mut pass = pass(&self.mix.path, settings, self.request.to.as_ref(), self.inputs, Purpose::WriteAndMeasure, self.host)?;
        let missing = || Error::Bug { place: "jobs::match_reference", problem: "a render was not measured".into() };
        let measurements = pass.measurements.take().ok_or_else(missing)?;
        let limiter = pass.rendered.statistics.limiter.take().unwrap_or_default();
        Ok(Trial { pass, measurements, limiter })
    }

    /// Gain that is missing to the loudness aimed for, dB; none if it is met, or only more limiting would help.
    ///
    /// `previous` holds gain and loudness of the render before: where the limiter works, a decibel of drive brings less than
    /// one of loudness, and two renders tell how much less.
    fn drive_error(&self, proposal: &Proposal, trial: &Trial, previous: Option<[f64; 2]>) -> Option<f64> {
        let aim = proposal.moves.iter().find(|m| m.dimension == Dimension::Loudness)?.expectation.expected?;
        let now = trial.measurements.loudness.integrated.lufs();
        let error = aim - now;
        if !error.is_finite() || error.abs() <= LOUDNESS_TOLERANCE_LU {
            return None;
        }
        let load = limiter_load(&trial.peaks_before_limiter(), now, self.request.ceiling_dbtp)?;
        if error > 0.0 && load.hardest_db >= MOST_REDUCTION_DB {
            return None;
        }
        let gain = proposal.settings.output_gain_db;
        let seen = previous.map(|[g, lufs]| (now - lufs) / (gain - g)).filter(|y| y.is_finite());
        let yield_per_db = seen.unwrap_or(1.0 - 0.6 * trial.limiter.over_1_db_share).clamp(LEAST_YIELD, 1.0);
        Some(error / yield_per_db)
    }

    fn judge(&self, proposal: &Proposal, before: &[Finding], trial: Trial) -> Result<Round> {
        let after = &trial.measurements;
        let (matched, comparison) = rayon::join(
            || -> Vec<Option<MatchedDifference>> {
                let again = |r: &ReferenceEvidence<'_>| {
                    if r.same_session { matched::estimate(programme(r.measurements), programme(after)) } else { None }
                };
                self.evidence.iter().map(again).collect()
            },
            || compare::compare(after, &self.references.references()),
        );
        let comparison = comparison?;
        let diagnosis = diagnose(after, &comparison, StageChoice::Master);
        debug_assert_eq!(diagnosis.verdict.stage, Stage::Master);
        let matched_before: Vec<_> = self.evidence.iter().map(|r| r.matched.clone().filter(|_| r.same_session)).collect();
        let judged = judge(
            proposal,
            Before { measurements: &self.mix.measurements, comparison: self.comparison, matched: &matched_before, findings: before },
            Before { measurements: after, comparison: &comparison, matched: &matched, findings: &diagnosis.findings },
        );
        Ok(Round { judged, matched, comparison, trial })
    }

    fn finish(&self, proposed: &Proposal, mut proposal: Proposal, round: Round, steps: Vec<String>) -> Result<Done> {
        let Round { trial, judged, matched, comparison } = round;
        let lufs = trial.measurements.loudness.integrated.lufs();
        if let Some(load) = limiter_load(&trial.peaks_before_limiter(), lufs, self.request.ceiling_dbtp) {
            proposal.notes.push(format!(
                "Transients begin to pay (3 dB of limiting in the hardest hundredth of the time) at {} LUFS; the result is at {} LUFS.",
                number(load.pays_lufs, 1),
                number(lufs, 1)
            ));
        }
        let verification = Verification {
            moves: taken_back(proposed, &proposal, judged.moves),
            residuals: residuals(self.evidence, &matched, &self.mix.measurements, &trial.measurements),
            comparison: Some(comparison),
            mended: judged.mended,
            new_findings: judged.new_findings,
            integrated_lufs: Some(lufs).filter(|l| l.is_finite()),
            true_peak_dbtp: Some(trial.measurements.true_peak.max.level.dbtp()).filter(|p| p.is_finite()),
            limiter_max_db: trial.limiter.max_reduction_db,
            limiter_active_share: trial.limiter.over_1_db_share,
            limiter_where: trial.limiter.over_3_db,
            steps,
        };
        Ok(Done { proposal, verification, steps: trial.pass.keep()? })
    }
}

fn lufs_text(m: &Measurements) -> String {
    number(m.loudness.integrated.lufs(), 2)
}

/// Outcomes of all moves that were ever proposed: those whose dimension was scaled back say so, those that are gone were dropped.
fn taken_back(proposed: &Proposal, kept: &Proposal, mut outcomes: Vec<crate::verify::MoveOutcome>) -> Vec<crate::verify::MoveOutcome> {
    let part = |dimension: Dimension| {
        let amount = |a: &Amounts| match dimension {
            Dimension::Tone => a.tone,
            Dimension::Dynamics => a.dynamics,
            Dimension::Width => a.width,
            Dimension::Loudness => a.loudness,
        };
        let asked = amount(&proposed.amounts);
        if asked > 0.0 { amount(&kept.amounts) / asked } else { 1.0 }
    };
    for (outcome, a_move) in outcomes.iter_mut().zip(&kept.moves) {
        outcome.kept = part(a_move.dimension);
        if outcome.kept < 1.0 {
            outcome.outcome = Outcome::ScaledBack;
        }
    }
    for a_move in proposed.moves.iter().filter(|m| kept.moves.iter().all(|k| k.id != m.id)) {
        outcomes.push(crate::verify::MoveOutcome {
            id: a_move.id.clone(),
            what: a_move.what.clone(),
            outcome: Outcome::Dropped,
            kept: 0.0,
            expectation: a_move.expectation.clone(),
            measured: None,
            reason: "made something worse and was taken out".into(),
        });
    }
    outcomes
}
