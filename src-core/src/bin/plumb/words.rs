//! What a person at a terminal reads: the verdict first, then the findings in order of weight.

mod masking;
mod translation;

pub use masking::unmasked;
pub use translation::translated;

use plumbline::diagnose::{Finding, Place, Status};
use plumbline::report::{Document, words};
use plumbline::units::{moment, number};
use plumbline::verify::Outcome;
use std::fmt::Write as _;

/// Places named for one finding before the rest is only counted.
const PLACES_SHOWN: usize = 4;

/// The verdict, the key numbers and the findings, as plain text.
pub fn document(doc: &Document) -> String {
    let mut out = String::new();
    heading(&mut out, doc);
    for (title, place) in [("Back to the mix", Place::Mix), ("Mastering can mend", Place::Master)] {
        let group: Vec<&Finding> = doc.findings.iter().filter(|f| f.place == place).collect();
        if !group.is_empty() {
            let _ = writeln!(out, "\n{title}");
            for finding in translation::first_of_each(&group) {
                one_finding(&mut out, finding);
                if finding.system.is_some() {
                    translation::also(&mut out, doc, &group, finding);
                }
            }
        }
    }
    let ran = doc.checks.iter().filter(|c| c.status != Status::Skipped).count();
    let passed = doc.checks.iter().filter(|c| c.status == Status::Pass).count();
    let skipped = doc.checks.len() - ran;
    let _ = write!(out, "\n{passed} of {ran} checks hang true.");
    if skipped > 0 {
        let _ = write!(out, " {skipped} could not be judged here.");
    }
    out.push('\n');
    for step in &doc.steps {
        let _ = writeln!(out, "Step: {step}");
    }
    out
}

/// What a match proposed and what came of it, as plain text.
pub fn matched(doc: &Document) -> String {
    let mut out = String::new();
    if let Some(proposal) = &doc.proposal {
        let _ = writeln!(out, "{}\n", proposal.mode_reason);
        for a_move in &proposal.moves {
            let outcome = doc.verification.as_ref().and_then(|v| v.moves.iter().find(|m| m.id == a_move.id));
            let mark = outcome.map_or(' ', |o| outcome_mark(o.outcome));
            let _ = writeln!(out, "  {mark} {}", a_move.what);
            let _ = writeln!(out, "      {}", a_move.why);
            if let Some(result) = outcome {
                let _ = writeln!(out, "      {}", result.reason);
            }
        }
        for note in &proposal.notes {
            let _ = writeln!(out, "  note: {note}");
        }
    }
    if let Some(v) = &doc.verification {
        out.push('\n');
        for r in &v.residuals {
            let _ = writeln!(
                out,
                "{}: tone {} \u{2192} {} dB, loudness {} \u{2192} {} LU",
                r.reference,
                number(r.tone_before_db, 1),
                number(r.tone_after_db, 1),
                number(r.loudness_before_lu, 1),
                number(r.loudness_after_lu, 1)
            );
        }
        if let (Some(lufs), Some(peak)) = (v.integrated_lufs, v.true_peak_dbtp) {
            let _ = writeln!(
                out,
                "Result: {} LUFS, {} dBTP; limiter at most {} dB",
                number(lufs, 1),
                number(peak, 1),
                number(v.limiter_max_db, 1)
            );
        }
        if let Some((trade, worst)) = v.translation.as_ref().and_then(|t| Some((t, t.worst()?))) {
            let _ = writeln!(
                out,
                "Worst system {}: {} \u{2192} {} of 100; reference match {} \u{2192} {} dB",
                worst.place,
                number(worst.without, 0),
                number(worst.with, 0),
                number(trade.match_without_db, 2),
                number(trade.match_with_db, 2)
            );
        }
        for code in &v.new_findings {
            let _ = writeln!(out, "New in the result: {code}");
        }
    }
    for step in &doc.steps {
        let _ = writeln!(out, "Step: {step}");
    }
    out
}

/// The proposal's mark for what became of a move.
fn outcome_mark(outcome: Outcome) -> char {
    match outcome {
        Outcome::Kept => '\u{2713}',
        Outcome::ScaledBack => '\u{223c}',
        Outcome::Dropped => '\u{2717}',
    }
}

fn heading(out: &mut String, doc: &Document) {
    let _ = writeln!(out, "{}", doc.judgement.sentence);
    let format = &doc.input.format;
    let mut facts =
        vec![doc.input.path.clone(), format!("{} kHz", number(f64::from(format.sample_rate) / 1000.0, 1).trim_end_matches(".0"))];
    if let Some(bits) = format.bits_per_sample {
        facts.push(format!("{bits} bit{}", if format.float { " float" } else { "" }));
    }
    facts.push(moment(doc.input.duration_s));
    let _ = writeln!(out, "{}", facts.join(" \u{b7} "));
    let _ = writeln!(out, "Judged as a {}: {}", stage_word(doc), doc.judgement.stage_reason);
}

fn stage_word(doc: &Document) -> &'static str {
    match doc.judgement.stage {
        plumbline::diagnose::Stage::Mix => "mix",
        plumbline::diagnose::Stage::Master => "master",
    }
}

fn one_finding(out: &mut String, finding: &Finding) {
    let value = words::quantity(&finding.code, finding.value, &finding.unit);
    let limit = words::limit(&finding.code, finding.value, finding.limit, &finding.unit, finding.lean);
    let limit = match limit {
        Some(limit) => format!("{limit}, {}", finding.limit_source),
        None => finding.limit_source.clone(),
    };
    let time = words::all_places(&finding.time, PLACES_SHOWN);
    let band = finding.band_hz.map(words::band).unwrap_or_default();
    let told = |part: &String| !part.is_empty() && part != "\u{2013}";
    let facts: Vec<String> = [value, limit, time, band].into_iter().filter(told).collect();
    let _ = writeln!(out, "  {} {}  [{}]", glyph(finding.status), finding.title, finding.code);
    let _ = writeln!(out, "      {}", facts.join(" \u{b7} "));
    if let Some(fix) = &finding.fix {
        let _ = writeln!(out, "      \u{2192} {}", fix.text);
    }
}

/// One shape per severity, as everywhere in Plumbline.
fn glyph(status: Status) -> char {
    match status {
        Status::Fail => '\u{25c6}',
        Status::Warn => '\u{25b2}',
        Status::Note => '\u{25cb}',
        Status::Pass => '|',
        Status::Skipped => '-',
    }
}
