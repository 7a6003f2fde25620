//! Transport and what is heard.

use super::changed;
use super::files::{inputs, overwrite};
use crate::fault::{Answer, Fault};
use crate::listening::reference_side;
use crate::state::{Held, aside};
use crate::wire::{MixSide, SessionView, Side, Sound, Which};
use plumbline::audio::TimeRange;
use plumbline::audition;
use plumbline::jobs::files::refuse_inputs;
use std::path::{Path, PathBuf};
use tauri::ipc::{Channel, InvokeResponseBody};

/// Plays on from where it was.
#[tauri::command]
pub async fn play(app: Held<'_>) -> Answer<()> {
    let app = app.inner().clone();
    aside(move || {
        app.listening.follow(&app);
        Ok(app.listening.play()?)
    })
    .await
}

/// Stops and stays where it is.
#[tauri::command]
pub fn pause(app: Held<'_>) {
    app.listening.engine().pause();
}

/// Goes to a moment, seconds of the mix.
#[tauri::command]
pub fn seek(app: Held<'_>, position_s: f64) {
    app.listening.engine().seek(position_s);
}

/// Plays a stretch again and again; none plays on.
#[tauri::command]
pub fn set_loop(app: Held<'_>, range: Option<TimeRange>) {
    app.listening.engine().set_loop(range);
}

/// Listens to the mix, the mix with its settings, or a reference (the first, unless one is named).
#[tauri::command]
pub fn listen(app: Held<'_>, side: Side, reference: Option<String>) -> Answer<()> {
    let side = match side {
        Side::A => audition::Side::A,
        Side::B => audition::Side::B,
        Side::R => side_of(&app, reference.as_deref())?,
    };
    app.listening.engine().listen(side);
    Ok(())
}

fn side_of(app: &Held<'_>, reference: Option<&str>) -> Answer<audition::Side> {
    reference_side(app.desk().session(), reference)
        .ok_or_else(|| Fault::setting("this reference cannot be heard", "add a reference that is an audio file"))
}

/// Plays all at one loudness, or each as it is.
#[tauri::command]
pub fn set_level_match(app: Held<'_>, on: bool) {
    app.listening.engine().set_level_match(on);
}

/// Listens through a playback system; none is direct.
#[tauri::command]
pub fn set_system(app: Held<'_>, name: Option<String>) -> Answer<SessionView> {
    if let Some(name) = &name
        && !app.systems.iter().any(|s| s.name == *name)
    {
        return Err(Fault::setting(format!("there is no playback system {name}"), "choose one of the list"));
    }
    app.desk().always(|s| s.playback_system.clone_from(&name));
    Ok(changed(app.inner()))
}

/// Lets one band through alone; none lets all through.
#[tauri::command]
pub fn set_solo(app: Held<'_>, band_hz: Option<[f64; 2]>) {
    app.listening.engine().set_solo(band_hz);
}

/// Plays the fixed version without its settings.
#[tauri::command]
pub fn set_bypass(app: Held<'_>, on: bool) {
    app.listening.engine().set_bypass(on);
}

/// Plays left and right added.
#[tauri::command]
pub fn set_mono(app: Held<'_>, on: bool) {
    app.listening.engine().set_mono(on);
}

/// Opens the sound device again; the event "sound" tells what came of it.
#[tauri::command]
pub async fn retry_sound(app: Held<'_>) -> Answer<Sound> {
    let app = app.inner().clone();
    aside(move || {
        app.listening.engine().reconnect();
        Ok(app.listening.sound())
    })
    .await
}

/// Sends what is heard, some 30 times a second.
#[tauri::command]
pub fn watch_playback(app: Held<'_>, frames: Channel<InvokeResponseBody>) {
    app.listening.watch(frames);
}

/// Writes what would be heard of a passage as a WAV file.
#[tauri::command]
pub async fn save_passage(app: Held<'_>, which: Which, start_s: f64, end_s: f64, path: PathBuf, overwrite: bool) -> Answer<()> {
    let side = match &which {
        Which::Side(MixSide::A) => audition::Side::A,
        Which::Side(MixSide::B) => audition::Side::B,
        Which::Reference { r } => side_of(&app, Some(r))?,
    };
    let inputs = inputs(&app);
    let app = app.inner().clone();
    aside(move || {
        refuse_inputs(&path, &inputs.iter().map(PathBuf::as_path).collect::<Vec<&Path>>())?;
        app.listening.follow(&app);
        app.listening.engine().save_passage(TimeRange::new(start_s, end_s), side, &path, self::overwrite(overwrite))?;
        Ok(())
    })
    .await
}
