//! Compression and upward expansion in bands.
//!
//! Each band follows Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012: feed-forward, in the
//! log domain, gain computer before the smooth decoupled peak detector, soft knee. The louder channel of the band decides for both.
//!
//! The gain is computed once in a group of frames (0.18 ms) from the group's highest magnitude and moves in straight lines between groups:
//! it then holds no fast components that could alias, and it is late by a group, which is short against any useful attack.

use super::settings::{BandDynamics, Dynamics};
use crate::dsp::Frame;
use crate::dsp::crossover::Crossover;
use crate::dsp::envelope::SmoothPeak;

/// Most that upward expansion raises a level, dB: a ratio of 0.5 would otherwise double a full-scale peak's distance from a low threshold.
pub const MOST_EXPANSION_DB: f64 = 12.0;
/// Change of gain that is as good as none, dB.
const NOTHING_DB: f64 = 1e-5;

/// What one band of the dynamics did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BandStatistics {
    /// Change of gain furthest from 0, without make-up, dB; negative where the band was turned down.
    pub most_db: f64,
    /// Mean change over the time in which there was more than 0.1 dB, dB.
    pub mean_active_db: f64,
    /// Share of time with more than 0.1 dB, 0 to 1.
    pub active_share: f64,
}

/// Gain that the static curve gives to a level in dB: negative above the threshold of a compressor, positive for ratios below 1.
///
/// Giannoulis et al. 2012, equation 4, as gain; expansion ends at [`MOST_EXPANSION_DB`].
pub fn static_gain_db(band: &BandDynamics, level_db: f64) -> f64 {
    let slope = 1.0 / band.ratio - 1.0;
    let over = level_db - band.threshold_db;
    let knee = band.knee_db;
    let gain = if 2.0 * over <= -knee {
        0.0
    } else if 2.0 * over < knee {
        slope * (over + 0.5 * knee).powi(2) / (2.0 * knee)
    } else {
        slope * over
    };
    gain.min(MOST_EXPANSION_DB)
}

/// Lowest level for which curves of dynamics are drawn, dBFS; the highest is 0.
pub const SHOWN_FROM_DB: f64 = -60.0;

/// Level that comes out of a band, with its make-up, dB, at `count` levels that go in, evenly spaced from [`SHOWN_FROM_DB`] to 0 dBFS.
pub fn levels_db(band: &BandDynamics, count: usize) -> Vec<f64> {
    let step = -SHOWN_FROM_DB / count.saturating_sub(1).max(1) as f64;
    let out = |level_db: f64| level_db + static_gain_db(band, level_db) + band.makeup_db;
    (0..count).map(|i| out(SHOWN_FROM_DB + step * i as f64)).collect()
}

/// All bands.
pub(super) struct BandProcessors {
    crossover: Crossover,
    bands: Vec<Band>,
    buffers: Vec<Vec<Frame>>,
    group: usize,
    filled: usize,
}

impl BandProcessors {
    /// None if no band changes anything. `most_frames` is the largest slice that will be processed at once.
    pub(super) fn new(dynamics: &Dynamics, sample_rate: f64, most_frames: usize) -> Option<Self> {
        if dynamics.bands.iter().all(is_neutral) {
            return None;
        }
        let group = group_frames(sample_rate);
        let crossover = Crossover::new(&dynamics.crossovers_hz, sample_rate);
        let bands: Vec<Band> = dynamics.bands.iter().map(|band| Band::new(band, sample_rate / group as f64)).collect();
        let buffers = vec![vec![[0.0; 2]; most_frames]; bands.len()];
        Some(Self { crossover, bands, buffers, group, filled: 0 })
    }

    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        self.crossover.split(frames, &mut self.buffers);
        let mut at = 0;
        while at < frames.len() {
            let end = frames.len().min(at + self.group - self.filled);
            let ends_group = self.filled + end - at == self.group;
            frames[at..end].fill([0.0; 2]);
            for (band, buffer) in self.bands.iter_mut().zip(&self.buffers) {
                band.add(&buffer[at..end], self.filled, self.group, &mut frames[at..end]);
                if ends_group {
                    band.finish_group();
                }
            }
            self.filled = if ends_group { 0 } else { self.filled + end - at };
            at = end;
        }
    }

    pub(super) fn flush_tiny(&mut self) {
        self.crossover.flush_tiny();
    }

    pub(super) fn reset(&mut self) {
        self.crossover.reset();
        self.bands.iter_mut().for_each(Band::reset);
        self.filled = 0;
    }

    /// Change of gain of each band at this moment, without make-up, dB.
    pub(super) fn changes_now(&self, changes_db: &mut [f32]) {
        for (change_db, band) in changes_db.iter_mut().zip(&self.bands) {
            *change_db = (20.0 * (band.to / band.makeup).log10()) as f32;
        }
    }

    pub(super) fn statistics(&self) -> Vec<BandStatistics> {
        self.bands.iter().map(Band::statistics).collect()
    }
}

