//! Progress on stderr, when stderr is a terminal and the work is long enough to be worth it.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use plumbline::jobs::Progress;
use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps of a bar; finer than any terminal is wide.
const BAR_STEPS: u64 = 1000;

/// One bar for each step under way; nothing at all when stderr is not a terminal.
pub struct Bars {
    all: MultiProgress,
    next: AtomicU64,
    open: Mutex<HashMap<u64, ProgressBar>>,
}

impl Bars {
    /// Bars on stderr, or silence where it is not a terminal.
    pub fn on_stderr() -> Self {
        let target = if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { all: MultiProgress::with_draw_target(target), next: AtomicU64::new(0), open: Mutex::default() }
    }

    /// Takes the bars off the screen, so that words can follow.
    pub fn clear(&self) {
        // A terminal that went away is no reason to fail the job.
        let _ = self.all.clear();
    }

    fn with(&self, step: u64, act: impl FnOnce(&ProgressBar)) {
        if let Ok(open) = self.open.lock()
            && let Some(bar) = open.get(&step)
        {
            act(bar);
        }
    }
}

impl Progress for Bars {
    fn begin(&self, step: &str) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let bar = self.all.add(ProgressBar::new(BAR_STEPS));
        if let Ok(style) = ProgressStyle::with_template("{msg:36!} {bar:32} {percent:>3} %  {eta:>4}") {
            bar.set_style(style);
        }
        bar.set_message(step.to_owned());
        if let Ok(mut open) = self.open.lock() {
            open.insert(id, bar);
        }
        id
    }

    fn advance(&self, step: u64, part: f64) {
        self.with(step, |bar| bar.set_position((part.clamp(0.0, 1.0) * BAR_STEPS as f64) as u64));
    }

    fn end(&self, step: u64) {
        if let Ok(mut open) = self.open.lock()
            && let Some(bar) = open.remove(&step)
        {
            bar.finish_and_clear();
        }
    }
}
