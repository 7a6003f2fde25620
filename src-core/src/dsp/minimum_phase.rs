//! A magnitude response turned into the shortest causal filter that has it: minimum phase.
//!
//! The phase of such a filter is the Hilbert transform of its log magnitude, worked out by folding the cepstrum: A. V. Oppenheim and
//! R. W. Schafer, "Discrete-Time Signal Processing", 3rd edition, section 13.4 (realisation by the real cepstrum).

use rustfft::FftPlanner;

pub use rustfft::num_complex::Complex;

/// The transform is this many times as long as the filter, so that the cepstrum does not wrap into itself.
const OVERSIZE: usize = 8;

/// Impulse response of `taps` samples (a power of two) whose gain in dB at a frequency is `gain_db(hz)`, followed by a causal filter whose
/// response is known.
///
/// The last quarter of the response fades out, which smooths the magnitude over about 2 × rate / taps. Gains below −200 dB are taken
/// as −200 dB.
pub fn minimum_phase(taps: usize, sample_rate: f64, gain_db: impl Fn(f64) -> f64, followed_by: impl Fn(f64) -> Complex<f64>) -> Vec<f64> {
    let taps = taps.max(2).next_power_of_two();
    let n = taps * OVERSIZE;
    let (forward, inverse) = {
        let mut planner = FftPlanner::new();
        (planner.plan_fft_forward(n), planner.plan_fft_inverse(n))
    };
    let hz = |k: usize| k.min(n - k) as f64 * sample_rate / n as f64;
    let log_gain = |k: usize| gain_db(hz(k)).max(-200.0) * std::f64::consts::LN_10 / 20.0;
    let mut line: Vec<Complex<f64>> = (0..n).map(|k| Complex::new(log_gain(k), 0.0)).collect();
    inverse.process(&mut line);
    // Folding: what the cepstrum has at negative times is added to the positive ones.
    let scale = 1.0 / n as f64;
    for (k, c) in line.iter_mut().enumerate() {
        let fold = if k == 0 || k == n / 2 {
            1.0
        } else if k < n / 2 {
            2.0
        } else {
            0.0
        };
        *c = Complex::new(c.re * scale * fold, 0.0);
    }
    forward.process(&mut line);
    for (k, c) in line.iter_mut().enumerate() {
        let then = followed_by(hz(k));
        *c = c.exp() * if 2 * k > n { then.conj() } else { then };
    }
    inverse.process(&mut line);
    let fade = taps / 4;
    let window = |i: usize| {
        let left = taps - i;
        if left >= fade { 1.0 } else { 0.5 - 0.5 * (std::f64::consts::PI * left as f64 / fade as f64).cos() }
    };
    line.iter().take(taps).enumerate().map(|(i, c)| c.re * scale * window(i)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: f64) -> Complex<f64> {
        Complex::new(1.0, 0.0)
    }

    fn gain_db(taps: &[f64], hz: f64, rate: f64) -> f64 {
        let (re, im) = taps.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, x)| {
            let angle = std::f64::consts::TAU * hz / rate * n as f64;
            (re + x * angle.cos(), im - x * angle.sin())
        });
        10.0 * (re * re + im * im).log10()
    }

    #[test]
    fn the_filter_has_the_gain_it_was_made_for() {
        // 24 dB an octave below 300 Hz down to −60 dB, a bump of 6 dB at 2 kHz.
        let wanted = |hz: f64| {
            let low = (24.0 * (hz.max(1.0) / 300.0).log2()).clamp(-60.0, 0.0);
            low + 6.0 * (-(hz.max(1.0) / 2000.0).log2().powi(2) * 2.0).exp()
        };
        for rate in [44_100.0, 96_000.0] {
            let taps = minimum_phase(if rate > 50_000.0 { 16_384 } else { 8192 }, rate, wanted, nothing);
            for hz in [40.0, 80.0, 150.0, 300.0, 1000.0, 2000.0, 8000.0, 18_000.0] {
                assert!((gain_db(&taps, hz, rate) - wanted(hz)).abs() < 0.1, "{hz}: {} {}", gain_db(&taps, hz, rate), wanted(hz));
            }
        }
    }

    #[test]
    fn a_flat_response_is_an_impulse_at_once() {
        let taps = minimum_phase(256, 48_000.0, |_| 0.0, nothing);
        assert!((taps[0] - 1.0).abs() < 1e-12);
        assert!(taps[1..].iter().all(|t| t.abs() < 1e-12));
    }

    #[test]
    fn energy_comes_as_early_as_it_can() {
        // A filter of the same magnitude with linear phase would have its energy around tap 512.
        let taps = minimum_phase(1024, 48_000.0, |hz| if hz > 6000.0 { -60.0 } else { 0.0 }, nothing);
        let energy = |part: &[f64]| part.iter().map(|t| t * t).sum::<f64>();
        assert!(energy(&taps[..128]) > 0.9 * energy(&taps));
    }

    #[test]
    fn what_follows_shifts_phase_and_leaves_the_gain() {
        // A first-order all-pass at 500 Hz: its response falls off from its first sample on.
        let warped = |hz: f64| (std::f64::consts::PI * hz / 48_000.0).tan().min(1e9) / (std::f64::consts::PI * 500.0 / 48_000.0).tan();
        let all_pass = |hz: f64| Complex::new(1.0, -warped(hz)) / Complex::new(1.0, warped(hz));
        let taps = minimum_phase(4096, 48_000.0, |_| -6.0, all_pass);
        for hz in [100.0, 500.0, 3000.0] {
            assert!((gain_db(&taps, hz, 48_000.0) + 6.0).abs() < 0.05, "{hz}: {}", gain_db(&taps, hz, 48_000.0));
        }
        assert!(taps[0] < 0.0 && taps[1] > taps[40] && taps[40] > 0.0, "{:?}", &taps[..4]);
    }
}
