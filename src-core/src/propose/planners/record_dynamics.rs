//! Dynamics towards other records: how lively the mix is against their range, and what little may be done about it.
//!
//! How far loud passages stand above the middle and how far peaks stand above the whole both depend on the music, so evidence is weak.
//! Something is done only where a mix lies outside the range of the references in both:
//!
//! * *Livelier.* Per range of frequency the levels of 45 ms and of 0.4 s of mix and references are held against each other. Where the mix's
//!   loud part (50th to 95th percentile) is longer than that of any reference at both paces, a compressor from the middle on shortens it
//!   to theirs: the slope of the static curve is what maps one distribution onto the other. If no range of frequency stands out, one
//!   compressor works on all of them.
//! * *Denser.* A gentle upward expansion; what compression took cannot be fetched back, and that is said.
//! * *Wider in loudness alone.* A slow compressor works on phrases and leaves notes alone.
//!
//! All stay below a ratio of 2 and 3 dB at the loudest tenth unless more is asked for.

use super::dynamics::GONE;
use super::response::{loudness_change_lu, mid_gains_db};
use super::{LoudnessTarget, Part, Situation};
use crate::chain::Settings;
use crate::chain::settings::{BandDynamics, Dynamics};
use crate::compare::{Quantity, heard_lufs, median};
use crate::measure::energy_map::BANDS_HZ;
use crate::measure::{Measurements, band_levels};
use crate::propose::{Dimension, Expectation, MatchMode, Move};
use crate::units::{db_to_power, number, power_to_db};

/// Name of the loudness range as an expected quantity.
pub const LOUDNESS_RANGE: &str = "loudness range";

/// Name of peak to loudness as an expected quantity.
pub const PEAK_TO_LOUDNESS: &str = "peaks above the loudness";

/// Beyond the edges of the range by this much in both, a difference in compression is clear, dB.
const CLEAR_SPREAD_DB: f64 = 0.3;
const CLEAR_PLR_DB: f64 = 0.5;
/// Beyond the upper edge by this much the loudness range is worth a move, LU.
const CLEAR_RANGE_LU: f64 = 0.5;

/// Ratios that are not passed: a decibel of expansion makes 1.25, two decibels of level are never compressed into less than one.
const LEAST_RATIO: f64 = 0.8;
const MOST_RATIO: f64 = 2.0;
/// Change of gain at the 90th percentile of the levels that is not passed, dB.
const MOST_DB: f64 = 3.0;

/// Octaves of [`band_levels`] that are compressed together, and where they meet, Hz.
const RANGES: [std::ops::Range<usize>; 4] = [0..2, 2..4, 4..6, 6..9];
const CROSSOVERS_HZ: [f64; 3] = [177.0, 707.0, 2_828.0];
/// Attack and release in each, ms: low notes need longer to be told from their waveform.
const TIMES_MS: [[f64; 2]; 4] = [[30.0, 250.0], [20.0, 180.0], [12.0, 140.0], [6.0, 100.0]];
/// Attack and release of one band, and of the one that works on phrases, ms.
const ALL_MS: [f64; 2] = [10.0, 120.0];
const SLOW_MS: [f64; 2] = [150.0, 1_500.0];
const KNEE_DB: f64 = 6.0;

/// Beyond the longest loud part of the references by this much a range of frequency is livelier, dB; with fewer than three references
/// their spread is hardly known.
const LIVELIER_DB: f64 = 0.7;
const LIVELIER_THAN_FEW_DB: f64 = 1.5;

/// A mix with its place in the ranges.
struct Evidence<'a> {
    spread: &'a Quantity,
    plr: &'a Quantity,
    range: Option<&'a Quantity>,
}

impl<'a> Evidence<'a> {
    fn of(situation: &'a Situation<'_>) -> Option<Self> {
        let quantity = |id: &str| situation.comparison.quantity(id).filter(|q| q.value.is_some());
        Some(Self { spread: quantity("level_spread")?, plr: quantity("plr")?, range: quantity("loudness_range") })
    }
}

fn outside(q: &Quantity) -> f64 {
    q.value.map_or(0.0, |v| q.range.outside(v))
}

