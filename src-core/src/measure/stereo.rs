//! The stereo image: correlation, balance, width and what mono playback loses, by band and over time.

use super::energy_map::{BANDS, BANDS_HZ, EnergyMap};
use super::series::{lowest, mean_power};
use super::{Series, front_pair};
use crate::audio::{Block, Layout, TimeRange};
use crate::units::{Db, power_to_db};
use serde::{Deserialize, Serialize};

/// Windows of the series, seconds.
pub const WINDOW_S: f64 = 0.5;

/// The stereo image of a whole file.
///
/// # What it measures
/// How alike left and right are, how loud each is, and what remains of them when they are added.
/// # Definition
/// Over the whole file and over consecutive windows of [`WINDOW_S`]: mean squares of left and right, and correlation
/// Σ L·R / √(Σ L² · Σ R²). `difference` is the RMS level of L − R. Surround files are judged by their front pair.
/// # Unit and range
/// dBFS (a full-scale sine is −3.01); correlation −1 to +1.
/// # On silence, short, mono
/// Silence: levels −∞, correlation none. The last window may be shorter. Mono files have no data (`None` in [`Data`]).
/// # Limits
/// Correlation of a whole file is that of its loudest parts and of its bass; see [`bands`] for the rest.
/// # References
/// The ordinary product-moment correlation coefficient; meters show the same with a time constant of about a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Image {
    /// RMS level of the left channel, dBFS.
    pub left: Db,
    /// RMS level of the right channel, dBFS.
    pub right: Db,
    /// RMS level of left minus right, dBFS; minus infinity where both are the same.
    pub difference: Db,
    /// Correlation of the whole file; none for silence or a silent channel.
    pub correlation: Option<f64>,
    /// Level of the left channel by window, dBFS. Joined in JSON, values are the level of their step as a whole.
    #[serde(serialize_with = "mean_power")]
    #[schemars(with = "Series")]
    pub left_over_time: Series,
    /// Level of the right channel by window, dBFS. Joined in JSON, values are the level of their step as a whole.
    #[serde(serialize_with = "mean_power")]
    #[schemars(with = "Series")]
    pub right_over_time: Series,
    /// Correlation by window; 0 where either channel is silent. Joined in JSON, values are the lowest of their step.
    #[serde(serialize_with = "lowest")]
    #[schemars(with = "Series")]
    pub correlation_over_time: Series,
}

/// Result of the meter: none for mono files.
pub type Data = Option<Image>;

/// Sums over a stretch of frames.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    left: f64,
    right: f64,
    both: f64,
    difference: f64,
    frames: usize,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.left += other.left;
        self.right += other.right;
        self.both += other.both;
        self.difference += other.difference;
        self.frames += other.frames;
    }

    fn level_db(&self, sum: f64) -> f64 {
        power_to_db(sum / self.frames.max(1) as f64)
    }

    fn correlation(&self) -> Option<f64> {
        let norm = (self.left * self.right).sqrt();
        (norm > 0.0).then(|| (self.both / norm).clamp(-1.0, 1.0))
    }
}

/// Sums of products over two runs of samples. Eight lanes of single precision over at most a few thousand samples keep the
/// relative error under 1e-6, and the order of summation fixed.
fn sums(left: &[f32], right: &[f32]) -> Sums {
    const LANES: usize = 8;
    let mut lanes = [[0.0f32; LANES]; 4];
    let (l_chunks, r_chunks) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let tail = l_chunks.remainder().iter().zip(r_chunks.remainder());
    let mut total = Sums { frames: left.len(), ..Sums::default() };
    for (l, r) in l_chunks.zip(r_chunks) {
        for i in 0..LANES {
            let d = l[i] - r[i];
            lanes[0][i] += l[i] * l[i];
            lanes[1][i] += r[i] * r[i];
            lanes[2][i] += l[i] * r[i];
            lanes[3][i] += d * d;
        }
    }
    let sum = |lane: &[f32; LANES]| lane.iter().map(|v| f64::from(*v)).sum::<f64>();
    [total.left, total.right, total.both, total.difference] = [sum(&lanes[0]), sum(&lanes[1]), sum(&lanes[2]), sum(&lanes[3])];
    for (l, r) in tail {
        let (l, r) = (f64::from(*l), f64::from(*r));
        total.left += l * l;
        total.right += r * r;
        total.both += l * r;
        total.difference += (l - r) * (l - r);
    }
    total
}

