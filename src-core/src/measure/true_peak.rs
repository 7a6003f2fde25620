//! Highest point of the reconstructed signal.

use super::Series;
use crate::audio::{Block, Layout, TimeRange};
use crate::dsp::peak_interpolator::{CONTEXT, PeakInterpolator};
use crate::units::{Dbtp, Seconds, gain_to_db};
use serde::{Deserialize, Serialize};

/// Stretches per second of the series.
const STRETCHES_PER_S: u64 = 10;

/// The highest point of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChannelPeak {
    /// Level re full scale.
    pub level: Dbtp,
    /// When.
    pub time: Seconds,
}

/// True peak.
///
/// # What it measures
/// The largest value that the continuous signal behind the samples reaches. Converters, resamplers and lossy coders
/// meet that value, not the highest sample.
/// # Definition
/// Band-limited interpolation at 16 points a sample (a Kaiser-windowed half-band filter of 96 points, then a 12-tap one),
/// then the vertex of the parabola through the highest point and its neighbours; per stretch of 100 ms and channel.
/// Points are left out only where the sum of the filter's absolute taps times the largest value in its reach proves that
/// they cannot pass the highest found, so the result is that of evaluating them all.
/// # Unit and range
/// dBTP, −∞ to about +125. Error below 0.02 dB for content up to 0.45 of the sample rate; falling to −6 dB at half of it.
/// # On silence, short, mono
/// Silence and empty files: −∞. The signal is taken as silent before its start and after its end, as a player does; a file
/// that starts or ends on a loud sample may therefore peak there.
/// # Limits
/// Assumes reconstruction by a linear-phase filter, as BS.1770 does; a minimum-phase converter may peak differently.
/// # References
/// ITU-R BS.1770-5 (2023), Annex 2, whose 4-times meter may read up to 0.69 dB low; J. F. Kaiser, "Nonrecursive digital filter
/// design using the I0-sinh window function", Proc. IEEE ISCAS 1974, 20-23.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// The highest of all channels.
    pub max: ChannelPeak,
    /// Per channel in file order.
    pub channels: Vec<ChannelPeak>,
    /// The highest of all channels in each 100 ms, dBTP.
    pub series: Series,
}

impl Data {
    /// Stretches of 100 ms whose true peak lies above `ceiling`, joined where they touch.
    pub fn overs(&self, ceiling: Dbtp) -> Vec<TimeRange> {
        let half = 0.5 * self.series.step_s;
        let over = self.series.values.iter().enumerate().filter(|(_, v)| f64::from(**v) > ceiling.dbtp());
        let ranges = over.map(|(i, _)| TimeRange::new(self.series.time_s(i) - half, self.series.time_s(i) + half)).collect();
        TimeRange::merged(ranges, half * 0.1)
    }
}

/// See [`Data`].
pub struct Meter {
    rate: u64,
    interpolator: PeakInterpolator,
    /// Per channel the samples from `CONTEXT` before the current stretch on.
    pending: Vec<Vec<f32>>,
    stretch: u64,
    best: Vec<(f64, f64)>,
    series: Vec<f32>,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let channels = layout.channel_count();
        Self {
            rate: u64::from(rate.max(1)),
            interpolator: PeakInterpolator::new(),
            // Silence before the start.
            pending: vec![vec![0.0; CONTEXT]; channels],
            stretch: 0,
            best: vec![(0.0, 0.0); channels],
            series: Vec::new(),
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        for (pending, samples) in self.pending.iter_mut().zip(block.channels()) {
            pending.extend_from_slice(samples);
        }
        let mut done = 0;
        let available = self.pending.first().map_or(0, Vec::len);
        loop {
            let frames = self.stretch_frames();
            if frames == 0 || done + frames + 2 * CONTEXT > available {
                break;
            }
            self.measure(done, frames);
            done += frames;
        }
        for pending in &mut self.pending {
            pending.drain(..done);
        }
    }

    /// The result.
    pub fn finish(mut self) -> Data {
        // Silence after the end, long enough for the interpolation to ring out.
        let left = self.pending.first().map_or(0, |p| p.len().saturating_sub(CONTEXT));
        for pending in &mut self.pending {
            pending.resize(pending.len() + 2 * CONTEXT, 0.0);
        }
        let mut done = 0;
        while done < left {
            let frames = self.stretch_frames().clamp(1, left - done);
            // The last stretch also looks at what rings on after the last sample.
            let ring = if done + frames == left { CONTEXT } else { 0 };
            self.measure(done, frames + ring);
            done += frames;
        }
        let peak = |(gain, time): (f64, f64)| ChannelPeak { level: Dbtp::new(gain_to_db(gain)), time: Seconds::new(time) };
        let max = self.best.iter().copied().fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
        let step_s = 1.0 / STRETCHES_PER_S as f64;
        Data {
            max: peak(max),
            channels: self.best.iter().copied().map(peak).collect(),
            series: Series { start_s: 0.5 * step_s, step_s, values: self.series },
        }
    }

    fn first_frame(&self, stretch: u64) -> u64 {
        stretch * self.rate / STRETCHES_PER_S
    }

    fn stretch_frames(&self) -> usize {
        (self.first_frame(self.stretch + 1) - self.first_frame(self.stretch)) as usize
    }

    fn measure(&mut self, done: usize, frames: usize) {
        let first = self.first_frame(self.stretch) as f64;
        let mut highest = 0.0f64;
        for (pending, best) in self.pending.iter().zip(&mut self.best) {
            let Some(samples) = pending.get(done..done + frames + 2 * CONTEXT) else { continue };
            let peak = self.interpolator.peak(samples);
            highest = highest.max(peak.gain);
            if peak.gain > best.0 {
                *best = (peak.gain, ((first + peak.position) / self.rate as f64).max(0.0));
            }
        }
        self.series.push(gain_to_db(highest) as f32);
        self.stretch += 1;
    }
}
