//! A match under way: planned, rehearsed, rendered, measured again, and taken back where it does harm.
//!
//! Moves for other records are judged on rehearsals ([`super::rehearsal`]), which cost a quarter of a render, and rendered when one shows no
//! harm; the render is measured and judged all the same.

use super::Host;
use super::draft::Draft;
use super::drive::{self, Wanted};
use super::match_reference::MatchRequest;
use super::measuring::Measured;
use super::references::KnownReferences;
use super::rehearsal::{Keep, Rehearsal, rehearse};
use super::rendering::{Pass, Purpose, pass};
use super::serving::Serving;
use crate::chain::{Forecast, LimiterStatistics, Settings};
use crate::compare::matched::{Bands, MatchedDifference, match_bands_hz};
use crate::compare::{self, Comparison};
use crate::diagnose::{Diagnosis, Finding, Stage, StageChoice, diagnose};
use crate::error::{Error, Result};
use crate::measure::energy_map::{BANDS_HZ, EnergyMap};
use crate::measure::{Measurements, stereo};
use crate::propose::planners::{self, Allowed, ReferenceEvidence, Situation, expect_loudness, limiter_load, plan};
use crate::propose::{Amounts, Dimension, MatchMode, Proposal, TranslationTrade};
use crate::units::{number, power_to_db};
use crate::verify::{Before, Judged, Outcome, ReferenceResidual, Verification, judge, residuals};
use std::path::Path;

/// Most renders where none is rehearsed: the first, and moves taken back by half, a quarter, and whole.
const MOST_RENDERS: usize = 5;

/// Most renders after rehearsals: one, another if measuring shows harm that rehearsals did not, and a cautious one if it still does.
const MOST_REHEARSED_RENDERS: usize = 3;

/// Most rehearsals before the first render, and before one that follows because measuring showed harm.
const MOST_REHEARSALS: [usize; 2] = [7, 2];

/// Most rehearsals where loudness gives way as well, with the dynamics asked for and without.
const MOST_EASED_REHEARSALS: usize = 2;

/// Parts of the loudness asked for that are tried where more of it does harm; the last keeps the loudness that the mix has.
const EASED: [f64; 5] = [0.7, 0.5, 0.3, 0.15, 0.01];

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

/// Whether loudness gives way where it does harm.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ease {
    Never,
    WhereItHarms,
}

/// A render as it was judged. Its energy map has gone: that of a long file is large, and another render may follow.
struct Round {
    trial: Trial,
    comparison: Comparison,
    judged: Judged,
    residuals: Vec<ReferenceResidual>,
    trade: Option<TranslationTrade>,
}

