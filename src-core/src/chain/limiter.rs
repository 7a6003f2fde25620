//! Look-ahead true-peak limiter.
//!
//! # How it works
//! 1. *Detector.* The waveform between the samples is interpolated (8 points a sample and a parabola,
//!    [`crate::dsp::intersample`]); the louder channel counts. Time is cut into groups of 16 frames; each gets the gain that brings its
//!    highest point to the ceiling.
//! 2. *Hold.* The lowest gain over the look-ahead and a hold, together at least [`HOLD_MS`]: half a period of 45 Hz, so that low notes
//!    meet a steady gain instead of one that follows their waveform.
//! 3. *Release.* Two followers in parallel, the lower gain wins. The quick one recovers with the release time. The slow one moves
//!    towards the required gain in both directions ([`SLOW_ATTACK_MS`], and [`SLOW_RELEASE`] times the release): a lone
//!    transient hardly moves it, so the gain recovers quickly; sustained reduction carries it along, and [`SLOW_SHARE`] of what it has
//!    gathered then keeps the gain from rising and falling with every beat. That is what is meant by a release that depends on the programme.
//! 4. *Attack.* A raised-cosine average over the look-ahead. It covers only held values, so the gain
//!    has arrived when the peak comes out: the ceiling holds by construction, without a clipper.
//! 5. *Gain.* Straight lines between group borders, so the gain holds no frequencies that could alias.
//!
//! # References
//! D. Giannoulis, M. Massberg, J. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012 (level detection, release);
//! ITU-R BS.1770-5, Annex 2 (true peak).

use super::settings::Limiter;
use crate::audio::TimeRange;
use crate::dsp::Frame;
use crate::dsp::intersample::{GROUP, IntersamplePeaks};

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
/// Limited to this much below the ceiling, dB: room for what moves the waveform by a hair after detection (the gain's
/// slope within an interpolation window, an interpolator of another design, rounding to the file's bits).
const MARGIN_DB: f64 = 0.07;

/// What a limiter did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimiterStatistics {
    /// Greatest reduction, dB (0 or above).
    pub max_reduction_db: f64,
    /// Mean reduction over the time in which there was any above 0.1 dB, dB.
    pub mean_active_db: f64,
    /// Share of time with more than 0.1 dB, 0 to 1.
    pub active_share: f64,
    /// Share of time with more than 1 dB.
    pub over_1_db_share: f64,
    /// Share of time with more than 3 dB.
    pub over_3_db_share: f64,
    /// Share of time with more than 6 dB.
    pub over_6_db_share: f64,
    /// Greatest reduction in each stretch of `slot_s` seconds, dB, from the start of the stream.
    pub timeline_db: Vec<f32>,
    /// Length of a stretch of the timeline, s.
    pub slot_s: f64,
    /// Where the reduction passed 3 dB, to the precision of the timeline.
    pub over_3_db: Vec<TimeRange>,
}

/// The limiter. See the module for how it works.
pub(super) struct TruePeakLimiter {
    ceiling: f64,
    detectors: [IntersamplePeaks; 2],
    /// The last frames, as many as the latency; each slot is read and then written over.
    delay: Vec<Frame>,
    slot: usize,
    /// Frames of the running group.
    incoming: [[f32; GROUP]; 2],
    filled: usize,
    gain: GainPath,
    /// Gain at the start and end of the group that is coming out.
    from: f64,
    to: f64,
    tally: Tally,
    /// Groups to come out before the first frame of the stream does.
    groups_before_start: usize,
}

