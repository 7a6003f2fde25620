//! What an unmasking wrote into a folder, so that the next one may write it anew and nothing else is ever replaced.

use crate::encode::Overwrite;
use crate::error::{Error, Result};
use crate::jobs::Stamp;
use crate::jobs::files::write_whole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the record in the folder.
const NAME: &str = "plumb-unmask.json";

/// Files of a folder as they were when they had been written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// What the file is, for who finds it.
    note: String,
    /// By file name.
    written: BTreeMap<String, Stamp>,
}

impl Record {
    /// The record of a folder; an empty one where there is none that can be read.
    pub fn of(folder: &Path) -> Self {
        std::fs::read(folder.join(NAME)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Whether a file is the result of an earlier run and was not touched since.
    pub fn holds(&self, file: &Path) -> bool {
        let known = file.file_name().and_then(|name| self.written.get(&*name.to_string_lossy()));
        known.is_some_and(|known| Stamp::of(file).is_ok_and(|now| now == *known))
    }

    /// Keeps what lies in the folder under these names now. A record that is not one stays as it is, and the files are known to nobody.
    pub fn keep(folder: &Path, names: impl Iterator<Item = String>) -> Result<()> {
        let path = folder.join(NAME);
        if path.exists() && Self::of(folder) == Self::default() {
            return Ok(());
        }
        let written = names.map(|name| Ok((name.clone(), Stamp::of(&folder.join(&name))?))).collect::<Result<_>>()?;
        let note = "Results of plumb unmask. Those that nobody has changed since are written anew by the next run into this folder.";
        let record = Self { note: note.into(), written };
        let text = serde_json::to_string_pretty(&record).map_err(|e| Error::Bug { place: "jobs::unmask", problem: e.to_string() })?;
        write_whole(&path, text.as_bytes(), Overwrite::Allow, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_known_until_somebody_changes_it() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a.wav"), dir.path().join("b.wav"));
        std::fs::write(&a, b"one").unwrap();
        std::fs::write(&b, b"two").unwrap();
        assert!(!Record::of(dir.path()).holds(&a), "nothing is known of a folder without a record");
        Record::keep(dir.path(), ["a.wav".to_owned()].into_iter()).unwrap();
        let record = Record::of(dir.path());
        assert!(record.holds(&a) && !record.holds(&b));
        std::fs::write(&a, b"longer").unwrap();
        assert!(!record.holds(&a));
    }

    #[test]
    fn a_file_of_that_name_that_is_no_record_stays() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.wav"), b"one").unwrap();
        std::fs::write(dir.path().join(NAME), b"mine").unwrap();
        Record::keep(dir.path(), ["a.wav".to_owned()].into_iter()).unwrap();
        assert_eq!(std::fs::read(dir.path().join(NAME)).unwrap(), b"mine");
        assert!(!Record::of(dir.path()).holds(&dir.path().join("a.wav")));
    }
}
