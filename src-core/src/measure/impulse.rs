//! Is this sample part of the waveform around it, or an impulse on top of it?
//!
//! Around a suspected sample a linear predictor of order 24 is fitted (the suspect bridged over). The prediction error, correlated
//! with the predictor, gives the energy that four samples in a row would take out of the error if they were replaced by what both
//! sides predict: the likelihood ratio for an impulse there (Godsill and Rayner 1998, 5.2 and appendix). An impulse stands far above
//! everything near it, before and after; a drum stroke starts a stretch in which nothing is predicted well, so its ratio stays small.

use std::ops::Range;

/// Order of the predictor.
const ORDER: usize = 24;
/// Samples looked at on either side.
const REACH: usize = 500;
/// Longest impulse, samples.
const LONGEST: usize = 4;
/// Part of the third differences around a suspect that may come within a third of its own: an impulse of four samples makes seven.
const FEW: usize = 12;
/// Samples around a suspect within which those are counted.
const NEAR: usize = 128;
/// White noise added for the fit, re the power of the stretch: −100 dB, keeps band-limited signals solvable.
const REGULAR: f64 = 1e-10;
/// Least prominence worth reporting, as an amplitude ratio: 15 dB.
const LEAST: f64 = 5.6;
/// Levels before and after that differ by more than this amplitude ratio (18 dB) are an entry or an end, not an impulse.
const ENTRY: f64 = 8.0;
/// Samples before and after that give these levels, and those left out around the impulse.
const BESIDE: usize = 256;
const GUARD: usize = 8;

/// An impulse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Impulse {
    /// Sample of the stretch.
    pub at: usize,
    /// Largest deviation from what both sides predict, full scale 1.
    pub size: f64,
    /// Amplitude ratio to the strongest look-alike around it.
    pub prominence: f64,
}

/// Looks at suspects; keeps its working space.
pub(super) struct Prober {
    window: Vec<f64>,
    error: Vec<f64>,
    matched: Vec<f64>,
}

impl Prober {
    /// A prober with empty working space.
    pub fn new() -> Self {
        Self { window: Vec::new(), error: Vec::new(), matched: Vec::new() }
    }

    /// Looks at the roughest place of `block`, a range of `samples`. None if it is no impulse or lies too near to an end of the
    /// samples to tell.
    pub fn probe(&mut self, samples: &[f32], block: Range<usize>) -> Option<Impulse> {
        let rough = |i: usize| match samples.get(i.wrapping_sub(3)..=i) {
            Some(&[a, b, c, d]) => ((d - a) - 3.0 * (c - b)).abs(),
            _ => 0.0,
        };
        let peak = block.clone().max_by(|&a, &b| rough(a).total_cmp(&rough(b)))?;
        let third = rough(peak) / 3.0;
        let (low, high) = (peak.saturating_sub(NEAR), (peak + NEAR).min(samples.len()));
        // The roughest place of its own block only; a neighbour block with a rougher one speaks for itself.
        if (peak.saturating_sub(6)..peak + 6).any(|i| rough(i) > rough(peak)) || (low..high).filter(|&i| rough(i) > third).count() > FEW {
            return None;
        }
        let (from, to) = (peak.saturating_sub(REACH), (peak + REACH).min(samples.len()));
        if peak - from < REACH / 4 || to - peak < REACH / 4 {
            return None;
        }
        let x: Vec<f64> = samples.get(from..to)?.iter().map(|&v| f64::from(v)).collect();
        if is_entry(&x, peak - from) {
            return None;
        }
        self.decide(&x, peak - from).map(|found| Impulse { at: found.at + from, ..found })
    }

    fn decide(&mut self, x: &[f64], peak: usize) -> Option<Impulse> {
        let n = x.len();
        self.window.clear();
        self.window.extend_from_slice(x);
        bridge(&mut self.window, peak.saturating_sub(LONGEST + 2), peak + LONGEST);
        for (i, v) in self.window.iter_mut().enumerate() {
            *v *= 0.5 - 0.5 * (std::f64::consts::TAU * (i as f64 + 0.5) / n as f64).cos();
        }
        let a = predictor(&self.window)?;
        let count = n.checked_sub(2 * ORDER)?;
        weighted(&mut self.error, n - ORDER, &a, |k| x.get(ORDER - k..));
        // matched[j] belongs to sample j + ORDER of x.
        let error = &self.error;
        weighted(&mut self.matched, count, &a, |k| error.get(k..));
        let inverse = inverse(&a)?;
        let ratio = |i: usize| -> f64 {
            let g = &self.matched[i..i + LONGEST];
            (0..LONGEST).map(|r| g[r] * (0..LONGEST).map(|c| inverse[r][c] * g[c]).sum::<f64>()).sum()
        };
        let last = self.matched.len().checked_sub(LONGEST)?;
        let centre = peak.checked_sub(ORDER)?;
        let near = centre.saturating_sub(LONGEST + 3)..(centre + 2).min(last);
        let at = near.max_by(|&a, &b| ratio(a).total_cmp(&ratio(b)))?;
        let beside = (0..last).filter(|&i| i.abs_diff(at) > ORDER + LONGEST).map(ratio).fold(0.0, f64::max);
        let prominence = (ratio(at) / beside.max(f64::MIN_POSITIVE)).sqrt();
        let deviation = |r: usize| (0..LONGEST).map(|c| inverse[r][c] * self.matched[at + c]).sum::<f64>().abs();
        let worst = (0..LONGEST).max_by(|&a, &b| deviation(a).total_cmp(&deviation(b)))?;
        (prominence >= LEAST).then(|| Impulse { at: at + ORDER + worst, size: deviation(worst), prominence })
    }
}

