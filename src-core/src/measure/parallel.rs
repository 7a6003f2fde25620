//! All measurements of a source on two threads beside the one that decodes.

use super::measurer::{Input, Levels, Measurements, Spectra, join};
use crate::audio::{Block, Source};
use crate::error::{Error, Result};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Blocks on their way to a group of meters: enough to even out decoding, few enough to stay in the cache.
const QUEUE: usize = 4;

/// Reads `source` to its end and measures it. The result is the same, to the bit, as that of [`super::Measurer`].
///
/// `progress` is called on the calling thread with the number of frames read so far, after every block; an error from it
/// (as [`Error::Cancelled`]) stops the work and is returned, as is an error of the source.
pub fn measure(source: &mut dyn Source, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<Measurements> {
    let info = source.info().clone();
    let mut input = Input::new(&info);
    std::thread::scope(|scope| {
        let (to_levels, levels) = sync_channel(QUEUE);
        let (to_spectra, spectra) = sync_channel(QUEUE);
        let layout = &info.layout;
        let levels = scope.spawn(move || {
            let mut group = Levels::new(info.sample_rate, layout);
            drain(levels, |block| group.push(block));
            group
        });
        let spectra = scope.spawn(move || {
            let mut group = Spectra::new(info.sample_rate, layout);
            drain(spectra, |block| group.push(block));
            group
        });
        let read = feed(source, &mut input, &Lines { queues: [to_levels, to_spectra] }, progress);
        // Dropping the senders (inside `feed`'s owner above) ends the groups, so they are joined in every case.
        let levels = levels.join().map_err(|_| stopped());
        let spectra = spectra.join().map_err(|_| stopped());
        read?;
        Ok(join(input, levels?, spectra?))
    })
}

/// The queues to the groups.
struct Lines {
    queues: [SyncSender<Arc<Block<f32>>>; 2],
}

impl Lines {
    fn send(&self, block: Arc<Block<f32>>) -> Result<()> {
        for queue in &self.queues {
            queue.send(Arc::clone(&block)).map_err(|_| stopped())?;
        }
        Ok(())
    }
}

fn feed(source: &mut dyn Source, input: &mut Input, lines: &Lines, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
    // Blocks that both groups have let go of are filled again.
    let mut pool: Vec<Arc<Block<f32>>> = Vec::new();
    let mut block = Block::default();
    let mut frames = 0u64;
    loop {
        let count = source.read(&mut block)?;
        if count == 0 {
            break;
        }
        frames += count as u64;
        input.push(&block, |full| {
            let free = pool.iter_mut().position(|b| Arc::get_mut(b).is_some()).map(|i| pool.swap_remove(i));
            let mut next = free.unwrap_or_default();
            if let Some(next) = Arc::get_mut(&mut next) {
                std::mem::swap(next, full);
            }
            pool.push(Arc::clone(&next));
            lines.send(next)
        })?;
        progress(frames)?;
    }
    input.rest().map_or(Ok(()), |rest| lines.send(Arc::new(rest)))
}

fn drain(queue: Receiver<Arc<Block<f32>>>, mut push: impl FnMut(&Block<f32>)) {
    while let Ok(block) = queue.recv() {
        push(&block);
    }
}

fn stopped() -> Error {
    Error::Bug { place: "measure::parallel", problem: "a measuring thread stopped".into() }
}
