//! Noise floor in the quiet parts.

use super::framer::rate_scale;
use super::quietest::{Kept, Quietest};
use crate::audio::{Block, Layout, TimeRange};
use crate::units::Db;
use realfft::{RealFftPlanner, RealToComplex};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Frame, samples at 44.1 and 48 kHz (93 and 85 ms).
const FRAME: usize = 4096;
/// Quiet frames that are kept.
const KEPT: usize = 40;
/// Frames below this power are digital silence, not noise: −110 dBFS.
const SILENT: f64 = 1e-11;
/// Frames of one quiet passage lie within this of each other, dB.
const STEADY_DB: f64 = 2.0;
/// Least frames of a passage: about half a second.
const LEAST_FRAMES: usize = 5;
/// Band in which noise is looked for, Hz.
const BAND_HZ: (f64, f64) = (200.0, 16_000.0);

/// Noise floor.
///
/// # What it measures
/// How strong and how noise-like the steadiest quiet passage is: hiss, room, amplifier, a noisy plug-in.
/// # Definition
/// Frames of 4096 samples (at 44.1 and 48 kHz), power as mean of the channels. The 40 quietest frames above −110 dBFS are kept. The quiet
/// passage is the largest group of them within 2 dB of each other; it needs five frames. Its mean Hann power spectrum is cut into
/// third octaves from 200 Hz to 16 kHz. `flatness` is the power-weighted mean, over third octaves, of geometric over arithmetic mean
/// of the bins: near 1 for noise (of any colour), far below for tones. `level` sums the medians of the bins, so tones hardly count.
/// # Unit and range
/// dB re full scale; flatness 0 to 1.
/// # On silence, short, mono
/// Digital silence, short files and files without a steady quiet passage have no passage: `passage` is empty, `level` −∞.
/// # Limits
/// Noise under music that never pauses cannot be told from the music. A quiet steady sound that is meant (wind, sea) is noise to this meter.
/// # References
/// Dubnov, "Generalization of spectral flatness measure for non-Gaussian linear processes", IEEE SPL 11(8), 2004.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// Where the passage lies; empty if there is none.
    pub passage: Vec<TimeRange>,
    /// Power of the passage.
    pub power: Db,
    /// Power of its noise-like part, 200 Hz to 16 kHz.
    pub level: Db,
    /// 0 tonal to 1 noise.
    pub flatness: f64,
    /// Power of the quietest frame that is not digital silence.
    pub quietest: Db,
}

impl Default for Data {
    /// No passage.
    fn default() -> Self {
        let silence = Db::new(f64::NEG_INFINITY);
        Self { passage: Vec::new(), power: silence, level: silence, flatness: 0.0, quietest: silence }
    }
}

/// See [`Data`].
pub struct Meter {
    rate: f64,
    frame: usize,
    pending: Vec<Vec<f32>>,
    index: u64,
    kept: Quietest<Vec<f32>>,
    fft: Spectrum,
}

/// Power spectra with shared plan and working space.
pub(super) struct Spectrum {
    plan: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    output: Vec<realfft::num_complex::Complex<f32>>,
    scratch: Vec<realfft::num_complex::Complex<f32>>,
}

