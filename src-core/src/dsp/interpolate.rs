//! Band-limited interpolation between samples: what a reconstruction filter will make of them.

use std::f64::consts::PI;

/// Modified Bessel function of the first kind, order 0, by its power series (Abramowitz & Stegun 9.6.10);
/// exact to rounding for the arguments below 20 that windows use.
pub fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..64 {
        term *= quarter / f64::from(k * k);
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

/// Value at time `t` (in samples from the centre) of a sinc with cut-off `cutoff` (cycles per sample), under a
/// Kaiser window of half-width `half` samples and shape `beta`. Zero outside the window.
pub fn kaiser_sinc(t: f64, cutoff: f64, half: f64, beta: f64) -> f64 {
    let u = t / half;
    if u.abs() >= 1.0 {
        return 0.0;
    }
    let x = 2.0 * PI * cutoff * t;
    let sinc = if x.abs() < 1e-9 { 2.0 * cutoff } else { 2.0 * cutoff * x.sin() / x };
    sinc * bessel_i0(beta * (1.0 - u * u).sqrt()) / bessel_i0(beta)
}

/// Weights that give the value `t` (0 to 1) of the way from sample `taps/2 − 1` to sample `taps/2` of `taps` samples,
/// scaled to pass a constant unchanged.
pub fn fractional_weights(taps: usize, t: f64, cutoff: f64, beta: f64) -> Vec<f64> {
    let half = taps as f64 / 2.0;
    let mut weights: Vec<f64> = (0..taps).map(|k| kaiser_sinc(k as f64 - (half - 1.0) - t, cutoff, half, beta)).collect();
    let sum: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}
