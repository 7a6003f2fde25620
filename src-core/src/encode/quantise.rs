//! From floating point to integers: rounding, dither, and what does not fit.

use super::{Depth, Dither, Spec};
use crate::audio::Block;

/// A sample type that can be written.
pub trait Sample: Copy + Default {
    /// The sample as `f64`.
    fn to_f64(self) -> f64;
}

impl Sample for f32 {
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Sample for f64 {
    fn to_f64(self) -> f64 {
        self
    }
}

/// Start of the dither of the first channel; any value does, one value makes every run alike.
const SEED: u64 = 0x706c_756d_625f_6c6e;

/// Rounds blocks to interleaved integers.
pub(super) struct Quantiser {
    full_scale: f64,
    dither: Dither,
    noise: Vec<Noise>,
    interleaved: Vec<i32>,
    clamped: u64,
    not_numbers: u64,
}

/// SplitMix64 (Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014, doi:10.1145/2660193.2660195).
#[derive(Clone, Copy)]
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Triangular noise between −1 and 1: the sum of two independent uniform values, one from each half of the word.
    fn triangular(&mut self) -> f64 {
        const HALF: f64 = 4_294_967_296.0;
        let word = self.next();
        ((word >> 32) as f64 + (word & 0xffff_ffff) as f64) / HALF - 1.0
    }
}

impl Quantiser {
    pub(super) fn new(spec: &Spec) -> Self {
        let full_scale = match spec.depth {
            Depth::Int16 => 32_768.0,
            // Floating-point files do not come here.
            Depth::Int24 | Depth::Float32 => 8_388_608.0,
        };
        let mut seeds = Noise(SEED);
        Self {
            full_scale,
            dither: spec.dither,
            noise: (0..spec.channels).map(|_| Noise(seeds.next())).collect(),
            interleaved: Vec::new(),
            clamped: 0,
            not_numbers: 0,
        }
    }

    /// Samples over full scale so far.
    pub(super) fn clamped(&self) -> u64 {
        self.clamped
    }

    /// NaN so far.
    pub(super) fn not_numbers(&self) -> u64 {
        self.not_numbers
    }

    /// The block as interleaved integers. What comes out does not depend on how the stream is cut into blocks.
    pub(super) fn quantise<T: Sample>(&mut self, block: &Block<T>) -> &[i32] {
        let (full, channels) = (self.full_scale, block.channel_count());
        self.interleaved.clear();
        self.interleaved.resize(block.frames() * channels, 0);
        for ((c, channel), noise) in block.channels().iter().enumerate().zip(&mut self.noise) {
            for (&sample, out) in channel.iter().zip(self.interleaved.iter_mut().skip(c).step_by(channels)) {
                let scaled = sample.to_f64() * full;
                // What dither alone pushes over the top is no over of the music.
                self.clamped += u64::from(scaled >= full - 0.5 || scaled < -full - 0.5);
                self.not_numbers += u64::from(scaled.is_nan());
                let dithered = match self.dither {
                    Dither::None => scaled,
                    Dither::Tpdf => scaled + noise.triangular(),
                };
                *out = round(dithered.clamp(-full, full - 1.0));
            }
        }
        &self.interleaved
    }
}

