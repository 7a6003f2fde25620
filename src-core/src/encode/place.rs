//! Where a result goes, audio or not: a temporary file beside it until it is complete, and never one of the inputs.

use super::Overwrite;
use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Names tried before a folder counts as unusable: another run with this process number may have left files behind.
const ATTEMPTS: u32 = 100;

/// A place being written to. Dropped before [`Place::complete`], it removes the temporary file.
pub struct Place {
    path: PathBuf,
    temporary: PathBuf,
    overwrite: Overwrite,
}

impl Place {
    /// Opens a temporary file in the folder of `path`.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] if `path` is one of `inputs`, whatever links lead there, or no plain file; [`Error::Io`] if it is a
    /// folder, exists and may not be replaced, or its folder refuses.
    pub fn create(path: &Path, overwrite: Overwrite, inputs: &[&Path]) -> Result<(Self, File)> {
        let cannot = |e| Error::io(path, "cannot write", e);
        if inputs.iter().any(|input| same_file(input, path)) {
            return Err(input_refused(path));
        }
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(cannot(ErrorKind::IsADirectory.into())),
            // Renaming over a device would replace the device.
            Ok(found) if !found.is_file() => {
                return Err(Error::setting(path.display().to_string(), "this is a device or a pipe, no file", "choose another name"));
            }
            Ok(_) if overwrite == Overwrite::Refuse => return Err(cannot(ErrorKind::AlreadyExists.into())),
            _ => {}
        }
        let (temporary, file) = temporary(path).map_err(cannot)?;
        Ok((Self { path: path.to_owned(), temporary, overwrite }, file))
    }

    /// The error for a failure while writing.
    pub fn failed(&self, source: io::Error) -> Error {
        if source.kind() == ErrorKind::FileTooLarge {
            return Error::setting(self.path.display().to_string(), source.to_string(), "use a name ending in .wav or .flac");
        }
        Error::io(&self.path, "cannot write", source)
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    /// [`Error::Io`] if a file of that name has come to be that may not be replaced, or the system refuses.
    pub fn complete(self) -> Result<()> {
        if self.overwrite == Overwrite::Refuse && self.path.exists() {
            return Err(self.failed(ErrorKind::AlreadyExists.into()));
        }
        std::fs::rename(&self.temporary, &self.path).map_err(|e| self.failed(e))?;
        // So that the new name outlives a power cut too; where a folder cannot be synced the file is complete all the same.
        if let Some(folder) = self.path.parent() {
            let _ = File::open(folder).and_then(|f| f.sync_all());
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // After the rename there is nothing to remove, and that failure is as it should be.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// The error for a result that would replace one of the files it is made from.
pub fn input_refused(path: &Path) -> Error {
    Error::setting(path.display().to_string(), "this is one of the inputs, and inputs are never written to", "choose another name")
}

/// Creates a new hidden file beside `path`.
fn temporary(path: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut last = io::Error::from(ErrorKind::AlreadyExists);
    for _ in 0..ATTEMPTS {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = path.with_file_name(format!(".plumb-{}-{number}.part", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&name) {
            Ok(file) => return Ok((name, file)),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => last = e,
            Err(e) => return Err(e),
        }
    }
    Err(last)
}

/// Whether two paths lead to one file, through symbolic or hard links too; false where either leads nowhere.
pub fn same_file(a: &Path, b: &Path) -> bool {
    let (Ok(a), Ok(b)) = (std::fs::canonicalize(a), std::fs::canonicalize(b)) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let (Ok(a), Ok(b)) = (std::fs::metadata(&a), std::fs::metadata(&b)) {
            return a.dev() == b.dev() && a.ino() == b.ino();
        }
    }
    a == b
}
