//! "Make my master sound like this record": measure, compare, plan, render, measure again.

use super::Host;
use super::check::document;
use super::drive::{self, Wanted};
use super::files::{Output, check_outputs};
use super::measuring::Measured;
use super::references::{KnownReferences, measure_with_references};
use super::rendering::{Destination, Pass, Purpose, pass};
use super::serving::Serving;
use crate::chain::{LimiterStatistics, Settings};
use crate::compare::matched::{self, MatchedDifference};
use crate::compare::{self, Comparison};
use crate::diagnose::{Diagnosis, Finding, Stage, StageChoice, diagnose};
use crate::error::{Error, Result};
use crate::measure::Measurements;
use crate::models::system::System;
use crate::propose::planners::{self, Drift, LoudnessTarget, ReferenceEvidence, Situation, expect_loudness, limiter_load, plan};
use crate::propose::{Amounts, Dimension, MatchMode, Proposal, TranslationTrade};
use crate::report::Document;
use crate::units::number;
use crate::verify::{Before, Judged, Outcome, Verification, judge, residuals};
use std::path::{Path, PathBuf};

/// Most renders: the first, one that takes its drift into account, and three for moves taken back by half, a quarter, and whole.
const MOST_RENDERS: usize = 5;

/// Distance from the loudness aimed for that is good enough, LU.
const LOUDNESS_TOLERANCE_LU: f64 = 0.1;

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
    drop(evidence);
    drop(serving);
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
fn evidence<'a>(
    references: &'a KnownReferences,
    comparison: &Comparison,
    matched: &[Option<MatchedDifference>],
) -> Vec<ReferenceEvidence<'a>> {
    let of = |(index, measured): (usize, &'a Measured)| {
        let matched = matched.get(index).cloned().flatten();
        let label = comparison.references.get(index).map_or_else(|| format!("R{}", index + 1), |r| r.label.clone());
        let same_session = matched.as_ref().is_some_and(matched::same_session);
        ReferenceEvidence { label, measurements: &measured.measurements, matched, same_session }
    };
    references.indexed().map(of).collect()
}

/// A match under way.
struct Work<'a> {
    request: &'a MatchRequest,
    inputs: &'a [&'a Path],
    mix: &'a Measured,
    references: &'a KnownReferences,
    evidence: &'a [ReferenceEvidence<'a>],
    comparison: &'a Comparison,
    /// Playback systems that are to be served; none where nobody asked.
    serving: Option<&'a Serving<'a>>,
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
    trade: Option<TranslationTrade>,
}

