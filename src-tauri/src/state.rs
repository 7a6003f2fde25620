//! What the app holds while it runs.

use crate::fault::{Answer, Fault};
use crate::listening::Listening;
use crate::papers::Papers;
use crate::pictures::Pictures;
use crate::progress::{ProgressEvent, ToWindow};
use crate::threads;
use plumbline::jobs::preferences::Remembered;
use plumbline::jobs::session::{Desk, Join, Session, Watch};
use plumbline::jobs::{Cancel, Host, Memory, data_folder};
use plumbline::models::system::System;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::ipc::Channel;
use tauri::{AppHandle, Emitter};

/// What the app holds while it runs. Every lock is held for moments only; work goes on outside of them.
pub struct App {
    /// The window, to tell it what happened.
    pub handle: AppHandle,
    /// What was measured before.
    pub memory: Memory,
    /// Waveforms.
    pub pictures: Pictures,
    /// What plays.
    pub listening: Arc<Listening>,
    /// Playback systems: those that come with the tool and the user's own.
    pub systems: Vec<System>,
    desk: Mutex<Desk>,
    papers: Mutex<Papers>,
    remembered: Mutex<Remembered>,
    watch: Mutex<Watch>,
    jobs: Mutex<HashMap<String, Cancel>>,
}

/// The state as commands get it.
pub type Held<'a> = tauri::State<'a, Arc<App>>;

/// The content of a lock; a thread that failed while it held it left it whole, because edits replace states as a whole.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// At start: an empty session, and what was remembered. What cannot be read is told in the log and begun anew.
    pub fn new(handle: AppHandle) -> Self {
        let told = |problem: plumbline::Error| eprintln!("plumbline-app: {problem}");
        let remembered = remembered_file().map(|path| Remembered::read(&path).unwrap_or_else(|e| (told(e), Remembered::default()).1));
        let systems = plumbline::jobs::all_systems().or_else(|e| (told(e), plumbline::jobs::chosen_systems(&[])).1);
        Self {
            listening: Arc::new(Listening::new(handle.clone())),
            handle,
            memory: Memory::default(),
            pictures: Pictures::default(),
            systems: systems.unwrap_or_default(),
            desk: Mutex::default(),
            papers: Mutex::default(),
            remembered: Mutex::new(remembered.unwrap_or_default()),
            watch: Mutex::default(),
            jobs: Mutex::default(),
        }
    }

    /// The session being worked on.
    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }

    /// The documents at hand.
    pub fn papers(&self) -> MutexGuard<'_, Papers> {
        lock(&self.papers)
    }

    /// The files that are looked at for new bounces.
    pub fn watch(&self) -> MutexGuard<'_, Watch> {
        lock(&self.watch)
    }

    /// What is remembered from one start to the next.
    pub fn remembered(&self) -> MutexGuard<'_, Remembered> {
        lock(&self.remembered)
    }

    /// Changes what is remembered, and writes it.
    pub fn remember(&self, change: impl FnOnce(&mut Remembered)) -> Answer<()> {
        let mut remembered = self.remembered();
        change(&mut remembered);
        if let Some(path) = remembered_file() {
            remembered.write(&path)?;
        }
        Ok(())
    }

    /// One edit of the session that can be undone.
    pub fn edit(&self, label: &str, join: Join, change: impl FnOnce(&mut Session) -> plumbline::Result<()>) -> Answer<()> {
        Ok(self.desk().edit(label, join, change)?)
    }

    /// Lets what plays follow the session, aside: opening files takes a moment.
    pub fn follow(self: &Arc<Self>) {
        let app = Arc::clone(self);
        tauri::async_runtime::spawn_blocking(move || app.listening.follow(&app));
    }

    /// Tells the window something. A window that has gone away misses nothing.
    pub fn tell<T: serde::Serialize + Clone>(&self, event: &str, payload: T) {
        let _ = self.handle.emit(event, payload);
    }

    /// Stops a job at its next block; one that is over, or has not begun, is no error.
    pub fn cancel(&self, job: &str) {
        if let Some(cancel) = lock(&self.jobs).get(job) {
            cancel.cancel();
        }
    }

    /// Runs a job under a name by which it can be stopped, away from the threads that answer the window.
    pub async fn job<T: Send + 'static>(
        self: &Arc<Self>,
        name: String,
        progress: Channel<ProgressEvent>,
        work: impl FnOnce(&Arc<Self>, Host<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let app = Arc::clone(self);
        let cancel = Cancel::default();
        lock(&self.jobs).insert(name.clone(), cancel.clone());
        let progress = ToWindow::new(progress);
        let done = lowered(move || work(&app, Host::new(&progress, &cancel).remembering(&app.memory))).await;
        lock(&self.jobs).remove(&name);
        done
    }
}

/// Runs what may take long away from the threads that answer the window.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    tauri::async_runtime::spawn_blocking(work).await.map_err(Fault::bug)?
}

/// Runs what reckons for long in a thread of its own, behind sound and window.
async fn lowered<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    let (tell, mut told) = tauri::async_runtime::channel(1);
    let run = move || {
        threads::lower_this();
        // A window that has gone waits for no answer.
        let _ = tell.blocking_send(work());
    };
    std::thread::Builder::new().name("plumbline job".into()).spawn(run).map_err(Fault::bug)?;
    told.recv().await.unwrap_or_else(|| Err(Fault::bug("the work ended without an answer")))
}

fn remembered_file() -> Option<PathBuf> {
    Some(data_folder()?.join("app.json"))
}
