//! Mid and side in overlapping frames.

use super::front_pair;
use crate::audio::{Block, Layout};

/// Cuts the front pair into overlapping frames of mid (L+R)/2 and side (L−R)/2.
///
/// Frames start at 0 and every hop; what does not fill a frame at the end is left out, except that a file shorter than one frame
/// gives one short one.
pub(super) struct MidSideFrames {
    front: (usize, Option<usize>),
    points: usize,
    hop: usize,
    mid: Vec<f32>,
    side: Vec<f32>,
    any: bool,
}

impl MidSideFrames {
    /// Frames of `points` samples every `hop`.
    pub fn new(layout: &Layout, points: usize, hop: usize) -> Self {
        let (mid, side) = (Vec::with_capacity(2 * points), Vec::with_capacity(2 * points));
        Self { front: front_pair(layout), points, hop: hop.max(1), mid, side, any: false }
    }

    /// Takes a block and hands out the frames that it completes.
    pub fn push(&mut self, block: &Block<f32>, mut out: impl FnMut(&[f32], &[f32])) {
        let left = block.channel(self.front.0);
        match self.front.1.map(|right| block.channel(right)) {
            Some(right) => {
                self.mid.extend(left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)));
                self.side.extend(left.iter().zip(right).map(|(l, r)| 0.5 * (l - r)));
            }
            None => {
                self.mid.extend_from_slice(left);
                self.side.resize(self.mid.len(), 0.0);
            }
        }
        let mut from = 0;
        while let (Some(mid), Some(side)) = (self.mid.get(from..from + self.points), self.side.get(from..from + self.points)) {
            out(mid, side);
            self.any = true;
            from += self.hop;
        }
        let done = from.min(self.mid.len());
        self.mid.drain(..done);
        self.side.drain(..done);
    }

    /// Hands out the one short frame of a short file.
    pub fn finish(self, mut out: impl FnMut(&[f32], &[f32])) {
        if !self.any && !self.mid.is_empty() {
            out(&self.mid, &self.side);
        }
    }
}
