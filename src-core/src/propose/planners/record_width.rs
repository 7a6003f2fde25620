//! Width towards another record: only what lies outside the range of the references is moved, towards its edge, by range of frequency.

use super::outlook::{Curve, Outlook};
use super::search::{Kind, effort_weight, range_cost};
use super::width::{Levels, SILENT_DB, side_move};
use super::{Part, Situation, band_text};
use crate::chain::settings::{self, EqBand, EqKind, Stereo};
use crate::compare::translation::Gains;
use crate::compare::{BandWidth, MONO_DB, Range};
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::measure::stereo;
use crate::propose::{Dimension, Expectation, Move};
use crate::units::number;

/// Limits of the gain of the side at any frequency, dB. Widening is kept smaller than narrowing: it costs mono compatibility.
const SIDE_DB: [f64; 2] = [-6.0, 3.0];
/// Corners of the shelves and centres of the bells on the side, Hz.
const LOW_SHELVES_HZ: [f64; 4] = [120.0, 200.0, 320.0, 500.0];
const HIGH_SHELVES_HZ: [f64; 4] = [1_600.0, 2_500.0, 4_000.0, 6_300.0];
const BELLS_HZ: [f64; 6] = [200.0, 400.0, 800.0, 1_600.0, 3_200.0, 6_400.0];
const SHELF_Q: f64 = 0.7;
const BELL_Q: f64 = 0.6;

/// A band this far below the mix's loudest has no image that is heard, dB.
const QUIET_DB: f64 = 50.0;
/// What a decibel of change costs in a band that needs none, and in one that does, dB⁻².
const STILL: f64 = 0.1;
const MOVING: f64 = 0.02;
/// Side against mid at and below which bass counts as mono, dB.
const AS_MONO_DB: f64 = -30.0;
/// The side may be taken out below these frequencies, Hz: where a listener cannot tell where bass comes from.
const MONO_BELOW_HZ: [f64; 2] = [50.0, 160.0];
/// What measuring cannot tell from nothing, dB.
pub(super) const TOLERANCE_DB: f64 = 0.15;

struct Pull {
    band: usize,
    range: Range,
    before_db: f64,
    weight: f64,
}

/// What is wanted of the width.
pub(super) struct Goal {
    outlook: Outlook,
    pulls: Vec<Pull>,
    /// Width of the whole and its range.
    whole: Option<(f64, Range)>,
    /// Whether there is hardly any side.
    silent: bool,
    /// What an earlier render held more of side against mid than was foreseen, dB: per band, and of the whole.
    drift_db: Curve,
    whole_drift_db: f64,
}

impl Goal {
    pub(super) fn new(situation: &Situation<'_>) -> Self {
        let outlook = Outlook::of(&situation.mix.map);
        let level = |hz: f64| situation.comparison.tone.iter().find(|t| t.hz == hz).map_or(f64::NEG_INFINITY, |t| t.level_db);
        let loudest = situation.comparison.tone.iter().map(|t| t.level_db).fold(f64::NEG_INFINITY, f64::max);
        let pull = |b: &BandWidth| {
            let heard = level(b.hz) > loudest - QUIET_DB && (30.0..=16_000.0).contains(&b.hz);
            // A side that is as good as silent holds noise, and wide bass is no aim: neither is lifted.
            let liftable = b.side_mid_db > SILENT_DB && b.hz >= 100.0;
            let weight = if heard && (liftable || b.range.outside(b.side_mid_db) > 0.0) { 1.0 } else { 0.0 };
            Some(Pull { band: BANDS_HZ.iter().position(|hz| *hz == b.hz)?, range: b.range, before_db: b.side_mid_db, weight })
        };
        let side_mid = outlook.side_mid_db(stereo::band_range(100.0, 16_000.0));
        Self {
            pulls: situation.comparison.width.iter().filter_map(pull).collect(),
            whole: situation.comparison.quantity("width").and_then(|q| Some((q.value?, q.range))),
            drift_db: std::array::from_fn(|b| situation.drift.width_db.get(b).copied().unwrap_or(0.0)),
            whole_drift_db: situation.drift.whole_width_db,
            silent: side_mid <= SILENT_DB,
            outlook,
        }
    }

