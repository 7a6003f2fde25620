//! Mean level, crest factor, dynamic range and the spread of levels.

use crate::audio::{Block, Layout};
use crate::dsp::stats::LevelHistogram;
use crate::units::{Db, gain_to_db, power_to_db};
use serde::{Deserialize, Serialize};

/// Steps per second in which energy is summed.
const STEPS_PER_S: u64 = 20;
/// Steps of the windows whose levels are spread: 50 ms, 400 ms, 3 s.
const WINDOWS: [u64; 3] = [1, 8, 60];
/// Windows below this level are pauses and left out of the spread, dBFS.
const PAUSE_DB: f64 = -70.0;
/// Share of the loudest blocks that enters the dynamic range.
const LOUDEST: f64 = 0.2;
/// Probabilities of the level quantiles.
pub const PROBABILITIES: [f64; 9] = [0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99];

/// Levels of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChannelLevels {
    /// Root mean square over the whole file, re a full-scale constant (a full-scale sine reads −3.01 dB).
    pub rms: Db,
    /// Sample peak less RMS.
    pub crest: Db,
    /// Dynamic range of the channel before rounding, dB.
    pub dynamic_range: Db,
}

/// How the levels of windows of one length spread over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Spread {
    /// Length of a window, seconds.
    pub window_s: f64,
    /// Levels below which 1, 5, 10, 25, 50, 75, 90, 95 and 99 % of the windows lie, dBFS; see [`PROBABILITIES`].
    pub levels: Vec<Db>,
}

impl Spread {
    /// The level at one of [`PROBABILITIES`]; −∞ for any other.
    pub fn level_db(&self, probability: f64) -> f64 {
        let index = PROBABILITIES.iter().position(|p| (p - probability).abs() < 1e-9);
        index.and_then(|i| self.levels.get(i)).map_or(f64::NEG_INFINITY, |l| l.db())
    }
}

/// Levels and their spread.
///
/// # What it measures
/// The mean level, how far peaks stand above it, and how much the level moves at the pace of notes (50 ms), beats (400 ms) and
/// phrases (3 s).
/// # Definition
/// RMS = √(mean x²) over all samples; crest = 20 log10(max|x| / RMS). Dynamic range (TT-DR): blocks of 3 s, RMS of a block
/// √(2·mean x²); DR = −20 log10(√(mean of squares of the loudest 20 % of block RMS) / second-highest block peak), per channel, then
/// the mean over channels. The last, shorter block counts. Spread: mean power over all channels in back-to-back windows of 50 ms, 400 ms and
/// 3 s, quantiles (nearest rank, classes of 0.1 dB) over windows above −70 dBFS.
/// # Unit and range
/// dB; levels re a full-scale constant.
/// # On silence, short, mono
/// Silence: −∞, crest and DR 0. Under two blocks (6 s) DR takes the highest peak for lack of a second. Files shorter than a
/// window have no spread for it (−∞).
/// # Limits
/// Other tools give RMS re a full-scale sine, 3.01 dB higher. DR rewards a single uncompressed hit; read it with the spread.
/// # References
/// Algorithmix, "Measuring DR", v1.3 (Pleasurize Music Foundation TT-DR); EBU Tech 3342 for the idea of a gated spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// RMS over all channels (mean of their powers).
    pub rms: Db,
    /// Highest sample of all channels less `rms`.
    pub crest: Db,
    /// Dynamic range, mean over channels, before rounding to the whole number that DR meters show.
    pub dynamic_range: Db,
    /// Per channel in file order.
    pub channels: Vec<ChannelLevels>,
    /// Spread of the levels of 50 ms, 400 ms and 3 s.
    pub spreads: Vec<Spread>,
}

#[derive(Clone, Default)]
struct Channel {
    step_sum: f64,
    sum: f64,
    peak: f32,
    /// Sum of squares and peak of the block under way.
    block: (f64, f32),
    /// Mean square and peak of the blocks done.
    blocks: Vec<(f32, f32)>,
}

/// See [`Data`].
pub struct Meter {
    rate: u64,
    frames: u64,
    step: u64,
    block_frames: u64,
    channels: Vec<Channel>,
    histograms: [LevelHistogram; 3],
    windows: [f64; 3],
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        Self {
            rate: u64::from(rate.max(1)),
            frames: 0,
            step: 0,
            block_frames: 0,
            channels: vec![Channel::default(); layout.channel_count()],
            histograms: Default::default(),
            windows: [0.0; 3],
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        let mut from = 0;
        while from < block.frames() {
            let end = (self.step + 1) * self.rate / STEPS_PER_S;
            let count = (end.saturating_sub(self.frames) as usize).min(block.frames() - from);
            for (channel, samples) in self.channels.iter_mut().zip(block.channels()) {
                // Sums of whole blocks only differ in rounding by where they are cut, so they are carried sample by sample.
                let mut sum = channel.step_sum;
                let mut peak = channel.block.1;
                for sample in samples.get(from..from + count).unwrap_or(&[]) {
                    sum += f64::from(*sample) * f64::from(*sample);
                    peak = peak.max(sample.abs());
                }
                channel.step_sum = sum;
                channel.block.1 = peak;
            }
            from += count;
            self.frames += count as u64;
            self.block_frames += count as u64;
            if self.frames == end {
                self.end_step();
            }
        }
    }

