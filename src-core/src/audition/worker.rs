//! The reader's thread.

use super::controls::Controls;
use super::reader::Reader;
use super::types::Event;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the reader looks whether there is room, when there was none: a small part of what it reads ahead.
const NAP: Duration = Duration::from_millis(3);

/// Who is told what happens.
pub(super) type Listener = Arc<dyn Fn(Event) + Send + Sync>;

/// A thread that keeps the graph fed until it is dropped.
pub(super) struct Worker {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it. Without a thread to be had nothing is ever ready to be played.
    pub fn start(mut reader: Reader, controls: Arc<Controls>, listener: Listener) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let work = move || {
            while !stopped.load(Ordering::Relaxed) {
                let busy = reader.step();
                controls.deliver();
                if controls.take_ended() {
                    listener(Event::Playing(false));
                }
                for trouble in reader.take_troubles() {
                    listener(Event::Trouble(trouble));
                }
                if !busy {
                    std::thread::park_timeout(NAP);
                }
            }
        };
        let thread = std::thread::Builder::new().name("plumbline reader".into()).spawn(work).ok();
        Self { stop, thread }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A reader that panicked has nothing more to tell.
            let _ = thread.join();
        }
    }
}