impl Spectrum {
    /// Spectra of `frame` samples under a Hann window, zero-padded to `size`, which is no shorter.
    pub fn new(frame: usize, size: usize) -> Self {
        let plan = RealFftPlanner::<f32>::new().plan_fft_forward(size.max(frame));
        let window: Vec<f64> = (0..frame).map(|i| 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / frame as f64).cos()).collect();
        // Scaled so that the bins of one side sum to the mean square of the signal.
        let energy: f64 = window.iter().map(|w| w * w).sum();
        let scale = (2.0 / (energy * size.max(frame) as f64)).sqrt();
        Self {
            window: window.iter().map(|w| (w * scale) as f32).collect(),
            input: plan.make_input_vec(),
            output: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
        }
    }

    /// Number of bins.
    pub fn bins(&self) -> usize {
        self.output.len()
    }

    /// Adds the power spectrum of a frame, times `weight`, to `sum`; the bins sum to its mean square.
    pub fn add(&mut self, samples: &[f32], weight: f32, sum: &mut [f32]) {
        self.input.fill(0.0);
        for ((to, x), w) in self.input.iter_mut().zip(samples).zip(&self.window) {
            *to = x * w;
        }
        if self.plan.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch).is_ok() {
            for (to, bin) in sum.iter_mut().zip(&self.output) {
                *to += weight * bin.norm_sqr();
            }
        }
    }
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let frame = FRAME * rate_scale(rate);
        Self {
            rate: f64::from(rate.max(1)),
            frame,
            pending: vec![Vec::with_capacity(frame); layout.channel_count()],
            index: 0,
            kept: Quietest::new(KEPT),
            fft: Spectrum::new(frame, frame),
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        let mut from = 0;
        while from < block.frames() && !self.pending.is_empty() {
            let filled = self.pending.first().map_or(0, Vec::len);
            let count = (self.frame - filled).min(block.frames() - from);
            for (to, samples) in self.pending.iter_mut().zip(block.channels()) {
                to.extend_from_slice(samples.get(from..from + count).unwrap_or(&[]));
            }
            from += count;
            if filled + count == self.frame {
                self.look();
            }
        }
    }

    fn look(&mut self) {
        let channels = self.pending.len() as f32;
        let power = self.pending.iter().map(|c| mean_square(c)).sum::<f64>() / f64::from(channels);
        if power > SILENT {
            let (fft, pending) = (&mut self.fft, &self.pending);
            self.kept.offer(power, self.index, || {
                let mut sum = vec![0.0; fft.bins()];
                for samples in pending {
                    fft.add(samples, 1.0 / channels, &mut sum);
                }
                sum
            });
        }
        self.index += 1;
        self.pending.iter_mut().for_each(Vec::clear);
    }

    /// The result.
    pub fn finish(self) -> Data {
        let frames = self.kept.finish();
        let silence = Db::new(f64::NEG_INFINITY);
        let quietest = frames.first().map_or(silence, |f| Db::from_power(f.power));
        let passage = steady(&frames);
        let Some(first) = passage.first() else {
            return Data { quietest, ..Data::default() };
        };
        let mut mean = vec![0.0f64; first.value.len()];
        for frame in passage {
            for (to, bin) in mean.iter_mut().zip(&frame.value) {
                *to += f64::from(*bin) / passage.len() as f64;
            }
        }
        let (level, flatness) = noise_part(&mean, self.rate / self.frame as f64);
        let frame_s = self.frame as f64 / self.rate;
        let times = passage.iter().map(|f| TimeRange::new(f.index as f64 * frame_s, (f.index + 1) as f64 * frame_s)).collect();
        Data {
            passage: TimeRange::merged(times, 0.3),
            power: Db::from_power(passage.iter().map(|f| f.power).sum::<f64>() / passage.len() as f64),
            level: Db::from_power(level),
            flatness,
            quietest,
        }
    }
}

/// Mean square, in lanes that the compiler turns into vectors.
pub(super) fn mean_square(samples: &[f32]) -> f64 {
    let runs = samples.chunks(256).map(|run| {
        let mut lanes = [0.0f32; 8];
        let eights = run.chunks_exact(8);
        let rest: f32 = eights.remainder().iter().map(|x| x * x).sum();
        for eight in eights {
            for (lane, x) in lanes.iter_mut().zip(eight) {
                *lane += x * x;
            }
        }
        f64::from(lanes.iter().sum::<f32>() + rest)
    });
    runs.sum::<f64>() / samples.len().max(1) as f64
}

/// The largest group of frames, sorted by power, that lie within [`STEADY_DB`]; empty if it is too small.
fn steady(frames: &[Kept<Vec<f32>>]) -> &[Kept<Vec<f32>>] {
    let ratio = 10f64.powf(STEADY_DB / 10.0);
    let group = |from: usize| frames.iter().skip(from).take_while(|f| f.power <= ratio * frames[from].power).count();
    // Of equally large groups the quieter one.
    let best = (0..frames.len()).map(|from| (from, group(from))).fold((0, 0), |best, this| if this.1 > best.1 { this } else { best });
    if best.1 < LEAST_FRAMES { &[] } else { frames.get(best.0..best.0 + best.1).unwrap_or(&[]) }
}

/// Power and flatness of the noise-like part of a power spectrum whose bins are `bin_hz` apart.
fn noise_part(mean: &[f64], bin_hz: f64) -> (f64, f64) {
    let (mut level, mut weighted, mut weights) = (0.0, 0.0, 0.0);
    let mut low = BAND_HZ.0;
    while low < BAND_HZ.1 {
        let high = low * 2f64.powf(1.0 / 3.0);
        let bins = mean.get((low / bin_hz).ceil() as usize..((high / bin_hz).ceil() as usize).min(mean.len())).unwrap_or(&[]);
        low = high;
        if bins.len() < 3 {
            continue;
        }
        let n = bins.len() as f64;
        let arithmetic = bins.iter().sum::<f64>() / n;
        let geometric = (bins.iter().map(|b| b.max(1e-30).ln()).sum::<f64>() / n).exp();
        let mut sorted = bins.to_vec();
        sorted.sort_by(f64::total_cmp);
        level += sorted.get(sorted.len() / 2).copied().unwrap_or(0.0) * n;
        weighted += arithmetic * n * (geometric / arithmetic.max(1e-30)).min(1.0);
        weights += arithmetic * n;
    }
    (level, if weights > 0.0 { weighted / weights } else { 0.0 })
}
