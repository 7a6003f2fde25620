//! Masking: loudness lost over time and frequency with what is worst outlined, and who loses to whom.

use super::paper::{Colour, FREQUENCY_TICKS, Sheet, Side, Type, ink};
use super::timeline::clock;
use super::{Chart, Table};
use crate::Result;
use crate::report::{Document, Masking, MaskingBasis};
use crate::stems::{Pair, Picture, Region};
use crate::units::number;

const WIDTH: f64 = 690.0;
const LEFT: f64 = 44.0;
const HEIGHT: f64 = 210.0;
const TOP: f64 = 24.0;
/// Nothing lost to the end of the scale; on paper the darker, the more is covered.
const RAMP: [Colour; 7] = [
    Colour(0xf7, 0xf5, 0xf1),
    Colour(0xf6, 0xe3, 0xc8),
    Colour(0xf0, 0xbf, 0x93),
    Colour(0xe2, 0x87, 0x5c),
    Colour(0xb8, 0x60, 0x5f),
    Colour(0x7d, 0x48, 0x70),
    Colour(0x33, 0x2d, 0x57),
];
/// Range of frequencies shown, Hz.
const SHOWN_HZ: (f64, f64) = (50.0, 16_000.0);

/// The picture over time and frequency, if the document has one.
pub(super) fn picture(doc: &Document) -> Result<Option<Chart>> {
    let Some(masking) = doc.masking.as_ref().filter(|m| !m.picture.lost_lu.is_empty()) else { return Ok(None) };
    let picture = &masking.picture;
    let duration_s = doc.input.duration_s.max(picture.column_s);
    let summary = summary(doc, masking);
    let height = TOP + HEIGHT + 30.0;
    let svg = Sheet::draw(WIDTH, height, &summary, |sheet| {
        let x = |s: f64| LEFT + (s / duration_s).clamp(0.0, 1.0) * (WIDTH - LEFT);
        legend(sheet, masking.basis, masking.picture.most_lu)?;
        cells(sheet, picture, &x)?;
        for (hz, label) in FREQUENCY_TICKS.into_iter().filter(|(hz, _)| (SHOWN_HZ.0..=SHOWN_HZ.1).contains(hz)) {
            sheet.line((LEFT - 4.0, y(hz)), (LEFT, y(hz)), ink::ZERO, 1.0)?;
            sheet.text((LEFT - 8.0, y(hz)), label, Type::AXIS, Side::Left)?;
        }
        for (i, region) in picture.regions.iter().enumerate() {
            outline(sheet, region, colour_of(i), &x)?;
        }
        labels(sheet, &picture.regions, &x)?;
        clock(sheet, duration_s, &x, TOP + HEIGHT)
    })?;
    Ok(Some(Chart {
        id: "masking",
        title: "Masking".into(),
        caption: match masking.basis {
            MaskingBasis::Stems => "loudness that stems take from each other; the worst outlined".into(),
            MaskingBasis::Estimate => format!("an estimate from the mix alone, {}", usual(doc)),
        },
        summary,
        svg,
        width: WIDTH,
        height,
        table: table(masking),
    }))
}

fn y(hz: f64) -> f64 {
    let share = (hz / SHOWN_HZ.0).ln() / (SHOWN_HZ.1 / SHOWN_HZ.0).ln();
    TOP + HEIGHT * (1.0 - share.clamp(0.0, 1.0))
}

/// What the estimate is held against.
fn usual(doc: &Document) -> String {
    let against = doc.comparison.as_ref().filter(|c| !c.references.is_empty()).map(|c| c.against.as_str());
    against.map_or_else(|| "against the middle of the song itself".into(), |against| format!("against the middle of {against}"))
}

/// The shade of a loss on a scale that ends at `most_lu`.
fn shade(lost_lu: u8, most_lu: f64) -> usize {
    let share = f64::from(lost_lu) / most_lu.max(1.0);
    ((share * RAMP.len() as f64) as usize).min(RAMP.len() - 1)
}

/// What is left of a loudness that a loss in LU is taken from: ten halve it.
fn left_of(lost_lu: f64) -> String {
    match (100.0 * 0.5f64.powf(lost_lu / 10.0)).round() {
        50.0 => "half".into(),
        25.0 => "a quarter".into(),
        // The scale of stems ends at 34 LU, a little under a tenth.
        9.0 | 10.0 => "a tenth".into(),
        percent => format!("{} %", number(percent, 0)),
    }
}

