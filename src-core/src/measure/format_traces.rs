//! What the file was before it became this file: lossy coding, fewer bits, a lower rate.

use super::framer::rate_scale;
use super::noise::{Spectrum, mean_square};
use crate::audio::{Block, Layout};
use crate::units::{Db, Hz};
use serde::{Deserialize, Serialize};

/// Spectrum frame, samples at 44.1 and 48 kHz.
const FRAME: usize = 2048;
/// One frame is looked at in so many.
const EVERY: usize = 4;
/// Frames below this power tell nothing: −70 dBFS.
const GATE: f64 = 1e-7;
/// Bands in which the spectrum is summed up, Hz.
pub const BAND_HZ: f64 = 250.0;
/// An edge is looked for from here on, Hz.
const LOWEST_EDGE_HZ: f64 = 5000.0;
/// Bands left out at an edge, and bands compared on either side of it (0.5 kHz and 0.5 kHz).
const SKIRT: usize = 1;
const BESIDE: usize = 2;
/// Above an edge nothing rises again by more than this, dB.
const RISES_DB: f64 = 6.0;
/// Samples in which the amplitude grid is looked for, at the start of every frame looked at.
const GRID_RUN: usize = 1024;
/// Samples within this part of a grid step count as on the grid; random values would do so in 30 %.
const ON_GRID: f64 = 0.15;
/// Step of 24-bit samples.
const STEP_24: f64 = 1.0 / 8_388_608.0;

/// Where the spectrum ends as if cut off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Edge {
    /// Where.
    pub frequency: Hz,
    /// How far the level falls from the half kilohertz below to the half kilohertz above, a quarter kilohertz left out on either side.
    pub drop: Db,
}

/// Traces of earlier formats.
///
/// # What it measures
/// The long-term spectrum as the ear's codec sees it, the steepest edge above which nothing comes again, and the step of the amplitude grid.
/// # Definition
/// Spectrum: Hann frames of 2048 samples (at 44.1 and 48 kHz), one in four, those above −70 dBFS; per bin the mean over frames of the
/// power (channels added), averaged in bands of 250 Hz; and beside it the mean of the levels in dB, which falls where frames have holes, as lossy
/// coders leave them. Edge: the frequency from 5 kHz up with the largest drop in either, after which no band rises by more than 6 dB.
/// Grid: in runs of 1024 samples the smallest step of which all differences between neighbours are multiples; `bits` = log2(2 / step) over
/// the runs that agree on one step, if they are the majority.
/// # Unit and range
/// dB re full scale per bin, Hz, bits.
/// # On silence, short, mono
/// Silent and very short files have no spectrum, no edge and no grid.
/// # Limits
/// An edge tells a low-pass, not who made it: old samplers and resampling leave edges too. Bits hidden by dither or by gain changes within
/// every run are not found.
/// # References
/// Hennequin, Royo-Letelier, Moussallam, "Codec independent lossy audio compression detection", ICASSP 2017;
/// D'Alessandro and Shi, "MP3 bit rate quality detection through frequency spectrum analysis", ACM MM&Sec 2009.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Level of each band of 250 Hz from 0 up, dB; empty for silence.
    pub bands_db: Vec<f32>,
    /// The steepest edge, if there is any.
    pub edge: Option<Edge>,
    /// Bits in use; none where there is no grid (floating point, gain changes).
    pub bits: Option<f64>,
    /// Share of the runs judged that lie on that grid.
    pub grid_share: f64,
}

/// See [`Data`].
pub struct Meter {
    rate: f64,
    frame: usize,
    position: usize,
    pending: Vec<Vec<f32>>,
    fft: Spectrum,
    sum: Vec<f32>,
    powers: Vec<f64>,
    logs: Vec<f64>,
    frames: u64,
    steps: Vec<f32>,
    runs: u64,
    differences: Vec<f64>,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let frame = FRAME * rate_scale(rate);
        let fft = Spectrum::new(frame, frame);
        Self {
            rate: f64::from(rate.max(1)),
            frame,
            position: 0,
            pending: vec![Vec::with_capacity(frame); layout.channel_count()],
            sum: vec![0.0; fft.bins()],
            powers: vec![0.0; fft.bins()],
            logs: vec![0.0; fft.bins()],
            fft,
            frames: 0,
            steps: Vec::new(),
            runs: 0,
            differences: Vec::new(),
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        let mut from = 0;
        while from < block.frames() && !self.pending.is_empty() {
            let wanted = if self.position < self.frame { self.frame } else { self.frame * EVERY };
            let count = (wanted - self.position).min(block.frames() - from);
            if self.position < self.frame {
                for (to, samples) in self.pending.iter_mut().zip(block.channels()) {
                    to.extend_from_slice(samples.get(from..from + count).unwrap_or(&[]));
                }
            }
            (self.position, from) = (self.position + count, from + count);
            if self.position == self.frame {
                self.look();
            }
            self.position %= self.frame * EVERY;
        }
    }

    fn look(&mut self) {
        let channels = self.pending.len() as f64;
        if self.pending.iter().map(|c| mean_square(c)).sum::<f64>() / channels > GATE {
            self.sum.fill(0.0);
            for samples in &self.pending {
                self.fft.add(samples, 1.0, &mut self.sum);
            }
            for ((log, total), power) in self.logs.iter_mut().zip(&mut self.powers).zip(&self.sum) {
                *log += f64::from(power.max(1e-30).log10());
                *total += f64::from(*power);
            }
            self.frames += 1;
        }
        for channel in 0..self.pending.len() {
            if let Some(run) = self.pending.get(channel).and_then(|c| c.get(..GRID_RUN)) {
                let found = grid(run, &mut self.differences);
                self.runs += u64::from(found.is_some());
                self.steps.extend(found.flatten());
            }
        }
        // An hour's worth of runs in stereo is enough to tell the majority.
        self.steps.truncate(20_000);
        self.pending.iter_mut().for_each(Vec::clear);
    }

