//! Tone towards another record: only what lies outside the range of the references is moved, towards its edge.
//!
//! Long-term spectra of two records differ by what is played, so there is no curve to follow. What can be said is which third octaves
//! lie outside the range of good records, and few broad bells and shelves are sought that bring them nearer while every other band stays
//! where it may be. The search looks at levels at equal loudness, as comparisons do: what one band gains the others lose.

use super::outlook::{Curve, Outlook, loudness_shift_db};
use super::response::band_gains_db;
use super::search::{Limits, effort_weight, range_cost, search};
use super::tone::{describe, reach_hz};
use super::{Part, Situation, band_text};
use crate::chain::Settings;
use crate::chain::settings::{self, EqBand, EqKind};
use crate::compare::{BandTone, Range};
use crate::error::Result;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::propose::{Dimension, Expectation, Move};
use crate::units::{db_to_power, number, power_to_db};

/// No band of the equaliser, and no third octave, is changed by more than this, dB: more belongs back in the mix.
const MOST_DB: f64 = 6.0;

/// Most bands: what a person can read and dial in.
const MOST_BANDS: usize = 8;

/// Qs of the bells: nothing finer than about an octave.
const BELL_Q: [f64; 3] = [0.5, 0.9, 1.4];
/// Q of the shelves, without overshoot.
const SHELF_Q: f64 = 0.7;
/// Corners of the shelves, Hz.
const LOW_SHELVES_HZ: [f64; 6] = [50.0, 80.0, 120.0, 180.0, 270.0, 400.0];
const HIGH_SHELVES_HZ: [f64; 6] = [1_500.0, 2_500.0, 4_000.0, 6_000.0, 8_500.0, 12_000.0];
/// Centres of the bells, Hz.
const BELLS_HZ: std::ops::RangeInclusive<f64> = 40.0..=12_500.0;

/// Only here bands pull; below and above they are merely kept from getting worse: there is little music, and lifting it lifts rumble and hiss.
const HEARD_HZ: std::ops::RangeInclusive<f64> = 30.0..=17_000.0;
/// A band this far below the mix's loudest is no sound to be shaped, dB.
const SILENT_DB: f64 = 60.0;

/// What a decibel of change costs in a band that needs none, and in one that does, dB⁻²: of two ways the smaller one is taken.
const STILL: f64 = 0.1;
const MOVING: f64 = 0.02;

/// What measuring cannot tell from nothing, dB.
const TOLERANCE_DB: f64 = 0.12;

/// Adds EQ bands to settings that hold the width already.
pub(super) fn plan(situation: &Situation<'_>, settings: &mut Settings) -> Result<Part> {
    let mut part = Part::default();
    let amount = situation.amounts.tone;
    if amount == 0.0 {
        return Ok(part);
    }
    let rate = f64::from(situation.mix.sample_rate);
    let goal = Goal::new(situation, settings, rate);
    let bands = scaled(goal.settled(goal.bands(rate), rate), amount);
    if bands.is_empty() {
        part.notes.push(if goal.pulls.iter().all(|p| p.weight == 0.0 || p.range.outside(p.before_db) == 0.0) {
            format!("Tone: inside the range of {}; left alone.", situation.comparison.against)
        } else {
            format!(
                "Tone: what lies outside the range of {} cannot be moved by a few broad bands without harm elsewhere; left alone.",
                situation.comparison.against
            )
        });
        return Ok(part);
    }
    let after = goal.changes_db(&gains_db(&bands, rate));
    part.moves = bands.iter().enumerate().map(|(i, band)| explain(i, band, &goal, &after, situation)).collect();
    for (mut band, a_move) in bands.into_iter().zip(&part.moves) {
        band.reason.clone_from(&a_move.why);
        band.confidence = a_move.confidence;
        settings.eq.push(band);
    }
    Ok(part)
}

/// A third octave, or a sum of some, with its range.
struct Pull {
    /// Bands of the map that it sums.
    bands: std::ops::Range<usize>,
    range: Range,
    /// Level of the mix as it came, dB.
    before_db: f64,
    weight: f64,
}

/// What is wanted of the equaliser.
pub(super) struct Goal {
    pulls: Vec<Pull>,
    /// Power per band as the width leaves it.
    powers: Curve,
    /// Level per band at equal loudness as the width leaves it, dB.
    levels_db: Curve,
    /// Steady level below 25 Hz against the whole, with its range.
    rumble: Option<(f64, Range)>,
}

