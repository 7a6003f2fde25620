//! Parametric equaliser text, as AutoEq writes and Equalizer APO reads it.

use super::Curve;
use crate::dsp::biquad::Coefficients;

/// Filters are evaluated as at this rate, high enough that the bilinear transform does not narrow them below 20 kHz.
const RATE: f64 = 384_000.0;

/// Most filters.
const MOST: usize = 200;

/// Points a curve is given at: 24 an octave from 15 Hz to 24 kHz.
const POINTS: i32 = 256;

/// Whether any line defines a filter.
pub(super) fn looks_like(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().to_ascii_lowercase().starts_with("filter") && line.contains(':'))
}

/// The inverse of the correction. Levels (preamp) are left out: a system has none.
pub(super) fn read(text: &str) -> Result<Curve, String> {
    let mut filters = Vec::new();
    for line in text.lines().map(str::trim) {
        let lower = line.to_ascii_lowercase();
        if !lower.starts_with("filter") || !lower.contains(':') {
            continue;
        }
        let words: Vec<&str> = lower.split_once(':').map_or("", |(_, rest)| rest).split_whitespace().collect();
        if words.first() == Some(&"off") || words.get(1) == Some(&"none") {
            continue;
        }
        filters.push(filter(&words).ok_or_else(|| format!("the filter {line:?} is not understood"))?);
        if filters.len() > MOST {
            return Err(format!("it holds more than {MOST} filters"));
        }
    }
    if filters.is_empty() {
        return Err("none of its filters is on".into());
    }
    let point = |i: i32| {
        let hz = 15.0 * 2f64.powf(f64::from(i) / 24.0);
        (hz, -filters.iter().map(|f| f.gain_db_at(hz, RATE)).sum::<f64>())
    };
    Ok((0..POINTS).map(point).collect())
}

/// `on pk fc 100 hz gain -4.0 db q 1.00`.
fn filter(words: &[&str]) -> Option<Coefficients> {
    let after = |name: &str| -> Option<f64> {
        let at = words.iter().position(|w| *w == name)?;
        words.get(at + 1)?.parse().ok()
    };
    let hz = after("fc").filter(|hz| (1.0..=100_000.0).contains(hz))?;
    let gain = after("gain").unwrap_or(0.0);
    let q = after("q").unwrap_or(std::f64::consts::FRAC_1_SQRT_2);
    if !(-60.0..=60.0).contains(&gain) || !(0.01..=100.0).contains(&q) {
        return None;
    }
    match *words.get(1)? {
        "pk" | "peq" | "modal" => Some(Coefficients::bell(hz, gain, q, RATE)),
        "ls" | "lsc" | "lsq" => Some(Coefficients::low_shelf(hz, gain, q, RATE)),
        "hs" | "hsc" | "hsq" => Some(Coefficients::high_shelf(hz, gain, q, RATE)),
        "hp" | "hpq" => Some(Coefficients::high_pass(hz, q, RATE)),
        "lp" | "lpq" => Some(Coefficients::low_pass(hz, q, RATE)),
        _ => None,
    }
}
