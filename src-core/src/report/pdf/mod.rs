//! A4 pages: the same story as the HTML page, as text with embedded fonts.

mod findings;
mod flow;
mod masking;
mod matched;
mod sheet;
mod structure;
mod text;

use super::chart::{Charts, ink};
use super::definitions::DEFINITIONS;
use super::figures::Figures;
use super::story::Story;
use super::{Document, words};
use crate::Result;
use crate::diagnose::Status;
use flow::{Align, BODY, CODE, Column, Flow, HEADING, LEFT, RIGHT, SMALL, STRONG};
use sheet::{Look, look};
use structure::{Part, Role};
use text::{Cut, Type};

/// The document as a PDF of A4 pages.
///
/// # Errors
/// [`crate::Error::Bug`] if a chart or page cannot be drawn.
pub fn to_pdf(document: &Document) -> Result<Vec<u8>> {
    let figures = Figures::of(document);
    let story = Story::of(document, &figures);
    let charts = Charts::of(document, &story, &figures)?;
    let kind = Type::new()?;
    let mut flow = Flow::new(&kind);
    findings::draw(&mut flow, &story);
    for chart in charts.timeline.iter() {
        flow.chart(chart);
    }
    if let Some(matched) = &story.matched {
        matched::draw(&mut flow, matched, &charts);
    }
    masking::draw(&mut flow, story.masking.as_ref(), &charts);
    let tone = charts.tone.iter().filter(|_| story.matched.is_none());
    for chart in tone.chain(&charts.translation).chain(&charts.loudness).chain(&charts.stereo) {
        flow.chart(chart);
    }
    note(&mut flow, &story);
    references(&mut flow, &story);
    findings::details(&mut flow, &story);
    tables(&mut flow, &story, &figures);
    let title = format!("{}: {}", words::shortened(&story.file, 60), story.sentence);
    flow.finish(&story.footer).to_pdf(&kind, &title, &format!("Plumbline {}", document.tool_version))
}

/// The note to the mixer, on a tinted ground that follows it over pages.
fn note(flow: &mut Flow<'_>, story: &Story) {
    const INDENT: f64 = 18.0;
    const LEADING: f64 = 17.0;
    flow.y += 24.0;
    let (from, to) = (LEFT + 14.0, RIGHT - 14.0);
    let title = "To the mixer";
    let mut lines: Vec<(f64, String, Look, Part)> = vec![(from, title.into(), HEADING, flow.begin_part(Role::Heading(2, title.into())))];
    let mut say = |x: f64, text: &str| {
        let part = flow.begin_part(Role::Paragraph);
        lines.extend(flow.wrap(text, BODY, to - x).into_iter().map(|l| (x, l, BODY, part)));
    };
    say(from, &story.note.lead);
    for (i, item) in story.note.items.iter().enumerate() {
        say(from + INDENT, &format!("{}. {item}", i + 1));
    }
    say(from, &story.note.close);
    lines.retain(|(_, text, _, _)| !text.is_empty());
    let height = lines.len() as f64 * LEADING + 20.0;
    flow.room(height.min(200.0));
    flow.bookmark(title);
    for (n, (x, text, look, part)) in lines.iter().enumerate() {
        let (above, below) = (if n == 0 { 10.0 } else { 0.0 }, if n + 1 == lines.len() { 10.0 } else { 0.0 });
        flow.room(LEADING + above + below);
        let y = flow.y;
        // The strips overlap a little, so that no hairline shows between them.
        flow.fill((LEFT, y), (RIGHT, y + above + LEADING + below + 0.4), PAPER_TINT, 1.0);
        flow.continue_part(*part, |flow| flow.line(*x, y + above + LEADING * 0.72, text, *look, Align::Left));
        flow.y += above + LEADING + below;
    }
}

/// Ground of the note.
const PAPER_TINT: super::chart::Colour = super::chart::Colour(0xf4, 0xf2, 0xed);

