//! Decoding ahead on a thread of its own, so that reading and processing a file share two cores.

use crate::audio::{Block, Source, SourceInfo};
use crate::error::{Error, Result};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Blocks that are decoded ahead: enough to even out the two sides, few enough to stay in the cache.
const BLOCKS: usize = 4;

/// Calls `work` with a source that yields what `source` yields while a second thread reads `source` ahead of it.
///
/// When `work` returns, reading stops; blocks that were read and not asked for are lost.
pub fn read_ahead<T>(source: &mut dyn Source, work: impl FnOnce(&mut dyn Source) -> T) -> T {
    let info = source.info().clone();
    let (to_user, full) = sync_channel(BLOCKS);
    let (empty, used) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || decode(source, &to_user, &used));
        // Dropped before the scope waits for the thread: a closed line is what ends it.
        let mut ahead = Ahead { info, full, empty, ended: false };
        work(&mut ahead)
    })
}

/// Reads to the end, which an empty block marks, or until nobody asks any more.
fn decode(source: &mut dyn Source, to_user: &SyncSender<Result<Block<f32>>>, used: &Receiver<Block<f32>>) {
    loop {
        let mut block = used.try_recv().unwrap_or_default();
        let read = source.read(&mut block).map(|_| block);
        let over = read.as_ref().map_or(true, Block::is_empty);
        if to_user.send(read).is_err() || over {
            return;
        }
    }
}

struct Ahead {
    info: SourceInfo,
    full: Receiver<Result<Block<f32>>>,
    /// Blocks go back to be filled again.
    empty: Sender<Block<f32>>,
    ended: bool,
}

impl Source for Ahead {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        if self.ended {
            block.resize(self.info.layout.channel_count(), 0);
            return Ok(0);
        }
        let stopped = |_| Error::Bug { place: "jobs::ahead", problem: "the reading thread stopped".into() };
        let read = self.full.recv().map_err(stopped).and_then(|read| read);
        match read {
            Ok(next) => {
                self.ended = next.is_empty();
                // If the thread has ended, nobody fills the block again, which is as it should be.
                let _ = self.empty.send(std::mem::replace(block, next));
                Ok(block.frames())
            }
            Err(error) => {
                self.ended = true;
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Layout;

    /// Counts up, block by block, and fails after `good` blocks.
    struct Counter {
        info: SourceInfo,
        blocks: usize,
        good: usize,
    }

    fn counter(good: usize) -> Counter {
        let info = SourceInfo {
            name: "counter".into(),
            container: "memory".into(),
            codec: "pcm_f32le".into(),
            lossy: false,
            sample_rate: 44_100,
            layout: Layout::mono(),
            bits_per_sample: Some(32),
            float: true,
            wav_format_tag: None,
            frames: None,
        };
        Counter { info, blocks: 0, good }
    }

    impl Source for Counter {
        fn info(&self) -> &SourceInfo {
            &self.info
        }
        fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
            if self.blocks == self.good {
                return Err(Error::Cancelled);
            }
            self.blocks += 1;
            let frames = if self.blocks > 20 { 0 } else { 3 };
            *block = Block::from_channels(vec![vec![self.blocks as f32; frames]]);
            Ok(frames)
        }
    }

    fn first_samples(good: usize) -> (Vec<f32>, Result<usize>) {
        read_ahead(&mut counter(good), |source| {
            let (mut block, mut out) = (Block::default(), Vec::new());
            loop {
                match source.read(&mut block) {
                    Ok(0) => return (out, source.read(&mut block)),
                    Ok(_) => out.push(block.channel(0)[0]),
                    Err(e) => return (out, Err(e)),
                }
            }
        })
    }

    #[test]
    fn blocks_come_in_order_to_the_end_and_the_end_stays() {
        let (samples, after) = first_samples(usize::MAX);
        assert_eq!(samples, (1..=20).map(|i| i as f32).collect::<Vec<_>>());
        assert!(matches!(after, Ok(0)));
    }

    #[test]
    fn an_error_comes_where_it_happened() {
        let (samples, after) = first_samples(7);
        assert_eq!(samples.len(), 7);
        assert!(matches!(after, Err(Error::Cancelled)));
    }

    #[test]
    fn whoever_stops_asking_stops_the_reading() {
        let mut source = counter(usize::MAX);
        let first = read_ahead(&mut source, |s| {
            let mut block = Block::default();
            s.read(&mut block).map(|_| block.channel(0)[0])
        });
        assert_eq!(first.unwrap(), 1.0);
        assert!(source.blocks <= BLOCKS + 3, "{} blocks were read", source.blocks);
    }
}
