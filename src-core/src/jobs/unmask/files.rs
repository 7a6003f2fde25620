//! Which files are stems, which is the mix, and where fixed ones go.

use super::StemsRequest;
use super::record::Record;
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use crate::jobs::files::refuse_inputs;
use crate::jobs::references::audio_files;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Names of the whole mix among stems.
const MIX_NAMES: [&str; 4] = ["mix", "mixdown", "mixture", "master"];
/// Most stems: pairs grow with the square of their number.
const MOST: usize = 64;

/// The files of an unmasking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StemFiles {
    /// The stems, in the order in which they were named.
    pub stems: Vec<PathBuf>,
    /// The mix, if there is one.
    pub mix: Option<PathBuf>,
    /// What was assumed.
    pub steps: Vec<String>,
}

impl StemFiles {
    /// Expands folders, tells the mix from the stems.
    pub(super) fn find(request: &StemsRequest, mix: Option<&Path>) -> Result<Self> {
        let mut found = Self { stems: Vec::new(), mix: mix.map(Path::to_owned), steps: Vec::new() };
        for path in &request.stems {
            if path.is_dir() {
                for file in audio_files(path)? {
                    found.add(file);
                }
            } else {
                found.stems.push(path.clone());
            }
        }
        found.check(request)?;
        Ok(found)
    }

    /// A file of a folder: a stem, or the mix.
    fn add(&mut self, file: PathBuf) {
        let same = |mix: &Path| std::fs::canonicalize(mix).ok().is_some_and(|mix| std::fs::canonicalize(&file).is_ok_and(|f| f == mix));
        if self.mix.as_deref().is_some_and(same) {
            return;
        }
        let stem = file.file_stem().map(|s| s.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        if !MIX_NAMES.contains(&stem.as_str()) {
            self.stems.push(file);
        } else if self.mix.is_none() {
            self.steps.push(format!("{} was taken for the mix, because of its name", name(&file)));
            self.mix = Some(file);
        } else {
            self.steps.push(format!("{} was left out: it is called like a mix, not like a stem", name(&file)));
        }
    }

    fn check(&self, request: &StemsRequest) -> Result<()> {
        if !(2..=MOST).contains(&self.stems.len()) {
            let problem = format!("{} found; masking is between at least two, and {MOST} at most", self.stems.len());
            return Err(Error::setting("stems", problem, "name the files, or a folder with one file for each stem"));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = self.names().into_iter().find(|name| !seen.insert(name.to_lowercase())) {
            return Err(Error::setting(twice, "two stems have this name", "give each stem a name of its own"));
        }
        if let Some((file, _)) = request.roles.iter().find(|(file, _)| !self.names().contains(file)) {
            return Err(Error::setting(format!("--role {file}"), "no stem has this name", "write the file name as it is, with its ending"));
        }
        Ok(())
    }

    /// File names of the stems.
    pub(super) fn names(&self) -> Vec<String> {
        self.stems.iter().map(|p| name(p)).collect()
    }

    /// The folder that the stems share, or the first stem.
    pub(super) fn folder(&self) -> PathBuf {
        let first = self.stems.first().and_then(|p| p.parent()).map(Path::to_owned).unwrap_or_default();
        if self.stems.iter().all(|p| p.parent() == Some(&first)) { first } else { self.stems.first().cloned().unwrap_or_default() }
    }

    /// Every file that is read.
    pub(super) fn inputs(&self) -> Vec<&Path> {
        self.stems.iter().chain(&self.mix).map(PathBuf::as_path).collect()
    }

    /// Where a stem goes: its own name; formats that are not written become WAV.
    pub(super) fn written(folder: &Path, stem: &Path) -> PathBuf {
        let path = folder.join(stem.file_name().unwrap_or_default());
        if crate::encode::Format::of_path(&path).is_ok() { path } else { path.with_extension("wav") }
    }

    /// Every file that is written.
    pub(super) fn targets(&self, folder: &Path, new_mix: &str) -> Vec<PathBuf> {
        self.stems.iter().map(|stem| Self::written(folder, stem)).chain([folder.join(new_mix)]).collect()
    }

    /// Refuses before any work what could not be written after it. Results of an earlier run that nobody has changed since may be replaced:
    /// then the answer is [`Overwrite::Allow`].
    pub(super) fn refuse(&self, folder: &Path, new_mix: &str, overwrite: Overwrite) -> Result<Overwrite> {
        let targets = self.targets(folder, new_mix);
        let record = Record::of(folder);
        let mut seen = HashSet::new();
        for target in &targets {
            if !seen.insert(target) {
                return Err(Error::setting(target.display().to_string(), "two results would have this name", "rename one of the stems"));
            }
            refuse_inputs(target, &self.inputs())?;
            if overwrite == Overwrite::Refuse && target.exists() && !record.holds(target) {
                return Err(Error::io(target, "cannot write", std::io::ErrorKind::AlreadyExists.into()));
            }
        }
        let again = targets.iter().any(|target| record.holds(target));
        Ok(if again { Overwrite::Allow } else { overwrite })
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> (tempfile::TempDir, StemsRequest) {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        let request = StemsRequest { stems: vec![dir.path().to_owned()], roles: Vec::new() };
        (dir, request)
    }

    #[test]
    fn the_mix_in_a_folder_is_no_stem() {
        let (_dir, request) = folder(&["bass.wav", "mix.wav", "vocals.flac", "notes.txt"]);
        let found = StemFiles::find(&request, None).unwrap();
        assert_eq!(found.names(), ["bass.wav", "vocals.flac"]);
        assert!(found.mix.unwrap().ends_with("mix.wav"));
        assert_eq!(found.steps.len(), 1);
    }

    #[test]
    fn one_stem_two_names_and_unknown_roles_are_refused() {
        let (_one, request) = folder(&["bass.wav", "mix.wav"]);
        assert!(StemFiles::find(&request, None).is_err());
        let (_dir, mut request) = folder(&["bass.wav", "BASS.WAV"]);
        assert!(StemFiles::find(&request, None).is_err());
        request = folder(&["a.wav", "b.wav"]).1;
        request.roles = vec![("c.wav".into(), crate::stems::Role::Bass)];
        assert!(StemFiles::find(&request, None).is_err());
    }

    #[test]
    fn inputs_and_existing_files_are_never_replaced() {
        let (dir, request) = folder(&["a.wav", "b.mp3"]);
        let found = StemFiles::find(&request, None).unwrap();
        assert!(found.refuse(dir.path(), "mix.wav", Overwrite::Allow).is_err(), "a stem would be replaced");
        let out = tempfile::tempdir().unwrap();
        found.refuse(out.path(), "mix.wav", Overwrite::Refuse).unwrap();
        std::fs::write(out.path().join("b.wav"), b"x").unwrap();
        assert!(found.refuse(out.path(), "mix.wav", Overwrite::Refuse).is_err());
        found.refuse(out.path(), "mix.wav", Overwrite::Allow).unwrap();
        assert_eq!(StemFiles::written(Path::new("out"), Path::new("in/b.mp3")), Path::new("out/b.wav"));
    }
}
