//! What runs in the card's callback: from queues of decoded blocks to what is heard.
//!
//! Real-time safe: nothing here allocates, frees, locks or waits. Values come from atomics, whole objects through queues; what is no
//! longer needed goes back through a queue to be freed elsewhere.

use super::BLOCK;
use super::band::SoloBand;
use super::chunk::{Chunk, Label};
use super::controls::{Shared, Trash};
use super::deck::Delays;
use super::fixed::{Changing, Fixed, ahead_frames};
use super::meters::Heard;
use super::swap::{Slot, Swap};
use super::voices::Voices;
use crate::dsp::Frame;
use crate::playback::Simulation;
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Length of the fades when playing begins, ends or jumps, s.
const FADE_S: f64 = 0.005;
/// Length of the fades between systems and bands, s.
const SWAP_S: f64 = 0.010;
/// What is heard of a place while the position is dragged, s.
const GRAIN_S: f64 = 0.08;
/// Room that must be left for what is given back before something new is taken.
const TRASH_ROOM: usize = 8;
/// Frames that a waiting chain hears at a time while nothing is played.
const REST_FRAMES: usize = 8 * BLOCK;

/// The ends of the queues that the graph holds.
pub(super) struct Ends {
    pub chunks: Consumer<Box<Chunk>>,
    pub spent: Producer<Box<Chunk>>,
    pub trash: Producer<Trash>,
    pub chains: Consumer<Box<Fixed>>,
    pub systems: Consumer<Slot<Simulation>>,
    pub bands: Consumer<Slot<SoloBand>>,
    pub heard: Producer<Heard>,
}

/// See the module.
pub struct Graph {
    shared: Arc<Shared>,
    ends: Ends,
    sample_rate: u32,
    ahead: u64,
    delays: Delays,
    fixed: Changing,
    voices: Voices,
    system: Swap<Simulation>,
    band: Swap<SoloBand>,
    /// How much of left and right is replaced by their mean, 0 to 1.
    mono: f64,
    label: Label,
    /// Frames of the labelled block that were played.
    used: usize,
    generation: u64,
    /// Frames of the fade that are over: 0 is silent.
    level: usize,
    fade_frames: usize,
    since_beginning: usize,
    grain_frames: usize,
    b: [Frame; BLOCK],
}

impl Graph {
    pub(super) fn new(shared: Arc<Shared>, ends: Ends, sample_rate: u32) -> Self {
        let frames = |s: f64| ((f64::from(sample_rate) * s).round() as usize).max(1);
        Self {
            shared,
            ends,
            sample_rate,
            ahead: ahead_frames(sample_rate) as u64,
            delays: Delays::new(1, BLOCK),
            fixed: Changing::new(Box::new(Fixed::bypassed(0)), sample_rate),
            voices: Voices::new(sample_rate),
            system: Swap::new(frames(SWAP_S)),
            band: Swap::new(frames(SWAP_S)),
            mono: 0.0,
            label: Label::default(),
            used: BLOCK,
            generation: 0,
            level: 0,
            fade_frames: frames(FADE_S),
            since_beginning: 0,
            grain_frames: frames(GRAIN_S),
            b: [[0.0; 2]; BLOCK],
        }
    }

    /// Sample rate of what is played, Hz.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Whether something is heard.
    pub fn is_sounding(&self) -> bool {
        self.level > 0
    }

    /// Puts what is heard next into `out`. `due_ns` is when its first frame will be heard, in nanoseconds of the engine's clock.
    pub fn fill(&mut self, out: &mut [Frame], due_ns: u64) {
        self.take_in();
        let mut done = 0;
        while done < out.len() {
            let end = out.len().min(done + BLOCK);
            let Some(rest) = out.get_mut(done..end) else { return };
            let due_ns = due_ns + done as u64 * 1_000_000_000 / u64::from(self.sample_rate.max(1));
            done += self.run(rest, due_ns);
        }
    }