/// Whether the level before a sample and the level after it differ as where a sound begins or ends.
fn is_entry(x: &[f64], at: usize) -> bool {
    let rms = |part: &[f64]| (part.iter().map(|v| v * v).sum::<f64>() / part.len().max(1) as f64).sqrt();
    let end = at.saturating_sub(GUARD);
    let before = rms(x.get(end.saturating_sub(BESIDE)..end).unwrap_or(&[]));
    let after = rms(x.get(at + GUARD..(at + GUARD + BESIDE).min(x.len())).unwrap_or(&[]));
    before.max(after) > ENTRY * before.min(after)
}

/// Sums copies of a signal, each times its weight and from its own start; tap by tap, which the compiler turns into vectors.
fn weighted<'a>(out: &mut Vec<f64>, count: usize, weights: &[f64], from: impl Fn(usize) -> Option<&'a [f64]>) {
    out.clear();
    out.resize(count, 0.0);
    for (k, weight) in weights.iter().enumerate() {
        for (to, x) in out.iter_mut().zip(from(k).unwrap_or(&[])) {
            *to += weight * x;
        }
    }
}

/// Product sum in lanes that the compiler turns into vectors.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (fours_a, fours_b) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = fours_a.remainder().iter().zip(fours_b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in fours_a.zip(fours_b) {
        for lane in 0..4 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest
}

/// Replaces samples by a straight line between those around them.
fn bridge(x: &mut [f64], from: usize, to: usize) {
    let (Some(before), Some(after)) = (from.checked_sub(1), Some(to).filter(|&t| t < x.len())) else { return };
    let (a, b) = (x[before], x[after]);
    for (i, v) in x.iter_mut().enumerate().take(after).skip(from) {
        *v = a + (b - a) * (i - before) as f64 / (after - before) as f64;
    }
}

/// Prediction error filter by the autocorrelation method (Levinson and Durbin). None for silence.
fn predictor(x: &[f64]) -> Option<[f64; ORDER + 1]> {
    let mut r = [0.0; ORDER + 1];
    for (lag, value) in r.iter_mut().enumerate() {
        *value = dot(x.get(..x.len().checked_sub(lag)?)?, x.get(lag..)?);
    }
    r[0] *= 1.0 + REGULAR;
    let mut a = [0.0; ORDER + 1];
    a[0] = 1.0;
    let mut power = r[0];
    for m in 1..=ORDER {
        if !(power > 0.0) {
            return None;
        }
        let k = -(0..m).map(|i| a[i] * r[m - i]).sum::<f64>() / power;
        let old = a;
        for i in 1..=m {
            a[i] = old[i] + k * old[m - i];
        }
        power *= 1.0 - k * k;
    }
    Some(a)
}

/// Inverse of the matrix of the filter's autocorrelation, lags 0 to [`LONGEST`] − 1, by Gauss and Jordan.
fn inverse(a: &[f64; ORDER + 1]) -> Option<[[f64; LONGEST]; LONGEST]> {
    let lag = |d: usize| (0..=ORDER - d).map(|i| a[i] * a[i + d]).sum::<f64>();
    let mut m = [[0.0; LONGEST]; LONGEST];
    let mut out = [[0.0; LONGEST]; LONGEST];
    for r in 0..LONGEST {
        out[r][r] = 1.0;
        for (c, value) in m[r].iter_mut().enumerate() {
            *value = lag(r.abs_diff(c));
        }
    }
    // The matrix is positive definite, so no exchange of rows is needed.
    for p in 0..LONGEST {
        let pivot = m[p][p];
        if !(pivot > 1e-300) {
            return None;
        }
        for c in 0..LONGEST {
            m[p][c] /= pivot;
            out[p][c] /= pivot;
        }
        for r in (0..LONGEST).filter(|&r| r != p) {
            let factor = m[r][p];
            for c in 0..LONGEST {
                m[r][c] -= factor * m[p][c];
                out[r][c] -= factor * out[p][c];
            }
        }
    }
    Some(out)
}
