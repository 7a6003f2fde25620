//! Tone: few parametric bands for what the evidence asks for.

use super::response::band_gains_db;
use super::{Part, Situation, band_text, combine};
use crate::chain::Settings;
use crate::chain::settings::{EqBand, EqKind};
use crate::compare::BandTone;
use crate::compare::matched::{MATCH_BANDS, match_bands_hz};
use crate::error::Result;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::propose::eq_fit::{FitOptions, Level, Target, fit};
use crate::propose::{Dimension, Expectation, MatchMode, Move};
use crate::units::{db_to_power, number, power_to_db};

/// A curve that rises and falls by less than this (RMS, dB) is left alone: nobody would hear the difference.
const TOO_LITTLE_DB: f64 = 0.15;

/// No correction goes beyond this, dB: more belongs back in the mix.
const MOST_SESSION_DB: f64 = 12.0;
const MOST_RECORD_DB: f64 = 6.0;

/// How far inside the edge of the range a correction aims, dB, so that the result is not on the edge.
const INSIDE_DB: f64 = 0.3;

/// What is wanted, dB per band, with how sure that is (0 to 1).
struct Wish {
    hz: Vec<f64>,
    gain_db: Vec<f64>,
    confidence: Vec<f64>,
}

/// Adds EQ bands to the settings.
pub(super) fn plan(situation: &Situation<'_>, mode: MatchMode, settings: &mut Settings) -> Result<Part> {
    let mut part = Part::default();
    let amount = situation.amounts.tone;
    if amount == 0.0 {
        return Ok(part);
    }
    let wish = match mode {
        MatchMode::SameSession => session_wish(situation),
        MatchMode::OtherRecord => record_wish(&situation.comparison.tone),
    };
    let Some(wish) = wish.filter(|w| spread(&w.gain_db) >= TOO_LITTLE_DB) else {
        part.notes.push(match mode {
            MatchMode::SameSession => "Tone: already that of the reference; nothing to correct.".into(),
            MatchMode::OtherRecord => format!("Tone: inside the range of {}; left alone.", situation.comparison.against),
        });
        return Ok(part);
    };
    let rate = f64::from(situation.mix.sample_rate);
    let fitted = fit(&target(&wish, amount, rate), &options(mode, rate))?;
    let mut bands = fitted.bands;
    if mode == MatchMode::OtherRecord {
        bands = harmless(bands, &situation.comparison.tone, rate);
    }
    part.moves = bands.iter().enumerate().map(|(i, band)| explain(i, band, &wish, situation, mode)).collect();
    for (band, a_move) in bands.iter_mut().zip(&part.moves) {
        band.reason = a_move.why.clone();
        band.confidence = a_move.confidence;
    }
    if mode == MatchMode::SameSession && fitted.rms_db > 0.5 {
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

/// The smallest smooth curve that brings every band into its range: gradient descent on the square of what lies outside,
/// over curves that are smooth over an octave.
fn record_wish(tone: &[BandTone]) -> Option<Wish> {
    const ROUNDS: usize = 200;
    /// Standard deviation of the smoothing, octaves: half power over about one octave.
    const REACH_OCT: f64 = 0.42;
    const STEP: f64 = 0.4;
    if tone.iter().all(|b| b.outside_db == 0.0) {
        return None;
    }
    let smoother: Vec<Vec<f64>> = tone
        .iter()
        .map(|a| {
            let row: Vec<f64> = tone.iter().map(|b| (-0.5 * ((a.hz / b.hz).log2() / REACH_OCT).powi(2)).exp()).collect();
            let total: f64 = row.iter().sum();
            row.into_iter().map(|v| v / total).collect()
        })
        .collect();
    let smooth = |u: &[f64]| -> Vec<f64> { smoother.iter().map(|row| row.iter().zip(u).map(|(s, u)| s * u).sum()).collect() };
    let mut coarse = vec![0.0; tone.len()];
    for _ in 0..ROUNDS {
        let curve = smooth(&coarse);
        let outside: Vec<f64> = tone.iter().zip(&curve).map(|(b, c)| outside(b, *c, INSIDE_DB)).collect();
        for (u, o) in coarse.iter_mut().zip(smooth(&outside)) {
            *u = (*u - STEP * o).clamp(-MOST_RECORD_DB, MOST_RECORD_DB);
        }
    }
    let gain_db = smooth(&coarse);
    Some(Wish { hz: tone.iter().map(|b| b.hz).collect(), confidence: vec![0.7; gain_db.len()], gain_db })
}

/// How far a band lies outside its range, drawn in by `margin`, after a change of `change_db`. A range narrower than the margins has its middle left.
fn outside(band: &BandTone, change_db: f64, margin: f64) -> f64 {
    let (low, high) = (band.range.low + margin, band.range.high - margin);
    let (low, high) = if low < high { (low, high) } else { (band.range.centre, band.range.centre) };
    let before_outside = band.outside_db != 0.0;
    let (low, high) = if before_outside { (low, high) } else { (band.range.low.min(band.level_db), band.range.high.max(band.level_db)) };
    let level = band.level_db + change_db;
    if level > high {
        level - high
    } else if level < low {
        level - low
    } else {
        0.0
    }
}

/// Scales the bands back until no third octave leaves its range or moves further out of it; none if nothing is left then.
fn harmless(mut bands: Vec<EqBand>, tone: &[BandTone], rate: f64) -> Vec<EqBand> {
    /// What measuring cannot tell from nothing, dB.
    const TOLERANCE_DB: f64 = 0.1;
    const TRIES: usize = 12;
    for _ in 0..TRIES {
        let gains = band_gains_db(&bands, crate::chain::settings::Part::Mid, rate);
        let level = loudness_shift_db(tone, &gains);
        let change = |b: &BandTone| gain_at(&gains, b.hz) - level;
        let worst = tone
            .iter()
            .map(|b| (b, b.range.outside(b.level_db + change(b)).abs() - b.outside_db.abs()))
            .filter(|(_, worse)| *worse > TOLERANCE_DB)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((worst, _)) = worst else { return bands };
        // The band that pushes hardest in the wrong direction there gives way.
        let wrong = change(worst).signum();
        let push = |band: &EqBand| wrong * crate::chain::response_db(std::slice::from_ref(band), worst.hz, rate);
        let Some(guilty) = bands.iter_mut().max_by(|a, b| push(a).total_cmp(&push(b))) else { return bands };
        guilty.gain_db *= 0.75;
        bands.retain(|b| b.gain_db.abs() >= 0.1);
    }
    Vec::new()
}

/// Change of overall level that per-band gains bring, weighted as loudness is.
fn loudness_shift_db(tone: &[BandTone], gains: &[f64; BANDS]) -> f64 {
    let powers = |changed: bool| {
        let mut out = [0.0; BANDS];
        for b in tone {
            if let Some(i) = BANDS_HZ.iter().position(|hz| *hz == b.hz) {
                out[i] = db_to_power(b.level_db + if changed { gains[i] } else { 0.0 });
            }
        }
        power_to_db(crate::compare::equal_loudness::k_weighted(&out))
    };
    let shift = powers(true) - powers(false);
    if shift.is_finite() { shift } else { 0.0 }
}

fn gain_at(gains: &[f64; BANDS], hz: f64) -> f64 {
    BANDS_HZ.iter().position(|b| *b == hz).map_or(0.0, |i| gains[i])
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

fn options(mode: MatchMode, rate: f64) -> FitOptions {
    let level = Level::Free;
    match mode {
        MatchMode::SameSession => FitOptions { level, ..FitOptions::new(rate) },
        // Gentle: broad moves only.
        MatchMode::OtherRecord => FitOptions {
            level: Level::Fixed,
            max_bands: 6,
            max_gain_db: MOST_RECORD_DB,
            max_cut_q: 2.0,
            max_boost_q: 1.4,
            ..FitOptions::new(rate)
        },
    }
}

/// Frequencies that a band works on.
fn reach_hz(band: &EqBand) -> [f64; 2] {
    let half = 2f64.powf(0.5 * (1.4 / band.q.max(0.3)).min(3.0));
    match band.kind {
        EqKind::LowShelf | EqKind::HighPass => [20.0, band.freq_hz],
        EqKind::HighShelf | EqKind::LowPass => [band.freq_hz, 20_000.0],
        EqKind::Bell => [band.freq_hz / half, (band.freq_hz * half).min(20_000.0)],
    }
}

fn explain(index: usize, band: &EqBand, wish: &Wish, situation: &Situation<'_>, mode: MatchMode) -> Move {
    let reach = reach_hz(band);
    let within: Vec<usize> = (0..wish.hz.len()).filter(|&i| (reach[0]..=reach[1]).contains(&wish.hz[i])).collect();
    let mean = |values: &[f64]| within.iter().map(|&i| values[i]).sum::<f64>() / within.len().max(1) as f64;
    let wanted = mean(&wish.gain_db);
    let against = if mode == MatchMode::SameSession { "like passages of the reference" } else { "the range" };
    let side = if wanted < 0.0 { "over" } else { "under" };
    Move {
        id: format!("tone-{}", index + 1),
        dimension: Dimension::Tone,
        what: describe(band),
        why: format!("{}: {} dB {side} {against}", band_text(reach), number(wanted.abs(), 1)),
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
fn describe(band: &EqBand) -> String {
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
