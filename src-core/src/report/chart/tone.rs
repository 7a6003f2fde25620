//! Spectrum against the range of the references or the neutral range; after a match also the result.

use super::paper::{FREQUENCY_TICKS, Plot, Sheet, Side, Type, ink};
use super::{Chart, Table};
use crate::Result;
use crate::report::figures::{Figures, Tone};
use crate::report::words;
use plotters::coord::combinators::IntoLogRange;
use plotters::coord::ranged1d::Ranged;

const WIDTH: f64 = 690.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 48.0;

/// Draws the chart, if there is a spectrum.
pub(super) fn draw(figures: &Figures) -> Result<Option<Chart>> {
    let Some(tone) = figures.tone.as_ref().filter(|t| t.freq_hz.len() > 1) else { return Ok(None) };
    let summary = summary(tone);
    let (bottom, top) = axis(tone);
    let svg = Sheet::draw(WIDTH, HEIGHT, &summary, |sheet| {
        let plot = sheet.plot((20f64..20_000f64).log_scale(), bottom..top, LEFT, 12.0, WIDTH - LEFT - 8.0, HEIGHT - 40.0);
        frequency_axis(sheet, &plot)?;
        let mut db = (bottom / STEP).ceil() as i32;
        while f64::from(db) * STEP <= top {
            let value = f64::from(db) * STEP;
            let label = words::signed(value, 0);
            let label = if f64::from(db + 1) * STEP > top { format!("{label}{}dB", words::NBSP) } else { label };
            plot.level(value, &label, if db == 0 { ink::ZERO } else { ink::LINE })?;
            db += 1;
        }
        let points = |values: &[f64]| tone.freq_hz.iter().copied().zip(values.iter().copied()).collect::<Vec<_>>();
        plot.band(&points(&tone.high_db), &points(&tone.low_db), ink::REFERENCE, 0.17)?;
        plot.dashed(&points(&tone.middle_db), ink::REFERENCE, 1.4, 5.0, 3.0)?;
        plot.curve(&points(&tone.mix_db), ink::INK, 1.8)?;
        if let Some(after) = &tone.after_db {
            plot.curve(&points(after), ink::AFTER, 1.8)?;
        }
        legend(sheet, tone)
    })?;
    Ok(Some(Chart {
        id: "tone",
        title: if tone.after_db.is_some() { "Tone before and after".into() } else { "Tone".into() },
        caption: tone.treatment.clone(),
        summary,
        svg,
        width: WIDTH,
        height: HEIGHT,
        table: table(tone),
    }))
}

const STEP: f64 = 6.0;

/// Bottom and top of the axis: whole steps around what matters, never lower than 18 dB under zero.
fn axis(tone: &Tone) -> (f64, f64) {
    let all = || tone.mix_db.iter().chain(&tone.high_db).chain(tone.after_db.iter().flatten()).copied().filter(|v| v.is_finite());
    let high = all().fold(STEP, f64::max).min(30.0);
    let low = all().fold(-STEP, f64::min).max(-18.0);
    ((low / STEP).floor() * STEP, ((high + 1.5) / STEP).ceil() * STEP)
}

/// Uprights and labels at the usual frequencies.
pub(super) fn frequency_axis<X: Ranged<ValueType = f64>>(sheet: &Sheet<'_>, plot: &Plot<'_, '_, X>) -> Result<()> {
    for decade in [10.0, 100.0, 1000.0, 10_000.0] {
        for k in 2..10 {
            let hz = decade * f64::from(k);
            if hz <= 20_000.0 {
                plot.upright(hz, super::Colour(0xee, 0xf0, 0xf2))?;
            }
        }
    }
    for (hz, label) in FREQUENCY_TICKS {
        plot.upright(hz, ink::LINE)?;
        let (x, _) = plot.at(hz, 0.0);
        let (x, side) = if hz >= 20_000.0 { (x + 6.0, Side::Left) } else { (x, Side::Middle) };
        sheet.text((x, plot.top + plot.height + 14.0), label, Type::AXIS, side)?;
    }
    Ok(())
}

