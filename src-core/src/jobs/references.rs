//! What the user means by a reference: a file, a folder of files, or a saved profile.

use super::Host;
use super::measuring::{Measured, measure_files, measure_files_telling};
use crate::compare::{self, Reference};
use crate::error::{Error, Result};
use crate::models::profile::{Portrait, Profile};
use std::path::{Path, PathBuf};

/// File name endings that are taken for audio when a folder is given. A file named by itself is always tried.
const AUDIO_ENDINGS: [&str; 18] =
    ["wav", "wave", "rf64", "bwf", "aif", "aiff", "aifc", "flac", "mp3", "mp2", "m4a", "mp4", "aac", "ogg", "oga", "opus", "caf", "alac"];

/// One reference as named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferencePath {
    /// An audio file.
    Audio(PathBuf),
    /// A profile made by `learn`.
    Profile(PathBuf),
}

impl ReferencePath {
    /// The path, if it is audio.
    fn audio(&self) -> Option<&Path> {
        match self {
            Self::Audio(path) => Some(path),
            Self::Profile(_) => None,
        }
    }
}

/// Expands what the user named: folders to the audio files in them, in order of name; `.json` is a profile.
///
/// Errors where a name does not exist or a folder holds no audio.
pub fn expand(named: &[PathBuf]) -> Result<Vec<ReferencePath>> {
    let mut out = Vec::new();
    for path in named {
        let facts = std::fs::metadata(path).map_err(|e| Error::io(path, "cannot read the reference", e))?;
        if facts.is_dir() {
            out.extend(audio_files(path)?.into_iter().map(ReferencePath::Audio));
        } else if has_ending(path, &["json"]) {
            out.push(ReferencePath::Profile(path.clone()));
        } else {
            out.push(ReferencePath::Audio(path.clone()));
        }
    }
    Ok(out)
}

/// References that are known: measured now, or read from a profile.
#[derive(Clone, Debug, Default)]
pub struct KnownReferences {
    /// One portrait per reference, in the order named.
    portraits: Vec<Portrait>,
    /// Those that were measured now, with the index of their portrait.
    measured: Vec<(usize, Measured)>,
}

impl KnownReferences {
    /// Puts measured files and saved portraits together in the order in which they were named.
    fn gather(paths: Vec<ReferencePath>, measured: Vec<Measured>) -> Result<Self> {
        let mut known = Self::default();
        let mut measured = measured.into_iter();
        for path in paths {
            match path {
                ReferencePath::Audio(_) => {
                    let Some(file) = measured.next() else { continue };
                    known.measured.push((known.portraits.len(), file));
                    if let Some((_, file)) = known.measured.last() {
                        known.portraits.push(compare::portrait(file.info.name.clone(), &file.measurements));
                    }
                }
                ReferencePath::Profile(path) => known.portraits.extend(read_profile(&path)?.references),
            }
        }
        Ok(known)
    }

    /// As comparisons take them.
    pub fn references(&self) -> Vec<Reference<'_>> {
        let of = |(index, portrait)| {
            let measurements = self.measured.iter().find(|(i, _)| *i == index).map(|(_, m)| &m.measurements);
            Reference { portrait, measurements }
        };
        self.portraits.iter().enumerate().map(of).collect()
    }

    /// Those that were measured now.
    pub fn measured(&self) -> impl Iterator<Item = &Measured> {
        self.measured.iter().map(|(_, measured)| measured)
    }

    /// Those that were measured now, each with its place in the order named.
    pub fn indexed(&self) -> impl Iterator<Item = (usize, &Measured)> {
        self.measured.iter().map(|(index, measured)| (*index, measured))
    }

    /// Their portraits, in the order named.
    pub fn portraits(&self) -> &[Portrait] {
        &self.portraits
    }
}

/// Measures a file and everything it is to be held against, side by side.
pub fn measure_with_references(mix: &Path, named: &[PathBuf], host: Host<'_>) -> Result<(Measured, KnownReferences)> {
    measure_telling(mix, named, host, &|_| {})
}

/// The same; `first` is told of the file as soon as that is measured.
pub(super) fn measure_telling(
    mix: &Path,
    named: &[PathBuf],
    host: Host<'_>,
    first: &(dyn Fn(&Measured) + Sync),
) -> Result<(Measured, KnownReferences)> {
    let paths = expand(named)?;
    let mut files = vec![mix];
    files.extend(paths.iter().filter_map(ReferencePath::audio));
    let mut measured = measure_files_telling(&files, host, first)?.into_iter();
    let Some(own) = measured.next() else {
        return Err(Error::Bug { place: "jobs::references", problem: "a measured file is missing".into() });
    };
    Ok((own, KnownReferences::gather(paths, measured.collect())?))
}

/// Measures references alone.
pub fn measure_references(named: &[PathBuf], host: Host<'_>) -> Result<KnownReferences> {
    let paths = expand(named)?;
    let files: Vec<&Path> = paths.iter().filter_map(ReferencePath::audio).collect();
    let measured = measure_files(&files, host)?;
    KnownReferences::gather(paths, measured)
}

/// Largest profile that is read, bytes: far above what the most references need.
const LARGEST_PROFILE: u64 = 64 << 20;

pub(super) fn read_profile(path: &Path) -> Result<Profile> {
    let size = std::fs::metadata(path).map_err(|e| Error::io(path, "cannot read the profile", e))?.len();
    if size > LARGEST_PROFILE {
        return Err(Error::Malformed {
            path: path.to_owned(),
            problem: format!("{size} bytes are too many for a profile"),
            hint: "name a profile made by `plumb learn`",
        });
    }
    let json = std::fs::read_to_string(path).map_err(|e| Error::io(path, "cannot read the profile", e))?;
    Profile::parse(path, &json)
}

/// The audio files of a folder, without its sub-folders and hidden files, in order of name.
pub fn audio_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = std::fs::read_dir(folder).map_err(|e| Error::io(folder, "cannot list the folder", e))?;
    let mut files = Vec::new();
    for entry in listing {
        let path = entry.map_err(|e| Error::io(folder, "cannot list the folder", e))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_file() && !hidden && has_ending(&path, &AUDIO_ENDINGS) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Error::Unsupported {
            path: folder.to_owned(),
            problem: "the folder holds no audio files".into(),
            hint: "name a folder with WAV, AIFF, FLAC, MP3, M4A, Ogg or Opus files in it",
        });
    }
    files.sort();
    Ok(files)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| endings.iter().any(|e| ending.eq_ignore_ascii_case(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_its_audio_files_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.flac", "a.WAV", "notes.txt", ".hidden.wav"] {
            std::fs::write(dir.path().join(name), b"").unwrap();
        }
        let found = expand(&[dir.path().to_owned()]).unwrap();
        assert_eq!(found, ["a.WAV", "b.flac"].map(|n| ReferencePath::Audio(dir.path().join(n))));
    }

    #[test]
    fn a_profile_is_known_by_its_ending() {
        let dir = tempfile::tempdir().unwrap();
        let profile = dir.path().join("mine.json");
        std::fs::write(&profile, b"{}").unwrap();
        assert_eq!(expand(std::slice::from_ref(&profile)).unwrap(), [ReferencePath::Profile(profile)]);
    }

    #[test]
    fn what_is_missing_or_empty_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(expand(&[dir.path().join("none.wav")]), Err(Error::Io { .. })));
        assert!(matches!(expand(&[dir.path().to_owned()]), Err(Error::Unsupported { .. })));
    }
}