/// The value, and the nearest one inside the range.
fn own_and_edge(q: &Quantity) -> (f64, f64) {
    let own = q.value.unwrap_or(q.range.centre);
    (own, own - q.range.outside(own))
}

/// Adds compressors or an expander where the evidence is clear; says what cannot be mended.
pub(super) fn plan(situation: &Situation<'_>, settings: &mut Settings) -> Part {
    let mut part = Part::default();
    let amount = situation.amounts.dynamics;
    let Some(evidence) = Evidence::of(situation).filter(|_| amount > 0.0) else { return part };
    let (spread, plr) = (outside(evidence.spread), outside(evidence.plr));
    if spread > CLEAR_SPREAD_DB && plr > CLEAR_PLR_DB {
        compress(situation, &evidence, settings, &mut part);
    } else if spread < -CLEAR_SPREAD_DB && plr < -CLEAR_PLR_DB {
        expand(situation, &evidence, settings, &mut part);
    } else if evidence.range.is_some_and(|q| outside(q) > CLEAR_RANGE_LU) && spread > -CLEAR_SPREAD_DB {
        even_out(situation, &evidence, settings, &mut part);
    }
    if spread < -CLEAR_SPREAD_DB || plr < -CLEAR_PLR_DB {
        part.notes.push(denser_note(situation, &evidence));
    }
    part
}

/// Peaks that stand further above the loudness than in the references.
pub(super) struct PeaksApart {
    own_db: f64,
    edge_db: f64,
    against: String,
    /// Highest true peak above the meter's loudness that lies inside the range, dB.
    pub most_over_loudness_db: f64,
}

/// Peaks that stand out of the range of other records and may be limited; none where dynamics are to be left alone.
pub(super) fn peaks_apart(situation: &Situation<'_>, mode: MatchMode) -> Option<PeaksApart> {
    /// How far inside the edge of the range peaks are put, dB.
    const INSIDE_DB: f64 = 0.3;
    let wanted = mode == MatchMode::OtherRecord && situation.target == LoudnessTarget::References && situation.amounts.dynamics > 0.0;
    let plr = situation.comparison.quantity("plr").filter(|q| wanted && outside(q) > CLEAR_PLR_DB)?;
    let (own_db, edge_db) = own_and_edge(plr);
    // A mono file is heard louder than its meter reads.
    let heard = heard_lufs(situation.mix) - situation.mix.loudness.integrated.lufs();
    Some(PeaksApart { own_db, edge_db, against: situation.comparison.against.clone(), most_over_loudness_db: edge_db - INSIDE_DB + heard })
}

impl PeaksApart {
    /// The move that limits peaks to a ceiling.
    pub(super) fn a_move(&self, ceiling_dbtp: f64, expected_db: f64) -> Move {
        let why = format!(
            "peaks stand {} dB above the loudness, {} dB or less in the range of {}; at most 3 dB are taken off the hardest",
            number(self.own_db, 1),
            number(self.edge_db, 1),
            self.against
        );
        let what = format!("Peaks limited to {} dBTP", number(ceiling_dbtp, 1));
        let moved = a_move(PEAK_TO_LOUDNESS, what, why, self.own_db, expected_db, self.edge_db, "dB", "dynamics.wild");
        Move { id: "dynamics-2".into(), ..moved }
    }
}

fn denser_note(situation: &Situation<'_>, evidence: &Evidence<'_>) -> String {
    let (own, edge) = own_and_edge(evidence.plr);
    let (own_spread, edge_spread) = own_and_edge(evidence.spread);
    format!(
        "The mix is denser than the range of {}: peaks stand {} dB above the loudness ({} dB or more there), loud passages {} dB above the middle ({} dB). {GONE}",
        situation.comparison.against,
        number(own, 1),
        number(edge, 1),
        number(own_spread, 1),
        number(edge_spread, 1)
    )
}