impl TruePeakLimiter {
    pub(super) fn new(settings: &Limiter, sample_rate: f64) -> Self {
        let groups_per_ms = sample_rate / (1000.0 * GROUP as f64);
        let attack = ((settings.lookahead_ms * groups_per_ms).round() as usize).max(1);
        let hold = ((HOLD_MS * groups_per_ms).ceil() as usize).max(attack) + 1;
        // Detection is LAG_GROUPS behind, the average needs `attack` groups, and a group must be complete to be judged.
        let latency_groups = attack + IntersamplePeaks::LAG_GROUPS + 1;
        let pole = |ms: f64| 1.0 - (-1.0 / (ms * groups_per_ms)).exp();
        let gain = GainPath {
            required: Ring::new(hold, 1.0),
            held: Ring::new(attack, 1.0),
            weights: raised_cosine(attack),
            quick: 1.0,
            slow: 1.0,
            quick_release: pole(settings.release_ms),
            slow_attack: pole(SLOW_ATTACK_MS),
            slow_release: pole(SLOW_RELEASE * settings.release_ms),
            ones: attack,
        };
        Self {
            ceiling: 10f64.powf((settings.ceiling_dbtp - MARGIN_DB) / 20.0),
            detectors: [IntersamplePeaks::new(), IntersamplePeaks::new()],
            delay: vec![[0.0; 2]; latency_groups * GROUP],
            slot: 0,
            incoming: [[0.0; GROUP]; 2],
            filled: 0,
            gain,
            from: 1.0,
            to: 1.0,
            tally: Tally::new(sample_rate),
            groups_before_start: latency_groups,
        }
    }

    pub(super) fn latency_frames(&self) -> usize {
        self.delay.len()
    }

    pub(super) fn process(&mut self, mut frames: &mut [Frame]) {
        while !frames.is_empty() {
            let (now, later) = frames.split_at_mut((GROUP - self.filled).min(frames.len()));
            self.exchange(now);
            frames = later;
            if self.filled == GROUP {
                self.finish_group();
            }
        }
    }

    /// Takes frames in and puts the delayed ones, under their gain, in their place. Never crosses a group border.
    fn exchange(&mut self, frames: &mut [Frame]) {
        let end = self.slot + frames.len();
        let step = (self.to - self.from) / GROUP as f64;
        let [left, right] = &mut self.incoming;
        let Some(delay) = self.delay.get_mut(self.slot..end) else { return };
        for (i, (frame, delayed)) in (self.filled..GROUP).zip(frames.iter_mut().zip(delay)) {
            (left[i], right[i]) = (frame[0] as f32, frame[1] as f32);
            let gain = self.from + step * (i as f64);
            let out = delayed.map(|sample| sample * gain);
            *delayed = std::mem::replace(frame, out);
        }
        self.filled += frames.len();
        self.slot = if end == self.delay.len() { 0 } else { end };
    }

    fn finish_group(&mut self) {
        self.filled = 0;
        if self.groups_before_start > 0 {
            self.groups_before_start -= 1;
        } else {
            self.tally.add(self.from.min(self.to));
        }
        let limit = self.ceiling as f32;
        let [left, right] = &mut self.detectors;
        let peak = f64::from(left.push(&self.incoming[0], limit).max(right.push(&self.incoming[1], limit)));
        let required = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        self.from = self.to;
        self.to = self.gain.next(required);
    }

    pub(super) fn reset(&mut self) {
        self.detectors.iter_mut().for_each(IntersamplePeaks::reset);
        self.delay.fill([0.0; 2]);
        self.gain.reset();
        self.tally.reset();
        (self.slot, self.filled, self.from, self.to) = (0, 0, 1.0, 1.0);
        self.groups_before_start = self.delay.len() / GROUP;
    }

    pub(super) fn statistics(&self) -> LimiterStatistics {
        self.tally.statistics()
    }
}

/// From required gains, one a group, to the smoothed gain at group borders.
struct GainPath {
    required: Ring,
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
    fn next(&mut self, required: f64) -> f64 {
        self.required.push(required);
        let lowest = self.required.lowest();
        self.quick = follow(self.quick, lowest, 1.0, self.quick_release);
        self.slow = follow(self.slow, lowest, self.slow_attack, self.slow_release);
        // The slow follower may lie above the required gain, the quick one never does.
        let held = self.quick.min(1.0 - SLOW_SHARE * (1.0 - self.slow));
        self.held.push(held);
        self.ones = if held == 1.0 { self.ones + 1 } else { 0 };
        if self.ones >= self.weights.len() { 1.0 } else { self.held.weighted(&self.weights) }
    }

