//! Flat tops.

use super::framer::{Framer, Stretch, rate_scale};
use super::spans::Spans;
use crate::audio::{Block, Layout, TimeRange};
use crate::units::Db;
use serde::{Deserialize, Serialize};

/// Samples looked at together.
const BLOCK: usize = 32;
/// Only peaks within 1 dB of the highest of their channel and polarity can be flat tops of that channel's clipping.
const NEAR_PEAK: f32 = 0.891;
/// A top counts as flat when its samples differ by less than this part of their level: −78 dB, room for dither at 16 bit.
const FLAT: f32 = 1.25e-4;
/// Beside a flat top the waveform must fall by this part of its level within one sample. A smooth crest that keeps within
/// [`FLAT`] for some samples falls by at most four times that in the next one, so it never passes.
const EDGE: f32 = 8.0 * FLAT;
/// Shortest flat top, samples.
const SHORTEST: usize = 3;
/// Flat tops whose levels differ by less than this part were clipped at the same level.
const SAME_LEVEL: f32 = 1.0e-3;
/// Samples this near to the highest one repeat it (a bit of 20).
const REPEATS: f32 = 1.0e-6;
/// Levels kept per channel and polarity.
const LEVELS: usize = 4;
/// Runs closer than this are reported as one stretch, seconds.
const JOIN_S: f64 = 0.5;

/// Flat tops: runs of equal samples at the top of the waveform.
///
/// # What it measures
/// Where the waveform was cut off, at whatever level: a file clipped and turned down afterwards is found like one at full scale.
/// # Definition
/// A run is at least 3 samples in a row that agree within 1.25·10⁻⁴ of their level, lie above both neighbours, of which at
/// least one is lower by 10⁻³ of the level (a smooth crest cannot be), and lie within 1 dB of the highest sample of that channel and polarity.
/// Runs of one channel and polarity within 0.1 % of each other share a level; up to four levels are kept.
/// `repeats` counts how often the very highest sample value is reached again, which limiters and clippers do and music does not.
/// # Unit and range
/// Numbers of runs; dB re full scale; seconds.
/// # On silence, short, mono
/// Silence has none. Any length and channel count.
/// # Limits
/// Clipping that was filtered, resampled or lossily coded afterwards has no flat tops left. A bare square wave has them by nature.
/// # References
/// Mourgela, Reiss et al., "Exploring trends in audio mixes and masters", 2024 (clipping in 57 % of 218,109 uploads).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Runs over all channels.
    pub runs: u64,
    /// Samples in them.
    pub samples: u64,
    /// Longest run, milliseconds.
    pub longest_ms: f64,
    /// Highest level at which tops are flat; −∞ where there are none.
    pub level: Db,
    /// Runs per channel.
    pub channel_runs: Vec<u64>,
    /// How often the highest sample value is reached again, most of any channel and polarity.
    pub repeats: u64,
    /// Where, joined when less than half a second apart.
    pub times: Vec<TimeRange>,
}

/// One level at which tops are flat.
#[derive(Clone, Debug)]
struct Flat {
    level: f32,
    runs: u64,
    samples: u64,
    longest: usize,
    spans: Spans,
}

/// One polarity of one channel.
#[derive(Clone, Debug, Default)]
struct Side {
    peak: f32,
    repeats: u64,
    flats: Vec<Flat>,
}

