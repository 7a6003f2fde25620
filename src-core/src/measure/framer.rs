//! Cuts a stream into stretches of even length with some of what comes before and after each.

use crate::audio::Block;
use std::ops::Range;

/// A stretch of the stream.
pub(super) struct Stretch<'a> {
    /// Samples per channel: context, core, context. At the ends of the file the context is shorter or missing.
    pub samples: &'a [Vec<f32>],
    /// The part that is new in this stretch; cores follow each other without gap or overlap.
    pub core: Range<usize>,
    /// Frame of the file at which `samples` begins.
    pub start: u64,
}

/// Hands out the stream in stretches that do not depend on the sizes of the blocks that come in.
pub(super) struct Framer {
    core: usize,
    context: usize,
    buffer: Vec<Vec<f32>>,
    next: usize,
    start: u64,
}

impl Framer {
    /// Stretches of `core` new frames with up to `context` frames on either side.
    pub fn new(channels: usize, core: usize, context: usize) -> Self {
        Self { core: core.max(1), context, buffer: vec![Vec::with_capacity(core + 2 * context); channels], next: 0, start: 0 }
    }

    /// Takes a block and hands out the stretches that it completes.
    pub fn push(&mut self, block: &Block<f32>, mut out: impl FnMut(&Stretch<'_>)) {
        let mut from = 0;
        while from < block.frames() && !self.buffer.is_empty() {
            let wanted = self.next + self.core + self.context;
            let count = (wanted - self.frames()).min(block.frames() - from);
            for (to, samples) in self.buffer.iter_mut().zip(block.channels()) {
                to.extend_from_slice(samples.get(from..from + count).unwrap_or(&[]));
            }
            from += count;
            if self.frames() == wanted {
                self.emit(self.core, &mut out);
            }
        }
    }

    /// Hands out what is left at the end of the stream.
    pub fn finish(mut self, mut out: impl FnMut(&Stretch<'_>)) {
        while self.next < self.frames() {
            let count = self.core.min(self.frames() - self.next);
            self.emit(count, &mut out);
        }
    }

    fn frames(&self) -> usize {
        self.buffer.first().map_or(0, Vec::len)
    }

    fn emit(&mut self, count: usize, out: &mut impl FnMut(&Stretch<'_>)) {
        out(&Stretch { samples: &self.buffer, core: self.next..self.next + count, start: self.start });
        self.next += count;
        let gone = self.next.saturating_sub(self.context);
        for channel in &mut self.buffer {
            channel.drain(..gone.min(channel.len()));
        }
        self.next -= gone;
        self.start += gone as u64;
    }
}

/// How much longer, in samples, a stretch must be at this rate to last as long as at 44.1 or 48 kHz: 1, 2, 4, 8.
pub(super) fn rate_scale(rate: u32) -> usize {
    (rate.div_ceil(50_000) as usize).next_power_of_two().min(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(sizes: &[usize]) -> Vec<(u64, Range<usize>, Vec<f32>)> {
        let (mut framer, mut out, mut n) = (Framer::new(1, 10, 4), Vec::new(), 0);
        for &size in sizes {
            let samples = (n..n + size).map(|i| i as f32).collect();
            n += size;
            framer.push(&Block::from_channels(vec![samples]), |s| out.push((s.start, s.core.clone(), s.samples[0].clone())));
        }
        framer.finish(|s| out.push((s.start, s.core.clone(), s.samples[0].clone())));
        out
    }

    #[test]
    fn cores_follow_each_other_and_do_not_depend_on_block_sizes() {
        let whole = stretches(&[37]);
        let mut next = 0;
        for (start, core, samples) in &whole {
            for i in core.clone() {
                assert_eq!(samples[i], next as f32);
                assert_eq!(start + i as u64, next);
                next += 1;
            }
        }
        assert_eq!(next, 37);
        assert_eq!(whole, stretches(&[1; 37]));
        assert_eq!(whole, stretches(&[5, 0, 13, 19]));
    }
}
