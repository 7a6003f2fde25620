//! Few moves that lower a cost: each is a known curve times a gain, and one is added only while it pays.

use crate::compare::translation::Gains;

/// A curve that can be moved by a gain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// What it does per decibel of gain.
    pub per_db: Gains,
    /// Which of the kinds it is, by index.
    pub kind: usize,
}

/// What a search may use of one kind of shapes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
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

/// Greedy search: adds the move that lowers the cost most, refines all gains, and ends when no next one would pay.
///
/// `cost` is that of the sum of moves for a strictness of 0 to 1. Returns shapes by index with their gains; none where nothing is gained.
pub(super) fn search(shapes: &[Shape], kinds: &[Kind], cost: impl Fn(&Gains, f64) -> f64) -> Vec<(usize, f64)> {
    let search = Search { shapes, kinds };
    let mut chosen = search.seek(&|gains: &Gains| cost(gains, SEEKING));
    let mut gained = false;
    for strictness in REFINING {
        let (refined, _, value) = search.refine(chosen, &|gains: &Gains| cost(gains, strictness));
        chosen = refined;
        chosen.retain(|(_, gain)| gain.abs() >= LEAST_DB);
        gained = value < cost(&Gains::NONE, strictness);
    }
    if gained { chosen } else { Vec::new() }
}

/// The same moves with gains that lower a cost further; what is hardly a move any more is left out.
pub(super) fn refine(shapes: &[Shape], kinds: &[Kind], chosen: Vec<(usize, f64)>, cost: impl Fn(&Gains) -> f64) -> Vec<(usize, f64)> {
    let (mut refined, ..) = Search { shapes, kinds }.refine(chosen, &cost);
    refined.retain(|(_, gain)| gain.abs() >= LEAST_DB);
    refined
}

/// What moves do as far as curves grow in proportion to their gain.
pub(super) fn sum(shapes: &[Shape], chosen: &[(usize, f64)]) -> Gains {
    chosen.iter().fold(Gains::NONE, |sum, (i, gain)| shapes.get(*i).map_or(sum, |shape| sum.plus(&shape.per_db, *gain)))
}

struct Search<'a> {
    shapes: &'a [Shape],
    kinds: &'a [Kind],
}

