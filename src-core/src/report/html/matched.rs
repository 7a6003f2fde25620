//! What a match did: curves, moves with expectation and result, limiter, distance to each reference.

use super::figure;
use crate::report::chart::Charts;
use crate::report::story::{MatchStory, MoveRow};
use maud::{Markup, html};

/// The whole section.
pub(super) fn section(m: &MatchStory, charts: &Charts) -> Markup {
    html! {
        section.match_ aria-labelledby="match-title" {
            h2.big id="match-title" { "The match" }
            p { b { (m.mode) "." } " " (m.mode_reason) }
            p.amounts { "Amounts: " (m.amounts) "." }
            @if !m.result.is_empty() {
                dl.facts { @for (name, value) in &m.result { div { dt { (name) } dd { (value) } } } }
            }
            @if let Some(chart) = &charts.tone { (figure(chart)) }
            @if let Some(chart) = &charts.eq { (figure(chart)) }
            @if !m.moves.is_empty() { (moves(&m.moves)) }
            @if !m.residuals.is_empty() { (residuals(&m.residuals)) }
            (list("Mended", &m.mended, true))
            (list("New in the result", &m.new_findings, true))
            (list("To know", &m.notes, false))
            (list("How it was verified", &m.steps, false))
        }
    }
}

fn moves(rows: &[MoveRow]) -> Markup {
    html! {
        h3 { "Moves" span.caption { "expected against measured in the rendered file" } }
        div.scroll {
            table.moves {
                thead { tr {
                    th scope="col" { "Move" } th scope="col" { "Measured on" } th.r scope="col" { "Before" } th.r scope="col" { "Expected" }
                    th.r scope="col" { "Measured" } th.r scope="col" { "Target" } th scope="col" { "Outcome" }
                } }
                tbody {
                    @for m in rows {
                        tr.(class(&m.outcome)) {
                            td { b { (m.what) } @if !m.why.is_empty() { div.why { (m.why) } } }
                            td { (m.quantity) }
                            td.r { (m.before) } td.r { (m.expected) } td.r { b { (m.measured) } } td.r { (m.target) }
                            td { span.outcome { (mark(&m.outcome)) " " (m.outcome) } @if !m.reason.is_empty() { div.why { (m.reason) } } }
                        }
                    }
                }
            }
        }
    }
}

fn class(outcome: &str) -> &'static str {
    match outcome {
        "dropped" => "dropped",
        _ => "stays",
    }
}

fn mark(outcome: &str) -> &'static str {
    match outcome {
        "kept" => "\u{25cf}",
        "dropped" => "\u{d7}",
        "proposed" => "\u{25cb}",
        _ => "\u{25d0}",
    }
}

fn residuals(rows: &[[String; 7]]) -> Markup {
    html! {
        h3 { "Distance to each reference" span.caption { "before and after" } }
        div.scroll {
            table.residuals {
                thead {
                    tr { th scope="col" rowspan="2" { "Reference" } th.c colspan="2" scope="colgroup" { "Tone, dB" } th.c colspan="2" scope="colgroup" { "Loudness, LU" } th.c colspan="2" scope="colgroup" { "Width, dB" } }
                    tr { @for _ in 0..3 { th.r scope="col" { "before" } th.r scope="col" { "after" } } }
                }
                tbody { @for [name, cells @ ..] in rows { tr { td { (name) } @for cell in cells { td.r { (cell) } } } } }
            }
        }
    }
}

fn list(title: &str, items: &[String], codes: bool) -> Markup {
    html! {
        @if !items.is_empty() {
            h3 { (title) }
            ul { @for item in items { li { @if codes { code { (item) } } @else { (item) } } } }
        }
    }
}
