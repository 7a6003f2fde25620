//! Reads all files ahead of the graph, in step, and joins what a loop asks for.

use super::BLOCK;
use super::chunk::{Chunk, Decoded, Label, Start};
use super::controls::{Order, Shared, Trash};
use super::cursor::Cursor;
use super::deck::Delays;
use super::fixed::{Fixed, ahead_frames, history_frames};
use crate::chain::Settings;
use crate::error::Result;
use rtrb::{Consumer, Producer};
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};

/// Read ahead, s: what a slow disk or a jump within a compressed file may take.
const DEPTH_S: f64 = 0.75;
/// Read before a beginning may be played, s: until the rest is read a busy machine may need a while.
const PRIMED_S: f64 = 0.15;
/// Heard by a chain before the place where playing starts, s: releases of dynamics and the limiter are over by then.
const RUN_UP_S: f64 = 2.0;
/// Length of the crossfade at the seam of a loop, s.
const SEAM_S: f64 = 0.005;
/// Blocks made in one step.
const BLOCKS_PER_STEP: usize = 8;

/// Blocks of queue for a rate: room for three beginnings, so that a new one need not wait for the last to be played.
pub(super) fn queue_blocks(sample_rate: u32) -> usize {
    3 * depth_blocks(sample_rate) + 4
}

fn depth_blocks(sample_rate: u32) -> usize {
    (f64::from(sample_rate) * DEPTH_S / BLOCK as f64).ceil() as usize
}

/// A reference: its file, and its frame when the mix is at 0.
pub(super) struct Lane {
    pub cursor: Option<Cursor>,
    pub offset: i64,
}

/// The files.
pub(super) struct Files {
    pub mix: Cursor,
    pub references: Vec<Lane>,
}

impl Files {
    /// All lanes from a frame of the mix on. What cannot be read is silent; the first fault is returned.
    fn fill(&mut self, at: i64, lanes: &mut [[Decoded; BLOCK]], from: usize, count: usize) -> Result<()> {
        let Some((mix, references)) = lanes.split_first_mut() else { return Ok(()) };
        let mut outcome = match mix.get_mut(from..from + count) {
            Some(out) => self.mix.fill(at, out),
            None => Ok(()),
        };
        for (lane, out) in self.references.iter_mut().zip(references) {
            let Some(out) = out.get_mut(from..from + count) else { continue };
            if let Err(fault) = lane.fill(at, out) {
                // Silent from here on, and told once.
                lane.cursor = None;
                outcome = outcome.and(Err(fault));
            }
        }
        outcome
    }
}

impl Lane {
    fn fill(&mut self, at: i64, out: &mut [Decoded]) -> Result<()> {
        out.fill([0.0; 2]);
        let Some(cursor) = &mut self.cursor else { return Ok(()) };
        let mut at = at.saturating_add(self.offset);
        let mut done = 0;
        while let Some(rest) = out.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let length = cursor.announced().and_then(|length| i64::try_from(length).ok()).filter(|length| *length > 0);
            let mut count = rest.len();
            if let Some(length) = length {
                at = if at < 0 { at } else { at % length };
                count = count.min(usize::try_from(length - at).unwrap_or(count));
            }
            let Some(now) = rest.get_mut(..count) else { return Ok(()) };
            cursor.fill(at, now)?;
            at += count as i64;
            done += count;
        }
        Ok(())
    }
}

/// See the module.
pub(super) struct Reader {
    files: Files,
    sample_rate: u32,
    channels: usize,
    settings: (Arc<Settings>, u64),
    shared: Arc<Shared>,
    orders: mpsc::Receiver<Order>,
    chunks: Producer<Box<Chunk>>,
    spent: Consumer<Box<Chunk>>,
    trash: Consumer<Trash>,
    #[allow(clippy::vec_box, reason = "blocks go round in their boxes; unboxed they would be copied and boxed again")]
    free: Vec<Box<Chunk>>,
    /// A beginning that waits for room in the queue.
    waiting: Option<Box<Chunk>>,
    generation: u64,
    /// The next frame of the mix to be read.
    next: u64,
    region: Option<(u64, u64)>,
    /// What lies before the start of the loop, to be faded in at its end: frames of all lanes.
    seam: Vec<Vec<Decoded>>,
    /// Labels of the blocks that are still in the graph's delays.
    labels: VecDeque<Label>,
    troubles: Vec<String>,
    since_beginning: usize,
}

/// The ends of the queues that the reader holds.
pub(super) struct Ends {
    pub orders: mpsc::Receiver<Order>,
    pub chunks: Producer<Box<Chunk>>,
    pub spent: Consumer<Box<Chunk>>,
    pub trash: Consumer<Trash>,
}

