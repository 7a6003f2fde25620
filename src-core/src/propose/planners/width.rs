//! Width towards a reference of the same session: gain of the side.

use super::{Part, Situation, combine};
use crate::chain::Settings;
use crate::chain::settings::Stereo;
use crate::measure::stereo;
use crate::propose::{Dimension, Expectation, Move};
use crate::units::{db_to_gain, number};

/// A smaller change is not worth a move, dB.
const TOO_LITTLE_DB: f64 = 0.3;

/// Limits of the side gain, dB. Widening is kept smaller than narrowing: it costs mono compatibility.
const MOST_SESSION_DB: [f64; 2] = [-12.0, 9.0];

/// A side this far below the mid is as good as silent: boosting it would raise noise, not width.
pub(super) const SILENT_DB: f64 = -40.0;

/// Adds stereo settings.
pub(super) fn plan(situation: &Situation<'_>, settings: &mut Settings) -> Part {
    let mut part = Part::default();
    let amount = situation.amounts.width;
    if amount == 0.0 || situation.mix.stereo.is_none() {
        return part;
    }
    let map = &situation.mix.map;
    let before_db = stereo::sum(map, 0..map.frames(), stereo::band_range(100.0, 16_000.0)).side_mid.db();
    let wish = combine(situation.session().filter_map(|(_, m)| m.side_gain_db).map(|e| (e.value, e.sd)));
    let Some((wanted_db, sd)) = wish.filter(|(g, _)| g.abs() >= TOO_LITTLE_DB) else { return part };
    if wanted_db > 0.0 && (before_db.is_nan() || before_db < SILENT_DB) {
        part.notes.push("Width: the side is near silent; there is nothing to widen.".into());
        return part;
    }
    let gain_db = (wanted_db * amount).clamp(MOST_SESSION_DB[0], MOST_SESSION_DB[1]);
    let sign = if gain_db > 0.0 { "+" } else { "" };
    let what = format!("Side {sign}{} dB ({} % width)", number(gain_db, 1), number(100.0 * db_to_gain(gain_db), 0));
    let why = format!("the reference is {}", if gain_db > 0.0 { "wider" } else { "narrower" });
    let levels = Levels { before_db, expected_db: before_db + gain_db, target_db: before_db + wanted_db };
    part.moves.push(side_move(what, why.clone(), levels, (1.0 - sd / 3.0).clamp(0.1, 1.0), situation));
    settings.stereo = Some(Stereo { side_gain_db: gain_db, reason: why, ..Stereo::default() });
    part
}

/// Side against mid, 100 Hz to 16 kHz.
pub(super) struct Levels {
    pub before_db: f64,
    pub expected_db: f64,
    pub target_db: f64,
}

pub(super) fn side_move(what: String, why: String, levels: Levels, confidence: f64, situation: &Situation<'_>) -> Move {
    let finite = |v: f64| v.is_finite().then_some(v);
    Move {
        id: "width-1".into(),
        dimension: Dimension::Width,
        what,
        why,
        band_hz: None,
        answers: situation.answered("stereo.narrow", [20.0, 20_000.0]),
        expectation: Expectation {
            quantity: "side against mid, 100 Hz–16 kHz".into(),
            before: finite(levels.before_db),
            expected: finite(levels.expected_db),
            target: finite(levels.target_db),
            unit: "dB".into(),
        },
        confidence,
    }
}
