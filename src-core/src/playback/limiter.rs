//! The limiter by bands that protects small drivers: each band is held to its level, whatever comes.
//!
//! Figures are medians of device tunings; slopes are infinite (97 % of the tunings that are known). Both forms hold the mean power of
//! a band over about 0.1 s.

use crate::dsp::Frame;
use crate::dsp::crossover::Crossover;
use crate::dsp::envelope::pole;
use crate::models::system::{BandLimits, Bands};
use crate::units::{THIRD_OCTAVES_HZ, db_to_power};

/// Power is averaged over this long, s.
const AVERAGE_S: f64 = 0.1;

/// Gains follow every so many frames.
const STEP: usize = 32;

/// Most bands on samples; the figures are merged into so many.
const MOST_BANDS: usize = 5;

/// Limits this close are one, dB.
const SAME_DB: f64 = 0.5;

/// A limit that a band of music at full scale never reaches, dB.
const NEVER_DB: f64 = 0.0;

/// Bands with their limits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BandLimiter {
    /// Edges between the bands, Hz.
    edges_hz: Vec<f64>,
    /// Limit of each band, power re full scale.
    limits: Vec<f64>,
}

impl BandLimiter {
    pub(super) fn new(figures: &BandLimits) -> Self {
        // Lowest and highest middle of a run of neighbours with the same limit, and the limit.
        let mut runs: Vec<[f64; 3]> = Vec::new();
        for (hz, db) in figures.bands_hz.iter().zip(&figures.threshold_db) {
            let full = runs.len() == MOST_BANDS;
            match runs.last_mut() {
                // The highest band takes in all above it with the highest of their limits: treble hardly ever limits.
                Some(run) if full || (run[2] - db).abs() < SAME_DB => (run[1], run[2]) = (*hz, run[2].max(*db)),
                _ => runs.push([*hz, *hz, *db]),
            }
        }
        let edges_hz = runs.windows(2).map(|w| (w[0][1] * w[1][0]).sqrt()).collect();
        let limits = runs.iter().map(|run| if run[2] >= NEVER_DB { f64::INFINITY } else { db_to_power(run[2]) }).collect();
        Self { edges_hz, limits }
    }

    /// Limits the third-octave powers of one frame that plays at `drive` times full scale (a power).
    pub(super) fn limit(&self, powers: &mut Bands, drive: f64) {
        for (index, limit) in self.limits.iter().enumerate() {
            let low = index.checked_sub(1).and_then(|i| self.edges_hz.get(i)).copied().unwrap_or(0.0);
            let high = self.edges_hz.get(index).copied().unwrap_or(f64::INFINITY);
            let inside = |b: usize| (low..high).contains(&THIRD_OCTAVES_HZ[b]);
            let sum: f64 = (0..powers.len()).filter(|b| inside(*b)).map(|b| powers[b]).sum::<f64>() * drive;
            if sum > *limit {
                for b in (0..powers.len()).filter(|b| inside(*b)) {
                    powers[b] *= limit / sum;
                }
            }
        }
    }

    /// Whether anything could be limited for a programme whose loudest band power is `power` at full scale.
    pub(super) fn works_at(&self, drive: f64) -> bool {
        self.limits.iter().any(|limit| *limit < drive)
    }
}

/// The limiter on samples.
#[derive(Clone, Debug)]
pub(super) struct Running {
    crossover: Crossover,
    bands: Vec<Vec<Frame>>,
    limits: Vec<f64>,
    power: Vec<f64>,
    gain: Vec<f64>,
    keep: f64,
    drive: f64,
    at: usize,
}

impl Running {
    /// A limiter at rest; `drive` is the power at which full scale plays.
    pub(super) fn new(limiter: &BandLimiter, drive: f64, sample_rate: f64) -> Self {
        let edges: Vec<f64> = limiter.edges_hz.iter().copied().filter(|hz| *hz < 0.45 * sample_rate).collect();
        let count = edges.len() + 1;
        Self {
            crossover: Crossover::new(&edges, sample_rate),
            bands: vec![vec![[0.0; 2]; STEP]; count],
            limits: limiter.limits.iter().take(count).copied().collect(),
            power: vec![0.0; count],
            gain: vec![1.0; count],
            keep: pole(AVERAGE_S, sample_rate),
            drive,
            at: 0,
        }
    }

    /// Limits frames in place. Gains change on a grid of the stream, so that results do not depend on block size.
    pub(super) fn process(&mut self, frames: &mut [Frame]) {
        let mut rest = frames;
        while !rest.is_empty() {
            let count = (STEP - self.at).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            self.crossover.split(now, &mut self.bands);
            now.fill([0.0; 2]);
            for (index, band) in self.bands.iter().enumerate() {
                let (Some(power), Some(gain)) = (self.power.get_mut(index), self.gain.get(index)) else { continue };
                for (out, x) in now.iter_mut().zip(band) {
                    *power = self.keep * *power + (1.0 - self.keep) * (x[0] * x[0] + x[1] * x[1]);
                    out[0] += gain * x[0];
                    out[1] += gain * x[1];
                }
            }
            self.at += count;
            if self.at == STEP {
                self.at = 0;
                for ((gain, power), limit) in self.gain.iter_mut().zip(&self.power).zip(&self.limits) {
                    let driven = power * self.drive;
                    *gain = if driven > *limit { (limit / driven).sqrt() } else { 1.0 };
                }
                self.crossover.flush_tiny();
            }
            rest = later;
        }
    }

    pub(super) fn reset(&mut self) {
        self.crossover.reset();
        self.power.fill(0.0);
        self.gain.fill(1.0);
        self.at = 0;
    }
}
