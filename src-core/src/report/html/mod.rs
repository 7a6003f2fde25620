//! One self-contained page: styles, fonts and charts inside, no script, nothing fetched.

mod masking;
mod matched;
mod parts;

use super::chart::{Chart, Charts, Table};
use super::figures::Figures;
use super::story::{Group, Row, Story};
use super::{Document, fonts, words};
use crate::Result;
use base64::Engine;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The document as one HTML file that needs neither network nor script.
///
/// # Errors
/// [`crate::Error::Bug`] if a chart cannot be drawn.
pub fn to_html(document: &Document) -> Result<String> {
    render(document, &Figures::of(document))
}

pub(super) fn render(document: &Document, figures: &Figures) -> Result<String> {
    let story = Story::of(document, figures);
    let charts = Charts::of(document, &story, figures)?;
    Ok(page(&story, figures, &charts).into_string())
}

fn page(story: &Story, figures: &Figures, charts: &Charts) -> Markup {
    let title = format!("{}: {}", words::shortened(&story.file, 60), story.sentence);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (title) }
                style { (PreEscaped(font_faces())) (PreEscaped(include_str!("style.css"))) }
            }
            body {
                main {
                    (parts::head(story))
                    (findings(story))
                    @if let Some(chart) = &charts.timeline { (figure(chart)) }
                    @if let Some(matched) = &story.matched { (matched::section(matched, charts)) }
                    @if story.matched.is_none() { @if let Some(chart) = &charts.tone { (figure(chart)) } }
                    @if let Some(chart) = &charts.translation { (figure(chart)) }
                    (masking::section(story.masking.as_ref(), charts))
                    @if let Some(chart) = &charts.loudness { (figure(chart)) }
                    @if let Some(chart) = &charts.stereo { (figure(chart)) }
                    (parts::note(story))
                    (parts::details(story))
                    (parts::references(story))
                    (parts::tables(story, figures))
                }
                footer { (story.footer) }
            }
        }
    }
}

fn font_faces() -> String {
    let encode = |bytes| base64::engine::general_purpose::STANDARD.encode(bytes);
    fonts::ALL
        .iter()
        .map(|f| {
            format!(
                "@font-face{{font-family:\"{}\";font-weight:{};font-display:swap;src:url(data:font/woff2;base64,{}) format(\"woff2\")}}\n",
                f.family,
                f.weight,
                encode(f.woff2)
            )
        })
        .collect()
}

/// A chart with its caption and its table.
fn figure(chart: &Chart) -> Markup {
    html! {
        section.chart id=(chart.id) aria-labelledby=(format!("{}-title", chart.id)) {
            h2 id=(format!("{}-title", chart.id)) { (chart.title) span.caption { (chart.caption) } }
            div.picture { (PreEscaped(&chart.svg)) }
            @if !chart.table.rows.is_empty() {
                details.twin { summary { "Show as table" } div.scroll { (table(&chart.table)) } }
            }
        }
    }
}

fn table(table: &Table) -> Markup {
    html! {
        table {
            thead { tr { @for cell in &table.head { th scope="col" { (cell) } } } }
            tbody { @for row in &table.rows { tr { @for cell in row { td { (cell) } } } } }
        }
    }
}

/// The plumb line with the findings hung beside it.
fn findings(story: &Story) -> Markup {
    html! {
        section.findings aria-label="Findings" {
            div.line aria-hidden="true" { i.tail {} i.band {} (PreEscaped(parts::BOB)) }
            div.sides aria-hidden="true" { span { "too little" } span { "too much" } }
            @for group in &story.groups { @if !group.rows.is_empty() { (group_of(group)) } }
            @if story.rows().next().is_none() {
                p.none { "Every check that ran hangs true." }
            }
            p.true_ { (PreEscaped(parts::TRUE)) (format!("{} of {} checks hang true", story.passed, story.judged_checks)) " \u{b7} " a href="#checks" { "all checks" } }
        }
    }
}

fn group_of(group: &Group) -> Markup {
    html! {
        h2.group { (group.title) span.columns aria-hidden="true" { "found \u{b7} limit \u{b7} what to do" } }
        ol.rows { @for row in &group.rows { (finding(row)) } }
    }
}

fn finding(row: &Row) -> Markup {
    let (value, unit) = &row.value;
    let spoken = format!("{}, {}", words::status(row.status), words::lean(row.lean));
    html! {
        li.row value=(row.number) {
            span.lean role="img" aria-label=(spoken) title=(spoken) { (PreEscaped(parts::lean(row.status, row.lean))) }
            div.what {
                a.title href=(format!("#f{}", row.number)) { (row.title) }
                span.no { (row.number) }
                div.place { (row.place) }
            }
            div.value {
                b { (value) @if !unit.is_empty() { "\u{a0}" (unit) } }
                div.limit { @if let Some(limit) = &row.limit { (limit) } @else { (row.source) } }
            }
            div.remedy { @if let Some(remedy) = &row.remedy { (remedy) } @else { "\u{2013}" } }
        }
    }
}
