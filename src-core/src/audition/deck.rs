//! The last frames of all files, so that what looks ahead and what does not come out together.

use super::BLOCK;
use super::chunk::Decoded;

/// Delay lines of one length for the mix (lane 0) and the references. Frames are counted from the beginning of the stream.
pub(super) struct Delays {
    /// One after the other; each a power of two long.
    lanes: Vec<Vec<Decoded>>,
    mask: u64,
    /// Frames taken in.
    head: u64,
}

impl Delays {
    /// Lines that keep the last `frames` frames, silent before the first.
    pub fn new(lanes: usize, frames: usize) -> Self {
        let length = (frames + BLOCK).next_power_of_two();
        Self { lanes: vec![vec![[0.0; 2]; length]; lanes], mask: length as u64 - 1, head: 0 }
    }

    /// Number of lanes.
    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }

    /// Frames taken in since the beginning.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The oldest frame that is still there, or the first if none was lost.
    pub fn oldest(&self) -> u64 {
        self.head.saturating_sub(self.mask + 1)
    }

    /// Takes in the first `count` frames of a block of all lanes; lanes that are missing are silent.
    pub fn push(&mut self, block: &[[Decoded; BLOCK]], count: usize) {
        let count = count.min(BLOCK);
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            for i in 0..count {
                let at = ((self.head + i as u64) & self.mask) as usize;
                if let Some(slot) = lane.get_mut(at) {
                    *slot = block.get(index).and_then(|b| b.get(i)).copied().unwrap_or_default();
                }
            }
        }
        self.head += count as u64;
    }

    /// Frames of a lane from a frame of the stream on; silence for what is not there.
    pub fn frames(&self, lane: usize, from: u64) -> impl Iterator<Item = Decoded> + '_ {
        let lane = self.lanes.get(lane).map_or(&[][..], Vec::as_slice);
        (from..).map(move |at| lane.get((at & self.mask) as usize).copied().unwrap_or_default())
    }
}
