//! What the user can do to a session. Each edit leaves the session as it was if it fails.

use super::{Accepted, ReferenceFile, SNAPSHOTS, Session, Snapshot, StemSet, Version};
use crate::chain::Settings;
use crate::decode;
use crate::encode::same_file;
use crate::error::{Error, Result};
use crate::jobs::references::{ReferencePath, audio_files, expand, read_profile};
use crate::stems::Role;
use std::path::{Path, PathBuf};

/// Files sorted by what they are to the session.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Sorted {
    /// Mixes, the newest last.
    #[serde(default)]
    pub mixes: Vec<PathBuf>,
    /// Files, folders and profiles to hold the mix against.
    #[serde(default)]
    pub references: Vec<PathBuf>,
    /// Stems, or folders of them.
    #[serde(default)]
    pub stems: Vec<PathBuf>,
}

impl Session {
    /// Takes files in. Each must be readable; folders stand for the audio in them; what is there already stays as it is.
    ///
    /// # Errors
    /// Those of reading the head of each file.
    pub fn add(&mut self, files: &Sorted) -> Result<()> {
        let mut to = self.clone();
        files.mixes.iter().try_for_each(|path| to.add_mix(path))?;
        for named in expand(&files.references)? {
            to.add_reference(named)?;
        }
        files.stems.iter().try_for_each(|path| to.add_stems(path))?;
        *self = to;
        Ok(())
    }

    fn add_mix(&mut self, path: &Path) -> Result<()> {
        let id = self.new_id('m');
        let version = Version::of(id, path)?;
        let known = self.mixes.iter().find(|v| v.path == version.path && v.stamp == version.stamp);
        let id = known.map_or_else(|| version.id.clone(), |v| v.id.clone());
        if id == version.id {
            self.mixes.insert(0, version);
        }
        self.current_mix = Some(id);
        Ok(())
    }

    fn add_reference(&mut self, named: ReferencePath) -> Result<()> {
        let path = match named {
            ReferencePath::Audio(path) => {
                decode::open(&path)?;
                path
            }
            ReferencePath::Profile(path) => {
                read_profile(&path)?;
                path
            }
        };
        if !self.references.iter().any(|r| same_file(&r.path, &path)) {
            let id = self.new_id('r');
            self.references.push(ReferenceFile { id, path });
        }
        Ok(())
    }

    fn add_stems(&mut self, path: &Path) -> Result<()> {
        let files = if path.is_dir() { audio_files(path)? } else { vec![path.to_owned()] };
        let mix = self.current().map(|v| v.path.clone());
        let set = self.stems.get_or_insert_with(StemSet::default);
        for file in files {
            decode::open(&file)?;
            let is_mix = mix.as_deref().is_some_and(|mix| same_file(mix, &file));
            if !is_mix && !set.files.iter().any(|f| same_file(f, &file)) {
                set.files.push(file);
            }
        }
        Ok(())
    }

    /// Takes a version, a reference, or (`stems`) the stems out of the session. The file stays where it is.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for an id that is not there.
    pub fn remove(&mut self, id: &str) -> Result<()> {
        if id == "stems" && self.stems.take().is_some() {
            return Ok(());
        }
        let count = self.mixes.len() + self.references.len();
        self.mixes.retain(|v| v.id != id);
        self.references.retain(|r| r.id != id);
        if self.mixes.len() + self.references.len() == count {
            return Err(unknown(id));
        }
        if self.current_mix.as_deref() == Some(id) {
            self.current_mix = self.mixes.first().map(|v| v.id.clone());
        }
        Ok(())
    }

    /// Looks at another version.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for an id that is no version's.
    pub fn select(&mut self, id: &str) -> Result<()> {
        self.current_mix = Some(self.version(id).ok_or_else(|| unknown(id))?.id.clone());
        Ok(())
    }

    /// Says what plays in a stem; none leaves it to its name and sound.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for a file that is no stem.
    pub fn set_role(&mut self, path: &Path, role: Option<Role>) -> Result<()> {
        let set = self.stems.as_mut().filter(|set| set.files.iter().any(|f| f == path));
        let (Some(set), Some(name)) = (set, path.file_name()) else { return Err(unknown(&path.display().to_string())) };
        let name = name.to_string_lossy().into_owned();
        match role {
            Some(role) => set.roles.insert(name, role),
            None => set.roles.remove(&name),
        };
        Ok(())
    }

    /// Marks a finding as meant to be so, or takes the mark away.
    pub fn accept(&mut self, accepted: Accepted, on: bool) {
        self.accepted.retain(|a| *a != accepted);
        if on {
            self.accepted.push(accepted);
        }
    }

    /// Plays the fixed version with other settings.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] that names the first value out of range.
    pub fn set_settings(&mut self, settings: Settings) -> Result<()> {
        settings.validate(self.current().map(|v| f64::from(v.format.sample_rate)))?;
        self.settings = settings;
        Ok(())
    }

    /// Keeps the settings under a name.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for a place that is not there.
    pub fn store_snapshot(&mut self, index: usize, name: &str) -> Result<()> {
        let settings = self.settings.clone();
        *self.snapshots.get_mut(index).ok_or_else(|| no_snapshot(index))? = Some(Snapshot { name: name.trim().to_owned(), settings });
        self.active_snapshot = Some(index);
        Ok(())
    }

