//! Where: the waveform with every finding above the stretch it was found in.

use super::paper::{Sheet, Side, Type, ink, of_status};
use super::{Chart, Table};
use crate::Result;
use crate::report::figures::Figures;
use crate::report::story::{Row, Story};
use crate::report::words;
use crate::units::moment;

pub(super) const WIDTH: f64 = 690.0;
/// Most points drawn of a waveform: one for each pixel is all that can be seen.
const POINTS: usize = 690;
/// Most lanes for findings; what does not fit shares the last one.
const LANES: usize = 6;
const LANE: f64 = 13.0;
const WAVE: f64 = 56.0;

/// Draws the chart, if the file has a length.
pub(super) fn draw(story: &Story, figures: &Figures) -> Result<Option<Chart>> {
    if story.duration_s <= 0.0 || figures.outline.values.is_empty() {
        return Ok(None);
    }
    let placed = lanes(story);
    let count = placed.iter().map(|(lane, _)| lane + 1).max().unwrap_or(0);
    let top = count as f64 * LANE + 6.0;
    let height = top + WAVE + 24.0;
    let summary = summary(story);
    let x = |s: f64| (s / story.duration_s).clamp(0.0, 1.0) * WIDTH;
    let svg = Sheet::draw(WIDTH, height, &summary, |sheet| {
        waveform(sheet, figures, &x, top)?;
        for (lane, row) in &placed {
            bar(sheet, row, *lane as f64 * LANE + LANE / 2.0, &x)?;
        }
        if figures.sections.is_empty() { clock(sheet, story.duration_s, &x, top + WAVE) } else { sections(sheet, figures, &x, top) }
    })?;
    Ok(Some(Chart {
        id: "where",
        title: "Where".into(),
        caption: "findings over the song, by their numbers".into(),
        summary,
        svg,
        width: WIDTH,
        height,
        table: table(story),
    }))
}

/// Gives each finding that has a place a lane where it covers no other; the heaviest lie nearest the top.
fn lanes(story: &Story) -> Vec<(usize, &Row)> {
    let room = story.duration_s * 14.0 / WIDTH;
    let mut used: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut out = Vec::new();
    let mut rows: Vec<&Row> = story.rows().filter(|r| !r.times.is_empty()).collect();
    rows.sort_by_key(|r| (std::cmp::Reverse(r.status), r.number));
    for row in rows {
        let spans: Vec<(f64, f64)> = row.times.iter().map(|t| (t.start_s - room, t.end_s + room)).collect();
        let free = |lane: &Vec<(f64, f64)>| spans.iter().all(|s| lane.iter().all(|u| s.1 <= u.0 || s.0 >= u.1));
        let lane = used.iter().position(free).unwrap_or(used.len()).min(LANES - 1);
        if lane >= used.len() {
            used.push(Vec::new());
        }
        if let Some(taken) = used.get_mut(lane) {
            taken.extend(spans);
        }
        out.push((lane, row));
    }
    out
}

fn bar(sheet: &Sheet<'_>, row: &Row, y: f64, x: &impl Fn(f64) -> f64) -> Result<()> {
    let colour = of_status(row.status);
    let mut named = f64::NEG_INFINITY;
    for time in &row.times {
        let (from, to) = (x(time.start_s), x(time.end_s));
        // The glyph stands at the beginning but never outside the picture.
        let at = from.clamp(5.0, WIDTH - 5.0);
        sheet.line((from, y), (to.max(from + 1.0), y), colour, 1.8)?;
        sheet.glyph(row.status, (at, y), 4.0)?;
        // The number is repeated only where there is room for it.
        if at > named + 40.0 {
            let number = Type { size: 10.0, bold: true, colour };
            let label = row.number.to_string();
            let wide = label.len() as f64 * 6.5 + 4.0;
            // Inside a long bar, behind a short one.
            let x = if to - at > wide + 16.0 { at + 8.0 } else { to.max(at + 5.0) + 3.0 };
            if x + wide < WIDTH {
                sheet.rect((x - 2.0, y - 5.0), (x + wide - 1.0, y + 5.0), ink::PAPER, 1.0)?;
                sheet.text((x, y), &label, number, Side::Right)?;
            }
            named = at;
        }
    }
    Ok(())
}

