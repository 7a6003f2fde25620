//! How the file begins and ends.

use crate::audio::{Block, Layout};
use crate::units::{Db, Seconds};
use serde::{Deserialize, Serialize};

/// What is kept of the beginning and the end, seconds.
const KEPT_S: f64 = 0.25;
/// Sound begins and ends where samples pass this level, −72 dBFS; below it lie dither and idle converters.
const SOUND: f32 = 2.5e-4;
/// Boundary stretch, seconds: a quarter period of 50 Hz, so that a zero crossing of a bass note does not look like silence.
const BOUNDARY_S: f64 = 0.005;
/// First moment, seconds, over which a natural attack is still rising.
const FIRST_S: f64 = 0.001;
/// What the boundary is held against, seconds.
const BESIDE_S: f64 = 0.06;

/// One end of the file, seen from outside: "first" is the sample next to the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Edge {
    /// Silence at this end (below −72 dBFS).
    pub silence: Seconds,
    /// The first sample, highest of the channels.
    pub step: Db,
    /// Peak of the first 5 ms.
    pub boundary: Db,
    /// RMS of the first millisecond, loudest channel.
    pub first: Db,
    /// RMS of the first 60 ms, loudest channel.
    pub beside: Db,
    /// RMS of the stretch between 60 and 250 ms from the boundary, loudest channel.
    pub inside: Db,
}

/// Beginning and end of the file.
///
/// # What it measures
/// Whether sound starts from and ends in silence, and how much silence there is.
/// # Definition
/// See [`Edge`]. `programme` is the RMS of all channels over the stretches of 8192 frames that are not silent.
/// # Unit and range
/// dB re full scale, seconds.
/// # On silence, short, mono
/// A silent file has silence as long as itself at both ends and levels of −∞. Files shorter than 60 ms are measured as far as they go.
/// # Limits
/// Tells levels, not intentions: a loop made to be repeated is cut at both ends.
/// # References
/// Delivery advice of mastering studios: 1–2 s of space before and after, tails not cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// The beginning.
    pub start: Edge,
    /// The end.
    pub end: Edge,
    /// Level of the programme.
    pub programme: Db,
}

/// See [`Data`].
pub struct Meter {
    rate: f64,
    kept: usize,
    head: Vec<Vec<f32>>,
    tail: Vec<Vec<f32>>,
    frames: u64,
    first_sound: Option<u64>,
    last_sound: Option<u64>,
    power: f64,
    counted: u64,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let rate = f64::from(rate.max(1));
        let channels = layout.channel_count();
        Self {
            rate,
            kept: ((KEPT_S * rate) as usize).max(1),
            head: vec![Vec::new(); channels],
            tail: vec![Vec::new(); channels],
            frames: 0,
            first_sound: None,
            last_sound: None,
            power: 0.0,
            counted: 0,
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        for ((head, tail), samples) in self.head.iter_mut().zip(&mut self.tail).zip(block.channels()) {
            let wanted = self.kept.saturating_sub(head.len()).min(samples.len());
            head.extend(samples.iter().take(wanted));
            tail.extend_from_slice(samples.get(samples.len().saturating_sub(self.kept)..).unwrap_or(&[]));
            let gone = tail.len().saturating_sub(self.kept);
            tail.drain(..gone);
        }
        let loud = |x: &f32| x.abs() > SOUND;
        if self.first_sound.is_none() {
            let first = block.channels().iter().filter_map(|c| c.iter().position(loud)).min();
            self.first_sound = first.map(|i| self.frames + i as u64);
        }
        if let Some(last) = block.channels().iter().filter_map(|c| c.iter().rposition(loud)).max() {
            self.last_sound = Some(self.frames + last as u64);
            // A quarter of the samples tells the level of the programme closely enough and costs a quarter.
            for samples in block.channels() {
                self.power += samples.chunks(32).map(|c| f64::from(c.iter().take(8).map(|x| x * x).sum::<f32>())).sum::<f64>();
                self.counted += samples.chunks(32).map(|c| c.len().min(8) as u64).sum::<u64>();
            }
        }
        self.frames += block.frames() as u64;
    }

    /// The result.
    pub fn finish(mut self) -> Data {
        let total = self.frames as f64 / self.rate;
        let lead = self.first_sound.map_or(total, |f| f as f64 / self.rate);
        let trail = self.last_sound.map_or(total, |f| (self.frames - 1 - f) as f64 / self.rate);
        for tail in &mut self.tail {
            tail.reverse();
        }
        Data {
            start: edge(&self.head, lead, self.rate),
            end: edge(&self.tail, trail, self.rate),
            programme: Db::from_power(self.power / self.counted.max(1) as f64),
        }
    }
}

/// Levels at one end, from samples in order away from the boundary.
fn edge(channels: &[Vec<f32>], silence_s: f64, rate: f64) -> Edge {
    let frames = |s: f64| ((s * rate).round() as usize).max(1);
    let slice =
        |c: &'_ Vec<f32>, from: usize, to: usize| c.get(from.min(c.len())..to.min(c.len())).map(<[f32]>::to_vec).unwrap_or_default();
    let loudest = |value: &dyn Fn(&Vec<f32>) -> f64| channels.iter().map(value).fold(0.0, f64::max);
    let rms = |from: usize, to: usize| {
        Db::from_power(loudest(&|c| {
            let part = slice(c, from, to);
            part.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / part.len().max(1) as f64
        }))
    };
    let peak = |to: usize| Db::from_gain(loudest(&|c| slice(c, 0, to).iter().fold(0.0, |m, &x| f64::max(m, f64::from(x.abs())))));
    Edge {
        silence: Seconds::new(silence_s),
        step: peak(1),
        boundary: peak(frames(BOUNDARY_S)),
        first: rms(0, frames(FIRST_S)),
        beside: rms(0, frames(BESIDE_S)),
        inside: rms(frames(BESIDE_S), usize::MAX),
    }
}
