//! Waveforms, drawn aside while the window already shows what is there.

use crate::state::lock;
use crate::threads;
use plumbline::jobs::overview::{Overview, draw};
use plumbline::jobs::{Cancel, Host, Silent, Stamp};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longest that the window waits for a waveform before it gets what is there: a song is read in this time.
const PATIENCE: Duration = Duration::from_millis(400);

/// Time between two looks at a waveform that is being drawn.
const LOOK: Duration = Duration::from_millis(10);

/// Waveforms of files, by path.
#[derive(Default)]
pub struct Pictures {
    files: Mutex<HashMap<PathBuf, Picture>>,
}

struct Picture {
    stamp: Stamp,
    overview: Arc<Mutex<Overview>>,
    cancel: Cancel,
}

impl Pictures {
    /// The waveform of a file; begins to draw it if that has not been done for the file as it is now. `done` is called when all of it is drawn.
    ///
    /// # Errors
    /// A file that is not there.
    pub fn of(&self, path: &Path, done: impl FnOnce() + Send + 'static) -> plumbline::Result<Arc<Mutex<Overview>>> {
        let stamp = Stamp::of(path)?;
        let mut files = lock(&self.files);
        if let Some(known) = files.get(path) {
            if known.stamp == stamp {
                return Ok(known.overview.clone());
            }
            known.cancel.cancel();
        }
        let (overview, cancel) = (Arc::new(Mutex::new(Overview::new(1))), Cancel::default());
        files.insert(path.to_owned(), Picture { stamp, overview: overview.clone(), cancel: cancel.clone() });
        let (path, into) = (path.to_owned(), overview.clone());
        std::thread::spawn(move || {
            // Findings are waited for more than waveforms, and both are made when a file is opened.
            threads::put_last();
            // What cannot be read is told by whoever measures it; here the rest stays empty.
            if draw(&path, &into, Host::new(&Silent, &cancel)).is_err() {
                lock(&into).complete();
            }
            done();
        });
        Ok(overview)
    }

    /// Forgets the waveforms of files that are not among these.
    pub fn only(&self, paths: &[PathBuf]) {
        lock(&self.files).retain(|path, picture| {
            let stays = paths.contains(path);
            if !stays {
                picture.cancel.cancel();
            }
            stays
        });
    }
}

/// Columns of a stretch of time, after a moment of patience with one that is still being drawn.
pub fn columns(overview: &Mutex<Overview>, start_s: f64, end_s: f64, columns: usize) -> Vec<f32> {
    let since = Instant::now();
    loop {
        {
            let overview = lock(overview);
            if overview.is_complete() || overview.duration_s() >= end_s || since.elapsed() >= PATIENCE {
                return overview.columns(start_s, end_s, columns);
            }
        }
        std::thread::sleep(LOOK);
    }
}
