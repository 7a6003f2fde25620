//! Keeps the playback engine at what the session says: its mix, references, settings, playback system and levels.

use crate::papers::Papers;
use crate::state::{App, lock};
use crate::wire::{Gaps, Sound, SoundState};
use plumbline::audition::{Device, Engine, Event, Gains, Listening as Load, Reference, Side};
use plumbline::chain::Settings;
use plumbline::jobs::session::{Desk, Session};
use plumbline::jobs::{Memory, Stamp};
use plumbline::playback::{Drive, Model};
use plumbline::units::Lufs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{AppHandle, Emitter};

/// Time between two frames of what is heard: some 30 a second.
const FRAME: Duration = Duration::from_millis(33);

/// Longest that a device takes to open.
const OPENING: Duration = Duration::from_secs(2);

/// The playback engine and what it was told last.
pub struct Listening {
    engine: Engine,
    told: Mutex<Told>,
    /// Which watcher of frames is the present one.
    watcher: AtomicU64,
}

/// What the engine was told last.
#[derive(Default)]
struct Told {
    mix: Option<(PathBuf, Stamp)>,
    references: Vec<PathBuf>,
    settings: Settings,
    /// By name, and the loudness for which its volume is set.
    system: Option<(String, Option<f64>)>,
    fixed_lufs: Option<f64>,
}