impl Goal {
    pub(super) fn new(situation: &Situation<'_>, settings: &Settings, rate: f64) -> Self {
        let outlook = Outlook::of(&situation.mix.map).after(settings, rate);
        let tone = &situation.comparison.tone;
        let loudest = tone.iter().map(|b| b.level_db).fold(f64::NEG_INFINITY, f64::max);
        let heard = |b: &BandTone| HEARD_HZ.contains(&b.hz) && b.hz < 0.45 * rate && b.level_db > loudest - SILENT_DB;
        let of_band = |b: &BandTone| {
            let index = BANDS_HZ.iter().position(|hz| *hz == b.hz)?;
            Some(Pull { bands: index..index + 1, range: b.range, before_db: b.level_db, weight: if heard(b) { 1.0 } else { 0.0 } })
        };
        let mut pulls: Vec<Pull> = tone.iter().filter_map(of_band).collect();
        for (id, bands) in crate::compare::SUMMED_BANDS {
            let quantity = situation.comparison.quantity(id);
            if let Some((quantity, before_db)) = quantity.and_then(|q| Some((q, q.value?))) {
                pulls.push(Pull {
                    bands: crate::measure::stereo::band_range(bands[0], bands[1]),
                    range: quantity.range,
                    before_db,
                    weight: 1.0,
                });
            }
        }
        let levels = outlook.tone_db();
        let rumble = situation.comparison.quantity("rumble").and_then(|q| Some((q.value?, q.range)));
        Self {
            pulls,
            powers: outlook.powers(),
            levels_db: std::array::from_fn(|b| levels.get(b).copied().flatten().map_or(f64::NEG_INFINITY, |l| l + drift_db(situation, b))),
            rumble,
        }
    }

    /// Change of every band's level at equal loudness under gains, dB.
    fn changes_db(&self, gains_db: &Curve) -> Curve {
        let shift = loudness_shift_db(&self.powers, gains_db);
        gains_db.map(|gain| gain - shift)
    }

    /// Level of a pull after changes of its bands.
    fn level_db(&self, pull: &Pull, changes_db: &Curve) -> f64 {
        power_to_db(pull.bands.clone().map(|b| db_to_power(self.levels_db[b] + changes_db[b])).sum())
    }

    fn cost(&self, gains_db: &Curve, strictness: f64) -> f64 {
        let changes = self.changes_db(gains_db);
        let pull = |p: &Pull| range_cost(&p.range, [p.before_db, self.level_db(p, &changes)], p.weight, strictness);
        let still = |pull: &Pull| if pull.weight > 0.0 && pull.range.outside(pull.before_db) != 0.0 { MOVING } else { STILL };
        let moved = self.pulls.iter().filter(|p| p.bands.len() == 1);
        let effort = moved.map(|p| effort_weight(strictness) * still(p) * changes[p.bands.start].powi(2));
        let beyond = gains_db.iter().map(|gain| 40.0 * (gain.abs() - MOST_DB).max(0.0).powi(2));
        self.pulls.iter().map(pull).chain(effort).chain(beyond).sum::<f64>() + self.rumble_cost(gains_db, strictness)
    }

    /// The level below 25 Hz is kept from getting worse: it goes with the lowest band and is held against the whole.
    fn rumble_cost(&self, gains_db: &Curve, strictness: f64) -> f64 {
        let Some((before, range)) = &self.rumble else { return 0.0 };
        let total = |gains: Option<&Curve>| -> f64 { (0..BANDS).map(|b| self.powers[b] * gains.map_or(1.0, |g| db_to_power(g[b]))).sum() };
        let after = before + gains_db[0] - power_to_db(total(Some(gains_db)) / total(None));
        range_cost(range, [*before, after], 0.0, strictness)
    }

    fn bands(&self, rate: f64) -> Vec<EqBand> {
        /// Gain at which shapes are taken, dB: curves in dB grow nearly in proportion.
        const TAKEN_DB: f64 = 3.0;
        let candidates = candidates(rate);
        let shapes: Vec<Curve> = candidates
            .iter()
            .map(|band| gains_db(&[EqBand { gain_db: TAKEN_DB, ..band.clone() }], rate).map(|gain| gain / TAKEN_DB))
            .collect();
        let limits = Limits { most: MOST_BANDS, gain_db: [-MOST_DB, MOST_DB], least_gain: 1.5, least_share: 0.015 };
        let found = search(&shapes, limits, |curve, strictness| self.cost(curve, strictness));
        let mut bands: Vec<EqBand> =
            found.into_iter().filter_map(|(i, gain)| Some(EqBand { gain_db: gain, ..candidates.get(i)?.clone() })).collect();
        bands.sort_by(|a, b| a.freq_hz.total_cmp(&b.freq_hz));
        bands
    }

