//! Which bins of a spectrum make up a band.

use super::fft::PairPower;

/// Bins that make up a band: `first` and the share of each bin's width that lies in the band.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BandBins {
    /// First bin.
    pub first: usize,
    /// Shares, 0 to 1, of that bin and the following ones; empty for a band above Nyquist.
    pub shares: Vec<f32>,
}

impl BandBins {
    /// The bins of a transform of `points` at `rate` between two frequencies.
    pub fn new(rate: u32, points: usize, low_hz: f64, high_hz: f64) -> Self {
        Self::of_width(f64::from(rate) / points as f64, points / 2 + 1, low_hz, high_hz)
    }

    /// Of the first `count` bins `width_hz` apart those between two frequencies.
    pub fn of_width(width_hz: f64, count: usize, low_hz: f64, high_hz: f64) -> Self {
        // Bin k stands for the stretch from k − ½ to k + ½ bin widths; nothing lies above the last.
        let (low, high) = (low_hz / width_hz, (high_hz / width_hz).min(count as f64 - 0.5));
        if high.is_nan() || high <= low {
            return Self::default();
        }
        let first = (low + 0.5).floor() as usize;
        let last = ((high + 0.5).ceil() as usize).min(count);
        let share = |k: usize| ((high.min(k as f64 + 0.5) - low.max(k as f64 - 0.5)).max(0.0)) as f32;
        Self { first, shares: (first..last).map(share).collect() }
    }

    /// The band's part of a spectrum.
    pub fn sum(&self, powers: &[PairPower]) -> PairPower {
        let reach = powers.get(self.first..).unwrap_or(&[]);
        let add = |sum: PairPower, (share, power): (&f32, &PairPower)| PairPower {
            a: sum.a + share * power.a,
            b: sum.b + share * power.b,
            cross: sum.cross + share * power.cross,
        };
        self.shares.iter().zip(reach).fold(PairPower::default(), add)
    }
}