    /// The result.
    pub fn finish(mut self) -> Data {
        let (bits, grid_share) = common_step(&mut self.steps, self.runs);
        if self.frames == 0 {
            return Data { bits, grid_share, ..Data::default() };
        }
        let frames = self.frames as f64;
        let holes_db = self.bands(|bins| 10.0 * bins.iter().sum::<f64>() / frames / bins.len().max(1) as f64, &self.logs);
        let bands_db =
            self.bands(|bins| 10.0 * (bins.iter().sum::<f64>() / frames / bins.len().max(1) as f64).max(1e-30).log10(), &self.powers);
        // A coder with a fixed low-pass shows in the mean power, one that leaves high bands out frame by frame in the mean of the levels.
        let edge = [edge(&bands_db), edge(&holes_db)].into_iter().flatten().max_by(|a, b| a.drop.db().total_cmp(&b.drop.db()));
        Data { edge, bands_db, bits, grid_share }
    }

    /// One value for each band of [`BAND_HZ`] up to half the rate.
    fn bands(&self, value: impl Fn(&[f64]) -> f64, bins: &[f64]) -> Vec<f32> {
        let bin = |band: usize| (band as f64 * BAND_HZ * self.frame as f64 / self.rate).round() as usize;
        let count = (self.rate / 2.0 / BAND_HZ) as usize;
        (0..count).map(|band| value(bins.get(bin(band)..bin(band + 1)).unwrap_or(&[])) as f32).collect()
    }
}

/// The steepest fall after which nothing comes again.
fn edge(bands_db: &[f32]) -> Option<Edge> {
    let mean =
        |from: usize, to: usize| bands_db.get(from..to).map(|b| b.iter().map(|&v| f64::from(v)).sum::<f64>() / b.len().max(1) as f64);
    // The topmost band belongs to every anti-alias filter.
    let last = bands_db.len().saturating_sub(2);
    let mut best: Option<Edge> = None;
    let mut highest_above = f64::NEG_INFINITY;
    for at in ((LOWEST_EDGE_HZ / BAND_HZ) as usize..last.saturating_sub(SKIRT + BESIDE)).rev() {
        let (Some(below), Some(above)) = (mean(at - SKIRT - BESIDE, at - SKIRT), mean(at + SKIRT, at + SKIRT + BESIDE)) else { continue };
        highest_above = highest_above.max(f64::from(*bands_db.get(at + SKIRT + BESIDE).unwrap_or(&f32::NEG_INFINITY)));
        let drop = below - above;
        if highest_above <= above + RISES_DB && drop > best.map_or(0.0, |b| b.drop.db()) {
            best = Some(Edge { frequency: Hz::new(at as f64 * BAND_HZ), drop: Db::new(drop) });
        }
    }
    best
}

/// The grid on which a run of samples lies. Outer none: cannot be judged (too few different steps); inner none: on no grid.
fn grid(run: &[f32], differences: &mut Vec<f64>) -> Option<Option<f32>> {
    differences.clear();
    differences.extend(run.windows(2).map(|w| f64::from((w[1] - w[0]).abs())).filter(|d| *d > 0.0));
    let smallest = differences.iter().copied().fold(f64::INFINITY, f64::min);
    if differences.len() < GRID_RUN / 16 || differences.iter().filter(|d| **d > 1.5 * smallest).count() < GRID_RUN / 64 {
        return None;
    }
    // From the smallest difference to ever larger ones, each time with a step known better.
    let mut step = smallest;
    for reach in [4.0, 16.0, 64.0, 256.0] {
        let near = differences.iter().filter(|d| **d < reach * step);
        let (sum, count) = near.fold((0.0, 0.0), |(s, n), d| (s + d, n + (d / step).round()));
        if count > 0.0 {
            step = sum / count;
        }
    }
    let judged = differences.iter().filter(|d| **d < 256.0 * step);
    let (on, all) = judged.fold((0u32, 0u32), |(on, all), d| (on + u32::from((d / step - (d / step).round()).abs() < ON_GRID), all + 1));
    // Nothing finer than 24 bit is a grid: it is how 24-bit and floating-point files are written.
    let found = all > GRID_RUN as u32 / 32 && f64::from(on) > 0.98 * f64::from(all) && step > 0.9 * STEP_24;
    Some(found.then_some(step as f32))
}

/// Bits of the step that most runs share, and their share.
fn common_step(steps: &mut [f32], runs: u64) -> (Option<f64>, f64) {
    steps.sort_by(f32::total_cmp);
    let same = |from: usize| steps.iter().skip(from).take_while(|s| **s <= steps[from] * 1.02).count();
    let mut best = (0, 0);
    let mut from = 0;
    while from < steps.len() {
        let count = same(from);
        best = if count > best.1 { (from, count) } else { best };
        from += count.max(1);
    }
    let share = best.1 as f64 / runs.clamp(1, 20_000) as f64;
    let step = steps.get(best.0).copied().filter(|_| share > 0.5);
    (step.map(|s| (2.0 / f64::from(s)).log2()), share.min(1.0))
}
