//! The sound card, in a thread of its own: opening one may block, and streams are best closed where they were opened.

use super::BLOCK;
use super::graph::Graph;
use super::resampling::Resampler;
use super::types::{Device as Presence, SoundState};
use super::urgency;
use crate::dsp::Frame;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// Frames of the card's buffer that are asked for at 48 kHz: 11 ms, so that a change is heard at once. Cards have two such buffers.
const BUFFER_FRAMES: u32 = 512;
/// The most that are asked for, at 48 kHz: 43 ms. A machine that does not keep up with that does not keep up at all.
const MOST_BUFFER_FRAMES: u32 = 2048;
/// A card that ran dry twice within so long is asked for larger buffers: once may be chance.
const TROUBLED: Duration = Duration::from_secs(10);
/// A card that asks for nothing for so long has gone. A sink that wakes from sleep may take more than a second.
const PATIENCE: Duration = Duration::from_secs(4);
/// The same for a card that reports faults all the while: one whose server has ended reports nothing else.
const PATIENCE_WITH_FAULTS: Duration = Duration::from_millis(1500);
/// How often it is looked at.
const ROUND: Duration = Duration::from_millis(250);
/// How often a card that has gone is looked for.
const SEARCH: Duration = Duration::from_secs(2);

/// What the thread is told.
pub(super) enum Command {
    /// Play this, at the rate it has.
    Play(Box<Graph>),
    /// Stop and forget what was played.
    Stop,
    /// Try again.
    Reconnect,
}

/// What callbacks tell.
#[derive(Default)]
struct Pulse {
    callbacks: AtomicU64,
    faults: AtomicU64,
    /// Times that the card ran dry while it played, because the system let the callback wait.
    dry: AtomicU64,
    gone: AtomicBool,
}

/// The graph, which goes home when the stream that played it is closed: never in the callback itself.
struct Loan {
    graph: Option<Box<Graph>>,
    home: mpsc::Sender<Box<Graph>>,
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(graph) = self.graph.take() {
            // If there is no home any more, the graph ends here.
            let _ = self.home.send(graph);
        }
    }
}

/// What runs in the callback.
struct Playback {
    loan: Loan,
    resampler: Option<Resampler>,
    scratch: [Frame; BLOCK],
    channels: usize,
    /// Of the card, Hz.
    rate: u32,
    epoch: Instant,
    /// When the callback ran last, if something was heard then.
    last: Option<Instant>,
    /// Whether its thread is still to be put before others.
    to_be_raised: bool,
    pulse: Arc<Pulse>,
}

impl Playback {
    fn write<T: SizedSample + FromSample<f32>>(&mut self, data: &mut [T], info: &OutputCallbackInfo) {
        self.pulse.callbacks.fetch_add(1, Ordering::Relaxed);
        if std::mem::take(&mut self.to_be_raised) {
            urgency::raise_this();
        }
        self.watch_the_time(data.len());
        let times = info.timestamp();
        let late = times.playback.saturating_duration_since(times.callback);
        let due = self.epoch.elapsed().saturating_add(late);
        let due_ns = u64::try_from(due.as_nanos()).unwrap_or(u64::MAX);
        let channels = self.channels.max(1);
        let rate = self.loan.graph.as_ref().map_or(1, |graph| graph.sample_rate()).max(1);
        for (index, piece) in data.chunks_mut(BLOCK * channels).enumerate() {
            let frames = piece.len() / channels;
            // Close enough where the card's rate is another one: a millisecond at most.
            self.fill(frames, due_ns.saturating_add((index * BLOCK) as u64 * 1_000_000_000 / u64::from(rate)));
            for (out, frame) in piece.chunks_exact_mut(channels).zip(&self.scratch) {
                spread(out, frame.map(|sample| sample as f32));
            }
        }
    }

    /// Counts a callback that comes later than what the card holds can last: two buffers, of which this one asks for the next. Some
    /// systems play silence then and report nothing.
    fn watch_the_time(&mut self, samples: usize) {
        let now = Instant::now();
        let holds_s = 2.0 * (samples / self.channels.max(1)) as f64 / f64::from(self.rate.max(1));
        if self.last.is_some_and(|last| now.duration_since(last).as_secs_f64() > holds_s) {
            self.pulse.dry.fetch_add(1, Ordering::Relaxed);
        }
        self.last = self.loan.graph.as_ref().filter(|graph| graph.is_sounding()).map(|_| now);
    }

