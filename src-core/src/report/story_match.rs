//! The part of the story that a match adds: what was proposed, what it brought, how far the result still is.

use super::story::{MatchStory, MoveRow};
use super::{Document, words};
use crate::propose::{Amounts, Expectation, MatchMode, Proposal, TranslationTrade};
use crate::units::number;
use crate::verify::{MoveOutcome, Outcome, Verification};

/// The match of a document, if it holds one.
pub(super) fn of(doc: &Document) -> Option<MatchStory> {
    let proposal = doc.proposal.as_ref()?;
    let verification = doc.verification.as_ref();
    Some(MatchStory {
        mode: match proposal.mode {
            MatchMode::SameSession => "Same recording: like passages are compared",
            MatchMode::OtherRecord => "Another record: only what lies outside the references\u{2019} range is moved",
        },
        mode_reason: words::capital(&proposal.mode_reason),
        amounts: amounts(&proposal.amounts),
        moves: moves(proposal, verification),
        notes: proposal.notes.clone(),
        result: verification.map(result).unwrap_or_default(),
        residuals: verification.map(residuals).unwrap_or_default(),
        mended: verification.map(|v| v.mended.clone()).unwrap_or_default(),
        new_findings: verification.map(|v| v.new_findings.clone()).unwrap_or_default(),
        steps: verification.map(|v| v.steps.clone()).unwrap_or_default(),
    })
}

fn amounts(a: &Amounts) -> String {
    let percent = |x: f64| format!("{}{}%", number(x * 100.0, 0), words::NBSP);
    format!("tone {}, dynamics {}, width {}, loudness {}", percent(a.tone), percent(a.dynamics), percent(a.width), percent(a.loudness))
}

/// Moves in the order of the proposal, then those that were tried and are no longer in it.
fn moves(proposal: &Proposal, verification: Option<&Verification>) -> Vec<MoveRow> {
    let outcomes = verification.map_or(&[][..], |v| v.moves.as_slice());
    let mut rows: Vec<MoveRow> = proposal
        .moves
        .iter()
        .map(|m| match outcomes.iter().find(|o| o.id == m.id) {
            Some(outcome) => verified(outcome, &m.why),
            None => row(&m.what, &m.why, &m.expectation, None, "proposed", ""),
        })
        .collect();
    let dropped = outcomes.iter().filter(|o| !proposal.moves.iter().any(|m| m.id == o.id));
    rows.extend(dropped.map(|o| verified(o, "")));
    rows
}

fn verified(o: &MoveOutcome, why: &str) -> MoveRow {
    let outcome = match o.outcome {
        Outcome::Kept => "kept".to_owned(),
        Outcome::ScaledBack => format!("scaled back to {}{}%", number(o.kept * 100.0, 0), words::NBSP),
        Outcome::Dropped => "dropped".to_owned(),
    };
    row(&o.what, why, &o.expectation, o.measured, &outcome, &o.reason)
}

fn row(what: &str, why: &str, e: &Expectation, measured: Option<f64>, outcome: &str, reason: &str) -> MoveRow {
    let cell = |value: Option<f64>| value.map_or_else(|| "\u{2013}".into(), |v| words::quantity("", Some(v), &e.unit));
    MoveRow {
        what: what.into(),
        why: why.into(),
        quantity: e.quantity.clone(),
        before: cell(e.before),
        expected: cell(e.expected),
        measured: cell(measured),
        target: cell(e.target),
        outcome: outcome.into(),
        reason: reason.into(),
    }
}

fn result(v: &Verification) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Some(lufs) = v.integrated_lufs {
        out.push(("Integrated loudness".into(), words::quantity("", Some(lufs), "LUFS")));
    }
    if let Some(peak) = v.true_peak_dbtp {
        out.push(("True peak".into(), words::quantity("", Some(peak), "dBTP")));
    }
    out.push(("Limiter, deepest".into(), words::quantity("", Some(v.limiter_max_db), "dB")));
    out.push(("Limiter, over 1\u{a0}dB".into(), format!("{}{}% of the time", number(v.limiter_active_share * 100.0, 1), words::NBSP)));
    if !v.limiter_where.is_empty() {
        out.push(("Limiter, hardest at".into(), words::all_places(&v.limiter_where, 3)));
    }
    if let Some(trade) = &v.translation {
        out.extend(served(trade));
    }
    out
}

/// What serving playback systems brought to the worst of them, and what it cost the reference match.
fn served(trade: &TranslationTrade) -> Vec<(String, String)> {
    let Some(worst) = trade.worst() else { return Vec::new() };
    let came = worst.before.map(|b| format!(" (the mix as it came: {})", number(b, 0))).unwrap_or_default();
    let points =
        format!("{}: {} of 100 without moves for it, {} with them{came}", worst.place, number(worst.without, 0), number(worst.with, 0));
    let tone = format!("{} without these moves, {} with them", db(trade.match_without_db), db(trade.match_with_db));
    vec![("Worst system".into(), points), ("Reference match, tone".into(), tone)]
}

fn db(value: f64) -> String {
    format!("{}{}dB", number(value, 2), words::NBSP)
}

fn residuals(v: &Verification) -> Vec<[String; 7]> {
    let db = |x: f64| number(x, 1);
    let signed = |x: f64| words::signed(x, 1);
    let maybe = |x: Option<f64>| x.map_or_else(|| "\u{2013}".into(), signed);
    v.residuals
        .iter()
        .map(|r| {
            [
                r.reference.clone(),
                db(r.tone_before_db),
                db(r.tone_after_db),
                signed(r.loudness_before_lu),
                signed(r.loudness_after_lu),
                maybe(r.width_before_db),
                maybe(r.width_after_db),
            ]
        })
        .collect()
}
