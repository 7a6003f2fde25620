//! The parts of the page around the findings.

use super::table;
use crate::diagnose::Status;
use crate::report::chart::{Colour, Table, ink};
use crate::report::definitions::DEFINITIONS;
use crate::report::figures::Figures;
use crate::report::story::{Row, Story};
use crate::report::words;
use maud::{Markup, PreEscaped, html};

/// The bob at the end of the line.
pub(super) const BOB: &str = "<svg class=\"bob\" width=\"10\" height=\"14\" viewBox=\"0 0 10 14\"><path d=\"M5 0 L9 4.5 L7.5 8.5 L5 14 L2.5 8.5 L1 4.5 Z\" fill=\"#8a6a1f\"/></svg>";

/// The mark of a passed check: an upright stroke.
pub(super) const TRUE: &str = "<svg class=\"g\" width=\"12\" height=\"12\" viewBox=\"-6 -6 12 12\" aria-hidden=\"true\"><path d=\"M0 -5V5\" stroke=\"#4a525c\" stroke-width=\"2\"/></svg>";

/// Pixels a range width, and the width of the lean column.
const UNIT: f64 = 15.0;
const COLUMN: f64 = 108.0;
/// Where a lean is cut off.
const MOST: f64 = 3.2;

fn colour(status: Status) -> Colour {
    match status {
        Status::Fail => ink::FAULT,
        Status::Warn => ink::WARNING,
        Status::Note => ink::NOTE,
        _ => ink::T2,
    }
}

/// The glyph of a status around the origin, 5.5 px from the middle to its points.
fn shape(status: Status) -> String {
    let c = colour(status).css();
    match status {
        Status::Fail => format!("<path d=\"M0 -6L6 0L0 6L-6 0Z\" fill=\"{c}\"/>"),
        Status::Warn => format!("<path d=\"M0 -5.4L5.8 4.8H-5.8Z\" fill=\"{c}\"/>"),
        Status::Note => format!("<circle r=\"4\" fill=\"#fff\" stroke=\"{c}\" stroke-width=\"1.8\"/>"),
        Status::Pass => format!("<path d=\"M0 -5V5\" stroke=\"{c}\" stroke-width=\"2\"/>"),
        Status::Skipped => format!("<path d=\"M-5 0H5\" stroke=\"{c}\" stroke-width=\"1.8\" stroke-dasharray=\"3 2\"/>"),
    }
}

/// A glyph for running text.
pub(super) fn glyph(status: Status) -> String {
    format!("<svg class=\"g\" width=\"13\" height=\"13\" viewBox=\"-6.5 -6.5 13 13\" aria-hidden=\"true\">{}</svg>", shape(status))
}

/// Stem and glyph of one finding, the line being at the middle of the column.
pub(super) fn lean(status: Status, lean: Option<f64>) -> String {
    let x = lean.filter(|l| l.is_finite()).unwrap_or(0.0).clamp(-MOST, MOST) * UNIT;
    format!(
        "<svg width=\"{COLUMN}\" height=\"16\" viewBox=\"{} -8 {COLUMN} 16\" aria-hidden=\"true\"><path d=\"M0 0H{x:.1}\" stroke=\"{}\" stroke-width=\"1.4\" stroke-opacity=\".55\"/><g transform=\"translate({x:.1} 0)\">{}</g></svg>",
        -COLUMN / 2.0,
        colour(status).css(),
        shape(status)
    )
}

/// File, verdict, summary and headline numbers.
pub(super) fn head(story: &Story) -> Markup {
    html! {
        header {
            p.file { span.name { (story.file) } " \u{b7} " (story.format) }
            h1 { (story.sentence) }
            p.summary { (story.summary) }
            p.judged { (story.judged) }
            @if !story.keys.is_empty() {
                dl.keys {
                    @for key in &story.keys {
                        div { dt { (key.label) } dd { b { (key.value.0) } @if !key.value.1.is_empty() { " " (key.value.1) } } }
                    }
                }
            }
        }
    }
}

/// The note to the mixer.
pub(super) fn note(story: &Story) -> Markup {
    html! {
        section.note aria-labelledby="note-title" {
            h2 id="note-title" { "To the mixer" }
            p { (story.note.lead) }
            @if !story.note.items.is_empty() { ol { @for item in &story.note.items { li { (item) } } } }
            @if !story.note.close.is_empty() { p { (story.note.close) } }
        }
    }
}