    /// Takes settings that were kept.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for a place where nothing was kept.
    pub fn recall_snapshot(&mut self, index: usize) -> Result<()> {
        let kept = self.snapshots.get(index).and_then(Option::as_ref).ok_or_else(|| no_snapshot(index))?;
        self.settings = kept.settings.clone();
        self.active_snapshot = Some(index);
        Ok(())
    }
}

fn unknown(id: &str) -> Error {
    Error::setting(id, "this is not in the session", "choose something that is in the list")
}

fn no_snapshot(index: usize) -> Error {
    Error::setting(format!("snapshot {}", index + 1), "nothing is kept there", format!("keep settings there first; there are {SNAPSHOTS}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::test_files::tone;

    fn folder(names: &[&str]) -> (tempfile::TempDir, Vec<PathBuf>) {
        let dir = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = names.iter().map(|n| dir.path().join(n)).collect();
        paths.iter().for_each(|p| tone(p, 0.1, 0.5));
        (dir, paths)
    }

    #[test]
    fn files_are_taken_in_once_and_the_newest_mix_is_looked_at() {
        let (dir, paths) = folder(&["mix 1.wav", "mix 2.wav", "ref.wav", "bass.wav", "drums.wav"]);
        let mut session = Session::default();
        let files = Sorted { mixes: paths[..2].to_vec(), references: vec![paths[2].clone()], stems: paths[3..].to_vec() };
        session.add(&files).unwrap();
        session.add(&files).unwrap();
        assert_eq!((session.mixes.len(), session.references.len()), (2, 1));
        assert_eq!(session.current().unwrap().path, paths[1]);
        assert_eq!(session.stems.as_ref().unwrap().files, paths[3..]);
        assert!((session.current().unwrap().duration_s.unwrap() - 0.1).abs() < 1e-9);
        session.add(&Sorted { stems: vec![dir.path().into()], ..Sorted::default() }).unwrap();
        assert_eq!(session.stems.as_ref().unwrap().files.len(), 4, "the mix is no stem of itself");
    }

    #[test]
    fn a_file_that_cannot_be_read_leaves_the_session_as_it_was() {
        let (dir, paths) = folder(&["mix.wav"]);
        let broken = dir.path().join("broken.wav");
        std::fs::write(&broken, b"no audio").unwrap();
        let mut session = Session::default();
        let failed = session.add(&Sorted { mixes: vec![paths[0].clone()], references: vec![broken], ..Sorted::default() });
        assert!(failed.is_err());
        assert_eq!(session, Session::default());
    }

    #[test]
    fn removing_the_version_looked_at_goes_to_the_newest_left() {
        let (_dir, paths) = folder(&["a.wav", "b.wav", "c.wav"]);
        let mut session = Session::default();
        session.add(&Sorted { mixes: paths.clone(), ..Sorted::default() }).unwrap();
        session.select("m1").unwrap();
        session.remove("m1").unwrap();
        assert_eq!(session.current().unwrap().path, paths[2]);
        assert!(session.remove("m1").is_err() && session.remove("stems").is_err() && session.select("m1").is_err());
        session.add(&Sorted { mixes: vec![paths[0].clone()], ..Sorted::default() }).unwrap();
        assert_eq!(session.current_mix.as_deref(), Some("m4"), "ids are not used twice");
    }

    #[test]
    fn settings_out_of_range_are_refused_and_snapshots_come_back() {
        let mut session = Session::default();
        let wild = Settings { output_gain_db: 900.0, ..Settings::default() };
        assert!(session.set_settings(wild).is_err() && session.settings == Settings::default());
        let louder = Settings { output_gain_db: 2.0, ..Settings::default() };
        session.set_settings(louder.clone()).unwrap();
        session.store_snapshot(1, " loud ").unwrap();
        session.set_settings(Settings::default()).unwrap();
        session.recall_snapshot(1).unwrap();
        assert_eq!((&session.settings, session.active_snapshot), (&louder, Some(1)));
        assert_eq!(session.snapshots[1].as_ref().unwrap().name, "loud");
        assert!(session.recall_snapshot(0).is_err() && session.store_snapshot(SNAPSHOTS, "x").is_err());
    }

    #[test]
    fn roles_and_accepted_findings_can_be_taken_back() {
        let (_dir, paths) = folder(&["gtr 2.wav"]);
        let mut session = Session::default();
        session.add(&Sorted { stems: paths.clone(), ..Sorted::default() }).unwrap();
        session.set_role(&paths[0], Some(Role::Guitar)).unwrap();
        assert_eq!(session.stems.as_ref().unwrap().roles["gtr 2.wav"], Role::Guitar);
        session.set_role(&paths[0], None).unwrap();
        assert!(session.stems.as_ref().unwrap().roles.is_empty());
        assert!(session.set_role(Path::new("other.wav"), Some(Role::Bass)).is_err());
        let meant = Accepted { code: "tonal.bright".into(), system: None };
        session.accept(meant.clone(), true);
        session.accept(meant.clone(), true);
        assert_eq!(session.accepted, std::slice::from_ref(&meant));
        session.accept(meant, false);
        assert!(session.accepted.is_empty());
    }
}