/// See [`Image`].
pub struct Meter {
    front: (usize, Option<usize>),
    window_frames: usize,
    window: Sums,
    total: Sums,
    windows: Vec<Sums>,
    rate_hz: f64,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let rate_hz = f64::from(rate.max(1));
        Self {
            front: front_pair(layout),
            window_frames: ((rate_hz * WINDOW_S) as usize).max(1),
            window: Sums::default(),
            total: Sums::default(),
            windows: Vec::new(),
            rate_hz,
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        /// Frames summed in single precision at a time.
        const PIECE: usize = 2048;
        let Some(right) = self.front.1 else { return };
        let (mut left, mut right) = (block.channel(self.front.0), block.channel(right));
        while !left.is_empty() {
            let count = left.len().min(right.len()).min(PIECE).min(self.window_frames - self.window.frames);
            let (l, l_rest) = left.split_at(count);
            let (r, r_rest) = right.split_at(count);
            self.window.add(&sums(l, r));
            (left, right) = (l_rest, r_rest);
            if self.window.frames == self.window_frames {
                self.close_window();
            }
            if count == 0 {
                break;
            }
        }
    }

    fn close_window(&mut self) {
        self.total.add(&self.window);
        self.windows.push(std::mem::take(&mut self.window));
    }

    /// The result.
    pub fn finish(mut self) -> Data {
        self.front.1?;
        if self.window.frames > 0 {
            self.close_window();
        }
        let step_s = self.window_frames as f64 / self.rate_hz;
        let series = |value: &dyn Fn(&Sums) -> f64| Series {
            start_s: 0.5 * step_s,
            step_s,
            values: self.windows.iter().map(|w| value(w) as f32).collect(),
        };
        let t = &self.total;
        Some(Image {
            left: Db::new(t.level_db(t.left)),
            right: Db::new(t.level_db(t.right)),
            difference: Db::new(t.level_db(t.difference)),
            correlation: t.correlation(),
            left_over_time: series(&|w| w.level_db(w.left)),
            right_over_time: series(&|w| w.level_db(w.right)),
            correlation_over_time: series(&|w| w.correlation().unwrap_or(0.0)),
        })
    }
}

/// Stereo image of one stretch of frequency, from the energy map.
///
/// # Definition
/// With mean powers M of the mid, S of the side and C of their cross product: correlation (M − S)/√((M + S)² − 4C²),
/// side against mid 10 lg(S/M), loss in mono 10 lg(M/(M + S)) (0 for the same signal on both sides, −3 for
/// unrelated ones, −∞ for opposite polarity), balance 10 lg(right/left).
/// # On silence, short, mono
/// Silence has correlation none and the other values 0; so has nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BandImage {
    /// Mean power of mid and side together.
    pub power: f64,
    /// Correlation of left and right, −1 to +1; none for silence or a silent channel.
    pub correlation: Option<f64>,
    /// Side against mid, dB.
    pub side_mid: Db,
    /// Change of level when left and right are added, against playing both, dB, at most 0.
    pub mono: Db,
    /// Right against left, dB.
    pub balance: Db,
}

impl BandImage {
    /// The image of summed powers of mid, side and cross.
    pub fn of(mid: f64, side: f64, cross: f64) -> Self {
        let power = mid + side;
        let (left, right) = ((power + 2.0 * cross).max(0.0), (power - 2.0 * cross).max(0.0));
        let silent = power <= 0.0;
        let level = |ratio: f64| Db::new(if silent { 0.0 } else { power_to_db(ratio) });
        let norm = (left * right).sqrt();
        Self {
            power,
            correlation: (norm > 1e-9 * power && !silent).then(|| ((mid - side) / norm).clamp(-1.0, 1.0)),
            side_mid: level(side / mid),
            mono: level(mid / power),
            balance: level(right / left),
        }
    }
}

/// Sums mid, side and cross over a range of frames and bands.
pub fn sum(map: &EnergyMap, frames: std::ops::Range<usize>, bands: std::ops::Range<usize>) -> BandImage {
    let (mut mid, mut side, mut cross) = (0.0, 0.0, 0.0);
    for frame in frames {
        let add = |values: &[f32]| values.get(bands.clone()).unwrap_or(&[]).iter().map(|v| f64::from(*v)).sum::<f64>();
        mid += add(map.mid_frame(frame));
        side += add(map.side_frame(frame));
        cross += add(map.cross_frame(frame));
    }
    BandImage::of(mid, side, cross)
}

/// The image of every band of the map over the whole file, lowest first.
pub fn bands(map: &EnergyMap) -> Vec<BandImage> {
    let mut sums = [[0.0f64; 3]; BANDS];
    for frame in 0..map.frames() {
        let values = map.mid_frame(frame).iter().zip(map.side_frame(frame)).zip(map.cross_frame(frame));
        for (sum, ((mid, side), cross)) in sums.iter_mut().zip(values) {
            sum[0] += f64::from(*mid);
            sum[1] += f64::from(*side);
            sum[2] += f64::from(*cross);
        }
    }
    sums.iter().map(|[mid, side, cross]| BandImage::of(*mid, *side, *cross)).collect()
}

