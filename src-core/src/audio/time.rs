//! Stretches of time.

use serde::{Deserialize, Serialize};

/// A stretch of a file, from `start_s` up to `end_s`, in seconds from its first frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TimeRange {
    /// First moment, seconds.
    pub start_s: f64,
    /// End, seconds; never before the start.
    pub end_s: f64,
}

impl TimeRange {
    /// The stretch between two moments, in either order.
    pub fn new(a_s: f64, b_s: f64) -> Self {
        Self { start_s: a_s.min(b_s), end_s: a_s.max(b_s) }
    }

    /// Length, seconds.
    pub fn duration_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// Joins ranges that overlap or lie less than `gap_s` apart; the result is in order of time.
    pub fn merged(mut ranges: Vec<Self>, gap_s: f64) -> Vec<Self> {
        ranges.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        let mut out: Vec<Self> = Vec::new();
        for range in ranges {
            match out.last_mut() {
                Some(last) if range.start_s <= last.end_s + gap_s => last.end_s = last.end_s.max(range.end_s),
                _ => out.push(range),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ranges_join_and_far_ones_do_not() {
        let joined = TimeRange::merged(vec![TimeRange::new(5.0, 6.0), TimeRange::new(0.0, 1.0), TimeRange::new(1.2, 2.0)], 0.5);
        assert_eq!(joined, vec![TimeRange::new(0.0, 2.0), TimeRange::new(5.0, 6.0)]);
    }
}
