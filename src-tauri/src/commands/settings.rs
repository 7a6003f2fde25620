//! The settings of the fixed version, their snapshots, curves and exports.

use super::{changed, edit, numbers};
use crate::fault::{Answer, Fault};
use crate::state::Held;
use crate::wire::SessionView;
use plumbline::chain::{self, Settings};
use plumbline::export;
use plumbline::jobs::session::Join;
use tauri::ipc::Response;

/// Sample rate where no mix says another, Hz.
const USUAL_RATE: u32 = 48_000;

/// Most values of a curve: more than the widest screen has columns.
const MOST_VALUES: usize = 16_384;

/// Plays and renders the fixed version with other settings.
#[tauri::command]
pub fn set_settings(app: Held<'_>, settings: Settings, label: String, merge: bool) -> Answer<SessionView> {
    let join = if merge { Join::SameLabel } else { Join::Never };
    app.edit(&label, join, |s| s.set_settings(settings))?;
    Ok(changed(app.inner()))
}

/// Keeps the settings under a name.
#[tauri::command]
pub fn store_snapshot(app: Held<'_>, index: usize, name: String) -> Answer<SessionView> {
    edit(app.inner(), "keep snapshot", |s| s.store_snapshot(index, &name))
}

/// Takes settings that were kept.
#[tauri::command]
pub fn recall_snapshot(app: Held<'_>, index: usize) -> Answer<SessionView> {
    edit(app.inner(), "recall snapshot", |s| s.recall_snapshot(index))
}

/// Gain of the equaliser, dB, from 20 Hz to 20 kHz.
#[tauri::command]
pub fn eq_curve(app: Held<'_>, settings: Settings, count: usize) -> Answer<Response> {
    let rate = f64::from(rate(&app));
    let settings = settings.at_rate(rate).0;
    settings.validate(Some(rate))?;
    let part = chain::shown_part(&settings.eq);
    Ok(numbers(chain::curve_db(&settings.eq, part, count.min(MOST_VALUES), rate).into_iter().map(|db| db as f32)))
}

/// Level that comes out of a band of the dynamics, dB, for levels from -60 to 0 dBFS.
#[tauri::command]
pub fn dynamics_curve(settings: Settings, band: usize, count: usize) -> Answer<Response> {
    settings.validate(None)?;
    let band = settings.dynamics.as_ref().and_then(|d| d.bands.get(band));
    let band = band.ok_or_else(|| Fault::setting("there is no such band", "choose one of the list"))?;
    Ok(numbers(chain::levels_db(band, count.min(MOST_VALUES)).into_iter().map(|db| db as f32)))
}

/// The settings as another tool reads them.
#[tauri::command]
pub fn export_settings(app: Held<'_>, settings: Settings, format: String) -> Answer<String> {
    Ok(export::export(&settings, export::Format::find(&format)?, rate(&app))?)
}

fn rate(app: &Held<'_>) -> u32 {
    app.desk().session().current().map_or(USUAL_RATE, |v| v.format.sample_rate)
}
