//! Numbers drawn from a fixed seed: the same on every machine, in every run, for every system.

use crate::measure::energy_map::BANDS;

/// Draws of everything uncertain.
pub(super) const DRAWS: usize = 24;

/// Neighbouring bands of a drawn curve are alike over this many bands (an octave): devices differ in tilts and broad bumps.
const REACH_BANDS: f64 = 3.0;

/// A stream of draws for one purpose.
pub(super) struct Draws {
    seed: u64,
}

impl Draws {
    /// A stream by its name.
    pub fn new(name: &str) -> Self {
        // FNV-1a.
        Self { seed: name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)) }
    }

    /// `n` numbers of the standard normal distribution for one draw. Draws come in pairs of opposite sign, so that their mean is exact.
    pub fn normals(&self, draw: usize, n: usize) -> Vec<f64> {
        let sign = if draw.is_multiple_of(2) { 1.0 } else { -1.0 };
        let mut state = self.seed ^ (draw as u64 / 2 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (0..n).map(|_| sign * normal(&mut state)).collect()
    }

    /// A curve over the bands, of standard deviation 1, smooth over an octave.
    pub fn smooth(&self, draw: usize) -> [f64; BANDS] {
        let white = self.normals(draw, BANDS);
        std::array::from_fn(|b| {
            let weight = |k: usize| (-0.5 * ((b as f64 - k as f64) / REACH_BANDS).powi(2)).exp();
            let sum: f64 = white.iter().enumerate().map(|(k, w)| w * weight(k)).sum();
            let norm: f64 = (0..BANDS).map(|k| weight(k).powi(2)).sum();
            sum / norm.sqrt()
        })
    }
}

/// Sum of twelve even numbers less six: normal to well beyond three standard deviations, and without functions that differ by platform.
fn normal(state: &mut u64) -> f64 {
    (0..12).map(|_| even(state)).sum::<f64>() - 6.0
}

/// SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014), 0 to 1.
fn even(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// A value over its draws: median, 10 % and 90 %.
pub(super) fn summary(mut values: Vec<f64>) -> super::Uncertain {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    let at = |q: f64| values.get((q * values.len().saturating_sub(1) as f64).round() as usize).copied().unwrap_or(0.0);
    super::Uncertain { value: at(0.5), low: at(0.1), high: at(0.9) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_normal_and_the_same_every_time() {
        let draws = Draws::new("test");
        assert_eq!(draws.normals(3, 5), Draws::new("test").normals(3, 5));
        assert_ne!(draws.normals(3, 5), Draws::new("other").normals(3, 5));
        let all: Vec<f64> = (0..400).flat_map(|d| draws.normals(d, 20)).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let variance = all.iter().map(|x| x * x).sum::<f64>() / all.len() as f64;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    #[test]
    fn curves_have_the_spread_they_should() {
        let draws = Draws::new("curves");
        let variance = (0..600).map(|d| draws.smooth(d)[15].powi(2)).sum::<f64>() / 600.0;
        assert!((variance - 1.0).abs() < 0.2, "{variance}");
        let curve = draws.smooth(0);
        assert!((curve[10] - curve[11]).abs() < 1.0);
    }
}
