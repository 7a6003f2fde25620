//! Transform of two real signals (mid and side) in one complex FFT.

use rustfft::{Fft, FftPlanner, num_complex::Complex};
use std::sync::Arc;

/// Periodic Hann window of `n` points.
pub fn hann(n: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU / n.max(1) as f64;
    (0..n).map(|i| (0.5 - 0.5 * (step * i as f64).cos()) as f32).collect()
}

/// Powers of one bin of a pair of signals.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairPower {
    /// |A|².
    pub a: f32,
    /// |B|².
    pub b: f32,
    /// Re(A·conj B).
    pub cross: f32,
}

/// Hann-windowed power spectra of two real signals at once: A + iB is transformed and taken apart by symmetry.
///
/// Powers are one-sided and scaled so that the sum over bins is the mean square of the signal (a full-scale sine
/// gives 0.5). The two share one rounding error of about −140 dB relative to the louder. It does not depend on the polarity of the
/// second signal: swapped channels (side negated) give the same powers bit for bit.
pub struct PairSpectrum {
    plan: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    scale: f32,
    buffer: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    powers: Vec<PairPower>,
}

impl PairSpectrum {
    /// A transform of `n` points (a power of two is fastest; at least 2).
    pub fn new(n: usize) -> Self {
        let n = n.max(2);
        let plan = FftPlanner::new().plan_fft_forward(n);
        let window = hann(n);
        let energy: f64 = window.iter().map(|w| f64::from(*w) * f64::from(*w)).sum();
        let scratch = vec![Complex::default(); plan.get_inplace_scratch_len()];
        Self {
            plan,
            window,
            scale: (2.0 / (n as f64 * energy)) as f32,
            buffer: vec![Complex::default(); n],
            scratch,
            powers: vec![PairPower::default(); n / 2 + 1],
        }
    }

    /// Points of the transform.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Never true; for completeness.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Powers of the bins 0 to n/2 of two signals of n samples each; shorter ones are taken as followed by silence.
    pub fn powers(&mut self, a: &[f32], b: &[f32]) -> &[PairPower] {
        self.buffer.fill(Complex::default());
        let sign = if b.iter().find(|x| **x != 0.0).is_some_and(|x| *x < 0.0) { -1.0 } else { 1.0 };
        for (((z, w), a), b) in self.buffer.iter_mut().zip(&self.window).zip(a).zip(b) {
            *z = Complex::new(a * w, sign * b * w);
        }
        self.plan.process_with_scratch(&mut self.buffer, &mut self.scratch);
        // A = (Z[k] + conj Z[n−k]) / 2, B = (Z[k] − conj Z[n−k]) / 2i; the quarter joins the scale.
        let quarter = self.scale * 0.25;
        let (first, rest) = (self.buffer[0], &self.buffer[1..]);
        let mirrored = rest.iter().rev();
        for ((power, z), m) in self.powers[1..].iter_mut().zip(rest).zip(mirrored) {
            let a = Complex::new(z.re + m.re, z.im - m.im);
            let b = Complex::new(z.im + m.im, m.re - z.re);
            *power =
                PairPower { a: quarter * a.norm_sqr(), b: quarter * b.norm_sqr(), cross: sign * quarter * (a.re * b.re + a.im * b.im) };
        }
        // The bins at 0 and at Nyquist have no mirror image, so they count once, not twice.
        let half = self.scale * 0.5;
        self.powers[0] =
            PairPower { a: half * first.re * first.re, b: half * first.im * first.im, cross: sign * half * first.re * first.im };
        if let Some(last) = self.powers.last_mut() {
            *last = PairPower { a: last.a * 0.5, b: last.b * 0.5, cross: last.cross * 0.5 };
        }
        &self.powers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polarity_of_the_second_signal_turns_the_cross_power_alone() {
        let noise = |seed: u32| -> Vec<f32> {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            };
            (0..1024).map(|_| next()).collect()
        };
        let (a, b) = (noise(1), noise(2));
        let opposite: Vec<f32> = b.iter().map(|x| -x).collect();
        let mut pair = PairSpectrum::new(1024);
        let as_is = pair.powers(&a, &b).to_vec();
        let turned = pair.powers(&a, &opposite);
        assert!(as_is.iter().zip(turned).all(|(p, q)| p.a == q.a && p.b == q.b && p.cross == -q.cross));
    }

    #[test]
    fn two_sines_come_apart_with_their_powers_and_their_cross_power() {
        let n = 4096;
        let sine = |bin: f64, gain: f64| -> Vec<f32> {
            (0..n).map(|i| (gain * (std::f64::consts::TAU * bin * i as f64 / n as f64).sin()) as f32).collect()
        };
        let (a, b) = (sine(100.0, 1.0), sine(100.0, -0.5));
        let mut pair = PairSpectrum::new(n);
        let sum = pair.powers(&a, &b).iter().fold((0.0, 0.0, 0.0), |s, p| (s.0 + p.a, s.1 + p.b, s.2 + p.cross));
        assert!((sum.0 - 0.5).abs() < 1e-5, "{sum:?}");
        assert!((sum.1 - 0.125).abs() < 1e-5, "{sum:?}");
        assert!((sum.2 + 0.25).abs() < 1e-5, "{sum:?}");
        let (a, b) = (sine(100.0, 1.0), sine(777.0, 0.5));
        let powers = pair.powers(&a, &b);
        assert!(powers[777].a < 1e-12 && powers[100].b < 1e-12);
    }
}
