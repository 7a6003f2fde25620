//! What moves for playback systems brought and cost, in the rendered result.

use super::outcomes::{Before, tone_distance};
use super::residual::rms;
use super::{MoveOutcome, Outcome};
use crate::chain::part_response_db;
use crate::chain::settings::{EqBand, Part};
use crate::compare::BandTone;
use crate::compare::equal_loudness::k_weighted;
use crate::compare::matched::match_bands_hz;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::propose::{MatchMode, Move, SystemScore, TranslationTrade};
use crate::units::{db_to_power, number, power_to_db};

/// A render may keep this much less of a system than it would without the moves, points.
const MOST_LOST: f64 = 1.0;

/// What measuring the tone of a render cannot tell from nothing, dB.
const TOLERANCE_DB: f64 = 0.2;

/// Tone distance of a render to the reference as it is, and as it would be without some bands of its equaliser: their response is taken
/// out of what was measured. What dynamics and limiter made of them stays in.
pub fn tone_distances(mode: MatchMode, render: Before<'_>, bands: &[EqBand]) -> [f64; 2] {
    let rate = f64::from(render.measurements.sample_rate);
    let response = |hz: f64| if hz < 0.49 * rate { part_response_db(bands, Part::Mid, hz, rate) } else { 0.0 };
    let without = match mode {
        MatchMode::SameSession => {
            let of = |correction: &[f64]| -> f64 {
                rms(&correction.iter().zip(match_bands_hz()).map(|(db, hz)| db + response(*hz)).collect::<Vec<f64>>())
            };
            let found: Vec<f64> = render.matched.iter().flatten().map(|m| of(&m.correction_db)).collect();
            found.iter().sum::<f64>() / found.len().max(1) as f64
        }
        MatchMode::OtherRecord => {
            let tone = &render.comparison.tone;
            let power = |band: usize, less: f64| {
                let level = tone.iter().find(|b| b.hz == BANDS_HZ[band]).map(|b| b.level_db);
                level.map_or(0.0, |level| db_to_power(level - less * response(BANDS_HZ[band])))
            };
            let powers = |less: f64| -> [f64; BANDS] { std::array::from_fn(|band| power(band, less)) };
            // Levels are at equal loudness, which the bands shift too.
            let shift = power_to_db(k_weighted(&powers(1.0)) / k_weighted(&powers(0.0)));
            let shift = if shift.is_finite() { shift } else { 0.0 };
            let outside = |b: &BandTone| b.range.outside(b.level_db - response(b.hz) - shift).powi(2);
            (tone.iter().map(outside).sum::<f64>() / tone.len().max(1) as f64).sqrt()
        }
    };
    [without, tone_distance(mode, render)]
}

/// Why the moves for playback systems have to go, if they do: the system that kept least gains nothing, another loses, or the reference does by
/// more than was planned.
pub fn spoiled(planned: &TranslationTrade, measured: &TranslationTrade) -> Option<String> {
    let served = planned.worst()?;
    let served = measured.systems.iter().find(|s| s.system == served.system)?;
    if served.with <= served.without {
        return Some(format!("nothing was gained {}", served.place));
    }
    if let Some(loser) = measured.systems.iter().find(|s| s.with < s.without - MOST_LOST) {
        return Some(format!("{} points were lost {}", number(loser.without - loser.with, 0), loser.place));
    }
    let cost = |t: &TranslationTrade| t.match_with_db - t.match_without_db;
    (cost(measured) > cost(planned).max(0.0) + TOLERANCE_DB).then(|| format!("the reference match lost {} dB", number(cost(measured), 1)))
}

/// Outcome of a move for the system that its expectation is about, by what was measured there.
pub fn served(a_move: &Move, measured: Option<&TranslationTrade>) -> MoveOutcome {
    let system = measured.and_then(|t| t.systems.iter().find(|s| SystemScore::quantity(&s.place) == a_move.expectation.quantity));
    let reason = system.zip(measured).map_or_else(
        || "not measurable in the result".into(),
        |(s, t)| {
            format!(
                "{}: {} of 100 without, {} with it; tone distance to the reference {} dB without, {} dB with it",
                s.place,
                number(s.without, 0),
                number(s.with, 0),
                number(t.match_without_db, 2),
                number(t.match_with_db, 2)
            )
        },
    );
    MoveOutcome {
        id: a_move.id.clone(),
        what: a_move.what.clone(),
        outcome: Outcome::Kept,
        kept: 1.0,
        expectation: a_move.expectation.clone(),
        measured: system.map(|s| s.with),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trade(cost_db: f64, scores: [(f64, f64); 2]) -> TranslationTrade {
        let score = |(name, (without, with)): (&str, (f64, f64))| SystemScore {
            system: name.into(),
            place: format!("on a {name}"),
            before: None,
            without,
            with,
        };
        let systems = ["phone", "club"].into_iter().zip(scores).map(score).collect();
        TranslationTrade { weight: 1.0, match_without_db: 0.8, match_with_db: 0.8 + cost_db, systems }
    }

    #[test]
    fn moves_stay_where_they_serve_and_go_where_they_do_not_or_cost_too_much() {
        let planned = trade(0.1, [(61.0, 68.0), (90.0, 90.0)]);
        assert_eq!(spoiled(&planned, &trade(0.2, [(60.0, 65.0), (90.0, 89.0)])), None);
        let reason = |measured: &TranslationTrade| spoiled(&planned, measured).unwrap();
        assert!(reason(&trade(0.1, [(61.0, 61.0), (90.0, 99.0)])).contains("nothing was gained on a phone"));
        assert!(reason(&trade(0.1, [(61.0, 68.0), (90.0, 87.0)])).contains("3 points were lost on a club"));
        assert!(reason(&trade(0.4, [(61.0, 68.0), (90.0, 90.0)])).contains("0.4 dB"));
    }
}