fn compress(situation: &Situation<'_>, evidence: &Evidence<'_>, settings: &mut Settings, part: &mut Part) {
    let (own, edge) = own_and_edge(evidence.spread);
    let amount = situation.amounts.dynamics;
    let bands = livelier(situation, settings);
    let dynamics = if bands.iter().any(Option::is_some) {
        let neutral = |times: [f64; 2]| curve(0.0, 1.0, times);
        let bands = bands.into_iter().zip(TIMES_MS).map(|(band, times)| band.unwrap_or_else(|| neutral(times))).collect();
        Some(Dynamics { crossovers_hz: CROSSOVERS_HZ.to_vec(), bands })
    } else {
        let peaks = Peaks::of(situation.mix, settings);
        peaks.map(|p| p.one_band(own / edge, amount, ALL_MS)).map(|band| Dynamics { crossovers_hz: Vec::new(), bands: vec![band] })
    };
    let Some(mut dynamics) = dynamics else { return };
    let why = format!(
        "livelier than the range of {}: loud passages stand {} dB above the middle ({} dB or less there), peaks {} dB more over the whole",
        situation.comparison.against,
        number(own, 1),
        number(edge, 1),
        number(outside(evidence.plr), 1)
    );
    give_reason(&mut dynamics, "livelier than the references");
    let strongest = dynamics.bands.iter().map(|b| b.ratio).fold(1.0, f64::max);
    part.moves.push(a_move("loud passages above the middle", describe(&dynamics), why, own, own / strongest, edge, "dB", "dynamics.wild"));
    settings.dynamics = Some(dynamics);
}

fn expand(situation: &Situation<'_>, evidence: &Evidence<'_>, settings: &mut Settings, part: &mut Part) {
    let (own, edge) = own_and_edge(evidence.spread);
    let Some(peaks) = Peaks::of(situation.mix, settings) else { return };
    let need = (edge - own).min(-outside(evidence.plr));
    let band = peaks.one_band(own / (own + need), situation.amounts.dynamics, ALL_MS);
    let mut dynamics = Dynamics { crossovers_hz: Vec::new(), bands: vec![band] };
    give_reason(&mut dynamics, "denser than the references");
    let expected = own / dynamics.bands.first().map_or(1.0, |b| b.ratio);
    let why = format!(
        "denser than the range of {}: loud passages stand {} dB above the middle ({} dB or more there)",
        situation.comparison.against,
        number(own, 1),
        number(edge, 1)
    );
    part.moves.push(a_move("loud passages above the middle", describe(&dynamics), why, own, expected, edge, "dB", "dynamics.crushed"));
    settings.dynamics = Some(dynamics);
}

/// Phrases brought nearer to each other by a slow compressor.
fn even_out(situation: &Situation<'_>, evidence: &Evidence<'_>, settings: &mut Settings, part: &mut Part) {
    let Some(range) = evidence.range else { return };
    let (own, edge) = own_and_edge(range);
    let Some(peaks) = Peaks::of(situation.mix, settings) else { return };
    // Only the part of the range above the middle is compressed, about half of it.
    let ratio = (0.5 * own / (0.5 * own - (own - edge)).max(0.1)).clamp(1.0, MOST_RATIO);
    let band = peaks.one_band(ratio, situation.amounts.dynamics, SLOW_MS);
    let expected = own - 0.5 * own * (1.0 - 1.0 / band.ratio);
    let mut dynamics = Dynamics { crossovers_hz: Vec::new(), bands: vec![band] };
    give_reason(&mut dynamics, "wider in loudness than the references");
    let why = format!(
        "loudness moves over {} LU, {} LU or less in the range of {}; notes are left alone",
        number(own, 1),
        number(edge, 1),
        situation.comparison.against
    );
    part.moves.push(a_move(LOUDNESS_RANGE, describe(&dynamics), why, own, expected.max(edge), edge, "LU", "dynamics.wild"));
    settings.dynamics = Some(dynamics);
}

/// Peaks of stretches of 100 ms as the equaliser leaves them, dBTP: what a compressor's detector meets.
struct Peaks {
    middle_db: f64,
    loud_db: f64,
}

impl Peaks {
    fn of(mix: &Measurements, settings: &Settings) -> Option<Self> {
        /// Stretches further than this below the highest are pauses, dB.
        const PAUSE_DB: f64 = 40.0;
        let highest = mix.true_peak.max.level.dbtp();
        let mut peaks: Vec<f64> = mix.true_peak.series.values.iter().map(|p| f64::from(*p)).filter(|p| *p > highest - PAUSE_DB).collect();
        peaks.sort_by(f64::total_cmp);
        let change = loudness_change_lu(&mix.map, settings, f64::from(mix.sample_rate));
        let at = |q: f64| peaks.get(((peaks.len().saturating_sub(1)) as f64 * q) as usize).map(|p| p + change);
        Some(Self { middle_db: at(0.5)?, loud_db: at(0.9)? })
    }

