//! What a file that was dropped is likely to be, so that one key confirms it.

use super::references::audio_files;
use super::session::{ENDING, Session};
use crate::decode;
use crate::error::Error;
use crate::stems::{Role, role_of_name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a file is to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A mix or a version of it.
    Mix,
    /// Something to hold it against.
    Reference,
    /// Stems: one, or a folder of them.
    Stems,
    /// A saved session.
    Session,
    /// Nothing that can be read.
    Unreadable,
}

/// A file and what it is likely to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Guess {
    /// The file or folder.
    pub path: PathBuf,
    /// What it is likely to be.
    pub kind: Kind,
    /// Why it cannot be read.
    pub message: Option<String>,
}

/// Words in names of references and of mixes.
const REFERENCE_WORDS: [&str; 4] = ["ref", "refs", "reference", "references"];
const MIX_WORDS: [&str; 6] = ["mix", "mixdown", "bounce", "master", "premaster", "print"];

/// Says of each file what it is likely to be: by its ending, by words and instruments in its name, by whether its name is like that of the
/// session's mix, and by whether the session has a mix yet. Files are opened to see whether they can be read.
pub fn guess(paths: &[PathBuf], session: &Session) -> Vec<Guess> {
    let mut titles: Vec<BTreeSet<String>> = session.mixes.iter().map(|v| title_words(&v.path)).collect();
    let several_stems = paths.iter().filter(|p| role(p).is_some()).count() >= 2;
    let mut out = Vec::with_capacity(paths.len());
    for path in paths {
        let kind = match readable(path) {
            Err(error) => {
                out.push(Guess { path: path.clone(), kind: Kind::Unreadable, message: Some(error.to_string()) });
                continue;
            }
            Ok(Some(certain)) => certain,
            Ok(None) => of_audio(path, &titles, several_stems),
        };
        if kind == Kind::Mix {
            titles.push(title_words(path));
        }
        out.push(Guess { path: path.clone(), kind, message: None });
    }
    out
}

/// What a path can only be; none for audio, which can be anything.
fn readable(path: &Path) -> Result<Option<Kind>, Error> {
    if path.is_dir() {
        let files = audio_files(path)?;
        let stems = files.iter().filter(|f| role(f).is_some()).count();
        let named = words(path).iter().any(|w| REFERENCE_WORDS.contains(&w.as_str()));
        return Ok(Some(if !named && 2 * stems > files.len() { Kind::Stems } else { Kind::Reference }));
    }
    let ending = |known: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(known));
    if ending(ENDING) {
        return Ok(Some(Kind::Session));
    }
    if ending("json") {
        super::references::read_profile(path)?;
        return Ok(Some(Kind::Reference));
    }
    decode::open(path).map(|_| None)
}

fn of_audio(path: &Path, mixes: &[BTreeSet<String>], several_stems: bool) -> Kind {
    let words = words(path);
    let has = |known: &[&str]| words.iter().any(|w| known.contains(&w.as_str()));
    let title = title_words(path);
    // Most of the shorter title is in the other: "song v2" beside "song final".
    let alike = |mix: &BTreeSet<String>| {
        let common = mix.intersection(&title).count();
        common > 0 && 2 * common > mix.len().min(title.len())
    };
    if has(&REFERENCE_WORDS) {
        Kind::Reference
    } else if has(&MIX_WORDS) || mixes.iter().any(alike) {
        Kind::Mix
    } else if several_stems && role(path).is_some() {
        Kind::Stems
    } else if mixes.is_empty() {
        Kind::Mix
    } else {
        Kind::Reference
    }
}

fn role(path: &Path) -> Option<Role> {
    role_of_name(&path.file_name()?.to_string_lossy())
}

/// The words of a file's name without its ending, in small letters.
fn words(path: &Path) -> Vec<String> {
    let stem = if path.is_dir() { path.file_name() } else { path.file_stem() };
    let name = stem.unwrap_or_default().to_string_lossy().to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// The words that are the title: no numbers, versions or words for mixes.
fn title_words(path: &Path) -> BTreeSet<String> {
    let version = |w: &str| w.trim_start_matches(['v', 'r']).chars().all(|c| c.is_ascii_digit());
    words(path).into_iter().filter(|w| !version(w) && !MIX_WORDS.contains(&w.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::session::Sorted;
    use crate::jobs::test_files::tone;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            tone(&path, 0.05, 0.5);
        }
        dir
    }

    fn kinds(dir: &Path, names: &[&str], session: &Session) -> Vec<Kind> {
        guess(&names.iter().map(|n| dir.join(n)).collect::<Vec<_>>(), session).into_iter().map(|g| g.kind).collect()
    }

    #[test]
    fn the_first_file_is_the_mix_and_others_are_references() {
        let dir = folder(&["summer.wav", "Some Record.wav", "ref 2.wav"]);
        let found = kinds(dir.path(), &["summer.wav", "Some Record.wav", "ref 2.wav"], &Session::default());
        assert_eq!(found, [Kind::Mix, Kind::Reference, Kind::Reference]);
        assert_eq!(kinds(dir.path(), &["ref 2.wav"], &Session::default()), [Kind::Reference]);
    }

    #[test]
    fn a_file_named_like_the_mix_is_a_version_of_it() {
        let dir = folder(&["summer v1.wav", "summer v2.wav", "winter.wav", "master.wav"]);
        let mut session = Session::default();
        session.add(&Sorted { mixes: vec![dir.path().join("summer v1.wav")], ..Sorted::default() }).unwrap();
        let found = kinds(dir.path(), &["summer v2.wav", "winter.wav", "master.wav"], &session);
        assert_eq!(found, [Kind::Mix, Kind::Reference, Kind::Mix]);
    }

    #[test]
    fn folders_and_files_named_after_instruments_are_stems() {
        let dir = folder(&["stems/bass.wav", "stems/drums.wav", "stems/x.wav", "refs/a.wav", "refs/b.wav"]);
        assert_eq!(kinds(dir.path(), &["stems", "refs"], &Session::default()), [Kind::Stems, Kind::Reference]);
        assert_eq!(kinds(dir.path(), &["stems/bass.wav", "stems/drums.wav"], &Session::default()), [Kind::Stems; 2]);
        assert_eq!(kinds(dir.path(), &["stems/bass.wav"], &Session::default()), [Kind::Mix], "a song may be called bass");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let dir = folder(&["a.wav"]);
        std::fs::write(dir.path().join("broken.wav"), b"no audio at all").unwrap();
        std::fs::write(dir.path().join("song.plumbline"), b"{}").unwrap();
        let names = ["broken.wav", "song.plumbline", "gone.wav"].map(|n| dir.path().join(n));
        let found = guess(&names, &Session::default());
        assert_eq!(found.iter().map(|g| g.kind).collect::<Vec<_>>(), [Kind::Unreadable, Kind::Session, Kind::Unreadable]);
        assert!(found[0].message.as_ref().unwrap().contains("broken.wav"));
    }
}