fn is_neutral(band: &BandDynamics) -> bool {
    band.ratio == 1.0 && band.makeup_db == 0.0
}

/// A power of two near 0.18 ms, so that the chain's chunks are whole groups.
fn group_frames(sample_rate: f64) -> usize {
    ((sample_rate / 5500.0) as usize).next_power_of_two().clamp(2, 128)
}

/// One band's compressor.
struct Band {
    settings: BandDynamics,
    makeup: f64,
    /// Below this magnitude the static curve gives nothing.
    least: f64,
    detector: SmoothPeak,
    /// Highest magnitude of the running group.
    peak: f64,
    from: f64,
    to: f64,
    groups: u64,
    active: u64,
    sum_db: f64,
    most_db: f64,
}

impl Band {
    fn new(settings: &BandDynamics, groups_per_s: f64) -> Self {
        let makeup = 10f64.powf(settings.makeup_db / 20.0);
        Self {
            settings: settings.clone(),
            makeup,
            least: 10f64.powf((settings.threshold_db - 0.5 * settings.knee_db) / 20.0),
            detector: SmoothPeak::new(settings.attack_ms / 1000.0, settings.release_ms / 1000.0, groups_per_s),
            peak: 0.0,
            from: makeup,
            to: makeup,
            groups: 0,
            active: 0,
            sum_db: 0.0,
            most_db: 0.0,
        }
    }

    /// Adds frames of the band, under its gain, to `sum`. `offset` is where in the group they begin.
    fn add(&mut self, frames: &[Frame], offset: usize, group: usize, sum: &mut [Frame]) {
        let step = (self.to - self.from) / group as f64;
        for (i, (frame, sum)) in frames.iter().zip(sum).enumerate() {
            let gain = self.from + step * (offset + i) as f64;
            self.peak = self.peak.max(frame[0].abs().max(frame[1].abs()));
            *sum = [sum[0] + gain * frame[0], sum[1] + gain * frame[1]];
        }
    }

    fn finish_group(&mut self) {
        // Works on the size of the change, so that attack and release mean the same for expansion.
        let wanted = if self.peak > self.least { static_gain_db(&self.settings, 20.0 * self.peak.log10()) } else { 0.0 };
        let size = self.detector.next(wanted.abs());
        self.peak = 0.0;
        self.from = self.to;
        self.groups += 1;
        if size < NOTHING_DB {
            self.detector.snap_below(NOTHING_DB);
            self.to = self.makeup;
            return;
        }
        let change_db = if self.settings.ratio < 1.0 { size } else { -size };
        self.to = self.makeup * 10f64.powf(change_db / 20.0);
        if size > 0.1 {
            self.active += 1;
            self.sum_db += change_db;
            if size > self.most_db.abs() {
                self.most_db = change_db;
            }
        }
    }

    fn reset(&mut self) {
        self.detector.reset();
        (self.peak, self.from, self.to) = (0.0, self.makeup, self.makeup);
        (self.groups, self.active, self.sum_db, self.most_db) = (0, 0, 0.0, 0.0);
    }

    fn statistics(&self) -> BandStatistics {
        let mean = |sum: f64, count: u64| if count == 0 { 0.0 } else { sum / count as f64 };
        BandStatistics {
            most_db: self.most_db,
            mean_active_db: mean(self.sum_db, self.active),
            active_share: mean(self.active as f64, self.groups),
        }
    }
}

#[cfg(test)]
mod tests;