fn legend(sheet: &Sheet<'_>, basis: MaskingBasis, most_lu: f64) -> Result<()> {
    let from = WIDTH - 190.0;
    let left = left_of(most_lu);
    let (least, most) = match basis {
        MaskingBasis::Stems => ("all is heard", format!("{left} is left")),
        MaskingBasis::Estimate => ("as usual", format!("{left} of it")),
    };
    sheet.text((from - 6.0, 8.0), least, Type::AXIS, Side::Left)?;
    for (i, colour) in RAMP.into_iter().enumerate() {
        sheet.rect((from + 14.0 * i as f64, 3.0), (from + 14.0 * (i + 1) as f64, 13.0), colour, 1.0)?;
    }
    sheet.text((from + 104.0, 8.0), &most, Type::AXIS, Side::Right)
}

/// Runs of one shade along time, so that the drawing stays small.
fn cells(sheet: &Sheet<'_>, picture: &Picture, x: &impl Fn(f64) -> f64) -> Result<()> {
    let rows = picture.rows_hz.len().max(1);
    let columns = picture.lost_lu.len() / rows;
    sheet.rect((LEFT, TOP), (WIDTH, TOP + HEIGHT), RAMP[0], 1.0)?;
    let edge = |row: usize| {
        let hz = |r: usize| picture.rows_hz.get(r).copied();
        match (row.checked_sub(1).and_then(hz), hz(row)) {
            (Some(a), Some(b)) => y((a * b).sqrt()),
            (None, _) => TOP + HEIGHT,
            (_, None) => TOP,
        }
    };
    let at = |column: usize, row: usize| picture.lost_lu.get(column * rows + row).map_or(0, |lu| shade(*lu, picture.most_lu));
    for row in 0..rows {
        let mut start = 0;
        while start < columns {
            let level = at(start, row);
            let end = (start..columns).find(|c| at(*c, row) != level).unwrap_or(columns);
            if level > 0 {
                let colour = RAMP.get(level).copied().unwrap_or(ink::INK);
                let (from, to) = (x(start as f64 * picture.column_s), x(end as f64 * picture.column_s));
                sheet.rect((from, edge(row + 1)), (to, edge(row)), colour, 1.0)?;
            }
            start = end;
        }
    }
    Ok(())
}

/// The worst region stands out.
fn colour_of(region: usize) -> Colour {
    if region == 0 { ink::FAULT } else { ink::WARNING }
}

fn outline(sheet: &Sheet<'_>, region: &Region, colour: Colour, x: &impl Fn(f64) -> f64) -> Result<()> {
    let (top, bottom) = (y(region.band_hz[1]), y(region.band_hz[0]));
    for time in region.time.iter().filter(|t| t.duration_s() > 0.0).take(12) {
        let (from, to) = (x(time.start_s), x(time.end_s).max(x(time.start_s) + 2.0));
        let corners = [(from, top), (to, top), (to, bottom), (from, bottom), (from, top)];
        sheet.path(&corners, colour, if colour == ink::FAULT { 1.8 } else { 1.0 })?;
    }
    Ok(())
}

/// What is outlined, in words, once for each kind, where there is room: the worst first.
fn labels(sheet: &Sheet<'_>, regions: &[Region], x: &impl Fn(f64) -> f64) -> Result<()> {
    const HALF: f64 = 8.0;
    let mut placed: Vec<(f64, f64, f64)> = Vec::new();
    for (i, region) in regions.iter().enumerate().filter(|(i, r)| regions.iter().take(*i).all(|earlier| earlier.label != r.label)) {
        let Some(longest) = region.time.iter().max_by(|a, b| a.duration_s().total_cmp(&b.duration_s())) else { continue };
        let wide = region.label.chars().count() as f64 * 6.2 + 8.0;
        let left = x(longest.start_s).min(WIDTH - wide);
        let free = |middle: &f64| {
            let inside = *middle - HALF >= TOP && *middle + HALF <= TOP + HEIGHT;
            inside && placed.iter().all(|(from, to, at)| left > *to || left + wide < *from || (middle - at).abs() > 2.0 * HALF)
        };
        let Some(middle) = [y(region.band_hz[1]) - HALF - 1.0, y(region.band_hz[0]) + HALF + 1.0].into_iter().find(free) else { continue };
        placed.push((left, left + wide, middle));
        sheet.rect((left, middle - HALF), (left + wide, middle + HALF), ink::PAPER, 0.9)?;
        sheet.text((left + 4.0, middle), &region.label, Type::label(colour_of(i)), Side::Right)?;
    }
    Ok(())
}

fn summary(doc: &Document, masking: &Masking) -> String {
    if masking.basis == MaskingBasis::Estimate {
        return format!(
            "Loudness that the sides take from the centre and the low mids from a voice beyond the usual, over time and frequency, {}; an estimate.",
            usual(doc)
        );
    }
    let critical: Vec<&Pair> = masking.pairs.iter().filter(|p| p.critical).collect();
    match critical.first() {
        None => "Loudness that stems take from each other over time and frequency; none is covered critically.".into(),
        Some(worst) => format!(
            "Loudness that stems take from each other over time and frequency; {} critical, worst {} over {}.",
            critical.len(),
            worst.masker,
            worst.maskee
        ),
    }
}

