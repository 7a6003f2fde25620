//! Waveforms.

use super::numbers;
use crate::fault::{Answer, Fault};
use crate::pictures::columns;
use crate::state::{App, Held, aside};
use crate::wire::{MixSide, Which};
use plumbline::jobs::overview::Overview;
use std::sync::{Arc, Mutex};
use tauri::ipc::Response;

/// Most columns: more than the widest screen has.
const MOST_COLUMNS: usize = 16_384;

/// Lowest sample, highest sample and RMS of a stretch of time, column by column.
#[tauri::command]
pub async fn waveform(app: Held<'_>, which: Which, start_s: f64, end_s: f64, columns: usize) -> Answer<Response> {
    let app = app.inner().clone();
    aside(move || {
        let overview = overview(&app, &which)?;
        Ok(numbers(self::columns(&overview, start_s, end_s, columns.min(MOST_COLUMNS))))
    })
    .await
}

/// The waveform asked for. The fixed version shows the mix's until its settings were tried.
fn overview(app: &Arc<App>, which: &Which) -> Answer<Arc<Mutex<Overview>>> {
    let session = app.desk().session().clone();
    if *which == Which::Side(MixSide::B)
        && let Some(fixed) = app.papers().fixed(&session)
    {
        return Ok(fixed);
    }
    let path = match which {
        Which::Side(_) => session.current().map(|v| v.path.clone()),
        Which::Reference { r } => session.references.iter().find(|reference| reference.id == *r).map(|r| r.path.clone()),
    };
    let path = path.ok_or_else(|| Fault::setting("there is nothing to draw", "open a mix"))?;
    let teller = app.clone();
    Ok(app.pictures.of(&path, move || teller.tell("waveform", ()))?)
}
