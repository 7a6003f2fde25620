//! Explains a tonal difference by a few known shapes: a bump here, a shelf there.
//!
//! # What it measures
//! By how many dB a file has too much of a shape (a bell at 300 Hz, a high shelf from 7 kHz), and how sure that is.
//! # Definition
//! The difference y between a file and what was expected of it, dB per band, is taken as level + Σ g·t + noise, where t is the
//! response of a shape per dB of its gain and the noise has a known covariance N over the bands. For one shape the generalised
//! least squares estimate is g = tᵀWy / tᵀWt with W = (N + large level)⁻¹, its standard deviation 1/√(tᵀWt). The shape that
//! explains most ((tᵀWy)²/tᵀWt) is taken first, its part subtracted, and so on while the next is significant.
//! Neighbouring shapes therefore do not speak for one another: what a bump at 300 Hz explains is not left for one at 550 Hz.
//! # Unit and range
//! dB; a shape is only used in its own direction (gain > 0 for too much, and so on).
//! # References
//! Generalised least squares: A. C. Aitken, 1936. Orthogonal matching pursuit: Y. C. Pati, R. Rezaiifar, P. S. Krishnaprasad, 1993.
//! Responses: R. Bristow-Johnson, Audio EQ Cookbook, analogue prototypes.

use super::linear::{cholesky, forward};
use crate::units::power_to_db;

/// Shape of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    /// Peak or dip.
    Bell,
    /// All below.
    LowShelf,
    /// All above.
    HighShelf,
}

/// A response with its direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Its kind.
    pub kind: ShapeKind,
    /// Centre or corner, Hz.
    pub freq_hz: f64,
    /// Q.
    pub q: f64,
    /// Gain for which the response is taken, dB: its sign is the direction in which the shape is a fault.
    pub gain_db: f64,
}

impl Shape {
    /// Response at a frequency, dB, at [`Shape::gain_db`].
    pub fn response_db(&self, hz: f64) -> f64 {
        let a = 10f64.powf(self.gain_db / 40.0);
        let x = hz / self.freq_hz;
        // |c2 (jx)² + c1 jx + c0|²
        let magnitude = |c2: f64, c1: f64, c0: f64| (c0 - c2 * x * x).powi(2) + (c1 * x).powi(2);
        let slope = a.sqrt() / self.q;
        let ratio = match self.kind {
            ShapeKind::Bell => magnitude(1.0, a / self.q, 1.0) / magnitude(1.0, 1.0 / (a * self.q), 1.0),
            ShapeKind::LowShelf => a * a * magnitude(1.0, slope, a) / magnitude(a, slope, 1.0),
            ShapeKind::HighShelf => a * a * magnitude(a, slope, 1.0) / magnitude(1.0, slope, a),
        };
        power_to_db(ratio)
    }
}

/// A tonal difference with its uncertainty.
#[derive(Clone, Debug, PartialEq)]
pub struct ToneEvidence {
    /// Band centres, Hz.
    pub hz: Vec<f64>,
    /// Level of the file less what was expected, dB per band; an overall level is ignored.
    pub excess_db: Vec<f64>,
    /// Covariance of the noise in it, dB², row by row.
    pub covariance: Vec<f64>,
}

/// A shape found in a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explained {
    /// Index of the shape.
    pub shape: usize,
    /// Amount in the shape's own direction, dB; always positive.
    pub amount_db: f64,
    /// Standard deviation of the amount, dB.
    pub sd_db: f64,
}

impl Explained {
    /// Amount in standard deviations.
    pub fn z(&self) -> f64 {
        self.amount_db / self.sd_db
    }
}

/// Standard deviation of the unknown overall level, dB: large beside anything measured.
const LEVEL_SD_DB: f64 = 30.0;

/// A difference and the shapes per dB in units in which the noise is white: generalised least squares turn into plain dot products.
pub(super) struct Whitened {
    pub shapes: Vec<Vec<f64>>,
    pub difference: Vec<f64>,
}

/// None where the evidence holds too few bands or its covariance is not positive definite.
pub(super) fn whitened(evidence: &ToneEvidence, shapes: &[Shape]) -> Option<Whitened> {
    let n = evidence.hz.len();
    if n < 8 || evidence.covariance.len() != n * n {
        return None;
    }
    let mut covariance = evidence.covariance.clone();
    for value in &mut covariance {
        *value += LEVEL_SD_DB * LEVEL_SD_DB;
    }
    let factor = cholesky(covariance, n)?;
    let per_db = |s: &Shape| evidence.hz.iter().map(|hz| s.response_db(*hz) / s.gain_db.abs()).collect();
    Some(Whitened {
        shapes: shapes.iter().map(|s| forward(&factor, n, per_db(s))).collect(),
        difference: forward(&factor, n, evidence.excess_db.clone()),
    })
}