impl Work<'_> {
    fn plan(&self, amounts: Amounts, findings: &[Finding], drift: &Drift, serving: bool) -> Result<Proposal> {
        plan(&Situation {
            mix: &self.mix.measurements,
            references: self.evidence,
            comparison: self.comparison,
            findings,
            amounts,
            target: self.request.target,
            ceiling_dbtp: self.request.ceiling_dbtp,
            drift,
            serve: self.serving.filter(|_| serving).map(Serving::serve),
        })
    }

    fn run(&self, diagnosis: &Diagnosis) -> Result<Done> {
        let before = diagnose(&self.mix.measurements, self.comparison, StageChoice::Master);
        let mut proposal = self.plan(self.request.amounts, &diagnosis.findings, &Drift::default(), true)?;
        let mut steps = Vec::new();
        self.solve_drive(&mut proposal, &mut steps)?;
        let proposed = proposal.clone();
        let mut corrected = false;
        let mut drift: Option<Drift> = None;
        let mut serving = self.serving.is_some();
        // One more render, for the moves that serve playback systems, which go before anything else is taken back.
        let most = MOST_RENDERS + usize::from(serving);
        for render in 1..=most {
            let trial = self.render(&proposal.settings)?;
            let last = render == most;
            if !last
                && !corrected
                && let Some(gain_db) = self.drive_error(&proposal, &trial)
            {
                steps.push(format!("render {render}: {} LUFS; gain changed by {} dB", lufs_text(&trial.measurements), number(gain_db, 2)));
                proposal.settings.output_gain_db = (proposal.settings.output_gain_db + gain_db).clamp(-48.0, 48.0);
                corrected = true;
                continue;
            }
            let round = self.judge(&proposal, &before.findings, trial)?;
            match (round.judged.spoiled.as_ref(), round.judged.retry) {
                (Some(reason), _) if serving && !last => {
                    steps.push(format!("render {render}: {reason}; moves for playback systems taken out and rendered again"));
                    serving = false;
                    proposal = self.plan(proposal.amounts, &diagnosis.findings, &Drift::default(), serving)?;
                }
                (_, Some(amounts)) if !last => {
                    steps.push(format!("render {render}: {}; taken back and rendered again", round.judged.retry_reason));
                    let amounts = self.taken_back(&proposal, amounts, &round.comparison, &mut drift);
                    let drift = drift.clone().unwrap_or_default();
                    proposal = self.plan(amounts, &diagnosis.findings, &drift, serving)?;
                }
                _ => {
                    steps.push(format!("render {render}: {} LUFS, kept", lufs_text(&round.trial.measurements)));
                    return self.finish(&proposed, proposal, round, steps);
                }
            }
            self.solve_drive(&mut proposal, &mut steps)?;
            corrected = false;
        }
        Err(Error::Bug { place: "jobs::match_reference", problem: "the match did not settle".into() })
    }

    /// Amounts for the next render after one whose judgement asks for `amounts`.
    fn taken_back(&self, proposal: &Proposal, amounts: Amounts, rendered: &Comparison, drift: &mut Option<Drift>) -> Amounts {
        let asked = proposal.amounts;
        let taken_back = amounts.tone < asked.tone || amounts.width < asked.width;
        let shaped = taken_back && proposal.mode == MatchMode::OtherRecord;
        if shaped && drift.is_none() {
            // Once, what dynamics and limiter did to tone and width is taken into account instead of giving up on them.
            *drift = Some(planners::drift(&self.mix.measurements, &proposal.settings, rendered));
            Amounts { tone: asked.tone, width: asked.width, ..amounts }
        } else if shaped && proposal.settings.dynamics.is_some() {
            // The evidence for dynamics is the weaker one, so they give way before tone and width do.
            *drift = Some(Drift::default());
            Amounts { tone: asked.tone, width: asked.width, dynamics: 0.0, ..amounts }
        } else {
            amounts
        }
    }

    /// Ceiling of the proposal's limiter, dBTP.
    fn ceiling_dbtp(&self, proposal: &Proposal) -> f64 {
        proposal.settings.limiter.as_ref().map_or(self.request.ceiling_dbtp, |limiter| limiter.ceiling_dbtp)
    }

    /// Finds the gain that brings out the loudness of the proposal, or as much of it as the limiter may give, before anything is rendered.
    fn solve_drive(&self, proposal: &mut Proposal, steps: &mut Vec<String>) -> Result<()> {
        let Some(aim_lufs) = loudness_aim(proposal) else { return Ok(()) };
        let Some(forecast) = drive::forecast(&self.mix.path, &proposal.settings, self.host)? else { return Ok(()) };
        let own_lufs = self.mix.measurements.loudness.integrated.lufs();
        let ceiling_dbtp = self.ceiling_dbtp(proposal);
        let wanted = Wanted { aim_lufs, own_lufs, ceiling_dbtp };
        let Some(drive) = drive::solve(&forecast, wanted, proposal.settings.output_gain_db) else { return Ok(()) };
        proposal.settings.output_gain_db = drive.gain_db.clamp(-48.0, 48.0);
        steps.push(format!("gain {} dB before the limiter for {} LUFS", number(drive.gain_db, 2), number(drive.lufs, 2)));
        if (drive.lufs - aim_lufs).abs() > LOUDNESS_TOLERANCE_LU {
            expect_loudness(proposal, drive.lufs, ceiling_dbtp);
        }
        Ok(())
    }

    fn render(&self, settings: &Settings) -> Result<Trial> {
        let mut pass = pass(&self.mix.path, settings, self.request.to.as_ref(), self.inputs, Purpose::WriteAndMeasure, self.host)?;
        let missing = || Error::Bug { place: "jobs::match_reference", problem: "a render was not measured".into() };
        let measurements = pass.measurements.take().ok_or_else(missing)?;
        let limiter = pass.rendered.statistics.limiter.take().unwrap_or_default();
        Ok(Trial { pass, measurements, limiter })
    }

    /// Gain that is missing to the loudness expected, dB; none if it is met. The forecast is off by a few hundredths of a decibel at most, so
    /// this is for files that are no longer what they were when the mix was measured, and for limits of the settings.
    fn drive_error(&self, proposal: &Proposal, trial: &Trial) -> Option<f64> {
        let error = loudness_aim(proposal)? - trial.measurements.loudness.integrated.lufs();
        (error.is_finite() && error.abs() > LOUDNESS_TOLERANCE_LU).then_some(error)
    }

    fn judge(&self, proposal: &Proposal, before: &[Finding], trial: Trial) -> Result<Round> {
        let after = &trial.measurements;
        let references = self.references.references();
        let all = compare::differences(after, &references);
        let comparison = compare::compare_matched(after, &references, &all)?;
        let of =
            |(r, (index, _)): (&ReferenceEvidence<'_>, (usize, &Measured))| all.get(index).cloned().flatten().filter(|_| r.same_session);
        let matched: Vec<Option<MatchedDifference>> = self.evidence.iter().zip(self.references.indexed()).map(of).collect();
        let diagnosis = diagnose(after, &comparison, StageChoice::Master);
        debug_assert_eq!(diagnosis.verdict.stage, Stage::Master);
        let matched_before: Vec<_> = self.evidence.iter().map(|r| r.matched.clone().filter(|_| r.same_session)).collect();
        let render = Before { measurements: after, comparison: &comparison, matched: &matched, findings: &diagnosis.findings };
        let trade = self.serving.and_then(|serving| serving.measured(proposal, render));
        let judged = judge(
            proposal,
            Before { measurements: &self.mix.measurements, comparison: self.comparison, matched: &matched_before, findings: before },
            render,
            trade.as_ref(),
        );
        Ok(Round { judged, trade, matched, comparison, trial })
    }

    fn finish(&self, proposed: &Proposal, mut proposal: Proposal, round: Round, steps: Vec<String>) -> Result<Done> {
        let Round { trial, judged, matched, comparison, trade } = round;
        let lufs = trial.measurements.loudness.integrated.lufs();
        if let Some(load) = limiter_load(&trial.peaks_before_limiter(), lufs, self.ceiling_dbtp(&proposal)) {
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
            translation: trade,
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

/// Loudness that the proposal expects, LUFS; none if it leaves loudness alone.
fn loudness_aim(proposal: &Proposal) -> Option<f64> {
    proposal.moves.iter().find(|m| m.dimension == Dimension::Loudness)?.expectation.expected
}

fn lufs_text(m: &Measurements) -> String {
    number(m.loudness.integrated.lufs(), 2)
}

/// Outcomes of all moves that were ever proposed: those whose dimension was scaled back say so, those that are gone were dropped.
fn taken_back(proposed: &Proposal, kept: &Proposal, mut outcomes: Vec<crate::verify::MoveOutcome>) -> Vec<crate::verify::MoveOutcome> {
    let part = |dimension: Dimension| {
        let amount = |a: &Amounts| match dimension {
            Dimension::Tone | Dimension::Translation => a.tone,
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
