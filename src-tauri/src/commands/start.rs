//! Start, preferences, help.

use crate::fault::{Answer, Fault};
use crate::state::Held;
use crate::wire::{ExportFormat, Preferences, RecentSession, StartInfo, SystemInfo};
use plumbline::diagnose::checks;
use plumbline::export::FORMATS;
use plumbline::jobs::moment;
use plumbline::models::delivery;
use plumbline::models::system::System;
use std::path::PathBuf;

/// What the window needs at start.
#[tauri::command]
pub fn start(app: Held<'_>) -> Answer<StartInfo> {
    let remembered = app.remembered().clone();
    let recent = remembered.recent.into_iter().map(|r| RecentSession {
        missing: !r.path.exists(),
        path: r.path,
        title: r.title,
        opened: moment(r.when_ms),
    });
    Ok(StartInfo {
        version: plumbline::VERSION.into(),
        recent: recent.collect(),
        // What an older version wrote and this one does not know is left out; what is missing is as at first.
        preferences: serde_json::from_value(remembered.preferences).unwrap_or_default(),
        sound: app.listening.sound(),
        open_paths: open_paths(),
        systems: app.systems.iter().map(system).collect(),
        deliveries: delivery::all()?,
        exports: FORMATS.iter().map(|f| ExportFormat { name: f.name.into(), title: f.title.into(), extension: f.ending.into() }).collect(),
        session: super::changed(app.inner()),
    })
}

fn system(system: &System) -> SystemInfo {
    SystemInfo {
        name: system.name.clone(),
        title: system.title.clone(),
        place: system.place.clone(),
        group: system.group,
        basis: system.basis(),
        note: format!("{}; {}", system.description, system.response.source),
    }
}

/// Files named on the command line.
fn open_paths() -> Vec<PathBuf> {
    let named = std::env::args_os().skip(1).filter(|a| !a.to_string_lossy().starts_with('-')).map(PathBuf::from);
    named.map(|path| std::fs::canonicalize(&path).unwrap_or(path)).collect()
}

/// Keeps preferences for the next start.
#[tauri::command]
pub fn set_preferences(app: Held<'_>, preferences: Preferences) -> Answer<()> {
    let value = serde_json::to_value(preferences).map_err(Fault::bug)?;
    app.remember(|remembered| remembered.preferences = value)
}

/// A line for the log: faults of the window.
#[tauri::command]
pub fn log(line: String) {
    eprintln!("plumbline-app: window: {line}");
}

/// Everything there is to say about a check.
#[tauri::command]
pub fn explain(code: String) -> Answer<String> {
    let check = checks::find(&code).ok_or_else(|| Fault::setting(format!("there is no check {code}"), "choose one of the list"))?;
    Ok(check.explanation())
}