    /// Corners below which bass could be made mono, Hz, the highest first: those up to which every reference is as good as mono while the
    /// mix is not. The corner, where the side is 3 dB down, lies under the last mono band's upper edge.
    pub(super) fn mono_corners_hz(&self) -> Vec<f64> {
        let bass = self.pulls.iter().filter(|p| (40.0..=MONO_BELOW_HZ[1]).contains(&BANDS_HZ[p.band]));
        let mono = bass.take_while(|p| p.range.centre <= AS_MONO_DB);
        let wider = mono.skip_while(|p| p.weight == 0.0 || p.range.outside(p.before_db) <= 0.0);
        let mut corners: Vec<f64> = wider.map(|p| BANDS_HZ[p.band]).filter(|hz| *hz >= MONO_BELOW_HZ[0]).collect();
        corners.reverse();
        corners
    }

    fn wants_more(&self) -> bool {
        self.whole.is_some_and(|(value, range)| range.outside(value) < 0.0)
    }

    /// Middle of the range of the whole if the mix lies outside, else where it is.
    fn wanted_db(&self, before: f64) -> f64 {
        self.whole.map_or(before, |(value, range)| value.clamp(range.low, range.high))
    }

    /// What it costs that the sides stand as they do under gains; `held` is what of them no move made.
    pub(super) fn cost(&self, after: &Outlook, gains: &Gains, held: &Gains, strictness: f64) -> f64 {
        let widths = after.width_db();
        let pulls = self.pulls.iter().map(|p| {
            widths[p.band].map_or(0.0, |width| range_cost(&p.range, [p.before_db, width + self.drift_db[p.band]], p.weight, strictness))
        });
        let moved = |b: usize| gains.side_db[b] - gains.mid_db[b] - (held.side_db[b] - held.mid_db[b]);
        let still = |p: &Pull| if p.weight > 0.0 && p.range.outside(p.before_db) != 0.0 { MOVING } else { STILL };
        let effort = self.pulls.iter().map(|p| effort_weight(strictness) * still(p) * moved(p.band).powi(2));
        let beyond = (0..BANDS).map(|b| 40.0 * (moved(b) - SIDE_DB[1]).max(SIDE_DB[0] - moved(b)).max(0.0).powi(2));
        let whole = self.whole.map_or(0.0, |(before, range)| {
            let weight = if self.silent { 0.0 } else { 6.0 };
            range_cost(&range, [before, self.whole_db(after)], weight, strictness)
        });
        pulls.chain(effort).chain(beyond).sum::<f64>() + whole
    }

    fn whole_db(&self, outlook: &Outlook) -> f64 {
        outlook.side_mid_db(stereo::band_range(100.0, 16_000.0)) + self.whole_drift_db
    }

    /// How much further outside its range than under `held` alone the worst value comes to lie, dB.
    pub(super) fn worst_db(&self, held: &Outlook, after: &Outlook) -> f64 {
        let further = |was: f64, is: f64| if was * is < 0.0 { is.abs() } else { is.abs() - was.abs() };
        let (widths_held, widths) = (held.width_db(), after.width_db());
        let worse = |p: &Pull| {
            let outside = |width: Option<f64>| p.range.outside(width.map_or(p.before_db, |w| w + self.drift_db[p.band]));
            further(outside(widths_held[p.band]), outside(widths[p.band]))
        };
        let whole = self.whole.map_or(0.0, |(_, range)| further(range.outside(self.whole_db(held)), range.outside(self.whole_db(after))));
        self.pulls.iter().map(worse).fold(whole.max(0.0), f64::max)
    }