/// Explains a difference by at most `most` of `shapes`, each at least `least_z` standard deviations strong. Empty where the
/// evidence holds too few bands or its covariance is not positive definite.
pub fn explain(evidence: &ToneEvidence, shapes: &[Shape], most: usize, least_z: f64) -> Vec<Explained> {
    let Some(Whitened { shapes: whitened, difference: mut rest }) = whitened(evidence, shapes) else { return Vec::new() };
    let mut found: Vec<Explained> = Vec::new();
    for _ in 0..most {
        let candidates = whitened.iter().enumerate().filter_map(|(shape, t)| {
            let (norm, product) = (dot(t, t), dot(t, &rest));
            (product > 0.0 && norm > 0.0).then(|| Explained { shape, amount_db: product / norm, sd_db: 1.0 / norm.sqrt() })
        });
        let Some(best) = candidates.max_by(|a, b| a.z().total_cmp(&b.z())).filter(|best| best.z() >= least_z) else { break };
        if let Some(t) = whitened.get(best.shape) {
            for (r, t) in rest.iter_mut().zip(t) {
                *r -= best.amount_db * t;
            }
        }
        found.push(best);
    }
    found
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::energy_map::BANDS_HZ;

    const BELL: Shape = Shape { kind: ShapeKind::Bell, freq_hz: 300.0, q: 0.9, gain_db: 7.0 };
    const BOX: Shape = Shape { kind: ShapeKind::Bell, freq_hz: 550.0, q: 1.2, gain_db: 7.0 };
    const DULL: Shape = Shape { kind: ShapeKind::HighShelf, freq_hz: 4_500.0, q: 0.707, gain_db: -9.0 };

    #[test]
    fn responses_are_those_of_the_cookbook() {
        assert!((BELL.response_db(300.0) - 7.0).abs() < 1e-9);
        assert!(BELL.response_db(20.0).abs() < 0.1);
        assert!((DULL.response_db(4_500.0) + 4.5).abs() < 1e-9);
        assert!((DULL.response_db(90_000.0) + 9.0).abs() < 0.1 && DULL.response_db(100.0).abs() < 0.01);
        let low = Shape { kind: ShapeKind::LowShelf, freq_hz: 160.0, q: 0.7, gain_db: -10.0 };
        assert!((low.response_db(1.0) + 10.0).abs() < 0.01 && (low.response_db(160.0) + 5.0).abs() < 1e-9);
    }

    fn evidence(of: impl Fn(f64) -> f64) -> ToneEvidence {
        let n = BANDS_HZ.len();
        let covariance = (0..n * n).map(|i| if i / n == i % n { 0.25 } else { 0.0 }).collect();
        ToneEvidence { hz: BANDS_HZ.to_vec(), excess_db: BANDS_HZ.iter().map(|hz| of(*hz)).collect(), covariance }
    }

    #[test]
    fn the_shape_that_is_there_is_found_with_its_amount_and_its_neighbour_is_silent() {
        // A level of 5 dB and a slight slope must not disturb.
        let found = explain(&evidence(|hz| 5.0 + 0.1 * hz.log2() + 0.8 * BELL.response_db(hz)), &[BELL, BOX, DULL], 3, 3.0);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].shape, 0);
        assert!((found[0].amount_db - 5.6).abs() < 0.4, "{found:?}");
    }

    #[test]
    fn two_shapes_are_both_found() {
        let found = explain(&evidence(|hz| BELL.response_db(hz) + DULL.response_db(hz)), &[BELL, BOX, DULL], 3, 3.0);
        let mut shapes: Vec<usize> = found.iter().map(|f| f.shape).collect();
        shapes.sort_unstable();
        assert_eq!(shapes, [0, 2], "{found:?}");
    }

    #[test]
    fn a_boost_is_no_dullness_and_nothing_is_nothing() {
        assert!(explain(&evidence(|hz| -DULL.response_db(hz)), &[DULL], 1, 3.0).is_empty());
        assert!(explain(&evidence(|_| 4.0), &[BELL, BOX, DULL], 3, 1.0).is_empty());
        let broken = ToneEvidence { covariance: vec![0.0; 961], ..evidence(|_| f64::NAN) };
        assert!(explain(&broken, &[BELL], 1, 1.0).is_empty());
    }
}