/// To the nearest, halves upwards; NaN becomes 0 by the rules of `as`. A `floor` that needs no call where the processor has none.
fn round(x: f64) -> i32 {
    let towards_zero = (x + 0.5) as i32;
    towards_zero - i32::from(f64::from(towards_zero) > x + 0.5)
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    fn quantiser(dither: Dither, channels: usize) -> Quantiser {
        Quantiser::new(&Spec { format: Format::Wav, depth: Depth::Int16, sample_rate: 48_000, channels, dither, frames: None })
    }

    fn one(samples: &[f64]) -> Block<f64> {
        Block::from_channels(vec![samples.to_vec()])
    }

    #[test]
    fn whole_steps_survive_without_dither() {
        let all: Vec<i32> = (-32_768..32_768).collect();
        let block = one(&all.iter().map(|&v| f64::from(v) / 32_768.0).collect::<Vec<_>>());
        let mut quantiser = quantiser(Dither::None, 1);
        assert_eq!(quantiser.quantise(&block), all);
        assert_eq!(quantiser.clamped(), 0);
    }

    #[test]
    fn overs_are_held_and_counted_and_nan_is_silence() {
        let mut quantiser = quantiser(Dither::None, 1);
        let block = one(&[1.5, -1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.999, -1.0]);
        assert_eq!(quantiser.quantise(&block), [32_767, -32_768, 32_767, -32_768, 0, 32_735, -32_768]);
        assert_eq!((quantiser.clamped(), quantiser.not_numbers()), (4, 1));
    }

    #[test]
    fn dither_error_is_a_quarter_step_squared_with_zero_mean_whatever_the_level() {
        // Lipshitz, Wannamaker, Vanderkooy 1992: total error power D²/4 and mean 0, both independent of the signal.
        const N: usize = 400_000;
        for level in [0.0, 0.25, 0.5, 0.77] {
            let mut quantiser = quantiser(Dither::Tpdf, 1);
            let error: Vec<f64> =
                quantiser.quantise(&one(&vec![(100.0 + level) / 32_768.0; N])).iter().map(|&v| f64::from(v) - 100.0 - level).collect();
            let mean = error.iter().sum::<f64>() / N as f64;
            let power = error.iter().map(|e| e * e).sum::<f64>() / N as f64;
            // Standard error of the mean is 0.5/√N = 0.0008, of the power 0.25·√(2/N) = 0.0006 or less.
            assert!(mean.abs() < 0.004, "mean {mean} at {level}");
            assert!((power / 0.25 - 1.0).abs() < 0.01, "power {power} at {level}");
        }
    }

    #[test]
    fn a_tone_below_the_last_bit_keeps_its_shape_and_has_no_harmonics() {
        // −90 dBFS at 16 bit is about one step; averaging many periods shows tone and harmonics through the noise.
        const PERIOD: usize = 48;
        const PERIODS: usize = 20_000;
        let amplitude = 10f64.powf(-90.0 / 20.0);
        let tone = |i: usize| amplitude * (std::f64::consts::TAU * i as f64 / PERIOD as f64).sin();
        let block = one(&(0..PERIOD * PERIODS).map(tone).collect::<Vec<_>>());
        let level = |dither: Dither, harmonic: usize| {
            let mut quantiser = quantiser(dither, 1);
            let (mut re, mut im) = (0.0, 0.0);
            for (i, &v) in quantiser.quantise(&block).iter().enumerate() {
                let phase = std::f64::consts::TAU * (i * harmonic % PERIOD) as f64 / PERIOD as f64;
                re += f64::from(v) * phase.cos();
                im += f64::from(v) * phase.sin();
            }
            2.0 * f64::hypot(re, im) / (PERIOD * PERIODS) as f64
        };
        let fundamental = amplitude * 32_768.0;
        assert!((level(Dither::Tpdf, 1) / fundamental - 1.0).abs() < 0.01);
        for harmonic in [2, 3, 5, 7] {
            // Noise of 0.5 step RMS in one bin of 960 000 samples: about 0.001 step.
            assert!(level(Dither::Tpdf, harmonic) < 0.004, "harmonic {harmonic}");
        }
        // Rounded to −1, 0 and 1 the tone has a fifth harmonic of (4/5π)·cos(5·28.9°) = 0.2 steps.
        assert!(level(Dither::None, 5) > 0.15, "without dither harmonics stand out, or the test proves nothing");
    }

    #[test]
    fn dither_is_the_same_for_any_block_size_and_differs_between_channels() {
        let silent = Block::<f64>::silent(2, 1000);
        let whole = quantiser(Dither::Tpdf, 2).quantise(&silent).to_vec();
        let mut parts = Vec::new();
        let mut second = quantiser(Dither::Tpdf, 2);
        for frames in [1, 99, 900] {
            parts.extend_from_slice(second.quantise(&Block::<f64>::silent(2, frames)));
        }
        assert_eq!(whole, parts);
        assert!(whole.chunks_exact(2).any(|f| f[0] != f[1]));
        assert!(whole.iter().all(|v| v.abs() <= 1), "2 LSB peak to peak");
    }
}