    fn why(&self, situation: &Situation<'_>) -> String {
        let against = &situation.comparison.against;
        let out = |sign: f64| self.pulls.iter().filter(|p| p.weight > 0.0 && sign * p.range.outside(p.before_db) > 0.0).count();
        match (out(1.0), out(-1.0)) {
            (wide, narrow) if wide > narrow => format!("{wide} third octaves are wider than the range of {against}"),
            (_, narrow) => format!("{narrow} third octaves are narrower than the range of {against}"),
        }
    }
}

/// What may be moved: all of the side and at most two shelves or bells, as low, middle and high.
pub(super) const KIND: Kind = Kind { most: 3, gain_db: SIDE_DB, least_gain: 2.0, least_share: 0.03 };

/// Bells and shelves on the side that are tried, without gain.
pub(super) fn candidates(rate: f64) -> Vec<EqBand> {
    let band =
        |kind, freq_hz, q| EqBand { kind, part: settings::Part::Side, freq_hz, gain_db: 0.0, q, reason: String::new(), confidence: 0.7 };
    let low = LOW_SHELVES_HZ.map(|hz| band(EqKind::LowShelf, hz, SHELF_Q));
    let high = HIGH_SHELVES_HZ.map(|hz| band(EqKind::HighShelf, hz, SHELF_Q));
    let bells = BELLS_HZ.map(|hz| band(EqKind::Bell, hz, BELL_Q));
    low.into_iter().chain(high).chain(bells).filter(|b| b.freq_hz < 0.4 * rate).collect()
}

/// The moves that stereo settings are, with what they bring.
pub(super) fn part(stereo: &Stereo, goal: &Goal, after: &Outlook, situation: &Situation<'_>) -> Part {
    let mut part = Part::default();
    if goal.silent && goal.wants_more() {
        part.notes.push("Width: the side is near silent; there is nothing to widen.".into());
    }
    let all = stereo::band_range(100.0, 16_000.0);
    let before = goal.outlook.side_mid_db(all.clone());
    if stereo.side_gain_db != 0.0 || !stereo.side_bands.is_empty() {
        let levels = Levels { before_db: before, expected_db: after.side_mid_db(all), target_db: goal.wanted_db(before) };
        part.moves.push(side_move(describe(stereo), goal.why(situation), levels, 0.7, situation));
    }
    if let Some(hz) = stereo.mono_below_hz {
        part.moves.push(mono_move(hz, goal, after, situation));
    }
    part
}

/// "Side −2.1 dB; side high shelf 4000 Hz, +1.5 dB".
fn describe(stereo: &Stereo) -> String {
    let signed = |gain: f64| format!("{}{} dB", if gain > 0.0 { "+" } else { "" }, number(gain, 1));
    let mut parts = Vec::new();
    if stereo.side_gain_db != 0.0 {
        parts.push(format!("Side {}", signed(stereo.side_gain_db)));
    }
    for band in &stereo.side_bands {
        let kind = match band.kind {
            EqKind::LowShelf => "low shelf",
            EqKind::HighShelf => "high shelf",
            _ => "bell",
        };
        let lead = if parts.is_empty() { "Side" } else { "side" };
        parts.push(format!("{lead} {kind} {} Hz, {}", number(band.freq_hz, 0), signed(band.gain_db)));
    }
    parts.join("; ")
}

fn mono_move(hz: f64, goal: &Goal, after: &Outlook, situation: &Situation<'_>) -> Move {
    let bass = stereo::band_range(20.0, hz);
    Move {
        id: "width-2".into(),
        dimension: Dimension::Width,
        what: format!("Mono below {} Hz", number(hz, 0)),
        why: format!("{} is mono there, the mix is not; wide bass loses level in mono and on vinyl", situation.comparison.against),
        band_hz: Some([20.0, hz]),
        answers: situation.answered("stereo.wide_bass", [20.0, hz]),
        expectation: Expectation {
            quantity: format!("side against mid, {}", band_text([20.0, hz])),
            before: Some(goal.outlook.side_mid_db(bass.clone())),
            expected: Some(after.side_mid_db(bass)),
            target: Some(MONO_DB),
            unit: "dB".into(),
        },
        confidence: 0.8,
    }
}
