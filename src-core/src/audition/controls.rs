//! What the listener asks for, and how it reaches reader and graph.

use super::BLOCK;
use super::band::SoloBand;
use super::cursor::Cursor;
use super::fixed::Fixed;
use super::graph::{self, Graph};
use super::meters::{Bank, Meters, side_of};
use super::reader::{self, Files, Lane, Reader, queue_blocks};
use super::swap::Slot;
use super::types::{Gains, Listening, Opened, Reference, Side};
use super::voices::{FIXED, MIX};
use crate::audio::TimeRange;
use crate::chain::Settings;
use crate::error::{Error, Result};
use crate::playback::{Model, Simulation};
use crate::units::db_to_gain;
use rtrb::{Producer, RingBuffer};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Instant;

/// Most references at a time.
pub(super) const MOST_REFERENCES: usize = 32;
/// The mix, the fixed mix and the references.
pub(super) const MOST_SOURCES: usize = 2 + MOST_REFERENCES;
/// Shortest loop, s.
const SHORTEST_LOOP_S: f64 = 0.020;
/// Blocks that meters may lag behind before they miss some: more than a second at any rate that music has.
const HEARD_BLOCKS: usize = 1024;
/// What can be given back before the reader takes it away.
const TRASH: usize = 64;

/// Values that reader, graph and controls share.
pub(super) struct Shared {
    /// Start of the engine's clock.
    pub epoch: Instant,
    pub playing: AtomicBool,
    pub scrub: AtomicBool,
    /// Source that is heard: mix, fixed mix, references.
    pub source: AtomicUsize,
    pub bypass: AtomicBool,
    pub mono: AtomicBool,
    /// Amplitude ratios as bits of `f64`.
    pub gains: [AtomicU64; MOST_SOURCES],
    /// The last beginning that was asked for.
    pub wanted: AtomicU64,
    /// The last beginning that stands in the queue.
    pub ready: AtomicU64,
    /// Next frame of the mix to be read.
    pub read_to: AtomicU64,
    /// Set by the graph at the end of the mix, cleared by who tells it on.
    pub ended: AtomicBool,
    pub underruns: AtomicU64,
}

impl Shared {
    fn new(epoch: Instant) -> Self {
        Self {
            epoch,
            playing: AtomicBool::new(false),
            scrub: AtomicBool::new(false),
            source: AtomicUsize::new(MIX),
            bypass: AtomicBool::new(false),
            mono: AtomicBool::new(false),
            gains: std::array::from_fn(|_| AtomicU64::new(1f64.to_bits())),
            wanted: AtomicU64::new(0),
            ready: AtomicU64::new(0),
            read_to: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            underruns: AtomicU64::new(0),
        }
    }

