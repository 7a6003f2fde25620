//! Splits a signal into bands whose sum has a flat magnitude.
//!
//! Fourth-order Linkwitz-Riley: each split is a Butterworth low-pass and high-pass, applied twice. The two halves of a split sum to a
//! second-order all-pass; the bands below pass through the all-passes of the splits above them, so that all stay in phase and their sum
//! is the product of the all-passes.
//!
//! # References
//! S. P. Lipshitz, J. Vanderkooy, "A family of linear-phase crossover networks of high slope derived by time delay", JAES 31(1/2), 1983,
//! section 1 (Linkwitz-Riley sums to an all-pass); J. D'Appolito, "Active realization of multiway all-pass crossover systems",
//! JAES 35(4), 1987 (compensation of the bands below).

use super::Frame;
use super::biquad::{Cascade, Coefficients};
use std::f64::consts::FRAC_1_SQRT_2;

/// One split and the all-passes that its lower half still has to go through.
#[derive(Clone, Debug)]
struct Split {
    low: Cascade,
    high: Cascade,
}

/// A crossover into one band more than it has frequencies.
#[derive(Clone, Debug)]
pub struct Crossover {
    splits: Vec<Split>,
}

impl Crossover {
    /// A crossover at rising frequencies, Hz, each below half the sample rate.
    pub fn new(freqs_hz: &[f64], sample_rate: f64) -> Self {
        let split = |(index, &freq_hz): (usize, &f64)| {
            let twice = |make: fn(f64, f64, f64) -> Coefficients| [make(freq_hz, FRAC_1_SQRT_2, sample_rate); 2];
            let above = freqs_hz.iter().skip(index + 1);
            let all_passes = above.map(|freq_hz| Coefficients::all_pass(*freq_hz, FRAC_1_SQRT_2, sample_rate));
            let low: Vec<_> = twice(Coefficients::low_pass).into_iter().chain(all_passes).collect();
            Split { low: Cascade::new(&low), high: Cascade::new(&twice(Coefficients::high_pass)) }
        };
        Self { splits: freqs_hz.iter().enumerate().map(split).collect() }
    }

    /// Number of bands.
    pub fn band_count(&self) -> usize {
        self.splits.len() + 1
    }

    /// Splits `frames` into the first `frames.len()` frames of each of `bands`, lowest first.
    ///
    /// `bands` holds [`band_count`](Self::band_count) lists of at least that many frames.
    pub fn split(&mut self, frames: &[Frame], bands: &mut [Vec<Frame>]) {
        let Some((highest, lower)) = bands.split_last_mut() else { return };
        let count = frames.len().min(highest.len());
        let highest = &mut highest[..count];
        highest.copy_from_slice(&frames[..count]);
        for (split, band) in self.splits.iter_mut().zip(lower) {
            let Some(band) = band.get_mut(..count) else { return };
            band.copy_from_slice(highest);
            split.low.process(band);
            split.high.process(highest);
        }
    }

    /// See [`Cascade::flush_tiny`].
    pub fn flush_tiny(&mut self) {
        self.cascades().for_each(Cascade::flush_tiny);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.cascades().for_each(Cascade::reset);
    }

    fn cascades(&mut self) -> impl Iterator<Item = &mut Cascade> {
        self.splits.iter_mut().flat_map(|split| [&mut split.low, &mut split.high])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Rounding over the length of the impulse response.
    const FLAT_DB: f64 = 1e-6;

    fn gain_at(response: &[f64], freq_hz: f64, rate: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, x) in response.iter().enumerate() {
            let angle = 2.0 * PI * freq_hz / rate * n as f64;
            re += x * angle.cos();
            im -= x * angle.sin();
        }
        10.0 * (re * re + im * im).log10()
    }

    fn bands_of_an_impulse(freqs_hz: &[f64], rate: f64) -> Vec<Vec<Frame>> {
        let mut impulse = vec![[0.0; 2]; 65_536];
        impulse[0] = [1.0, -0.5];
        let mut crossover = Crossover::new(freqs_hz, rate);
        let mut bands = vec![impulse.clone(); crossover.band_count()];
        crossover.split(&impulse, &mut bands);
        bands
    }

    #[test]
    fn the_bands_sum_to_a_flat_magnitude() {
        for (freqs_hz, rate) in [(&[120.0, 700.0, 1500.0, 9000.0][..], 44_100.0), (&[80.0, 5000.0], 192_000.0), (&[1000.0], 8000.0)] {
            let bands = bands_of_an_impulse(freqs_hz, rate);
            let sum: Vec<f64> = (0..bands[0].len()).map(|n| bands.iter().map(|band| band[n][0]).sum()).collect();
            for freq_hz in [30.0, 80.0, 120.0, 400.0, 1000.0, 1500.0, 2500.0, 3900.0] {
                assert!(gain_at(&sum, freq_hz, rate).abs() < FLAT_DB, "{freq_hz} Hz at {rate}: {}", gain_at(&sum, freq_hz, rate));
            }
        }
    }

    #[test]
    fn each_band_is_six_db_down_at_its_corners_and_24_db_an_octave_beyond() {
        let bands = bands_of_an_impulse(&[200.0, 2000.0], 48_000.0);
        let gain = |band: usize, freq_hz: f64| gain_at(&bands[band].iter().map(|f| f[0]).collect::<Vec<_>>(), freq_hz, 48_000.0);
        for (band, corner) in [(0, 200.0), (1, 200.0), (1, 2000.0), (2, 2000.0)] {
            assert!((gain(band, corner) + 6.02).abs() < 0.02, "band {band} at {corner}: {}", gain(band, corner));
        }
        // One split alone, two octaves and more away: 24.08 dB an octave.
        let bands = bands_of_an_impulse(&[2000.0], 48_000.0);
        let gain = |band: usize, freq_hz: f64| gain_at(&bands[band].iter().map(|f| f[0]).collect::<Vec<_>>(), freq_hz, 48_000.0);
        assert!((gain(1, 250.0) - gain(1, 125.0) - 24.08).abs() < 0.1);
        assert!((gain(0, 4000.0) - gain(0, 8000.0) - 24.08).abs() < 4.0, "the bilinear transform steepens it towards Nyquist");
    }
}
