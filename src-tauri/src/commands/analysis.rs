//! Long work: checks, proposals, trials.

use super::json;
use crate::fault::{Answer, Fault};
use crate::papers::Basis;
use crate::progress::ProgressEvent;
use crate::state::{App, Held};
use crate::view;
use plumbline::chain::Settings;
use plumbline::jobs::session::{Join, Session};
use plumbline::jobs::{self, CheckRequest, Host, ProposeRequest, TryRequest};
use plumbline::propose::Amounts;
use plumbline::report::{Changes, changes};
use std::sync::Arc;
use tauri::ipc::{Channel, Response};

/// The current mix against its references, on all systems, with its stems.
#[tauri::command]
pub async fn check(app: Held<'_>, job: String, progress: Channel<ProgressEvent>) -> Answer<Response> {
    let app = app.inner().clone();
    app.job(job, progress, |app, host| {
        let session = app.desk().session().clone();
        if let Some(known) = app.papers().checked(&session) {
            return json(&*known);
        }
        let (request, basis) = request(app, &session)?;
        let document = Arc::new(jobs::check(&request, host)?);
        let answer = json(&*document)?;
        app.desk().note(basis.version(), &document);
        app.papers().keep_check(basis, document);
        tell_session(app);
        Ok(answer)
    })
    .await
}

/// What a check of the session's mix looks at, and what its result rests on.
pub fn request(app: &App, session: &Session) -> Answer<(CheckRequest, Basis)> {
    let request = session.check_request(app.systems.clone());
    request.zip(Basis::of(session)).ok_or_else(|| Fault::setting("there is no mix", "open one, or drop it on the window"))
}

/// Tells the window that the session has changed by itself.
pub fn tell_session(app: &Arc<App>) {
    app.follow();
    let view = view::session(&app.desk(), &app.papers());
    app.tell("session", view);
}

/// What was mended, what is new and what remains between two versions that were checked.
#[tauri::command]
pub fn compare_versions(app: Held<'_>, older: String, newer: String) -> Answer<Changes> {
    let desk = app.desk();
    let checked = |id: &str| desk.checked(id).ok_or_else(|| Fault::setting("this version has not been checked", "look at it first"));
    Ok(changes(&checked(&older)?.findings, &checked(&newer)?.findings))
}

/// Proposes settings; the session's settings become the proposal.
#[tauri::command]
pub async fn propose(
    app: Held<'_>,
    amounts: Amounts,
    target: Option<String>,
    ceiling_dbtp: Option<f64>,
    job: String,
    progress: Channel<ProgressEvent>,
) -> Answer<Response> {
    let app = app.inner().clone();
    app.job(job, progress, move |app, host| {
        let session = app.desk().session().clone();
        let (check, basis) = request(app, &session)?;
        let document = Arc::new(jobs::propose(&ProposeRequest { check, amounts, target: target.clone(), ceiling_dbtp }, host)?);
        let answer = json(&*document)?;
        app.edit("proposal", Join::Never, |s| {
            (s.amounts, s.target, s.ceiling_dbtp) = (amounts, target, ceiling_dbtp);
            document.proposal.as_ref().map_or(Ok(()), |p| s.set_settings(p.settings.clone()))
        })?;
        app.papers().keep_proposal(basis, document);
        tell_session(app);
        Ok(answer)
    })
    .await
}

/// The current mix as these settings would render it, measured.
#[tauri::command]
pub async fn measure_settings(app: Held<'_>, settings: Settings, job: String, progress: Channel<ProgressEvent>) -> Answer<Response> {
    let app = app.inner().clone();
    app.job(job, progress, move |app, host| {
        let tried = trial(app, &settings)?;
        measure(app, tried, host)
    })
    .await
}

/// The session's mix with these settings.
pub fn trial(app: &App, settings: &Settings) -> Answer<(TryRequest, Basis)> {
    let session = app.desk().session().clone();
    let (check, basis) = request(app, &session)?;
    let proposal = app.papers().proposed(&session).and_then(|d| d.proposal.clone());
    Ok((TryRequest { check, settings: settings.clone(), proposal }, basis))
}

fn measure(app: &Arc<App>, (request, basis): (TryRequest, Basis), host: Host<'_>) -> Answer<Response> {
    let tried = jobs::try_settings(&request, host)?;
    let answer = json(&tried.document)?;
    app.papers().keep_trial(basis, request.settings, Arc::new(tried.document), tried.overview);
    app.follow();
    app.tell("waveform", ());
    Ok(answer)
}

/// Stops a job.
#[tauri::command]
pub fn cancel(app: Held<'_>, job: String) {
    app.cancel(&job);
}
