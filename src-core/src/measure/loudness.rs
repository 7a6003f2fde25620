//! Loudness after ITU-R BS.1770 and EBU R 128.

use super::Series;
use crate::audio::{Block, ChannelRole, Layout};
use crate::dsp::k_weighting::KWeighting;
use crate::units::{Lu, Lufs, Seconds};
use serde::{Deserialize, Serialize};

/// Steps per second in which energy is summed: momentary and short-term maxima move by 10 ms.
const STEPS_PER_S: u64 = 100;
/// Steps of a momentary window, 400 ms.
const MOMENTARY_STEPS: usize = 40;
/// Steps of a short-term window, 3 s.
const SHORT_TERM_STEPS: usize = 300;
/// Steps from one gating block (and one value of the series) to the next, 100 ms.
const HOP_STEPS: u64 = 10;
/// Absolute gate.
const ABSOLUTE_GATE_LUFS: f64 = -70.0;
/// Relative gate of integrated loudness.
const RELATIVE_GATE_LU: f64 = -10.0;
/// Relative gate of the loudness range.
const RANGE_GATE_LU: f64 = -20.0;

/// A maximum and when it was reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Maximum {
    /// Loudness.
    pub loudness: Lufs,
    /// Middle of the window.
    pub time: Seconds,
}

/// Loudness.
///
/// # What it measures
/// How loud a listener hears the programme as a whole (integrated), in the last 3 s (short-term), in the last 400 ms
/// (momentary), and by how much it varies (loudness range).
/// # Definition
/// L = −0.691 + 10 log10 Σ Gᵢ·zᵢ with zᵢ the mean square of channel i after K-weighting, G = 1 for front channels,
/// 1.41 for surrounds, 0 for LFE. Integrated: 400 ms blocks every 100 ms, an incomplete last one left out; mean over blocks
/// above −70 LUFS and above the mean of those less 10 LU. Momentary and short-term: windows of 400 ms and 3 s, ungated, series at
/// 10 Hz, maxima over windows every 10 ms. Range: 95th less 10th percentile of short-term values every 100 ms that lie above
/// −70 LUFS and above their mean power less 20 LU, nearest rank. All values are kept, none is put into a histogram class.
/// Window borders lie at the nearest sample below whole multiples of 10 ms.
/// # Unit and range
/// LUFS, LU. Against the EBU test signals within 0.02 LU of what the filter of BS.1770 gives, at every sample rate from 8 kHz on.
/// # On silence, short, mono
/// Silence, and files too short for one window: −∞ (range: 0). Mono counts as one channel, 3.01 LU below the same signal on
/// two; a player that sends it to two loudspeakers makes that up.
/// # Limits
/// A programme in which little lies above the gates has no meaningful range; under 60 s the range is unstable (EBU Tech 3342).
/// # References
/// ITU-R BS.1770-5 (2023), Annex 1; EBU R 128 (2023); EBU Tech 3341 v4 (2023), sections 2.2 and 2.9; EBU Tech 3342 v4 (2023).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Integrated (programme) loudness.
    pub integrated: Lufs,
    /// Loudness range.
    pub range: Lu,
    /// Highest momentary loudness.
    pub max_momentary: Maximum,
    /// Highest short-term loudness.
    pub max_short_term: Maximum,
    /// Momentary loudness (400 ms) at 10 Hz, LUFS.
    pub momentary: Series,
    /// Short-term loudness (3 s) at 10 Hz, LUFS.
    pub short_term: Series,
}

/// See [`Data`].
pub struct Meter {
    rate: u64,
    /// Channels in pairs with their weights; the last may stand alone.
    pairs: Vec<Pair>,
    silence: Vec<f32>,
    step: u64,
    frames_in_step: u64,
    sum: f64,
    /// Weighted mean squares of the last steps, in a ring.
    steps: Vec<f64>,
    max_momentary: (f64, u64),
    max_short_term: (f64, u64),
    momentary: Vec<f64>,
    short_term: Vec<f64>,
}

