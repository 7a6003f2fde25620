//! Tone towards a reference of the same session: few parametric bands for what like passages differ by.

use super::{Part, Situation, band_text, combine};
use crate::chain::Settings;
use crate::chain::settings::{EqBand, EqKind};
use crate::compare::matched::{MATCH_BANDS, match_bands_hz};
use crate::error::Result;
use crate::propose::eq_fit::{FitOptions, Level, Target, fit};
use crate::propose::{Dimension, Expectation, Move};
use crate::units::number;

/// A curve that rises and falls by less than this (RMS, dB) is left alone: nobody would hear the difference.
const TOO_LITTLE_DB: f64 = 0.15;

/// No correction goes beyond this, dB: more belongs back in the mix.
const MOST_SESSION_DB: f64 = 12.0;

/// What is wanted, dB per band, with how sure that is (0 to 1).
struct Wish {
    hz: Vec<f64>,
    gain_db: Vec<f64>,
    confidence: Vec<f64>,
}

/// Adds EQ bands to the settings.
pub(super) fn plan(situation: &Situation<'_>, settings: &mut Settings) -> Result<Part> {
    let mut part = Part::default();
    let amount = situation.amounts.tone;
    if amount == 0.0 {
        return Ok(part);
    }
    let Some(wish) = session_wish(situation).filter(|w| spread(&w.gain_db) >= TOO_LITTLE_DB) else {
        part.notes.push("Tone: already that of the reference; nothing to correct.".into());
        return Ok(part);
    };
    let rate = f64::from(situation.mix.sample_rate);
    let fitted = fit(&target(&wish, amount, rate), &FitOptions { level: Level::Free, ..FitOptions::new(rate) })?;
    let mut bands = fitted.bands;
    part.moves = bands.iter().enumerate().map(|(i, band)| explain(i, band, &wish, situation)).collect();
    for (band, a_move) in bands.iter_mut().zip(&part.moves) {
        band.reason = a_move.why.clone();
        band.confidence = a_move.confidence;
    }
    if fitted.rms_db > 0.5 {
        part.notes.push(format!("Tone: {} dB of the wanted curve are finer than a few bands can follow.", number(fitted.rms_db, 1)));
    }
    settings.eq = bands;
    Ok(part)
}

/// Posteriors of the session's references, combined one at a time.
fn session_wish(situation: &Situation<'_>) -> Option<Wish> {
    let found: Vec<_> = situation.session().map(|(_, m)| m).collect();
    let first = found.first()?;
    let combined = |b: usize| combine(found.iter().map(|m| (m.correction_db[b], m.sd_db[b]))).unwrap_or((0.0, f64::INFINITY));
    let confidence = |b: usize| found.iter().map(|m| m.confidence[b]).fold(0.0, f64::max);
    debug_assert_eq!(first.correction_db.len(), MATCH_BANDS);
    Some(Wish {
        hz: match_bands_hz().to_vec(),
        gain_db: (0..MATCH_BANDS).map(|b| combined(b).0.clamp(-MOST_SESSION_DB, MOST_SESSION_DB)).collect(),
        confidence: (0..MATCH_BANDS).map(confidence).collect(),
    })
}

fn target(wish: &Wish, amount: f64, rate: f64) -> Target {
    /// Weight of a band that nothing is known about: enough to keep the curve from running away there.
    const LEAST_WEIGHT: f64 = 0.3;
    let usable: Vec<usize> = (0..wish.hz.len()).filter(|&i| wish.hz[i] < 0.45 * rate).collect();
    Target {
        freq_hz: usable.iter().map(|&i| wish.hz[i]).collect(),
        gain_db: usable.iter().map(|&i| wish.gain_db[i] * amount).collect(),
        weight: usable.iter().map(|&i| LEAST_WEIGHT + (1.0 - LEAST_WEIGHT) * wish.confidence[i]).collect(),
    }
}

/// Frequencies that a band works on.
pub(super) fn reach_hz(band: &EqBand) -> [f64; 2] {
    let half = 2f64.powf(0.5 * (1.4 / band.q.max(0.3)).min(3.0));
    match band.kind {
        EqKind::LowShelf | EqKind::HighPass => [20.0, band.freq_hz],
        EqKind::HighShelf | EqKind::LowPass => [band.freq_hz, 20_000.0],
        EqKind::Bell => [band.freq_hz / half, (band.freq_hz * half).min(20_000.0)],
    }
}

fn explain(index: usize, band: &EqBand, wish: &Wish, situation: &Situation<'_>) -> Move {
    let reach = reach_hz(band);
    let within: Vec<usize> = (0..wish.hz.len()).filter(|&i| (reach[0]..=reach[1]).contains(&wish.hz[i])).collect();
    let mean = |values: &[f64]| within.iter().map(|&i| values[i]).sum::<f64>() / within.len().max(1) as f64;
    let wanted = mean(&wish.gain_db);
    let side = if wanted < 0.0 { "over" } else { "under" };
    Move {
        id: format!("tone-{}", index + 1),
        dimension: Dimension::Tone,
        what: describe(band),
        why: format!("{}: {} dB {side} like passages of the reference", band_text(reach), number(wanted.abs(), 1)),
        band_hz: Some(reach),
        answers: situation.answered("tonal.", reach),
        expectation: Expectation {
            quantity: format!("level {}", band_text(reach)),
            before: Some(-wanted),
            expected: Some(-wanted * (1.0 - situation.amounts.tone)),
            target: Some(0.0),
            unit: "dB".into(),
        },
        confidence: mean(&wish.confidence).clamp(0.0, 1.0),
    }
}

/// The move in words: "Bell 232 Hz, −2.4 dB, Q 1.1".
pub(super) fn describe(band: &EqBand) -> String {
    let kind = match band.kind {
        EqKind::Bell => "Bell",
        EqKind::LowShelf => "Low shelf",
        EqKind::HighShelf => "High shelf",
        EqKind::HighPass => "High-pass",
        EqKind::LowPass => "Low-pass",
    };
    let sign = if band.gain_db > 0.0 { "+" } else { "" };
    format!("{kind} {} Hz, {sign}{} dB, Q {}", number(band.freq_hz, 0), number(band.gain_db, 1), number(band.q, 2))
}

/// RMS of a curve about its mean, dB.
fn spread(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len().max(1) as f64).sqrt()
}
