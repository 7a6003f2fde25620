//! A file reduced to what a screen can show: lowest and highest sample and the power of short stretches.

use super::Host;
use crate::audio::{Block, Source};
use crate::decode;
use crate::error::Result;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Frames of the shortest stretch: 0.7 ms at 44.1 kHz, so that a second fills a wide screen.
const LEAST_FRAMES: u64 = 32;

/// Most stretches that are kept, 12 bytes each. A file that needs more keeps stretches of twice the length: a file of three hours is held
/// in 20 ms and 12 MB.
const MOST_STRETCHES: usize = 1 << 20;

/// Values of a column on the screen: lowest sample, highest sample, RMS.
pub const VALUES: usize = 3;

/// One stretch of a file, over all its channels; full scale is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    low: f32,
    high: f32,
    power: f32,
}

impl Stretch {
    /// What has no samples yet: any sample is lower and higher.
    const NONE: Self = Self { low: f32::INFINITY, high: f32::NEG_INFINITY, power: 0.0 };

    fn joined(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high), power: 0.5 * (self.power + other.power) }
    }
}

/// The waveform of a file as far as it has been read.
#[derive(Clone, Debug)]
pub struct Overview {
    sample_rate: u32,
    stretches: Vec<Stretch>,
    frames_per_stretch: u64,
    open: Stretch,
    open_power: f64,
    open_frames: u64,
    frames: u64,
    complete: bool,
}

impl Overview {
    /// Of a file at this rate (Hz), of which nothing has been read.
    pub fn new(sample_rate: u32) -> Self {
        Self {
            sample_rate,
            stretches: Vec::new(),
            frames_per_stretch: LEAST_FRAMES,
            open: Stretch::NONE,
            open_power: 0.0,
            open_frames: 0,
            frames: 0,
            complete: false,
        }
    }

