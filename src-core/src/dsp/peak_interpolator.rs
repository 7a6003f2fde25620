//! Between the samples: band-limited interpolation for peaks.
//!
//! Two stages. The first doubles the rate with a long half-band filter that keeps content up to 0.45 of the sample
//! rate flat. The second looks at seven points between each two of those (16 points a sample); it may be short
//! because the doubled signal fills only half of its band, and it is evaluated only where it can matter.

use super::interpolate::{fractional_weights, kaiser_sinc};

/// Taps on each side of the half-band stage. Kaiser window, transition 0.45 to 0.55 of the sample rate.
const HALF_TAPS: usize = 24;
/// Shape of its window: about 70 dB.
const HALF_BETA: f64 = 6.2;
/// Taps on each side of the second stage.
const FINE_TAPS: usize = 6;
/// Shape of its window.
const FINE_BETA: f64 = 7.0;
/// Points per interval of the doubled signal.
const FINE: usize = 8;
/// Outputs made together in the first stage.
const LANES: usize = 16;

/// Samples of context needed on either side of a stretch.
pub const CONTEXT: usize = HALF_TAPS + FINE_TAPS + 2;

/// Where and how high a peak is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Peak {
    /// Absolute value, full scale 1.0.
    pub gain: f64,
    /// Position in samples from the start of the stretch.
    pub position: f64,
}

/// Finds the highest point of the continuous signal behind samples.
///
/// Error for a tone: below 0.01 dB up to 0.45 of the sample rate, under-reading 6 dB at 0.5.
pub struct PeakInterpolator {
    half: [f32; HALF_TAPS],
    /// Rows by tap, columns by phase: all phases of a point are computed together.
    fine: [[f32; FINE]; 2 * FINE_TAPS],
    /// Largest sum of |taps| of the two middle taps of a fine phase, and of the others.
    near_bound: f32,
    far_bound: f32,
    doubled: Vec<f32>,
}

impl Default for PeakInterpolator {
    fn default() -> Self {
        Self::new()
    }
}

impl PeakInterpolator {
    /// Designs the two filters.
    pub fn new() -> Self {
        let mut half = [0.0f64; HALF_TAPS];
        for (k, tap) in half.iter_mut().enumerate() {
            *tap = kaiser_sinc(k as f64 + 0.5, 0.5, HALF_TAPS as f64, HALF_BETA);
        }
        let gain = 2.0 * half.iter().sum::<f64>();
        let half = half.map(|tap| (tap / gain) as f32);
        let mut fine = [[0.0f32; FINE]; 2 * FINE_TAPS];
        let (mut near_bound, mut far_bound) = (0.0f32, 0.0f32);
        for phase in 0..FINE {
            let mut taps = [0.0f32; 2 * FINE_TAPS];
            let offset = phase as f64 / FINE as f64;
            for (tap, weight) in taps.iter_mut().zip(fractional_weights(2 * FINE_TAPS, offset, 0.5, FINE_BETA)) {
                *tap = weight as f32;
            }
            for (row, tap) in fine.iter_mut().zip(taps) {
                row[phase] = tap;
            }
            let near = taps[FINE_TAPS - 1].abs() + taps[FINE_TAPS].abs();
            near_bound = near_bound.max(near);
            far_bound = far_bound.max(taps.iter().map(|t| t.abs()).sum::<f32>() - near);
        }
        Self { half, fine, near_bound, far_bound, doubled: Vec::new() }
    }

    /// The peak of samples `CONTEXT..len - CONTEXT` of `x` and of the curve up to the next sample. Fewer samples than
    /// twice the context have none.
    pub fn peak(&mut self, x: &[f32]) -> Peak {
        let Some(frames) = x.len().checked_sub(2 * CONTEXT) else { return Peak::default() };
        self.double(x, frames);
        let margin = 2 * (FINE_TAPS + 1);
        let core = &self.doubled[margin..margin + 2 * frames];
        let mut best = highest(core);
        let mut at = (core.iter().position(|y| y.abs() == best).unwrap_or(0), 0usize);
        const RUN: usize = 16;
        for start in (0..2 * frames).step_by(RUN) {
            let end = (start + RUN).min(2 * frames);
            // Everything that the fine taps of this run can reach.
            let reach = &self.doubled[margin + start - FINE_TAPS..margin + end + FINE_TAPS + 1];
            let local = highest(reach);
            if local * (self.near_bound + self.far_bound) <= best {
                continue;
            }
            for j in start..end {
                let near = self.doubled[margin + j].abs().max(self.doubled[margin + j + 1].abs());
                if near * self.near_bound + local * self.far_bound <= best {
                    continue;
                }
                for (phase, y) in self.between(margin + j).iter().enumerate().skip(1) {
                    if y.abs() > best {
                        (best, at) = (y.abs(), (j, phase));
                    }
                }
            }
        }
        self.refine(margin, at, best)
    }