/// The peak outline, mirrored, drawn as one shape.
fn waveform(sheet: &Sheet<'_>, figures: &Figures, x: &impl Fn(f64) -> f64, top: f64) -> Result<()> {
    let middle = top + WAVE / 2.0;
    let half = |peak: f64| (peak.clamp(0.0, 1.0) * WAVE / 2.0).max(0.35);
    let points = figures.outline.reduced(POINTS);
    let upper = points.iter().map(|&(t, p)| (x(t), middle - half(p)));
    let lower = points.iter().rev().map(|&(t, p)| (x(t), middle + half(p)));
    let shape: Vec<_> = upper.chain(lower).collect();
    sheet.line((0.0, middle), (WIDTH, middle), ink::LINE, 1.0)?;
    if shape.len() < 4 { Ok(()) } else { sheet.fill(&shape, ink::WAVE, 1.0) }
}

fn sections(sheet: &Sheet<'_>, figures: &Figures, x: &impl Fn(f64) -> f64, top: f64) -> Result<()> {
    let mut free = f64::NEG_INFINITY;
    for section in &figures.sections {
        let at = x(section.start_s).max(0.5);
        sheet.line((at, top), (at, top + WAVE + 18.0), ink::LINE, 1.0)?;
        let label = format!("{} {}", section.name, moment(section.start_s));
        let wide = label.chars().count() as f64 * 5.9;
        if at > free && at + wide < WIDTH {
            sheet.text((at + 4.0, top + WAVE + 12.0), &label, Type::AXIS, Side::Right)?;
            free = at + wide + 6.0;
        }
    }
    Ok(())
}

/// Times below a plot, at round steps.
pub(super) fn clock(sheet: &Sheet<'_>, duration_s: f64, x: &impl Fn(f64) -> f64, y: f64) -> Result<()> {
    const STEPS: [f64; 15] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0];
    let step = STEPS.into_iter().find(|s| duration_s / s <= 9.0).unwrap_or(7200.0);
    let ticks = (duration_s / step).floor() as usize;
    for k in 0..=ticks.min(20) {
        let s = k as f64 * step;
        let at = x(s);
        sheet.line((at, y), (at, y + 4.0), ink::ZERO, 1.0)?;
        let label = if step < 1.0 { format!("{}{}s", crate::units::number(s, 2), words::NBSP) } else { moment(s) };
        let side = if k == 0 { Side::Right } else { Side::Middle };
        if at < WIDTH - 14.0 {
            sheet.text((if k == 0 { at - 1.0 } else { at }, y + 13.0), &label, Type::AXIS, side)?;
        }
    }
    Ok(())
}

fn summary(story: &Story) -> String {
    let placed = story.rows().filter(|r| !r.times.is_empty()).count();
    let whole = story.rows().count() - placed;
    let mut text = format!("Waveform of {} with {} marked in time", words::length(story.duration_s), plural(placed, "finding"));
    if whole > 0 {
        text.push_str(&format!(
            "; {} the whole file",
            if whole == 1 { "one concerns".into() } else { format!("{} concern", words::count(whole)) }
        ));
    }
    text + "."
}

fn plural(n: usize, noun: &str) -> String {
    if n == 1 { format!("one {noun}") } else { format!("{} {noun}s", words::count(n)) }
}

fn table(story: &Story) -> Table {
    Table {
        head: ["No.", "Finding", "Where"].map(String::from).to_vec(),
        rows: story
            .rows()
            .map(|r| {
                vec![r.number.to_string(), r.title.clone(), if r.times.is_empty() { "throughout".into() } else { r.all_times.clone() }]
            })
            .collect(),
    }
}
