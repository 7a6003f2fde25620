//! The equaliser of a proposal: its bands, and what they add up to.

use super::paper::{Sheet, Side, Type, ink};
use super::tone::frequency_axis;
use super::{Chart, Table};
use crate::Result;
use crate::chain::settings::{EqBand, EqKind, Part};
use crate::report::{Document, words};
use plotters::coord::combinators::IntoLogRange;

const WIDTH: f64 = 690.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 48.0;
const POINTS: usize = 240;

/// Draws the chart, if the proposal equalises.
pub(super) fn draw(doc: &Document) -> Result<Option<Chart>> {
    let Some(settings) = doc.proposal.as_ref().map(|p| &p.settings).filter(|s| !s.eq.is_empty()) else { return Ok(None) };
    let rate = f64::from(doc.input.format.sample_rate);
    let bands = &settings.eq;
    let hz: Vec<f64> = (0..POINTS).map(|i| 20.0 * 1000f64.powf(i as f64 / (POINTS - 1) as f64)).filter(|f| *f < rate * 0.49).collect();
    let sum: Vec<(f64, f64)> =
        hz.iter().map(|f| (*f, bands.iter().filter(|b| b.part != Part::Side).map(|b| b.gain_db_at(*f, rate)).sum())).collect();
    let most = sum.iter().map(|p| p.1.abs()).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let span = ((most + 0.8) / 3.0).ceil().clamp(1.0, 6.0) * 3.0;
    let summary = summary(bands, &sum);
    let svg = Sheet::draw(WIDTH, HEIGHT, &summary, |sheet| {
        let plot = sheet.plot((20f64..20_000f64).log_scale(), -span..span, LEFT, 14.0, WIDTH - LEFT - 8.0, HEIGHT - 42.0);
        frequency_axis(sheet, &plot)?;
        for k in -2..=2 {
            let db = span / 2.0 * f64::from(k);
            let label = words::signed(db, usize::from(db.fract() != 0.0));
            plot.level(db, &if k == 2 { format!("{label}{}dB", words::NBSP) } else { label }, if k == 0 { ink::ZERO } else { ink::LINE })?;
        }
        for band in bands.iter() {
            let points: Vec<(f64, f64)> = hz.iter().map(|f| (*f, band.gain_db_at(*f, rate))).collect();
            plot.band(&points, &hz.iter().map(|f| (*f, 0.0)).collect::<Vec<_>>(), ink::AFTER, 0.12)?;
        }
        plot.curve(&sum, ink::AFTER, 1.8)?;
        for (n, band) in bands.iter().enumerate() {
            let at =
                sum.iter().min_by(|a, b| (a.0 / band.freq_hz).ln().abs().total_cmp(&(b.0 / band.freq_hz).ln().abs())).map_or(0.0, |p| p.1);
            let (x, y) = plot.at(band.freq_hz.clamp(20.0, 20_000.0), at.clamp(-span, span));
            sheet.dot((x, y), 8.0, ink::PAPER)?;
            sheet.dot((x, y), 7.0, ink::AFTER)?;
            sheet.text((x, y), &(n + 1).to_string(), Type { size: 10.0, bold: true, colour: ink::PAPER }, Side::Middle)?;
        }
        Ok(())
    })?;
    Ok(Some(Chart {
        id: "eq",
        title: "Equaliser".into(),
        caption: format!("{} {} and their sum", words::count(bands.len()), if bands.len() == 1 { "band" } else { "bands" }),
        summary,
        svg,
        width: WIDTH,
        height: HEIGHT,
        table: table(bands),
    }))
}

fn kind(band: &EqBand) -> String {
    let name = match band.kind {
        EqKind::Bell => "bell",
        EqKind::LowShelf => "low shelf",
        EqKind::HighShelf => "high shelf",
        EqKind::HighPass => "high-pass",
        EqKind::LowPass => "low-pass",
    };
    match band.part {
        Part::Stereo => name.into(),
        Part::Mid => format!("{name}, mid"),
        Part::Side => format!("{name}, side"),
    }
}

fn summary(bands: &[EqBand], sum: &[(f64, f64)]) -> String {
    let most = sum.iter().filter(|p| p.1.is_finite()).max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let most = most.map_or_else(String::new, |(hz, db)| format!(", at most {} dB at {}", words::signed(*db, 1), words::frequency(*hz)));
    format!("Equaliser of {} {}{most}.", words::count(bands.len()), if bands.len() == 1 { "band" } else { "bands" })
}

fn table(bands: &[EqBand]) -> Table {
    Table {
        head: ["Band", "Shape", "Frequency", "Gain", "Q", "Why"].map(String::from).to_vec(),
        rows: bands
            .iter()
            .enumerate()
            .map(|(i, b)| {
                let passes = matches!(b.kind, EqKind::HighPass | EqKind::LowPass);
                vec![
                    (i + 1).to_string(),
                    kind(b),
                    words::frequency(b.freq_hz),
                    if passes { "\u{2013}".into() } else { format!("{}{}dB", words::signed(b.gain_db, 1), words::NBSP) },
                    crate::units::number(b.q, 2),
                    b.reason.clone(),
                ]
            })
            .collect(),
    }
}
