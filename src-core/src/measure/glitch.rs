//! Clicks and dropouts.

use super::framer::{Framer, Stretch, rate_scale};
use super::impulse::{Impulse, Prober};
use crate::audio::{Block, Layout};
use crate::units::Db;
use serde::{Deserialize, Serialize};

/// Samples looked at together.
const BLOCK: usize = 32;
/// Samples that stay within this are standing still: 2 steps of 16 bit.
const STILL: f32 = 6.2e-5;
/// Shortest dropout, seconds: shorter holes are heard as clicks and found as such if at all.
const SHORTEST_GAP_S: f64 = 0.0025;
/// Longest dropout, seconds: longer ones are pauses.
const LONGEST_GAP_S: f64 = 0.4;
/// Blocks before and after a gap whose level tells whether music was interrupted (5.8 ms at 44.1 kHz).
const BESIDE: usize = 8;
/// Most events of one kind that are kept.
const MOST: usize = 4096;
/// How far, in mean magnitudes around it, the third difference must stand out to be looked at.
const STANDS_OUT: f32 = 7.0;
/// Blocks on either side that give that mean (the block itself and its neighbours left out).
const AROUND: usize = 8;
/// A click must be this large, full scale 1: −54 dBFS.
const SMALLEST: f64 = 0.002;

/// A gap in the waveform of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Gap {
    /// Channel, from 0.
    pub channel: usize,
    /// Begin, seconds.
    pub start_s: f64,
    /// End, seconds.
    pub end_s: f64,
    /// Level at which the waveform stands still, fraction of full scale.
    pub held: f64,
    /// How far it still moves, largest less smallest sample; 0 where it stands dead still.
    pub moves: f64,
    /// The quieter of the levels (RMS around the held value) of 256 samples before and after the gap.
    pub beside: Db,
    /// How far the last 32 samples before and the first 32 after lie below their 256; the worse of the two. Near 0 for a
    /// gap with abrupt edges, far below for one that music decayed into.
    pub abruptness: Db,
}

/// A click in one channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Click {
    /// Channel, from 0.
    pub channel: usize,
    /// When, seconds.
    pub time_s: f64,
    /// How far the sample lies from what its neighbours predict.
    pub size: Db,
    /// How far that prediction error stands over the largest one within some milliseconds around.
    pub prominence: Db,
}

/// Clicks and dropouts.
///
/// # What it measures
/// Samples that do not belong to the waveform around them: impulses of one to a few samples, and holes in which the waveform stands still.
/// # Definition
/// Click: see [`super::impulse`]. Gap: at least 2.5 ms and at most 0.4 s in which a channel stays within 6.2·10⁻⁵ of one value, sound on
/// both sides. Events are listed as they are; whether they are faults is decided in `diagnose` from their levels against the programme.
/// # Unit and range
/// Seconds, dB re full scale.
/// # On silence, short, mono
/// Silence and files shorter than some milliseconds have none. Channels are looked at one by one.
/// # Limits
/// A click right on a loud attack, or masked by denser clicks, can be missed; a hole filled with noise or faded at its edges is no gap.
/// # References
/// Vaseghi, Advanced Digital Signal Processing and Noise Reduction, 4th ed. 2008, ch. 13 (impulsive noise);
/// Godsill and Rayner, Digital Audio Restoration, 1998, ch. 5 (detection in autoregressive signals).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Clicks in order of time per channel; at most 4096.
    pub clicks: Vec<Click>,
    /// Gaps in order of their ends; at most 4096.
    pub gaps: Vec<Gap>,
}

/// What is known of one block of 32 samples.
#[derive(Clone, Copy, Debug, Default)]
struct Glance {
    low: f32,
    high: f32,
    rough_max: f32,
    rough_sum: f32,
}

/// A gap that has begun.
#[derive(Clone, Copy, Debug)]
struct Open {
    start: u64,
    held: f32,
    low: f32,
    high: f32,
    level: f32,
    near: f32,
}

