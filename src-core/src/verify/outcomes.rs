//! What became of each move, and what is to be taken back.

use super::harm::{Harm, harms};
use super::residual::{WIDTH_HZ, rms, width_db};
use super::{MoveOutcome, Outcome, translation};
use crate::compare::matched::{MatchedDifference, match_bands_hz};
use crate::compare::{Comparison, level_spread_db};
use crate::diagnose::{Finding, Status};
use crate::measure::Measurements;
use crate::propose::planners::{LOUDNESS_RANGE, PEAK_TO_LOUDNESS};
use crate::propose::{Amounts, Dimension, MatchMode, Move, Proposal, TranslationTrade};
use crate::units::number;

/// A file as it was, or as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// Its measurements.
    pub measurements: &'a Measurements,
    /// Against the references.
    pub comparison: &'a Comparison,
    /// Against references of the same session, in their order.
    pub matched: &'a [Option<MatchedDifference>],
    /// What was found.
    pub findings: &'a [Finding],
}

/// The judgement of a render.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// One outcome per move, in order.
    pub moves: Vec<MoveOutcome>,
    /// Codes of findings that are gone.
    pub mended: Vec<String>,
    /// Codes of findings that are new.
    pub new_findings: Vec<String>,
    /// Amounts to try next, where something did not help or made something worse; none if all is well.
    pub retry: Option<Amounts>,
    /// Why, in words.
    pub retry_reason: String,
    /// What lies further outside the range of other records than it did, the worst first.
    pub harms: Vec<Harm>,
    /// Why the moves for playback systems have to go, if they do; they go before anything else is taken back.
    pub spoiled: Option<String>,
}

impl Judged {
    /// All that was moved away from its range, and what else is to be taken back, as one number: 0 where all is well.
    pub fn harm(&self) -> f64 {
        /// What weighs as much as this much of a decibel: a new finding, or a dimension that came out further away.
        const OTHER: f64 = 1.0;
        let other = if self.retry.is_some() && self.harms.is_empty() { OTHER } else { 0.0 };
        self.harms.iter().map(|harm| harm.excess).sum::<f64>() + other
    }
}

/// A difference that measuring cannot tell from nothing, dB.
pub(super) const TOLERANCE_DB: f64 = 0.2;

/// Faults that no reference excuses.
const HARD_FAULTS: [&str; 3] = ["stereo.mono_loss", "stereo.inverted", "stereo.dead_channel"];

/// Holds a render against its proposal; `trade` is what the moves for playback systems brought in it.
pub fn judge(proposal: &Proposal, before: Before<'_>, after: Before<'_>, trade: Option<&TranslationTrade>) -> Judged {
    let what_became = |m: &Move| match m.dimension {
        Dimension::Translation => translation::served(m, trade),
        _ => outcome(m, proposal.mode, before, after),
    };
    let moves: Vec<MoveOutcome> = proposal.moves.iter().map(what_became).collect();
    let new_findings = codes_missing_in(after.findings, before.findings);
    let mut amounts = proposal.amounts;
    let mut reasons = Vec::new();
    let tone = (tone_distance(proposal.mode, before), tone_distance(proposal.mode, after));
    if amounts.tone > 0.0 && tone.1 > tone.0 + TOLERANCE_DB {
        reasons.push(format!("tone came out further away ({} dB, was {} dB)", number(tone.1, 1), number(tone.0, 1)));
        amounts.tone = lower(amounts.tone);
    }
    for (prefix, amount, dimension) in [("tonal.", &mut amounts.tone, Dimension::Tone), ("stereo.", &mut amounts.width, Dimension::Width)] {
        // Like passages of the own session are the stronger witness of tone and width. For other records the ranges themselves are held below,
        // band by band; a finding of tone also weighs the neutral mean, from which the references may differ.
        let shown = |code: &str| proposal.mode == MatchMode::OtherRecord && !code.starts_with("tonal.");
        let counts = |code: &&String| shown(code.as_str()) || HARD_FAULTS.contains(&code.as_str());
        let caused: Vec<&str> = new_findings.iter().filter(|c| c.starts_with(prefix)).filter(counts).map(String::as_str).collect();
        if !caused.is_empty() && proposal.moves.iter().any(|m| m.dimension == dimension) {
            reasons.push(format!("{} was new in the result", caused.join(", ")));
            *amount = lower(*amount);
        }
    }
    for (a_move, outcome) in proposal.moves.iter().zip(&moves).filter(|(m, _)| m.dimension == Dimension::Dynamics) {
        let distance = |v: Option<f64>| Some((v? - a_move.expectation.target?).abs());
        if let (Some(was), Some(is)) = (distance(a_move.expectation.before), distance(outcome.measured))
            && is > was + TOLERANCE_DB
        {
            reasons.push("dynamics came out further away".into());
            amounts.dynamics = lower(amounts.dynamics);
        }
    }
    let harms = match proposal.mode {
        MatchMode::SameSession => Vec::new(),
        MatchMode::OtherRecord => harms(proposal, before.comparison, after.comparison),
    };
    for harm in &harms {
        // One quantity per dimension is enough.
        let Some(guilty) = harm.suspects.first() else { continue };
        let (asked, amount) = (proposal.amounts.of(*guilty), amounts.of_mut(*guilty));
        if *amount == asked {
            reasons.push(format!("{} {}", harm.quantity, harm.told));
            *amount = lower(asked);
        }
    }
    // What made something worse may have been they, and what came before them stood the test of the reference.
    let caused = |_: &&TranslationTrade| amounts != proposal.amounts;
    let spoiled = proposal.translation.as_ref().zip(trade).and_then(|(planned, measured)| translation::spoiled(planned, measured));
    let spoiled = spoiled.or_else(|| proposal.translation.as_ref().filter(caused).map(|_| reasons.join("; ")));
    Judged {
        spoiled,
        retry: (amounts != proposal.amounts).then_some(amounts),
        retry_reason: reasons.join("; "),
        mended: codes_missing_in(before.findings, after.findings),
        new_findings,
        harms,
        moves,
    }
}

