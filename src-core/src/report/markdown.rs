//! The report as Markdown: readable in a terminal as it is, laid out by GitHub with tables.

use super::chart::Charts;
use super::definitions::DEFINITIONS;
use super::figures::Figures;
use super::story::{MatchStory, Row, Story};
use super::story_masking::{MOVES, MaskingStory, RESULTS};
use super::{Document, words};
use crate::Result;
use crate::diagnose::Status;
use std::fmt::Write;

/// A line that cannot fail: writing to a string never does.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { let _ = writeln!($out, $($arg)*); };
}

/// The document as GitHub-flavoured Markdown.
///
/// # Errors
/// [`crate::Error::Bug`] if a chart cannot be worked out (its sentence is used).
pub fn to_markdown(document: &Document) -> Result<String> {
    render(document, &Figures::of(document))
}

pub(super) fn render(document: &Document, figures: &Figures) -> Result<String> {
    let story = Story::of(document, figures);
    let charts = Charts::of(document, &story, figures)?;
    let mut out = String::new();
    head(&mut out, &story);
    findings(&mut out, &story);
    pictures(&mut out, &charts);
    if let Some(chart) = &charts.translation {
        put!(out, "## {}\n\n{}\n", text(&chart.title), text(&chart.caption));
        let rows: Vec<Vec<String>> = chart.table.rows.iter().map(|row| row.iter().map(|cell| text(cell)).collect()).collect();
        table(&mut out, &chart.table.head, &rows);
    }
    if let Some(matched) = &story.matched {
        matched_part(&mut out, matched);
    }
    if let Some(masking) = &story.masking {
        masking_part(&mut out, masking);
    }
    note(&mut out, &story);
    details(&mut out, &story);
    tail(&mut out, &story, figures);
    Ok(out)
}

fn head(out: &mut String, story: &Story) {
    put!(out, "# {}\n", text(&story.sentence));
    put!(out, "`{}` \u{b7} {}\n", code(&story.file), text(&story.format));
    put!(out, "{}  \n{}\n", text(&story.summary), text(&story.judged));
    if !story.keys.is_empty() {
        let cells = |f: &dyn Fn(&super::figures::KeyNumber) -> String| story.keys.iter().map(f).collect::<Vec<_>>();
        table(out, &cells(&|k| k.label.into()), &[cells(&|k| words::joined(&k.value))]);
    }
}

fn mark(status: Status) -> &'static str {
    match status {
        Status::Fail => "\u{25c6}",
        Status::Warn => "\u{25b2}",
        Status::Note => "\u{25cb}",
        Status::Pass => "|",
        Status::Skipped => "\u{2013}",
    }
}

/// The lean as a picture of eleven characters: the line in the middle, the glyph where the value hangs.
fn plumb(row: &Row) -> String {
    const HALF: i32 = 5;
    let at = row.lean.map_or(0, |l| (l.clamp(-3.2, 3.2) / 3.2 * f64::from(HALF)).round() as i32);
    (-HALF..=HALF)
        .map(|x| match x {
            x if x == at => mark(row.status),
            0 => "\u{2502}",
            x if (x > 0) == (at > 0) && x.abs() < at.abs() => "\u{2500}",
            _ => "\u{b7}",
        })
        .collect()
}

fn findings(out: &mut String, story: &Story) {
    for group in story.groups.iter().filter(|g| !g.rows.is_empty()) {
        put!(out, "## {}\n", group.title);
        let head = ["", "too little \u{2502} too much", "Found", "Where", "Value", "Limit", "What to do"].map(String::from);
        let rows: Vec<Vec<String>> = group
            .rows
            .iter()
            .map(|r| {
                vec![
                    r.number.to_string(),
                    format!("`{}` {}", plumb(r), words::status(r.status)),
                    format!("**{}**", text(&r.title)),
                    text(&r.place),
                    text(&words::joined(&r.value)),
                    text(&limit_and_source(r)),
                    text(r.remedy.as_deref().unwrap_or("\u{2013}")),
                ]
            })
            .collect();
        table(out, &head, &rows);
    }
    if story.rows().next().is_none() {
        put!(out, "Every check that ran hangs true.\n");
    }
    put!(out, "{} of {} checks hang true.\n", story.passed, story.judged_checks);
}

fn limit_and_source(row: &Row) -> String {
    match &row.limit {
        Some(limit) if row.source.is_empty() => limit.clone(),
        Some(limit) => format!("{limit} \u{b7} {}", row.source),
        None => row.source.clone(),
    }
}

/// What the charts show, in their own sentences.
fn pictures(out: &mut String, charts: &Charts) {
    let all = [&charts.tone, &charts.translation, &charts.masking, &charts.matrix, &charts.loudness, &charts.stereo];
    let told: Vec<&str> = all.iter().filter_map(|c| c.as_ref()).map(|c| c.summary.as_str()).collect();
    if !told.is_empty() {
        put!(out, "## In short\n");
        for line in told {
            put!(out, "- {}", text(line));
        }
        put!(out, "");
    }
}

fn masking_part(out: &mut String, m: &MaskingStory) {
    put!(out, "## Stems\n");
    if let Some(sum) = &m.sum {
        put!(out, "{}\n", text(sum));
    }
    for (head, rows) in [(MOVES, &m.moves), (RESULTS, &m.results)] {
        if !rows.is_empty() {
            let rows: Vec<Vec<String>> = rows.iter().map(|r| r.iter().map(|c| text(c)).collect()).collect();
            table(out, &head.map(String::from), &rows);
        }
    }
    if let Some(together) = &m.together {
        put!(out, "{}\n", text(together));
    }
    list(out, "Beyond reach", &m.beyond);
}

