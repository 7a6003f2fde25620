//! A match under way: planned, rehearsed, rendered, measured again, and taken back where it does harm.
//!
//! Moves for other records are judged on rehearsals ([`super::rehearsal`]), which cost a quarter of a render, and rendered when one shows no
//! harm; the render is measured and judged all the same.

use super::Host;
use super::drive::{self, Wanted};
use super::match_reference::MatchRequest;
use super::measuring::Measured;
use super::references::KnownReferences;
use super::rehearsal::{Keep, rehearse};
use super::rendering::{Pass, Purpose, pass};
use super::serving::Serving;
use crate::chain::{Forecast, LimiterStatistics, Settings};
use crate::compare::matched::{Bands, MatchedDifference, match_bands_hz};
use crate::compare::{self, Comparison};
use crate::diagnose::{Diagnosis, Finding, Stage, StageChoice, diagnose};
use crate::error::{Error, Result};
use crate::measure::energy_map::BANDS_HZ;
use crate::measure::{Measurements, stereo};
use crate::propose::planners::{self, Drift, ReferenceEvidence, Situation, expect_loudness, limiter_load, plan};
use crate::propose::{Amounts, Dimension, MatchMode, Proposal, TranslationTrade};
use crate::units::{number, power_to_db};
use crate::verify::{Before, Judged, Outcome, Verification, harmless_share, judge, lower, residuals};
use std::path::Path;

/// Most renders where none is rehearsed: the first, and moves taken back by half, a quarter, and whole.
const MOST_RENDERS: usize = 5;

/// Most renders after rehearsals: one, and another if measuring shows harm that rehearsals did not.
const MOST_REHEARSED_RENDERS: usize = 2;

/// Most rehearsals before a render.
const MOST_REHEARSALS: usize = 6;

/// Distance from the loudness aimed for that is good enough, LU.
const LOUDNESS_TOLERANCE_LU: f64 = 0.1;

/// A match under way.
pub(super) struct Work<'a> {
    /// What is asked for.
    pub request: &'a MatchRequest,
    /// Files that must not be written to.
    pub inputs: &'a [&'a Path],
    /// The mix.
    pub mix: &'a Measured,
    /// Everything it is held against.
    pub references: &'a KnownReferences,
    /// Those of them that were measured now, as planners see them.
    pub evidence: &'a [ReferenceEvidence<'a>],
    /// The mix against all of them.
    pub comparison: &'a Comparison,
    /// Playback systems that are to be served; none where nobody asked.
    pub serving: Option<&'a Serving<'a>>,
    /// Progress and cancelling.
    pub host: Host<'a>,
}

/// What came of it.
pub(super) struct Done {
    /// What was carried out.
    pub proposal: Proposal,
    /// What it brought.
    pub verification: Verification,
    /// Steps of reading and writing.
    pub steps: Vec<String>,
}

/// A plan with what is known of its side effects.
struct Draft {
    proposal: Proposal,
    drift: Drift,
    /// How often drift was taken into account at these amounts of dynamics.
    corrections: usize,
    /// Whether moves for playback systems are still in it.
    serving: bool,
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

    /// Plans, rehearses, renders and measures until what came out does no harm.
    pub fn run(&self, diagnosis: &Diagnosis) -> Result<Done> {
        let before = diagnose(&self.mix.measurements, self.comparison, StageChoice::Master);
        let proposal = self.plan(self.request.amounts, &diagnosis.findings, &Drift::default(), true)?;
        let proposed = proposal.clone();
        let mut steps = Vec::new();
        let draft = Draft { proposal, drift: Drift::default(), corrections: 0, serving: self.serving.is_some() };
        let mut draft = self.rehearsed(draft, diagnosis, &before.findings, &mut steps)?;
        let most_renders = match draft.proposal.mode {
            MatchMode::SameSession => MOST_RENDERS,
            MatchMode::OtherRecord => MOST_REHEARSED_RENDERS,
        };
        // One more, for the moves that serve playback systems, which go before anything else is taken back.
        let most_renders = most_renders + usize::from(draft.serving);
        let mut corrected = false;
        for render in 1..=most_renders {
            let trial = self.render(&draft.proposal.settings)?;
            let last = render == most_renders;
            if !last
                && !corrected
                && let Some(gain_db) = self.drive_error(&draft.proposal, &trial)
            {
                steps.push(format!("render {render}: {} LUFS; gain changed by {} dB", lufs_text(&trial.measurements), number(gain_db, 2)));
                draft.proposal.settings.output_gain_db = (draft.proposal.settings.output_gain_db + gain_db).clamp(-48.0, 48.0);
                corrected = true;
                continue;
            }
            let round = self.judge(&draft.proposal, &before.findings, trial)?;
            match (&round.judged.spoiled, round.judged.retry) {
                (Some(reason), _) if draft.serving && !last => {
                    steps.push(format!("render {render}: {reason}; moves for playback systems taken out and rendered again"));
                    draft = self.unserved(draft, diagnosis)?;
                    draft = self.rehearsed(draft, diagnosis, &before.findings, &mut steps)?;
                    corrected = false;
                }
                (_, Some(amounts)) if !last => {
                    steps.push(format!("render {render}: {}; taken back and rendered again", round.judged.retry_reason));
                    draft = self.revised(draft, amounts, &round.comparison, diagnosis)?;
                    draft = self.rehearsed(draft, diagnosis, &before.findings, &mut steps)?;
                    corrected = false;
                }
                _ => {
                    steps.push(format!("render {render}: {} LUFS, kept", lufs_text(&round.trial.measurements)));
                    return self.finish(&proposed, draft.proposal, round, steps);
                }
            }
        }
        Err(Error::Bug { place: "jobs::matching", problem: "the match did not settle".into() })
    }

