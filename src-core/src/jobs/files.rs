//! Small files (reports, settings, profiles, exports) written whole or not at all.

use super::references::audio_files;
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes `bytes` to `path`: first to a temporary file beside it, then renamed, so that an interrupted run leaves neither half a
/// file nor a damaged older one. `inputs` are never written to, whatever links lead there.
///
/// # Errors
/// [`Error::InvalidSetting`] for an input, [`Error::Io`] if the file exists and may not be replaced, or cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8], overwrite: Overwrite, inputs: &[&Path]) -> Result<()> {
    refuse_inputs(path, inputs)?;
    if overwrite == Overwrite::Refuse && path.exists() {
        return Err(Error::io(path, "cannot write", std::io::ErrorKind::AlreadyExists.into()));
    }
    let temporary = temporary_name(path);
    let written = std::fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|source| {
        // Nothing can be done about a failure here that the first failure does not already say.
        let _ = std::fs::remove_file(&temporary);
        Error::io(path, "cannot write", source)
    })
}

/// Refuses a result that would replace one of the files it is made from.
///
/// # Errors
/// [`Error::InvalidSetting`] if `path` is one of `inputs`, by whatever links.
pub fn refuse_inputs(path: &Path, inputs: &[&Path]) -> Result<()> {
    let Ok(target) = std::fs::canonicalize(path) else { return Ok(()) };
    let is_target = |file: &Path| std::fs::canonicalize(file).is_ok_and(|file| same_file(&file, &target));
    // A folder stands for the audio in it.
    let holds_target = |folder: &Path| folder.is_dir() && audio_files(folder).is_ok_and(|files| files.iter().any(|file| is_target(file)));
    if inputs.iter().any(|input| is_target(input) || holds_target(input)) {
        return Err(Error::setting(
            path.display().to_string(),
            "this is one of the inputs, and inputs are never written to",
            "choose another name",
        ));
    }
    Ok(())
}

/// Whether two canonical paths are one file: the same path, or two hard links to it.
fn same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let (Ok(a), Ok(b)) = (std::fs::metadata(a), std::fs::metadata(b)) {
            return a.dev() == b.dev() && a.ino() == b.ino();
        }
    }
    a == b
}

/// A name beside `path` that two runs at once do not share.
fn temporary_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_an_older_one_only_replaced_when_allowed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        write_whole(&path, b"one", Overwrite::Refuse, &[]).unwrap();
        assert!(matches!(write_whole(&path, b"two", Overwrite::Refuse, &[]), Err(Error::Io { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        write_whole(&path, b"two", Overwrite::Allow, &[]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file stays behind");
    }

    #[test]
    fn a_folder_of_inputs_protects_the_audio_in_it_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.wav", "old-report.html"] {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        assert!(refuse_inputs(&dir.path().join("a.wav"), &[dir.path()]).is_err());
        assert!(refuse_inputs(&dir.path().join("old-report.html"), &[dir.path()]).is_ok());
        assert!(refuse_inputs(&dir.path().join("new.wav"), &[dir.path()]).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn an_input_is_never_replaced_whatever_links_lead_there() {
        let dir = tempfile::tempdir().unwrap();
        let input = dir.path().join("mix.wav");
        std::fs::write(&input, b"music").unwrap();
        let (soft, hard) = (dir.path().join("soft.wav"), dir.path().join("hard.wav"));
        std::os::unix::fs::symlink(&input, &soft).unwrap();
        std::fs::hard_link(&input, &hard).unwrap();
        for path in [&input, &soft, &hard] {
            let refused = write_whole(path, b"x", Overwrite::Allow, &[&input]);
            assert!(matches!(refused, Err(Error::InvalidSetting { .. })), "{}", path.display());
        }
        assert_eq!(std::fs::read(&input).unwrap(), b"music");
    }
}