fn matched_part(out: &mut String, m: &MatchStory) {
    put!(out, "## The match\n");
    put!(out, "**{}.** {}\n", text(m.mode), text(&m.mode_reason));
    put!(out, "Amounts: {}.\n", text(&m.amounts));
    if !m.result.is_empty() {
        let rows: Vec<Vec<String>> = m.result.iter().map(|(a, b)| vec![text(a), text(b)]).collect();
        table(out, &["Result".into(), String::new()], &rows);
    }
    if !m.moves.is_empty() {
        let head = ["Move", "Measured on", "Before", "Expected", "Measured", "Target", "Outcome"].map(String::from);
        let rows: Vec<Vec<String>> = m
            .moves
            .iter()
            .map(|r| {
                let outcome = if r.reason.is_empty() { r.outcome.clone() } else { format!("{}: {}", r.outcome, r.reason) };
                [&r.what, &r.quantity, &r.before, &r.expected, &r.measured, &r.target, &outcome].map(|c| text(c)).to_vec()
            })
            .collect();
        table(out, &head, &rows);
    }
    if !m.residuals.is_empty() {
        let head = ["Reference", "Tone before, dB", "after", "Loudness before, LU", "after", "Width before, dB", "after"].map(String::from);
        let rows: Vec<Vec<String>> = m.residuals.iter().map(|r| r.iter().map(|c| text(c)).collect()).collect();
        table(out, &head, &rows);
    }
    list(out, "Mended", &m.mended);
    list(out, "New in the result", &m.new_findings);
    list(out, "To know", &m.notes);
    list(out, "How it was verified", &m.steps);
}

fn list(out: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    put!(out, "{title}:\n");
    for item in items {
        put!(out, "- {}", text(item));
    }
    put!(out, "");
}

fn note(out: &mut String, story: &Story) {
    put!(out, "## To the mixer\n");
    put!(out, "> {}", text(&story.note.lead));
    if !story.note.items.is_empty() {
        put!(out, ">");
    }
    for (i, item) in story.note.items.iter().enumerate() {
        put!(out, "> {}. {}", i + 1, text(item));
    }
    if !story.note.close.is_empty() {
        put!(out, ">\n> {}", text(&story.note.close));
    }
    put!(out, "");
}

fn details(out: &mut String, story: &Story) {
    if story.rows().next().is_none() {
        return;
    }
    put!(out, "## The findings in full\n");
    for row in story.rows() {
        put!(out, "### {} {}. {} ({}, `{}`)\n", mark(row.status), row.number, text(&row.title), words::status(row.status), code(&row.code));
        put!(out, "{}\n", text(&row.why));
        if let Some(remedy) = &row.remedy {
            put!(out, "**What to do.** {}\n", text(remedy));
        }
        put!(out, "- found {}; {}; {}", text(&words::joined(&row.value)), text(&limit_and_source(row)), words::lean(row.lean));
        put!(out, "- where: {}", text(if row.all_times.is_empty() { &row.place } else { &row.all_times }));
        put!(out, "- confidence {}", crate::units::number(row.confidence, 2));
        for (name, value) in &row.evidence {
            put!(out, "- {}: {}", text(name), text(value));
        }
        put!(out, "");
    }
}

fn tail(out: &mut String, story: &Story, figures: &Figures) {
    put!(out, "## All {} checks\n", story.checks.len());
    let head = ["", "Result", "Check", "Value", "Limit", "Lean", "Confidence", "Source of the limit"].map(String::from);
    let rows: Vec<Vec<String>> = story
        .checks
        .iter()
        .map(|c| {
            let glyph = if c.status == Status::Pass { "\u{2502}" } else { mark(c.status) };
            vec![
                glyph.into(),
                words::status(c.status).into(),
                format!("`{}`", code(&c.code)),
                text(&c.value),
                text(&c.limit),
                text(&c.lean),
                text(&c.confidence),
                text(&c.source),
            ]
        })
        .collect();
    table(out, &head, &rows);
    if !figures.measured.is_empty() {
        put!(out, "## All measurements\n");
        let rows: Vec<Vec<String>> = figures.measured.iter().map(|(a, b, c)| vec![text(a), text(b), text(c)]).collect();
        table(out, &["Quantity", "Value", "Definition"].map(String::from), &rows);
    }
    if !story.references.is_empty() {
        put!(out, "## References\n");
        for r in &story.references {
            let remark = r.remark.as_ref().map(|x| format!(" ({x})")).unwrap_or_default();
            put!(out, "- {} {}{}", r.mark, text(&r.name), text(&remark));
        }
        put!(out, "");
    }
    list(out, "Steps", &story.steps);
    put!(out, "## Definitions and sources\n");
    for d in &DEFINITIONS {
        put!(out, "- **{}**: {} ({})", text(d.term), text(d.meaning), text(d.source));
    }
    put!(out, "\n{}", text(&story.footer));
}

/// A table whose columns are padded, so that it can be read in a terminal too.
fn table(out: &mut String, head: &[String], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|r| r.get(column)).chain(head.get(column));
        cells.map(|c| c.chars().count()).max().unwrap_or(0).clamp(3, 60)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut line = |cells: &[String]| {
        let padded = widths.iter().zip(cells).map(|(w, c)| format!("{c:<w$}"));
        put!(out, "| {} |", padded.collect::<Vec<_>>().join(" | "));
    };
    line(head);
    line(&widths.iter().map(|w| "-".repeat(*w)).collect::<Vec<_>>());
    for row in rows {
        line(row);
    }
    put!(out, "");
}

/// Text in which no character means anything to Markdown or to a table.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text for a code span, which knows no escapes.
fn code(raw: &str) -> String {
    raw.chars()
        .map(|c| {
            if c == '`' {
                '\''
            } else if c.is_control() {
                ' '
            } else {
                c
            }
        })
        .collect()
}
