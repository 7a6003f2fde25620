//! What a job needs of whoever runs it: somewhere to report progress, and a way to be stopped.

use super::memory::Memory;
use crate::diagnose::Finding;
use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Receives the progress of a job. Called from several threads.
pub trait Progress: Sync {
    /// A step begins, as "Measuring mix.wav"; several may be under way at once. Returns the number by which
    /// the step is named in [`Progress::advance`] and [`Progress::end`].
    fn begin(&self, step: &str) -> u64;
    /// A step has come this far, 0 to 1.
    fn advance(&self, step: u64, part: f64);
    /// A step is over.
    fn end(&self, step: u64);
    /// What can be said of the mix already, while the rest is still at work. Not every job has something to say.
    fn found(&self, _: Early) {}
}

/// What a check can say of a mix before it has been held against anything but its own limits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Early {
    /// Findings that no reference, stem or playback system decides, the heaviest first. They may still change.
    pub findings: Vec<Finding>,
    /// Integrated loudness, LUFS; none for silence.
    pub integrated_lufs: Option<f64>,
    /// Highest true peak, dBTP; none for silence.
    pub true_peak_dbtp: Option<f64>,
}

/// Reports nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str) -> u64 {
        0
    }
    fn advance(&self, _: u64, _: f64) {}
    fn end(&self, _: u64) {}
}

/// A flag that stops a job at its next block. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the job to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the job was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// [`Error::Cancelled`] if the job was asked to stop.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// Progress and cancelling together, as every job takes them.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// Where progress goes.
    pub progress: &'a dyn Progress,
    /// How the job is stopped.
    pub cancel: &'a Cancel,
    /// What earlier jobs have measured; none measures everything anew.
    pub memory: Option<&'a Memory>,
}

impl<'a> Host<'a> {
    /// A host without a memory.
    pub fn new(progress: &'a dyn Progress, cancel: &'a Cancel) -> Self {
        Self { progress, cancel, memory: None }
    }

    /// The same host, which remembers what was measured.
    pub fn remembering(self, memory: &'a Memory) -> Self {
        Self { memory: Some(memory), ..self }
    }

    /// Runs one named step of the work; `work` gets a function that reports how far it is (0 to 1) and
    /// fails with [`Error::Cancelled`] once the user has asked to stop.
    pub fn step<T>(&self, name: &str, work: impl FnOnce(&mut dyn FnMut(f64) -> Result<()>) -> Result<T>) -> Result<T> {
        self.cancel.check()?;
        let id = self.progress.begin(name);
        let result = work(&mut |part| {
            self.progress.advance(id, part);
            self.cancel.check()
        });
        self.progress.end(id);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_job_stops_at_its_next_report() {
        let cancel = Cancel::default();
        let host = Host::new(&Silent, &cancel);
        let mut blocks = 0;
        let result: Result<()> = host.step("counting", |report| {
            for i in 0..10 {
                if i == 3 {
                    cancel.cancel();
                }
                report(f64::from(i) / 10.0)?;
                blocks += 1;
            }
            Ok(())
        });
        assert!(matches!(result, Err(Error::Cancelled)));
        assert_eq!(blocks, 3);
        assert!(matches!(host.step("more", |_| Ok(())), Err(Error::Cancelled)));
    }
}