impl Reader {
    pub fn new(files: Files, settings: (Arc<Settings>, u64), shared: Arc<Shared>, ends: Ends) -> Self {
        let info = files.mix.info();
        Self {
            sample_rate: info.sample_rate,
            channels: info.layout.channel_count(),
            files,
            settings,
            shared,
            orders: ends.orders,
            chunks: ends.chunks,
            spent: ends.spent,
            trash: ends.trash,
            free: Vec::new(),
            waiting: None,
            generation: 0,
            next: 0,
            region: None,
            seam: Vec::new(),
            labels: VecDeque::new(),
            troubles: Vec::new(),
            since_beginning: 0,
        }
    }

    /// What could not be read since this was last asked, a line each.
    pub fn take_troubles(&mut self) -> Vec<String> {
        std::mem::take(&mut self.troubles)
    }

    /// Does a bit of what there is to do; whether there is more.
    pub fn step(&mut self) -> bool {
        self.follow_orders();
        while self.trash.pop().is_ok() {}
        while let Ok(mut chunk) = self.spent.pop() {
            chunk.start = None;
            self.free.push(chunk);
        }
        if let Some(chunk) = self.waiting.take()
            && let Err(rtrb::PushError::Full(chunk)) = self.chunks.push(chunk)
        {
            self.waiting = Some(chunk);
            return false;
        }
        if self.generation == 0 {
            return false;
        }
        let depth = depth_blocks(self.sample_rate);
        let queued = queue_blocks(self.sample_rate) - self.chunks.slots();
        let wanted = depth.saturating_sub(queued.min(self.since_beginning)).min(self.chunks.slots());
        for _ in 0..wanted.min(BLOCKS_PER_STEP) {
            self.send_block();
        }
        let primed = (f64::from(self.sample_rate) * PRIMED_S) as usize / BLOCK;
        if self.since_beginning >= primed || self.chunks.slots() == 0 {
            self.shared.ready.store(self.generation, Ordering::Release);
        }
        wanted > BLOCKS_PER_STEP
    }

    fn follow_orders(&mut self) {
        let mut begin = None;
        while let Ok(order) = self.orders.try_recv() {
            match order {
                Order::Settings(settings, version) => self.settings = (settings, version),
                Order::References(references) => self.files.references = references,
                Order::Begin { generation, at, region } => begin = Some((generation, at, region)),
                Order::Region(region) => {
                    if let Some((.., begun)) = &mut begin {
                        *begun = region;
                    } else {
                        self.set_region(region);
                    }
                }
            }
        }
        if let Some((generation, at, region)) = begin {
            self.begin(generation, at, region);
        }
    }

    fn lanes(&self) -> usize {
        1 + self.files.references.len()
    }

    fn fill(&mut self, at: i64, lanes: &mut [[Decoded; BLOCK]], from: usize, count: usize) {
        if let Err(fault) = self.files.fill(at, lanes, from, count) {
            self.troubles.push(fault.to_string());
        }
    }

    /// Reads what is to be faded in at the end of the loop.
    fn set_region(&mut self, region: Option<(u64, u64)>) {
        self.region = region;
        self.seam.clear();
        let Some((start, end)) = region else { return };
        let length = ((f64::from(self.sample_rate) * SEAM_S) as usize).min((end.saturating_sub(start) / 4) as usize);
        self.seam = vec![Vec::with_capacity(length); self.lanes()];
        let mut at = start as i64 - length as i64;
        let mut left = length;
        let mut block = vec![[[0.0; 2]; BLOCK]; self.lanes()];
        while left > 0 {
            let count = left.min(BLOCK);
            self.fill(at, &mut block, 0, count);
            for (seam, lane) in self.seam.iter_mut().zip(&block) {
                seam.extend(lane.iter().take(count));
            }
            at += count as i64;
            left -= count;
        }
    }