struct Pair {
    filter: KWeighting,
    channels: [Option<usize>; 2],
    weights: [f64; 2],
}

/// Weight of a channel (BS.1770-5, Annex 1, table 3).
fn weight(role: ChannelRole) -> f64 {
    match role {
        ChannelRole::Lfe => 0.0,
        ChannelRole::LeftSurround | ChannelRole::RightSurround => 1.41,
        ChannelRole::Mono | ChannelRole::Left | ChannelRole::Right | ChannelRole::Centre => 1.0,
    }
}

/// Loudness of a weighted mean square.
pub fn loudness_of(mean_square: f64) -> f64 {
    -0.691 + 10.0 * mean_square.log10()
}

/// Weighted mean square of a loudness.
fn mean_square_of(lufs: f64) -> f64 {
    10f64.powf((lufs + 0.691) / 10.0)
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let heard: Vec<(usize, f64)> = layout.roles().iter().map(|r| weight(*r)).enumerate().filter(|(_, w)| *w > 0.0).collect();
        let pairs = heard.chunks(2).map(|pair| Pair {
            filter: KWeighting::new(f64::from(rate.max(1))),
            channels: [pair.first().map(|p| p.0), pair.get(1).map(|p| p.0)],
            weights: [pair.first().map_or(0.0, |p| p.1), pair.get(1).map_or(0.0, |p| p.1)],
        });
        Self {
            rate: u64::from(rate.max(1)),
            pairs: pairs.collect(),
            silence: Vec::new(),
            step: 0,
            frames_in_step: 0,
            sum: 0.0,
            steps: vec![0.0; SHORT_TERM_STEPS],
            max_momentary: (0.0, 0),
            max_short_term: (0.0, 0),
            momentary: Vec::new(),
            short_term: Vec::new(),
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        let mut from = 0;
        while from < block.frames() {
            let length = self.step_start(self.step + 1) - self.step_start(self.step);
            let count = ((length - self.frames_in_step) as usize).min(block.frames() - from);
            self.silence.resize(self.silence.len().max(count), 0.0);
            for pair in &mut self.pairs {
                let samples = |channel: Option<usize>| {
                    channel.and_then(|c| block.channel(c).get(from..from + count)).unwrap_or(&self.silence[..count])
                };
                let squares = pair.filter.sum_of_squares(samples(pair.channels[0]), samples(pair.channels[1]));
                self.sum += squares[0] * pair.weights[0] + squares[1] * pair.weights[1];
            }
            from += count;
            self.frames_in_step += count as u64;
            if self.frames_in_step == length {
                self.end_step(length);
            }
        }
    }

    fn step_start(&self, step: u64) -> u64 {
        step * self.rate / STEPS_PER_S
    }

    fn end_step(&mut self, length: u64) {
        let slot = (self.step % SHORT_TERM_STEPS as u64) as usize;
        // At rates below 100 Hz a step may hold no sample.
        self.steps[slot] = if length > 0 { self.sum / length as f64 } else { 0.0 };
        self.sum = 0.0;
        self.frames_in_step = 0;
        self.step += 1;
        let on_hop = self.step.is_multiple_of(HOP_STEPS);
        if self.step >= MOMENTARY_STEPS as u64 {
            let momentary = self.mean_of_last(MOMENTARY_STEPS);
            if momentary > self.max_momentary.0 {
                self.max_momentary = (momentary, self.step);
            }
            if on_hop {
                self.momentary.push(momentary);
            }
        }
        if self.step >= SHORT_TERM_STEPS as u64 {
            let short_term = self.mean_of_last(SHORT_TERM_STEPS);
            if short_term > self.max_short_term.0 {
                self.max_short_term = (short_term, self.step);
            }
            if on_hop {
                self.short_term.push(short_term);
            }
        }
    }

    /// Mean of the last `count` steps, the oldest first: the sum is made anew each time, so it cannot drift.
    fn mean_of_last(&self, count: usize) -> f64 {
        let first = self.step as usize - count;
        (first..self.step as usize).map(|s| self.steps[s % SHORT_TERM_STEPS]).sum::<f64>() / count as f64
    }

    /// The result.
    pub fn finish(self) -> Data {
        data(&self.momentary, &self.short_term, [self.max_momentary, self.max_short_term])
    }
}