/// See [`Data`].
pub struct Meter {
    rate: f64,
    framer: Option<Framer>,
    /// Per channel: upwards, downwards.
    sides: Vec<[Side; 2]>,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let scale = rate_scale(rate);
        let framer = Framer::new(layout.channel_count(), 8192 * scale, 1024 * scale);
        Self { rate: f64::from(rate.max(1)), framer: Some(framer), sides: vec![Default::default(); layout.channel_count()] }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        if let Some(mut framer) = self.framer.take() {
            framer.push(block, |stretch| self.look(stretch));
            self.framer = Some(framer);
        }
    }

    /// The result.
    pub fn finish(mut self) -> Data {
        if let Some(framer) = self.framer.take() {
            framer.finish(|stretch| self.look(stretch));
        }
        let mut data = Data {
            runs: 0,
            samples: 0,
            longest_ms: 0.0,
            level: Db::new(f64::NEG_INFINITY),
            channel_runs: Vec::new(),
            repeats: 0,
            times: Vec::new(),
        };
        let mut spans = Spans::new(JOIN_S);
        for channel in &self.sides {
            let mut runs = 0;
            for side in channel {
                data.repeats = data.repeats.max(side.repeats);
                for flat in side.flats.iter().filter(|f| f.level >= NEAR_PEAK * side.peak) {
                    runs += flat.runs;
                    data.samples += flat.samples;
                    data.longest_ms = data.longest_ms.max(flat.longest as f64 * 1000.0 / self.rate);
                    data.level = Db::new(data.level.db().max(Db::from_gain(f64::from(flat.level)).db()));
                    spans.extend(&flat.spans);
                }
            }
            data.runs += runs;
            data.channel_runs.push(runs);
        }
        data.times = spans.ranges();
        data
    }

    fn look(&mut self, stretch: &Stretch<'_>) {
        for (sides, samples) in self.sides.iter_mut().zip(stretch.samples) {
            for from in stretch.core.clone().step_by(BLOCK) {
                let to = (from + BLOCK).min(stretch.core.end);
                let (low, high) = extremes(samples.get(from..to).unwrap_or(&[]));
                for (side, sign, top) in [(0, 1.0, high), (1, -1.0, -low)] {
                    if top >= NEAR_PEAK * sides[side].peak && top > 0.0 {
                        sides[side].block(samples, from, to, sign, top, stretch.start, self.rate);
                    }
                }
            }
        }
    }
}

impl Side {
    #[allow(clippy::too_many_arguments, reason = "the place in the stream has that many coordinates")]
    fn block(&mut self, samples: &[f32], from: usize, to: usize, sign: f32, top: f32, start: u64, rate: f64) {
        if top > self.peak * (1.0 + REPEATS) {
            self.peak = top;
            self.repeats = 0;
        }
        let at = |i: usize| samples.get(i).map(|x| x * sign);
        let (near, same) = (NEAR_PEAK * self.peak, self.peak * (1.0 - REPEATS));
        for i in from..to {
            let Some(x) = at(i).filter(|&x| x >= near) else { continue };
            let before = i.checked_sub(1).and_then(at);
            if x >= same && before.is_none_or(|b| b < same) {
                self.repeats += 1;
            }
            // A run is counted where it begins, so one that crosses a border is counted once.
            let flat = FLAT * x;
            let Some(before) = before.filter(|b| *b < x - flat) else { continue };
            let length = samples.get(i..).map_or(0, |rest| rest.iter().take_while(|y| (**y * sign - x).abs() <= flat).count());
            let Some(after) = at(i + length) else { continue };
            if length >= SHORTEST && after < x - flat && before.min(after) < x - EDGE * x {
                let start_s = (start + i as u64) as f64 / rate;
                self.add(x, length, start_s, start_s + length as f64 / rate);
            }
        }
    }

    fn add(&mut self, level: f32, length: usize, start_s: f64, end_s: f64) {
        let known = self.flats.iter().position(|f| (f.level - level).abs() <= SAME_LEVEL * level);
        let index = known.unwrap_or_else(|| {
            if self.flats.len() >= LEVELS {
                let lowest = (0..self.flats.len()).min_by(|&a, &b| self.flats[a].runs.cmp(&self.flats[b].runs));
                self.flats.swap_remove(lowest.unwrap_or(0));
            }
            self.flats.push(Flat { level, runs: 0, samples: 0, longest: 0, spans: Spans::new(JOIN_S) });
            self.flats.len() - 1
        });
        if let Some(flat) = self.flats.get_mut(index) {
            flat.runs += 1;
            flat.samples += length as u64;
            flat.longest = flat.longest.max(length);
            flat.spans.push(start_s, end_s);
        }
    }
}

/// Lowest and highest sample, 0 included; in lanes that the compiler turns into vectors.
fn extremes(samples: &[f32]) -> (f32, f32) {
    let (mut low, mut high) = ([0.0f32; 8], [0.0f32; 8]);
    let eights = samples.chunks_exact(8);
    let rest = eights.remainder();
    for eight in eights {
        for (lane, &x) in eight.iter().enumerate() {
            low[lane] = if x < low[lane] { x } else { low[lane] };
            high[lane] = if x > high[lane] { x } else { high[lane] };
        }
    }
    let more = rest.iter().fold((0.0f32, 0.0f32), |(l, h), &x| (l.min(x), h.max(x)));
    (low.iter().copied().fold(more.0, f32::min), high.iter().copied().fold(more.1, f32::max))
}
