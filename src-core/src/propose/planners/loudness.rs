//! Loudness: the gain to the target and the limiter that holds the ceiling.

use super::response::loudness_change_lu;
use super::{Part, Situation, combine, dynamics, record_dynamics};
use crate::chain::Settings;
use crate::chain::settings::Limiter;
use crate::compare::{self, Comparison};
use crate::measure::Measurements;
use crate::propose::{Amounts, Dimension, Expectation, MatchMode, Move, Proposal};
use crate::units::number;

/// The limiter may take this much off the hardest hundredth of the time (in stretches of 100 ms), dB; a target that needs
/// more is not reached, and the result says so. From 4 to 6 dB on limiting is heard (practice of mastering engineers).
pub const MOST_REDUCTION_DB: f64 = 6.0;

/// Reduction at which transients begin to pay for loudness, dB: up to about 3 dB goes unnoticed.
const PAYS_DB: f64 = 3.0;

/// Of what would rise above the ceiling at the loudness of the references, so much is given up in loudness; the limiter takes
/// the rest. References are often mastered over the ceiling; taking all of it would flatten the transients that they kept. Over the
/// development set this is where the errors of loudness and of peak to loudness are both below those of doing nothing.
const GIVEN_UP: f64 = 0.2;

/// Share of stretches that may lie above a limit of reduction.
const HARDEST_SHARE: f64 = 0.01;

/// A smaller change of loudness alone is not worth a render, LU.
const TOO_LITTLE_LU: f64 = 0.1;

/// True peaks above the ceiling by no more than this are left, dB: less than meters differ by.
const OVER_DB: f64 = 0.05;

/// How far inside the edge of the references' range a mix from outside is put, LU.
const INSIDE_LU: f64 = 0.3;

/// Look-ahead and release of the limiter, ms.
const LOOKAHEAD_MS: f64 = 5.0;
const RELEASE_MS: f64 = 120.0;

/// Loudness that is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LoudnessTarget {
    /// That of the references.
    References,
    /// A given integrated loudness, LUFS.
    Lufs(f64),
}

/// What a limiter has to do, and what it could do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimiterLoad {
    /// Reduction in the hardest hundredth of the time, dB; negative is headroom.
    pub hardest_db: f64,
    /// Integrated loudness at which the hardest hundredth would reach 3 dB of reduction, LUFS.
    pub pays_lufs: f64,
    /// Loudness at which it would reach [`MOST_REDUCTION_DB`], LUFS.
    pub most_lufs: f64,
}