    /// Starts anew at a frame of the mix.
    fn begin(&mut self, generation: u64, at: u64, region: Option<(u64, u64)>) {
        self.generation = generation;
        self.set_region(region);
        self.labels.clear();
        let (ahead, lanes) = (ahead_frames(self.sample_rate), self.lanes());
        let mut delays = Delays::new(lanes, ahead + history_frames(self.sample_rate) + 2 * BLOCK);
        let mut fixed = Box::new(self.new_chain());
        let mut block = vec![[[0.0; 2]; BLOCK]; lanes];
        // On the grid of a render from the start, so that gains move at the same frames.
        let run_up = (f64::from(self.sample_rate) * RUN_UP_S) as u64;
        let mut before = at.saturating_sub(run_up) / BLOCK as u64 * BLOCK as u64;
        while before < at {
            let count = (at - before).min(BLOCK as u64) as usize;
            block.iter_mut().skip(1).for_each(|lane| lane.fill([0.0; 2]));
            self.fill_mix(before, &mut block, count);
            if let Some(mix) = block.first() {
                fixed.hear(mix.iter().copied(), count);
            }
            delays.push(&block, count);
            before += count as u64;
        }
        let begins = delays.head();
        self.next = at;
        for _ in 0..ahead / BLOCK {
            let label = self.read_block(&mut block);
            self.labels.push_back(label);
            delays.push(&block, BLOCK);
        }
        fixed.go_to(begins);
        fixed.catch_up(&delays, begins + fixed.latency() as u64, usize::MAX);
        let start = Some(Box::new(Start { delays, fixed }));
        self.waiting = Some(Box::new(Chunk { generation, label: Label::default(), lanes: Vec::new(), start }));
        self.since_beginning = 0;
    }

    fn fill_mix(&mut self, at: u64, block: &mut [[Decoded; BLOCK]], count: usize) {
        if let Some(out) = block.first_mut().and_then(|mix| mix.get_mut(..count))
            && let Err(fault) = self.files.mix.fill(at as i64, out)
        {
            self.troubles.push(fault.to_string());
        }
    }

    fn new_chain(&mut self) -> Fixed {
        let (settings, version) = &self.settings;
        Fixed::new(settings, *version, self.sample_rate, self.channels).unwrap_or_else(|fault| {
            // They were tried before they came here.
            self.troubles.push(fault.to_string());
            Fixed::bypassed(*version)
        })
    }

    /// Reads the next block of all lanes, through the seam of the loop if it lies there.
    fn read_block(&mut self, lanes: &mut [[Decoded; BLOCK]]) -> Label {
        let mut label = Label { start: self.next, ..Label::default() };
        if let (Some((_, end)), Some(length)) = (&mut self.region, self.files.mix.length()) {
            *end = length.min(*end);
        }
        let mut filled = 0;
        while filled < BLOCK {
            let mut count = BLOCK - filled;
            let region = self.region.filter(|(start, end)| self.next < *end && start < end);
            if let Some((_, end)) = region {
                count = count.min(usize::try_from(end - self.next).unwrap_or(count));
            }
            self.fill(self.next as i64, lanes, filled, count);
            if let Some((start, end)) = region {
                self.fade_seam(lanes, filled, count, end);
                self.next += count as u64;
                if self.next == end {
                    self.next = start;
                    label.wrap = Some((filled + count, start));
                }
            } else {
                self.next += count as u64;
            }
            filled += count;
        }
        label
    }

    /// Fades what lies before the loop's start in over the frames that were just read before its end.
    fn fade_seam(&self, lanes: &mut [[Decoded; BLOCK]], from: usize, count: usize, end: u64) {
        let length = self.seam.first().map_or(0, Vec::len);
        let begins = end - length as u64;
        for (lane, seam) in lanes.iter_mut().zip(&self.seam) {
            for (at, frame) in (self.next..).zip(lane.iter_mut().skip(from).take(count)) {
                let Some(new) = at.checked_sub(begins).and_then(|i| seam.get(i as usize)) else { continue };
                let share = (at - begins + 1) as f32 / (length + 1) as f32;
                let (sin, cos) = (share * std::f32::consts::FRAC_PI_2).sin_cos();
                *frame = [0, 1].map(|c| cos * frame[c] + sin * new[c]);
            }
        }
    }

    fn send_block(&mut self) {
        let (lanes, generation) = (self.lanes(), self.generation);
        let mut chunk =
            self.free.pop().unwrap_or_else(|| Box::new(Chunk { generation, label: Label::default(), lanes: Vec::new(), start: None }));
        chunk.generation = generation;
        chunk.lanes.resize(lanes, [[0.0; 2]; BLOCK]);
        let label = self.read_block(&mut chunk.lanes);
        self.labels.push_back(label);
        chunk.label = self.labels.pop_front().unwrap_or_default();
        // The mix has been read further than this by now, so its end is known if it is near.
        let label = &mut chunk.label;
        label.end = self.files.mix.length().filter(|_| label.wrap.is_none()).and_then(|length| {
            let left = length.saturating_sub(label.start);
            (left <= BLOCK as u64).then_some(left as usize)
        });
        self.shared.read_to.store(self.next, Ordering::Relaxed);
        self.since_beginning += 1;
        // There was room when this block was begun, and nobody else fills it.
        if let Err(rtrb::PushError::Full(chunk)) = self.chunks.push(chunk) {
            self.free.push(chunk);
        }
    }
}