/// The next amount to try where one did harm: half, a quarter, and then nothing.
pub fn lower(amount: f64) -> f64 {
    if amount > 0.3 { amount / 2.0 } else { 0.0 }
}

/// Codes at warn or above in `these` that do not stand in `those`.
fn codes_missing_in(these: &[Finding], those: &[Finding]) -> Vec<String> {
    let weighty = |f: &&Finding| f.status >= Status::Warn;
    let mut out: Vec<String> =
        these.iter().filter(weighty).filter(|f| those.iter().filter(weighty).all(|o| o.code != f.code)).map(|f| f.code.clone()).collect();
    out.dedup();
    out
}

/// Distance of the tone from where it should be, dB.
pub(super) fn tone_distance(mode: MatchMode, of: Before<'_>) -> f64 {
    match mode {
        MatchMode::SameSession => {
            let found: Vec<f64> = of.matched.iter().flatten().map(|m| rms(&m.correction_db)).collect();
            found.iter().sum::<f64>() / found.len().max(1) as f64
        }
        MatchMode::OtherRecord => {
            let tone = &of.comparison.tone;
            (tone.iter().map(|b| b.outside_db.powi(2)).sum::<f64>() / tone.len().max(1) as f64).sqrt()
        }
    }
}

fn outcome(a_move: &Move, mode: MatchMode, before: Before<'_>, after: Before<'_>) -> MoveOutcome {
    let measured = match a_move.dimension {
        Dimension::Tone => excess_db(a_move, mode, after),
        Dimension::Width => width_db(after.measurements, a_move.band_hz.unwrap_or(WIDTH_HZ)),
        Dimension::Loudness => Some(after.measurements.loudness.integrated.lufs()).filter(|l| l.is_finite()),
        Dimension::Dynamics if a_move.expectation.quantity == LOUDNESS_RANGE => Some(after.measurements.loudness.range.lu()),
        Dimension::Dynamics if a_move.expectation.quantity == PEAK_TO_LOUDNESS => after.comparison.quantity("plr").and_then(|q| q.value),
        Dimension::Dynamics => level_spread_db(after.measurements),
        Dimension::Translation => None,
    };
    // Expectation and outcome by the same ruler: the value before is measured again the way the value after is.
    let was = if a_move.dimension == Dimension::Tone { excess_db(a_move, mode, before) } else { a_move.expectation.before };
    let mut expectation = a_move.expectation.clone();
    expectation.before = was;
    let reason = match (was, measured) {
        (Some(was), Some(now)) => {
            let unit = &expectation.unit;
            let expected = expectation.expected.map(|e| format!(", expected {} {unit}", number(e, 1))).unwrap_or_default();
            format!("{} was {} {unit}, is {} {unit}{expected}", expectation.quantity, number(was, 1), number(now, 1))
        }
        _ => "not measurable in the result".into(),
    };
    MoveOutcome { id: a_move.id.clone(), what: a_move.what.clone(), outcome: Outcome::Kept, kept: 1.0, expectation, measured, reason }
}

/// Mean excess over the frequencies that a tonal move works on, dB.
fn excess_db(a_move: &Move, mode: MatchMode, of: Before<'_>) -> Option<f64> {
    let [low, high] = a_move.band_hz?;
    let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    match mode {
        MatchMode::SameSession => {
            let bands: Vec<usize> = (0..match_bands_hz().len()).filter(|b| (low..=high).contains(&match_bands_hz()[*b])).collect();
            let found: Vec<f64> = of.matched.iter().flatten().flat_map(|m| bands.iter().map(|b| -m.correction_db[*b])).collect();
            mean(found)
        }
        MatchMode::OtherRecord => mean(of.comparison.tone.iter().filter(|b| (low..=high).contains(&b.hz)).map(|b| b.outside_db).collect()),
    }
}