/// Integrated loudness of K-weighted mean squares, summed over the channels with their weights, of successive 100 ms.
pub fn integrated_of(mean_squares: &[f64]) -> Lufs {
    Lufs::new(loudness_of(gated_mean(&windows_of(mean_squares, MOMENTARY_STEPS), RELATIVE_GATE_LU)))
}

/// Everything that the meter tells, from K-weighted mean squares, summed over the channels with their weights, of successive 100 ms.
/// Maxima are those of windows every 100 ms.
pub fn of_mean_squares(mean_squares: &[f64]) -> Data {
    // Windows end with whole stretches of 100 ms, as those of the series do.
    let highest = |values: &[f64], window: usize| {
        let first = (window / HOP_STEPS as usize) as u64;
        let ends = (first..).map(|hop| hop * HOP_STEPS);
        values.iter().zip(ends).fold((0.0, 0), |best, (value, end)| if *value > best.0 { (*value, end) } else { best })
    };
    let (momentary, short_term) = (windows_of(mean_squares, MOMENTARY_STEPS), windows_of(mean_squares, SHORT_TERM_STEPS));
    let maxima = [highest(&momentary, MOMENTARY_STEPS), highest(&short_term, SHORT_TERM_STEPS)];
    data(&momentary, &short_term, maxima)
}

/// Means over windows of so many steps, one for each 100 ms.
fn windows_of(mean_squares: &[f64], steps: usize) -> Vec<f64> {
    let hops = steps / HOP_STEPS as usize;
    mean_squares.windows(hops).map(|w| w.iter().sum::<f64>() / hops as f64).collect()
}

/// Puts together what windows of 400 ms and 3 s every 100 ms say. Maxima are mean squares with the step at which their window ends.
fn data(momentary: &[f64], short_term: &[f64], [max_momentary, max_short_term]: [(f64, u64); 2]) -> Data {
    let maximum = |(mean_square, step): (f64, u64), window: usize| Maximum {
        loudness: Lufs::new(loudness_of(mean_square)),
        time: Seconds::new((step as f64 - 0.5 * window as f64).max(0.0) / STEPS_PER_S as f64),
    };
    let series = |values: &[f64], window: usize| Series {
        start_s: 0.5 * window as f64 / STEPS_PER_S as f64,
        step_s: HOP_STEPS as f64 / STEPS_PER_S as f64,
        values: values.iter().map(|v| loudness_of(*v) as f32).collect(),
    };
    Data {
        integrated: Lufs::new(loudness_of(gated_mean(momentary, RELATIVE_GATE_LU))),
        range: Lu::new(loudness_range(short_term)),
        max_momentary: maximum(max_momentary, MOMENTARY_STEPS),
        max_short_term: maximum(max_short_term, SHORT_TERM_STEPS),
        momentary: series(momentary, MOMENTARY_STEPS),
        short_term: series(short_term, SHORT_TERM_STEPS),
    }
}

/// Mean of the values above both gates; 0 if there are none.
fn gated_mean(mean_squares: &[f64], relative_lu: f64) -> f64 {
    let gate = relative_gate(mean_squares, relative_lu);
    mean_above(mean_squares, gate)
}

/// The higher of the absolute gate and the relative one, as a mean square.
fn relative_gate(mean_squares: &[f64], relative_lu: f64) -> f64 {
    let absolute = mean_square_of(ABSOLUTE_GATE_LUFS);
    absolute.max(mean_above(mean_squares, absolute) * 10f64.powf(relative_lu / 10.0))
}

