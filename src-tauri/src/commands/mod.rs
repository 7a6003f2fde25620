//! What the window can ask for: arguments in, the core called, its answer out. One file for each area.

mod analysis;
mod files;
mod listening;
mod pictures;
mod session;
mod settings;
mod start;

use crate::fault::{Answer, Fault};
use crate::state::App;
use crate::view;
use crate::wire::SessionView;
use plumbline::jobs::session::{Join, Session};
use std::sync::Arc;
use tauri::ipc::{InvokeResponseBody, Response};

/// Every command, for the window's door.
pub fn all() -> impl Fn(tauri::ipc::Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        start::start,
        start::set_preferences,
        start::log,
        start::explain,
        session::open_demo,
        session::new_session,
        session::open_session,
        session::save_session,
        session::guess,
        session::add_files,
        session::remove_item,
        session::select_mix,
        session::set_stage,
        session::set_stem_role,
        session::accept,
        session::rename_session,
        session::undo,
        session::redo,
        analysis::check,
        analysis::compare_versions,
        analysis::propose,
        analysis::measure_settings,
        analysis::cancel,
        settings::set_settings,
        settings::store_snapshot,
        settings::recall_snapshot,
        settings::eq_curve,
        settings::dynamics_curve,
        settings::export_settings,
        files::render,
        files::outlook,
        files::show_in_folder,
        files::save_text,
        files::write_report,
        pictures::waveform,
        listening::play,
        listening::pause,
        listening::seek,
        listening::set_loop,
        listening::listen,
        listening::set_level_match,
        listening::set_system,
        listening::set_solo,
        listening::set_bypass,
        listening::set_mono,
        listening::retry_sound,
        listening::watch_playback,
        listening::save_passage,
    ]
}

/// One edit that can be undone, and the session after it.
fn edit(app: &Arc<App>, label: &str, change: impl FnOnce(&mut Session) -> plumbline::Result<()>) -> Answer<SessionView> {
    app.edit(label, Join::Never, change)?;
    Ok(changed(app))
}

/// After every change of the session: what is watched, drawn and played follows; returns the session as it is now.
pub fn changed(app: &Arc<App>) -> SessionView {
    let desk = app.desk();
    let session = desk.session();
    // Of several versions in one file the newest stands for it.
    let newest_last = session.mixes.iter().rev().map(|v| (v.path.clone(), v.stamp));
    app.watch().only(newest_last);
    let files: Vec<_> = session.mixes.iter().map(|v| v.path.clone()).chain(session.reference_paths()).collect();
    app.pictures.only(&files);
    app.follow();
    view::session(&desk, &app.papers())
}

/// A document as the window gets it; written as JSON here, away from the threads that answer the window.
fn json<T: serde::Serialize>(value: &T) -> Answer<Response> {
    let json = serde_json::to_string(value).map_err(Fault::bug)?;
    Ok(Response::new(InvokeResponseBody::Json(json)))
}

/// Numbers as the window gets them: little-endian f32.
fn numbers(values: impl IntoIterator<Item = f32>) -> Response {
    Response::new(values.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())
}
