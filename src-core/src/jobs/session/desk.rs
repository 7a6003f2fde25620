//! A session being worked on: with what can be undone, what its versions were found to be, and where it is saved.

use super::edits::Sorted;
use super::history::{History, Join};
use super::{Checked, Session, Version, file};
use crate::encode::Overwrite;
use crate::error::Result;
use crate::report::Document;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A session being worked on.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    session: Session,
    history: History,
    checked: BTreeMap<String, Checked>,
    saved_to: Option<PathBuf>,
    /// As it was saved, opened or begun.
    saved: Session,
}

impl Desk {
    /// Begins with this session, which needs no saving.
    pub fn of(session: Session) -> Self {
        Self { saved: session.clone(), session, ..Self::default() }
    }

    /// Opens a saved session.
    ///
    /// # Errors
    /// Those of reading it. Missing mixes and references are no error: they are shown as missing.
    pub fn open(path: &Path) -> Result<Self> {
        let (session, checked) = file::open(path)?;
        Ok(Self { checked, saved_to: Some(path.to_owned()), ..Self::of(session) })
    }

    /// Saves the session where it was saved last, or to `path`; a file at another place is replaced only if `overwrite` allows it.
    ///
    /// # Errors
    /// Those of writing; none is written without a place.
    pub fn save(&mut self, path: Option<&Path>, overwrite: Overwrite) -> Result<()> {
        let Some(to) = path.or(self.saved_to.as_deref()) else {
            return Err(crate::Error::setting("session", "it has not been saved yet", "choose a place for it"));
        };
        let again = self.saved_to.as_deref() == Some(to);
        file::save(&self.session, &self.checked, to, if again { Overwrite::Allow } else { overwrite })?;
        self.saved_to = Some(to.to_owned());
        self.saved = self.session.clone();
        Ok(())
    }

    /// Whether there are changes that were not saved.
    pub fn is_dirty(&self) -> bool {
        self.session != self.saved
    }

    /// A version, as the next older one was found to be: what it is to be compared with.
    pub fn checked_before(&self, id: &str) -> Option<&Checked> {
        self.session.mixes.iter().skip_while(|v| v.id != id).skip(1).find_map(|v| self.checked(&v.id))
    }

    /// The session as it is.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What can be undone.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Where it was saved.
    pub fn saved_to(&self) -> Option<&Path> {
        self.saved_to.as_deref()
    }

