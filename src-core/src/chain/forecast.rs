//! What the limiter will do, and what loudness will come out, at any gain before it: known from one pass in front of it.
//!
//! The limiter's gain follows from the peaks of groups of 16 frames alone ([`super::gain_path`]), and it moves so slowly that the
//! K-weighting of BS.1770 and the gain can change places (error below 0.01 LU on music). So a pass through the stages before the
//! limiter that keeps the peak of each group and the K-weighted energy of each millisecond or two answers for every gain what a whole
//! render would answer for one.
//!
//! Both are kept to a tenth of a decibel and to the precision of `f32`: 8 bytes for 64 frames, 60 MB for three hours at 44.1 kHz.

use super::Chain;
use super::gain_path::GainPath;
use super::limiter::limit;
use super::settings::{Limiter, Settings};
use crate::audio::Block;
use crate::dsp::intersample::{GROUP, IntersamplePeaks};
use crate::dsp::k_weighting::KWeighting;
use crate::error::Result;
use crate::units::db_to_power;

/// Groups whose energy is summed.
const BUNDLE: usize = 4;
/// Frames of a bundle.
const FRAMES: usize = BUNDLE * GROUP;
/// Peaks are kept in classes of this width, dB.
const CLASS_DB: f64 = 0.1;
/// Energies come out in stretches of this length, as gating blocks are put together from them, s⁻¹.
pub const STRETCHES_PER_S: u64 = 10;

/// Runs a stream through everything before the limiter and gathers what [`Forecast`] needs.
pub struct Probe {
    chain: Chain,
    limiter: Limiter,
    rate: u32,
    channels: usize,
    /// Peaks below this surely stay below the ceiling.
    floor: f32,
    detectors: Vec<IntersamplePeaks>,
    weighting: KWeighting,
    /// Frames that do not fill a bundle yet.
    waiting: [[f32; FRAMES]; 2],
    filled: usize,
    frames: u64,
    /// Class of the peak of each group; 0 below `floor`.
    peaks: Vec<u8>,
    /// K-weighted sum of squares of each bundle.
    energies: Vec<f32>,
}

impl Probe {
    /// For settings with a limiter, and gains of up to `most_gain_db` before it in place of the settings' own. None without a limiter.
    ///
    /// # Errors
    /// Those of [`Chain::new`].
    pub fn new(settings: &Settings, sample_rate: u32, channels: usize, most_gain_db: f64) -> Result<Option<Self>> {
        let Some(limiter) = settings.limiter.clone() else { return Ok(None) };
        let before = Settings { output_gain_db: 0.0, limiter: None, ..settings.clone() };
        Ok(Some(Self {
            chain: Chain::new(&before, sample_rate, channels)?,
            floor: (limit(&limiter) * 10f64.powf(-most_gain_db / 20.0)) as f32,
            limiter,
            rate: sample_rate,
            channels,
            detectors: (0..channels).map(|_| IntersamplePeaks::new()).collect(),
            weighting: KWeighting::new(f64::from(sample_rate)),
            waiting: [[0.0; FRAMES]; 2],
            filled: 0,
            frames: 0,
            peaks: Vec::new(),
            energies: Vec::new(),
        }))
    }

    /// Takes the next block, which is processed in place.
    pub fn push(&mut self, block: &mut Block<f64>) {
        self.chain.process(block);
        let (frames, mut from) = (block.frames(), 0);
        while from < frames {
            let count = (FRAMES - self.filled).min(frames - from);
            for (waiting, channel) in self.waiting.iter_mut().zip(block.channels()) {
                for (to, x) in waiting.iter_mut().skip(self.filled).zip(channel.iter().skip(from).take(count)) {
                    *to = *x as f32;
                }
            }
            self.filled += count;
            self.frames += count as u64;
            from += count;
            if self.filled == FRAMES {
                self.end_bundle();
            }
        }
    }

    fn end_bundle(&mut self) {
        let [left, right] = &self.waiting;
        let squares = self.weighting.sum_of_squares(left, right);
        // Mono is one channel to BS.1770; its right lane is silent.
        self.energies.push((squares[0] + squares[1]) as f32);
        for group in 0..BUNDLE {
            let mut peak = 0f32;
            for (detector, channel) in self.detectors.iter_mut().zip(&self.waiting) {
                if let Some(samples) = channel.as_chunks::<GROUP>().0.get(group) {
                    peak = peak.max(detector.push(samples, self.floor));
                }
            }
            self.peaks.push(class(peak / self.floor));
        }
        self.waiting = [[0.0; FRAMES]; 2];
        self.filled = 0;
    }