    /// One band over all frequencies that starts at the middle.
    fn one_band(&self, ratio: f64, amount: f64, times_ms: [f64; 2]) -> BandDynamics {
        let slope = limited_slope(1.0 / ratio - 1.0, self.loud_db - self.middle_db + 0.5 * KNEE_DB, amount);
        curve(self.middle_db - 0.5 * KNEE_DB, 1.0 / (1.0 + slope), times_ms)
    }
}

/// Slope of the gain over level, limited in ratio and in what it does `reach_db` above the threshold. An amount above 1 widens the limit.
fn limited_slope(slope: f64, reach_db: f64, amount: f64) -> f64 {
    let most = MOST_DB * amount.max(1.0) / reach_db.max(0.1);
    (slope.clamp(1.0 / MOST_RATIO - 1.0, 1.0 / LEAST_RATIO - 1.0).clamp(-most, most) * amount).clamp(-0.75, 1.0)
}

fn curve(threshold_db: f64, ratio: f64, [attack_ms, release_ms]: [f64; 2]) -> BandDynamics {
    BandDynamics {
        threshold_db: threshold_db.clamp(-90.0, 0.0),
        ratio,
        knee_db: KNEE_DB,
        attack_ms,
        release_ms,
        makeup_db: 0.0,
        reason: String::new(),
    }
}

fn give_reason(dynamics: &mut Dynamics, reason: &str) {
    for band in dynamics.bands.iter_mut().filter(|b| b.ratio != 1.0) {
        band.reason = reason.into();
    }
}

/// The levels of one range of frequency: octaves added up.
struct Levels {
    /// 50th percentile of 45 ms, dBFS.
    middle_db: f64,
    /// 75th, 90th, 95th and 99th percentile above it, of 45 ms and of 0.4 s.
    above_db: [[f64; 4]; 2],
}

impl Levels {
    fn of(data: &band_levels::Data, octaves: &std::ops::Range<usize>) -> Option<Self> {
        const ABOVE: [f64; 4] = [0.75, 0.90, 0.95, 0.99];
        let bands = data.bands.get(octaves.clone())?;
        let at = |pace: usize, q: f64| power_to_db(bands.iter().filter_map(|b| Some(db_to_power(b.spreads.get(pace)?.level_db(q)))).sum());
        let above_db = [0, 1].map(|pace| ABOVE.map(|q| at(pace, q) - at(pace, 0.5)));
        let middle_db = at(0, 0.5);
        let known = middle_db.is_finite() && above_db.iter().flatten().all(|v| v.is_finite());
        known.then_some(Self { middle_db, above_db })
    }

    /// Length of the loud part at a pace, 50th to 95th percentile, dB.
    fn loud_part_db(&self, pace: usize) -> f64 {
        self.above_db[pace][2]
    }
}

/// A compressor for each range of frequency whose loud part is longer than that of any reference at both paces.
fn livelier(situation: &Situation<'_>, settings: &Settings) -> [Option<BandDynamics>; 4] {
    let references = situation.references;
    let margin = if references.len() < 3 { LIVELIER_THAN_FEW_DB } else { LIVELIER_DB };
    let eq = mid_gains_db(settings, f64::from(situation.mix.sample_rate));
    let crest_db = crest_db(situation.mix);
    std::array::from_fn(|index| {
        let octaves = RANGES.get(index)?;
        let own = Levels::of(&situation.mix.band_levels, octaves)?;
        let theirs: Vec<Levels> = references.iter().filter_map(|r| Levels::of(&r.measurements.band_levels, octaves)).collect();
        let longest = |pace: usize| theirs.iter().map(|l| l.loud_part_db(pace)).fold(f64::NEG_INFINITY, f64::max);
        let livelier = !theirs.is_empty() && (0..2).all(|pace| own.loud_part_db(pace) > longest(pace) + margin);
        if !livelier {
            return None;
        }
        // The curve that maps the mix's loud part onto theirs: the mean over both paces of the slope that makes one the other.
        let slope = 0.5 * (0..2).map(|pace| longest(pace).max(0.1) / own.loud_part_db(pace) - 1.0).sum::<f64>();
        let slope = limited_slope(slope, own.above_db[0][1], situation.amounts.dynamics);
        let eq_db = mean_gain_db(&eq, index);
        let mut band = curve(own.middle_db + crest_db? + eq_db, 1.0 / (1.0 + slope), TIMES_MS[index]);
        band.makeup_db = -power_change_db(&own, slope);
        Some(band)
    })
}