    fn reset(&mut self) {
        self.required.fill(1.0);
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

    fn lowest(&self) -> f64 {
        self.values.iter().fold(f64::INFINITY, |low, value| low.min(*value))
    }

    /// Sum of values times weights, oldest first.
    fn weighted(&self, weights: &[f64]) -> f64 {
        let (newer, older) = self.values.split_at(self.oldest);
        older.iter().chain(newer).zip(weights).map(|(value, weight)| value * weight).sum()
    }
}

/// Slots of the timeline; full, it is halved in resolution, so that streams of any length need no allocation.
const SLOTS: usize = 4096;
/// First length of a slot, s.
const SLOT_S: f64 = 0.1;

/// Counts what the limiter does.
struct Tally {
    sample_rate: f64,
    groups: u64,
    active: u64,
    over: [u64; 3],
    sum_db: f64,
    /// Lowest gain in each slot.
    slots: Vec<f64>,
    used: usize,
    groups_per_slot: u64,
    groups_in_slot: u64,
}

fn reduction_db(gain: f64) -> f64 {
    // Adding zero turns −0 into 0.
    -20.0 * gain.log10() + 0.0
}

impl Tally {
    fn new(sample_rate: f64) -> Self {
        let groups_per_slot = ((SLOT_S * sample_rate / GROUP as f64).round() as u64).max(1);
        let slots = vec![1.0; SLOTS];
        Self { sample_rate, groups: 0, active: 0, over: [0; 3], sum_db: 0.0, slots, used: 0, groups_per_slot, groups_in_slot: 0 }
    }

    fn reset(&mut self) {
        *self = Self { slots: std::mem::take(&mut self.slots), ..Self::new(self.sample_rate) };
        self.slots.fill(1.0);
    }

    fn add(&mut self, gain: f64) {
        self.groups += 1;
        if self.groups_in_slot == 0 {
            self.open_slot();
        }
        self.groups_in_slot = (self.groups_in_slot + 1) % self.groups_per_slot;
        if gain < 1.0 {
            if let Some(slot) = self.used.checked_sub(1).and_then(|last| self.slots.get_mut(last)) {
                *slot = slot.min(gain);
            }
            let db = reduction_db(gain);
            for (count, limit_db) in self.over.iter_mut().zip([1.0, 3.0, 6.0]) {
                *count += u64::from(db > limit_db);
            }
            if db > 0.1 {
                self.active += 1;
                self.sum_db += db;
            }
        }
    }

    fn open_slot(&mut self) {
        if self.used == self.slots.len() {
            for i in 0..self.used / 2 {
                self.slots[i] = self.slots[2 * i].min(self.slots[2 * i + 1]);
            }
            self.used /= 2;
            self.slots[self.used..].fill(1.0);
            self.groups_per_slot *= 2;
        }
        self.used += 1;
    }

    fn statistics(&self) -> LimiterStatistics {
        let share = |count: u64| if self.groups == 0 { 0.0 } else { count as f64 / self.groups as f64 };
        let timeline_db: Vec<f32> = self.slots.iter().take(self.used).map(|gain| reduction_db(*gain) as f32).collect();
        let slot_s = (self.groups_per_slot * GROUP as u64) as f64 / self.sample_rate;
        let over_3_db = timeline_db.iter().enumerate().filter(|(_, db)| **db > 3.0);
        let over_3_db = over_3_db.map(|(i, _)| TimeRange::new(i as f64 * slot_s, (i + 1) as f64 * slot_s)).collect();
        let [over_1, over_3, over_6] = self.over;
        LimiterStatistics {
            max_reduction_db: f64::from(timeline_db.iter().copied().fold(0f32, f32::max)),
            mean_active_db: if self.active == 0 { 0.0 } else { self.sum_db / self.active as f64 },
            active_share: share(self.active),
            over_1_db_share: share(over_1),
            over_3_db_share: share(over_3),
            over_6_db_share: share(over_6),
            timeline_db,
            slot_s,
            over_3_db: TimeRange::merged(over_3_db, 0.5 * slot_s),
        }
    }
}

#[cfg(test)]
mod tests;
