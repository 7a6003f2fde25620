//! Tone towards another record: only what lies outside the range of the references is moved, towards its edge.
//!
//! Long-term spectra of two records differ by what is played, so there is no curve to follow. What can be said is which third octaves
//! lie outside the range of good records, and few broad bells and shelves are sought that bring them nearer while every other band stays
//! where it may be. The search looks at levels at equal loudness, as comparisons do: what one band gains the others lose.

use super::outlook::{Curve, Outlook};
use super::response::gains;
use super::search::{Kind, effort_weight, range_cost};
use super::tone::{describe, reach_hz};
use super::{Part, Situation, band_text};
use crate::chain::Settings;
use crate::chain::settings::{self, EqBand, EqKind};
use crate::compare::matched::{MATCH_BANDS, MatchedDifference, match_bands_hz};
use crate::compare::translation::Gains;
use crate::compare::{BandTone, Range};
use crate::measure::energy_map::BANDS_HZ;
use crate::measure::stereo;
use crate::propose::{Dimension, Expectation, Move};
use crate::units::{db_to_power, number, power_to_db};

/// No band of the equaliser, and no third octave, is changed by more than this, dB: more belongs back in the mix.
const MOST_DB: f64 = 6.0;

/// Qs of the bells: nothing finer than about an octave.
const BELL_Q: [f64; 3] = [0.5, 0.9, 1.4];
/// Q of the shelves, without overshoot.
const SHELF_Q: f64 = 0.7;
/// Corners of the shelves, Hz.
const LOW_SHELVES_HZ: [f64; 6] = [50.0, 80.0, 120.0, 180.0, 270.0, 400.0];
const HIGH_SHELVES_HZ: [f64; 6] = [1_500.0, 2_500.0, 4_000.0, 6_000.0, 8_500.0, 12_000.0];
/// Centres of the bells, Hz.
const BELLS_HZ: std::ops::RangeInclusive<f64> = 40.0..=12_500.0;

/// Where tone and width lie inside their ranges the tone is kept: what a band changes by more than this costs, dB, and how much, dB⁻².
const KEPT_DB: f64 = 0.25;
const KEPT_COST: f64 = 20.0;

/// What a decibel of change costs in a band that needs none, and in one that does, dB⁻²: of two ways the smaller one is taken.
const STILL: f64 = 0.1;
const MOVING: f64 = 0.02;

/// What measuring cannot tell from nothing, dB.
pub(super) const TOLERANCE_DB: f64 = 0.12;

/// A third octave, or a sum of some, with its range.
struct Pull {
    /// Bands of the map that it sums.
    bands: std::ops::Range<usize>,
    range: Range,
    /// Level of the mix as it came, dB.
    before_db: f64,
    weight: f64,
}

/// A single reference that may be another part of the mix's own song: what passages that play alike say is held against its range.
struct Witness<'a>(&'a MatchedDifference);

impl<'a> Witness<'a> {
    /// None for several references, and for one that is surely another record.
    fn of(situation: &'a Situation<'_>) -> Option<Self> {
        /// Twice as unlike as this are records of other songs; parts of one song hardly reach it, dB.
        const SURELY_OTHER_DB: f64 = 2.5;
        let [reference] = situation.references else { return None };
        reference.matched.as_ref().filter(|m| m.unlikeness_db() < SURELY_OTHER_DB).map(Self)
    }

    /// The range of a band, wide enough that the mix lies no further outside than like passages confirm.
    fn granted(&self, band: &BandTone) -> Range {
        let Some(index) = match_bands_hz().iter().position(|hz| *hz == band.hz) else { return band.range };
        let mean = self.0.correction_db.iter().sum::<f64>() / MATCH_BANDS as f64;
        let wanted = self.0.correction_db.get(index).map_or(0.0, |db| db - mean);
        let confirmed = (-wanted * band.outside_db.signum()).clamp(0.0, band.outside_db.abs());
        let excess = band.outside_db.abs() - confirmed;
        if band.outside_db > 0.0 {
            Range { high: band.range.high + excess, ..band.range }
        } else {
            Range { low: band.range.low - excess, ..band.range }
        }
    }
}

/// What is wanted of the tone.
pub(super) struct Goal {
    pulls: Vec<Pull>,
    /// The mix as it came.
    outlook: Outlook,
    /// Gains that stand already.
    held: Gains,
    /// Level per band as it came, dB.
    came_db: Curve,
    /// What dynamics and limiter did to an earlier render, dB per band.
    drift_db: Curve,
    /// Steady level below 25 Hz against the whole, with its range.
    rumble: Option<(f64, Range)>,
    /// Whether tone and width lie inside their ranges as they came: then the tone is kept.
    kept: bool,
}

