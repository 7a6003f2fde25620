//! Samples that are no numbers.

use crate::audio::TimeRange;
use serde::{Deserialize, Serialize};

/// Samples beyond this magnitude (+120 dBFS) cannot be sound and count as invalid; squares and sums of all
/// others stay finite in single precision.
pub const LARGEST: f32 = 1.0e6;

/// Stretches closer than this are reported as one, seconds.
const JOIN_S: f64 = 0.5;

/// At most so many stretches are kept; the count goes on.
const MOST_RANGES: usize = 1000;

/// NaN, infinite and absurdly large samples.
///
/// # What it measures
/// How many samples of a floating-point file are NaN, infinite or larger than +120 dBFS, and where. Players turn them into
/// silence, clicks or full-scale noise.
/// # Definition
/// Count over all channels of samples s for which not |s| ≤ 10⁶. All other meters see 0 in their place.
/// # On silence, short, mono
/// No special case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Number of such samples, over all channels.
    pub samples: u64,
    /// Where, joined when less than half a second apart; at most 1000 stretches.
    pub times: Vec<TimeRange>,
}

impl Data {
    /// Notes one invalid sample; frames come in rising order within a block.
    pub(super) fn note(&mut self, frame: u64, sample_rate: f64) {
        self.samples += 1;
        let (start_s, end_s) = (frame as f64 / sample_rate, (frame + 1) as f64 / sample_rate);
        let near = self.times.iter().rposition(|t| start_s <= t.end_s + JOIN_S && end_s >= t.start_s - JOIN_S);
        if let Some(near) = near.and_then(|index| self.times.get_mut(index)) {
            near.start_s = near.start_s.min(start_s);
            near.end_s = near.end_s.max(end_s);
        } else if self.times.len() < MOST_RANGES {
            self.times.push(TimeRange { start_s, end_s });
        }
    }
}