/// Every finding in full, folded.
pub(super) fn details(story: &Story) -> Markup {
    html! {
        @if story.rows().next().is_some() {
            section.full aria-labelledby="full-title" {
                h2 id="full-title" { "The findings in full" }
                @for row in story.rows() { (detail(row)) }
            }
        }
    }
}

fn detail(row: &Row) -> Markup {
    let mut facts: Vec<(&str, String)> = vec![("Found", words::joined(&row.value))];
    match &row.limit {
        Some(limit) => facts.push(("Limit", format!("{limit} \u{b7} {}", row.source))),
        None => facts.push(("Source", row.source.clone())),
    }
    facts.push(("Lean", words::lean(row.lean)));
    facts.push(("Where", if row.all_times.is_empty() { row.place.clone() } else { row.all_times.clone() }));
    facts.push(("Confidence", crate::units::number(row.confidence, 2)));
    html! {
        article id=(format!("f{}", row.number)) {
            h3 { (PreEscaped(glyph(row.status))) span.no { (row.number) } (row.title) span.word { (words::status(row.status)) } code { (row.code) } }
            p { (row.why) }
            @if let Some(remedy) = &row.remedy { p.do_ { b { "What to do. " } (remedy) } }
            dl.facts {
                @for (name, value) in &facts { div { dt { (name) } dd { (value) } } }
                @for (name, value) in &row.evidence { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

/// References, how to read the marks, and what was done to the data.
pub(super) fn references(story: &Story) -> Markup {
    html! {
        section.refs aria-label="References and legend" {
            dl {
                dt { "References" }
                dd {
                    @if story.references.is_empty() { "none given; held against the neutral range" }
                    @for (i, r) in story.references.iter().enumerate() {
                        @if i > 0 { " \u{b7} " }
                        b.ref { (r.mark) } " " (r.name)
                        @if let Some(remark) = &r.remark { " (" (remark) ")" }
                    }
                }
                dt { "Read as" }
                dd {
                    @for (status, word) in [(Status::Fail, "fault"), (Status::Warn, "warning"), (Status::Note, "note")] {
                        span.key { (PreEscaped(glyph(status))) " " (word) }
                    }
                    "The line is the limit or the middle of the allowed range, the band that range. The farther off, the worse."
                }
                @if !story.steps.is_empty() {
                    dt { "Steps" }
                    dd { @for step in &story.steps { div { (step) } } }
                }
            }
        }
    }
}

/// The folded tables at the end: all checks, all numbers, definitions.
pub(super) fn tables(story: &Story, figures: &Figures) -> Markup {
    let definitions = Table {
        head: ["Term", "Meaning", "Source"].map(String::from).to_vec(),
        rows: DEFINITIONS.iter().map(|d| vec![d.term.into(), d.meaning.into(), d.source.into()]).collect(),
    };
    html! {
        section.folded aria-label="Tables" {
            details id="checks" {
                summary { (format!("All {} checks", story.checks.len())) }
                div.scroll { (all_checks(story)) }
            }
            @if !figures.measured.is_empty() {
                details {
                    summary { "All measurements" }
                    div.scroll {
                        table.measured {
                            thead { tr { th scope="col" { "Quantity" } th scope="col" { "Value" } th scope="col" { "Definition" } } }
                            tbody { @for (name, value, how) in &figures.measured { tr { td { (name) } td.r { (value) } td { (how) } } } }
                        }
                    }
                }
            }
            details { summary { "Definitions and sources" } div.scroll.wrap { (table(&definitions)) } }
        }
    }
}

fn all_checks(story: &Story) -> Markup {
    html! {
        table.checks {
            thead { tr {
                th scope="col" { "Result" } th scope="col" { "Check" } th.r scope="col" { "Value" } th.r scope="col" { "Limit" }
                th.r scope="col" { "Lean" } th.r scope="col" { "Confidence" } th scope="col" { "Source of the limit" }
            } }
            tbody {
                @for c in &story.checks {
                    tr {
                        td.s { (PreEscaped(glyph(c.status))) " " (words::status(c.status)) }
                        td { code { (c.code) } }
                        td.r { (c.value) } td.r { (c.limit) } td.r { (c.lean) } td.r { (c.confidence) }
                        td.src { (c.source) }
                    }
                }
            }
        }
    }
}