impl Goal {
    pub(super) fn new(situation: &Situation<'_>) -> Self {
        let rate = f64::from(situation.mix.sample_rate);
        let tone = &situation.comparison.tone;
        // Only these pull; the others are merely kept from getting worse: lifting what lies below and above lifts rumble and hiss.
        let heard: Vec<f64> = situation.comparison.heard_tone().map(|b| b.hz).filter(|hz| *hz < 0.45 * rate).collect();
        let witness = Witness::of(situation);
        let of_band = |b: &BandTone| {
            let index = BANDS_HZ.iter().position(|hz| *hz == b.hz)?;
            let range = witness.as_ref().map_or(b.range, |w| w.granted(b));
            Some(Pull { bands: index..index + 1, range, before_db: b.level_db, weight: if heard.contains(&b.hz) { 1.0 } else { 0.0 } })
        };
        let of_sum = |(id, [low, high]): (&str, [f64; 2])| {
            let quantity = situation.comparison.quantity(id)?;
            let weight = if witness.is_some() { 0.0 } else { 1.0 };
            Some(Pull { bands: stereo::band_range(low, high), range: quantity.range, before_db: quantity.value?, weight })
        };
        let pulls: Vec<Pull> = tone.iter().filter_map(of_band).chain(crate::compare::SUMMED_BANDS.into_iter().filter_map(of_sum)).collect();
        let outlook = Outlook::of(&situation.mix.map);
        Self {
            kept: situation.comparison.sound_is_inside(),
            pulls,
            held: Gains::NONE,
            came_db: levels_db(&outlook),
            drift_db: std::array::from_fn(|b| situation.drift.tone_db.get(b).copied().unwrap_or(0.0)),
            rumble: situation.comparison.quantity("rumble").and_then(|q| Some((q.value?, q.range))),
            outlook,
        }
    }

    /// The same for bands that come on top of settings.
    pub(super) fn after(self, settings: &Settings, rate: f64) -> Self {
        Self { held: gains(settings, rate), ..self }
    }

    /// Whether there is nothing to move.
    pub(super) fn reached(&self) -> bool {
        self.pulls.iter().all(|p| p.weight == 0.0 || p.range.outside(p.before_db) == 0.0)
    }

    /// What it costs that a tone inside the range is changed, be it by what dynamics and limiter do.
    fn kept_cost(&self, levels: &Curve) -> f64 {
        if !self.kept {
            return 0.0;
        }
        let change = |p: &Pull| (levels[p.bands.start] - p.before_db).abs();
        let kept = self.pulls.iter().filter(|p| p.weight > 0.0 && p.bands.len() == 1).map(change).filter(|change| change.is_finite());
        kept.map(|change| KEPT_COST * (change - KEPT_DB).max(0.0).powi(2)).sum()
    }

    /// What it costs that the mix sounds as it does under gains.
    pub(super) fn cost(&self, after: &Outlook, gains: &Gains, strictness: f64) -> f64 {
        let levels = self.levels_db(after);
        let pull = |p: &Pull| range_cost(&p.range, [p.before_db, level_db(p, &levels)], p.weight, strictness);
        let still = |p: &Pull| if p.weight > 0.0 && p.range.outside(p.before_db) != 0.0 { MOVING } else { STILL };
        let moved = |p: &Pull| {
            let change = levels[p.bands.start] - self.drift_db[p.bands.start] - self.came_db[p.bands.start];
            if change.is_finite() { effort_weight(strictness) * still(p) * change.powi(2) } else { 0.0 }
        };
        let effort = self.pulls.iter().filter(|p| p.bands.len() == 1).map(moved);
        let beyond = gains.mid_db.iter().map(|gain| 40.0 * (gain.abs() - MOST_DB).max(0.0).powi(2));
        self.pulls.iter().map(pull).chain(effort).chain(beyond).sum::<f64>()
            + self.rumble_cost(after, gains, strictness)
            + self.kept_cost(&levels)
    }

    fn levels_db(&self, after: &Outlook) -> Curve {
        let levels = levels_db(after);
        std::array::from_fn(|b| levels[b] + self.drift_db[b])
    }

    fn levels_under(&self, bands: &[EqBand], rate: f64) -> Curve {
        let settings = Settings { eq: bands.to_vec(), ..Settings::default() };
        self.levels_db(&self.outlook.under(&self.held.plus(&gains(&settings, rate), 1.0)))
    }

    /// The level below 25 Hz is kept from getting worse: it goes with the lowest band and is held against the whole.
    fn rumble_cost(&self, after: &Outlook, gains: &Gains, strictness: f64) -> f64 {
        let Some((before, range)) = &self.rumble else { return 0.0 };
        let total = |outlook: &Outlook| outlook.powers().iter().sum::<f64>();
        let is = before + gains.mid_db[0] - power_to_db(total(after) / total(&self.outlook));
        range_cost(range, [*before, is], 0.0, strictness)
    }

    /// How much further outside its range than before the worst value comes to lie, dB, beyond what it does under no gains at all.
    pub(super) fn worst_db(&self, after: &Outlook) -> f64 {
        let (before, after) = (self.levels_db(&self.outlook), self.levels_db(after));
        let further = |pull: &Pull, levels: &Curve| {
            let (was, is) = (pull.range.outside(pull.before_db), pull.range.outside(level_db(pull, levels)));
            if was * is < 0.0 { is.abs() } else { is.abs() - was.abs() }
        };
        let worse = |pull: &Pull| further(pull, &after) - further(pull, &before).max(0.0);
        self.pulls.iter().map(worse).fold(0.0, f64::max)
    }

