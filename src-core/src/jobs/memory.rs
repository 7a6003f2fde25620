//! What was measured before, so that a window that asks again does not wait again.

use super::measuring::Measured;
use crate::error::{Error, Result};
use crate::units::Lufs;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

/// Longest music whose measurements are kept, seconds: some 3 kB are kept of each second, so this is about 40 MB.
const MOST_S: f64 = 4.0 * 3600.0;

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Stamp {
    /// Length of the file, bytes.
    pub bytes: u64,
    /// When it was last written, milliseconds since 1970; 0 where the system does not say.
    pub modified_ms: u64,
}

impl Stamp {
    /// The file as it is now.
    ///
    /// # Errors
    /// [`Error::Io`] if it is not there or may not be looked at.
    pub fn of(path: &Path) -> Result<Self> {
        let facts = std::fs::metadata(path).map_err(|e| Error::io(path, "cannot read", e))?;
        let since = facts.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        let modified_ms = since.map_or(0, |t| u64::try_from(t.as_millis()).unwrap_or(u64::MAX));
        Ok(Self { bytes: facts.len(), modified_ms })
    }
}

/// Measurements of the files that were last asked for. A file that has been written since is measured again.
#[derive(Debug, Default)]
pub struct Memory {
    /// The one asked for last comes last.
    files: Mutex<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    path: PathBuf,
    stamp: Stamp,
    measured: Measured,
}

impl Memory {
    /// The measurements of a file in this state, if they are known.
    pub fn recall(&self, path: &Path, stamp: Stamp) -> Option<Measured> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let at = files.iter().position(|k| k.path == path && k.stamp == stamp)?;
        let known = files.remove(at);
        let measured = known.measured.clone();
        files.push(known);
        Some(measured)
    }

    /// The loudness of a file in this state, if it is known.
    pub fn loudness(&self, path: &Path, stamp: Stamp) -> Option<Lufs> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let known = files.iter().find(|k| k.path == path && k.stamp == stamp)?;
        Some(known.measured.measurements.loudness.integrated)
    }

    /// Keeps the measurements of a file in this state in place of older ones; what was not asked for longest gives way.
    pub fn keep(&self, stamp: Stamp, measured: &Measured) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|k| k.path != measured.path);
        files.push(Known { path: measured.path.clone(), stamp, measured: measured.clone() });
        let length_s = |k: &Known| k.measured.measurements.duration.s();
        let mut all_s: f64 = files.iter().map(length_s).sum();
        while all_s > MOST_S && files.len() > 1 {
            all_s -= length_s(&files.remove(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::measuring::measure_file;
    use crate::jobs::{Cancel, Host, Progress};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts the steps of a job.
    #[derive(Default)]
    struct Steps(AtomicUsize);

    impl Progress for Steps {
        fn begin(&self, _: &str) -> u64 {
            self.0.fetch_add(1, Ordering::Relaxed) as u64
        }
        fn advance(&self, _: u64, _: f64) {}
        fn end(&self, _: u64) {}
    }

    #[test]
    fn a_file_is_measured_once_until_it_is_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tone.wav");
        super::super::test_files::tone(&path, 0.5, 0.25);
        let (memory, steps, cancel) = (Memory::default(), Steps::default(), Cancel::default());
        let host = Host::new(&steps, &cancel).remembering(&memory);
        let first = measure_file(&path, host).unwrap();
        let again = measure_file(&path, host).unwrap();
        assert_eq!(steps.0.load(Ordering::Relaxed), 1, "it was measured twice");
        assert_eq!(first.measurements, again.measurements);
        assert_eq!(memory.loudness(&path, Stamp::of(&path).unwrap()), Some(first.measurements.loudness.integrated));
        super::super::test_files::tone(&path, 0.7, 0.125);
        let changed = measure_file(&path, host).unwrap();
        assert_eq!(steps.0.load(Ordering::Relaxed), 2);
        assert!(changed.measurements.sample_peak.max.level.db() < first.measurements.sample_peak.max.level.db() - 5.0);
    }

    #[test]
    fn what_was_not_asked_for_longest_gives_way() {
        let dir = tempfile::tempdir().unwrap();
        let memory = Memory::default();
        let stamp = Stamp { bytes: 1, modified_ms: 1 };
        let path = dir.path().join("a.wav");
        super::super::test_files::tone(&path, 0.5, 0.25);
        let cancel = Cancel::default();
        let mut measured = measure_file(&path, Host::new(&crate::jobs::Silent, &cancel)).unwrap();
        measured.measurements.duration = crate::units::Seconds::new(MOST_S / 2.0);
        for name in ["one", "two", "three"] {
            measured.path = name.into();
            memory.keep(stamp, &measured);
            let _ = memory.recall(Path::new("one"), stamp);
        }
        assert!(memory.recall(Path::new("two"), stamp).is_none());
        assert!(memory.recall(Path::new("one"), stamp).is_some() && memory.recall(Path::new("three"), stamp).is_some());
        assert!(memory.recall(Path::new("one"), Stamp { bytes: 2, ..stamp }).is_none(), "another state is another file");
    }
}
