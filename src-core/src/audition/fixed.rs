//! B: the mix through the chain, and the change from one chain to the next.

use super::BLOCK;
use super::deck::Delays;
use crate::audio::Block;
use crate::chain::{Chain, GainsNow, Settings};
use crate::dsp::Frame;
use crate::error::Result;

/// Longest delay of any chain, s: the longest look-ahead that settings allow, and the groups that the limiter works in.
const LONGEST_S: f64 = 0.0505;
/// Frames that the limiter's groups may add to it.
const GROUPS: usize = 64;

/// Frames by which the mix is read ahead so that any chain can look as far ahead as it needs; whole blocks.
pub(super) fn ahead_frames(sample_rate: u32) -> usize {
    ((f64::from(sample_rate) * LONGEST_S) as usize + GROUPS).div_ceil(BLOCK) * BLOCK
}

/// A chain on its way through the stream.
pub(super) struct Fixed {
    /// Counts changes of the settings; a higher one is newer.
    pub version: u64,
    /// None where B is A.
    chain: Option<Chain>,
    latency: usize,
    block: Block<f64>,
    /// Next frame of the stream that goes in.
    next: u64,
}

impl Fixed {
    /// A chain at rest at the beginning of the stream. `channels` are those of the mix.
    pub fn new(settings: &Settings, version: u64, sample_rate: u32, channels: usize) -> Result<Self> {
        let chain = match channels {
            1 | 2 => Some(Chain::new(settings, sample_rate, channels)?),
            _ => None,
        };
        let latency = chain.as_ref().map_or(0, Chain::latency_frames).min(ahead_frames(sample_rate));
        Ok(Self { version, chain, latency, block: Block::silent(channels.clamp(1, 2), BLOCK), next: 0 })
    }

    /// No chain: B is A.
    pub fn bypassed(version: u64) -> Self {
        Self { version, chain: None, latency: 0, block: Block::silent(2, BLOCK), next: 0 }
    }

    /// Frames by which the chain is late.
    pub fn latency(&self) -> usize {
        self.latency
    }

    /// Next frame of the stream that goes in.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Lets the stream go on at another frame.
    pub fn go_to(&mut self, next: u64) {
        self.next = next;
    }

    /// Feeds frames that lie before the stream, or in it, and forgets what comes out.
    pub fn hear(&mut self, frames: impl Iterator<Item = [f32; 2]>, count: usize) {
        let count = count.min(BLOCK);
        // Within the capacity of the block: nothing is allocated.
        self.block.resize(self.block.channel_count(), count);
        for (i, frame) in frames.take(count).enumerate() {
            for (channel, sample) in self.block.channels_mut().iter_mut().zip(frame) {
                if let Some(slot) = channel.get_mut(i) {
                    *slot = f64::from(sample);
                }
            }
        }
        if let Some(chain) = &mut self.chain {
            chain.process(&mut self.block);
        }
    }

    /// The next frames of B.
    pub fn play(&mut self, delays: &Delays, out: &mut [Frame]) {
        self.hear(delays.frames(0, self.next), out.len());
        self.next += out.len() as u64;
        let (left, right) = (self.block.channel(0), self.block.channel(self.block.channel_count() - 1));
        for (frame, (left, right)) in out.iter_mut().zip(left.iter().zip(right)) {
            *frame = [*left, *right];
        }
    }

    /// Feeds up to `budget` frames on the way to frame `goal` of the stream.
    pub fn catch_up(&mut self, delays: &Delays, goal: u64, mut budget: usize) {
        while self.next < goal && budget > 0 {
            let count = (goal - self.next).min(BLOCK.min(budget) as u64) as usize;
            self.hear(delays.frames(0, self.next), count);
            self.next += count as u64;
            budget -= count;
        }
    }

    /// What the chain does just now.
    pub fn gains_now(&mut self) -> GainsNow {
        self.chain.as_mut().map(Chain::gains_now).unwrap_or_default()
    }
}

/// How many times faster than the music a new chain hears what was.
const CATCH_UP: usize = 4;