/// From the peaks (dBTP, per stretch) that reach the limiter when the programme comes out at `lufs`.
pub fn limiter_load(peaks_dbtp: &[f64], lufs: f64, ceiling_dbtp: f64) -> Option<LimiterLoad> {
    let mut sorted: Vec<f64> = peaks_dbtp.iter().copied().filter(|p| p.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let rank = ((sorted.len() as f64) * (1.0 - HARDEST_SHARE)) as usize;
    let hardest_db = sorted.get(rank.min(sorted.len().saturating_sub(1)))? - ceiling_dbtp;
    lufs.is_finite().then_some(LimiterLoad {
        hardest_db,
        pays_lufs: lufs + PAYS_DB - hardest_db,
        most_lufs: lufs + MOST_REDUCTION_DB - hardest_db,
    })
}

/// Adds output gain and limiter.
pub(super) fn plan(situation: &Situation<'_>, mode: MatchMode, settings: &mut Settings) -> Part {
    let mut part = Part::default();
    let (amounts, mix) = (situation.amounts, situation.mix);
    let own = mix.loudness.integrated.lufs();
    let target = wanted_lufs(situation, mode).filter(|_| amounts.loudness > 0.0);
    let no_gain = target.is_none_or(|t| (t - own).abs() < TOO_LITTLE_LU);
    let peaks_apart = record_dynamics::peaks_apart(situation, mode);
    let untouched = settings.eq.is_empty() && settings.stereo.is_none() && settings.dynamics.is_none();
    let under_ceiling = amounts.loudness == 0.0 || mix.true_peak.max.level.dbtp() <= situation.ceiling_dbtp + OVER_DB;
    let changes_nothing = untouched && no_gain && peaks_apart.is_none() && under_ceiling;
    if changes_nothing || !own.is_finite() {
        return part;
    }
    let (denser_lu, peak_db) = dynamics::change(mix, settings);
    let change = loudness_change_lu(&mix.map, settings, f64::from(mix.sample_rate)) + denser_lu;
    // Peaks as they will stand against the loudness: the EQ's part in that is only known after rendering.
    let plr_change = peak_db - denser_lu;
    let aim = target.map_or(own, |t| own + amounts.loudness * (t - own));
    let aim = match situation.target {
        LoudnessTarget::References => {
            let aim = spare_transients(mix, aim, situation.ceiling_dbtp, plr_change);
            if mode == MatchMode::OtherRecord { within_peak_range(situation, aim, own) } else { aim }
        }
        LoudnessTarget::Lufs(_) => aim,
    };
    let allowed = Allowed::of(mix, situation.comparison, mode, amounts);
    let limited = affordable(mix, aim, allowed, situation.ceiling_dbtp - plr_change);
    settings.output_gain_db = (limited - own - change).clamp(-48.0, 48.0);
    let mut ceiling_dbtp = situation.ceiling_dbtp;
    if let Some(peaks) = peaks_apart {
        // Peaks as they come to the limiter, the hardest hundredth of the time.
        let hardest = limiter_load(&stretch_peaks(mix), own, 0.0).map_or(ceiling_dbtp, |load| load.hardest_db);
        let lowest = hardest + (limited - own) + plr_change - PAYS_DB * amounts.dynamics;
        ceiling_dbtp = (limited + peaks.most_over_loudness_db).max(lowest).min(ceiling_dbtp);
        if ceiling_dbtp < situation.ceiling_dbtp {
            part.moves.push(peaks.a_move(ceiling_dbtp, ceiling_dbtp - limited));
        }
    }
    settings.limiter = Some(Limiter { ceiling_dbtp, lookahead_ms: LOOKAHEAD_MS, release_ms: RELEASE_MS });
    if limited < aim - 0.05 {
        part.notes.push(limited_note(aim, limited, allowed));
    }
    if let Some(target) = target {
        part.moves.push(loudness_move(situation, mode, own, limited, target));
    }
    part
}

/// Begins the note that a loudness is out of the limiter's reach.
const LIMITED: &str = "Loudness: ";

fn limited_note(aim_lufs: f64, limited_lufs: f64, allowed: Allowed) -> String {
    format!(
        "{LIMITED}{} LUFS would need more than {} dB of limiting; {} LUFS is what the transients allow.",
        number(aim_lufs, 1),
        number(allowed.most_db, if allowed.most_db < MOST_REDUCTION_DB { 1 } else { 0 }),
        number(limited_lufs, 1)
    )
}

/// Tells in a proposal that another loudness is expected than was planned: what the limiter really allows is known only from
/// what reaches it.
pub fn expect_loudness(proposal: &mut Proposal, lufs: f64, allowed: Allowed, ceiling_dbtp: f64) {
    let Some(a_move) = proposal.moves.iter_mut().find(|m| m.dimension == Dimension::Loudness) else { return };
    let planned = a_move.expectation.expected.replace(lufs).unwrap_or(lufs);
    let own = a_move.expectation.before.unwrap_or(lufs);
    a_move.what = describe(lufs - own, lufs, ceiling_dbtp);
    if lufs < planned {
        let aim = a_move.expectation.target.unwrap_or(planned).max(planned);
        proposal.notes.retain(|note| !note.starts_with(LIMITED));
        proposal.notes.push(limited_note(aim, lufs, allowed));
    }
}

/// The move in words.
fn describe(gain_lu: f64, lufs: f64, ceiling_dbtp: f64) -> String {
    let sign = if gain_lu > 0.0 { "+" } else { "" };
    format!("Loudness {sign}{} LU to {} LUFS, true peak at most {} dBTP", number(gain_lu, 1), number(lufs, 1), number(ceiling_dbtp, 1))
}

/// The loudness at which [`GIVEN_UP`] of what lies above the ceiling is given up. Never softer than the mix is now.
fn spare_transients(mix: &Measurements, aim_lufs: f64, ceiling_dbtp: f64, plr_change_db: f64) -> f64 {
    let own = mix.loudness.integrated.lufs();
    let excess = mix.true_peak.max.level.dbtp() + plr_change_db + (aim_lufs - own) - ceiling_dbtp;
    if excess > 0.0 { (aim_lufs - GIVEN_UP * excess).max(own.min(aim_lufs)) } else { aim_lufs }
}

/// The loudness at which limiting does not push peak to loudness below the range of the references. For that a mix whose peaks stand above
/// the ceiling is turned down, as far as the range of loudness allows.
fn within_peak_range(situation: &Situation<'_>, aim_lufs: f64, own_lufs: f64) -> f64 {
    let Some(plr) = situation.comparison.quantity("plr") else { return aim_lufs };
    let low = plr.value.map_or(plr.range.low, |own| own.min(plr.range.low));
    // Peaks are compared with what is heard, which for mono lies above what a meter reads.
    let heard = compare::heard_lufs(situation.mix) - situation.mix.loudness.integrated.lufs();
    let softest = situation.comparison.quantity("loudness").map_or(own_lufs, |loudness| own_lufs.min(loudness.range.low - heard));
    aim_lufs.min((situation.ceiling_dbtp - low - heard).max(softest.min(aim_lufs)))
}

fn stretch_peaks(mix: &Measurements) -> Vec<f64> {
    mix.true_peak.series.values.iter().map(|p| f64::from(*p)).collect()
}

/// What the limiter may do for loudness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowed {
    /// Most reduction in the hardest hundredth of the time, dB.
    pub most_db: f64,
    /// Loudness below which a mix is not turned down to spare the limiter, LUFS.
    pub least_lufs: f64,
}

