//! The change from one way of processing what is heard to another, without a click.

use super::BLOCK;
use crate::dsp::Frame;

/// Something that processes what is heard, in place; real-time safe.
pub(super) trait Stage: Send {
    /// Processes frames in place.
    fn process(&mut self, frames: &mut [Frame]);
    /// Frames that it must hear before what it gives is of use.
    fn settling_frames(&self) -> usize;
}

/// A stage, or none; in a box of its own, so that it can be handed over whole.
pub(super) type Slot<T> = Box<Option<T>>;

/// A stage that can be exchanged while it runs.
pub(super) struct Swap<T> {
    current: Slot<T>,
    incoming: Option<Slot<T>>,
    /// Frames that the newcomer has heard.
    heard: usize,
    fade_frames: usize,
    scratch: [Frame; BLOCK],
}

impl<T: Stage> Swap<T> {
    /// No stage; changes are faded over so many frames.
    pub fn new(fade_frames: usize) -> Self {
        Self { current: Box::new(None), incoming: None, heard: 0, fade_frames: fade_frames.max(1), scratch: [[0.0; 2]; BLOCK] }
    }

    /// Whether a newcomer would be taken.
    pub fn is_free(&self) -> bool {
        self.incoming.is_none()
    }

    /// Takes a newcomer; given back if there is one already.
    pub fn offer(&mut self, newcomer: Slot<T>) -> Option<Slot<T>> {
        if self.incoming.is_some() {
            return Some(newcomer);
        }
        (self.incoming, self.heard) = (Some(newcomer), 0);
        None
    }

    /// Lets the newcomer take over at once, while nothing is heard; returns what is no longer needed.
    pub fn finish(&mut self) -> Option<Slot<T>> {
        self.incoming.take().map(|newcomer| std::mem::replace(&mut self.current, newcomer))
    }

    /// Processes up to [`BLOCK`] frames in place; returns what is no longer needed.
    pub fn process(&mut self, frames: &mut [Frame]) -> Option<Slot<T>> {
        if let (Some(newcomer), Some(scratch)) = (&mut self.incoming, self.scratch.get_mut(..frames.len())) {
            scratch.copy_from_slice(frames);
            run(&mut self.current, frames);
            run(newcomer, scratch);
            let settling = newcomer.as_ref().as_ref().map_or(0, Stage::settling_frames);
            for (frame, new) in frames.iter_mut().zip(scratch) {
                let share = self.heard.saturating_sub(settling) as f64 / self.fade_frames as f64;
                self.heard += 1;
                *frame = if share >= 1.0 { *new } else { [0, 1].map(|c| frame[c] + share * (new[c] - frame[c])) };
            }
            if self.heard >= settling + self.fade_frames {
                return self.finish();
            }
        } else {
            run(&mut self.current, frames);
        }
        None
    }
}

fn run<T: Stage>(slot: &mut Slot<T>, frames: &mut [Frame]) {
    if let Some(stage) = slot.as_mut() {
        stage.process(frames);
    }
}
