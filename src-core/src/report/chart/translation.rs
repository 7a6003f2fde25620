//! What is left elsewhere: systems by regions. Each column is a plumb line, what the references keep; a mark left of it is lost, right of it
//! too much; the band is the tolerance of the model.

use super::paper::{Sheet, Side, Type, ink};
use super::{Chart, Table};
use crate::Result;
use crate::compare::translation::{REGIONS, RegionHeard, SystemHeard, Translation};
use crate::diagnose::{Finding, Status};
use crate::models::system::Basis;
use crate::report::{Document, words};
use crate::units::number;

const WIDTH: f64 = 690.0;
const ROW: f64 = 21.0;
const TOP: f64 = 44.0;
/// Right edge of the score column, and left edge of the first region.
const SCORE: f64 = 200.0;
const LEFT: f64 = 210.0;
/// Height of the gap between kinds of places.
const GAP: f64 = 9.0;
/// Most that is shown to either side, LU.
const MOST_LU: f64 = 6.0;
/// Where the line hangs in its column, and how far marks and bands reach to either side of it.
const LINE_AT: f64 = 32.0;
const REACH: f64 = 16.0;
/// What lies closer to the line is quiet, LU.
const QUIET_LU: f64 = 1.0;

/// Systems are parted where the kind of place changes; the document holds them in that order. Names that begin a kind.
const FIRST_OF_KIND: [&str; 4] = ["earbuds_anc", "studio_monitors", "car_parked", "club_pa"];

/// Draws the chart, if the file was played on any system.
pub(super) fn draw(doc: &Document) -> Result<Option<Chart>> {
    let Some(translation) = doc.translation.as_ref().filter(|t| !t.systems.is_empty()) else { return Ok(None) };
    let mut ys = Vec::new();
    let mut y = TOP + ROW / 2.0;
    for (index, system) in translation.systems.iter().enumerate() {
        if index > 0 && FIRST_OF_KIND.contains(&system.system.as_str()) {
            y += GAP;
        }
        ys.push(y);
        y += ROW;
    }
    let bottom = y - ROW / 2.0;
    let height = bottom + 34.0;
    let summary = summary(translation);
    let svg = Sheet::draw(WIDTH, height, &summary, |sheet| {
        head(sheet, bottom)?;
        for (system, y) in translation.systems.iter().zip(&ys) {
            if FIRST_OF_KIND.contains(&system.system.as_str()) && *y > TOP + ROW {
                let between = y - (ROW + GAP) / 2.0;
                sheet.line((0.0, between), (WIDTH, between), ink::LINE, 1.0)?;
            }
            row(sheet, system, &doc.findings, *y)?;
        }
        legend(sheet, bottom + 20.0)
    })?;
    Ok(Some(Chart {
        id: "elsewhere",
        title: "Elsewhere".into(),
        caption: format!("each line is what {} keeps there; the band is the tolerance of the model; LU", translation.against),
        summary,
        svg,
        width: WIDTH,
        height,
        table: table(translation),
    }))
}

fn column_width() -> f64 {
    (WIDTH - LEFT) / REGIONS.len() as f64
}

/// The plumb line of a column; its numbers stand in a column of their own at the right, where no mark reaches.
fn line_x(column: usize) -> f64 {
    LEFT + column_width() * column as f64 + LINE_AT
}

fn head(sheet: &Sheet<'_>, bottom: f64) -> Result<()> {
    let strong = Type { bold: true, colour: ink::INK, ..Type::AXIS };
    sheet.text((SCORE, 12.0), "Score", strong, Side::Left)?;
    sheet.text((SCORE, 27.0), "of 100", Type::AXIS, Side::Left)?;
    for (column, region) in REGIONS.iter().enumerate() {
        let x = line_x(column);
        sheet.text((x, 12.0), region.label, strong, Side::Middle)?;
        sheet.text((x, 27.0), &words::band(region.hz), Type::AXIS, Side::Middle)?;
        sheet.line((x, TOP - 6.0), (x, bottom + 3.0), ink::BRASS, 1.0)?;
        let y = bottom + 3.0;
        sheet.fill(&[(x, y), (x + 3.0, y + 4.0), (x, y + 9.0), (x - 3.0, y + 4.0)], ink::BRASS, 1.0)?;
    }
    Ok(())
}

fn row(sheet: &Sheet<'_>, system: &SystemHeard, findings: &[Finding], y: f64) -> Result<()> {
    mark(sheet, system.basis, (7.0, y))?;
    let found = |f: &&Finding| f.system.as_deref() == Some(system.system.as_str()) && f.status >= Status::Warn;
    let leans = findings.iter().any(|f| found(&f));
    let name = Type { size: 11.5, bold: leans, colour: if leans { ink::INK } else { ink::T2 } };
    sheet.text((20.0, y), &words::shortened(&system.title, 25), name, Side::Right)?;
    sheet.text((SCORE, y), &number(system.score, 0), name, Side::Left)?;
    for (column, region) in system.regions.iter().enumerate() {
        cell(sheet, region, column, y)?;
    }
    Ok(())
}

