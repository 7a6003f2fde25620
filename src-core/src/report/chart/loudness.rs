//! Short-term loudness over time, with the integrated loudness as a line and the findings as shaded stretches.

use super::paper::{Sheet, Side, Type, ink, of_status};
use super::timeline::clock;
use super::{Chart, Table};
use crate::Result;
use crate::audio::TimeRange;
use crate::diagnose::Status;
use crate::report::figures::Figures;
use crate::report::story::Story;
use crate::report::words;
use crate::units::moment;

const WIDTH: f64 = 690.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 62.0;
/// Most points drawn.
const POINTS: usize = 500;
/// Most shaded stretches; more would cover the picture.
const SHADES: usize = 60;

/// Draws the chart, if there was anything loud enough to have a loudness.
pub(super) fn draw(story: &Story, figures: &Figures) -> Result<Option<Chart>> {
    let points: Vec<(f64, f64)> = figures.loudness.reduced(POINTS);
    let finite = || points.iter().map(|p| p.1).filter(|v| v.is_finite());
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    if points.len() < 2 || !high.is_finite() {
        return Ok(None);
    }
    // A fade runs out of the picture rather than pressing the song together.
    let low = finite().fold(f64::INFINITY, f64::min).max(high - 24.0);
    let (bottom, top) = (((low - 1.0) / 6.0).floor() * 6.0, ((high + 1.0) / 6.0).ceil() * 6.0);
    let summary = summary(figures, high, &points);
    let svg = Sheet::draw(WIDTH, HEIGHT, &summary, |sheet| {
        let plot = sheet.plot(0.0..story.duration_s, bottom..top, LEFT, 14.0, WIDTH - LEFT - 46.0, HEIGHT - 42.0);
        let floor = plot.top + plot.height;
        for (status, range) in shaded(story) {
            let (from, to) = (plot.at(range.start_s, bottom).0, plot.at(range.end_s, bottom).0);
            sheet.rect((from, plot.top), (to.max(from + 1.0), floor), of_status(status), 0.07)?;
            sheet.rect((from, plot.top), (to.max(from + 1.0), plot.top + 2.0), of_status(status), 0.9)?;
        }
        let mut level = top;
        while level >= bottom {
            let label = crate::units::number(level, 0);
            let label = if level == top { format!("{label}{}LUFS", words::NBSP) } else { label };
            plot.level(level, &label, ink::LINE)?;
            level -= 6.0;
        }
        plot.curve(&points, ink::INK, 1.5)?;
        if let Some(integrated) = figures.integrated_lufs.filter(|v| v.is_finite() && *v > bottom && *v < top) {
            let (_, y) = plot.at(0.0, integrated);
            plot.dashed(&[(0.0, integrated), (story.duration_s, integrated)], ink::BRASS, 1.4, 5.0, 3.0)?;
            sheet.text((plot.left + plot.width + 5.0, y), &crate::units::number(integrated, 1), Type::label(ink::BRASS), Side::Right)?;
        }
        let x = |s: f64| plot.at(s, bottom).0;
        clock(sheet, story.duration_s, &x, floor)
    })?;
    Ok(Some(Chart {
        id: "loudness",
        title: "Loudness over time".into(),
        caption: "short-term, 3 s; the dashed line is the integrated loudness; findings shaded".into(),
        summary,
        svg,
        width: WIDTH,
        height: HEIGHT,
        table: table(&points),
    }))
}

/// Stretches of faults and warnings, the grave ones drawn last, each status merged.
fn shaded(story: &Story) -> Vec<(Status, TimeRange)> {
    let mut out = Vec::new();
    for status in [Status::Warn, Status::Fail] {
        let times: Vec<TimeRange> = story.rows().filter(|r| r.status == status).flat_map(|r| r.times.iter().copied()).collect();
        let merged = TimeRange::merged(times, story.duration_s / 300.0);
        out.extend(merged.into_iter().take(SHADES).map(|t| (status, t)));
    }
    out
}

fn summary(figures: &Figures, high: f64, points: &[(f64, f64)]) -> String {
    let at = points.iter().find(|p| p.1 >= high).map_or(0.0, |p| p.0);
    let number = |v| crate::units::number(v, 1);
    let loudest = format!("the loudest three seconds reach {} LUFS around {}", number(high), moment(at));
    match figures.integrated_lufs.filter(|v| v.is_finite()) {
        Some(i) => format!("Loudness over time: integrated {} LUFS, {loudest}.", number(i)),
        None => format!("Loudness over time: {loudest}."),
    }
}

fn table(points: &[(f64, f64)]) -> Table {
    let step = (points.len() / 24).max(1);
    Table {
        head: ["Time", "Short-term, LUFS"].map(String::from).to_vec(),
        rows: points.iter().step_by(step).map(|(t, v)| vec![moment(*t), crate::units::number(*v, 1)]).collect(),
    }
}
