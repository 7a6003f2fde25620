//! How bands excite filters, tabulated over level.

use crate::hearing::ear::{Field, transfer_db};
use crate::hearing::filter::{Filter, level_slope, rounded_exponential};
use crate::units::db_to_power;

/// Levels per ERB of the table, dB: skirts no longer change below and above.
const LOWEST_DB: f64 = 0.0;
/// Distance of the levels, dB: within 2 dB a skirt's weight is straight to 1.5 % even 30 dB down.
const STEP_DB: f64 = 2.0;
/// Number of levels: up to 120 dB.
const LEVELS: usize = 61;
/// Excitation below this is left out: 20 dB under that of a 1 kHz tone at 0 dB SPL, where loudness is nil.
const NEGLIGIBLE: f64 = 0.01;
/// Lines that stand for a band: third octaves are at most two ERB wide, so these stand closer than the exact form's filters need.
const LINES: usize = 8;

/// Weights of one band at one level on neighbouring filters.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// First filter.
    first: u32,
    /// Where its weights start in the store.
    start: u32,
    /// Number of filters.
    count: u32,
}

/// Shares of neighbouring bands in the power per ERB at a band.
#[derive(Clone, Debug)]
struct Near {
    first: usize,
    shares: Vec<f32>,
}

/// Tables that turn band powers into excitation.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    /// What makes the power per ERB at each band: the bands near it and their shares.
    near: Vec<Near>,
    /// `band * LEVELS + level`.
    rows: Vec<Row>,
    /// Weights at the row's level, then their change to the next level.
    weights: Vec<f32>,
    changes: Vec<f32>,
}

/// A line that stands for part of a band: frequency and share of the band's power that reaches the inner ear.
struct Line {
    hz: f64,
    share: f64,
}

impl Spread {
    pub(super) fn new(edges_hz: &[(f64, f64)], field: Field, filters: &[Filter]) -> Self {
        let bands: Vec<Vec<Line>> = edges_hz.iter().map(|(low, high)| lines(*low, *high, field)).collect();
        let mut spread = Self { near: near(&bands), rows: Vec::new(), weights: Vec::new(), changes: Vec::new() };
        for band in &bands {
            let reach = Reach::new(band, filters);
            let mut row = reach.weights(LOWEST_DB);
            for level in 0..LEVELS {
                let level_db = LOWEST_DB + STEP_DB * level as f64;
                let next = reach.weights(level_db + STEP_DB);
                spread.store(&row, &next, db_to_power(level_db + STEP_DB));
                row = next;
            }
        }
        spread
    }

    /// Keeps the stretch of filters that a band of this power reaches.
    fn store(&mut self, row: &[f64], next: &[f64], power: f64) {
        let heard = |w: &f64| w * power >= NEGLIGIBLE;
        let first = next.iter().position(heard).unwrap_or(0);
        let end = next.iter().rposition(heard).map_or(first, |last| last + 1);
        self.rows.push(Row { first: first as u32, start: self.weights.len() as u32, count: (end - first) as u32 });
        self.weights.extend(row.iter().take(end).skip(first).map(|w| *w as f32));
        self.changes.extend(row.iter().zip(next).take(end).skip(first).map(|(w, n)| (n - w) as f32));
    }

    pub(super) fn excite(&self, powers: &[f32], out: &mut [f32]) {
        out.fill(0.0);
        for (band, (power, near)) in powers.iter().zip(&self.near).enumerate() {
            // Also leaves out NaN.
            if *power > 0.0 {
                let neighbours = powers.get(near.first..).unwrap_or(&[]);
                let per_erb: f32 = near.shares.iter().zip(neighbours).map(|(w, p)| w * p).sum();
                self.add(band, *power, per_erb, out);
            }
        }
    }