/// How far the peaks of stretches stand above their power in the middle, dB: thresholds are peak levels, distributions are power.
fn crest_db(mix: &Measurements) -> Option<f64> {
    let peaks: Vec<f64> = mix.true_peak.series.values.iter().map(|p| f64::from(*p)).filter(|p| p.is_finite()).collect();
    let crest = median(&peaks)? - mix.dynamics.spreads.first()?.level_db(0.5);
    crest.is_finite().then_some(crest.clamp(3.0, 20.0))
}

/// Gain of the equaliser in a range of frequency, dB.
fn mean_gain_db(gains: &[f64], index: usize) -> f64 {
    let low = index.checked_sub(1).and_then(|i| CROSSOVERS_HZ.get(i)).copied().unwrap_or(0.0);
    let high = CROSSOVERS_HZ.get(index).copied().unwrap_or(f64::INFINITY);
    let within: Vec<f64> = gains.iter().zip(BANDS_HZ).filter(|(_, hz)| (low..high).contains(hz)).map(|(gain, _)| *gain).collect();
    within.iter().sum::<f64>() / within.len().max(1) as f64
}

/// Change of the mean power by a gain that falls with `slope` from the middle on, dB: from the quantiles of 45 ms.
fn power_change_db(levels: &Levels, slope: f64) -> f64 {
    // Shares of the time between the quantiles, each at the mean of its ends; half of the time lies below the middle, at about a
    // quarter of its power.
    const SHARES: [f64; 4] = [0.25, 0.15, 0.05, 0.05];
    let mut lower = 0.0;
    let (mut before, mut after) = (0.5 * 0.25, 0.5 * 0.25);
    for (above, share) in levels.above_db[0].iter().zip(SHARES) {
        let middle = 0.5 * (lower + above);
        before += share * db_to_power(middle);
        after += share * db_to_power(middle * (1.0 + slope));
        lower = *above;
    }
    power_to_db(after / before)
}

fn describe(dynamics: &Dynamics) -> String {
    let one = |band: &BandDynamics| {
        let kind = if band.ratio < 1.0 {
            format!("Upward expansion 1:{}", number(1.0 / band.ratio, 2))
        } else {
            format!("Compression {}:1", number(band.ratio, 2))
        };
        format!(
            "{kind} from {} dBFS, attack {} ms, release {} ms",
            number(band.threshold_db, 1),
            number(band.attack_ms, 0),
            number(band.release_ms, 0)
        )
    };
    let place = |index: usize| {
        let edge = |i: usize| dynamics.crossovers_hz.get(i).map(|hz| number(*hz, 0));
        match (index.checked_sub(1).and_then(edge), edge(index)) {
            (None, Some(high)) => format!(" below {high} Hz"),
            (Some(low), Some(high)) => format!(" {low}–{high} Hz"),
            (Some(low), None) => format!(" above {low} Hz"),
            (None, None) => String::new(),
        }
    };
    let working = dynamics.bands.iter().enumerate().filter(|(_, band)| band.ratio != 1.0);
    working.map(|(index, band)| format!("{}{}", one(band), place(index))).collect::<Vec<_>>().join("; ")
}

#[allow(clippy::too_many_arguments, reason = "an expectation's fields, each named where it is called")]
fn a_move(quantity: &str, what: String, why: String, before: f64, expected: f64, target: f64, unit: &str, answers: &str) -> Move {
    Move {
        id: "dynamics-1".into(),
        dimension: Dimension::Dynamics,
        what,
        why,
        band_hz: None,
        answers: vec![answers.into()],
        expectation: Expectation {
            quantity: quantity.into(),
            before: Some(before),
            expected: Some(expected),
            target: Some(target),
            unit: unit.into(),
        },
        confidence: 0.5,
    }
}