impl Listening {
    /// Starts the engine, which tells the window when the sound device comes or goes.
    pub fn new(handle: AppHandle) -> Self {
        let engine = Engine::start(move |event| match event {
            Event::Sound(state) => {
                let _ = handle.emit("sound", sound(state));
            }
            Event::Trouble(line) => eprintln!("plumbline-app: {line}"),
            Event::Playing(_) => {}
        });
        // The first attempt, so that a machine without sound is told at once.
        engine.reconnect();
        Self { engine, told: Mutex::default(), watcher: AtomicU64::new(0) }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Plays on. A device that is just being opened is waited for; one that is not there says so at once.
    ///
    /// # Errors
    /// [`plumbline::Error::Sound`] without a device, [`plumbline::Error::InvalidSetting`] with nothing open.
    pub fn play(&self) -> plumbline::Result<()> {
        let since = Instant::now();
        loop {
            let sound = self.engine.sound();
            let opening = sound.device != Device::Ready && sound.message.is_empty();
            if !opening || since.elapsed() > OPENING {
                return self.engine.play();
            }
            std::thread::sleep(FRAME);
        }
    }

    /// Whether there is something to play on.
    pub fn sound(&self) -> Sound {
        sound(self.engine.sound())
    }

    /// Brings the engine to what the session says now; what has not changed goes on without a gap. Takes a moment where files are opened.
    pub fn follow(&self, app: &App) {
        let mut told = lock(&self.told);
        let (session, wanted) = {
            let (desk, papers) = (app.desk(), app.papers());
            (desk.session().clone(), Levels::of(&desk, &papers, &app.memory))
        };
        if let Err(problem) = self.load(&session, &mut told) {
            eprintln!("plumbline-app: {problem}");
        }
        // All that is heard is as loud as the mix, so one volume of the system holds for all. A mix that is not measured yet limits nothing.
        let system = session.playback_system.as_ref().map(|name| (name.clone(), wanted.mix_lufs));
        if told.system != system {
            let known = session.playback_system.as_ref().and_then(|name| app.systems.iter().find(|s| s.name == *name));
            let drive = |system| Drive::usual(system, wanted.mix_lufs.unwrap_or(f64::NEG_INFINITY));
            self.engine.set_system(known.map(|system| Model::new(system).driven(drive(system))).as_ref());
            told.system = system;
        }
        told.fixed_lufs = wanted.fixed_lufs.or(told.fixed_lufs);
        self.engine.set_gains(&wanted.gains(told.fixed_lufs));
    }

    fn load(&self, session: &Session, told: &mut Told) -> plumbline::Result<()> {
        let mix = session.current().filter(|v| v.is_there()).map(|v| (v.path.clone(), v.stamp));
        let references = audible(session);
        let of =
            |paths: &[PathBuf]| -> Vec<Reference> { paths.iter().map(|path| Reference { path: path.clone(), offset_s: 0.0 }).collect() };
        if told.mix != mix {
            (told.mix, told.references, told.fixed_lufs) = (mix.clone(), references.clone(), None);
            told.settings = session.settings.clone();
            return match mix {
                Some((mix, _)) => {
                    let load = Load { mix, settings: session.settings.clone(), references: of(&references) };
                    self.engine.open(&load).map(|_| ())
                }
                None => {
                    self.engine.close();
                    Ok(())
                }
            };
        }
        if told.references != references {
            self.engine.set_references(&of(&references))?;
            told.references = references;
        }
        if told.settings != session.settings {
            self.engine.set_settings(&session.settings)?;
            told.settings = session.settings.clone();
        }
        Ok(())
    }

    /// Sends what is heard to the window until another watcher comes or the window goes.
    pub fn watch(self: &Arc<Self>, frames: Channel<InvokeResponseBody>) {
        let mine = self.watcher.fetch_add(1, Ordering::Relaxed) + 1;
        let this: Weak<Self> = Arc::downgrade(self);
        std::thread::spawn(move || {
            let mut last = Vec::new();
            while let Some(listening) = this.upgrade().filter(|l| l.watcher.load(Ordering::Relaxed) == mine) {
                let bytes = listening.engine.meters().to_bytes();
                drop(listening);
                // While nothing moves there is nothing to tell.
                if bytes != last {
                    last.clone_from(&bytes);
                    if frames.send(InvokeResponseBody::Raw(bytes)).is_err() {
                        return;
                    }
                }
                std::thread::sleep(FRAME);
            }
        });
    }
}

/// References that can be heard: a profile holds no sound.
fn audible(session: &Session) -> Vec<PathBuf> {
    let is_profile = |path: &PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    session.reference_paths().into_iter().filter(|path| !is_profile(path)).collect()
}

/// The engine's side for a reference of the session; none for one that cannot be heard.
pub fn reference_side(session: &Session, id: Option<&str>) -> Option<Side> {
    let reference = session.references.iter().find(|r| id.is_none_or(|id| r.id == id))?;
    audible(session).iter().position(|path| *path == reference.path).map(Side::R)
}

/// Loudness of what can be heard, LUFS, as far as it is known.
struct Levels {
    mix_lufs: Option<f64>,
    fixed_lufs: Option<f64>,
    references: Vec<Option<Lufs>>,
}

impl Levels {
    fn of(desk: &Desk, papers: &Papers, memory: &Memory) -> Self {
        let session = desk.session();
        let mix_lufs = session.current().and_then(|v| desk.checked(&v.id)).and_then(|c| c.integrated_lufs);
        let proposed = papers.proposed(session).filter(|d| d.proposal.as_ref().is_some_and(|p| p.settings == session.settings));
        let verified = papers.tried(session).or(proposed);
        let measured = verified.and_then(|d| d.verification.as_ref().and_then(|v| v.integrated_lufs));
        let untouched = mix_lufs.filter(|_| session.settings.changes_nothing());
        let reference = |path: PathBuf| Stamp::of(&path).ok().and_then(|stamp| memory.loudness(&path, stamp));
        Self { mix_lufs, fixed_lufs: measured.or(untouched), references: audible(session).into_iter().map(reference).collect() }
    }

    /// Level match. What has not been measured yet is taken for as loud as the mix.
    fn gains(&self, fixed_lufs: Option<f64>) -> Gains {
        let mix = Lufs::new(self.mix_lufs.unwrap_or(f64::NEG_INFINITY));
        let fixed = fixed_lufs.map_or(mix, Lufs::new);
        let references: Vec<Lufs> = self.references.iter().map(|r| r.unwrap_or(mix)).collect();
        Gains::matched(mix, fixed, &references)
    }
}

fn sound(state: plumbline::audition::SoundState) -> Sound {
    let what = match state.device {
        Device::Ready => SoundState::Ready,
        Device::Absent => SoundState::Absent,
        Device::Lost => SoundState::Lost,
    };
    let rate = state.rate_hz.map(|hz| format!("{} kHz", f64::from(hz) / 1000.0));
    let plays = match (rate, state.resampled) {
        (Some(rate), true) => format!("plays at {rate}, converted from the rate of the file"),
        (Some(rate), false) => format!("plays at {rate}"),
        (None, _) => String::new(),
    };
    let message = if state.message.is_empty() { plays } else { state.message };
    Sound { state: what, device: state.name, message, gaps: Gaps { read_late: state.underruns, ran_dry: state.dry } }
}