    fn add(&self, band: usize, power: f32, per_erb: f32, out: &mut [f32]) {
        let place = ((level_db(per_erb) - LOWEST_DB as f32) / STEP_DB as f32).clamp(0.0, (LEVELS - 1) as f32);
        let level = place as usize;
        let Some(row) = self.rows.get(band * LEVELS + level) else { return };
        let (first, start, count) = (row.first as usize, row.start as usize, row.count as usize);
        let (Some(weights), Some(changes)) = (self.weights.get(start..start + count), self.changes.get(start..start + count)) else {
            return;
        };
        let t = place - level as f32;
        let reached = out.get_mut(first..).unwrap_or(&mut []);
        for (out, (weight, change)) in reached.iter_mut().zip(weights.iter().zip(changes)) {
            *out += power * (weight + t * change);
        }
    }
}

/// Level of a power, dB, within 0.03 dB: the exponent of the float, and a parabola over its mantissa.
fn level_db(power: f32) -> f32 {
    const MANTISSA: u32 = 23;
    let bits = power.to_bits();
    let (octave, part) = ((bits >> MANTISSA) as f32 - 127.0, (bits & ((1 << MANTISSA) - 1)) as f32 / (1u32 << MANTISSA) as f32);
    std::f32::consts::LOG10_2 * 10.0 * (octave + part + 0.346_6 * part * (1.0 - part))
}

/// The lines of a band, flat between its edges; one line if it has no width.
fn lines(low_hz: f64, high_hz: f64, field: Field) -> Vec<Line> {
    let count = if high_hz > low_hz { LINES } else { 1 };
    let width_hz = (high_hz - low_hz) / count as f64;
    let line = |i: usize| {
        let hz = low_hz + (i as f64 + 0.5) * width_hz;
        Line { hz, share: db_to_power(transfer_db(hz, field)) / count as f64 }
    };
    (0..count).map(line).collect()
}

/// Power per ERB at each band by each band of power 1, the mean over the lines of the former by their own power; bands of
/// which less than 80 dB below arrives are left out.
fn near(bands: &[Vec<Line>]) -> Vec<Near> {
    const FAR: f64 = 1e-8;
    let reach = |at: &Line, other: &Line| {
        let distance = (other.hz - at.hz) / at.hz;
        if distance > 2.0 { 0.0 } else { other.share * rounded_exponential(level_slope(at.hz) * distance.abs()) }
    };
    let mean = |at: &[Line], other: &[Line]| {
        let total: f64 = at.iter().map(|line| line.share).sum();
        at.iter().map(|a| a.share / total * other.iter().map(|b| reach(a, b)).sum::<f64>()).sum::<f64>()
    };
    let of = |at: &Vec<Line>| {
        let shares: Vec<f64> = bands.iter().map(|other| mean(at, other)).collect();
        let first = shares.iter().position(|s| *s >= FAR).unwrap_or(0);
        let end = shares.iter().rposition(|s| *s >= FAR).map_or(first, |last| last + 1);
        Near { first, shares: shares.iter().take(end).skip(first).map(|s| *s as f32).collect() }
    };
    bands.iter().map(of).collect()
}

/// Weights of a band on all filters; only the skirts of filters above a line change with level.
struct Reach<'a> {
    band: &'a [Line],
    filters: &'a [Filter],
    /// What lines above a filter give it.
    from_above: Vec<f64>,
}

impl<'a> Reach<'a> {
    fn new(band: &'a [Line], filters: &'a [Filter]) -> Self {
        let from_above = |f: &Filter| band.iter().filter(|l| l.hz >= f.hz).map(|l| l.share * f.weight(l.hz, 0.0)).sum();
        Self { band, filters, from_above: filters.iter().map(from_above).collect() }
    }

    fn weights(&self, level_db: f64) -> Vec<f64> {
        let from_below = |f: &Filter| self.band.iter().filter(|l| l.hz < f.hz).map(|l| l.share * f.weight(l.hz, level_db)).sum::<f64>();
        self.filters.iter().zip(&self.from_above).map(|(f, above)| above + from_below(f)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_good_enough_to_choose_a_skirt() {
        for step in -200..1200 {
            let db = f64::from(step) * 0.1;
            assert!((f64::from(level_db(db_to_power(db) as f32)) - db).abs() < 0.03, "{db}");
        }
        assert!(level_db(0.0) < -300.0);
    }
}
