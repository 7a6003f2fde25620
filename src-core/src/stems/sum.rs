//! Where the sum of the stems lies against the mix: offset, gain and polarity.

use rustfft::{Fft, FftPlanner, num_complex::Complex};
use std::collections::VecDeque;
use std::sync::Arc;

/// Points of the transforms.
const POINTS: usize = 1 << 17;
/// Samples of the stems in a stretch; the mix is looked at from [`LONGEST`] before to as much behind it.
const STRETCH: usize = POINTS / 2;
/// Longest offset that is found, samples: three quarters of a second at 44.1 kHz.
const LONGEST: usize = POINTS / 4;

/// How the mix lies against the sum of the stems.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// Samples by which the mix is late.
    pub offset: i64,
    /// Gain that brings the sum to the mix, negative for opposite polarity.
    pub gain: f64,
    /// Correlation of the two at that offset, −1 to 1.
    pub correlation: f64,
}

/// Finds the [`Alignment`] of two streams of mono samples fed side by side, without keeping them: the cross-spectra of successive
/// stretches are added up, and the peak of their transform is the offset. The gain there is that of least squares.
pub struct Aligner {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    cross: Vec<Complex<f32>>,
    stems: Vec<f32>,
    mix: Vec<f32>,
    energy: [f64; 2],
    /// Samples taken of the stems and of the mix.
    taken: [u64; 2],
    /// The first and last samples of the stems: those that an offset leaves without counterpart.
    head: Vec<f32>,
    tail: VecDeque<f32>,
}

impl Default for Aligner {
    fn default() -> Self {
        let mut planner = FftPlanner::new();
        Self {
            forward: planner.plan_fft_forward(POINTS),
            inverse: planner.plan_fft_inverse(POINTS),
            cross: vec![Complex::default(); POINTS],
            stems: Vec::new(),
            mix: vec![0.0; LONGEST],
            energy: [0.0; 2],
            taken: [0; 2],
            head: Vec::new(),
            tail: VecDeque::new(),
        }
    }
}

impl Aligner {
    /// Takes the next samples of the sum of the stems and of the mix; either may be ahead of the other.
    pub fn push(&mut self, stems: &[f32], mix: &[f32]) {
        self.head.extend(stems.iter().take(LONGEST - self.head.len()));
        self.tail.extend(stems.iter().skip(stems.len().saturating_sub(LONGEST)));
        self.tail.drain(..self.tail.len().saturating_sub(LONGEST));
        self.taken = [self.taken[0] + stems.len() as u64, self.taken[1] + mix.len() as u64];
        self.stems.extend_from_slice(stems);
        self.mix.extend_from_slice(mix);
        while self.stems.len() >= STRETCH && self.mix.len() >= POINTS {
            self.stretch();
        }
    }

    /// The alignment; none for silence.
    pub fn finish(mut self) -> Option<Alignment> {
        while !self.stems.is_empty() {
            self.stems.resize(self.stems.len().max(STRETCH), 0.0);
            self.mix.resize(self.mix.len().max(POINTS), 0.0);
            self.stretch();
        }
        self.inverse.process(&mut self.cross);
        let lags = self.cross.iter().take(2 * LONGEST + 1).map(|c| f64::from(c.re) / POINTS as f64).enumerate();
        let (at, peak) = lags.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        let [stems, mix] = self.energy;
        let offset = at as i64 - LONGEST as i64;
        let matched = stems - self.unmatched(offset);
        (matched > 0.0 && mix > 0.0).then(|| Alignment { offset, gain: peak / matched, correlation: peak / (matched * mix).sqrt() })
    }

    /// Energy of the stems that has no counterpart in the mix: what an offset pushes over its start or its end.
    fn unmatched(&self, offset: i64) -> f64 {
        let energy = |samples: &mut dyn Iterator<Item = &f32>| samples.map(|s| f64::from(*s).powi(2)).sum::<f64>();
        let before = usize::try_from(-offset).unwrap_or(0);
        let over =
            i64::try_from(self.taken[0]).unwrap_or(i64::MAX).saturating_add(offset) - i64::try_from(self.taken[1]).unwrap_or(i64::MAX);
        let after = usize::try_from(over).unwrap_or(0);
        energy(&mut self.head.iter().take(before)) + energy(&mut self.tail.iter().rev().take(after))
    }

    /// Adds the cross-spectrum of one stretch. Both signals share one transform: stems + i·mix.
    fn stretch(&mut self) {
        self.energy[0] += self.stems.iter().take(STRETCH).map(|s| f64::from(*s).powi(2)).sum::<f64>();
        self.energy[1] += self.mix.iter().skip(LONGEST).take(STRETCH).map(|m| f64::from(*m).powi(2)).sum::<f64>();
        let stems = self.stems.iter().take(STRETCH).copied().chain(std::iter::repeat(0.0));
        let mut both: Vec<Complex<f32>> = stems.zip(&self.mix).take(POINTS).map(|(s, m)| Complex::new(s, *m)).collect();
        self.forward.process(&mut both);
        for (k, cross) in self.cross.iter_mut().enumerate() {
            let mirrored = both.get((POINTS - k) % POINTS).copied().unwrap_or_default().conj();
            let here = both.get(k).copied().unwrap_or_default();
            // Stems and mix taken apart by symmetry; conj(S)·M peaks where the mix is late.
            let (s, m) = ((here + mirrored) * 0.5, (here - mirrored) * Complex::new(0.0, -0.5));
            *cross += s.conj() * m;
        }
        self.stems.drain(..STRETCH);
        self.mix.drain(..STRETCH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize) -> Vec<f32> {
        let mut seed = 7u64;
        (0..n)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 40) as f32 / 8_388_608.0 - 1.0
            })
            .collect()
    }

    #[test]
    fn offset_gain_and_polarity_are_found() {
        let stems = noise(500_000);
        for (offset, gain) in [(0i64, 1.0f32), (1105, 0.5), (-529, -2.0)] {
            let at = |i: usize| usize::try_from(i as i64 - offset).ok().and_then(|i| stems.get(i)).copied().unwrap_or(0.0);
            let mix: Vec<f32> = (0..stems.len()).map(|i| gain * at(i)).collect();
            let mut aligner = Aligner::default();
            for (a, b) in stems.chunks(4096).zip(mix.chunks(4096)) {
                aligner.push(a, b);
            }
            let found = aligner.finish().unwrap();
            assert_eq!(found.offset, offset);
            // A millionth leaves −120 dB; single precision in the transforms is all that differs.
            assert!((found.gain / f64::from(gain) - 1.0).abs() < 1e-5, "{found:?}");
            assert!(found.correlation.abs() > 0.97);
        }
    }

    #[test]
    fn silence_has_no_place() {
        let mut aligner = Aligner::default();
        aligner.push(&[0.0; 1000], &[0.0; 1000]);
        assert_eq!(aligner.finish(), None);
    }
}
