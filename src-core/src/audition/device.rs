//! The sound card, in a thread of its own: opening one may block, and streams are best closed where they were opened.

use super::BLOCK;
use super::graph::Graph;
use super::resampling::Resampler;
use super::types::{Device as Presence, SoundState};
use crate::dsp::Frame;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// Frames of the card's buffer that are asked for at 48 kHz: 11 ms, so that a change is heard at once.
const BUFFER_FRAMES: u32 = 512;
/// A card that asks for nothing for so long has gone. A sink that wakes from sleep may take more than a second.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often it is looked at.
const ROUND: Duration = Duration::from_millis(250);

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
    epoch: Instant,
    pulse: Arc<Pulse>,
}

impl Playback {
    fn write<T: SizedSample + FromSample<f32>>(&mut self, data: &mut [T], info: &OutputCallbackInfo) {
        self.pulse.callbacks.fetch_add(1, Ordering::Relaxed);
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
    seen: (u64, Instant),
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
    /// Faults of streams that were closed.
    faults: u64,
}

impl Card {
    pub fn new(
        commands: mpsc::Receiver<Command>,
        state: Arc<Mutex<SoundState>>,
        epoch: Instant,
        tell: Box<dyn Fn(SoundState) + Send>,
    ) -> Self {
        Self { commands, state, tell, epoch, open: None, graph: None, home: mpsc::channel(), faults: 0 }
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
            self.faults += open.pulse.faults.load(Ordering::Relaxed);
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
        let state = match open_default(&mut self.graph, &self.home, self.epoch) {
            Ok((open, state)) => {
                self.open = open;
                state
            }
            Err(message) => {
                let device = if was == Presence::Absent { Presence::Absent } else { Presence::Lost };
                SoundState { device, message, ..SoundState::default() }
            }
        };
        self.publish(state);
    }

    fn publish(&self, mut state: SoundState) {
        state.faults = self.faults;
        *super::controls::lock(&self.state) = state.clone();
        (self.tell)(state);
    }

    /// Sees whether the card is still there.
    fn look(&mut self) {
        let Some(open) = &mut self.open else { return };
        let callbacks = open.pulse.callbacks.load(Ordering::Relaxed);
        super::controls::lock(&self.state).faults = self.faults + open.pulse.faults.load(Ordering::Relaxed);
        if callbacks != open.seen.0 {
            open.seen = (callbacks, Instant::now());
        }
        if open.pulse.gone.load(Ordering::Relaxed) || open.seen.1.elapsed() > PATIENCE {
            self.close();
            let name = super::controls::lock(&self.state).name.clone();
            let message = "the sound device has gone; connect it or choose another in the system, then try again".to_owned();
            self.publish(SoundState { device: Presence::Lost, name, message, ..SoundState::default() });
        }
    }
}

const NO_DEVICE: &str = "there is no sound device to play on; connect one or start the sound service, then try again";

/// Opens the default card for the graph, which is taken only if that succeeds; with no graph, sees whether there is a card. A card that
/// is not there is not an error of ours: one line says it.
fn open_default(graph: &mut Option<Box<Graph>>, home: &Home, epoch: Instant) -> std::result::Result<(Option<Open>, SoundState), String> {
    let device = cpal::default_host().default_output_device().ok_or_else(|| NO_DEVICE.to_owned())?;
    let usual = device.default_output_config().map_err(|e| format!("{NO_DEVICE} ({})", one_line(&e)))?;
    let name = device.description().ok().map(|d| d.name().to_owned());
    let rate = graph.as_ref().map(|graph| graph.sample_rate());
    let wanted = rate.unwrap_or(usual.sample_rate());
    let choice = choose(&device, wanted).unwrap_or(Choice {
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
        let playback = Playback { loan, resampler, scratch: [[0.0; 2]; BLOCK], channels, epoch, pulse: pulse.clone() };
        match build(&device, &choice, buffer, playback).and_then(|stream| stream.play().map(|()| stream)) {
            Ok(stream) => return Ok((Some(Open { stream, pulse, seen: (0, Instant::now()) }), state)),
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

/// The best configuration at a rate: floating point or the widest integers, two channels if they can be had.
fn choose(device: &cpal::Device, rate: u32) -> Option<Choice> {
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
    let frames = (u64::from(BUFFER_FRAMES) * u64::from(rate) / 48_000) as u32;
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
