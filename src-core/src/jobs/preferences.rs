//! What the window remembers from one start to the next: preferences and recent sessions, as one small JSON file.

use super::files::write_whole;
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Recent sessions that are kept.
pub const MOST_RECENT: usize = 12;

/// Largest file that is read, bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What a face remembers. Its preferences are its own affair: they are kept as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// Preferences; null before the first were set.
    #[serde(default)]
    pub preferences: serde_json::Value,
    /// Sessions, the one opened last first.
    #[serde(default)]
    pub recent: Vec<Recent>,
    /// Where the window was.
    #[serde(default)]
    pub window: Option<Window>,
}

/// Place and size of a window, physical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width of the content.
    pub width: u32,
    /// Height of the content.
    pub height: u32,
    /// Whether it filled the screen.
    pub maximised: bool,
}

/// A session that was open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Recent {
    /// Its file.
    pub path: PathBuf,
    /// Its name when it was open.
    pub title: String,
    /// When it was opened or saved last, milliseconds since 1970.
    pub when_ms: u64,
}

impl Remembered {
    /// Reads what was remembered; nothing where there is no such file yet.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read, [`Error::Malformed`] if it is damaged.
    pub fn read(path: &Path) -> Result<Self> {
        let io = |e| Error::io(path, "cannot read", e);
        match std::fs::metadata(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            found => {
                let malformed = |problem: String| Error::Malformed { path: path.to_owned(), problem, hint: "delete it to start afresh" };
                if found.map_err(io)?.len() > MOST_BYTES {
                    return Err(malformed("it is too large for preferences".into()));
                }
                serde_json::from_slice(&std::fs::read(path).map_err(io)?).map_err(|e| malformed(e.to_string()))
            }
        }
    }

    /// Writes it, whole or not at all; its folder is made if it is missing.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "cannot make the folder", e))?;
        }
        let json = serde_json::to_string_pretty(self).map_err(|e| Error::Bug { place: "jobs::preferences", problem: e.to_string() })?;
        write_whole(path, (json + "\n").as_bytes(), Overwrite::Allow, &[])
    }

    /// A session was opened or saved now; what was opened longest ago gives way.
    pub fn opened(&mut self, recent: Recent) {
        self.recent.retain(|r| r.path != recent.path);
        self.recent.insert(0, recent);
        self.recent.truncate(MOST_RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back_and_a_damaged_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/in/preferences.json");
        assert_eq!(Remembered::read(&path).unwrap(), Remembered::default());
        let mut remembered = Remembered { preferences: serde_json::json!({ "level_match": false }), ..Remembered::default() };
        remembered.opened(Recent { path: "/a.plumbline".into(), title: "A".into(), when_ms: 1 });
        remembered.write(&path).unwrap();
        assert_eq!(Remembered::read(&path).unwrap(), remembered);
        std::fs::write(&path, b"{ half").unwrap();
        assert!(Remembered::read(&path).unwrap_err().to_string().contains("preferences.json"));
    }

    #[test]
    fn the_last_opened_comes_first_and_once() {
        let mut remembered = Remembered::default();
        for number in (0..MOST_RECENT + 3).chain([5]) {
            remembered.opened(Recent { path: format!("/{number}").into(), title: String::new(), when_ms: 0 });
        }
        assert_eq!(remembered.recent.len(), MOST_RECENT);
        assert_eq!(remembered.recent[0].path, Path::new("/5"));
        assert_eq!(remembered.recent.iter().filter(|r| r.path == Path::new("/5")).count(), 1);
    }
}