    fn end_step(&mut self) {
        let frames = (self.step + 1) * self.rate / STEPS_PER_S - self.step * self.rate / STEPS_PER_S;
        self.step += 1;
        let total: f64 = self.channels.iter().map(|c| c.step_sum).sum();
        let mean = total / (frames.max(1) as f64 * self.channels.len().max(1) as f64);
        for channel in &mut self.channels {
            channel.block.0 += std::mem::take(&mut channel.step_sum);
        }
        for ((window, steps), histogram) in self.windows.iter_mut().zip(WINDOWS).zip(&mut self.histograms) {
            *window += mean;
            if self.step.is_multiple_of(steps) {
                let power = std::mem::take(window) / steps as f64;
                if power_to_db(power) > PAUSE_DB {
                    histogram.add_power(power);
                }
            }
        }
        if self.step.is_multiple_of(WINDOWS[2]) {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        let frames = std::mem::take(&mut self.block_frames).max(1) as f64;
        for channel in &mut self.channels {
            let (sum, peak) = std::mem::take(&mut channel.block);
            channel.sum += sum;
            channel.peak = channel.peak.max(peak);
            channel.blocks.push(((sum / frames) as f32, peak));
        }
    }

    /// The result.
    pub fn finish(mut self) -> Data {
        for channel in &mut self.channels {
            channel.block.0 += std::mem::take(&mut channel.step_sum);
        }
        if self.block_frames > 0 {
            self.end_block();
        }
        let frames = self.frames.max(1) as f64;
        let channels: Vec<ChannelLevels> = self.channels.iter().map(|c| levels(c, frames)).collect();
        let count = self.channels.len().max(1) as f64;
        let power = self.channels.iter().map(|c| c.sum).sum::<f64>() / (frames * count);
        let peak = self.channels.iter().fold(0.0f32, |m, c| m.max(c.peak));
        let spreads = WINDOWS.iter().zip(&self.histograms).map(|(steps, histogram)| Spread {
            window_s: *steps as f64 / STEPS_PER_S as f64,
            levels: PROBABILITIES.iter().map(|p| Db::new(histogram.quantile_db(*p))).collect(),
        });
        Data {
            rms: Db::from_power(power),
            crest: crest(f64::from(peak), power),
            dynamic_range: Db::new(channels.iter().map(|c| c.dynamic_range.db()).sum::<f64>() / count),
            spreads: spreads.collect(),
            channels,
        }
    }
}

fn levels(channel: &Channel, frames: f64) -> ChannelLevels {
    let power = channel.sum / frames;
    ChannelLevels {
        rms: Db::from_power(power),
        crest: crest(f64::from(channel.peak), power),
        dynamic_range: Db::new(dynamic_range_db(&channel.blocks)),
    }
}

fn crest(peak: f64, power: f64) -> Db {
    Db::new(if power > 0.0 { gain_to_db(peak) - power_to_db(power) } else { 0.0 })
}

/// TT-DR of one channel from mean square and peak of its blocks.
fn dynamic_range_db(blocks: &[(f32, f32)]) -> f64 {
    let mut powers: Vec<f64> = blocks.iter().map(|b| f64::from(b.0)).collect();
    let mut peaks: Vec<f32> = blocks.iter().map(|b| b.1).collect();
    powers.sort_by(|a, b| b.total_cmp(a));
    peaks.sort_by(|a, b| b.total_cmp(a));
    let top = ((LOUDEST * powers.len() as f64).floor() as usize).max(1);
    let mean = 2.0 * powers.iter().take(top).sum::<f64>() / top as f64;
    let peak = f64::from(peaks.get(1).or(peaks.first()).copied().unwrap_or(0.0));
    if mean > 0.0 && peak > 0.0 { gain_to_db(peak) - power_to_db(mean) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(samples: Vec<f32>, cut: usize) -> Data {
        let mut meter = Meter::new(48_000, &Layout::mono());
        for piece in samples.chunks(cut) {
            meter.push(&Block::from_channels(vec![piece.to_vec()]));
        }
        meter.finish()
    }

    fn sine(gain: f64, seconds: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * 1000.0 / 48_000.0;
        (0..48_000 * seconds).map(|n| (gain * (step * n as f64).sin()) as f32).collect()
    }

    #[test]
    fn a_sine_has_3_db_of_crest_and_no_dynamic_range() {
        let data = measure(sine(0.5, 12), 1000);
        assert!((data.rms.db() + 9.031).abs() < 0.001, "{:?}", data.rms);
        assert!((data.crest.db() - 3.010).abs() < 0.001);
        assert!(data.dynamic_range.db().abs() < 0.001);
        assert!((data.spreads[0].level_db(0.5) + 9.03).abs() < 0.1);
    }

    #[test]
    fn dynamic_range_is_second_peak_over_the_loudest_fifth() {
        // Ten blocks: two at half scale, eight 20 dB below; one lone full-scale sample in a quiet block.
        let mut samples = sine(0.5, 6);
        samples.extend(sine(0.05, 24));
        samples[20 * 48_000] = 1.0;
        // Loudest fifth: 2 blocks of RMS 0.5 (sine-referenced); second-highest peak 0.5. So DR is 0.
        assert!(measure(samples, 4096).dynamic_range.db().abs() < 0.01);
    }

    #[test]
    fn the_cut_into_blocks_changes_nothing() {
        let samples = sine(0.3, 4);
        let whole = measure(samples.clone(), samples.len());
        for cut in [1, 77, 4096] {
            assert_eq!(measure(samples.clone(), cut), whole);
        }
    }

    #[test]
    fn silence_is_minus_infinity_without_crest() {
        for data in [measure(vec![0.0; 48_000], 4800), measure(Vec::new(), 1)] {
            assert_eq!((data.rms.db(), data.crest.db(), data.dynamic_range.db()), (f64::NEG_INFINITY, 0.0, 0.0));
        }
    }
}
