//! Small files (reports, settings, profiles, exports) written whole or not at all.

use super::references::audio_files;
use crate::encode::{Overwrite, Place, input_refused, same_file};
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
    let (place, mut file) = Place::create(path, overwrite, inputs)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| place.failed(e))?;
    place.complete()
}

/// A result that a job will write.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
    /// Where to.
    pub path: &'a Path,
    /// Whether a file of that name may be replaced.
    pub overwrite: Overwrite,
}

/// Makes sure that every result can be written before any work is done for it: none is an input or another result, none exists that
/// may not be replaced, and every folder lets itself be written to. Leaves no trace.
///
/// # Errors
/// [`Error::InvalidSetting`] and [`Error::Io`], for the first that could not be written.
pub fn check_outputs(outputs: &[Output<'_>], inputs: &[&Path]) -> Result<()> {
    for (index, output) in outputs.iter().enumerate() {
        refuse_inputs(output.path, inputs)?;
        if outputs.iter().take(index).any(|other| same_place(other.path, output.path)) {
            return Err(Error::setting(
                output.path.display().to_string(),
                "two results would go to this file",
                "give each a name of its own",
            ));
        }
        // Dropped at once, which takes the temporary file away again.
        Place::create(output.path, output.overwrite, inputs)?;
    }
    Ok(())
}

/// Whether two names, which need not exist yet, would be one file.
fn same_place(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| -> Option<PathBuf> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(std::fs::canonicalize(folder).ok()?.join(path.file_name()?))
    };
    same_file(a, b) || a == b || place(a).is_some_and(|a| place(b) == Some(a))
}

/// Refuses a result that would replace one of the files it is made from.
///
/// # Errors
/// [`Error::InvalidSetting`] if `path` is one of `inputs`, by whatever links.
pub fn refuse_inputs(path: &Path, inputs: &[&Path]) -> Result<()> {
    // A folder stands for the audio in it.
    let holds_target = |folder: &Path| folder.is_dir() && audio_files(folder).is_ok_and(|files| files.iter().any(|f| same_file(f, path)));
    if path.exists() && inputs.iter().any(|input| same_file(input, path) || holds_target(input)) {
        return Err(input_refused(path));
    }
    Ok(())
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

    #[test]
    fn results_are_checked_before_the_work_and_the_check_leaves_no_trace() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("old.json"), b"x").unwrap();
        let check = |names: &[(&str, Overwrite)]| {
            let paths: Vec<PathBuf> = names.iter().map(|(name, _)| at(name)).collect();
            let outputs: Vec<Output<'_>> = paths.iter().zip(names).map(|(path, n)| Output { path, overwrite: n.1 }).collect();
            check_outputs(&outputs, &[])
        };
        check(&[("new.wav", Overwrite::Refuse), ("old.json", Overwrite::Allow)]).unwrap();
        assert!(matches!(check(&[("new.wav", Overwrite::Refuse), ("old.json", Overwrite::Refuse)]), Err(Error::Io { .. })));
        assert!(matches!(check(&[("none/new.wav", Overwrite::Refuse)]), Err(Error::Io { .. })));
        let twice = check(&[("new.wav", Overwrite::Allow), ("./new.wav", Overwrite::Allow)]).unwrap_err().to_string();
        assert!(twice.contains("two results"), "{twice}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read(at("old.json")).unwrap(), b"x");
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