    /// Fills the first `frames` frames of the scratch block at the card's rate.
    fn fill(&mut self, frames: usize, due_ns: u64) {
        let Some(graph) = &mut self.loan.graph else { return };
        let Some(resampler) = &mut self.resampler else {
            if let Some(out) = self.scratch.get_mut(..frames) {
                graph.fill(out, due_ns);
            }
            return;
        };
        let mut piece = [[0.0; 2]; BLOCK];
        for out in self.scratch.iter_mut().take(frames) {
            let mut wants = resampler.wants();
            while wants > 0 {
                let count = wants.min(BLOCK);
                if let Some(piece) = piece.get_mut(..count) {
                    graph.fill(piece, due_ns);
                    piece.iter().for_each(|frame| resampler.give(frame.map(|sample| sample as f32)));
                }
                wants -= count;
            }
            *out = resampler.take().unwrap_or_default().map(f64::from);
        }
    }
}

/// Left and right onto the card's channels: the first two, or their mean if there is one; others are silent.
fn spread<T: SizedSample + FromSample<f32>>(out: &mut [T], [left, right]: [f32; 2]) {
    match out {
        [mono] => *mono = T::from_sample(0.5 * (left + right)),
        [l, r, rest @ ..] => {
            *l = T::from_sample(left);
            *r = T::from_sample(right);
            rest.fill(T::EQUILIBRIUM);
        }
        [] => {}
    }
}

/// An open stream.
struct Open {
    /// Kept alive; closed on drop.
    stream: cpal::Stream,
    pulse: Arc<Pulse>,
    /// Callbacks when last looked at, and when they last became more.
    seen: (u64, Instant),
    /// Faults when that was.
    faults_seen: u64,
    /// Times it ran dry, and when it last did.
    dry_seen: (u64, Option<Instant>),
}

impl Open {
    fn new(stream: cpal::Stream, pulse: Arc<Pulse>) -> Self {
        Self { stream, pulse, seen: (0, Instant::now()), faults_seen: 0, dry_seen: (0, None) }
    }

    /// Whether nothing is to be expected of it any more.
    fn is_gone(&mut self) -> bool {
        let callbacks = self.pulse.callbacks.load(Ordering::Relaxed);
        let faults = self.pulse.faults.load(Ordering::Relaxed);
        if callbacks != self.seen.0 {
            (self.seen, self.faults_seen) = ((callbacks, Instant::now()), faults);
        }
        let patience = if faults == self.faults_seen { PATIENCE } else { PATIENCE_WITH_FAULTS };
        self.pulse.gone.load(Ordering::Relaxed) || self.seen.1.elapsed() > patience
    }

    /// Whether it has run dry again soon after it last did.
    fn is_troubled(&mut self) -> bool {
        let dry = self.pulse.dry.load(Ordering::Relaxed);
        if dry == self.dry_seen.0 {
            return false;
        }
        let soon = self.dry_seen.1.is_some_and(|last| last.elapsed() < TROUBLED);
        let twice = dry > self.dry_seen.0 + 1;
        self.dry_seen = (dry, Some(Instant::now()));
        soon || twice
    }
}

/// Where graphs come back to.
type Home = (mpsc::Sender<Box<Graph>>, mpsc::Receiver<Box<Graph>>);

/// The thread's own state.
pub(super) struct Card {
    commands: mpsc::Receiver<Command>,
    state: Arc<Mutex<SoundState>>,
    tell: Box<dyn Fn(SoundState) + Send>,
    epoch: Instant,
    open: Option<Open>,
    graph: Option<Box<Graph>>,
    home: Home,
    /// Faults of streams that were closed, and the times they ran dry.
    before: (u64, u64),
    /// Buffer that is asked for at 48 kHz, frames.
    buffer_frames: u32,
    /// When a card was last looked for.
    searched: Instant,
}

impl Card {
    pub fn new(
        commands: mpsc::Receiver<Command>,
        state: Arc<Mutex<SoundState>>,
        epoch: Instant,
        tell: Box<dyn Fn(SoundState) + Send>,
    ) -> Self {
        let (home, searched) = (mpsc::channel(), Instant::now());
        Self { commands, state, tell, epoch, open: None, graph: None, home, before: (0, 0), buffer_frames: BUFFER_FRAMES, searched }
    }

