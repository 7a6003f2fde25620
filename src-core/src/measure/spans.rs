//! A bounded list of stretches of time.

use crate::audio::TimeRange;

/// Most stretches that are kept; beyond it, near ones are joined.
const MOST: usize = 256;

/// Collects events in order of time; those closer than a gap become one stretch. When there are too many, the gap doubles.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    gap_s: f64,
    ranges: Vec<TimeRange>,
}

impl Spans {
    /// Joins what lies less than `gap_s` apart.
    pub fn new(gap_s: f64) -> Self {
        Self { gap_s, ranges: Vec::new() }
    }

    /// Adds an event; events come nearly in order of time.
    pub fn push(&mut self, start_s: f64, end_s: f64) {
        match self.ranges.last_mut() {
            Some(last) if start_s <= last.end_s + self.gap_s && end_s >= last.start_s - self.gap_s => {
                last.start_s = last.start_s.min(start_s);
                last.end_s = last.end_s.max(end_s);
            }
            _ => self.ranges.push(TimeRange { start_s, end_s }),
        }
        while self.ranges.len() > MOST {
            self.gap_s *= 2.0;
            self.ranges = TimeRange::merged(std::mem::take(&mut self.ranges), self.gap_s);
        }
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: &Self) {
        self.gap_s = self.gap_s.max(other.gap_s);
        self.ranges.extend_from_slice(&other.ranges);
        self.ranges = TimeRange::merged(std::mem::take(&mut self.ranges), self.gap_s);
    }

    /// The stretches in order of time.
    pub fn ranges(self) -> Vec<TimeRange> {
        TimeRange::merged(self.ranges, self.gap_s)
    }
}