/// See [`Data`].
pub struct Meter {
    rate: f64,
    framer: Option<Framer>,
    glances: Vec<Vec<Glance>>,
    open: Vec<Option<Open>>,
    prober: Prober,
    data: Data,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let (scale, channels) = (rate_scale(rate), layout.channel_count());
        Self {
            rate: f64::from(rate.max(1)),
            framer: Some(Framer::new(channels, 8192 * scale, 1024 * scale)),
            glances: vec![Vec::new(); channels],
            open: vec![None; channels],
            prober: Prober::new(),
            data: Data::default(),
        }
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
        self.data
    }

    fn look(&mut self, stretch: &Stretch<'_>) {
        for channel in 0..stretch.samples.len() {
            let (Some(samples), Some(mut glances)) = (stretch.samples.get(channel), self.glances.get_mut(channel).map(std::mem::take))
            else {
                continue;
            };
            // Cores begin at multiples of the block length in the file, and so does the context before them.
            glances.clear();
            glances.extend((0..samples.len()).step_by(BLOCK).map(|from| glance(samples, from)));
            let (first, last) = (stretch.core.start / BLOCK, stretch.core.end.div_ceil(BLOCK));
            let place = Place { channel, samples, start: stretch.start };
            for index in first..last.min(glances.len()) {
                self.gap(&place, &glances, index);
                self.click(&place, &glances, index);
            }
            if let Some(kept) = self.glances.get_mut(channel) {
                *kept = glances;
            }
        }
    }

    fn gap(&mut self, place: &Place<'_>, glances: &[Glance], index: usize) {
        let (Some(block), Some(open)) = (glances.get(index), self.open.get_mut(place.channel)) else { return };
        let still = block.high - block.low <= STILL;
        let from = index * BLOCK;
        match (still, *open) {
            (true, None) => {
                let held = place.samples.get(from).copied().unwrap_or(0.0);
                let back =
                    place.samples.get(..from).map_or(0, |s| s.iter().rev().take(BLOCK).take_while(|x| (**x - held).abs() <= STILL).count());
                let begin = from - back;
                *open = Some(Open {
                    start: place.start + begin as u64,
                    held,
                    low: block.low,
                    high: block.high,
                    level: rms(place.samples, begin.saturating_sub(BESIDE * BLOCK), begin, held),
                    near: rms(place.samples, begin.saturating_sub(BLOCK), begin, held),
                });
            }
            (true, Some(ref mut gap)) => {
                gap.low = gap.low.min(block.low);
                gap.high = gap.high.max(block.high);
                *open = Some(*gap);
            }
            (false, Some(gap)) => {
                *open = None;
                let ahead = place.samples.get(from..).map_or(0, |s| s.iter().take_while(|x| (**x - gap.held).abs() <= STILL).count());
                let end = from + ahead;
                let length_s = (place.start + end as u64).saturating_sub(gap.start) as f64 / self.rate;
                if gap.start == 0 || !(SHORTEST_GAP_S..=LONGEST_GAP_S).contains(&length_s) || self.data.gaps.len() >= MOST {
                    return;
                }
                let after = |blocks: usize| rms(place.samples, end, end + blocks * BLOCK, gap.held);
                let (level, near) = (after(BESIDE), after(1));
                let drop = |near: f32, level: f32| Db::from_gain(f64::from(near / level.max(f32::MIN_POSITIVE))).db();
                self.data.gaps.push(Gap {
                    channel: place.channel,
                    start_s: gap.start as f64 / self.rate,
                    end_s: (place.start + end as u64) as f64 / self.rate,
                    held: f64::from(gap.held),
                    moves: f64::from(gap.high - gap.low),
                    beside: Db::from_gain(f64::from(gap.level.min(level))),
                    abruptness: Db::new(drop(gap.near, gap.level).min(drop(near, level))),
                });
            }
            _ => {}
        }
    }

    fn click(&mut self, place: &Place<'_>, glances: &[Glance], index: usize) {
        let Some(block) = glances.get(index) else { return };
        if f64::from(block.rough_max) < 2.0 * SMALLEST || self.data.clicks.len() >= MOST {
            return;
        }
        let (mut sum, mut count) = (0.0f32, 0);
        for (i, near) in glances.iter().enumerate().take(index + AROUND + 1).skip(index.saturating_sub(AROUND)) {
            if i.abs_diff(index) > 1 {
                sum += near.rough_sum;
                count += BLOCK;
            }
        }
        if count == 0 || block.rough_max * (count as f32) < STANDS_OUT * sum {
            return;
        }
        let from = index * BLOCK;
        if let Some(Impulse { at, size, prominence }) = self.prober.probe(place.samples, from..(from + BLOCK).min(place.samples.len()))
            && size >= SMALLEST
        {
            self.data.clicks.push(Click {
                channel: place.channel,
                time_s: (place.start + at as u64) as f64 / self.rate,
                size: Db::from_gain(size),
                prominence: Db::from_gain(prominence),
            });
        }
    }
}

/// Where a look takes place.
struct Place<'a> {
    channel: usize,
    samples: &'a [f32],
    start: u64,
}

/// Root mean square around `held`.
fn rms(samples: &[f32], from: usize, to: usize, held: f32) -> f32 {
    let part = samples.get(from.min(samples.len())..to.min(samples.len())).unwrap_or(&[]);
    (part.iter().map(|x| (x - held) * (x - held)).sum::<f32>() / part.len().max(1) as f32).sqrt()
}

/// Extremes and third difference of a block, in lanes that the compiler turns into vectors. The first block of a
/// file and one cut short at its end have no third difference.
fn glance(samples: &[f32], from: usize) -> Glance {
    let whole: Option<&[f32; BLOCK + 3]> = from.checked_sub(3).and_then(|f| samples.get(f..f + BLOCK + 3)).and_then(|s| s.try_into().ok());
    let Some(s) = whole else {
        let part = samples.get(from..(from + BLOCK).min(samples.len())).unwrap_or(&[]);
        let first = part.first().copied().unwrap_or(0.0);
        let (low, high) = part.iter().fold((first, first), |(l, h), &x| (l.min(x), h.max(x)));
        return Glance { low, high, rough_max: 0.0, rough_sum: 0.0 };
    };
    let (mut low, mut high) = ([s[3]; 8], [s[3]; 8]);
    let (mut rough_max, mut rough_sum) = ([0.0f32; 8], [0.0f32; 8]);
    for eight in 0..BLOCK / 8 {
        for lane in 0..8 {
            let i = eight * 8 + lane;
            let x = s[i + 3];
            low[lane] = if x < low[lane] { x } else { low[lane] };
            high[lane] = if x > high[lane] { x } else { high[lane] };
            let rough = ((x - s[i]) - 3.0 * (s[i + 2] - s[i + 1])).abs();
            rough_max[lane] = if rough > rough_max[lane] { rough } else { rough_max[lane] };
            rough_sum[lane] += rough;
        }
    }
    Glance {
        low: low.iter().copied().fold(s[3], f32::min),
        high: high.iter().copied().fold(s[3], f32::max),
        rough_max: rough_max.iter().copied().fold(0.0, f32::max),
        rough_sum: rough_sum.iter().sum(),
    }
}
