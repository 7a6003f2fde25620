//! What the limiter will do, and what loudness will come out, at any gain before it: known from one pass in front of it.
//!
//! The limiter's gain follows from the peaks of groups of 16 frames alone ([`super::gain_path`]), and it moves so slowly that the
//! K-weighting of BS.1770 and the gain can change places (error below 0.01 LU on music). So a pass through the stages before the
//! limiter that keeps the peak of each group and the K-weighted energy of each millisecond or two answers for every gain what a whole
//! render would answer for one.
//!
//! What a limiter takes from the lows is not what it takes from the whole: it goes down when a kick hits and comes back in between. So the
//! energy of the lows is kept beside that of the whole.
//!
//! Peaks are kept to a tenth of a decibel, energies to a few thousandths: 8 bytes for 64 frames, 60 MB for three hours at 44.1 kHz.

use super::Chain;
use super::gain_path::GainPath;
use super::limiter::limit;
use super::settings::{Limiter, Settings};
use crate::audio::Block;
use crate::dsp::biquad::{Cascade, Coefficients};
use crate::dsp::intersample::{GROUP, IntersamplePeaks};
use crate::dsp::k_weighting::KWeighting;
use crate::error::Result;
use crate::units::{db_to_power, power_to_db};

/// Groups whose energy is summed.
const BUNDLE: usize = 4;
/// Frames of a bundle.
const FRAMES: usize = BUNDLE * GROUP;
/// Peaks are kept in classes of this width, dB.
const CLASS_DB: f64 = 0.1;
/// Energies come out in stretches of this length, as gating blocks are put together from them, s⁻¹.
pub const STRETCHES_PER_S: u64 = 10;

/// Where lows end, Hz: a kick and a bass lie below, what sounds between kicks above.
const LOWS_HZ: f64 = 160.0;
const LOWS_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// An energy in 16 bits, to 0.003 dB from 250 dB below 1 up; 0 is silence.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Energy(u16);

impl Energy {
    const STEP_DB: f64 = 0.005;
    const LOWEST_DB: f64 = -250.0;

    fn new(power: f64) -> Self {
        let db = power_to_db(power);
        // Silence is infinitely low and comes out as 0.
        Self(((db - Self::LOWEST_DB) / Self::STEP_DB).round().clamp(0.0, f64::from(u16::MAX)) as u16)
    }

    fn power(self) -> f64 {
        if self.0 == 0 { 0.0 } else { db_to_power(Self::LOWEST_DB + Self::STEP_DB * f64::from(self.0)) }
    }
}

/// Energies of a stretch before and after the limiter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limited {
    /// Of the lows.
    lows: [f64; 2],
    /// Of the K-weighted whole.
    whole: [f64; 2],
}

impl Limited {
    /// Share of the power at a frequency that the limiter leaves: that of the lows as far as they hold it. 1 for silence.
    pub fn left_at(&self, hz: f64) -> f64 {
        let share = |[before, after]: [f64; 2]| if before > 0.0 { after / before } else { 1.0 };
        let lows = 1.0 / (1.0 + (hz / LOWS_HZ).powi(4));
        lows * share(self.lows) + (1.0 - lows) * share(self.whole)
    }

    /// Several stretches as one.
    pub fn over(stretches: &[Self]) -> Self {
        let add = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
        let sum = |sum: Self, next: &Self| Self { lows: add(sum.lows, next.lows), whole: add(sum.whole, next.whole) };
        stretches.iter().fold(Self::default(), sum)
    }

    /// What lies between two stretches: each counts by its energy, so that a pause beside a kick does not hide what the kick lost.
    #[must_use]
    pub fn between(&self, next: &Self, part: f64) -> Self {
        let mix = |a: [f64; 2], b: [f64; 2]| std::array::from_fn(|i| a[i] * (1.0 - part) + b[i] * part);
        Self { lows: mix(self.lows, next.lows), whole: mix(self.whole, next.whole) }
    }
}

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
    low_pass: Cascade,
    /// Frames that do not fill a bundle yet.
    waiting: [[f32; FRAMES]; 2],
    filled: usize,
    frames: u64,
    /// Class of the peak of each group; 0 below `floor`.
    peaks: Vec<u8>,
    /// Sums of squares of each bundle: of the lows, and K-weighted of the whole.
    energies: Vec<[Energy; 2]>,
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
            low_pass: Cascade::new(&[Coefficients::low_pass(LOWS_HZ, LOWS_Q, f64::from(sample_rate))]),
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
        let mut frames: [[f64; 2]; FRAMES] = std::array::from_fn(|i| [f64::from(left[i]), f64::from(right[i])]);
        self.low_pass.process(&mut frames);
        let lows: f64 = frames.iter().map(|[l, r]| l * l + r * r).sum();
        // Mono is one channel to BS.1770; its right lane is silent.
        self.energies.push([Energy::new(lows), Energy::new(squares[0] + squares[1])]);
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
    energies: Vec<[Energy; 2]>,
}

impl Forecast {
    /// Mean squares, K-weighted and summed over the channels, that come out of the limiter in each whole stretch of 1/[`STRETCHES_PER_S`] s
    /// with `gain_db` before it.
    pub fn mean_squares(&self, gain_db: f64) -> Vec<f64> {
        let per_stretch = db_to_power(gain_db) * STRETCHES_PER_S as f64 / f64::from(self.rate);
        self.limited(gain_db).into_iter().map(|sums| sums.whole[1] * per_stretch).collect()
    }

    /// Energies of each of those stretches before and after the limiter with `gain_db` before it; the gain itself is left out of both.
    pub fn limited(&self, gain_db: f64) -> Vec<Limited> {
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
        let mut sums = vec![Limited::default(); (self.frames * STRETCHES_PER_S / u64::from(self.rate)) as usize];
        for (bundle, [lows, whole]) in self.energies.iter().enumerate() {
            let mut power = 0.0;
            for _ in 0..BUNDLE {
                let to = path.next(later.next().unwrap_or(1.0));
                // Mean of the square of a straight line.
                power += (from * from + from * to + to * to) / (3.0 * BUNDLE as f64);
                from = to;
            }
            let middle = (bundle * FRAMES + FRAMES / 2) as u64;
            if let Some(sums) = sums.get_mut((middle * STRETCHES_PER_S / u64::from(self.rate)) as usize) {
                for (sum, energy) in [(&mut sums.lows, lows), (&mut sums.whole, whole)] {
                    let energy = energy.power();
                    sum[0] += energy;
                    sum[1] += energy * power;
                }
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

    /// Highest true peak that reaches the limiter at a gain of 0 dB, dBTP; none where all lie below the peaks that can matter.
    pub fn highest_dbtp(&self) -> Option<f64> {
        let class = self.peaks.iter().copied().max().filter(|class| *class > 0)?;
        Some(20.0 * self.magnitude(class).log10())
    }

    fn magnitude(&self, class: u8) -> f64 {
        self.floor * 10f64.powf(f64::from(class) * CLASS_DB / 20.0)
    }
}

#[cfg(test)]
mod tests;