/// The names of the curves, each beside a sample of its line.
fn legend(sheet: &Sheet<'_>, tone: &Tone) -> Result<()> {
    let y = 22.0;
    let mut x = WIDTH - 14.0;
    let mut entry = |name: &str, colour, dashed: bool, band: bool| -> Result<()> {
        let text = name.chars().count() as f64 * 6.1;
        let start = x - text - 26.0;
        sheet.rect((start - 4.0, y - 9.0), (x + 4.0, y + 9.0), ink::PAPER, 0.85)?;
        if band {
            sheet.rect((start, y - 5.0), (start + 20.0, y + 5.0), colour, 0.17)?;
        }
        if dashed {
            for k in 0..3 {
                let from = start + f64::from(k) * 8.0;
                sheet.line((from, y), ((from + 5.0).min(start + 20.0), y), colour, 1.4)?;
            }
        } else {
            sheet.line((start, y), (start + 20.0, y), colour, 1.8)?;
        }
        sheet.text((start + 26.0, y), name, Type::label(colour), Side::Right)?;
        x = start - 18.0;
        Ok(())
    };
    entry(&tone.range_name, ink::REFERENCE, true, true)?;
    if tone.after_db.is_some() {
        entry("After", ink::AFTER, false, false)?;
        entry("Before", ink::INK, false, false)
    } else {
        entry("This file", ink::INK, false, false)
    }
}

/// How far a value lies outside its range, dB; 0 inside.
fn outside(value: f64, low: f64, high: f64) -> f64 {
    if value > high {
        value - high
    } else if value < low {
        value - low
    } else {
        0.0
    }
}

fn summary(tone: &Tone) -> String {
    let worst = |values: &[f64]| {
        tone.freq_hz
            .iter()
            .zip(values)
            .zip(tone.low_db.iter().zip(&tone.high_db))
            .filter(|((hz, v), _)| (30.0..=16_000.0).contains(*hz) && v.is_finite())
            .map(|((hz, v), (low, high))| (*hz, outside(*v, *low, *high)))
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
    };
    let told = |values: &[f64]| match worst(values) {
        Some((hz, out)) if out.abs() >= 0.1 => {
            let side = if out > 0.0 { "over" } else { "under" };
            format!("at most {} dB {side} the {}, at {}", crate::units::number(out.abs(), 1), tone.range_name, words::frequency(hz))
        }
        _ => format!("inside the {} everywhere", tone.range_name),
    };
    match &tone.after_db {
        Some(after) => format!("Spectrum: before, {}; after, {}.", told(&tone.mix_db), told(after)),
        None => format!("Spectrum: {}.", told(&tone.mix_db)),
    }
}

fn table(tone: &Tone) -> Table {
    let mut head: Vec<String> = ["Frequency", "This file, dB", "Range, dB", "Outside, dB"].map(String::from).to_vec();
    if tone.after_db.is_some() {
        head.push("After, dB".into());
    }
    // Every second band of a 1/6-octave spectrum is enough to read from.
    let step = (tone.freq_hz.len() / 32).max(1);
    let rows = (0..tone.freq_hz.len())
        .step_by(step)
        .filter_map(|i| {
            let (hz, mix) = (*tone.freq_hz.get(i)?, *tone.mix_db.get(i)?);
            let (low, high) = (*tone.low_db.get(i)?, *tone.high_db.get(i)?);
            let mut row = vec![
                words::frequency(hz),
                words::signed(mix, 1),
                format!("{} to {}", words::signed(low, 1), words::signed(high, 1)),
                words::signed(outside(mix, low, high), 1),
            ];
            if let Some(after) = &tone.after_db {
                row.push(words::signed(*after.get(i)?, 1));
            }
            Some(row)
        })
        .collect();
    Table { head, rows }
}