impl Allowed {
    /// Less loudness is also less limiting. Another part of its own session shows that the loudness of a mix can be had; of other music that
    /// is not known, and a mix whose peaks stand far above the ceiling is turned down instead of flattened, unless it is too soft as it is. A
    /// loudness that is to be left alone is.
    pub fn of(mix: &Measurements, comparison: &Comparison, mode: MatchMode, amounts: Amounts) -> Self {
        let own = mix.loudness.integrated.lufs();
        let too_soft = comparison.quantity("loudness").and_then(|q| Some(q.range.outside(q.value?))).is_some_and(|outside| outside < 0.0);
        if amounts.loudness == 0.0 || mode == MatchMode::SameSession {
            return Self { most_db: MOST_REDUCTION_DB, least_lufs: own };
        }
        Self { most_db: MOST_REDUCTION_DB * amounts.loudness.min(1.0), least_lufs: if too_soft { own } else { f64::NEG_INFINITY } }
    }
}

/// The target, or as close to it as the limiter's limit allows, judged by the peaks of the mix.
fn affordable(mix: &Measurements, aim_lufs: f64, allowed: Allowed, ceiling_dbtp: f64) -> f64 {
    match limiter_load(&stretch_peaks(mix), mix.loudness.integrated.lufs(), ceiling_dbtp) {
        Some(load) => aim_lufs.min((load.most_lufs - MOST_REDUCTION_DB + allowed.most_db).max(allowed.least_lufs)),
        None => aim_lufs,
    }
}

/// Integrated loudness to aim for, LUFS.
fn wanted_lufs(situation: &Situation<'_>, mode: MatchMode) -> Option<f64> {
    match situation.target {
        LoudnessTarget::Lufs(lufs) => Some(lufs),
        LoudnessTarget::References => match mode {
            MatchMode::SameSession => {
                let estimates =
                    situation.session().map(|(r, m)| (r.measurements.loudness.integrated.lufs() + m.loudness_lu.value, m.loudness_lu.sd));
                combine(estimates.filter(|(l, _)| l.is_finite())).map(|c| c.0)
            }
            MatchMode::OtherRecord => {
                let loudness = situation.comparison.quantity("loudness")?;
                let outside = loudness.range.outside(loudness.value?);
                let own = situation.mix.loudness.integrated.lufs();
                // Inside the range the mix is as loud as it should be.
                Some(if outside == 0.0 { own } else { own - outside - INSIDE_LU * outside.signum() })
            }
        },
    }
}

fn loudness_move(situation: &Situation<'_>, mode: MatchMode, own: f64, expected: f64, target: f64) -> Move {
    let source = match situation.target {
        LoudnessTarget::References if mode == MatchMode::SameSession => "where passages are as loud as in the reference",
        LoudnessTarget::References => "inside the range of the references",
        LoudnessTarget::Lufs(_) => "the loudness asked for",
    };
    Move {
        id: "loudness-1".into(),
        dimension: Dimension::Loudness,
        what: describe(expected - own, expected, situation.ceiling_dbtp),
        why: format!("{} LUFS is {source}", number(target, 1)),
        band_hz: None,
        answers: situation.answered("level.too_quiet", [20.0, 20_000.0]),
        expectation: Expectation {
            quantity: "integrated loudness".into(),
            before: Some(own),
            expected: Some(expected),
            target: Some(target),
            unit: "LUFS".into(),
        },
        confidence: 0.9,
    }
}
