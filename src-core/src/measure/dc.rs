//! Constant offset.

use crate::audio::{Block, Layout};
use serde::{Deserialize, Serialize};

/// Constant offset (DC).
///
/// # What it measures
/// How far the middle of the waveform lies from zero, per channel. An offset eats headroom on one side, clicks at every edit
/// and start, and makes compressors and saturators work unevenly.
/// # Definition
/// Mean of all samples of the channel; full scale is 1. `rms` is the root mean square of the samples without their mean.
/// # Unit and range
/// Fraction of full scale, −1 to 1 (floating-point files may pass it).
/// # On silence, short, mono
/// Silence and empty files: 0. In a file shorter than a second a low note can look like an offset.
/// # Limits
/// An offset that changes sign within the file averages out.
/// # References
/// IEC 61606-1:2009, 6.3.4 (DC offset of converters).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Offset per channel in file order, fraction of full scale.
    pub offset: Vec<f64>,
    /// RMS per channel without the offset, fraction of full scale.
    pub rms: Vec<f64>,
    /// Samples per channel.
    pub frames: u64,
}

impl Data {
    /// The offset farthest from zero, with its sign, and its channel.
    pub fn worst(&self) -> Option<(usize, f64)> {
        self.offset.iter().copied().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
    }
}

/// See [`Data`].
pub struct Meter {
    sums: Vec<(f64, f64)>,
    frames: u64,
}

impl Meter {
    /// A meter at rest.
    pub fn new(_rate: u32, layout: &Layout) -> Self {
        Self { sums: vec![(0.0, 0.0); layout.channel_count()], frames: 0 }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        for ((sum, square), samples) in self.sums.iter_mut().zip(block.channels()) {
            // Runs of 64 are summed in single precision in eight lanes, which the compiler turns into vectors; their sums in double.
            for run in samples.chunks(64) {
                let (mut s, mut q) = ([0.0f32; 8], [0.0f32; 8]);
                let eights = run.chunks_exact(8);
                let rest = eights.remainder();
                for eight in eights {
                    for (lane, &x) in eight.iter().enumerate() {
                        s[lane] += x;
                        q[lane] += x * x;
                    }
                }
                let more: (f64, f64) = rest.iter().fold((0.0, 0.0), |(a, b), &x| (a + f64::from(x), b + f64::from(x) * f64::from(x)));
                *sum += s.iter().map(|&v| f64::from(v)).sum::<f64>() + more.0;
                *square += q.iter().map(|&v| f64::from(v)).sum::<f64>() + more.1;
            }
        }
        self.frames += block.frames() as u64;
    }

    /// The result.
    pub fn finish(self) -> Data {
        let n = self.frames.max(1) as f64;
        let offset: Vec<f64> = self.sums.iter().map(|(sum, _)| sum / n).collect();
        let rms = self.sums.iter().zip(&offset).map(|((_, square), mean)| (square / n - mean * mean).max(0.0).sqrt()).collect();
        Data { offset, rms, frames: self.frames }
    }
}
