//! What a render moved out of, or further out of, the range of other records.

use super::outcomes::TOLERANCE_DB;
use crate::compare::{BandTone, BandWidth, Comparison, Range, SUMMED_BANDS};
use crate::propose::{Dimension, Proposal};
use crate::units::number;

/// What measuring cannot tell from nothing at the ends of the spectrum, where there is little sound to measure, and for the width of a
/// band, dB.
const UNHEARD_TOLERANCE_DB: f64 = 0.6;
const WIDTH_TOLERANCE_DB: f64 = 0.5;

/// The same for loudness range and the spread of levels, which hang on a few passages, dB.
const LEVELS_TOLERANCE_DB: f64 = 0.4;

/// From this gain on the limiter may work hard enough to even out levels, dB.
const LIMITING_GAIN_DB: f64 = 0.5;

/// Bands in which music is heard, Hz.
const HEARD_HZ: std::ops::RangeInclusive<f64> = 30.0..=17_000.0;

/// A band this far below the loudest is no sound, dB.
const SILENT_DB: f64 = 60.0;

/// A value that lies further outside its range than before, or outside on the other side.
#[derive(Clone, Debug, PartialEq)]
pub struct Harm {
    /// What it is, in words: "the band at 400 Hz".
    pub quantity: String,
    /// By how much it went away beyond what measuring cannot tell from nothing, in its unit.
    pub excess: f64,
    /// Whether it is the tone or the width of a band, or a sum of such: what the equaliser can take into account.
    pub of_bands: bool,
    /// What has a move and can have done it, the likeliest first.
    pub suspects: Vec<Dimension>,
}

/// Everything that was moved away from its range, the worst first.
pub fn harms(proposal: &Proposal, before: &Comparison, after: &Comparison) -> Vec<Harm> {
    use Dimension::{Dynamics, Loudness, Tone, Width};
    let same = |of: Dimension, d: Dimension| of == d || (of == Dimension::Translation && d == Tone);
    let moved = |d: &Dimension| proposal.moves.iter().any(|m| same(m.dimension, *d));
    let mut out: Vec<Harm> = Vec::new();
    let mut note = |quantity: String, excess: f64, of_bands: bool, suspects: &[Dimension]| {
        let suspects: Vec<Dimension> = suspects.iter().copied().filter(moved).collect();
        if excess > 0.0 && !suspects.is_empty() {
            out.push(Harm { quantity, excess, of_bands, suspects });
        }
    };
    // Only an expander widens levels, only a compressor narrows them; what else does so is the equaliser's weight on loud passages.
    let expands = proposal.settings.dynamics.as_ref().is_some_and(|d| d.bands.iter().any(|b| b.ratio < 1.0));
    let louder = proposal.settings.output_gain_db > LIMITING_GAIN_DB;
    for quantity in &before.quantities {
        let outside = |c: &Comparison| Some(c.quantity(&quantity.id)?).and_then(|q| Some(q.range.outside(q.value?)));
        let (Some(was), Some(is)) = (outside(before), outside(after)) else { continue };
        let id = quantity.id.as_str();
        let (suspects, tolerance): (&[Dimension], f64) = match id {
            "loudness" => (&[Loudness], TOLERANCE_DB),
            "plr" => (&[Dynamics, Loudness, Tone], TOLERANCE_DB),
            "loudness_range" | "level_spread" if (is > 0.0) == expands => (&[Dynamics, Tone], LEVELS_TOLERANCE_DB),
            "loudness_range" | "level_spread" if is < 0.0 && louder => (&[Dynamics, Loudness, Tone], LEVELS_TOLERANCE_DB),
            "loudness_range" | "level_spread" if is < 0.0 => (&[Dynamics, Tone], LEVELS_TOLERANCE_DB),
            "loudness_range" | "level_spread" => (&[Tone], LEVELS_TOLERANCE_DB),
            "width" => (&[Width, Dynamics, Loudness, Tone], TOLERANCE_DB),
            "rumble" => (&[Tone, Dynamics, Width, Loudness], UNHEARD_TOLERANCE_DB),
            _ => (&[Tone, Dynamics, Width, Loudness], TOLERANCE_DB),
        };
        let of_bands = id == "width" || SUMMED_BANDS.iter().any(|(sum, _)| *sum == id);
        note(quantity.label.clone(), further_by(was, is) - tolerance, of_bands, suspects);
    }
    let loudest = before.tone.iter().map(|b| b.level_db).fold(f64::NEG_INFINITY, f64::max);
    // What lies this low at the ends is no sound: a limiter at work elsewhere already changes it.
    let sounds = |b: &BandTone| HEARD_HZ.contains(&b.hz) || b.level_db > loudest - SILENT_DB;
    for (was, is) in before.tone.iter().filter(|b| sounds(b)).filter_map(|b| Some((b, after.tone.iter().find(|a| a.hz == b.hz)?))) {
        let excess = further_by(was.outside_db, is.outside_db) - tone_tolerance_db(was.hz);
        // Width moves tone, which counts the side too; a limiter moves it where loud passages sound otherwise than soft ones.
        note(format!("the band at {} Hz", number(was.hz, 0)), excess, true, &[Tone, Dynamics, Width, Loudness]);
    }
    for (was, is) in heard_widths(before, after) {
        let excess = further_by(was.range.outside(was.side_mid_db), was.range.outside(is.side_mid_db)) - WIDTH_TOLERANCE_DB;
        note(format!("the width at {} Hz", number(was.hz, 0)), excess, true, &[Width, Dynamics, Loudness]);
    }
    out.sort_by(|a, b| b.excess.total_cmp(&a.excess));
    out
}

