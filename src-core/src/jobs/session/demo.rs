//! A session with the built-in song, for whoever has nothing at hand.

use super::{Desk, Session, Sorted};
use crate::demo::{self, Files};
use crate::diagnose::StageChoice;
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use crate::jobs::{Host, data_folder};
use std::path::Path;

/// A session with the built-in song, its reference and its stems; the song is written into the program's own folder the first time.
///
/// # Errors
/// [`Error::InvalidSetting`] where the system names no such folder, [`Error::Io`] if it cannot be written, [`Error::Cancelled`].
pub fn demo(host: Host<'_>) -> Result<Desk> {
    let Some(folder) = data_folder() else {
        return Err(Error::setting("demo", "this system names no folder for data", "set PLUMBLINE_DATA to a folder"));
    };
    demo_in(&folder.join("demo"), host)
}

fn demo_in(folder: &Path, host: Host<'_>) -> Result<Desk> {
    let files = Files::of(folder);
    let there = files.all().all(|file| file.is_file());
    let files = if there { files } else { host.step("Composing the demo song", |_| demo::write(folder, Overwrite::Allow))? };
    let mut session = Session { title: "Demo song".into(), stage: StageChoice::Mix, ..Session::default() };
    session.add(&Sorted { mixes: vec![files.mix], references: vec![files.reference], stems: files.stems })?;
    Ok(Desk::of(session))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::{Cancel, Silent, Stamp};

    #[test]
    fn the_song_is_written_once_and_mended_when_a_file_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let cancel = Cancel::default();
        let host = Host::new(&Silent, &cancel);
        let first = demo_in(dir.path(), host).unwrap();
        let mix = first.session().current().unwrap().clone();
        assert_eq!((first.session().references.len(), first.session().stems.as_ref().unwrap().files.len()), (1, 5));
        assert!(!first.is_dirty());
        let again = demo_in(dir.path(), host).unwrap();
        assert_eq!(again.session().current().unwrap().stamp, mix.stamp, "it was written again");
        std::fs::remove_file(&mix.path).unwrap();
        demo_in(dir.path(), host).unwrap();
        assert!(Stamp::of(&mix.path).is_ok());
    }
}
