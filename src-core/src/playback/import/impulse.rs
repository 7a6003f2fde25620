//! Impulse responses.

use super::Curve;
use rustfft::{FftPlanner, num_complex::Complex};

/// Longest response that is looked at, s: what comes later is room, not system.
const LONGEST_S: f64 = 0.5;

/// Longest transform.
const MOST_POINTS: usize = 1 << 18;

/// Response of an impulse response: power of all channels, from its loudest sample less 5 ms on. Empty where it is silent.
pub fn of_impulse(channels: &[Vec<f32>], sample_rate: u32) -> Curve {
    let rate = f64::from(sample_rate.max(1));
    let length = channels.iter().map(Vec::len).max().unwrap_or(0);
    let at = |channel: &[f32], i: usize| f64::from(channel.get(i).copied().unwrap_or(0.0));
    let loudest = (0..length).max_by(|a, b| {
        let power = |i: usize| channels.iter().map(|c| at(c, i).powi(2)).sum::<f64>();
        power(*a).total_cmp(&power(*b))
    });
    let start = loudest.unwrap_or(0).saturating_sub((0.005 * rate) as usize);
    let points = ((LONGEST_S * rate) as usize).next_power_of_two().clamp(16, MOST_POINTS);
    let transform = FftPlanner::new().plan_fft_forward(points);
    let mut powers = vec![0.0f64; points / 2];
    for channel in channels {
        let mut line: Vec<Complex<f64>> = (0..points).map(|i| Complex::new(at(channel, start + i), 0.0)).collect();
        transform.process(&mut line);
        for (power, z) in powers.iter_mut().zip(&line) {
            *power += z.norm_sqr();
        }
    }
    let largest = powers.iter().copied().fold(0.0, f64::max);
    let width = rate / points as f64;
    let sounding =
        |(k, p): (usize, &f64)| (largest > 0.0 && p.is_finite()).then(|| (k as f64 * width, 10.0 * p.max(1e-12 * largest).log10()));
    powers.iter().enumerate().skip(1).filter_map(sounding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::biquad::{Cascade, Coefficients};

    #[test]
    fn a_filters_impulse_response_gives_its_gain() {
        let bell = Coefficients::bell(1000.0, 9.0, 1.0, 48_000.0);
        let mut frames = vec![[0.0; 2]; 24_000];
        frames[1000] = [0.5, 0.0];
        Cascade::new(&[bell]).process(&mut frames);
        let curve = of_impulse(&[frames.iter().map(|f| f[0] as f32).collect()], 48_000);
        let near = |hz: f64| curve.iter().min_by(|a, b| (a.0 - hz).abs().total_cmp(&(b.0 - hz).abs())).unwrap().1;
        assert!((near(1000.0) - near(60.0) - 9.0).abs() < 0.1);
        assert!(of_impulse(&[vec![0.0; 100]], 48_000).is_empty());
    }
}