    /// How much further outside its range than before the worst value comes to lie, dB, beyond what it does without bands.
    fn worst_db(&self, bands: &[EqBand], rate: f64) -> f64 {
        let changes = self.changes_db(&gains_db(bands, rate));
        let further = |pull: &Pull, changes: &Curve| {
            let (was, is) = (pull.range.outside(pull.before_db), pull.range.outside(self.level_db(pull, changes)));
            if was * is < 0.0 { is.abs() } else { is.abs() - was.abs() }
        };
        let worse = |pull: &Pull| further(pull, &changes) - further(pull, &[0.0; BANDS]).max(0.0);
        self.pulls.iter().map(worse).fold(0.0, f64::max)
    }

    /// Whether no value comes to lie further outside its range with the one set of bands than with the other, by what could be measured.
    pub(super) fn keeps(&self, than: &[EqBand], bands: &[EqBand], rate: f64) -> bool {
        let changes = [than, bands].map(|bands| self.changes_db(&gains_db(bands, rate)));
        self.pulls.iter().all(|pull| {
            let [was, is] = [&changes[0], &changes[1]].map(|changes| pull.range.outside(self.level_db(pull, changes)));
            let worse = if was * is < 0.0 { is.abs() } else { is.abs() - was.abs() };
            worse <= TOLERANCE_DB
        })
    }

    /// How far every third octave lies outside its range under bands, dB.
    pub(super) fn outside_db(&self, bands: &[EqBand], rate: f64) -> Vec<f64> {
        let changes = self.changes_db(&gains_db(bands, rate));
        self.pulls.iter().filter(|p| p.bands.len() == 1).map(|p| p.range.outside(self.level_db(p, &changes))).collect()
    }

    /// The search takes shapes in proportion to their gain; true ones differ a little. They are scaled back until they do no harm that
    /// could be measured; none if nothing is left then.
    fn settled(&self, bands: Vec<EqBand>, rate: f64) -> Vec<EqBand> {
        const TRIES: usize = 12;
        let mut tried = bands;
        for _ in 0..TRIES {
            if self.worst_db(&tried, rate) <= TOLERANCE_DB {
                return tried;
            }
            tried = scaled(tried, 0.85);
        }
        Vec::new()
    }
}

/// How much more of a band the last render held than was foreseen, dB: what dynamics and limiter did to it.
fn drift_db(situation: &Situation<'_>, band: usize) -> f64 {
    situation.drift.tone_db.get(band).copied().unwrap_or(0.0)
}

fn scaled(bands: Vec<EqBand>, by: f64) -> Vec<EqBand> {
    bands.into_iter().map(|band| EqBand { gain_db: (band.gain_db * by).clamp(-24.0, 24.0), ..band }).collect()
}

fn gains_db(bands: &[EqBand], rate: f64) -> Curve {
    band_gains_db(bands, settings::Part::Mid, rate)
}

fn candidates(rate: f64) -> Vec<EqBand> {
    let band =
        |kind, freq_hz, q| EqBand { kind, part: settings::Part::Stereo, freq_hz, gain_db: 0.0, q, reason: String::new(), confidence: 1.0 };
    let bells = BANDS_HZ.iter().filter(|hz| BELLS_HZ.contains(*hz)).flat_map(|hz| BELL_Q.map(|q| (EqKind::Bell, *hz, q)));
    let low = LOW_SHELVES_HZ.iter().map(|hz| (EqKind::LowShelf, *hz, SHELF_Q));
    let high = HIGH_SHELVES_HZ.iter().map(|hz| (EqKind::HighShelf, *hz, SHELF_Q));
    bells.chain(low).chain(high).filter(|(_, hz, _)| *hz < 0.4 * rate).map(|(kind, hz, q)| band(kind, hz, q)).collect()
}

fn explain(index: usize, band: &EqBand, goal: &Goal, changes_db: &Curve, situation: &Situation<'_>) -> Move {
    let reach = reach_hz(band);
    let within: Vec<&Pull> =
        goal.pulls.iter().filter(|p| p.bands.len() == 1 && (reach[0]..=reach[1]).contains(&BANDS_HZ[p.bands.start])).collect();
    let mean = |of: &dyn Fn(&Pull) -> f64| within.iter().map(|p| of(p)).sum::<f64>() / within.len().max(1) as f64;
    let before = mean(&|p| p.range.outside(p.before_db));
    let expected = mean(&|p| p.range.outside(goal.level_db(p, changes_db)));
    let against = &situation.comparison.against;
    let why = if before * band.gain_db < 0.0 {
        format!(
            "{}: {} dB {} the range of {against}",
            band_text(reach),
            number(before.abs(), 1),
            if before > 0.0 { "over" } else { "under" }
        )
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