    /// Takes what was sent since the last call.
    fn take_in(&mut self) {
        if self.ends.trash.slots() < TRASH_ROOM {
            return;
        }
        let at = self.at();
        // A chain hears the stream, which must have begun.
        if self.generation > 0
            && self.fixed.is_free()
            && let Ok(chain) = self.ends.chains.pop()
        {
            let refused = self.fixed.offer(chain, &self.delays, at);
            self.throw(refused.map(Trash::Fixed));
        }
        if self.system.is_free()
            && let Ok(system) = self.ends.systems.pop()
        {
            let refused = self.system.offer(system);
            self.throw(refused.map(Trash::System));
        }
        if self.band.is_free()
            && let Ok(band) = self.ends.bands.pop()
        {
            let refused = self.band.offer(band);
            self.throw(refused.map(Trash::Band));
        }
    }

    /// Gives back what is no longer needed.
    fn throw(&mut self, what: Option<Trash>) {
        if let Some(Err(rtrb::PushError::Full(what))) = what.map(|what| self.ends.trash.push(what)) {
            // Cannot be, because room was looked for before anything was taken; leaked rather than freed here.
            std::mem::forget(what);
        }
    }

    /// The next frame of the stream to be played.
    fn at(&self) -> u64 {
        self.delays.head().saturating_sub(self.ahead + (BLOCK - self.used) as u64)
    }

    /// Whether another place was asked for. What plays is faded out at once; the other place is heard when it is there.
    fn is_changing_place(&self) -> bool {
        self.shared.wanted.load(Ordering::Relaxed) > self.generation
    }

    fn wants_sound(&self) -> bool {
        let scrubbing = self.shared.scrub.load(Ordering::Relaxed) && self.since_beginning < self.grain_frames;
        (self.shared.playing.load(Ordering::Relaxed) || scrubbing) && !self.is_changing_place()
    }

    /// Plays some frames, as many as go in one piece; returns how many.
    fn run(&mut self, out: &mut [Frame], due_ns: u64) -> usize {
        if self.level == 0 && self.shared.ready.load(Ordering::Acquire) > self.generation {
            self.begin();
        }
        let wanted = self.wants_sound();
        if self.level == 0 && !wanted {
            self.rest(out, due_ns);
            return out.len();
        }
        if self.used == BLOCK && !self.next_block() {
            if self.is_changing_place() {
                // The old stream has run out before it was faded.
                self.level = 0;
                return 0;
            }
            self.shared.underruns.fetch_add(1, Ordering::Relaxed);
            self.level = 0;
            out.fill([0.0; 2]);
            self.report(out, due_ns);
            return out.len();
        }
        if self.level == 0 {
            self.settle();
            // At the very beginning of the file there is nothing before it that a fade would have to part from.
            if wanted && self.used == 0 && self.label.start == 0 {
                self.level = self.fade_frames;
            }
        }
        let mut count = out.len().min(BLOCK - self.used);
        if let Some(end) = self.label.end {
            count = count.min(end.saturating_sub(self.used));
        }
        if !wanted {
            count = count.min(self.level);
        }
        let Some(now) = out.get_mut(..count).filter(|now| !now.is_empty()) else {
            self.level = 0;
            if !self.is_changing_place() {
                self.end();
            }
            return 0;
        };
        self.play(now);
        self.fade(now, wanted);
        self.report(now, due_ns);
        self.used += count;
        self.since_beginning = self.since_beginning.saturating_add(count);
        count
    }

    /// The mix is over.
    fn end(&mut self) {
        self.shared.playing.store(false, Ordering::Relaxed);
        self.shared.scrub.store(false, Ordering::Relaxed);
        self.shared.ended.store(true, Ordering::Release);
    }

    /// Takes the next block of the running generation into the delays; false if there is none.
    fn next_block(&mut self) -> bool {
        let fits = self.ends.chunks.peek().is_ok_and(|c| c.generation == self.generation && c.start.is_none());
        if !fits || self.ends.spent.slots() == 0 {
            return false;
        }
        let Ok(chunk) = self.ends.chunks.pop() else { return false };
        self.delays.push(&chunk.lanes, BLOCK);
        (self.label, self.used) = (chunk.label, 0);
        self.give_back(chunk);
        true
    }

    fn give_back(&mut self, chunk: Box<Chunk>) {
        if let Err(rtrb::PushError::Full(chunk)) = self.ends.spent.push(chunk) {
            // As in `throw`.
            std::mem::forget(chunk);
        }
    }