impl Work<'_> {
    fn plan(&self, amounts: Amounts, findings: &[Finding], drift: &planners::Drift, serving: bool) -> Result<Proposal> {
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
        let proposal = self.plan(self.request.amounts, &diagnosis.findings, &planners::Drift::default(), true)?;
        let proposed = proposal.clone();
        let mut steps = Vec::new();
        let [first, later] = MOST_REHEARSALS;
        let mut draft = self.rehearsed(Draft::new(proposal, self.serving.is_some()), first, diagnosis, &before.findings, &mut steps)?;
        let most_renders = match draft.proposal.mode {
            MatchMode::SameSession => MOST_RENDERS,
            MatchMode::OtherRecord => MOST_REHEARSED_RENDERS,
        };
        // One more, for the moves that serve playback systems, which go before anything else is taken back.
        let most_renders = most_renders + usize::from(draft.serving);
        let mut corrected = false;
        let mut best: Option<(f64, Draft, Round)> = None;
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
            let next = match &round.judged {
                judged if last || judged.retry.is_none() && (judged.spoiled.is_none() || !draft.serving) => None,
                Judged { spoiled: Some(reason), .. } if draft.serving => {
                    steps.push(format!("render {render}: {reason}; moves for playback systems taken out and rendered again"));
                    Some(self.unserved(draft.clone(), diagnosis)?)
                }
                judged => {
                    let next = if render + 1 == most_renders && draft.proposal.mode == MatchMode::OtherRecord {
                        self.calmed(&draft, diagnosis)?
                    } else {
                        self.revised(draft.clone(), judged, &round.comparison, diagnosis)?
                    };
                    if next.is_some() {
                        steps.push(format!("render {render}: {}; taken back and rendered again", judged.retry_reason));
                    }
                    next
                }
            };
            // One that its moves for playback systems spoiled is kept only where there is no other.
            let harm = if round.judged.spoiled.is_some() { f64::INFINITY } else { round.judged.harm() };
            if best.as_ref().is_none_or(|(least, ..)| harm <= *least) {
                best = Some((harm, draft, round));
            }
            let Some(next) = next else { break };
            draft = self.rehearsed(next, later, diagnosis, &before.findings, &mut steps)?;
            corrected = false;
        }
        let Some((_, draft, round)) = best else {
            return Err(Error::Bug { place: "jobs::matching", problem: "the match did not settle".into() });
        };
        steps.push(format!("kept at {} LUFS", lufs_text(&round.trial.measurements)));
        self.finish(&proposed, draft.proposal, round, steps)
    }

    /// The draft with its gain solved, its moves taken back one after the other as far as rehearsals show that they do harm; where that leaves
    /// harm, loudness gives way: with the dynamics asked for, without, and with half of the equaliser, whose lifts drive the limiter too. Of all
    /// that was tried, what does least.
    fn rehearsed(&self, draft: Draft, most: usize, diagnosis: &Diagnosis, before: &[Finding], steps: &mut Vec<String>) -> Result<Draft> {
        let (mut least, mut best) = self.settled(draft, most, Ease::Never, (diagnosis, before), steps)?;
        let asked = self.request.amounts;
        let calm = Amounts { dynamics: 0.0, ..asked };
        for amounts in [asked, calm, Amounts { tone: 0.5 * asked.tone, width: 0.5 * asked.width, ..calm }] {
            if least <= 0.0 {
                break;
            }
            let [tone, dynamics] = [amounts.tone, amounts.dynamics].map(|amount| number(amount, 2));
            steps.push(format!("planned again for less loudness, tone at {tone}, dynamics at {dynamics}"));
            let proposal = self.plan(amounts, &diagnosis.findings, &planners::Drift::default(), best.serving)?;
            let eased = Draft::new(proposal, best.serving);
            let (harm, draft) = self.settled(eased, MOST_EASED_REHEARSALS, Ease::WhereItHarms, (diagnosis, before), steps)?;
            if harm < least {
                (least, best) = (harm, draft);
            }
        }
        Ok(best)
    }

    /// The draft with its gain solved, its moves taken back as far as rehearsals show that they do harm: of all that was tried, what does least,
    /// and how much that is. Passages of one session are not held against ranges, so for them only the gain is solved.
    fn settled(
        &self,
        mut draft: Draft,
        most: usize,
        ease: Ease,
        (diagnosis, before): (&Diagnosis, &[Finding]),
        steps: &mut Vec<String>,
    ) -> Result<(f64, Draft)> {
        let mut best: Option<(f64, Draft)> = None;
        for rehearsal in 1..=most {
            let Some(passed) = self.rehearse(&mut draft.proposal, steps)? else { return Ok((0.0, draft)) };
            let (judged, comparison) = self.foretold(&draft.proposal, &passed, before)?;
            if let Some(reason) = judged.spoiled.as_ref().filter(|_| draft.serving) {
                steps.push(format!("rehearsal {rehearsal}: {reason}; planned again without moves for playback systems"));
                draft = self.unserved(draft, diagnosis)?;
                continue;
            }
            if judged.retry.is_none() {
                return Ok((0.0, draft));
            }
            let eased = match ease {
                Ease::Never => None,
                Ease::WhereItHarms => self.eased(&draft, &passed, (diagnosis, before), steps)?,
            };
            for (harm, tried) in [Some((judged.harm(), draft.clone())), eased].into_iter().flatten() {
                if best.as_ref().is_none_or(|(least, _)| harm < *least) {
                    best = Some((harm, tried));
                }
            }
            if rehearsal == most || best.as_ref().is_some_and(|(least, _)| *least <= 0.0) {
                break;
            }
            let Some(next) = self.revised(draft, &judged, &comparison, diagnosis)? else { break };
            steps.push(format!("rehearsal {rehearsal}: {}; planned again", judged.retry_reason));
            draft = next;
        }
        best.ok_or_else(|| Error::Bug { place: "jobs::matching", problem: "no rehearsal was judged".into() })
    }

    /// What a rehearsal shows of a proposal whose settings it passed through, whatever the gain before the limiter.
    fn foretold(&self, proposal: &Proposal, passed: &Rehearsal, before: &[Finding]) -> Result<(Judged, Comparison)> {
        let foreseen = passed.foreseen(&self.mix.measurements, &proposal.settings);
        let comparison = self.compare_foreseen(&foreseen)?;
        let (judged, _) = self.judged(proposal, before, &foreseen, &comparison, &vec![None; self.evidence.len()]);
        Ok((judged, comparison))
    }

    /// The draft with so much less loudness that the limiter does no harm, or least, and how much that is. Nothing is passed through again: up to
    /// the limiter all stays as it was.
    fn eased(
        &self,
        draft: &Draft,
        passed: &Rehearsal,
        (diagnosis, before): (&Diagnosis, &[Finding]),
        steps: &mut Vec<String>,
    ) -> Result<Option<(f64, Draft)>> {
        let amounts = draft.proposal.amounts;
        let up_to_limiter = |s: &Settings| Settings { output_gain_db: 0.0, limiter: None, ..s.clone() };
        let mut best: Option<(f64, Draft)> = None;
        let mut told = Vec::new();
        for part in EASED {
            let mut solved = Vec::new();
            let eased = Amounts { loudness: part * amounts.loudness, ..amounts };
            let mut proposal = self.plan(eased, &diagnosis.findings, &draft.drift, draft.serving)?;
            if amounts.loudness == 0.0 || up_to_limiter(&proposal.settings) != up_to_limiter(&draft.proposal.settings) {
                break;
            }
            if let Some(aim_lufs) = loudness_aim(&proposal) {
                self.solve_drive(&mut proposal, aim_lufs, &passed.forecast, &mut solved);
            }
            let (judged, _) = self.foretold(&proposal, passed, before)?;
            let harm = if judged.retry.is_some() { judged.harm() } else { 0.0 };
            if best.as_ref().is_none_or(|(least, _)| harm < *least) {
                let mut eased = draft.clone();
                eased.proposal = proposal;
                best = Some((harm, eased));
                told = solved;
            }
            if harm <= 0.0 {
                break;
            }
        }
        steps.append(&mut told);
        Ok(best)
    }

    /// Plans again with what evens out levels taken out, but for a part of the loudness; none where nothing does.
    fn calmed(&self, draft: &Draft, diagnosis: &Diagnosis) -> Result<Option<Draft>> {
        const LEFT: f64 = 0.3;
        let calm = Amounts { dynamics: 0.0, loudness: LEFT * draft.proposal.amounts.loudness, ..draft.proposal.amounts };
        if calm == draft.proposal.amounts {
            return Ok(None);
        }
        let proposal = self.plan(calm, &diagnosis.findings, &planners::Drift::default(), draft.serving)?;
        Ok(Some(Draft::new(proposal, draft.serving)))
    }

    /// Plans again without moves for playback systems.
    fn unserved(&self, draft: Draft, diagnosis: &Diagnosis) -> Result<Draft> {
        let proposal = self.plan(draft.proposal.amounts, &diagnosis.findings, &draft.drift, false)?;
        Ok(draft.unserved(proposal))
    }

    /// Plans again for what a judgement asks for; none where nothing is left to be taken back.
    fn revised(&self, draft: Draft, judged: &Judged, after: &Comparison, diagnosis: &Diagnosis) -> Result<Option<Draft>> {
        let settings = draft.proposal.settings.clone();
        let drift = || planners::drift(&self.mix.measurements, &settings, after);
        let Some(mut next) = draft.revised(judged, drift) else { return Ok(None) };
        next.proposal = self.plan(next.proposal.amounts, &diagnosis.findings, &next.drift, next.serving)?;
        Ok(Some(next))
    }

    /// Ceiling of the proposal's limiter, dBTP.
    fn ceiling_dbtp(&self, proposal: &Proposal) -> f64 {
        proposal.settings.limiter.as_ref().map_or(self.request.ceiling_dbtp, |limiter| limiter.ceiling_dbtp)
    }

    /// Finds the gain that brings out the loudness of the proposal, or as much of it as the limiter may give, before anything is rendered.
    /// None where nothing is to be foreseen after that: for passages of one session.
    fn rehearse(&self, proposal: &mut Proposal, steps: &mut Vec<String>) -> Result<Option<Rehearsal>> {
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
        Ok((keep == Keep::LevelsAndMap).then_some(rehearsal))
    }

    fn solve_drive(&self, proposal: &mut Proposal, aim_lufs: f64, forecast: &Forecast, steps: &mut Vec<String>) {
        let allowed = Allowed::of(&self.mix.measurements, self.comparison, proposal.mode, proposal.amounts);
        let ceiling_dbtp = self.ceiling_dbtp(proposal);
        let wanted = Wanted { aim_lufs, allowed, ceiling_dbtp };
        let Some(drive) = drive::solve(forecast, wanted, proposal.settings.output_gain_db) else { return };
        proposal.settings.output_gain_db = drive.gain_db.clamp(-48.0, 48.0);
        steps.push(format!("gain {} dB before the limiter for {} LUFS", number(drive.gain_db, 2), number(drive.lufs, 2)));
        if (drive.lufs - aim_lufs).abs() > LOUDNESS_TOLERANCE_LU {
            expect_loudness(proposal, drive.lufs, allowed, ceiling_dbtp);
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

    fn judge(&self, proposal: &Proposal, before: &[Finding], mut trial: Trial) -> Result<Round> {
        let after = &trial.measurements;
        let references = self.references.references();
        let all = compare::differences(after, &references);
        let comparison = compare::compare_matched(after, &references, &all)?;
        let of =
            |(r, (index, _)): (&ReferenceEvidence<'_>, (usize, &Measured))| all.get(index).cloned().flatten().filter(|_| r.same_session);
        let matched: Vec<Option<MatchedDifference>> = self.evidence.iter().zip(self.references.indexed()).map(of).collect();
        let (judged, trade) = self.judged(proposal, before, after, &comparison, &matched);
        let residuals = residuals(self.evidence, &matched, &self.mix.measurements, after);
        trial.measurements.map = EnergyMap::default();
        Ok(Round { judged, trade, residuals, comparison, trial })
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
        let Round { trial, judged, residuals, comparison, trade } = round;
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
            residuals,
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
        let asked = proposed.amounts.of(dimension);
        if asked > 0.0 { kept.amounts.of(dimension) / asked } else { 1.0 }
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
