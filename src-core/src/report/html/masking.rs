//! Stems: pictures, their sum, what was moved and what it brought.

use super::figure;
use crate::report::chart::Charts;
use crate::report::story_masking::{MOVES, MaskingStory, RESULTS};
use maud::{Markup, html};

/// The whole section; the picture alone where there are no stems.
pub(super) fn section(story: Option<&MaskingStory>, charts: &Charts) -> Markup {
    html! {
        @if let Some(chart) = &charts.masking { (figure(chart)) }
        @if let Some(chart) = &charts.matrix { (figure(chart)) }
        @if let Some(m) = story {
            section.stems aria-label="Stems" {
                @if let Some(sum) = &m.sum { p { (sum) } }
                @if !m.moves.is_empty() { h3 { "Moves on stems" span.caption { "the fewest that bring the covered ones back" } } (rows(&MOVES, &m.moves)) }
                @if !m.results.is_empty() { h3 { "Measured after" span.caption { "in the sum of the changed stems" } } (rows(&RESULTS, &m.results)) }
                @if let Some(together) = &m.together { p { (together) } }
                @if !m.beyond.is_empty() { h3 { "Beyond reach" } ul { @for line in &m.beyond { li { (line) "." } } } }
            }
        }
    }
}

fn rows(head: &[&str; 4], rows: &[[String; 4]]) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr { @for cell in head { th scope="col" { (cell) } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
}
