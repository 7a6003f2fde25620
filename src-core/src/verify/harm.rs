//! What a render moved out of, or further out of, the range of other records.

use super::outcomes::TOLERANCE_DB;
use crate::compare::{BandTone, BandWidth, Comparison, HEARD_HZ, Range, SILENT_DB, SUMMED_BANDS};
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

/// Change of a band that is no harm where the whole sound lies inside the range, dB: such a mix is to change by less than half a decibel.
const KEPT_DB: f64 = 0.4;

/// The tone of a sound that lies inside the range, in words.
const KEPT: &str = "the tone, which lay inside the range,";

/// A value that lies further outside its range than before, or outside on the other side.
#[derive(Clone, Debug, PartialEq)]
pub struct Harm {
    /// What it is, in words: "the band at 400 Hz".
    pub quantity: String,
    /// What happened to it, in words that follow.
    pub told: &'static str,
    /// By how much it went away beyond what measuring cannot tell from nothing, in its unit.
    pub excess: f64,
    /// How much of the way there may be gone without harm, 0 to 1: levels in dB change nearly in proportion to the moves.
    pub harmless: f64,
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
    let mut note = |quantity: String, way: Way, of_bands: bool, suspects: &[Dimension]| {
        let suspects: Vec<Dimension> = suspects.iter().copied().filter(moved).collect();
        if way.excess(1.0) > 0.0 && !suspects.is_empty() {
            let told = if quantity == KEPT { "was changed" } else { "was moved away from its range" };
            out.push(Harm { quantity, told, excess: way.excess(1.0), harmless: way.harmless(), of_bands, suspects });
        }
    };
    // Only an expander widens levels, only a compressor narrows them; what else does so is the equaliser's weight on loud passages.
    let expands = proposal.settings.dynamics.as_ref().is_some_and(|d| d.bands.iter().any(|b| b.ratio < 1.0));
    let louder = proposal.settings.output_gain_db > LIMITING_GAIN_DB;
    // A loudness that gives way to the limiter or to the range of peaks was planned so and is no surprise.
    let foreseen = |id: &str| id == "loudness" && as_loud_as_planned(proposal, before, after);
    for quantity in before.quantities.iter().filter(|q| !foreseen(&q.id)) {
        let Some((from, to)) = quantity.value.zip(after.quantity(&quantity.id).and_then(|q| q.value)) else { continue };
        let is = quantity.range.outside(to);
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
        note(quantity.label.clone(), Way { range: quantity.range, from, to, tolerance }, of_bands, suspects);
    }
    let loudest = before.tone.iter().map(|b| b.level_db).fold(f64::NEG_INFINITY, f64::max);
    // What lies this low at the ends is no sound: a limiter at work elsewhere already changes it.
    let sounds = |b: &BandTone| HEARD_HZ.contains(&b.hz) || b.level_db > loudest - SILENT_DB;
    for (was, is) in before.tone.iter().filter(|b| sounds(b)).filter_map(|b| Some((b, after.tone.iter().find(|a| a.hz == b.hz)?))) {
        let way = Way { range: was.range, from: was.level_db, to: is.level_db, tolerance: tone_tolerance_db(was.hz) };
        // Width moves tone, which counts the side too; a limiter moves it where loud passages sound otherwise than soft ones.
        note(format!("the band at {} Hz", number(was.hz, 0)), way, true, &[Tone, Dynamics, Width, Loudness]);
    }
    for (was, is) in heard_widths(before, after) {
        let way = Way { range: was.range, from: was.side_mid_db, to: is.side_mid_db, tolerance: WIDTH_TOLERANCE_DB };
        note(format!("the width at {} Hz", number(was.hz, 0)), way, true, &[Width, Dynamics, Loudness]);
    }
    if let Some(change_db) = kept_tone_moved(before, after) {
        let here = Range { centre: 0.0, low: 0.0, high: 0.0 };
        let way = Way { range: here, from: 0.0, to: change_db, tolerance: KEPT_DB };
        // One name, whichever band it is: what was taken back in vain is told by it.
        note(KEPT.to_owned(), way, true, &[Dynamics, Loudness]);
    }
    out.sort_by(|a, b| b.excess.total_cmp(&a.excess));
    out
}

/// Whether the loudness changed as the plan says, which may be less than was asked for.
fn as_loud_as_planned(proposal: &Proposal, before: &Comparison, after: &Comparison) -> bool {
    let planned = proposal.moves.iter().find(|m| m.dimension == Dimension::Loudness).map(|m| &m.expectation);
    let planned = planned.and_then(|e| Some(e.expected? - e.before?));
    let value = |c: &Comparison| c.quantity("loudness").and_then(|q| q.value);
    let changed = value(before).zip(value(after)).map(|(was, is)| is - was);
    planned.zip(changed).is_some_and(|(planned, changed)| (changed - planned).abs() <= TOLERANCE_DB)
}

