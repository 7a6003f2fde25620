//! Few moves that lower a cost: each is a known curve times a gain, and one is added only while it pays.

use super::outlook::Curve;
use crate::measure::energy_map::BANDS;

/// What a search may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Most moves.
    pub most: usize,
    /// Lowest and highest gain of a move, dB.
    pub gain_db: [f64; 2],
    /// A move must lower the cost by this much …
    pub least_gain: f64,
    /// … and by this part of it.
    pub least_share: f64,
}

/// Gains at which a move is tried.
const TRIED_DB: [f64; 6] = [-3.5, -1.5, -0.5, 0.5, 1.5, 3.5];
/// Step sizes of the refinement of all gains, dB.
const STEPS_DB: [f64; 5] = [0.8, 0.4, 0.2, 0.1, 0.05];
/// Sweeps over all gains at each step size.
const SWEEPS: usize = 3;
/// A gain below this is no move, dB.
const LEAST_DB: f64 = 0.2;

/// How strictly harm counts while moves are sought: one move alone makes all else a little worse, because levels are relative, and only
/// several together do no harm. Then gains are refined in ever stricter rounds.
const SEEKING: f64 = 0.1;
const REFINING: [f64; 2] = [0.4, 1.0];

/// Weight of the effort of moves at a strictness: it decides which way is taken, but once that is chosen it shall not leave values short of
/// their range.
pub(super) fn effort_weight(strictness: f64) -> f64 {
    if strictness > SEEKING { 0.15 } else { 1.0 }
}

/// Greedy search: adds the move that lowers the cost most, refines all gains, and ends when the next one would not pay.
///
/// `shapes` are curves per decibel of gain, `cost` that of their sum for a strictness of 0 to 1. Returns shapes by index with their gains;
/// none where nothing is gained.
pub(super) fn search(shapes: &[Curve], limits: Limits, cost: impl Fn(&Curve, f64) -> f64) -> Vec<(usize, f64)> {
    let mut chosen = seek(shapes, limits, &|curve: &Curve| cost(curve, SEEKING));
    let mut gained = false;
    for strictness in REFINING {
        let (refined, _, value) = refine(shapes, chosen, limits, &|curve: &Curve| cost(curve, strictness));
        chosen = refined;
        chosen.retain(|(_, gain)| gain.abs() >= LEAST_DB);
        gained = value < cost(&[0.0; BANDS], strictness);
    }
    if gained { chosen } else { Vec::new() }
}

fn seek(shapes: &[Curve], limits: Limits, cost: &impl Fn(&Curve) -> f64) -> Vec<(usize, f64)> {
    let mut chosen: Vec<(usize, f64)> = Vec::new();
    let mut sum = [0.0; BANDS];
    let mut now = cost(&sum);
    while chosen.len() < limits.most && now > 0.0 {
        let fresh = (0..shapes.len()).filter(|i| chosen.iter().all(|(c, _)| c != i));
        let tried = fresh.flat_map(|i| TRIED_DB.iter().map(move |gain| (i, *gain)));
        let tried = tried.filter_map(|(i, gain)| Some((i, gain, cost(&added(&sum, shapes.get(i)?, gain)))));
        let Some((index, gain, _)) = tried.min_by(|a, b| a.2.total_cmp(&b.2)) else { break };
        let mut next = chosen.clone();
        next.push((index, gain));
        let (refined, total, value) = refine(shapes, next, limits, cost);
        if now - value < limits.least_gain.max(limits.least_share * now) {
            break;
        }
        (chosen, sum, now) = (refined, total, value);
    }
    chosen
}

/// Moves every gain up and down by ever smaller steps as long as that lowers the cost.
fn refine(
    shapes: &[Curve],
    mut chosen: Vec<(usize, f64)>,
    limits: Limits,
    cost: &impl Fn(&Curve) -> f64,
) -> (Vec<(usize, f64)>, Curve, f64) {
    let mut sum = chosen.iter().fold([0.0; BANDS], |sum, (i, gain)| shapes.get(*i).map_or(sum, |shape| added(&sum, shape, *gain)));
    let mut now = cost(&sum);
    for step in STEPS_DB {
        for _ in 0..SWEEPS {
            let before = now;
            for (index, gain) in &mut chosen {
                let Some(shape) = shapes.get(*index) else { continue };
                for direction in [step, -step] {
                    let moved = (*gain + direction).clamp(limits.gain_db[0], limits.gain_db[1]);
                    let tried = added(&sum, shape, moved - *gain);
                    let value = cost(&tried);
                    if value < now {
                        (*gain, sum, now) = (moved, tried, value);
                        break;
                    }
                }
            }
            if now == before {
                break;
            }
        }
    }
    (chosen, sum, now)
}

