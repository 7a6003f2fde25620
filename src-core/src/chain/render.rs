//! A whole stream through a chain, with its length and alignment kept.

use super::{Chain, ChainStatistics};
use crate::audio::{Block, Source};
use crate::error::Result;

/// What a render did.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// Frames handed to the sink: exactly as many as the source gave.
    pub frames: u64,
    /// What the chain did.
    pub statistics: ChainStatistics,
}

/// A stream run through a chain, to be pulled block by block.
///
/// The output has exactly the length of the input and lies in time where the input lay: the chain's latency is cut from the start
/// and drained at the end. Start with a chain that is new or has been [reset](Chain::reset), made for the source's rate and channels.
pub struct Processed<'a> {
    source: &'a mut dyn Source,
    chain: &'a mut Chain,
    input: Block<f32>,
    /// Frames of latency still to be cut from the start.
    to_skip: usize,
    /// Frames of silence still to be fed at the end.
    to_drain: usize,
    read: u64,
    written: u64,
}

/// Frames of silence fed at a time to drain the chain.
const DRAIN_FRAMES: usize = 4096;

impl<'a> Processed<'a> {
    /// The stream of `source` through `chain`.
    pub fn new(source: &'a mut dyn Source, chain: &'a mut Chain) -> Self {
        let latency = chain.latency_frames();
        Self { source, chain, input: Block::default(), to_skip: latency, to_drain: latency, read: 0, written: 0 }
    }

    /// Puts the next processed block into `block` and returns its frames; 0 at the end.
    ///
    /// # Errors
    /// Whatever the source returns.
    pub fn read(&mut self, block: &mut Block<f64>) -> Result<usize> {
        let channels = self.source.info().layout.channel_count();
        loop {
            let frames = self.source.read(&mut self.input)?;
            let most = if frames > 0 {
                self.read += frames as u64;
                block.resize(channels, frames);
                for (to, from) in block.channels_mut().iter_mut().zip(self.input.channels()) {
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = f64::from(*from);
                    }
                }
                frames
            } else {
                let silence = self.to_drain.min(DRAIN_FRAMES);
                if silence == 0 || self.written >= self.read {
                    block.resize(channels, 0);
                    return Ok(0);
                }
                self.to_drain -= silence;
                block.resize(channels, 0);
                block.resize(channels, silence);
                usize::try_from(self.read - self.written).unwrap_or(usize::MAX)
            };
            let kept = self.process(block, most);
            if kept > 0 {
                self.written += kept as u64;
                return Ok(kept);
            }
        }
    }

    /// Frames read from the source so far.
    pub fn frames_read(&self) -> u64 {
        self.read
    }

    /// What was done so far.
    pub fn rendered(&self) -> Rendered {
        Rendered { frames: self.written, statistics: self.chain.statistics() }
    }

    /// Processes the block, cuts what is still latency from its start and what exceeds `most` from its end; returns what is left.
    fn process(&mut self, block: &mut Block<f64>, most: usize) -> usize {
        self.chain.process(block);
        let skip = block.frames().min(self.to_skip);
        self.to_skip -= skip;
        let keep = most.min(block.frames() - skip);
        if skip > 0 {
            for channel in block.channels_mut() {
                channel.drain(..skip);
            }
        }
        block.resize(block.channel_count(), keep);
        keep
    }
}

/// Pulls blocks from `source`, runs them through `chain` and hands them to `sink`: [`Processed`], pushed.
///
/// `progress` is called with the frames read so far after each block; an error from it (as [`crate::Error::Cancelled`]) stops the render.
///
/// # Errors
/// Whatever the source, the sink or `progress` return.
pub fn render(
    source: &mut dyn Source,
    chain: &mut Chain,
    sink: &mut dyn FnMut(&Block<f64>) -> Result<()>,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<Rendered> {
    let mut processed = Processed::new(source, chain);
    let mut block = Block::default();
    while processed.read(&mut block)? > 0 {
        sink(&block)?;
        progress(processed.frames_read())?;
    }
    Ok(processed.rendered())
}