fn table(masking: &Masking) -> Table {
    let percent = |r: f64| format!("{}\u{a0}%", number(100.0 * r, 0));
    let row = |p: &Pair| {
        let band = format!("{}\u{2013}{}\u{a0}Hz", number(p.band_hz[0], 0), number(p.band_hz[1], 0));
        let after = p.after.map_or_else(|| "\u{2013}".into(), percent);
        vec![p.masker.clone(), p.maskee.clone(), band, percent(p.ratio), percent(p.after_3_db_down), after]
    };
    let rows: Vec<Vec<String>> = masking.pairs.iter().filter(|p| p.critical).map(row).collect();
    Table { head: ["Covers", "Covered", "Band", "Left", "Left if 3 dB softer", "After the moves"].map(String::from).to_vec(), rows }
}

/// Who loses how much to whom, if there are stems.
pub(super) fn matrix(doc: &Document) -> Result<Option<Chart>> {
    /// More do not fit a page; the table has them all.
    const MOST: usize = 14;
    let Some(masking) = doc.masking.as_ref().filter(|m| !m.matrix.is_empty()) else { return Ok(None) };
    let names: Vec<&str> = masking.stems.iter().map(|s| s.name.as_str()).take(MOST).collect();
    let short = |name: &str, most: usize| name.rsplit_once('.').map_or(name, |(stem, _)| stem).chars().take(most).collect::<String>();
    let (left, top, cell) = (150.0, 70.0, ((WIDTH - 150.0) / names.len().max(1) as f64).min(54.0));
    let row = 24.0;
    let height = top + row * names.len() as f64 + 8.0;
    let loss = |maskee: &str, masker: &str| masking.matrix.iter().find(|c| c.maskee == maskee && c.masker == masker).map(|c| c.lost_lu);
    let worst = masking.matrix.iter().max_by(|a, b| a.lost_lu.total_cmp(&b.lost_lu));
    let summary = worst.map_or_else(String::new, |w| {
        format!("What each stem loses to each other; most {} to {}, {}\u{a0}LU.", w.maskee, w.masker, number(w.lost_lu, 1))
    });
    let svg = Sheet::draw(WIDTH, height, &summary, |sheet| {
        for (i, name) in names.iter().enumerate() {
            let x = left + cell * (i as f64 + 0.5);
            // Two heights, so that neighbours do not touch.
            let y = if i % 2 == 0 { top - 12.0 } else { top - 28.0 };
            sheet.text((x, y), &short(name, 14), Type::AXIS, Side::Middle)?;
            sheet.text(
                (left - 10.0, top + row * (i as f64 + 0.5)),
                &short(name, 22),
                Type { colour: ink::INK, ..Type::AXIS },
                Side::Left,
            )?;
        }
        for (r, maskee) in names.iter().enumerate() {
            for (c, masker) in names.iter().enumerate() {
                let (x, y) = (left + cell * c as f64, top + row * r as f64);
                if r == c {
                    sheet.line((x + cell / 2.0, y + 6.0), (x + cell / 2.0, y + row - 6.0), ink::BRASS, 1.6)?;
                    continue;
                }
                let lu = loss(maskee, masker).unwrap_or(0.0);
                let level = shade(lu.min(255.0) as u8, Picture::MOST_LU);
                let colour = RAMP.get(level).copied().unwrap_or(ink::INK);
                sheet.rect((x + 1.0, y + 1.0), (x + cell - 1.0, y + row - 1.0), colour, 1.0)?;
                if lu >= 0.8 {
                    let ink = if level > 3 { ink::PAPER } else { ink::INK };
                    sheet.text(
                        (x + cell / 2.0, y + row / 2.0),
                        &number(lu, 1),
                        Type { size: 10.5, bold: lu >= 10.0, colour: ink },
                        Side::Middle,
                    )?;
                }
            }
        }
        Ok(())
    })?;
    let rows = masking.matrix.iter().map(|c| vec![c.maskee.clone(), c.masker.clone(), format!("{}\u{a0}LU", number(c.lost_lu, 1))]);
    Ok(Some(Chart {
        id: "stem-pairs",
        title: "Stem pairs".into(),
        caption: "row loses to column alone, LU (10 for each halving of loudness)".into(),
        summary,
        svg,
        width: WIDTH,
        height,
        table: Table { head: ["Loses", "To", "Loudness"].map(String::from).to_vec(), rows: rows.collect() },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_scale_is_told_as_what_is_left() {
        let told = [10.0, 20.0, Picture::MOST_LU, 60.0].map(left_of);
        assert_eq!(told, ["half", "a quarter", "a tenth", "2 %"]);
    }
}
