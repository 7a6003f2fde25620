//! Highest sample.

use crate::audio::{Block, Layout};
use crate::units::{Db, Seconds};
use serde::{Deserialize, Serialize};

/// The highest sample of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChannelPeak {
    /// Level re full scale (1.0).
    pub level: Db,
    /// When it comes first.
    pub time: Seconds,
}

/// Sample peak.
///
/// # What it measures
/// The largest absolute sample value. Fixed-point files reach 0 dBFS; floating-point files may pass it.
/// # Definition
/// 20 log10 max |x\[n\]|, first occurrence.
/// # Unit and range
/// dB re full scale, −∞ to +120.
/// # On silence, short, mono
/// Silence and empty files: −∞ at 0 s.
/// # Limits
/// Says nothing of what lies between the samples: see `true_peak`.
/// # References
/// AES17-2020, 3.12 (full scale).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// The highest of all channels.
    pub max: ChannelPeak,
    /// Per channel in file order.
    pub channels: Vec<ChannelPeak>,
}

/// See [`Data`].
pub struct Meter {
    rate: f64,
    frames: u64,
    best: Vec<(f32, u64)>,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        Self { rate: f64::from(rate), frames: 0, best: vec![(0.0, 0); layout.channel_count()] }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        for (best, samples) in self.best.iter_mut().zip(block.channels()) {
            let peak = samples.iter().fold(0.0f32, |m, s| m.max(s.abs()));
            if peak > best.0 {
                let at = samples.iter().position(|s| s.abs() == peak).unwrap_or(0);
                *best = (peak, self.frames + at as u64);
            }
        }
        self.frames += block.frames() as u64;
    }

    /// The result.
    pub fn finish(self) -> Data {
        let peak =
            |(gain, frame): (f32, u64)| ChannelPeak { level: Db::from_gain(f64::from(gain)), time: Seconds::new(frame as f64 / self.rate) };
        let max = self.best.iter().copied().fold((0.0, 0), |a, b| if b.0 > a.0 { b } else { a });
        Data { max: peak(max), channels: self.best.iter().copied().map(peak).collect() }
    }
}
