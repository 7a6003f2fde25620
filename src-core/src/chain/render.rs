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

/// Pulls blocks from `source`, runs them through `chain` and hands them to `sink`.
///
/// The output has exactly the length of the input and lies in time where the input lay: the chain's latency is cut from the start
/// and drained at the end. Blocks given to the sink may be shorter than those of the source, never empty.
///
/// `progress` is called with the frames read so far after each block; an error from it (as [`crate::Error::Cancelled`]) stops the render.
/// Start with a chain that is new or has been [reset](Chain::reset), made for the source's rate and channels.
///
/// # Errors
/// Whatever the source, the sink or `progress` return.
pub fn render(
    source: &mut dyn Source,
    chain: &mut Chain,
    sink: &mut dyn FnMut(&Block<f64>) -> Result<()>,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<Rendered> {
    let channels = source.info().layout.channel_count();
    let latency = chain.latency_frames();
    let mut to_skip = latency;
    let (mut input, mut work) = (Block::<f32>::default(), Block::<f64>::default());
    let (mut read, mut written) = (0u64, 0u64);
    loop {
        let frames = source.read(&mut input)?;
        if frames == 0 {
            break;
        }
        read += frames as u64;
        work.resize(channels, frames);
        for (to, from) in work.channels_mut().iter_mut().zip(input.channels()) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = f64::from(*from);
            }
        }
        written += pass_on(chain, &mut work, &mut to_skip, u64::MAX, sink)?;
        progress(read)?;
    }
    let mut silence_left = latency;
    while silence_left > 0 && written < read {
        let frames = silence_left.min(4096);
        silence_left -= frames;
        work.resize(channels, 0);
        work.resize(channels, frames);
        written += pass_on(chain, &mut work, &mut to_skip, read - written, sink)?;
    }
    Ok(Rendered { frames: written, statistics: chain.statistics() })
}

/// Processes the block, cuts what is still latency from its start and what exceeds `most` from its end, and hands on the rest.
fn pass_on(
    chain: &mut Chain,
    work: &mut Block<f64>,
    to_skip: &mut usize,
    most: u64,
    sink: &mut dyn FnMut(&Block<f64>) -> Result<()>,
) -> Result<u64> {
    chain.process(work);
    let skip = work.frames().min(*to_skip);
    *to_skip -= skip;
    let keep = usize::try_from(most).unwrap_or(usize::MAX).min(work.frames() - skip);
    if skip > 0 {
        for channel in work.channels_mut() {
            channel.drain(..skip);
        }
    }
    work.resize(work.channel_count(), keep);
    if keep > 0 {
        sink(work)?;
    }
    Ok(keep as u64)
}
