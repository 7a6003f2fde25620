//! Halving the sample rate, for what is wanted of the lows alone.

/// Taps of the maximally flat half-band filter of length seven; every other one but the middle is 0.
const TAPS: [f32; 3] = [-1.0 / 32.0, 9.0 / 32.0, 0.5];

/// Halves the rate of one channel.
///
/// Below a twentieth of the rate that comes in the gain is flat to 0.02 dB, and what folds down to there is damped by 55 dB or more; what lies
/// further up folds.
#[derive(Clone, Debug, Default)]
pub struct HalfBand {
    /// Samples that the next output still needs.
    waiting: Vec<f32>,
}

impl HalfBand {
    /// Appends the halved signal to `out`.
    pub fn process(&mut self, input: &[f32], out: &mut Vec<f32>) {
        self.waiting.extend_from_slice(input);
        let mut from = 0;
        while let Some([a, _, b, c, d, _, e]) = self.waiting.get(from..from + 7).and_then(|x| <&[f32; 7]>::try_from(x).ok()) {
            out.push(TAPS[0] * (a + e) + TAPS[1] * (b + d) + TAPS[2] * c);
            from += 2;
        }
        self.waiting.drain(..from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain_db(ratio: f64) -> f64 {
        let tone: Vec<f32> = (0..40_000).map(|n| (std::f64::consts::TAU * ratio * f64::from(n)).sin() as f32).collect();
        let mut out = Vec::new();
        let mut half = HalfBand::default();
        tone.chunks(333).for_each(|chunk| half.process(chunk, &mut out));
        let power = |x: &[f32]| x.iter().map(|v| f64::from(v * v)).sum::<f64>() / x.len() as f64;
        assert!((out.len() as i64 - 20_000).abs() < 5);
        10.0 * (power(&out) / power(&tone)).log10()
    }

    #[test]
    fn lows_pass_and_what_would_fold_onto_them_does_not() {
        for ratio in [0.001, 0.02, 0.05] {
            assert!(gain_db(ratio).abs() < 0.02, "{ratio}: {}", gain_db(ratio));
            assert!(gain_db(0.5 - ratio) < -54.0, "{ratio}: {}", gain_db(0.5 - ratio));
        }
    }
}
