//! The first page: verdict, key numbers, and the plumb line with the findings hung beside it; later, each in full.

use super::flow::{Align, BODY, CODE, Flow, LEFT, RIGHT, SMALL, STRONG};
use super::sheet::{Look, Mark, look};
use super::structure::Role;
use super::text::Cut;
use crate::report::chart::{ink, of_status};
use crate::report::story::{Row, Story};
use crate::report::words;

/// Where the line hangs, and where text begins beside it.
const LINE: f64 = 106.0;
const TEXT: f64 = 174.0;
/// Pixels a range width, and where a lean is cut off.
const UNIT: f64 = 14.5;
const MOST: f64 = 3.2;
/// Right end of the values, left end of the remedies.
const VALUE: f64 = 472.0;
const REMEDY: f64 = 486.0;

/// Head and findings.
pub(super) fn draw(flow: &mut Flow<'_>, story: &Story) {
    head(flow, story);
    flow.y += 30.0;
    flow.bookmark("Findings");
    let small = Look { size: 10.5, ..SMALL };
    let start = (flow.page(), flow.y - 8.0);
    flow.line(LEFT, flow.y + 4.0, "too little", small, Align::Left);
    flow.line(160.0, flow.y + 4.0, "too much", small, Align::Right);
    for (n, group) in story.groups.iter().filter(|g| !g.rows.is_empty()).enumerate() {
        if n > 0 {
            flow.y += 18.0;
            flow.room(60.0);
        }
        let heading = Role::Heading(2, group.title.into());
        flow.part(heading, |flow| flow.line(TEXT, flow.y + 4.0, group.title, Look { size: 12.5, ..STRONG }, Align::Left));
        flow.line(RIGHT, flow.y + 4.0, "found \u{b7} limit \u{b7} what to do", small, Align::Right);
        flow.y += 13.0;
        flow.part(Role::List, |flow| {
            for row in &group.rows {
                finding(flow, row);
            }
        });
    }
    if story.rows().next().is_none() {
        flow.y += 20.0;
        flow.line(TEXT, flow.y, "Every check that ran hangs true.", look(Cut::Regular, 14.0, ink::T2), Align::Left);
        flow.y += 18.0;
    }
    let end = (flow.page(), flow.y + 6.0);
    flow.rule(LEFT, RIGHT);
    flow.glyph(crate::diagnose::Status::Pass, (TEXT + 3.0, flow.y + 13.0));
    let passed = format!("{} of {} checks hang true", story.passed, story.judged_checks);
    flow.line(TEXT + 14.0, flow.y + 17.0, &passed, Look { size: 11.5, ..SMALL }, Align::Left);
    flow.y += 24.0;
    line(flow, start, end);
}

/// The plumb line from the top of the first page to the last finding, the shaded range, and the bob.
fn line(flow: &mut Flow<'_>, start: (usize, f64), end: (usize, f64)) {
    for page in start.0..=end.0 {
        let foot = if page == end.0 { end.1 } else { Flow::page_height() };
        let range_top = if page == start.0 { start.1 + 14.0 } else { 0.0 };
        let range_foot = if page == end.0 { end.1 - 8.0 } else { Flow::page_height() };
        let (a, b) = (LINE - UNIT / 2.0, LINE + UNIT / 2.0);
        flow.mark_below(page, Mark::Line { from: (LINE, 0.0), to: (LINE, foot), colour: ink::BRASS, width: 1.5, opacity: 1.0 });
        let band = vec![(a, range_top), (b, range_top), (b, range_foot), (a, range_foot)];
        flow.mark_below(page, Mark::Shape { points: band, colour: ink::BRASS, opacity: 0.11 });
    }
    let (x, y) = (LINE, end.1 - 2.0);
    let bob = [(0.0, 0.0), (4.0, 4.5), (2.5, 8.5), (0.0, 14.0), (-2.5, 8.5), (-4.0, 4.5)];
    flow.mark_below(end.0, Mark::Shape { points: bob.iter().map(|(a, b)| (x + a, y + b)).collect(), colour: ink::BRASS, opacity: 1.0 });
}

fn head(flow: &mut Flow<'_>, story: &Story) {
    flow.y = 40.0;
    let file = Look { colour: ink::T2, ..SMALL };
    let name = words::shortened(&story.file, 110);
    let told = format!("{name} \u{b7} {}", story.format);
    flow.paragraph(TEXT, RIGHT, &told, Look { size: 11.5, ..file }, 16.0);
    flow.y += 5.0;
    let verdict = Role::Heading(1, story.sentence.clone());
    flow.part(verdict, |flow| flow.paragraph(TEXT, RIGHT, &story.sentence, look(Cut::Display, 27.0, ink::INK), 33.0));
    flow.y += 2.0;
    flow.paragraph(TEXT, RIGHT, &story.summary, Look { size: 12.5, ..BODY }, 17.0);
    flow.paragraph(TEXT, RIGHT, &story.judged, Look { size: 11.5, ..SMALL }, 16.0);
    if story.keys.is_empty() {
        return;
    }
    flow.y += 22.0;
    let (big, unit) = (look(Cut::Display, 16.5, ink::INK), look(Cut::Regular, 11.5, ink::T2));
    let step = (RIGHT - TEXT) / story.keys.len().max(5) as f64;
    for (n, key) in story.keys.iter().enumerate() {
        let x = TEXT + step * n as f64;
        let wide = flow.width(&key.value.0, big);
        flow.part(Role::Paragraph, |flow| {
            flow.line(x, flow.y, &key.value.0, big, Align::Left);
            flow.line(x + wide + 4.0, flow.y, &key.value.1, unit, Align::Left);
            flow.line(x, flow.y + 17.0, key.label, SMALL, Align::Left);
        });
    }
    flow.y += 18.0;
}