    /// Now, on the engine's clock.
    pub fn now_ns(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What the reader is to do.
pub(super) enum Order {
    Settings(Arc<Settings>, u64),
    References(Vec<Lane>),
    Begin { generation: u64, at: u64, region: Option<(u64, u64)> },
    Region(Option<(u64, u64)>),
}

/// What the graph gives back, only to be freed.
pub(super) enum Trash {
    Fixed(#[allow(dead_code, reason = "only to be dropped")] Box<Fixed>),
    System(#[allow(dead_code, reason = "only to be dropped")] Slot<Simulation>),
    Band(#[allow(dead_code, reason = "only to be dropped")] Slot<SoloBand>),
}

/// A queue in which the newest replaces what could not be sent yet.
struct Mail<T> {
    queue: Producer<T>,
    pending: Option<T>,
}

impl<T> Mail<T> {
    fn send(&mut self, what: T) {
        self.pending = Some(what);
        self.deliver();
    }

    fn deliver(&mut self) {
        if let Some(Err(rtrb::PushError::Full(what))) = self.pending.take().map(|what| self.queue.push(what)) {
            self.pending = Some(what);
        }
    }
}

/// What is open.
struct Session {
    shared: Arc<Shared>,
    rate: u32,
    channels: usize,
    /// Frames, as far as is known.
    length: Option<u64>,
    orders: mpsc::Sender<Order>,
    chains: Mail<Box<Fixed>>,
    systems: Mail<Slot<Simulation>>,
    bands: Mail<Slot<SoloBand>>,
    bank: Bank,
    generation: u64,
    /// Where playing was last told to begin.
    target: u64,
    region: Option<(u64, u64)>,
}

/// What is kept from one mix to the next.
#[derive(Clone, Default)]
struct Wishes {
    side: Side,
    gains: Gains,
    level_match_off: bool,
    bypass: bool,
    mono: bool,
    system: Option<Model>,
    attenuation_db: f64,
    solo: Option<[f64; 2]>,
    listening: Listening,
    version: u64,
}

/// Everything that can be asked for while listening. All of it works without a sound card; nothing waits for sound.
#[derive(Default)]
pub struct Controls {
    wishes: Mutex<Wishes>,
    session: Mutex<Option<Session>>,
}

/// The data behind a lock; a thread that panicked with it left nothing half done that matters here.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn nothing_open() -> Error {
    Error::setting("mix", "nothing is open", "open a mix first")
}

impl Controls {
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        lock(&self.wishes)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Session) -> T) -> Option<T> {
        lock(&self.session).as_mut().map(work)
    }

    /// Opens files and makes what plays them.
    pub(super) fn open(&self, listening: &Listening, epoch: Instant) -> Result<(Box<Graph>, Reader, Opened)> {
        let mix = Cursor::open(&listening.mix, None)?;
        let (rate, channels) = (mix.info().sample_rate, mix.info().layout.channel_count());
        let length = mix.announced();
        let (lanes, missing, mut steps) = open_references(&listening.references, rate);
        let (settings, left_out) = listening.settings.at_rate(f64::from(rate));
        steps.extend(left_out);
        let version = {
            let mut wishes = self.wishes();
            wishes.version += 1;
            wishes.listening = listening.clone();
            wishes.version
        };
        // Settings that cannot be carried out are refused here, before anything is changed.
        Fixed::new(&settings, version, rate, channels)?;
        let shared = Arc::new(Shared::new(epoch));
        let queue = queue_blocks(rate);
        let (chunks_in, chunks_out) = RingBuffer::new(queue);
        // Room for all blocks that there are, and the beginnings among them.
        let (spent_in, spent_out) = RingBuffer::new(2 * queue);
        let (trash_in, trash_out) = RingBuffer::new(TRASH);
        let (chains, chains_out) = RingBuffer::new(1);
        let (systems, systems_out) = RingBuffer::new(1);
        let (bands, bands_out) = RingBuffer::new(1);
        let (heard_in, heard) = RingBuffer::new(HEARD_BLOCKS);
        let (orders, orders_out) = mpsc::channel();
        let ends = reader::Ends { orders: orders_out, chunks: chunks_in, spent: spent_out, trash: trash_out };
        let reader = Reader::new(Files { mix, references: lanes }, (Arc::new(settings), version), shared.clone(), ends);
        let ends = graph::Ends {
            chunks: chunks_out,
            spent: spent_in,
            trash: trash_in,
            chains: chains_out,
            systems: systems_out,
            bands: bands_out,
            heard: heard_in,
        };
        let graph = Box::new(Graph::new(shared.clone(), ends, rate));
        *lock(&self.session) = Some(Session {
            shared,
            rate,
            channels,
            length,
            orders,
            chains: Mail { queue: chains, pending: None },
            systems: Mail { queue: systems, pending: None },
            bands: Mail { queue: bands, pending: None },
            bank: Bank::new(heard, rate),
            generation: 0,
            target: 0,
            region: None,
        });
        self.send_wishes();
        self.with(|session| session.begin(0));
        let duration_s = length.map(|frames| frames as f64 / f64::from(rate));
        Ok((graph, reader, Opened { rate_hz: rate, channels, duration_s, missing, steps }))
    }

    /// Tells a new session what was asked for before.
    fn send_wishes(&self) {
        let wishes = self.wishes().clone();
        self.listen(wishes.side);
        self.apply_gains(&wishes);
        self.set_bypass(wishes.bypass);
        self.set_mono(wishes.mono);
        if wishes.system.is_some() {
            self.set_system(wishes.system.as_ref());
        }
        if wishes.solo.is_some() {
            self.set_solo(wishes.solo);
        }
    }

    /// Another list of references; position and playing are kept. Returns those that could not be opened, and why.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] if nothing is open.
    pub fn set_references(&self, references: &[Reference]) -> Result<Vec<(usize, String)>> {
        let rate = self.with(|session| session.rate).ok_or_else(nothing_open)?;
        let (lanes, missing, _) = open_references(references, rate);
        self.wishes().listening.references = references.to_vec();
        self.with(|session| {
            // Nothing is lost if the reader has gone: then there is no stream to change.
            let _ = session.orders.send(Order::References(lanes));
            let at = session.position();
            session.begin(at as u64);
        });
        Ok(missing)
    }

    /// Whether something is open.
    pub fn is_open(&self) -> bool {
        lock(&self.session).is_some()
    }

    /// Forgets what is open.
    pub(super) fn close(&self) {
        *lock(&self.session) = None;
    }

    /// What is listened to and how it is set.
    pub fn listening(&self) -> Listening {
        self.wishes().listening.clone()
    }

    /// Begins to play; at the end of the mix, from its start.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] if nothing is open.
    pub(super) fn start(&self) -> Result<()> {
        self.with(|session| {
            let at = session.position();
            if session.length.is_some_and(|length| at + 1.0 >= length as f64) {
                session.begin(session.region.map_or(0, |(start, _)| start));
            }
            session.shared.playing.store(true, Ordering::Relaxed);
        })
        .ok_or_else(nothing_open)
    }

    /// Stops, faded out within milliseconds; the position is kept.
    pub fn pause(&self) {
        self.with(|session| session.shared.playing.store(false, Ordering::Relaxed));
    }

    /// Whether it plays, or is to.
    pub fn playing(&self) -> bool {
        self.with(|session| session.shared.playing.load(Ordering::Relaxed)).unwrap_or(false)
    }

    /// Goes to a time of the mix, s; held to its length.
    pub fn seek(&self, s: f64) {
        self.with(|session| {
            let at = session.frame(s);
            session.begin(at);
        });
    }

    /// While the position is dragged: a moment at `s` is heard each time, paused or not. `on` false ends it.
    pub fn scrub(&self, s: f64, on: bool) {
        self.with(|session| session.shared.scrub.store(on, Ordering::Relaxed));
        self.seek(s);
    }

    /// Position in the mix, s: what is heard just now, or where it will go on.
    pub fn position_s(&self) -> f64 {
        self.with(|session| session.position() / f64::from(session.rate)).unwrap_or(0.0)
    }

    /// Plays a stretch over and over, without a click where it starts again; none ends that. Goes to its start if the position is outside.
    /// Stretches shorter than 20 ms are none.
    pub fn set_loop(&self, range: Option<TimeRange>) {
        self.with(|session| session.set_loop(range));
    }

    /// What is listened to, at once. A reference that is not there is silent.
    pub fn listen(&self, side: Side) {
        self.wishes().side = side;
        let source = match side {
            Side::A => MIX,
            Side::B => FIXED,
            Side::R(index) => (FIXED + 1).saturating_add(index).min(MOST_SOURCES - 1),
        };
        self.with(|session| session.shared.source.store(source, Ordering::Relaxed));
    }

    /// What is listened to.
    pub fn side(&self) -> Side {
        self.wishes().side
    }

    /// The gains that make the sides equally loud.
    pub fn set_gains(&self, gains: &Gains) {
        let mut wishes = self.wishes();
        wishes.gains = gains.clone();
        self.apply_gains(&wishes);
    }

    /// Whether these gains are used; without them all is at 0 dB.
    pub fn set_level_match(&self, on: bool) {
        let mut wishes = self.wishes();
        wishes.level_match_off = !on;
        self.apply_gains(&wishes);
    }

    fn apply_gains(&self, wishes: &Wishes) {
        let gains = &wishes.gains;
        let all = [gains.a_db, gains.b_db].into_iter().chain(gains.r_db.iter().copied()).chain(std::iter::repeat(0.0));
        self.with(|session| {
            for (slot, db) in session.shared.gains.iter().zip(all) {
                let db = if wishes.level_match_off || !db.is_finite() { 0.0 } else { db.clamp(-96.0, 24.0) };
                slot.store(db_to_gain(db).to_bits(), Ordering::Relaxed);
            }
        });
    }

    /// Other settings for B, heard within about a tenth of a second, faded over; the newest win. Settings made for another rate are
    /// carried out as [`Settings::at_rate`] says.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for a setting out of range; the old ones stay.
    pub fn set_settings(&self, settings: &Settings) -> Result<()> {
        settings.validate(None)?;
        let version = {
            let mut wishes = self.wishes();
            wishes.version += 1;
            wishes.version
        };
        if let Some((rate, channels)) = self.with(|session| (session.rate, session.channels)) {
            let (at_rate, _) = settings.at_rate(f64::from(rate));
            // Built outside the lock: a drag of an EQ band asks for many.
            let fixed = Box::new(Fixed::new(&at_rate, version, rate, channels)?);
            self.with(|session| {
                let _ = session.orders.send(Order::Settings(Arc::new(at_rate), version));
                session.chains.send(fixed);
            });
        }
        self.wishes().listening.settings = settings.clone();
        Ok(())
    }

    /// Whether B is the mix unprocessed, at the gain of A.
    pub fn set_bypass(&self, on: bool) {
        self.wishes().bypass = on;
        self.with(|session| session.shared.bypass.store(on, Ordering::Relaxed));
    }

    /// Whether left and right are heard as their mean.
    pub fn set_mono(&self, on: bool) {
        self.wishes().mono = on;
        self.with(|session| session.shared.mono.store(on, Ordering::Relaxed));
    }

    /// A playback system through which everything is heard; none is as it is.
    pub fn set_system(&self, model: Option<&Model>) {
        let rate = self.with(|session| session.rate);
        let simulation = rate.and_then(|rate| model.map(|model| Simulation::new(model, rate)));
        {
            let mut wishes = self.wishes();
            wishes.system = model.cloned();
            wishes.attenuation_db = simulation.as_ref().map_or(0.0, Simulation::attenuation_db);
        }
        self.with(|session| session.systems.send(Box::new(simulation)));
    }

    /// How far the system is turned down so that it cannot clip, dB; 0 or below.
    pub fn system_attenuation_db(&self) -> f64 {
        self.wishes().attenuation_db
    }

    /// A band, Hz, that is heard alone; none is everything. Edges are taken in either order.
    pub fn set_solo(&self, band_hz: Option<[f64; 2]>) {
        let band_hz = band_hz.filter(|band| band.iter().all(|hz| hz.is_finite())).map(|[a, b]| [a.min(b), a.max(b)]);
        self.wishes().solo = band_hz;
        self.with(|session| {
            let rate = f64::from(session.rate);
            session.bands.send(Box::new(band_hz.map(|band| SoloBand::new(band, rate))));
        });
    }

    /// A snapshot of what is heard now.
    pub fn meters(&self) -> Meters {
        let side = self.side();
        self.with(|session| {
            let now = session.shared.now_ns();
            let mut meters = session.bank.read(now);
            meters.position_s = session.position() / f64::from(session.rate);
            meters.playing &= session.shared.playing.load(Ordering::Relaxed) || session.shared.scrub.load(Ordering::Relaxed);
            meters.side = side_of(session.shared.source.load(Ordering::Relaxed));
            meters
        })
        .unwrap_or_else(|| Meters { side, ..Meters::default() })
    }

    /// Times that the reader was late.
    pub fn underruns(&self) -> u64 {
        self.with(|session| session.shared.underruns.load(Ordering::Relaxed)).unwrap_or(0)
    }

    /// Sends on what found no room before.
    pub(super) fn deliver(&self) {
        self.with(|session| {
            session.chains.deliver();
            session.systems.deliver();
            session.bands.deliver();
        });
    }

    /// Whether the mix has come to its end since this was last asked.
    pub(super) fn take_ended(&self) -> bool {
        self.with(|session| session.shared.ended.swap(false, Ordering::AcqRel)).unwrap_or(false)
    }

    /// A copy of what was asked for, for another pair of reader and graph.
    pub(super) fn copy(&self) -> Self {
        Self { wishes: Mutex::new(self.wishes().clone()), session: Mutex::new(None) }
    }
}

impl Session {
    fn frame(&self, s: f64) -> u64 {
        let frame = (s.max(0.0) * f64::from(self.rate)).round() as u64;
        frame.min(self.length.unwrap_or(u64::MAX))
    }

    /// Frame of the mix that is heard, or where it will go on.
    fn position(&mut self) -> f64 {
        let now = self.shared.now_ns();
        self.bank.position(self.generation, now).unwrap_or(self.target as f64)
    }

    fn begin(&mut self, at: u64) {
        self.generation += 1;
        self.target = at;
        self.shared.wanted.store(self.generation, Ordering::Relaxed);
        // A reader that has gone plays nothing.
        let _ = self.orders.send(Order::Begin { generation: self.generation, at, region: self.region });
    }

    fn set_loop(&mut self, range: Option<TimeRange>) {
        let region = range.map(|range| (self.frame(range.start_s), self.frame(range.end_s)));
        let shortest = ((SHORTEST_LOOP_S * f64::from(self.rate)) as u64).max(2 * BLOCK as u64);
        self.region = region.filter(|(start, end)| end.saturating_sub(*start) >= shortest);
        let at = self.position();
        let Some((start, end)) = self.region else {
            let _ = self.orders.send(Order::Region(None));
            return;
        };
        let read_to = self.shared.read_to.load(Ordering::Relaxed);
        // Further than this the reader may come before the order reaches it.
        let margin = 64 * BLOCK as u64;
        if at >= start as f64 && at < end as f64 && read_to >= start && read_to + margin < end {
            let _ = self.orders.send(Order::Region(self.region));
        } else {
            let at = if at >= start as f64 && at < end as f64 { at as u64 } else { start };
            self.begin(at);
        }
    }
}

/// Opens references at the rate of the mix: lanes, those that could not be opened, and what is done to the others.
fn open_references(references: &[Reference], rate: u32) -> (Vec<Lane>, Vec<(usize, String)>, Vec<String>) {
    let (mut lanes, mut missing, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    for (index, reference) in references.iter().enumerate() {
        if index >= MOST_REFERENCES {
            missing.push((index, format!("{}: more than {MOST_REFERENCES} references cannot be listened to", reference.path.display())));
            continue;
        }
        let offset = (reference.offset_s * f64::from(rate)).round() as i64;
        let cursor = match Cursor::open(&reference.path, Some(rate)) {
            Ok(cursor) => {
                let own = cursor.info().sample_rate;
                if own != rate {
                    steps.push(format!("{} is resampled from {own} to {rate} Hz for listening", cursor.info().name));
                }
                Some(cursor)
            }
            Err(fault) => {
                missing.push((index, fault.to_string()));
                None
            }
        };
        lanes.push(Lane { cursor, offset });
    }
    (lanes, missing, steps)
}
