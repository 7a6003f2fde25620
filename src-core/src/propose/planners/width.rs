//! Width: gain of the side.

use super::{Part, Situation, combine};
use crate::chain::Settings;
use crate::chain::settings::Stereo;
use crate::measure::stereo;
use crate::propose::{Dimension, Expectation, MatchMode, Move};
use crate::units::{db_to_gain, gain_to_db, number};

/// A smaller change is not worth a move, dB.
const TOO_LITTLE_DB: f64 = 0.3;

/// Limits of the side gain, dB. Widening is kept smaller than narrowing: it costs mono compatibility.
const MOST_SESSION_DB: [f64; 2] = [-12.0, 9.0];
const MOST_RECORD_DB: [f64; 2] = [-4.0, 3.0];

/// A side this far below the mid is as good as silent: boosting it would raise noise, not width.
const SILENT_DB: f64 = -40.0;

/// How far inside the edge of the range the result is put, dB.
const INSIDE_DB: f64 = 0.3;

/// Below this frequency the side is taken out where bass is found too wide, Hz.
const MONO_BELOW_HZ: f64 = 110.0;

/// Adds stereo settings.
pub(super) fn plan(situation: &Situation<'_>, mode: MatchMode, settings: &mut Settings) -> Part {
    let mut part = Part::default();
    let amount = situation.amounts.width;
    if amount == 0.0 || situation.mix.stereo.is_none() {
        return part;
    }
    let map = &situation.mix.map;
    let side_mid_db = stereo::sum(map, 0..map.frames(), stereo::band_range(100.0, 16_000.0)).side_mid.db();
    let wish = match mode {
        MatchMode::SameSession => combine(situation.session().filter_map(|(_, m)| m.side_gain_db).map(|e| (e.value, e.sd))),
        MatchMode::OtherRecord => record_wish(situation).map(|gain| (gain, 1.0)),
    };
    let [least, most] = if mode == MatchMode::SameSession { MOST_SESSION_DB } else { MOST_RECORD_DB };
    let mut stereo_settings = Stereo::default();
    if let Some((gain_db, sd)) = wish.filter(|(g, _)| g.abs() >= TOO_LITTLE_DB) {
        if gain_db > 0.0 && (side_mid_db.is_nan() || side_mid_db < SILENT_DB) {
            part.notes.push("Width: the side is near silent; there is nothing to widen.".into());
        } else {
            let gain_db = (gain_db * amount).clamp(least, most);
            let why = format!("the reference is {}", if gain_db > 0.0 { "wider" } else { "narrower" });
            stereo_settings.side_gain_db = gain_db;
            part.moves.push(side_move(side_mid_db, gain_db, gain_db / amount, sd, why, situation));
        }
    }
    if mode == MatchMode::OtherRecord && situation.findings.iter().any(|f| f.code == "stereo.wide_bass") {
        stereo_settings.mono_below_hz = Some(MONO_BELOW_HZ);
        part.moves.push(mono_bass_move());
    }
    stereo_settings.reason = part.moves.first().map(|m| m.why.clone()).unwrap_or_default();
    if !part.moves.is_empty() {
        settings.stereo = Some(stereo_settings);
    }
    part
}

/// From outside the references' range of width to just inside it.
fn record_wish(situation: &Situation<'_>) -> Option<f64> {
    let width = situation.comparison.quantity("width")?;
    let outside = width.range.outside(width.value?);
    (outside != 0.0).then(|| -(outside + INSIDE_DB * outside.signum()))
}

fn side_move(before_db: f64, gain_db: f64, wanted_db: f64, sd: f64, why: String, situation: &Situation<'_>) -> Move {
    let sign = if gain_db > 0.0 { "+" } else { "" };
    let finite = |v: f64| v.is_finite().then_some(v);
    Move {
        id: "width-1".into(),
        dimension: Dimension::Width,
        what: format!("Side {sign}{} dB ({} % width)", number(gain_db, 1), number(100.0 * db_to_gain(gain_db), 0)),
        why,
        band_hz: None,
        answers: situation.answered("stereo.narrow", [20.0, 20_000.0]),
        expectation: Expectation {
            quantity: "side against mid, 100 Hz–16 kHz".into(),
            before: finite(before_db),
            expected: finite(before_db + gain_db),
            target: finite(before_db + wanted_db),
            unit: "dB".into(),
        },
        confidence: (1.0 - sd / 3.0).clamp(0.1, 1.0),
    }
}

fn mono_bass_move() -> Move {
    Move {
        id: "width-2".into(),
        dimension: Dimension::Width,
        what: format!("Mono below {} Hz", number(MONO_BELOW_HZ, 0)),
        why: "wide bass loses level in mono and on vinyl".into(),
        band_hz: Some([20.0, MONO_BELOW_HZ]),
        answers: vec!["stereo.wide_bass".into()],
        expectation: Expectation {
            quantity: "side against mid, below 110 Hz".into(),
            before: None,
            expected: Some(gain_to_db(1e-2)),
            target: None,
            unit: "dB".into(),
        },
        confidence: 0.8,
    }
}