fn tone_tolerance_db(hz: f64) -> f64 {
    if HEARD_HZ.contains(&hz) { TOLERANCE_DB } else { UNHEARD_TOLERANCE_DB }
}

fn heard_widths<'a>(before: &'a Comparison, after: &'a Comparison) -> impl Iterator<Item = (&'a BandWidth, &'a BandWidth)> {
    let heard = before.width.iter().filter(|b| HEARD_HZ.contains(&b.hz));
    heard.filter_map(|b| Some((b, after.width.iter().find(|a| a.hz == b.hz)?)))
}

/// By how much a value lies further outside than it did, or outside on the other side; negative where it came nearer.
fn further_by(was: f64, is: f64) -> f64 {
    if was * is < 0.0 { is.abs() } else { is.abs() - was.abs() }
}

/// How much of the way from before to after may be gone without taking any value further out of its range than it was, 0 to 1: levels in dB
/// change nearly in proportion to the moves. Bands, their sums, and what else is one number are looked at.
pub fn harmless_share(before: &Comparison, after: &Comparison) -> f64 {
    /// What is tried, from the most.
    const STEPS: u32 = 20;
    /// Part of the tolerances that is used: the proportion is not exact.
    const PRUDENCE: f64 = 0.6;
    let mut ways: Vec<(Range, f64, f64, f64)> = Vec::new();
    for (b, a) in before.tone.iter().filter_map(|b| Some((b, after.tone.iter().find(|a| a.hz == b.hz)?))) {
        ways.push((b.range, b.level_db, a.level_db, tone_tolerance_db(b.hz)));
    }
    ways.extend(heard_widths(before, after).map(|(b, a)| (b.range, b.side_mid_db, a.side_mid_db, WIDTH_TOLERANCE_DB)));
    for quantity in before.quantities.iter().filter(|q| q.id != "loudness") {
        let after = after.quantity(&quantity.id).and_then(|q| q.value);
        if let Some((b, a)) = quantity.value.zip(after) {
            let tolerance =
                if matches!(quantity.id.as_str(), "loudness_range" | "level_spread") { LEVELS_TOLERANCE_DB } else { TOLERANCE_DB };
            ways.push((quantity.range, b, a, tolerance));
        }
    }
    let harmless = |share: f64| {
        let further = |(range, b, a, tolerance): &(Range, f64, f64, f64)| {
            further_by(range.outside(*b), range.outside(b + share * (a - b))) > PRUDENCE * tolerance
        };
        !ways.iter().any(further)
    };
    let mut shares = (0..=STEPS).rev().map(|step| f64::from(step) / f64::from(STEPS));
    shares.find(|share| harmless(*share)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Settings;
    use crate::propose::Expectation;
    use crate::propose::{Amounts, MatchMode, Move};

    const RANGE: Range = Range { centre: 0.0, low: -3.0, high: 3.0 };

    /// A proposal with one move in each of the dimensions.
    fn proposal(dimensions: &[Dimension]) -> Proposal {
        let a_move = |dimension: &Dimension| Move {
            id: format!("{dimension:?}"),
            dimension: *dimension,
            what: String::new(),
            why: String::new(),
            band_hz: None,
            answers: Vec::new(),
            expectation: Expectation { quantity: String::new(), before: None, expected: None, target: None, unit: String::new() },
            confidence: 1.0,
        };
        Proposal {
            translation: None,
            mode: MatchMode::OtherRecord,
            mode_reason: String::new(),
            amounts: Amounts::default(),
            settings: Settings::default(),
            moves: dimensions.iter().map(a_move).collect(),
            notes: Vec::new(),
        }
    }

    fn comparison(tone_db: f64, side_mid_db: f64) -> Comparison {
        let tone = BandTone { hz: 1_000.0, level_db: tone_db, range: RANGE, difference_db: tone_db, outside_db: RANGE.outside(tone_db) };
        let width = BandWidth { hz: 1_000.0, side_mid_db, range: RANGE };
        Comparison { tone: vec![tone], width: vec![width], ..Comparison::default() }
    }

    fn blamed(dimensions: &[Dimension], before: &Comparison, after: &Comparison) -> Vec<Dimension> {
        harms(&proposal(dimensions), before, after).into_iter().filter_map(|harm| harm.suspects.first().copied()).collect()
    }

    #[test]
    fn the_nearest_cause_that_moved_answers_for_a_value_that_went_away() {
        use Dimension::{Dynamics, Loudness, Tone, Width};
        let inside = comparison(0.0, 0.0);
        let (toned, widened) = (comparison(4.0, 0.0), comparison(0.0, 4.0));
        assert_eq!(blamed(&[Tone, Dynamics, Width, Loudness], &inside, &toned), [Tone]);
        assert_eq!(blamed(&[Width, Loudness], &inside, &toned), [Width]);
        assert_eq!(blamed(&[Loudness, Tone, Width], &inside, &widened), [Width]);
        assert_eq!(blamed(&[Loudness, Tone], &inside, &widened), [Loudness], "a limiter can do it");
        assert_eq!(blamed(&[Tone], &inside, &widened), [], "an equaliser on both sides cannot");
    }

    #[test]
    fn as_much_is_kept_as_does_no_harm() {
        let inside = comparison(0.0, 0.0);
        assert_eq!(harmless_share(&inside, &comparison(2.9, -2.9)), 1.0, "all of it stays inside");
        // The range ends at 3 dB; 60 % of the tolerance of 0.2 dB may be used.
        assert_eq!(harmless_share(&inside, &comparison(6.0, 0.0)), 0.5);
        assert!(harmless_share(&inside, &comparison(0.0, 6.0)) >= 0.5);
        assert_eq!(harmless_share(&comparison(6.0, 0.0), &comparison(12.0, 0.0)), 0.0, "further away from the start on");
        assert_eq!(harmless_share(&comparison(6.0, 0.0), &comparison(0.0, 0.0)), 1.0, "nearer all the way");
    }

    #[test]
    fn coming_nearer_is_no_harm_and_going_over_to_the_other_side_is() {
        let (above, nearer, over) = (comparison(6.0, 0.0), comparison(3.5, 0.0), comparison(-3.5, 0.0));
        assert_eq!(blamed(&[Dimension::Tone], &above, &nearer), []);
        assert_eq!(blamed(&[Dimension::Tone], &above, &over), [Dimension::Tone]);
        assert_eq!(blamed(&[Dimension::Tone], &nearer, &above), [Dimension::Tone]);
    }
}