    /// Until nobody commands any more.
    pub fn run(mut self) {
        loop {
            match self.commands.recv_timeout(ROUND) {
                Ok(Command::Play(graph)) => {
                    self.close();
                    self.graph = Some(graph);
                    self.connect();
                }
                Ok(Command::Stop) => {
                    self.close();
                    self.graph = None;
                }
                Ok(Command::Reconnect) => {
                    self.close();
                    self.connect();
                }
                Err(mpsc::RecvTimeoutError::Timeout) => self.look(),
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Closes the stream and takes the graph back.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.before.0 += open.pulse.faults.load(Ordering::Relaxed);
            self.before.1 += open.pulse.dry.load(Ordering::Relaxed);
            drop(open.stream);
            // The callback's owner lets go of it at once, or never.
            if let Ok(graph) = self.home.1.recv_timeout(Duration::from_secs(1)) {
                self.graph = Some(graph);
            }
        }
    }

    /// Opens the default card, if there is one.
    fn connect(&mut self) {
        let was = super::controls::lock(&self.state).device;
        let state = match self.try_to_connect() {
            Ok(state) => state,
            Err(message) => {
                let device = if was == Presence::Absent { Presence::Absent } else { Presence::Lost };
                SoundState { device, message, ..SoundState::default() }
            }
        };
        self.publish(state);
    }

    fn try_to_connect(&mut self) -> std::result::Result<SoundState, String> {
        self.searched = Instant::now();
        let (open, state) = open_default(&mut self.graph, &self.home, self.epoch, self.buffer_frames)?;
        self.open = open;
        Ok(state)
    }

    fn publish(&self, mut state: SoundState) {
        (state.faults, state.dry) = self.counts();
        *super::controls::lock(&self.state) = state.clone();
        (self.tell)(state);
    }

    /// Faults, and times that a card ran dry.
    fn counts(&self) -> (u64, u64) {
        let (faults, dry) = self.before;
        let now = |of: fn(&Pulse) -> &AtomicU64| self.open.as_ref().map_or(0, |open| of(&open.pulse).load(Ordering::Relaxed));
        (faults + now(|p| &p.faults), dry + now(|p| &p.dry))
    }

    /// Sees whether the card is still there and keeps up, or whether there is one again.
    fn look(&mut self) {
        let (faults, dry) = self.counts();
        let device = {
            let mut state = super::controls::lock(&self.state);
            (state.faults, state.dry) = (faults, dry);
            state.device
        };
        if let Some(open) = &mut self.open {
            if open.is_gone() {
                self.lose();
            } else if open.is_troubled() && self.buffer_frames < MOST_BUFFER_FRAMES {
                self.buffer_frames = MOST_BUFFER_FRAMES.min(self.buffer_frames / 2 * 3);
                self.close();
                self.connect();
            }
        } else if device == Presence::Lost && self.searched.elapsed() > SEARCH {
            // Only what changed is told: a search that finds nothing is no news. Where there never was a card, none is looked for:
            // the sound library tells the log of every attempt.
            if let Ok(state) = self.try_to_connect() {
                self.publish(state);
            }
        }
    }

    fn lose(&mut self) {
        self.close();
        self.searched = Instant::now();
        let name = super::controls::lock(&self.state).name.clone();
        let message = "the sound device has gone; playing goes on when it, or another, is there".to_owned();
        self.publish(SoundState { device: Presence::Lost, name, message, ..SoundState::default() });
    }
}

const NO_DEVICE: &str = "there is no sound device to play on; connect one or start the sound service, then try again";

/// Opens the default card for the graph, which is taken only if that succeeds; with no graph, sees whether there is a card. A card that
/// is not there is not an error of ours: one line says it.
fn open_default(
    graph: &mut Option<Box<Graph>>,
    home: &Home,
    epoch: Instant,
    buffer_frames: u32,
) -> std::result::Result<(Option<Open>, SoundState), String> {
    let host = cpal::default_host();
    let to_be_raised = urgency::may_be_raised(host.id());
    let device = host.default_output_device().ok_or_else(|| NO_DEVICE.to_owned())?;
    let usual = device.default_output_config().map_err(|e| format!("{NO_DEVICE} ({})", one_line(&e)))?;
    let name = device.description().ok().map(|d| d.name().to_owned());
    let rate = graph.as_ref().map(|graph| graph.sample_rate());
    let wanted = rate.unwrap_or(usual.sample_rate());
    let choice = choose(&device, wanted, buffer_frames).unwrap_or(Choice {
        format: usual.sample_format(),
        channels: usual.channels(),
        rate: usual.sample_rate(),
        buffer: BufferSize::Default,
    });
    let state = SoundState {
        device: Presence::Ready,
        name,
        message: if choice.rate == wanted {
            String::new()
        } else {
            format!("the sound device does not play {wanted} Hz; the sound is resampled to {} Hz", choice.rate)
        },
        rate_hz: Some(choice.rate),
        resampled: choice.rate != wanted,
        ..SoundState::default()
    };
    if graph.is_none() {
        return Ok((None, state));
    }
    let mut last = String::new();
    for buffer in [choice.buffer, BufferSize::Default] {
        let Some(taken) = graph.take() else { break };
        let loan = Loan { graph: Some(taken), home: home.0.clone() };
        let pulse = Arc::new(Pulse::default());
        let resampler = match choice.rate == wanted {
            true => None,
            false => Some(Resampler::new(wanted, choice.rate).map_err(|e| e.to_string())?),
        };
        let channels = usize::from(choice.channels);
        let (scratch, rate) = ([[0.0; 2]; BLOCK], choice.rate);
        let playback = Playback { loan, resampler, scratch, channels, rate, epoch, last: None, to_be_raised, pulse: pulse.clone() };
        match build(&device, &choice, buffer, playback).and_then(|stream| stream.play().map(|()| stream)) {
            Ok(stream) => return Ok((Some(Open::new(stream, pulse)), state)),
            Err(e) => last = format!("the sound device cannot be opened ({}); close what else uses it, then try again", one_line(&e)),
        }
        // A stream that could not be made has dropped the callback, and so sent the graph home.
        *graph = home.1.try_recv().ok();
    }
    Err(last)
}

fn one_line(e: &cpal::Error) -> String {
    e.to_string().lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// A configuration of a card.
struct Choice {
    format: SampleFormat,
    channels: u16,
    rate: u32,
    buffer: BufferSize,
}

/// The best configuration at a rate: floating point or the widest integers, two channels if they can be had, a buffer as long as
/// `buffer_frames` at 48 kHz.
fn choose(device: &cpal::Device, rate: u32, buffer_frames: u32) -> Option<Choice> {
    let rank = |format: SampleFormat| match format {
        SampleFormat::F32 => Some(0),
        SampleFormat::I32 => Some(1),
        SampleFormat::F64 => Some(2),
        SampleFormat::I16 => Some(3),
        _ => None,
    };
    let ranges = device.supported_output_configs().ok()?;
    let fits = ranges.filter(|r| r.min_sample_rate() <= rate && rate <= r.max_sample_rate() && rank(r.sample_format()).is_some());
    let best = fits.min_by_key(|r| (r.channels() == 1, r.channels().abs_diff(2), rank(r.sample_format())))?;
    let frames = (u64::from(buffer_frames) * u64::from(rate) / 48_000) as u32;
    let buffer = match best.buffer_size() {
        SupportedBufferSize::Range { min, max } if *min <= *max => BufferSize::Fixed(frames.clamp(*min, *max)),
        _ => BufferSize::Default,
    };
    Some(Choice { format: best.sample_format(), channels: best.channels(), rate, buffer })
}

fn build(device: &cpal::Device, choice: &Choice, buffer: BufferSize, playback: Playback) -> std::result::Result<cpal::Stream, cpal::Error> {
    match choice.format {
        SampleFormat::F32 => build_as::<f32>(device, choice, buffer, playback),
        SampleFormat::F64 => build_as::<f64>(device, choice, buffer, playback),
        SampleFormat::I32 => build_as::<i32>(device, choice, buffer, playback),
        SampleFormat::I16 => build_as::<i16>(device, choice, buffer, playback),
        SampleFormat::U16 => build_as::<u16>(device, choice, buffer, playback),
        SampleFormat::U8 => build_as::<u8>(device, choice, buffer, playback),
        _ => Err(ErrorKind::UnsupportedConfig.into()),
    }
}

fn build_as<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    choice: &Choice,
    buffer_size: BufferSize,
    mut playback: Playback,
) -> std::result::Result<cpal::Stream, cpal::Error> {
    let config = StreamConfig { channels: choice.channels, sample_rate: choice.rate, buffer_size };
    let pulse = playback.pulse.clone();
    let fault = move |e: cpal::Error| match e.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => pulse.gone.store(true, Ordering::Relaxed),
        // It plays on: on another card, or without the priority that was asked for.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        // Counted and not told one by one: a sink that wakes up reports thousands.
        _ => {
            pulse.faults.fetch_add(1, Ordering::Relaxed);
        }
    };
    device.build_output_stream(config, move |data: &mut [T], info: &OutputCallbackInfo| playback.write(data, info), fault, None)
}