    /// Begins at another place, if all of it is there.
    fn begin(&mut self) {
        let ready = self.shared.ready.load(Ordering::Acquire);
        while self.ends.spent.slots() > 0 && self.ends.trash.slots() >= TRASH_ROOM {
            let Ok(mut chunk) = self.ends.chunks.pop() else { return };
            if chunk.generation == ready
                && let Some(start) = &mut chunk.start
            {
                std::mem::swap(&mut self.delays, &mut start.delays);
                (self.generation, self.used, self.since_beginning) = (ready, BLOCK, 0);
                let at = self.at();
                let left = self.fixed.begin(&mut start.fixed, &self.delays, at);
                self.throw(left.map(Trash::Fixed));
                self.give_back(chunk);
                self.next_block();
                return;
            }
            self.give_back(chunk);
        }
    }

    /// Silence, in which whatever is to change changes at once.
    fn rest(&mut self, out: &mut [Frame], due_ns: u64) {
        out.fill([0.0; 2]);
        let at = self.at();
        let old = self.fixed.rest(&self.delays, at, REST_FRAMES);
        self.throw(old.map(Trash::Fixed));
        self.settle();
        self.report(out, due_ns);
    }

    /// While nothing is heard, everything but the chain changes at once.
    fn settle(&mut self) {
        let old = self.system.finish();
        self.throw(old.map(Trash::System));
        let old = self.band.finish();
        self.throw(old.map(Trash::Band));
        self.voices.settle(&self.shared);
        self.mono = f64::from(u8::from(self.shared.mono.load(Ordering::Relaxed)));
    }

    fn play(&mut self, out: &mut [Frame]) {
        let at = self.at();
        if let Some(b) = self.b.get_mut(..out.len()) {
            let old = self.fixed.play(&self.delays, at, b);
            self.voices.mix(&self.shared, &self.delays, at, b, out);
            self.throw(old.map(Trash::Fixed));
        }
        // A filter that has heard what is no number gives nothing else for ever.
        for sample in out.as_flattened_mut() {
            if !sample.is_finite() {
                *sample = 0.0;
            }
        }
        self.fold_to_mono(out);
        let old = self.system.process(out);
        self.throw(old.map(Trash::System));
        let old = self.band.process(out);
        self.throw(old.map(Trash::Band));
    }

    fn fold_to_mono(&mut self, out: &mut [Frame]) {
        let target = f64::from(u8::from(self.shared.mono.load(Ordering::Relaxed)));
        if self.mono == 0.0 && target == 0.0 {
            return;
        }
        let step = (1.0 / self.fade_frames as f64).copysign(target - 0.5);
        for frame in out {
            self.mono = (self.mono + step).clamp(0.0, 1.0);
            let mean = 0.5 * (frame[0] + frame[1]);
            *frame = frame.map(|sample| sample + self.mono * (mean - sample));
        }
    }

    fn fade(&mut self, out: &mut [Frame], wanted: bool) {
        if wanted && self.level == self.fade_frames {
            return;
        }
        for frame in out {
            self.level = if wanted { (self.level + 1).min(self.fade_frames) } else { self.level.saturating_sub(1) };
            let x = self.level as f64 / self.fade_frames as f64;
            // No corner at either end.
            let gain = x * x * (3.0 - 2.0 * x);
            *frame = frame.map(|sample| sample * gain);
        }
    }

    /// Tells the meters what is played.
    fn report(&mut self, out: &[Frame], due_ns: u64) {
        if self.ends.heard.slots() == 0 {
            return;
        }
        let mut heard = Heard {
            generation: self.generation,
            position: self.label.at(self.used.min(BLOCK)),
            due_ns,
            playing: self.level > 0,
            count: out.len().min(BLOCK),
            gains: self.voices.gains(),
            now: self.fixed.gains_now(),
            frames: [[0.0; 2]; BLOCK],
        };
        for (to, from) in heard.frames.iter_mut().zip(out) {
            *to = from.map(|sample| sample as f32);
        }
        // Full, the meters miss a block.
        let _ = self.ends.heard.push(heard);
    }
}