/// Largest change of a band of a tone that is to be kept because the sound lies inside the range, dB.
fn kept_tone_moved(before: &Comparison, after: &Comparison) -> Option<f64> {
    let change = |b: &BandTone| Some(after.tone.iter().find(|a| a.hz == b.hz)?.level_db - b.level_db);
    let heard = before.heard_tone().filter(|_| before.sound_is_inside());
    heard.filter_map(change).max_by(|a, b| a.abs().total_cmp(&b.abs()))
}

fn tone_tolerance_db(hz: f64) -> f64 {
    if HEARD_HZ.contains(&hz) { TOLERANCE_DB } else { UNHEARD_TOLERANCE_DB }
}

fn heard_widths<'a>(before: &'a Comparison, after: &'a Comparison) -> impl Iterator<Item = (&'a BandWidth, &'a BandWidth)> {
    let heard = before.width.iter().filter(|b| HEARD_HZ.contains(&b.hz));
    heard.filter_map(|b| Some((b, after.width.iter().find(|a| a.hz == b.hz)?)))
}

/// A value's way from before to after.
struct Way {
    range: Range,
    from: f64,
    to: f64,
    tolerance: f64,
}

impl Way {
    /// By how much the value lies further outside than it did, or outside on the other side, beyond the tolerance, when a share of the way is
    /// gone; negative where that is no harm.
    fn excess(&self, share: f64) -> f64 {
        let (was, is) = (self.range.outside(self.from), self.range.outside(self.from + share * (self.to - self.from)));
        (if was * is < 0.0 { is.abs() } else { is.abs() - was.abs() }) - self.tolerance
    }

    /// The most of the way that does no harm.
    fn harmless(&self) -> f64 {
        /// What is tried.
        const STEPS: u32 = 20;
        /// Part of the tolerance that is used: the proportion is not exact.
        const PRUDENCE: f64 = 0.6;
        let mut shares = (0..=STEPS).rev().map(|step| f64::from(step) / f64::from(STEPS));
        shares.find(|share| self.excess(*share) <= (PRUDENCE - 1.0) * self.tolerance).unwrap_or(0.0)
    }
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

    /// The same with another band that lies outside.
    fn beside(mut comparison: Comparison) -> Comparison {
        let tone = comparison.tone[0];
        comparison.tone.push(BandTone { hz: 4_000.0, outside_db: 2.0, level_db: 5.0, ..tone });
        comparison
    }

    fn blamed(dimensions: &[Dimension], before: &Comparison, after: &Comparison) -> Vec<Dimension> {
        harms(&proposal(dimensions), before, after).into_iter().filter_map(|harm| harm.suspects.first().copied()).collect()
    }

    #[test]
    fn the_nearest_cause_that_moved_answers_for_a_value_that_went_away() {
        use Dimension::{Dynamics, Loudness, Tone, Width};
        // Something lies outside from the start, so that what lies inside may move there.
        let comparison = |tone_db: f64, side_mid_db: f64| beside(comparison(tone_db, side_mid_db));
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
        let harmless = |from: f64, to: f64| Way { range: RANGE, from, to, tolerance: 0.2 }.harmless();
        assert_eq!(harmless(0.0, 2.9), 1.0, "all of it stays inside");
        // The range ends at 3 dB; 60 % of the tolerance may be used.
        assert_eq!(harmless(0.0, 6.0), 0.5);
        assert_eq!(harmless(6.0, 12.0), 0.0, "further away from the start on");
        assert_eq!(harmless(6.0, 0.0), 1.0, "nearer all the way");
    }

    #[test]
    fn a_tone_that_lies_inside_is_kept() {
        let proposal = proposal(&[Dimension::Dynamics]);
        let harm = |to: f64| harms(&proposal, &comparison(1.0, 0.0), &comparison(to, 0.0));
        assert!(harm(1.3).is_empty(), "{:?}", harm(1.3));
        let [harm] = &harm(2.6)[..] else { panic!("one harm: {:?}", harm(2.6)) };
        assert!((harm.excess - 1.2).abs() < 1e-9 && harm.harmless < 0.2 && harm.suspects == [Dimension::Dynamics], "{harm:?}");
        // Where something lies outside, the rest may move within the range.
        assert!(harms(&proposal, &beside(comparison(1.0, 0.0)), &beside(comparison(2.6, 0.0))).is_empty());
    }

    #[test]
    fn coming_nearer_is_no_harm_and_going_over_to_the_other_side_is() {
        let (above, nearer, over) = (comparison(6.0, 0.0), comparison(3.5, 0.0), comparison(-3.5, 0.0));
        assert_eq!(blamed(&[Dimension::Tone], &above, &nearer), []);
        assert_eq!(blamed(&[Dimension::Tone], &above, &over), [Dimension::Tone]);
        assert_eq!(blamed(&[Dimension::Tone], &nearer, &above), [Dimension::Tone]);
    }
}
