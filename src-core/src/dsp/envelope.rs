//! Smoothing of control signals.

/// One-pole coefficient that reaches 1 − 1/e of a step in `time_s`, at `rate` updates a second; 0 (no smoothing) for no time.
pub fn pole(time_s: f64, rate: f64) -> f64 {
    if time_s > 0.0 { (-1.0 / (time_s * rate)).exp() } else { 0.0 }
}

/// The smooth decoupled peak detector of D. Giannoulis, M. Massberg, J. Reiss, "Digital Dynamic Range Compressor Design",
/// JAES 60(6), 2012, equation 17: release first, attack over its result.
#[derive(Clone, Copy, Debug)]
pub struct SmoothPeak {
    attack: f64,
    release: f64,
    held: f64,
    value: f64,
}

impl SmoothPeak {
    /// A detector with time constants in seconds, updated `rate` times a second.
    pub fn new(attack_s: f64, release_s: f64, rate: f64) -> Self {
        Self { attack: pole(attack_s, rate), release: pole(release_s, rate), held: 0.0, value: 0.0 }
    }

    /// Takes the next value (0 or above) and returns the smoothed one.
    pub fn next(&mut self, x: f64) -> f64 {
        self.held = x.max(self.release * self.held + (1.0 - self.release) * x);
        self.value = self.attack * self.value + (1.0 - self.attack) * self.held;
        self.value
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        (self.held, self.value) = (0.0, 0.0);
    }

    /// Sets a value that has died away below `least` to zero.
    pub fn snap_below(&mut self, least: f64) {
        if self.held < least && self.value < least {
            self.reset();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_followed_with_the_attack_and_left_with_the_release() {
        let mut detector = SmoothPeak::new(0.010, 0.200, 10_000.0);
        let risen = (0..100).map(|_| detector.next(6.0)).last().unwrap();
        assert!((risen - 6.0 * (1.0 - (-1f64).exp())).abs() < 1e-9);
        (0..2000).for_each(|_| {
            detector.next(6.0);
        });
        let fallen = (0..2000).map(|_| detector.next(0.0)).last().unwrap();
        // The attack smooths the release a little: e^(−1) within 6 %.
        assert!((fallen / 6.0 - (-1f64).exp()).abs() < 0.03, "{fallen}");
    }
}
