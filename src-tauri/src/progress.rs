//! Progress of a job on its way to the window.

use plumbline::jobs::{Early, Progress};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tauri::ipc::Channel;

/// Time between two messages about one step. Each is painted, which without a graphics card takes 30 ms of a core from the job itself.
const BETWEEN: Duration = Duration::from_millis(250);

/// News of a step of a job.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProgressEvent {
    /// The step in words.
    pub step: String,
    /// Names the step within the job; several may be under way at once.
    pub id: u64,
    /// How far it has come, 0 to 1.
    pub part: f64,
    /// What happened.
    pub kind: ProgressKind,
    /// What was found of the mix already, if that is the news; step, id and part say nothing then.
    pub found: Option<Early>,
}

/// What happened to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgressKind {
    /// It began.
    Begin,
    /// It came further.
    Advance,
    /// It is over.
    End,
    /// Something was found while it is under way.
    Found,
}

/// Sends progress to the window. A window that has gone away is no reason to stop.
pub struct ToWindow {
    channel: Channel<ProgressEvent>,
    steps: Mutex<Steps>,
}

/// The steps under way.
#[derive(Default)]
struct Steps {
    /// Number of the step that began last.
    last: u64,
    /// Each with when it was told of last.
    open: HashMap<u64, (String, Instant)>,
}

impl ToWindow {
    /// Progress that goes into this channel.
    pub fn new(channel: Channel<ProgressEvent>) -> Self {
        Self { channel, steps: Mutex::default() }
    }

    fn send(&self, step: String, id: u64, part: f64, kind: ProgressKind) {
        let _ = self.channel.send(ProgressEvent { step, id, part, kind, found: None });
    }
}

impl Progress for ToWindow {
    fn begin(&self, step: &str) -> u64 {
        let id = {
            let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
            steps.last += 1;
            let id = steps.last;
            steps.open.insert(id, (step.to_owned(), Instant::now()));
            id
        };
        self.send(step.to_owned(), id, 0.0, ProgressKind::Begin);
        id
    }

    fn advance(&self, id: u64, part: f64) {
        let due = {
            let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
            let Some((step, last)) = steps.open.get_mut(&id).filter(|(_, last)| last.elapsed() >= BETWEEN) else { return };
            *last = Instant::now();
            step.clone()
        };
        self.send(due, id, part.clamp(0.0, 1.0), ProgressKind::Advance);
    }

    fn end(&self, id: u64) {
        let ended = self.steps.lock().unwrap_or_else(PoisonError::into_inner).open.remove(&id);
        if let Some((step, _)) = ended {
            self.send(step, id, 1.0, ProgressKind::End);
        }
    }

    fn found(&self, early: Early) {
        let news = ProgressEvent { step: String::new(), id: 0, part: 0.0, kind: ProgressKind::Found, found: Some(early) };
        let _ = self.channel.send(news);
    }
}