/// The chain that plays and the one that is to take over.
pub(super) struct Changing {
    current: Box<Fixed>,
    incoming: Option<Box<Fixed>>,
    /// Frames of the crossfade that are over; none before the newcomer has caught up.
    faded: Option<usize>,
    fade_frames: usize,
    /// How far back a newcomer starts to hear, frames.
    history: u64,
    scratch: [Frame; BLOCK],
}

impl Changing {
    pub fn new(first: Box<Fixed>, sample_rate: u32) -> Self {
        let frames = |s: f64| (f64::from(sample_rate) * s).round() as usize;
        Self {
            current: first,
            incoming: None,
            faded: None,
            fade_frames: frames(0.010).max(1),
            history: history_frames(sample_rate) as u64,
            scratch: [[0.0; 2]; BLOCK],
        }
    }

    /// Whether a newcomer would be taken.
    pub fn is_free(&self) -> bool {
        self.incoming.is_none()
    }

    /// Takes a newcomer, which hears the past first. `at` is the next frame to be played. Gives it back if it is older than what plays.
    pub fn offer(&mut self, mut newcomer: Box<Fixed>, delays: &Delays, at: u64) -> Option<Box<Fixed>> {
        if newcomer.version <= self.current.version || self.incoming.is_some() {
            return Some(newcomer);
        }
        let target = at + newcomer.latency() as u64;
        newcomer.go_to(target.saturating_sub(self.history).max(delays.oldest()));
        (self.incoming, self.faded) = (Some(newcomer), None);
        None
    }

    /// Plays frames of B from frame `at` of the stream on. Returns the chain that is no longer needed, once it has been faded out.
    pub fn play(&mut self, delays: &Delays, at: u64, out: &mut [Frame]) -> Option<Box<Fixed>> {
        self.current.play(delays, out);
        let incoming = self.incoming.as_mut()?;
        let target = at + incoming.latency() as u64;
        incoming.catch_up(delays, target, CATCH_UP * out.len());
        if incoming.next() != target {
            return None;
        }
        let scratch = self.scratch.get_mut(..out.len())?;
        incoming.play(delays, scratch);
        let faded = self.faded.get_or_insert(0);
        for (frame, new) in out.iter_mut().zip(scratch) {
            // Old and new are nearly the same music: their sum keeps its level if the gains add up to 1.
            let share = (*faded as f64 / self.fade_frames as f64).min(1.0);
            *faded += 1;
            *frame = if share >= 1.0 { *new } else { [0, 1].map(|c| frame[c] + share * (new[c] - frame[c])) };
        }
        if *faded < self.fade_frames {
            return None;
        }
        self.take_over()
    }

    /// While nothing is heard: the newcomer hears on and takes over as soon as it has caught up.
    pub fn rest(&mut self, delays: &Delays, at: u64, budget: usize) -> Option<Box<Fixed>> {
        let incoming = self.incoming.as_mut()?;
        let target = at + incoming.latency() as u64;
        incoming.catch_up(delays, target, budget);
        if incoming.next() == target { self.take_over() } else { None }
    }

    fn take_over(&mut self) -> Option<Box<Fixed>> {
        self.faded = None;
        let newcomer = self.incoming.take()?;
        Some(std::mem::replace(&mut self.current, newcomer))
    }

    /// Begins anew with another chain. A newcomer that is newer still goes on from there; what is left over of it is returned.
    pub fn begin(&mut self, first: &mut Box<Fixed>, delays: &Delays, at: u64) -> Option<Box<Fixed>> {
        std::mem::swap(&mut self.current, first);
        let newcomer = self.incoming.take()?;
        self.faded = None;
        self.offer(newcomer, delays, at)
    }

    /// What the chain that is heard does just now.
    pub fn gains_now(&mut self) -> GainsNow {
        self.current.gains_now()
    }
}

/// How far back a new chain starts to hear, frames: long against the attack of dynamics and all but the lowest filters.
pub(super) fn history_frames(sample_rate: u32) -> usize {
    (f64::from(sample_rate) * 0.1) as usize
}
