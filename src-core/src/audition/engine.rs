//! Controls, reader and card put together.

use super::controls::{Controls, lock};
use super::device::{Card, Command};
use super::offline;
use super::types::{Device, Event, Listening, Opened, Side, SoundState};
use super::worker::{Listener, Worker};
use crate::audio::TimeRange;
use crate::encode::{Overwrite, Written};
use crate::error::{Error, Result};
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Instant;

/// The engine of the app: everything in [`Controls`], and the card.
///
/// Without a card everything but playing works: what is asked for is kept until there is one. A card that goes while it plays stops it,
/// and it plays on when there is one again, unless it was told to stop meanwhile.
pub struct Engine {
    controls: Arc<Controls>,
    /// Whether it played when the card went.
    interrupted: Arc<AtomicBool>,
    worker: Mutex<Option<Worker>>,
    sound: Arc<Mutex<SoundState>>,
    card: Mutex<mpsc::Sender<Command>>,
    listener: Listener,
    epoch: Instant,
}

impl Deref for Engine {
    type Target = Controls;

    fn deref(&self) -> &Controls {
        &self.controls
    }
}

impl Engine {
    /// Starts the engine with nothing open. `listener` is called from the engine's threads and should return soon.
    pub fn start(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        let listener: Listener = Arc::new(listener);
        let controls = Arc::new(Controls::default());
        let sound = Arc::new(Mutex::new(SoundState::default()));
        let epoch = Instant::now();
        let (card, commands) = mpsc::channel();
        let interrupted = Arc::new(AtomicBool::new(false));
        let (told, state, kept, was_playing) = (listener.clone(), sound.clone(), controls.clone(), interrupted.clone());
        let tell = move |state: SoundState| {
            let ready = state.device == Device::Ready;
            told(Event::Sound(state));
            if !ready && kept.playing() {
                was_playing.store(true, Ordering::Relaxed);
                kept.pause();
                told(Event::Playing(false));
            } else if ready && was_playing.swap(false, Ordering::Relaxed) && kept.start().is_ok() {
                told(Event::Playing(true));
            }
        };
        let run = move || Card::new(commands, state, epoch, Box::new(tell)).run();
        // Without a thread to be had there is no card either: the commands go nowhere.
        let _ = std::thread::Builder::new().name("plumbline sound".into()).spawn(run);
        Self { controls, interrupted, worker: Mutex::new(None), sound, card: Mutex::new(card), listener, epoch }
    }

    fn command(&self, command: Command) {
        // See `start` for when nobody listens.
        let _ = lock(&self.card).send(command);
    }

    /// Opens a mix, its settings and references, paused at the start; what was open is closed. What was asked for besides (side, system,
    /// solo, mono, bypass, gains) is kept; a loop is not. The card is opened at the rate of the mix; [`Event::Sound`] tells how that went.
    ///
    /// # Errors
    /// As [`crate::decode::open`] for the mix, [`Error::InvalidSetting`] for settings out of range; what was open stays open then.
    pub fn open(&self, listening: &Listening) -> Result<Opened> {
        let was_playing = self.controls.playing();
        self.interrupted.store(false, Ordering::Relaxed);
        let (graph, reader, opened) = self.controls.open(listening, self.epoch)?;
        if was_playing {
            (self.listener)(Event::Playing(false));
        }
        *lock(&self.worker) = Some(Worker::start(reader, self.controls.clone(), self.listener.clone()));
        self.command(Command::Play(graph));
        Ok(opened)
    }

    /// Closes what is open and gives the card back.
    pub fn close(&self) {
        self.interrupted.store(false, Ordering::Relaxed);
        self.command(Command::Stop);
        *lock(&self.worker) = None;
        self.controls.close();
    }

    /// Begins to play; at the end of the mix, from its start.
    ///
    /// # Errors
    /// [`Error::Sound`] without a card, [`Error::InvalidSetting`] with nothing open.
    pub fn play(&self) -> Result<()> {
        let sound = self.sound();
        if sound.device != Device::Ready && self.controls.is_open() {
            let problem = match (sound.device, sound.message.is_empty()) {
                (_, false) => sound.message.split(';').next().unwrap_or_default().to_owned(),
                _ => "the sound device is not open yet".to_owned(),
            };
            return Err(Error::Sound { problem, hint: "connect a sound device, then try again" });
        }
        let was = self.controls.playing();
        self.controls.start()?;
        if !was {
            (self.listener)(Event::Playing(true));
        }
        Ok(())
    }

    /// Stops, faded out within milliseconds; the position is kept.
    pub fn pause(&self) {
        self.interrupted.store(false, Ordering::Relaxed);
        let was = self.controls.playing();
        self.controls.pause();
        if was {
            (self.listener)(Event::Playing(false));
        }
    }

    /// The state of the sound card.
    pub fn sound(&self) -> SoundState {
        let mut state = lock(&self.sound).clone();
        state.underruns = self.controls.underruns();
        state
    }

    /// Opens the default card (again). [`Event::Sound`] follows.
    pub fn reconnect(&self) {
        self.command(Command::Reconnect);
    }

    /// Writes a stretch as it would be heard with all that is asked for now: 24-bit WAV with dither. Needs no card and takes a while.
    ///
    /// # Errors
    /// As [`crate::encode::Writer::create`]; [`Error::InvalidSetting`] if the stretch lies outside the mix or nothing is open.
    pub fn save_passage(&self, range: TimeRange, side: Side, path: &Path, overwrite: Overwrite) -> Result<Written> {
        if !self.controls.is_open() {
            return Err(Error::setting("mix", "nothing is open", "open a mix first"));
        }
        offline::save(self.controls.copy(), range, side, path, overwrite)
    }
}
