//! Look-ahead true-peak limiter.
//!
//! # How it works
//! 1. *Detector.* The waveform between the samples is interpolated (8 points a sample and a parabola,
//!    [`crate::dsp::intersample`]); the louder channel counts. Time is cut into groups of 16 frames; each gets the gain that brings its
//!    highest point to the ceiling.
//! 2. *Gain path.* Hold, release and attack turn the gains that groups need into one that moves without clicks and has arrived when
//!    the peak comes out: [`super::gain_path`].
//! 3. *Gain.* Straight lines between group borders, so the gain holds no frequencies that could alias.
//!
//! # References
//! D. Giannoulis, M. Massberg, J. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012 (level detection, release);
//! ITU-R BS.1770-5, Annex 2 (true peak).

use super::gain_path::GainPath;
use super::settings::Limiter;
use crate::audio::TimeRange;
use crate::dsp::Frame;
use crate::dsp::intersample::{GROUP, IntersamplePeaks};

/// Limited to this much below the ceiling, dB: room for what moves the waveform by a hair after detection (the gain's
/// slope within an interpolation window, an interpolator of another design, rounding to the file's bits).
const MARGIN_DB: f64 = 0.07;

/// The magnitude that is never passed.
pub(super) fn limit(settings: &Limiter) -> f64 {
    10f64.powf((settings.ceiling_dbtp - MARGIN_DB) / 20.0)
}

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
    /// Lowest gain since it was last asked for.
    lowest: f64,
    /// Groups to come out before the first frame of the stream does.
    groups_before_start: usize,
}

impl TruePeakLimiter {
    pub(super) fn new(settings: &Limiter, sample_rate: f64) -> Self {
        let gain = GainPath::new(settings, sample_rate);
        // Detection is LAG_GROUPS behind, the average needs its look-ahead, and a group must be complete to be judged.
        let latency_groups = gain.lookahead_groups() + IntersamplePeaks::LAG_GROUPS + 1;
        Self {
            ceiling: limit(settings),
            detectors: [IntersamplePeaks::new(), IntersamplePeaks::new()],
            delay: vec![[0.0; 2]; latency_groups * GROUP],
            slot: 0,
            incoming: [[0.0; GROUP]; 2],
            filled: 0,
            gain,
            from: 1.0,
            to: 1.0,
            tally: Tally::new(sample_rate),
            lowest: 1.0,
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
        self.lowest = self.lowest.min(self.to);
    }

    /// Greatest reduction since this was last asked, dB (0 or above).
    pub(super) fn take_most_reduction_db(&mut self) -> f32 {
        reduction_db(std::mem::replace(&mut self.lowest, self.to)) as f32
    }

    pub(super) fn reset(&mut self) {
        self.detectors.iter_mut().for_each(IntersamplePeaks::reset);
        self.delay.fill([0.0; 2]);
        self.gain.reset();
        self.tally.reset();
        (self.slot, self.filled, self.from, self.to, self.lowest) = (0, 0, 1.0, 1.0, 1.0);
        self.groups_before_start = self.delay.len() / GROUP;
    }

    pub(super) fn statistics(&self) -> LimiterStatistics {
        self.tally.statistics()
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