/// Pixels a LU.
const SCALE: f64 = REACH / MOST_LU;

fn cell(sheet: &Sheet<'_>, region: &RegionHeard, column: usize, y: f64) -> Result<()> {
    let x = line_x(column);
    if !region.heard {
        sheet.rect((x - 6.0, y - 6.0), (x + 6.0, y + 6.0), ink::PAPER, 1.0)?;
        return sheet.line((x - 4.0, y), (x + 4.0, y), ink::T3, 1.2);
    }
    let beyond = &region.beyond_lu;
    let half = ((beyond.high - beyond.low) / 2.0).clamp(QUIET_LU, MOST_LU) * SCALE;
    sheet.rect((x - half, y - 6.0), (x + half, y + 6.0), ink::REFERENCE, 0.16)?;
    let at = x + beyond.value.clamp(-MOST_LU, MOST_LU) * SCALE;
    let surely = beyond.low > QUIET_LU || beyond.high < -QUIET_LU;
    if !surely {
        return sheet.dot((at, y), 2.6, ink::T2);
    }
    sheet.line((x, y), (at, y), ink::WARNING, 1.4)?;
    sheet.glyph(Status::Warn, (at, y), 4.6)?;
    let type_ = Type { size: 10.5, bold: true, colour: ink::INK };
    // From 10 LU on tenths say nothing, and would reach the marks.
    let decimals = usize::from(beyond.value.abs() < 9.95);
    sheet.text((x - LINE_AT + column_width() - 1.0, y), &words::signed(beyond.value, decimals), type_, Side::Left)
}

/// Filled square measured, half partly, empty estimated.
fn mark(sheet: &Sheet<'_>, basis: Basis, (x, y): (f64, f64)) -> Result<()> {
    const R: f64 = 4.0;
    sheet.path(&[(x - R, y - R), (x + R, y - R), (x + R, y + R), (x - R, y + R), (x - R, y - R)], ink::T3, 1.0)?;
    match basis {
        Basis::Measured => sheet.rect((x - 2.0, y - 2.0), (x + 2.0, y + 2.0), ink::T2, 1.0),
        Basis::Partly => sheet.rect((x - 2.0, y), (x + 2.0, y + 2.0), ink::T2, 1.0),
        Basis::Estimated => Ok(()),
    }
}

fn legend(sheet: &Sheet<'_>, y: f64) -> Result<()> {
    let mut x = 7.0;
    for (basis, word, width) in [(Basis::Measured, "measured", 74.0), (Basis::Partly, "partly", 54.0), (Basis::Estimated, "estimated", 0.0)]
    {
        mark(sheet, basis, (x, y))?;
        sheet.text((x + 10.0, y), word, Type::AXIS, Side::Right)?;
        x += width;
    }
    sheet.text((LEFT, y), "\u{2190} softer than the references", Type::AXIS, Side::Right)?;
    sheet.text((WIDTH / 2.0 + LEFT / 2.0 + 20.0, y), "\u{2013} nobody keeps it", Type::AXIS, Side::Middle)?;
    sheet.text((WIDTH, y), "louder \u{2192}", Type::AXIS, Side::Left)
}

fn summary(translation: &Translation) -> String {
    let worst = translation.systems.iter().min_by(|a, b| a.score.total_cmp(&b.score));
    let lost = |s: &SystemHeard| {
        let heard = s.regions.iter().filter(|r| r.heard);
        heard.min_by(|a, b| a.beyond_lu.value.total_cmp(&b.beyond_lu.value)).map_or_else(String::new, |r| {
            let label = REGIONS.iter().find(|known| known.id == r.region).map_or("", |known| known.label);
            format!(", {} {} LU", words::small(label), words::signed(r.beyond_lu.value, 1))
        })
    };
    worst.map_or_else(String::new, |s| {
        format!(
            "Heard on {} systems beside {}; least is left {}: score {}{}.",
            translation.systems.len(),
            translation.against,
            s.place,
            number(s.score, 0),
            lost(s)
        )
    })
}

fn table(translation: &Translation) -> Table {
    let mut head = vec!["System".to_owned(), "Score".into()];
    head.extend(REGIONS.iter().map(|r| format!("{}, LU", r.label)));
    head.extend(["Bass line, LU".into(), "Mono, LU".into(), "Sinks in noise, %".into()]);
    let rows = translation.systems.iter().map(|s| {
        let mut row = vec![s.title.clone(), number(s.score, 0)];
        let cell = |r: &RegionHeard| if r.heard { words::signed(r.beyond_lu.value, 1) } else { "\u{2013}".into() };
        row.extend(s.regions.iter().map(cell));
        row.push(words::signed(s.bass_line.beyond_lu.value, 1));
        row.push(words::signed(s.mono_lu, 1));
        row.push(number(100.0 * s.sunk.share, 0));
        row
    });
    Table { head, rows: rows.collect() }
}
