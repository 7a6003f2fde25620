//! Second-order filters after R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter
//! coefficients" (W3C Note, 2021, <https://www.w3.org/TR/audio-eq-cookbook/>), run as transposed direct form II in `f64`.
//!
//! The cookbook form is kept near the Nyquist frequency too, where its bilinear transform narrows bells: other
//! tools that read our settings use the same formulas and so agree with us.

use super::Frame;
use std::f64::consts::PI;

/// A state below this (−600 dB) is set to zero before it can become a slow denormal number.
const TINY: f64 = 1e-30;

/// Coefficients of H(z) = (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients {
    /// Feed-forward.
    pub b: [f64; 3],
    /// Feedback a1, a2.
    pub a: [f64; 2],
}

/// The terms that all cookbook formulas share.
struct Corner {
    cos: f64,
    alpha: f64,
}

impl Corner {
    fn new(freq_hz: f64, q: f64, sample_rate: f64) -> Self {
        let w0 = 2.0 * PI * freq_hz / sample_rate;
        Self { cos: w0.cos(), alpha: w0.sin() / (2.0 * q) }
    }
}

impl Coefficients {
    /// Passes everything unchanged.
    pub const IDENTITY: Self = Self { b: [1.0, 0.0, 0.0], a: [0.0, 0.0] };

    fn normalised(b: [f64; 3], a: [f64; 3]) -> Self {
        Self { b: b.map(|b| b / a[0]), a: [a[1] / a[0], a[2] / a[0]] }
    }

    /// Bell: `gain_db` at `freq_hz`, half of it (in dB) at the band edges that `q` sets.
    pub fn bell(freq_hz: f64, gain_db: f64, q: f64, sample_rate: f64) -> Self {
        let Corner { cos, alpha } = Corner::new(freq_hz, q, sample_rate);
        let amp = 10f64.powf(gain_db / 40.0);
        Self::normalised([1.0 + alpha * amp, -2.0 * cos, 1.0 - alpha * amp], [1.0 + alpha / amp, -2.0 * cos, 1.0 - alpha / amp])
    }

    /// Low shelf: `gain_db` far below `freq_hz`, half of it (in dB) there.
    pub fn low_shelf(freq_hz: f64, gain_db: f64, q: f64, sample_rate: f64) -> Self {
        let Corner { cos, alpha } = Corner::new(freq_hz, q, sample_rate);
        let amp = 10f64.powf(gain_db / 40.0);
        let root = 2.0 * amp.sqrt() * alpha;
        let (plus, minus) = (amp + 1.0, amp - 1.0);
        Self::normalised(
            [amp * (plus - minus * cos + root), 2.0 * amp * (minus - plus * cos), amp * (plus - minus * cos - root)],
            [plus + minus * cos + root, -2.0 * (minus + plus * cos), plus + minus * cos - root],
        )
    }

    /// High shelf: `gain_db` far above `freq_hz`, half of it (in dB) there.
    pub fn high_shelf(freq_hz: f64, gain_db: f64, q: f64, sample_rate: f64) -> Self {
        let Corner { cos, alpha } = Corner::new(freq_hz, q, sample_rate);
        let amp = 10f64.powf(gain_db / 40.0);
        let root = 2.0 * amp.sqrt() * alpha;
        let (plus, minus) = (amp + 1.0, amp - 1.0);
        Self::normalised(
            [amp * (plus + minus * cos + root), -2.0 * amp * (minus + plus * cos), amp * (plus + minus * cos - root)],
            [plus - minus * cos + root, 2.0 * (minus - plus * cos), plus - minus * cos - root],
        )
    }

