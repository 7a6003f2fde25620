//! The session: opened, saved, put together, undone.

use super::{changed, edit};
use crate::fault::{Answer, Code, Fault};
use crate::progress::ProgressEvent;
use crate::state::{App, Held, aside};
use crate::wire::SessionView;
use plumbline::diagnose::StageChoice;
use plumbline::encode::Overwrite;
use plumbline::jobs::preferences::Recent;
use plumbline::jobs::session::{Accepted, Desk, Sorted};
use plumbline::jobs::{self, Guess};
use plumbline::stems::Role;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tauri::ipc::Channel;

/// Makes the built-in song, if it has not been made yet, and begins a session with it.
#[tauri::command]
pub async fn open_demo(app: Held<'_>, job: String, progress: Channel<ProgressEvent>) -> Answer<SessionView> {
    let app = app.inner().clone();
    let desk = app.job(job, progress, |_, host| Ok(jobs::session::demo(host)?)).await?;
    Ok(replace(&app, desk))
}

/// Begins an empty session.
#[tauri::command]
pub fn new_session(app: Held<'_>) -> SessionView {
    replace(app.inner(), Desk::default())
}

/// Opens a saved session.
#[tauri::command]
pub async fn open_session(app: Held<'_>, path: PathBuf) -> Answer<SessionView> {
    let app = app.inner().clone();
    let desk = aside(move || Ok(Desk::open(&path)?)).await?;
    let view = replace(&app, desk);
    note_recent(&app)?;
    Ok(view)
}

/// Saves the session at a place that the user has chosen, or where it was saved before.
#[tauri::command]
pub fn save_session(app: Held<'_>, path: Option<PathBuf>) -> Answer<SessionView> {
    if path.is_none() && app.desk().saved_to().is_none() {
        let what = "the session has not been saved yet".into();
        return Err(Fault { code: Code::Missing, what, place: None, hint: "choose a place for it".into() });
    }
    // A place that was chosen was chosen in the system's dialog, which asks before it lets a file be replaced.
    app.desk().save(path.as_deref(), Overwrite::Allow)?;
    note_recent(app.inner())?;
    Ok(changed(app.inner()))
}

fn replace(app: &Arc<App>, desk: Desk) -> SessionView {
    *app.desk() = desk;
    changed(app)
}

fn note_recent(app: &Arc<App>) -> Answer<()> {
    let (path, title) = {
        let desk = app.desk();
        let Some(path) = desk.saved_to() else { return Ok(()) };
        (path.to_owned(), desk.title())
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    app.remember(|r| r.opened(Recent { path, title, when_ms: u64::try_from(since.as_millis()).unwrap_or(0) }))
}

/// What dropped files are likely to be.
#[tauri::command]
pub async fn guess(app: Held<'_>, paths: Vec<PathBuf>) -> Answer<Vec<Guess>> {
    let session = app.desk().session().clone();
    aside(move || Ok(jobs::guess(&paths, &session))).await
}

/// Takes files into the session.
#[tauri::command]
pub async fn add_files(app: Held<'_>, files: Sorted) -> Answer<SessionView> {
    let app = app.inner().clone();
    aside(move || edit(&app, "add files", |s| s.add(&files))).await
}

/// Takes a version, a reference or the stems out of the session.
#[tauri::command]
pub fn remove_item(app: Held<'_>, id: String) -> Answer<SessionView> {
    edit(app.inner(), "remove", |s| s.remove(&id))
}

/// Looks at another version.
#[tauri::command]
pub fn select_mix(app: Held<'_>, id: String) -> Answer<SessionView> {
    edit(app.inner(), "select version", |s| s.select(&id))
}

/// Judges the mix as what.
#[tauri::command]
pub fn set_stage(app: Held<'_>, stage: StageChoice) -> Answer<SessionView> {
    edit(app.inner(), "judge as", |s| {
        s.stage = stage;
        Ok(())
    })
}

/// Says what plays in a stem; an empty role leaves it to its name and sound.
#[tauri::command]
pub fn set_stem_role(app: Held<'_>, path: PathBuf, role: String) -> Answer<SessionView> {
    let found = Role::find(&role);
    if found.is_none() && !role.is_empty() {
        return Err(Fault::setting(format!("there is no role {role}"), "choose one of the list"));
    }
    edit(app.inner(), "role of a stem", |s| s.set_role(&path, found))
}

/// Marks a finding as meant to be so, or takes the mark away.
#[tauri::command]
pub fn accept(app: Held<'_>, code: String, system: Option<String>, on: bool) -> Answer<SessionView> {
    edit(app.inner(), if on { "accept" } else { "accept no more" }, |s| {
        s.accept(Accepted { code, system }, on);
        Ok(())
    })
}

/// Gives the session a name.
#[tauri::command]
pub fn rename_session(app: Held<'_>, title: String) -> Answer<SessionView> {
    edit(app.inner(), "rename", |s| {
        s.title = title.trim().to_owned();
        Ok(())
    })
}

/// Undoes the last edit.
#[tauri::command]
pub fn undo(app: Held<'_>) -> SessionView {
    app.desk().undo();
    changed(app.inner())
}

/// Does again what was undone.
#[tauri::command]
pub fn redo(app: Held<'_>) -> SessionView {
    app.desk().redo();
    changed(app.inner())
}
