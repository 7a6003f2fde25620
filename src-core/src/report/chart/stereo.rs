//! Width by band: the side against the mid, with the range of the references as a bar and the file as a dot.

use super::paper::{Sheet, Side, Type, ink};
use super::{Chart, Table};
use crate::Result;
use crate::report::figures::{Figures, StereoBand};
use crate::report::words;
use crate::units::number;

const WIDTH: f64 = 690.0;
const ROW: f64 = 24.0;
const LEFT: f64 = 110.0;
const RIGHT: f64 = 150.0;
/// Axis of side against mid, dB: from all but mono to a side louder than the mid.
const FROM: f64 = -36.0;
const TO: f64 = 6.0;

/// Draws the chart, if any band has a side.
pub(super) fn draw(figures: &Figures) -> Result<Option<Chart>> {
    let bands = &figures.stereo;
    if !bands.iter().any(|b| b.width_db.is_some_and(f64::is_finite)) {
        return Ok(None);
    }
    let with_range = bands.iter().any(|b| b.range_db.is_some());
    let height = ROW * bands.len() as f64 + 58.0;
    let summary = summary(bands);
    let svg = Sheet::draw(WIDTH, height, &summary, |sheet| {
        let width = WIDTH - LEFT - RIGHT;
        let x = |db: f64| LEFT + (db.clamp(FROM, TO) - FROM) / (TO - FROM) * width;
        let bottom = 24.0 + ROW * bands.len() as f64;
        sheet.text((LEFT - 10.0, 10.0), "band", Type::AXIS, Side::Left)?;
        sheet.text((WIDTH - 84.0, 10.0), "side \u{2212} mid", Type::AXIS, Side::Left)?;
        sheet.text((WIDTH - 4.0, 10.0), "correlation", Type::AXIS, Side::Left)?;
        for db in [-36.0, -30.0, -24.0, -18.0, -12.0, -6.0, 0.0, 6.0] {
            let colour = if db == 0.0 { ink::ZERO } else { ink::LINE };
            sheet.line((x(db), 20.0), (x(db), bottom), colour, 1.0)?;
            let label = words::signed(db, 0);
            sheet.text((x(db), bottom + 12.0), &label, Type::AXIS, Side::Middle)?;
        }
        sheet.text((LEFT, bottom + 27.0), "narrower", Type::AXIS, Side::Right)?;
        sheet.text((x(TO), bottom + 27.0), "wider, dB", Type::AXIS, Side::Left)?;
        // Highest band on top, as on a mixing desk's analyser turned on its side.
        for (row, band) in bands.iter().rev().enumerate() {
            let y = 20.0 + ROW * (row as f64 + 0.5);
            one(sheet, band, y, &x)?;
        }
        Ok(())
    })?;
    let caption = if with_range { "side against mid; the bar is the range of the references" } else { "side against mid" };
    Ok(Some(Chart {
        id: "stereo",
        title: "Stereo by band".into(),
        caption: caption.into(),
        summary,
        svg,
        width: WIDTH,
        height,
        table: table(bands),
    }))
}

fn one(sheet: &Sheet<'_>, band: &StereoBand, y: f64, x: &impl Fn(f64) -> f64) -> Result<()> {
    let plain = Type { colour: ink::T2, ..Type::AXIS };
    sheet.text((LEFT - 10.0, y), &words::band(band.band_hz), plain, Side::Left)?;
    if let Some([low, high]) = band.range_db {
        sheet.rect((x(low), y - 5.5), (x(high).max(x(low) + 2.0), y + 5.5), ink::REFERENCE, 0.2)?;
    }
    let width = match band.width_db {
        Some(db) if db.is_finite() => {
            sheet.dot((x(db), y), 4.0, ink::INK)?;
            words::signed(db, 1)
        }
        _ => "mono".into(),
    };
    sheet.text((WIDTH - 84.0, y), &width, plain, Side::Left)?;
    let correlation = band.correlation.map_or_else(|| "\u{2013}".into(), |c| words::signed(c, 2));
    sheet.text((WIDTH - 4.0, y), &correlation, plain, Side::Left)
}

fn summary(bands: &[StereoBand]) -> String {
    let out: Vec<String> = bands
        .iter()
        .filter_map(|b| {
            let (width, [low, high]) = (b.width_db?, b.range_db?);
            let name = words::band(b.band_hz);
            if width > high {
                Some(format!("{name} {} dB wider", number(width - high, 1)))
            } else if width < low {
                Some(format!("{name} {} dB narrower", number(low - width, 1)))
            } else {
                None
            }
        })
        .collect();
    let ranged = bands.iter().any(|b| b.range_db.is_some());
    match (ranged, out.is_empty()) {
        (true, true) => "Stereo width: every band lies inside the range.".into(),
        (true, false) => format!("Stereo width against the range: {}.", out.join(", ")),
        (false, _) => {
            let least = bands.iter().filter_map(|b| Some((b.correlation?, b.band_hz))).min_by(|a, b| a.0.total_cmp(&b.0));
            least.map_or_else(
                || "Stereo width by band.".into(),
                |(c, hz)| format!("Stereo width by band; the lowest correlation is {} at {}.", words::signed(c, 2), words::band(hz)),
            )
        }
    }
}

fn table(bands: &[StereoBand]) -> Table {
    let head = ["Band", "Side \u{2212} mid, dB", "Range, dB", "Correlation"].map(String::from).to_vec();
    let rows = bands
        .iter()
        .map(|b| {
            vec![
                words::band(b.band_hz),
                b.width_db.filter(|w| w.is_finite()).map_or_else(|| "mono".into(), |w| words::signed(w, 1)),
                b.range_db.map_or_else(|| "\u{2013}".into(), |[l, h]| format!("{} to {}", words::signed(l, 1), words::signed(h, 1))),
                b.correlation.map_or_else(|| "\u{2013}".into(), |c| words::signed(c, 2)),
            ]
        })
        .collect();
    Table { head, rows }
}