    /// The doubled signal over the stretch and the context of the second stage.
    fn double(&mut self, x: &[f32], frames: usize) {
        let wide = frames + 2 * (FINE_TAPS + 1);
        self.doubled.resize(2 * wide, 0.0);
        let first = CONTEXT - (FINE_TAPS + 1);
        let mut n = 0;
        while n < wide {
            let count = LANES.min(wide - n);
            let mut sum = [0.0f32; LANES];
            if count == LANES {
                for (k, tap) in self.half.iter().enumerate() {
                    let before = &x[first + n - k..first + n - k + LANES];
                    let after = &x[first + n + 1 + k..first + n + 1 + k + LANES];
                    for lane in 0..LANES {
                        sum[lane] += tap * (before[lane] + after[lane]);
                    }
                }
            } else {
                for (k, tap) in self.half.iter().enumerate() {
                    for (lane, sum) in sum.iter_mut().enumerate().take(count) {
                        *sum += tap * (x[first + n + lane - k] + x[first + n + lane + 1 + k]);
                    }
                }
            }
            for lane in 0..count {
                self.doubled[2 * (n + lane)] = x[first + n + lane];
                self.doubled[2 * (n + lane) + 1] = sum[lane];
            }
            n += count;
        }
    }

    /// The curve at 0, 1, … eighths after point `j` of the doubled signal.
    fn between(&self, j: usize) -> [f32; FINE] {
        let around = &self.doubled[j + 1 - FINE_TAPS..j + 1 + FINE_TAPS];
        let mut sum = [0.0f32; FINE];
        for (taps, y) in self.fine.iter().zip(around) {
            for (sum, tap) in sum.iter_mut().zip(taps) {
                *sum += tap * y;
            }
        }
        sum
    }

    /// The vertex of the parabola through the highest point found and its neighbours.
    fn refine(&self, margin: usize, (j, phase): (usize, usize), best: f32) -> Peak {
        let grid = FINE * (margin + j) + phase;
        let at = |g: usize| f64::from(self.between(g / FINE)[g % FINE].abs());
        let (before, here, after) = (at(grid - 1), f64::from(best), at(grid + 1));
        let bend = before - 2.0 * here + after;
        let shift = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        let gain = here - 0.25 * (before - after) * shift;
        let position = ((FINE * j + phase) as f64 + shift) / (2 * FINE) as f64;
        Peak { gain: gain.max(here), position }
    }
}

/// Largest magnitude, in lanes of their own so that the search need not wait for its last comparison.
fn highest(values: &[f32]) -> f32 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut lanes = [0.0f32; 8];
    for eight in eights {
        for (lane, y) in lanes.iter_mut().zip(eight) {
            *lane = if y.abs() > *lane { y.abs() } else { *lane };
        }
    }
    lanes.iter().chain(rest).fold(0.0, |m, y| m.max(y.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error that a tone up to 0.45 of the rate may show (half of what the meter as a whole may).
    const TONE_TOLERANCE_DB: f64 = 0.02;

    #[test]
    fn tones_of_any_phase_up_to_0_45_of_the_rate_read_their_amplitude() {
        let mut meter = PeakInterpolator::new();
        for step in 1..=90 {
            let f = 0.005 * f64::from(step);
            for phase in 0..7 {
                let phi = f64::from(phase) * 0.9 + f;
                // Long enough for low tones to reach a crest inside the stretch.
                let x: Vec<f32> = (0..1200).map(|n| (0.7 * (std::f64::consts::TAU * f * f64::from(n) + phi).sin()) as f32).collect();
                let error_db = 20.0 * (meter.peak(&x).gain / 0.7).log10();
                assert!(error_db.abs() < TONE_TOLERANCE_DB, "f {f} phase {phi}: {error_db} dB");
            }
        }
    }

    #[test]
    fn the_peak_is_found_where_it_is() {
        let mut meter = PeakInterpolator::new();
        let crest = 300.3;
        let x: Vec<f32> = (0..600)
            .map(|n| {
                let t = f64::from(n) - crest;
                ((0.3 * std::f64::consts::TAU * t).cos() * (-t * t / 200.0).exp()) as f32
            })
            .collect();
        let peak = meter.peak(&x);
        assert!((peak.position + CONTEXT as f64 - crest).abs() < 0.05, "{peak:?}");
        assert!((peak.gain - 1.0).abs() < 2e-3, "{peak:?}");
    }
}