impl Search<'_> {
    fn kind(&self, index: usize) -> Option<(usize, &Kind)> {
        let kind = self.shapes.get(index)?.kind;
        Some((kind, self.kinds.get(kind)?))
    }

    fn seek(&self, cost: &impl Fn(&Gains) -> f64) -> Vec<(usize, f64)> {
        let mut chosen: Vec<(usize, f64)> = Vec::new();
        let mut sum = Gains::NONE;
        let mut now = cost(&sum);
        // A kind is closed when it is used up, or when its best move no longer pays.
        let mut open: Vec<bool> = self.kinds.iter().map(|kind| kind.most > 0).collect();
        while now > 0.0 {
            let fresh = (0..self.shapes.len()).filter(|i| chosen.iter().all(|(c, _)| c != i));
            let fresh = fresh.filter(|i| self.kind(*i).is_some_and(|(kind, _)| open.get(kind) == Some(&true)));
            let within = |i: usize, gain: f64| self.kind(i).map_or(0.0, |(_, kind)| gain.clamp(kind.gain_db[0], kind.gain_db[1]));
            let tried = fresh.flat_map(|i| TRIED_DB.iter().map(move |gain| (i, within(i, *gain))));
            let tried = tried.filter_map(|(i, gain)| Some((i, gain, cost(&sum.plus(&self.shapes.get(i)?.per_db, gain)))));
            let Some((index, gain, _)) = tried.min_by(|a, b| a.2.total_cmp(&b.2)) else { break };
            let Some((kind, limits)) = self.kind(index) else { break };
            let mut next = chosen.clone();
            next.push((index, gain));
            let (refined, total, value) = self.refine(next, cost);
            if now - value < limits.least_gain.max(limits.least_share * now) {
                open[kind] = false;
                continue;
            }
            (chosen, sum, now) = (refined, total, value);
            open[kind] = chosen.iter().filter(|(i, _)| self.kind(*i).is_some_and(|(of, _)| of == kind)).count() < limits.most;
        }
        chosen
    }

    /// Moves every gain up and down by ever smaller steps as long as that lowers the cost.
    fn refine(&self, mut chosen: Vec<(usize, f64)>, cost: &impl Fn(&Gains) -> f64) -> (Vec<(usize, f64)>, Gains, f64) {
        let mut sum = sum(self.shapes, &chosen);
        let mut now = cost(&sum);
        for step in STEPS_DB {
            for _ in 0..SWEEPS {
                let before = now;
                for (index, gain) in &mut chosen {
                    let (Some(shape), Some((_, kind))) = (self.shapes.get(*index), self.kind(*index)) else { continue };
                    for direction in [step, -step] {
                        let moved = (*gain + direction).clamp(kind.gain_db[0], kind.gain_db[1]);
                        let tried = sum.plus(&shape.per_db, moved - *gain);
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
}

/// What it costs that a value lies where it does, for one that lay at `before` when nothing was changed.
///
/// Values outside are wanted `inside_db` within the nearer edge: the square of what is missing, growing only linearly beyond the `reach_db`
/// that moves can bring. Values inside shall stay there, and no value may get further away: that costs dearly, in proportion to the
/// strictness, and the more so above 1.
pub(super) fn range_cost(range: &crate::compare::Range, [before, after]: [f64; 2], weight: f64, strictness: f64) -> f64 {
    /// How far inside the edge a value from outside is put, so that it is not on the edge.
    const INSIDE_DB: f64 = 0.3;
    const REACH_DB: f64 = 6.0;
    // Square alone: a first step may cost nothing, or the small shift that any move gives all others would forbid every move.
    const AWAY: f64 = 60.0;
    const LAST: f64 = 10.0;
    let (was, is) = (range.outside(before), range.outside(after));
    let away = if was * is < 0.0 { is.abs() } else { (is.abs() - was.abs()).max(0.0) };
    // Where gains are settled, the last tenths are to go too, which a square alone does not bring about.
    let last = if strictness > 1.0 { LAST * (strictness - 1.0) * away } else { 0.0 };
    let harm = strictness * AWAY * away * away + last;
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
    use super::super::outlook::Curve;
    use super::*;
    use crate::compare::Range;
    use crate::measure::energy_map::BANDS;

    fn bump(at: usize) -> Curve {
        std::array::from_fn(|b| (-0.5 * ((b as f64 - at as f64) / 2.0).powi(2)).exp())
    }

    /// A bump about each band on mid and side alike, then one about each on the side alone.
    fn shapes() -> Vec<Shape> {
        let both = |at: usize| Shape { per_db: Gains { mid_db: bump(at), side_db: bump(at) }, kind: 0 };
        let side = |at: usize| Shape { per_db: Gains { mid_db: [0.0; BANDS], side_db: bump(at) }, kind: 1 };
        (0..BANDS).map(both).chain((0..BANDS).map(side)).collect()
    }

    const KIND: Kind = Kind { most: 4, gain_db: [-6.0, 6.0], least_gain: 0.5, least_share: 0.02 };
    const KINDS: [Kind; 2] = [KIND, Kind { gain_db: [-6.0, 3.0], most: 2, ..KIND }];

    fn squares(gains: &Gains, mid: &Curve, side: &Curve) -> f64 {
        (0..BANDS).map(|b| (gains.mid_db[b] - mid[b]).powi(2) + (gains.side_db[b] - side[b]).powi(2)).sum()
    }

    #[test]
    fn one_fault_takes_one_move_of_its_size() {
        let wanted: Curve = std::array::from_fn(|b| -3.0 * bump(10)[b]);
        let found = search(&shapes(), &KINDS, |gains, _| squares(gains, &wanted, &wanted));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == 10 && (found[0].1 + 3.0).abs() < 0.1, "{found:?}");
    }

    #[test]
    fn what_is_wrong_with_the_side_alone_is_mended_there() {
        let both: Curve = std::array::from_fn(|b| 2.0 * bump(4)[b]);
        let side: Curve = std::array::from_fn(|b| both[b] - 4.0 * bump(20)[b]);
        let mut found = search(&shapes(), &KINDS, |gains, _| squares(gains, &both, &side));
        found.sort_by_key(|(index, _)| *index);
        assert_eq!(found.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [4, BANDS + 20], "{found:?}");
    }

    #[test]
    fn where_nothing_is_wrong_nothing_is_moved() {
        assert!(search(&shapes(), &KINDS, |gains, _| squares(gains, &[0.0; BANDS], &[0.0; BANDS])).is_empty());
    }

    #[test]
    fn gains_and_numbers_of_moves_stay_within_their_limits() {
        let found = search(&shapes(), &KINDS, |gains, _| squares(gains, &[20.0; BANDS], &[40.0; BANDS]));
        let of = |side: bool| found.iter().filter(|(index, _)| (*index >= BANDS) == side).map(|(_, gain)| *gain).collect::<Vec<_>>();
        assert!((1..=4).contains(&of(false).len()) && (1..=2).contains(&of(true).len()), "{found:?}");
        assert!(of(false).iter().all(|gain| gain.abs() <= 6.0) && of(true).iter().all(|gain| *gain <= 3.0), "{found:?}");
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