    /// The draft with its gain solved, its moves taken back as far as rehearsals show that they do harm. Passages of one session are not
    /// held against ranges, so for them only the gain is solved.
    fn rehearsed(&self, mut draft: Draft, diagnosis: &Diagnosis, before: &[Finding], steps: &mut Vec<String>) -> Result<Draft> {
        for rehearsal in 1..=MOST_REHEARSALS {
            let Some(foreseen) = self.rehearse(&mut draft.proposal, steps)? else { break };
            if rehearsal == MOST_REHEARSALS {
                break;
            }
            let comparison = self.compare_foreseen(&foreseen)?;
            let (judged, _) = self.judged(&draft.proposal, before, &foreseen, &comparison, &vec![None; self.evidence.len()]);
            if let Some(reason) = judged.spoiled.filter(|_| draft.serving) {
                steps.push(format!("rehearsal {rehearsal}: {reason}; planned again without moves for playback systems"));
                draft = self.unserved(draft, diagnosis)?;
                continue;
            }
            let Some(amounts) = judged.retry else { break };
            steps.push(format!("rehearsal {rehearsal}: {}; planned again", judged.retry_reason));
            draft = self.revised(draft, amounts, &comparison, diagnosis)?;
        }
        Ok(draft)
    }

    /// Plans again without moves for playback systems.
    fn unserved(&self, draft: Draft, diagnosis: &Diagnosis) -> Result<Draft> {
        let proposal = self.plan(draft.proposal.amounts, &diagnosis.findings, &draft.drift, false)?;
        Ok(Draft { proposal, serving: false, ..draft })
    }

    /// Plans again for the amounts that a judgement asks for.
    fn revised(&self, draft: Draft, amounts: Amounts, after: &Comparison, diagnosis: &Diagnosis) -> Result<Draft> {
        /// Drift changes with the plan it is found on; a second round finds other bands and other harm.
        const MOST_CORRECTIONS: usize = 1;
        /// Most of an amount that is kept where it did harm.
        const MOST_KEPT: f64 = 0.85;
        let Draft { proposal, mut drift, mut corrections, serving } = draft;
        let asked = proposal.amounts;
        let shaped = proposal.mode == MatchMode::OtherRecord && (amounts.tone < asked.tone || amounts.width < asked.width);
        let mut amounts = amounts;
        if shaped && corrections < MOST_CORRECTIONS {
            // What dynamics and limiter did to tone and width is taken into account instead of giving up on them.
            drift = planners::drift(&self.mix.measurements, &proposal.settings, after);
            corrections += 1;
            amounts = Amounts { tone: asked.tone, width: asked.width, ..amounts };
        } else if shaped && proposal.settings.dynamics.is_some() {
            // The evidence for dynamics is the weaker one, so they give way before tone and width do.
            amounts = Amounts { tone: asked.tone, width: asked.width, dynamics: lower(lower(asked.dynamics)), ..amounts };
            // What is left of the drift is found anew.
            (drift, corrections) = (Drift::default(), 0);
        } else if shaped {
            // The same moves, as far as they do no harm; by half where the harm lies in something else than bands.
            let harmless = harmless_share(self.comparison, after);
            let kept = if harmless < 1.0 { harmless.min(MOST_KEPT) } else { 0.5 };
            let less = |asked: f64, judged: f64| if judged < asked { asked * kept } else { asked };
            amounts = Amounts { tone: less(asked.tone, amounts.tone), width: less(asked.width, amounts.width), ..amounts };
        }
        let proposal = self.plan(amounts, &diagnosis.findings, &drift, serving)?;
        Ok(Draft { proposal, drift, corrections, serving })
    }

    /// Ceiling of the proposal's limiter, dBTP.
    fn ceiling_dbtp(&self, proposal: &Proposal) -> f64 {
        proposal.settings.limiter.as_ref().map_or(self.request.ceiling_dbtp, |limiter| limiter.ceiling_dbtp)
    }

