//! From the gains that peaks require to the gain that is applied: hold, release and attack of the limiter.
//!
//! 1. *Hold.* The lowest gain over the look-ahead and a hold, together at least [`HOLD_MS`]: half a period of 45 Hz, so that low notes
//!    meet a steady gain instead of one that follows their waveform.
//! 2. *Release.* Two followers in parallel, the lower gain wins. The quick one recovers with the release time. The slow one moves
//!    towards the required gain in both directions ([`SLOW_ATTACK_MS`], and [`SLOW_RELEASE`] times the release): a lone
//!    transient hardly moves it, so the gain recovers quickly; sustained reduction carries it along, and [`SLOW_SHARE`] of what it has
//!    gathered then keeps the gain from rising and falling with every beat. That is what is meant by a release that depends on the programme.
//! 3. *Attack.* A raised-cosine average over the look-ahead. It covers only held values, so the gain has arrived when the peak
//!    comes out: the ceiling holds by construction, without a clipper.

use super::settings::Limiter;
use crate::dsp::intersample::GROUP;
use std::collections::VecDeque;

/// Look-ahead and hold together, ms.
const HOLD_MS: f64 = 11.1;
/// Time constant with which the slow follower goes down, ms.
const SLOW_ATTACK_MS: f64 = 80.0;
/// Time constant with which the slow follower recovers, in release times.
const SLOW_RELEASE: f64 = 6.0;
/// Share of the sustained reduction that the slow follower keeps: the rest recovers quickly, so that a loud passage does not turn
/// into one long fall of level.
const SLOW_SHARE: f64 = 0.5;
/// A gain this close to 1 (1e-5 dB) is 1: what is not limited then passes bit for bit again.
const SNAP: f64 = 1e-6;

/// From required gains, one a group of [`GROUP`] frames, to the smoothed gain at group borders.
pub(super) struct GainPath {
    required: Lowest,
    held: Ring,
    weights: Vec<f64>,
    quick: f64,
    slow: f64,
    quick_release: f64,
    slow_attack: f64,
    slow_release: f64,
    /// How many of the last held gains were exactly 1.
    ones: usize,
}

impl GainPath {
    pub(super) fn new(settings: &Limiter, sample_rate: f64) -> Self {
        let groups_per_ms = sample_rate / (1000.0 * GROUP as f64);
        let attack = ((settings.lookahead_ms * groups_per_ms).round() as usize).max(1);
        let hold = ((HOLD_MS * groups_per_ms).ceil() as usize).max(attack) + 1;
        let pole = |ms: f64| 1.0 - (-1.0 / (ms * groups_per_ms)).exp();
        Self {
            required: Lowest::new(hold),
            held: Ring::new(attack, 1.0),
            weights: raised_cosine(attack),
            quick: 1.0,
            slow: 1.0,
            quick_release: pole(settings.release_ms),
            slow_attack: pole(SLOW_ATTACK_MS),
            slow_release: pole(SLOW_RELEASE * settings.release_ms),
            ones: attack,
        }
    }

    /// Groups from a required gain to the end of the group by which it has arrived.
    pub(super) fn lookahead_groups(&self) -> usize {
        self.weights.len()
    }

    /// Takes the gain that the next group requires and returns the gain at the end of the group that many groups before.
    pub(super) fn next(&mut self, required: f64) -> f64 {
        let lowest = self.required.push(required);
        self.quick = follow(self.quick, lowest, 1.0, self.quick_release);
        self.slow = follow(self.slow, lowest, self.slow_attack, self.slow_release);
        // The slow follower may lie above the required gain, the quick one never does.
        let held = self.quick.min(1.0 - SLOW_SHARE * (1.0 - self.slow));
        self.held.push(held);
        self.ones = if held == 1.0 { self.ones + 1 } else { 0 };
        if self.ones >= self.weights.len() { 1.0 } else { self.held.weighted(&self.weights) }
    }

    pub(super) fn reset(&mut self) {
        self.required.reset();
        self.held.fill(1.0);
        (self.quick, self.slow, self.ones) = (1.0, 1.0, self.weights.len());
    }
}

fn follow(state: f64, target: f64, down: f64, up: f64) -> f64 {
    if target < state && down == 1.0 {
        return target;
    }
    let next = state + (target - state) * if target < state { down } else { up };
    if 1.0 - next < SNAP { 1.0 } else { next }
}

/// Weights of an average with no corners at its ends; they sum to 1.
fn raised_cosine(length: usize) -> Vec<f64> {
    let raw = |k: usize| (std::f64::consts::PI * (k + 1) as f64 / (length + 1) as f64).sin().powi(2);
    let sum: f64 = (0..length).map(raw).sum();
    (0..length).map(|k| raw(k) / sum).collect()
}

/// The lowest of the last `length` values; before the first, 1.
///
/// Keeps only values that can still become the lowest, in rising order, so that a push costs the same whatever the length. Its
/// queue never holds more than `length` values and so never allocates.
struct Lowest {
    length: u64,
    pushed: u64,
    /// Values with the push from which on they no longer count.
    rising: VecDeque<(f64, u64)>,
}

impl Lowest {
    fn new(length: usize) -> Self {
        Self { length: length as u64, pushed: 0, rising: VecDeque::with_capacity(length + 1) }
    }

    fn push(&mut self, value: f64) -> f64 {
        while self.rising.back().is_some_and(|(last, _)| *last >= value) {
            self.rising.pop_back();
        }
        if self.rising.front().is_some_and(|(_, ends)| *ends <= self.pushed) {
            self.rising.pop_front();
        }
        self.rising.push_back((value, self.pushed + self.length));
        self.pushed += 1;
        self.rising.front().map_or(value, |(lowest, _)| lowest.min(1.0))
    }

    fn reset(&mut self) {
        self.rising.clear();
        self.pushed = 0;
    }
}

/// The last values, oldest overwritten.
struct Ring {
    values: Vec<f64>,
    oldest: usize,
}

impl Ring {
    fn new(length: usize, value: f64) -> Self {
        Self { values: vec![value; length], oldest: 0 }
    }

    fn fill(&mut self, value: f64) {
        self.values.fill(value);
        self.oldest = 0;
    }

    fn push(&mut self, value: f64) {
        if let Some(slot) = self.values.get_mut(self.oldest) {
            *slot = value;
        }
        self.oldest = if self.oldest + 1 < self.values.len() { self.oldest + 1 } else { 0 };
    }

    /// Sum of values times weights, oldest first.
    fn weighted(&self, weights: &[f64]) -> f64 {
        let (newer, older) = self.values.split_at(self.oldest);
        let (early, late) = weights.split_at(older.len().min(weights.len()));
        let sum = |values: &[f64], weights: &[f64]| values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>();
        sum(older, early) + sum(newer, late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_is_that_of_a_plain_search() {
        let mut state = 7u64;
        let values: Vec<f64> = (0..2000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Few different values, so that ties occur.
                0.1 * ((state >> 60) as f64).min(10.0)
            })
            .collect();
        for length in [1, 2, 7, 32] {
            let mut lowest = Lowest::new(length);
            for (i, value) in values.iter().enumerate() {
                let plain = values[(i + 1).saturating_sub(length)..=i].iter().copied().fold(1.0, f64::min);
                assert_eq!(lowest.push(*value), plain);
            }
            assert!(lowest.rising.capacity() > length, "it had to grow");
        }
    }
}