fn mean_above(values: &[f64], gate: f64) -> f64 {
    let (sum, count) = values.iter().filter(|v| **v > gate).fold((0.0, 0u64), |(s, n), v| (s + v, n + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// 95th less 10th percentile of the gated short-term values (EBU Tech 3342 v4, section 3), LU.
fn loudness_range(short_term: &[f64]) -> f64 {
    let gate = relative_gate(short_term, RANGE_GATE_LU);
    let mut above: Vec<f64> = short_term.iter().copied().filter(|v| *v > gate).collect();
    above.sort_by(f64::total_cmp);
    let rank = |p: f64| above.get(((above.len().saturating_sub(1)) as f64 * p).round() as usize).copied();
    match (rank(0.10), rank(0.95)) {
        (Some(low), Some(high)) => loudness_of(high) - loudness_of(low),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_of_997_hz_on_one_channel_reads_minus_3_01() {
        // BS.1770-5, Annex 1: the calibration that fixes −0.691.
        for rate in [8000u32, 44_100, 48_000, 192_000] {
            let mut meter = Meter::new(rate, &Layout::mono());
            let step = std::f64::consts::TAU * 997.0 / f64::from(rate);
            let sine = (0..rate * 5).map(|n| (step * f64::from(n)).sin() as f32).collect();
            meter.push(&Block::from_channels(vec![sine]));
            let data = meter.finish();
            assert!((data.integrated.lufs() + 3.01).abs() < 0.02, "{rate}: {}", data.integrated.lufs());
            assert_eq!(data.short_term.values.len(), 21);
            assert!((data.short_term.time_s(0) - 1.5).abs() < 1e-9);
        }
    }

    #[test]
    fn mean_squares_of_a_tenth_of_a_second_tell_what_the_meter_tells() {
        let rate = 48_000u32;
        let mut meter = Meter::new(rate, &Layout::mono());
        let mut filter = KWeighting::new(f64::from(rate));
        let mut mean_squares = Vec::new();
        for tenth in 0..120u32 {
            // Levels rise and fall over 20 dB, so that gates, range and maxima have something to do.
            let level = 10f32.powf((-25.0 + 10.0 * (0.11 * tenth as f32).sin()) / 20.0);
            let sine: Vec<f32> = (0..rate / 10).map(|n| level * (0.13 * (tenth * rate / 10 + n) as f32).sin()).collect();
            let squares = filter.sum_of_squares(&sine, &vec![0.0; sine.len()]);
            mean_squares.push(squares[0] / f64::from(rate / 10));
            meter.push(&Block::from_channels(vec![sine]));
        }
        let (measured, told) = (meter.finish(), of_mean_squares(&mean_squares));
        assert!((measured.integrated.lufs() - told.integrated.lufs()).abs() < 1e-6);
        assert!((measured.range.lu() - told.range.lu()).abs() < 1e-6 && told.range.lu() > 5.0, "{:?}", told.range);
        for (a, b) in [(&measured.momentary, &told.momentary), (&measured.short_term, &told.short_term)] {
            assert_eq!((a.values.len(), a.start_s), (b.values.len(), b.start_s));
            assert!(a.values.iter().zip(&b.values).all(|(a, b)| (a - b).abs() < 1e-4));
        }
        for (a, b) in [(measured.max_momentary, told.max_momentary), (measured.max_short_term, told.max_short_term)] {
            assert!((a.loudness.lufs() - b.loudness.lufs()).abs() < 0.1 && (a.time.s() - b.time.s()).abs() < 0.1, "{a:?} {b:?}");
        }
    }

    #[test]
    fn silence_and_nothing_read_minus_infinity() {
        for seconds in [0, 1, 5] {
            let mut meter = Meter::new(48_000, &Layout::stereo());
            meter.push(&Block::silent(2, 48_000 * seconds));
            let data = meter.finish();
            assert_eq!(data.integrated.lufs(), f64::NEG_INFINITY);
            assert_eq!(data.range.lu(), 0.0);
        }
    }
}