    /// Finds the gain that brings out the loudness of the proposal, or as much of it as the limiter may give, before anything is rendered.
    /// For other records also foresees what a render would measure.
    fn rehearse(&self, proposal: &mut Proposal, steps: &mut Vec<String>) -> Result<Option<Measurements>> {
        let aim_lufs = loudness_aim(proposal);
        let keep = match proposal.mode {
            MatchMode::SameSession if aim_lufs.is_none() => return Ok(None),
            MatchMode::SameSession => Keep::Levels,
            MatchMode::OtherRecord => Keep::LevelsAndMap,
        };
        let Some(rehearsal) = rehearse(&self.mix.path, &proposal.settings, keep, self.host)? else { return Ok(None) };
        if let Some(aim_lufs) = aim_lufs {
            self.solve_drive(proposal, aim_lufs, &rehearsal.forecast, steps);
        }
        Ok((keep == Keep::LevelsAndMap).then(|| rehearsal.foreseen(&self.mix.measurements, &proposal.settings)))
    }

    fn solve_drive(&self, proposal: &mut Proposal, aim_lufs: f64, forecast: &Forecast, steps: &mut Vec<String>) {
        let own_lufs = self.mix.measurements.loudness.integrated.lufs();
        let ceiling_dbtp = self.ceiling_dbtp(proposal);
        let wanted = Wanted { aim_lufs, own_lufs, ceiling_dbtp };
        let Some(drive) = drive::solve(forecast, wanted, proposal.settings.output_gain_db) else { return };
        proposal.settings.output_gain_db = drive.gain_db.clamp(-48.0, 48.0);
        steps.push(format!("gain {} dB before the limiter for {} LUFS", number(drive.gain_db, 2), number(drive.lufs, 2)));
        if (drive.lufs - aim_lufs).abs() > LOUDNESS_TOLERANCE_LU {
            expect_loudness(proposal, drive.lufs, ceiling_dbtp);
        }
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

    /// A rehearsal against the references. Passages that play alike differ from theirs as before, less what the settings changed.
    fn compare_foreseen(&self, foreseen: &Measurements) -> Result<Comparison> {
        let bands = |m: &Measurements| stereo::bands(&m.map).into_iter().map(|image| image.power);
        let changes: Vec<f64> = bands(foreseen).zip(bands(&self.mix.measurements)).map(|(is, was)| power_to_db(is / was)).collect();
        let change_db: Bands = match_bands_hz().map(|hz| {
            let band = BANDS_HZ.iter().position(|other| *other == hz);
            band.and_then(|b| changes.get(b)).copied().filter(|change| change.is_finite()).unwrap_or(0.0)
        });
        let references = self.references.references();
        let mut differences: Vec<Option<MatchedDifference>> = vec![None; references.len()];
        for (evidence, (index, _)) in self.evidence.iter().zip(self.references.indexed()) {
            if let Some(slot) = differences.get_mut(index) {
                *slot = evidence.matched.as_ref().map(|matched| matched.with_mix_changed(&change_db));
            }
        }
        compare::compare_matched(foreseen, &references, &differences)
    }

    fn judge(&self, proposal: &Proposal, before: &[Finding], trial: Trial) -> Result<Round> {
        let after = &trial.measurements;
        let references = self.references.references();
        let all = compare::differences(after, &references);
        let comparison = compare::compare_matched(after, &references, &all)?;
        let of =
            |(r, (index, _)): (&ReferenceEvidence<'_>, (usize, &Measured))| all.get(index).cloned().flatten().filter(|_| r.same_session);
        let matched: Vec<Option<MatchedDifference>> = self.evidence.iter().zip(self.references.indexed()).map(of).collect();
        let (judged, trade) = self.judged(proposal, before, after, &comparison, &matched);
        Ok(Round { judged, trade, matched, comparison, trial })
    }

    /// Holds what was measured or foreseen against the proposal and the findings that were there before; also what its moves for playback
    /// systems bring.
    fn judged(
        &self,
        proposal: &Proposal,
        before: &[Finding],
        after: &Measurements,
        comparison: &Comparison,
        matched: &[Option<MatchedDifference>],
    ) -> (Judged, Option<TranslationTrade>) {
        let diagnosis = diagnose(after, comparison, StageChoice::Master);
        debug_assert_eq!(diagnosis.verdict.stage, Stage::Master);
        let matched_before: Vec<_> = self.evidence.iter().map(|r| r.matched.clone().filter(|_| r.same_session)).collect();
        let render = Before { measurements: after, comparison, matched, findings: &diagnosis.findings };
        let trade = self.serving.and_then(|serving| serving.measured(proposal, render));
        let judged = judge(
            proposal,
            Before { measurements: &self.mix.measurements, comparison: self.comparison, matched: &matched_before, findings: before },
            render,
            trade.as_ref(),
        );
        (judged, trade)
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
