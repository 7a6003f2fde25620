//! Files that are written: renders, reports, exports.

use super::analysis::trial;
use super::json;
use crate::fault::{Answer, Fault};
use crate::progress::ProgressEvent;
use crate::state::{Held, aside};
use crate::wire::{AudioFormat, RenderOptions, Rendered};
use plumbline::chain::Settings;
use plumbline::encode::Overwrite;
use plumbline::jobs::files::write_whole;
use plumbline::jobs::rendering::Destination;
use plumbline::jobs::{self, Master, Outlooks, RenderRequest};
use plumbline::report::{self, Format};
use std::path::PathBuf;
use tauri::ipc::{Channel, Response};

/// Renders the current mix with these settings, and measures the file that was written.
#[tauri::command]
pub async fn render(
    app: Held<'_>,
    settings: Settings,
    options: RenderOptions,
    job: String,
    progress: Channel<ProgressEvent>,
) -> Answer<Response> {
    let app = app.inner().clone();
    app.job(job, progress, move |app, host| {
        let (of, _) = trial(app, &settings)?;
        let to = destination(options);
        let path = to.path.clone();
        let document = jobs::render_settings(&RenderRequest { of, to }, host)?;
        let steps = document.steps.clone();
        json(&Rendered { path, document, steps })
    })
    .await
}

fn destination(options: RenderOptions) -> Destination {
    let ending = match options.format {
        AudioFormat::Wav => "wav",
        AudioFormat::Aiff => "aiff",
        AudioFormat::Flac => "flac",
    };
    let mut path = options.path;
    let has = path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending) || (ending == "aiff" && e.eq_ignore_ascii_case("aif")));
    if !has {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{ending}"));
        path.set_file_name(name);
    }
    Destination { path, bits: Some(options.depth), overwrite: overwrite(options.overwrite) }
}

pub fn overwrite(allowed: bool) -> Overwrite {
    if allowed { Overwrite::Allow } else { Overwrite::Refuse }
}

/// What platforms and media would do with a master; `chosen` are the names of those it is meant for.
#[tauri::command]
pub fn outlook(master: Master, chosen: Vec<String>) -> Answer<Outlooks> {
    Ok(jobs::outlooks(&master, &chosen)?)
}

/// Shows a file in the file manager of the desktop.
#[tauri::command]
pub async fn show_in_folder(path: PathBuf) -> Answer<()> {
    aside(move || crate::desktop::show_in_folder(&path)).await
}

/// Writes text: an export.
#[tauri::command]
pub async fn save_text(app: Held<'_>, path: PathBuf, text: String, overwrite: bool) -> Answer<()> {
    let inputs = inputs(&app);
    aside(move || Ok(write_whole(&path, text.as_bytes(), self::overwrite(overwrite), &borrowed(&inputs))?)).await
}

/// Writes the report on the current mix; the ending of the path decides the format.
#[tauri::command]
pub async fn write_report(app: Held<'_>, path: PathBuf, overwrite: bool) -> Answer<()> {
    let session = app.desk().session().clone();
    let (checked, proposed, tried) = {
        let papers = app.papers();
        (papers.checked(&session), papers.proposed(&session), papers.tried(&session))
    };
    let checked = checked.ok_or_else(|| Fault::setting("the mix has not been checked", "wait for the check to end"))?;
    let inputs = inputs(&app);
    aside(move || {
        let document = report::joined(&checked, proposed.as_deref(), tried.as_deref());
        let bytes = report::render(&jobs::session::without_accepted(document, &session.accepted), Format::of(&path)?)?;
        Ok(write_whole(&path, &bytes, self::overwrite(overwrite), &borrowed(&inputs))?)
    })
    .await
}

/// Files of the session, which are never written to.
pub fn inputs(app: &Held<'_>) -> Vec<PathBuf> {
    let desk = app.desk();
    let session = desk.session();
    let stems = session.stems.iter().flat_map(|set| set.files.clone());
    session.mixes.iter().map(|v| v.path.clone()).chain(session.reference_paths()).chain(stems).collect()
}

fn borrowed(paths: &[PathBuf]) -> Vec<&std::path::Path> {
    paths.iter().map(PathBuf::as_path).collect()
}