    /// What was gathered.
    pub fn finish(mut self) -> Forecast {
        let frames = self.frames;
        // Silence to fill the last bundle and to bring out the detectors' last groups.
        let silent = (FRAMES - self.filled) + IntersamplePeaks::LAG_GROUPS.div_ceil(BUNDLE) * FRAMES;
        for _ in 0..silent.div_ceil(FRAMES) {
            self.end_bundle();
        }
        debug_assert!((1..=2).contains(&self.channels));
        self.peaks.drain(..IntersamplePeaks::LAG_GROUPS.min(self.peaks.len()));
        Forecast {
            limiter: self.limiter,
            rate: self.rate,
            frames,
            floor: f64::from(self.floor),
            peaks: self.peaks,
            energies: self.energies,
        }
    }
}

/// The class of a peak given as its ratio to the floor.
fn class(ratio: f32) -> u8 {
    if ratio > 1.0 { (20.0 * f64::from(ratio).log10() / CLASS_DB).round().clamp(1.0, 255.0) as u8 } else { 0 }
}

/// What reaches the limiter, and with it what comes out at any gain.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    limiter: Limiter,
    rate: u32,
    frames: u64,
    floor: f64,
    peaks: Vec<u8>,
    energies: Vec<f32>,
}

impl Forecast {
    /// Mean squares, K-weighted and summed over the channels, that come out of the limiter in each whole stretch of 1/[`STRETCHES_PER_S`] s
    /// with `gain_db` before it.
    pub fn mean_squares(&self, gain_db: f64) -> Vec<f64> {
        let per_stretch = db_to_power(gain_db) * STRETCHES_PER_S as f64 / f64::from(self.rate);
        self.energies(gain_db).into_iter().map(|[_, out]| out * per_stretch).collect()
    }

    /// Share of the K-weighted energy that the limiter leaves in each of those stretches with `gain_db` before it: 1 where it does nothing.
    pub fn left_by_limiter(&self, gain_db: f64) -> Vec<f64> {
        self.energies(gain_db).into_iter().map(|[before, out]| if before > 0.0 { out / before } else { 1.0 }).collect()
    }

    /// K-weighted energy of each whole stretch before and after the limiter, `gain_db` left out of both.
    fn energies(&self, gain_db: f64) -> Vec<[f64; 2]> {
        let gain = 10f64.powf(gain_db / 20.0);
        let ceiling = limit(&self.limiter);
        let required: Vec<f64> = (0..=u8::MAX).map(|class| (ceiling / (gain * self.magnitude(class))).min(1.0)).collect();
        let required = |class: u8| required.get(usize::from(class)).copied().filter(|_| class > 0).unwrap_or(1.0);
        let mut path = GainPath::new(&self.limiter, f64::from(self.rate));
        let ahead = path.lookahead_groups();
        // The end of each group's gain comes out when the peaks that many groups later are known.
        let mut later = self.peaks.iter().map(|class| required(*class)).chain(std::iter::repeat(1.0));
        let mut from = 1.0;
        for _ in 0..ahead {
            from = path.next(later.next().unwrap_or(1.0));
        }
        let mut sums = vec![[0.0; 2]; (self.frames * STRETCHES_PER_S / u64::from(self.rate)) as usize];
        for (bundle, energy) in self.energies.iter().enumerate() {
            let mut power = 0.0;
            for _ in 0..BUNDLE {
                let to = path.next(later.next().unwrap_or(1.0));
                // Mean of the square of a straight line.
                power += (from * from + from * to + to * to) / (3.0 * BUNDLE as f64);
                from = to;
            }
            let middle = (bundle * FRAMES + FRAMES / 2) as u64;
            if let Some([before, out]) = sums.get_mut((middle * STRETCHES_PER_S / u64::from(self.rate)) as usize) {
                *before += f64::from(*energy);
                *out += f64::from(*energy) * power;
            }
        }
        sums
    }

    /// Highest true peak that reaches the limiter in each stretch at a gain of 0 dB, dBTP; what lies below the peaks that can matter is
    /// given as their lower end.
    pub fn peaks_dbtp(&self) -> Vec<f64> {
        let stretches = (self.frames * STRETCHES_PER_S).div_ceil(u64::from(self.rate)) as usize;
        let mut highest = vec![0u8; stretches];
        for (group, class) in self.peaks.iter().enumerate() {
            if let Some(slot) = highest.get_mut(((group * GROUP) as u64 * STRETCHES_PER_S / u64::from(self.rate)) as usize) {
                *slot = (*slot).max(*class);
            }
        }
        highest.into_iter().map(|class| 20.0 * self.magnitude(class).log10()).collect()
    }

    fn magnitude(&self, class: u8) -> f64 {
        self.floor * 10f64.powf(f64::from(class) * CLASS_DB / 20.0)
    }
}

#[cfg(test)]
mod tests;