    /// Whether no value comes to lie further outside its range with the one set of bands than with the other, by what could be measured.
    pub(super) fn keeps(&self, than: &[EqBand], bands: &[EqBand], rate: f64) -> bool {
        let levels = [than, bands].map(|bands| self.levels_under(bands, rate));
        self.pulls.iter().all(|pull| {
            let [was, is] = [&levels[0], &levels[1]].map(|levels| pull.range.outside(level_db(pull, levels)));
            let worse = if was * is < 0.0 { is.abs() } else { is.abs() - was.abs() };
            worse <= TOLERANCE_DB
        })
    }

    /// How far every third octave lies outside its range under bands, dB.
    pub(super) fn outside_db(&self, bands: &[EqBand], rate: f64) -> Vec<f64> {
        let levels = self.levels_under(bands, rate);
        self.pulls.iter().filter(|p| p.bands.len() == 1).map(|p| p.range.outside(level_db(p, &levels))).collect()
    }
}

/// Levels at equal loudness; bands without sound are infinitely low.
fn levels_db(outlook: &Outlook) -> Curve {
    let levels = outlook.tone_db();
    std::array::from_fn(|b| levels.get(b).copied().flatten().unwrap_or(f64::NEG_INFINITY))
}

fn level_db(pull: &Pull, levels_db: &Curve) -> f64 {
    match *levels_db.get(pull.bands.clone()).unwrap_or(&[]) {
        [level] => level,
        ref levels => power_to_db(levels.iter().copied().map(db_to_power).sum()),
    }
}

/// What may be moved: as many as a person can read and dial in.
pub(super) const KIND: Kind = Kind { most: 8, gain_db: [-MOST_DB, MOST_DB], least_gain: 1.5, least_share: 0.015 };

/// Bells and shelves that are tried, without gain.
pub(super) fn candidates(rate: f64) -> Vec<EqBand> {
    let band =
        |kind, freq_hz, q| EqBand { kind, part: settings::Part::Stereo, freq_hz, gain_db: 0.0, q, reason: String::new(), confidence: 1.0 };
    let bells = BANDS_HZ.iter().filter(|hz| BELLS_HZ.contains(*hz)).flat_map(|hz| BELL_Q.map(|q| (EqKind::Bell, *hz, q)));
    let low = LOW_SHELVES_HZ.iter().map(|hz| (EqKind::LowShelf, *hz, SHELF_Q));
    let high = HIGH_SHELVES_HZ.iter().map(|hz| (EqKind::HighShelf, *hz, SHELF_Q));
    bells.chain(low).chain(high).filter(|(_, hz, _)| *hz < 0.4 * rate).map(|(kind, hz, q)| band(kind, hz, q)).collect()
}

/// The moves that bands are, with what they bring; says so where there are none.
pub(super) fn part(bands: &[EqBand], goal: &Goal, after: &Outlook, situation: &Situation<'_>) -> Part {
    let mut part = Part::default();
    let against = &situation.comparison.against;
    if bands.is_empty() {
        part.notes.push(if goal.reached() {
            format!("Tone: inside the range of {against}; left alone.")
        } else {
            format!(
                "Tone: what lies outside the range of {against} cannot be moved by a few broad bands without harm elsewhere; left alone."
            )
        });
    }
    let levels = goal.levels_db(after);
    part.moves = bands.iter().enumerate().map(|(i, band)| explain(i, band, goal, &levels, situation)).collect();
    part
}

fn explain(index: usize, band: &EqBand, goal: &Goal, levels_db: &Curve, situation: &Situation<'_>) -> Move {
    let reach = reach_hz(band);
    let within: Vec<&Pull> =
        goal.pulls.iter().filter(|p| p.bands.len() == 1 && (reach[0]..=reach[1]).contains(&BANDS_HZ[p.bands.start])).collect();
    let mean = |of: &dyn Fn(&Pull) -> f64| within.iter().map(|p| of(p)).sum::<f64>() / within.len().max(1) as f64;
    let before = mean(&|p| p.range.outside(p.before_db));
    let expected = mean(&|p| p.range.outside(level_db(p, levels_db)));
    let against = &situation.comparison.against;
    let why = if before * band.gain_db < 0.0 {
        format!(
            "{}: {} dB {} the range of {against}",
            band_text(reach),
            number(before.abs(), 1),
            if before > 0.0 { "over" } else { "under" }
        )
    } else if goal.kept {
        format!("{}: makes up for what dynamics and limiter change in a tone that lies inside the range of {against}", band_text(reach))
    } else {
        format!("{}: keeps its place in the range while the bands beside it are moved", band_text(reach))
    };
    Move {
        id: format!("tone-{}", index + 1),
        dimension: Dimension::Tone,
        what: describe(band),
        why,
        band_hz: Some(reach),
        answers: situation.answered("tonal.", reach),
        expectation: Expectation {
            quantity: format!("level {} outside the range", band_text(reach)),
            before: Some(before),
            expected: Some(expected),
            target: Some(0.0),
            unit: "dB".into(),
        },
        confidence: 0.7,
    }
}