/// Bands of the map whose centre lies within two frequencies, both included.
pub fn band_range(low_hz: f64, high_hz: f64) -> std::ops::Range<usize> {
    let start = BANDS_HZ.iter().position(|fc| *fc >= low_hz).unwrap_or(BANDS);
    let end = BANDS_HZ.iter().rposition(|fc| *fc <= high_hz).map_or(0, |i| i + 1);
    start..end.max(start)
}

/// Stretches in which `is` holds for the image of `bands`, judged over `window_s` at a time and only where the bands are
/// within 30 dB of their loudest window. Neighbouring stretches are joined.
pub fn stretches(map: &EnergyMap, bands: std::ops::Range<usize>, window_s: f64, is: impl Fn(&BandImage) -> bool) -> Vec<TimeRange> {
    let length = if map.hop_s > 0.0 { ((window_s / map.hop_s).round() as usize).max(1) } else { 1 };
    let starts: Vec<usize> = (0..map.frames()).step_by(length).collect();
    let images: Vec<BandImage> = starts.iter().map(|s| sum(map, *s..(s + length).min(map.frames()), bands.clone())).collect();
    let loudest = images.iter().map(|i| i.power).fold(0.0, f64::max);
    let found = starts.iter().zip(&images).filter(|(_, image)| image.power > 1e-3 * loudest && is(image));
    let range = |start: usize| {
        let begin = (map.time_s(start) - map.hop_s).max(0.0);
        TimeRange::new(begin, map.time_s((start + length - 1).min(map.frames().saturating_sub(1))) + map.hop_s)
    };
    TimeRange::merged(found.map(|(s, _)| range(*s)).collect(), 0.5 * window_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    fn measured(left: Vec<f32>, right: Vec<f32>, blocks: usize) -> Image {
        let mut meter = Meter::new(RATE, &Layout::stereo());
        for (l, r) in left.chunks(blocks).zip(right.chunks(blocks)) {
            meter.push(&Block::from_channels(vec![l.to_vec(), r.to_vec()]));
        }
        meter.finish().unwrap()
    }

    fn sine(gain: f32, phase: f32) -> Vec<f32> {
        (0..RATE * 2).map(|n| gain * (n as f32 * 0.13 + phase).sin()).collect()
    }

    #[test]
    fn correlation_of_a_sine_is_the_cosine_of_its_phase() {
        for phase in [0.0f32, 0.7, std::f32::consts::FRAC_PI_2, 2.6, std::f32::consts::PI] {
            let image = measured(sine(0.5, 0.0), sine(0.25, phase), 1000);
            assert!((image.correlation.unwrap() - f64::from(phase.cos())).abs() < 1e-3, "{phase}");
            assert!((image.left.db() + 9.031).abs() < 0.01 && (image.right.db() + 15.051).abs() < 0.01);
        }
    }

    #[test]
    fn block_size_does_not_matter() {
        let (l, r) = (sine(0.5, 0.0), sine(0.3, 1.0));
        assert_eq!(measured(l.clone(), r.clone(), 777).left_over_time.values.len(), 4);
        let (a, b) = (measured(l.clone(), r.clone(), 333), measured(l, r, 96_000));
        assert!((a.correlation.unwrap() - b.correlation.unwrap()).abs() < 1e-9);
    }

    #[test]
    fn silence_and_the_same_on_both_sides_are_told_apart() {
        let silent = measured(vec![0.0; 4800], vec![0.0; 4800], 512);
        assert_eq!((silent.correlation, silent.left.db()), (None, f64::NEG_INFINITY));
        let same = measured(sine(0.5, 0.0), sine(0.5, 0.0), 512);
        assert_eq!(same.difference.db(), f64::NEG_INFINITY);
        assert!((same.correlation.unwrap() - 1.0).abs() < 1e-9);
        assert!(Meter::new(RATE, &Layout::mono()).finish().is_none());
    }

    #[test]
    fn the_image_of_a_band_follows_from_mid_side_and_cross() {
        // Left 1, right 0.5, unrelated: M = S = (1 + .25)/4, C = (1 − .25)/4.
        let image = BandImage::of(0.3125, 0.3125, 0.1875);
        assert!(image.correlation.unwrap().abs() < 1e-9);
        assert!((image.balance.db() + 6.0206).abs() < 1e-3);
        assert!((image.mono.db() + 3.0103).abs() < 1e-3);
        assert_eq!(BandImage::of(0.0, 1.0, 0.0).correlation, Some(-1.0));
        assert_eq!(BandImage::of(0.0, 0.0, 0.0).correlation, None);
    }

    #[test]
    fn bands_are_found_by_their_centres() {
        assert_eq!(band_range(20.0, 20_000.0), 0..BANDS);
        assert_eq!(BANDS_HZ[band_range(90.0, 130.0)], [100.0, 125.0]);
        assert!(band_range(101.0, 120.0).is_empty());
    }
}
