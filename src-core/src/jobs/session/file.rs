//! Sessions as files: small JSON, written whole or not at all. Files beside the session are named from its folder, so that a project can be
//! moved as a whole.

use super::{Checked, SCHEMA, Session};
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use crate::jobs::files::write_whole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Ending of the name of a session file.
pub const ENDING: &str = "plumbline";

/// Largest session file that is read, bytes: a thousand checked versions.
pub const MOST_BYTES: u64 = 64 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    schema: String,
    tool_version: String,
    session: Session,
    #[serde(default)]
    checked: BTreeMap<String, Checked>,
}

/// Writes a session.
///
/// # Errors
/// [`Error::Io`] if it cannot be written or may not be replaced, [`Error::InvalidSetting`] where it would replace one of its own files.
pub(super) fn save(session: &Session, checked: &BTreeMap<String, Checked>, path: &Path, overwrite: Overwrite) -> Result<()> {
    let mut named = session.clone();
    if let Some(folder) = path.parent() {
        for file in paths(&mut named) {
            if let Ok(beside) = file.strip_prefix(folder) {
                *file = beside.to_owned();
            }
        }
    }
    let checked = checked.iter().filter(|(id, _)| session.version(id).is_some());
    let saved = Saved {
        schema: SCHEMA.into(),
        tool_version: crate::VERSION.into(),
        session: named,
        checked: checked.map(|(id, checked)| (id.clone(), checked.clone())).collect(),
    };
    let json = serde_json::to_string_pretty(&saved).map_err(|e| Error::Bug { place: "jobs::session", problem: e.to_string() })?;
    let mut own = session.clone();
    let inputs: Vec<PathBuf> = paths(&mut own).map(|p| p.clone()).collect();
    write_whole(path, (json + "\n").as_bytes(), overwrite, &inputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())
}

/// Reads a session. Its files need not be there.
///
/// # Errors
/// [`Error::Io`] if it cannot be read, [`Error::Malformed`] if it is no session, [`Error::InvalidSetting`] for settings out of range.
pub(super) fn open(path: &Path) -> Result<(Session, BTreeMap<String, Checked>)> {
    let malformed =
        |problem: String| Error::Malformed { path: path.to_owned(), problem, hint: "name a session that was saved by Plumbline" };
    let io = |e| Error::io(path, "cannot read the session", e);
    if std::fs::metadata(path).map_err(io)?.len() > MOST_BYTES {
        return Err(malformed("it is too large for a session".into()));
    }
    let json = std::fs::read(path).map_err(io)?;
    let saved: Saved = serde_json::from_slice(&json).map_err(|e| malformed(format!("this is no session: {e}")))?;
    if saved.schema != SCHEMA {
        return Err(malformed(format!("its schema is {:?}, not {SCHEMA:?}", saved.schema)));
    }
    let mut session = saved.session;
    session.settings.validate(None)?;
    session.snapshots.iter().flatten().try_for_each(|kept| kept.settings.validate(None))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    // `join` keeps what is absolute as it is.
    paths(&mut session).for_each(|file| *file = folder.join(&file));
    if session.current().is_none() {
        session.current_mix = session.mixes.first().map(|v| v.id.clone());
    }
    Ok((session, saved.checked))
}

/// Every file that the session names.
fn paths(session: &mut Session) -> impl Iterator<Item = &mut PathBuf> {
    let mixes = session.mixes.iter_mut().map(|v| &mut v.path);
    let references = session.references.iter_mut().map(|r| &mut r.path);
    mixes.chain(references).chain(session.stems.iter_mut().flat_map(|s| &mut s.files))
}