fn added(sum: &Curve, shape: &Curve, gain: f64) -> Curve {
    std::array::from_fn(|b| sum[b] + gain * shape[b])
}

/// What it costs that a value lies where it does, for one that lay at `before` when nothing was changed.
///
/// Values outside are wanted `inside_db` within the nearer edge: the square of what is missing, growing only linearly beyond the `reach_db`
/// that moves can bring. Values inside shall stay there, and no value may get further away: that costs dearly, in proportion to the
/// strictness.
pub(super) fn range_cost(range: &crate::compare::Range, [before, after]: [f64; 2], weight: f64, strictness: f64) -> f64 {
    /// How far inside the edge a value from outside is put, so that it is not on the edge.
    const INSIDE_DB: f64 = 0.3;
    const REACH_DB: f64 = 6.0;
    // Square alone: a first step may cost nothing, or the small shift that any move gives all others would forbid every move.
    const AWAY: f64 = 60.0;
    let (was, is) = (range.outside(before), range.outside(after));
    let away = if was * is < 0.0 { is.abs() } else { (is.abs() - was.abs()).max(0.0) };
    let harm = strictness * AWAY * away * away;
    if was == 0.0 {
        return harm;
    }
    let margin = INSIDE_DB.min(0.5 * (range.high - range.low));
    let missing = if was > 0.0 { (after - range.high + margin).max(0.0) } else { (range.low + margin - after).max(0.0) };
    let wish = if missing < REACH_DB { missing * missing } else { REACH_DB * (2.0 * missing - REACH_DB) };
    harm + weight * wish
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Range;

    /// A bump about each band, and a tilt.
    fn shapes() -> Vec<Curve> {
        let bump = |at: usize| std::array::from_fn(|b| (-0.5 * ((b as f64 - at as f64) / 2.0).powi(2)).exp());
        (0..BANDS).map(bump).collect()
    }

    const LIMITS: Limits = Limits { most: 4, gain_db: [-6.0, 6.0], least_gain: 0.5, least_share: 0.02 };

    #[test]
    fn one_fault_takes_one_move_of_its_size() {
        let wanted: Curve = std::array::from_fn(|b| -3.0 * shapes()[10][b]);
        let found = search(&shapes(), LIMITS, |c, _| (0..BANDS).map(|b| (c[b] - wanted[b]).powi(2)).sum());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == 10 && (found[0].1 + 3.0).abs() < 0.1, "{found:?}");
    }

    #[test]
    fn where_nothing_is_wrong_nothing_is_moved() {
        assert!(search(&shapes(), LIMITS, |c, _| c.iter().map(|v| v * v).sum()).is_empty());
    }

    #[test]
    fn gains_stay_within_their_limits() {
        let found = search(&shapes(), LIMITS, |c, _| (0..BANDS).map(|b| (c[b] - 20.0).powi(2)).sum());
        assert!(!found.is_empty() && found.iter().all(|(_, gain)| gain.abs() <= 6.0));
    }

    #[test]
    fn a_range_pulls_from_outside_holds_inside_and_forbids_to_go_away() {
        let range = Range { centre: 0.0, low: -2.0, high: 2.0 };
        let cost = |before, after| range_cost(&range, [before, after], 1.0, 1.0);
        assert_eq!(cost(0.0, 1.9), 0.0);
        assert!(cost(0.0, 2.5) > 5.0);
        assert!(cost(5.0, 4.0) < cost(5.0, 5.0) && cost(5.0, 1.7) == 0.0);
        assert!(cost(5.0, 5.5) > cost(5.0, 5.0) + 5.0);
        assert!(cost(5.0, -3.0) > 20.0, "over the top to the other side");
    }
}