    /// Takes the next block. Samples that are no numbers are left out.
    pub fn push<T: Copy + Default + Into<f64>>(&mut self, block: &Block<T>) {
        let channels = block.channel_count().max(1) as f64;
        let mut at = 0usize;
        while at < block.frames() {
            let left = usize::try_from(self.frames_per_stretch - self.open_frames).unwrap_or(usize::MAX);
            let end = block.frames().min(at.saturating_add(left));
            for channel in block.channels() {
                for sample in channel.get(at..end).unwrap_or_default() {
                    let sample: f64 = (*sample).into();
                    if sample.is_finite() {
                        self.open.low = self.open.low.min(sample as f32);
                        self.open.high = self.open.high.max(sample as f32);
                        self.open_power += sample * sample / channels;
                    }
                }
            }
            self.open_frames += (end - at) as u64;
            self.frames += (end - at) as u64;
            at = end;
            if self.open_frames == self.frames_per_stretch {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let power = (self.open_power / self.open_frames.max(1) as f64) as f32;
        self.stretches.push(Stretch { power, ..self.open });
        (self.open, self.open_power, self.open_frames) = (Stretch::NONE, 0.0, 0);
        if self.stretches.len() >= MOST_STRETCHES {
            let pairs = self.stretches.chunks_exact(2).filter_map(|pair| match pair {
                [a, b] => Some(a.joined(*b)),
                _ => None,
            });
            self.stretches = pairs.collect();
            self.frames_per_stretch *= 2;
        }
    }

    /// The file has been read to its end.
    pub fn complete(&mut self) {
        if self.open_frames > 0 {
            self.close();
        }
        self.complete = true;
    }

    /// Whether all of the file is in it.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Length of what has been read, seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate.max(1))
    }

    /// The stretch of time from `start_s` to `end_s` in this many columns, [`VALUES`] numbers each: lowest sample, highest, RMS. Columns before
    /// the start, past the end, or not read yet are NaN; so are all where the stretch is empty.
    pub fn columns(&self, start_s: f64, end_s: f64, columns: usize) -> Vec<f32> {
        let per_s = f64::from(self.sample_rate) / self.frames_per_stretch as f64;
        let (start, width) = (start_s * per_s, (end_s - start_s) * per_s / columns.max(1) as f64);
        let mut out = Vec::with_capacity(columns * VALUES);
        for column in 0..columns {
            let from = start + column as f64 * width;
            let inside = width > 0.0 && from + width > 0.0 && from < self.stretches.len() as f64;
            let first = from.max(0.0) as usize;
            // At least the stretch that the column begins in: a screen may be finer than what is kept.
            let end = ((from + width).ceil().max(0.0) as usize).clamp(first + 1, self.stretches.len().max(first + 1));
            let shown = self.stretches.get(first..end).filter(|shown| inside && !shown.is_empty()).unwrap_or_default();
            let low = shown.iter().map(|s| s.low).fold(f32::INFINITY, f32::min);
            let high = shown.iter().map(|s| s.high).fold(f32::NEG_INFINITY, f32::max);
            let power = shown.iter().map(|s| f64::from(s.power)).sum::<f64>() / shown.len() as f64;
            // Without a single number in it, a column that was read is shown as silence.
            let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
            out.extend(if shown.is_empty() { [f32::NAN; VALUES] } else { [low, high, power.sqrt() as f32] });
        }
        out
    }
}

/// Reads a file into `into` block by block, so that others can show what is there so far.
///
/// # Errors
/// Those of reading, and [`crate::Error::Cancelled`].
pub fn draw(path: &Path, into: &Mutex<Overview>, host: Host<'_>) -> Result<()> {
    let mut source = decode::open(path)?;
    let drawn = |work: &mut dyn FnMut(&mut Overview)| work(&mut into.lock().unwrap_or_else(PoisonError::into_inner));
    let rate = source.info().sample_rate;
    drawn(&mut |overview| *overview = Overview::new(rate));
    let mut block = Block::<f32>::default();
    while source.read(&mut block)? > 0 {
        host.cancel.check()?;
        drawn(&mut |overview| overview.push(&block));
    }
    drawn(&mut Overview::complete);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::{Cancel, Silent};
    use proptest::prelude::*;

    fn of(channels: Vec<Vec<f32>>, rate: u32, block: usize) -> Overview {
        let frames = channels.first().map_or(0, Vec::len);
        let mut overview = Overview::new(rate);
        for start in (0..frames).step_by(block.max(1)) {
            let part = channels.iter().map(|c| c[start..frames.min(start + block)].to_vec()).collect();
            overview.push(&Block::from_channels(part));
        }
        overview.complete();
        overview
    }

    #[test]
    fn a_column_holds_the_extremes_and_the_power_of_its_stretch() {
        // 100 Hz rate keeps the arithmetic in view: stretches of 0.32 s.
        let mut left = vec![0.5f32; 64];
        left[40] = -0.9;
        let columns = of(vec![left, vec![0.5; 64]], 100, 7).columns(0.0, 0.64, 2);
        assert_eq!(columns[..3], [0.5, 0.5, 0.5]);
        let rms = ((63.0 * 0.25 + 0.81) / 64.0f32).sqrt();
        assert_eq!(columns[3..5], [-0.9, 0.5]);
        assert!((columns[5] - rms).abs() < 1e-6, "{columns:?}");
    }

    #[test]
    fn what_is_not_there_is_no_number_and_broken_samples_are_left_out() {
        let overview = of(vec![vec![f32::NAN; 32].into_iter().chain([0.25; 32]).collect()], 32, 64);
        let columns = overview.columns(-1.0, 3.0, 4);
        assert!(columns[..3].iter().chain(&columns[9..]).all(|v| v.is_nan()), "{columns:?}");
        assert_eq!(columns[3..9], [0.0, 0.0, 0.0, 0.25, 0.25, 0.25]);
        assert!(overview.columns(1.0, 1.0, 2).iter().all(|v| v.is_nan()));
        assert!(Overview::new(0).columns(0.0, 1.0, 3).iter().all(|v| v.is_nan()));
    }

    #[test]
    fn three_hours_fit_into_the_most_stretches_and_keep_their_extremes() {
        let mut overview = Overview::new(48_000);
        let mut block = Block::<f32>::silent(1, 48_000);
        for second in 0..3 * 3600 {
            block.channel_mut(0).fill(if second == 7_000 { 0.75 } else { 0.125 });
            overview.push(&block);
        }
        overview.complete();
        assert!(overview.stretches.len() < MOST_STRETCHES && overview.stretches.len() > MOST_STRETCHES / 4);
        assert_eq!(overview.duration_s(), 10_800.0);
        let columns = overview.columns(0.0, 10_800.0, 1080);
        let loud: Vec<usize> = columns.chunks(3).enumerate().filter(|(_, c)| c[1] == 0.75).map(|(i, _)| i).collect();
        assert_eq!(loud, [700], "the loud second is in its own ten seconds alone");
    }

    #[test]
    fn a_file_is_drawn_while_it_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tone.wav");
        crate::jobs::test_files::tone(&path, 1.0, 0.5);
        let (overview, cancel) = (Mutex::new(Overview::new(1)), Cancel::default());
        draw(&path, &overview, Host::new(&Silent, &cancel)).unwrap();
        let overview = overview.into_inner().unwrap();
        assert!(overview.is_complete() && (overview.duration_s() - 1.0).abs() < 1e-9);
        for column in overview.columns(0.1, 0.9, 20).chunks(3) {
            assert!((column[0] + 0.5).abs() < 1e-3 && (column[1] - 0.5).abs() < 1e-3, "{column:?}");
            assert!((column[2] - 0.5 / 2f32.sqrt()).abs() < 5e-3, "{column:?}");
        }
        cancel.cancel();
        let stopped = draw(&path, &Mutex::new(overview), Host::new(&Silent, &cancel));
        assert!(matches!(stopped, Err(crate::Error::Cancelled)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// The cut into blocks changes nothing, and no sample of the stretch is left out.
        #[test]
        fn extremes_are_kept_whatever_the_blocks(samples in prop::collection::vec(-1.0f32..1.0, 1..2000), block in 1usize..500, columns in 1usize..40) {
            let whole = of(vec![samples.clone()], 1000, samples.len());
            let cut = of(vec![samples.clone()], 1000, block);
            let end_s = samples.len() as f64 / 1000.0;
            let (a, b) = (whole.columns(0.0, end_s, columns), cut.columns(0.0, end_s, columns));
            prop_assert!(a.iter().zip(&b).all(|(a, b)| a == b || (a - b).abs() < 1e-6));
            let high = a.chunks(3).map(|c| c[1]).fold(f32::MIN, f32::max);
            prop_assert_eq!(high, samples.iter().copied().fold(f32::MIN, f32::max));
        }
    }
}