/// References, the legend of the marks, and the steps.
fn references(flow: &mut Flow<'_>, story: &Story) {
    const TEXT: f64 = LEFT + 76.0;
    flow.y += 20.0;
    flow.room(60.0);
    flow.rule(LEFT, RIGHT);
    flow.y += 8.0;
    let entry = |flow: &mut Flow<'_>, name: &str, text: &str| {
        flow.room(17.0);
        flow.part(Role::Paragraph, |flow| {
            flow.line(LEFT, flow.y + 12.0, name, Look { size: 11.5, ..SMALL }, Align::Left);
            flow.paragraph(TEXT, RIGHT, text, Look { size: 11.5, ..BODY }, 16.5);
        });
        flow.y += 4.0;
    };
    let named: Vec<String> = story
        .references
        .iter()
        .map(|r| r.remark.as_ref().map_or_else(|| format!("{} {}", r.mark, r.name), |remark| format!("{} {} ({remark})", r.mark, r.name)))
        .collect();
    let named = if named.is_empty() { "none given; held against the neutral range".into() } else { named.join(" \u{b7} ") };
    entry(flow, "References", &named);
    flow.room(40.0);
    flow.line(LEFT, flow.y + 12.0, "Read as", Look { size: 11.5, ..SMALL }, Align::Left);
    let mut x = TEXT;
    for status in [Status::Fail, Status::Warn, Status::Note] {
        flow.glyph(status, (x + 6.0, flow.y + 8.0));
        let word = words::status(status);
        let small = Look { size: 11.5, ..BODY };
        flow.line(x + 16.0, flow.y + 12.0, word, small, Align::Left);
        x += 16.0 + flow.width(word, small) + 14.0;
    }
    flow.y += 16.5;
    let legend = "The line is the limit or the middle of the allowed range, the band that range. The farther off, the worse.";
    flow.paragraph(TEXT, RIGHT, legend, Look { size: 11.5, ..BODY }, 16.5);
    flow.y += 4.0;
    for (n, step) in story.steps.iter().enumerate() {
        entry(flow, if n == 0 { "Steps" } else { "" }, step);
    }
}

fn tables(flow: &mut Flow<'_>, story: &Story, figures: &Figures) {
    let plain = look(Cut::Regular, 11.0, ink::T2);
    let left = |head, share, look| Column { head, share, align: Align::Left, look };
    let right = |head, share| Column { head, share, align: Align::Right, look: plain };
    flow.heading(&format!("All {} checks", story.checks.len()), "", 60.0);
    let columns = [
        left("Result", 0.9, plain),
        left("Check", 2.1, Look { size: 10.5, ..CODE }),
        right("Value", 1.25),
        right("Limit", 1.25),
        right("Lean", 0.55),
        right("Confidence", 0.9),
        left("Source of the limit", 3.2, plain),
    ];
    let rows: Vec<Vec<String>> = story
        .checks
        .iter()
        .map(|c| {
            vec![
                words::status(c.status).into(),
                c.code.clone(),
                c.value.clone(),
                c.limit.clone(),
                c.lean.clone(),
                c.confidence.clone(),
                c.source.clone(),
            ]
        })
        .collect();
    flow.table(&columns, &rows);
    if !figures.measured.is_empty() {
        flow.heading("All measurements", "", 23.0 * figures.measured.len() as f64 + 20.0);
        let rows: Vec<Vec<String>> = figures.measured.iter().map(|(a, b, c)| vec![a.clone(), b.clone(), (*c).into()]).collect();
        flow.table(
            &[left("Quantity", 2.0, plain), left("Value", 2.4, Look { colour: ink::INK, ..plain }), left("Definition", 3.0, plain)],
            &rows,
        );
    }
    flow.heading("Definitions and sources", "", 60.0);
    let rows: Vec<Vec<String>> = DEFINITIONS.iter().map(|d| vec![d.term.into(), d.meaning.into(), d.source.into()]).collect();
    flow.table(&[left("Term", 1.5, Look { size: 11.0, ..STRONG }), left("Meaning", 4.0, plain), left("Source", 1.7, plain)], &rows);
}