    /// High-pass, 12 dB an octave; gain at `freq_hz` is 20 lg `q`.
    pub fn high_pass(freq_hz: f64, q: f64, sample_rate: f64) -> Self {
        let Corner { cos, alpha } = Corner::new(freq_hz, q, sample_rate);
        let edge = 1.0 + cos;
        Self::normalised([0.5 * edge, -edge, 0.5 * edge], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// Low-pass, 12 dB an octave; gain at `freq_hz` is 20 lg `q`.
    pub fn low_pass(freq_hz: f64, q: f64, sample_rate: f64) -> Self {
        let Corner { cos, alpha } = Corner::new(freq_hz, q, sample_rate);
        let edge = 1.0 - cos;
        Self::normalised([0.5 * edge, edge, 0.5 * edge], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// All-pass: magnitude 1 everywhere, phase −180° at `freq_hz`.
    pub fn all_pass(freq_hz: f64, q: f64, sample_rate: f64) -> Self {
        let Corner { cos, alpha } = Corner::new(freq_hz, q, sample_rate);
        Self::normalised([1.0 - alpha, -2.0 * cos, 1.0 + alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// |H|² at `freq_hz`, as a power ratio.
    ///
    /// Written in φ = sin²(ω/2), which keeps full precision where ω is small and a plain sum of cosines would cancel.
    pub fn power_at(&self, freq_hz: f64, sample_rate: f64) -> f64 {
        self.power_at_phi((PI * freq_hz / sample_rate).sin().powi(2))
    }

    /// |H|² at φ = sin²(π f / sample rate): for callers that evaluate many filters at the same frequencies.
    pub fn power_at_phi(&self, phi: f64) -> f64 {
        let [numerator, denominator] = self.power_parts_at_phi(phi);
        numerator / denominator
    }

    /// Numerator and denominator of |H|² at φ, for callers that can do without the division.
    pub fn power_parts_at_phi(&self, phi: f64) -> [f64; 2] {
        let [b0, b1, b2] = self.b;
        let [a1, a2] = self.a;
        let part = |c0: f64, c1: f64, c2: f64| {
            let sum = c0 + c1 + c2;
            sum * sum - 4.0 * (c0 * c1 + 4.0 * c0 * c2 + c1 * c2) * phi + 16.0 * c0 * c2 * phi * phi
        };
        [part(b0, b1, b2), part(1.0, a1, a2)]
    }

    /// Gain at `freq_hz`, dB; minus infinity where nothing passes.
    pub fn gain_db_at(&self, freq_hz: f64, sample_rate: f64) -> f64 {
        10.0 * self.power_at(freq_hz, sample_rate).max(0.0).log10()
    }
}

/// One second-order section over two lanes, each with its own coefficients and state.
#[derive(Clone, Copy, Debug)]
struct Section {
    b: [Frame; 3],
    a: [Frame; 2],
    state: [Frame; 2],
}

impl Section {
    fn new([first, second]: [Coefficients; 2]) -> Self {
        Self { b: [0, 1, 2].map(|i| [first.b[i], second.b[i]]), a: [0, 1].map(|i| [first.a[i], second.a[i]]), state: [[0.0; 2]; 2] }
    }

    #[inline(always)]
    fn step(&mut self, x: Frame) -> Frame {
        let Self { b, a, state } = self;
        let y = [b[0][0] * x[0] + state[0][0], b[0][1] * x[1] + state[0][1]];
        state[0] = [b[1][0] * x[0] + state[1][0] - a[0][0] * y[0], b[1][1] * x[1] + state[1][1] - a[0][1] * y[1]];
        state[1] = [b[2][0] * x[0] - a[1][0] * y[0], b[2][1] * x[1] - a[1][1] * y[1]];
        y
    }
}

/// Sections in series over two lanes.
///
/// Everything is per frame and in order, so results do not depend on how a stream is cut into blocks.
#[derive(Clone, Debug, Default)]
pub struct Cascade {
    sections: Vec<Section>,
}

impl Cascade {
    /// A cascade of the given filters, the same on both lanes.
    pub fn new(filters: &[Coefficients]) -> Self {
        Self::per_lane(filters, filters)
    }

    /// A cascade with filters of its own on each lane; the shorter list is filled up with [`Coefficients::IDENTITY`].
    pub fn per_lane(first: &[Coefficients], second: &[Coefficients]) -> Self {
        let at = |list: &[Coefficients], i: usize| list.get(i).copied().unwrap_or(Coefficients::IDENTITY);
        let count = first.len().max(second.len());
        Self { sections: (0..count).map(|i| Section::new([at(first, i), at(second, i)])).collect() }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// Filters the frames in place.
    pub fn process(&mut self, frames: &mut [Frame]) {
        // Several sections a pass keep the arithmetic units busy: while one waits for its own last output, the next ones work.
        let (fours, rest) = self.sections.as_chunks_mut::<4>();
        for four in fours {
            run(four, frames);
        }
        let (twos, rest) = rest.as_chunks_mut::<2>();
        for two in twos {
            run(two, frames);
        }
        for one in rest {
            run(std::array::from_mut(one), frames);
        }
    }

    /// Clears states that have died away, so that they never become slow denormal numbers.
    /// Call it at fixed positions of the stream, never at block borders, to keep results independent of block size.
    pub fn flush_tiny(&mut self) {
        for value in self.sections.iter_mut().flat_map(|section| section.state.as_flattened_mut()) {
            if value.abs() < TINY {
                *value = 0.0;
            }
        }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        for section in &mut self.sections {
            section.state = [[0.0; 2]; 2];
        }
    }
}

fn run<const N: usize>(sections: &mut [Section; N], frames: &mut [Frame]) {
    let mut local = *sections;
    for frame in frames {
        let mut x = *frame;
        for section in &mut local {
            x = section.step(x);
        }
        *frame = x;
    }
    *sections = local;
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    /// Gain measured on the impulse response of the running filter, by its transform at one frequency.
    fn measured_db(filter: Coefficients, freq_hz: f64, rate: f64) -> f64 {
        let mut frames = vec![[0.0; 2]; 1 << 17];
        frames[0] = [1.0, 0.0];
        Cascade::new(&[filter]).process(&mut frames);
        let (mut re, mut im) = (0.0, 0.0);
        for (n, frame) in frames.iter().enumerate() {
            let angle = 2.0 * PI * freq_hz / rate * n as f64;
            re += frame[0] * angle.cos();
            im -= frame[0] * angle.sin();
        }
        10.0 * (re * re + im * im).log10()
    }

    fn near(what: &str, value: f64, expected: f64, tolerance: f64) {
        assert!((value - expected).abs() <= tolerance, "{what}: {value} instead of {expected}");
    }

    #[test]
    fn a_bell_has_its_gain_at_the_centre_half_of_it_at_the_edges_and_none_far_away() {
        let bell = Coefficients::bell(1000.0, 6.0, 1.41, RATE);
        near("centre", bell.gain_db_at(1000.0, RATE), 6.0, 1e-9);
        // Edges of the analogue band lie at f (√(1 + 1/4Q²) ± 1/2Q); the bilinear transform moves them little at 1 kHz.
        let half = 1.0 / (2.0 * 1.41);
        for edge in [(1.0f64 + half * half).sqrt() + half, (1.0f64 + half * half).sqrt() - half] {
            near("edge", bell.gain_db_at(1000.0 * edge, RATE), 3.0, 0.02);
        }
        near("far below", bell.gain_db_at(20.0, RATE), 0.0, 0.01);
        near("Nyquist", bell.gain_db_at(24_000.0, RATE), 0.0, 1e-9);
    }

    #[test]
    fn shelves_have_half_their_gain_at_the_corner_and_all_of_it_beyond() {
        let low = Coefficients::low_shelf(200.0, -8.0, 0.71, RATE);
        near("corner", low.gain_db_at(200.0, RATE), -4.0, 1e-6);
        near("below", low.gain_db_at(5.0, RATE), -8.0, 0.01);
        near("above", low.gain_db_at(10_000.0, RATE), 0.0, 0.01);
        let high = Coefficients::high_shelf(5000.0, 5.0, 0.71, RATE);
        near("corner", high.gain_db_at(5000.0, RATE), 2.5, 1e-6);
        near("Nyquist", high.gain_db_at(24_000.0, RATE), 5.0, 1e-6);
        near("below", high.gain_db_at(100.0, RATE), 0.0, 0.01);
    }

    #[test]
    fn passes_are_three_db_down_at_a_butterworth_corner_and_fall_12_db_an_octave() {
        let q = std::f64::consts::FRAC_1_SQRT_2;
        let high = Coefficients::high_pass(400.0, q, RATE);
        near("corner", high.gain_db_at(400.0, RATE), -3.0103, 1e-3);
        near("slope", high.gain_db_at(50.0, RATE) - high.gain_db_at(25.0, RATE), 12.04, 0.01);
        let low = Coefficients::low_pass(400.0, q, RATE);
        near("corner", low.gain_db_at(400.0, RATE), -3.0103, 1e-3);
        near("slope", low.gain_db_at(1600.0, RATE) - low.gain_db_at(3200.0, RATE), 12.04, 0.2);
        assert_eq!(low.gain_db_at(24_000.0, RATE), f64::NEG_INFINITY);
    }

    #[test]
    fn the_running_filter_does_what_its_formula_says() {
        for rate in [22_050.0, 44_100.0, 192_000.0] {
            for filter in [
                Coefficients::bell(60.0, 9.0, 3.0, rate),
                Coefficients::bell(0.45 * rate, -6.0, 2.0, rate),
                Coefficients::low_shelf(90.0, 4.0, 0.7, rate),
                Coefficients::high_shelf(8000.0, -12.0, 0.7, rate),
                Coefficients::high_pass(30.0, 0.7, rate),
            ] {
                for freq_hz in [31.0, 90.0, 1000.0, 0.4 * rate, 0.49 * rate] {
                    near("gain", measured_db(filter, freq_hz, rate), filter.gain_db_at(freq_hz, rate), 1e-6);
                }
            }
        }
    }

    #[test]
    fn lanes_do_not_touch_each_other() {
        let mut frames: Vec<Frame> = (0..500).map(|n| [f64::from(n % 7) - 3.0, f64::from(n % 5) - 2.0]).collect();
        let before = frames.clone();
        Cascade::per_lane(&[], &[Coefficients::bell(500.0, 6.0, 1.0, RATE); 3]).process(&mut frames);
        assert!(frames.iter().zip(&before).all(|(after, before)| after[0].to_bits() == before[0].to_bits()));
        assert!(frames.iter().zip(&before).any(|(after, before)| after[1] != before[1]));
    }

    #[test]
    fn noise_of_the_arithmetic_lies_below_the_last_bit_of_24() {
        // The hardest case: 20 Hz at 192 kHz. The same filter in twice the steps of rounding is its own reference: a filter and its
        // inverse in series must give back the input.
        let rate = 192_000.0;
        let (up, down) = (Coefficients::bell(20.0, 12.0, 4.0, rate), Coefficients::bell(20.0, -12.0, 4.0, rate));
        let mut frames: Vec<Frame> = (0..192_000).map(|n| [(f64::from(n) * 0.37).sin(); 2]).collect();
        let before = frames.clone();
        Cascade::new(&[up, down]).process(&mut frames);
        let worst = frames.iter().zip(&before).map(|(a, b)| (a[0] - b[0]).abs()).fold(0.0, f64::max);
        assert!(20.0 * worst.log10() < -180.0, "{} dB", 20.0 * worst.log10());
    }

    #[test]
    fn dead_states_are_cleared() {
        let mut cascade = Cascade::new(&[Coefficients::low_pass(1000.0, 0.7, RATE)]);
        cascade.process(&mut [[1e-35; 2]; 8]);
        cascade.flush_tiny();
        let mut silence = [[0.0; 2]; 4];
        cascade.process(&mut silence);
        assert_eq!(silence, [[0.0; 2]; 4]);
    }
}