    /// What to call the session: as it was named, else by the file it was saved to, else by its first mix; empty where there is none of these.
    pub fn title(&self) -> String {
        if !self.session.title.is_empty() {
            return self.session.title.clone();
        }
        let named_by = self.saved_to().or_else(|| self.session.mixes.last().map(|first| first.path.as_path()));
        named_by.and_then(Path::file_stem).unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Edits the session: one step, named by `label`, that can be undone. An edit that fails changes nothing.
    ///
    /// # Errors
    /// Whatever `change` returns.
    pub fn edit(&mut self, label: &str, join: Join, change: impl FnOnce(&mut Session) -> Result<()>) -> Result<()> {
        let mut after = self.session.clone();
        change(&mut after)?;
        let before = std::mem::replace(&mut self.session, after);
        self.history.record(label, before, &self.session, join);
        Ok(())
    }

    /// Changes what is no edit of the work, as the playback system that is listened through: not a step of its own, and not undone by others.
    pub fn always(&mut self, change: impl Fn(&mut Session)) {
        self.history.for_all(&change);
        change(&mut self.saved);
        change(&mut self.session);
    }

    /// Undoes the last edit; false where there is none.
    pub fn undo(&mut self) -> bool {
        self.history.undo(&mut self.session)
    }

    /// Does again what was undone; false where there is nothing.
    pub fn redo(&mut self) -> bool {
        self.history.redo(&mut self.session)
    }

    /// Notes what a check said about a version.
    pub fn note(&mut self, id: &str, document: &Document) {
        self.checked.insert(id.to_owned(), Checked::of(document));
    }

    /// What a check said about a version.
    pub fn checked(&self, id: &str) -> Option<&Checked> {
        self.checked.get(id)
    }

    /// A mix was written over by a new bounce: a new version, which is looked at if the older one was. Returns it; none if no mix has this
    /// path. This cannot be undone, as the older file is gone.
    ///
    /// # Errors
    /// Those of reading the head of the file.
    pub fn bounced(&mut self, path: &Path) -> Result<Option<Version>> {
        if self.session.mixes.iter().all(|v| v.path != path) {
            return Ok(None);
        }
        let mut with = self.session.clone();
        with.add(&Sorted { mixes: vec![path.to_owned()], ..Sorted::default() })?;
        let Some(version) = with.current().cloned() else { return Ok(None) };
        let insert = |session: &mut Session| {
            session.next_id = session.next_id.max(with.next_id);
            let looked_at = session.current().is_some_and(|v| v.path == path);
            if session.mixes.iter().any(|v| v.path == path) && session.version(&version.id).is_none() {
                session.mixes.insert(0, version.clone());
            }
            if looked_at {
                session.current_mix = Some(version.id.clone());
            }
        };
        self.history.for_all(insert);
        insert(&mut self.session);
        Ok(Some(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Settings;
    use crate::jobs::test_files::tone;

    fn desk(folder: &Path) -> Desk {
        tone(&folder.join("mix.wav"), 0.1, 0.5);
        tone(&folder.join("ref.wav"), 0.1, 0.5);
        let mut desk = Desk::default();
        let files = Sorted { mixes: vec![folder.join("mix.wav")], references: vec![folder.join("ref.wav")], ..Sorted::default() };
        desk.edit("add files", Join::Never, |s| s.add(&files)).unwrap();
        desk
    }

    #[test]
    fn a_session_comes_back_as_it_was_saved_wherever_its_folder_went() {
        let dir = tempfile::tempdir().unwrap();
        let (here, there) = (dir.path().join("here"), dir.path().join("there"));
        std::fs::create_dir(&here).unwrap();
        let mut desk = desk(&here);
        let settings = Settings { output_gain_db: 1.5, ..Settings::default() };
        desk.edit("gain", Join::Never, |s| s.set_settings(settings)).unwrap();
        desk.save(Some(&here.join("song.plumbline")), Overwrite::Refuse).unwrap();
        assert_eq!(Desk::open(&here.join("song.plumbline")).unwrap().session(), desk.session());
        std::fs::rename(&here, &there).unwrap();
        let moved = Desk::open(&there.join("song.plumbline")).unwrap();
        assert_eq!(moved.session().current().unwrap().path, there.join("mix.wav"));
        assert!(moved.session().current().unwrap().is_there());
        assert_eq!(moved.session().settings.output_gain_db, 1.5);
        assert_eq!(moved.history().undo_label(), None);
    }

    #[test]
    fn a_session_is_saved_again_without_asking_and_never_over_another_file_or_its_mix() {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = desk(dir.path());
        assert!(desk.save(None, Overwrite::Allow).is_err(), "it has no place yet");
        let (first, other) = (dir.path().join("a.plumbline"), dir.path().join("b.plumbline"));
        std::fs::write(&other, b"x").unwrap();
        desk.save(Some(&first), Overwrite::Refuse).unwrap();
        desk.save(None, Overwrite::Refuse).unwrap();
        assert!(desk.save(Some(&other), Overwrite::Refuse).is_err());
        assert!(desk.save(Some(&dir.path().join("mix.wav")), Overwrite::Allow).is_err());
        assert_eq!(desk.saved_to(), Some(first.as_path()));
        assert!(!desk.is_dirty());
        desk.edit("stage", Join::Never, |s| {
            s.stage = crate::diagnose::StageChoice::Mix;
            Ok(())
        })
        .unwrap();
        assert!(desk.is_dirty());
        assert!(desk.undo() && !desk.is_dirty(), "back to what was saved");
    }

    #[test]
    fn what_is_no_session_is_refused_and_a_missing_mix_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = desk(dir.path());
        let path = dir.path().join("a.plumbline");
        desk.save(Some(&path), Overwrite::Refuse).unwrap();
        let json = std::fs::read_to_string(&path).unwrap();
        for bad in [
            "",
            "{}",
            "[1]",
            &json.replace("plumbline-session/1", "plumbline-session/9"),
            &json.replace("\"q\"", "\"z\"").replace("\"output_gain_db\": 0.0", "\"output_gain_db\": 1e9"),
        ] {
            std::fs::write(dir.path().join("bad.plumbline"), bad).unwrap();
            assert!(Desk::open(&dir.path().join("bad.plumbline")).is_err(), "{bad:.60}");
        }
        std::fs::remove_file(dir.path().join("mix.wav")).unwrap();
        assert!(!Desk::open(&path).unwrap().session().current().unwrap().is_there());
    }

    #[test]
    fn what_is_listened_through_is_no_step_and_survives_undo() {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = desk(dir.path());
        desk.save(Some(&dir.path().join("a.plumbline")), Overwrite::Refuse).unwrap();
        desk.always(|s| s.playback_system = Some("tv".into()));
        assert!(!desk.is_dirty() && desk.history().undo_label() == Some("add files"));
        assert!(desk.undo());
        assert_eq!((desk.session().playback_system.as_deref(), desk.session().mixes.len()), (Some("tv"), 0));
    }

    #[test]
    fn a_session_is_called_by_its_name_its_file_or_its_first_mix() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Desk::default().title(), "");
        let mut desk = desk(dir.path());
        assert_eq!(desk.title(), "mix");
        tone(&dir.path().join("mix.wav"), 0.2, 0.4);
        desk.bounced(&dir.path().join("mix.wav")).unwrap().unwrap();
        assert_eq!(desk.title(), "mix", "a new bounce is no new song");
        desk.save(Some(&dir.path().join("Night drive.plumbline")), Overwrite::Refuse).unwrap();
        assert_eq!(desk.title(), "Night drive");
        desk.always(|s| s.title = "Song".into());
        assert_eq!(desk.title(), "Song");
    }

    #[test]
    fn a_bounce_becomes_a_version_that_undo_does_not_take_away() {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = desk(dir.path());
        let mix = dir.path().join("mix.wav");
        desk.edit("title", Join::Never, |s| {
            s.title = "Song".into();
            Ok(())
        })
        .unwrap();
        tone(&mix, 0.2, 0.4);
        let version = desk.bounced(&mix).unwrap().unwrap();
        assert_eq!(desk.session().current_mix.as_deref(), Some(version.id.as_str()));
        assert!(version.is_there() && !desk.session().mixes[1].is_there());
        assert!(desk.undo());
        assert_eq!((desk.session().title.as_str(), desk.session().mixes.len()), ("", 2));
        assert_eq!(desk.session().current_mix.as_deref(), Some(version.id.as_str()));
        assert!(desk.bounced(Path::new("other.wav")).unwrap().is_none());
        assert_eq!(desk.bounced(&mix).unwrap().unwrap().id, version.id, "the same state is no new version");
    }
}