fn finding(flow: &mut Flow<'_>, row: &Row) {
    let (strong, small, body) = (Look { size: 12.0, ..STRONG }, SMALL, Look { size: 11.5, ..BODY });
    let value = words::joined(&row.value);
    let title = flow.wrap(&row.title, strong, VALUE - 118.0 - TEXT);
    let place = flow.wrap(&row.place, small, VALUE - 104.0 - TEXT);
    let under = flow.wrap(row.limit.as_deref().unwrap_or(&row.source), small, 112.0);
    let remedy = flow.wrap(row.remedy.as_deref().unwrap_or("\u{2013}"), body, RIGHT - REMEDY);
    let lines = (title.len() + place.len()).max(1 + under.len()).max(remedy.len());
    let height = (lines as f64 * 15.0 + 8.0).max(36.0);
    flow.room(height);
    flow.rule(LEFT, RIGHT);
    let (y, middle) = (flow.y, flow.y + height / 2.0);
    stem(flow, row, middle);
    let item = flow.begin_part(Role::Item);
    let beside = title.last().map_or(0.0, |last| flow.width(last, strong));
    let mut say = |x: f64, at: f64, text: &str, look: Look, align: Align| {
        flow.continue_part(item, |flow| flow.line(x, at, text, look, align));
    };
    let mut at = middle - (title.len() + place.len()) as f64 * 7.5 + 11.0;
    for line in &title {
        say(TEXT, at, line, strong, Align::Left);
        at += 15.0;
    }
    if !title.is_empty() {
        let x = TEXT + beside + 6.0;
        say(x, at - 15.0, &row.number.to_string(), Look { size: 10.5, ..SMALL }, Align::Left);
    }
    for line in &place {
        say(TEXT, at - 0.5, line, small, Align::Left);
        at += 15.0;
    }
    let mut at = middle - (1 + under.len()) as f64 * 7.5 + 11.0;
    say(VALUE, at, &value, strong, Align::Right);
    for line in &under {
        at += 15.0;
        say(VALUE, at - 0.5, line, small, Align::Right);
    }
    let mut at = middle - remedy.len() as f64 * 7.5 + 11.0;
    for line in &remedy {
        say(REMEDY, at, line, body, Align::Left);
        at += 15.0;
    }
    flow.y = y + height;
}

/// Stem and glyph of a finding's lean.
fn stem(flow: &mut Flow<'_>, row: &Row, y: f64) {
    let x = LINE + row.lean.filter(|l| l.is_finite()).unwrap_or(0.0).clamp(-MOST, MOST) * UNIT;
    flow.mark(Mark::Line { from: (LINE, y), to: (x, y), colour: of_status(row.status), width: 1.4, opacity: 0.55 });
    flow.glyph(row.status, (x, y));
}

/// Every finding in full.
pub(super) fn details(flow: &mut Flow<'_>, story: &Story) {
    if story.rows().next().is_none() {
        return;
    }
    flow.heading("The findings in full", "", 120.0);
    for row in story.rows() {
        detail(flow, row);
    }
}

fn detail(flow: &mut Flow<'_>, row: &Row) {
    let limit = row.limit.as_ref().map_or_else(|| row.source.clone(), |l| format!("{l} \u{b7} {}", row.source));
    let place = if row.all_times.is_empty() { row.place.clone() } else { row.all_times.clone() };
    let found = [
        format!("found {}", words::joined(&row.value)),
        format!("limit {limit}"),
        words::lean(row.lean),
        format!("confidence {}", crate::units::number(row.confidence, 2)),
    ];
    let evidence: Vec<String> = row.evidence.iter().map(|(name, value)| format!("{} {value}", words::small(name))).collect();
    let facts = [("Measured", found.join("; ")), ("Where", place), ("Evidence", evidence.join("; "))];
    flow.room(96.0);
    flow.rule(LEFT, RIGHT);
    flow.y += 10.0;
    flow.glyph(row.status, (LEFT + 6.0, flow.y + 8.0));
    let head = Look { size: 12.5, ..STRONG };
    let heading = Role::Heading(3, row.title.clone());
    flow.part(heading, |flow| flow.line(LEFT + 20.0, flow.y + 12.0, &row.title, head, Align::Left));
    let x = LEFT + 20.0 + flow.width(&row.title, head) + 8.0;
    let word = format!("{} {}", words::status(row.status), row.number);
    flow.line(x, flow.y + 12.0, &word, SMALL, Align::Left);
    flow.line(RIGHT, flow.y + 12.0, &row.code, Look { size: 10.5, colour: ink::T3, ..CODE }, Align::Right);
    flow.y += 19.0;
    flow.paragraph(LEFT + 20.0, RIGHT, &row.why, BODY, 16.5);
    if let Some(remedy) = &row.remedy {
        flow.paragraph(LEFT + 20.0, RIGHT, &format!("What to do: {remedy}"), Look { colour: ink::INK, ..BODY }, 16.5);
    }
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        flow.room(15.0);
        flow.part(Role::Paragraph, |flow| {
            flow.line(LEFT + 20.0, flow.y + 10.8, name, SMALL, Align::Left);
            flow.paragraph(LEFT + 84.0, RIGHT, value, Look { size: 11.0, ..BODY }, 15.0);
        });
    }
    flow.y += 10.0;
}
