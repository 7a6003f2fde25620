//! What the reader hands to the graph.

use super::BLOCK;
use super::deck::Delays;
use super::fixed::Fixed;

/// A frame as decoded: left and right.
pub(super) type Decoded = [f32; 2];

/// Where in the mix the frames of a block lie.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Label {
    /// Frame of the mix of the first frame.
    pub start: u64,
    /// From which frame of the block on it goes on from another frame of the mix.
    pub wrap: Option<(usize, u64)>,
    /// Frames before the mix ends, if it ends in this block.
    pub end: Option<usize>,
}

impl Label {
    /// Frame of the mix of a frame of the block.
    pub fn at(&self, offset: usize) -> u64 {
        match self.wrap {
            Some((from, start)) if offset >= from => start + (offset - from) as u64,
            _ => self.start + offset as u64,
        }
    }
}

/// A block of all files, or a new beginning. Blocks are made once and go back and forth.
pub(super) struct Chunk {
    /// Which beginning it follows.
    pub generation: u64,
    /// Where the frames lie that come out of the delays when these go in.
    pub label: Label,
    /// The mix and the references; empty in a new beginning.
    pub lanes: Vec<[Decoded; BLOCK]>,
    /// A new beginning.
    pub start: Option<Box<Start>>,
}

/// What the graph needs to begin at a place.
pub(super) struct Start {
    /// Filled up to the place and as far ahead as chains look.
    pub delays: Delays,
    /// The chain, having heard what lies before the place.
    pub fixed: Box<Fixed>,
}
