//! What must move a measurement and what must not, and what happens to input that no one would send on purpose.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, ChannelRole, Layout, Source, SourceInfo};
use plumbline::error::{Error, Result};
use plumbline::measure::{Measurements, Measurer, parallel};
use proptest::prelude::*;

/// A source in memory that hands out blocks of the given lengths, over and over.
struct Memory {
    info: SourceInfo,
    block: Block<f32>,
    lengths: Vec<usize>,
    next: usize,
    from: usize,
}

impl Source for Memory {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        let length = self.lengths[self.next % self.lengths.len()].min(self.block.frames() - self.from);
        self.next += 1;
        block.resize(self.block.channel_count(), length);
        for (index, to) in block.channels_mut().iter_mut().enumerate() {
            to.copy_from_slice(&self.block.channel(index)[self.from..self.from + length]);
        }
        self.from += length;
        Ok(length)
    }
}

fn info(rate: u32, layout: Layout) -> SourceInfo {
    SourceInfo {
        name: "memory".into(),
        container: "memory".into(),
        codec: "pcm_f32le".into(),
        lossy: false,
        sample_rate: rate,
        layout,
        bits_per_sample: Some(32),
        float: true,
        wav_format_tag: None,
        frames: None,
    }
}

/// A fixed pseudo-random number from −1 to 1 (a multiplicative congruential generator; Park and Miller 1988).
fn noise(seed: &mut u64) -> f64 {
    *seed = *seed * 48_271 % 0x7fff_ffff;
    *seed as f64 / f64::from(0x4000_0000) - 1.0
}

/// Something like music: a bass, a chord, pulsed noise; left and right differ.
fn music(rate: u32, seconds: f64) -> Vec<Vec<f32>> {
    let mut seed = 20_260_801;
    let count = (seconds * f64::from(rate)) as usize;
    let mut channels = vec![Vec::with_capacity(count), Vec::with_capacity(count)];
    for n in 0..count {
        let t = n as f64 / f64::from(rate);
        let tone = |hz: f64, gain: f64| gain * (std::f64::consts::TAU * hz * t).sin();
        let pulse = (-8.0 * (t % 0.5)).exp();
        let common = tone(55.0, 0.25) * (0.5 + 0.5 * pulse) + tone(440.0, 0.1) + tone(554.37, 0.08);
        let hat = 0.2 * pulse * noise(&mut seed);
        channels[0].push((common + tone(659.26, 0.06) + hat) as f32);
        channels[1].push((common + tone(880.0, 0.05) + 0.7 * hat) as f32);
    }
    channels
}

fn measured(rate: u32, layout: Layout, channels: Vec<Vec<f32>>) -> Measurements {
    let mut measurer = Measurer::new(&info(rate, layout));
    measurer.push(&Block::from_channels(channels));
    measurer.finish()
}

fn stereo(channels: Vec<Vec<f32>>) -> Measurements {
    measured(44_100, Layout::stereo(), channels)
}

fn scaled(channels: &[Vec<f32>], gain: f32) -> Vec<Vec<f32>> {
    channels.iter().map(|c| c.iter().map(|s| s * gain).collect()).collect()
}

/// Rounding of single-precision spectra and of quantile classes (0.1 dB).
const CLASS_DB: f64 = 0.11;

#[test]
fn six_db_more_in_are_six_lu_more_out() {
    let quiet = music(44_100, 8.0);
    let (a, b) = (stereo(quiet.clone()), stereo(scaled(&quiet, 2.0)));
    let step = 20.0 * 2f64.log10();
    let near = |a: f64, b: f64, what: &str| assert!((b - a - step).abs() < 1e-3, "{what}: {a} to {b}");
    near(a.loudness.integrated.lufs(), b.loudness.integrated.lufs(), "integrated");
    near(a.loudness.max_momentary.loudness.lufs(), b.loudness.max_momentary.loudness.lufs(), "momentary");
    near(a.loudness.max_short_term.loudness.lufs(), b.loudness.max_short_term.loudness.lufs(), "short-term");
    near(a.true_peak.max.level.dbtp(), b.true_peak.max.level.dbtp(), "true peak");
    near(a.sample_peak.max.level.db(), b.sample_peak.max.level.db(), "sample peak");
    near(a.dynamics.rms.db(), b.dynamics.rms.db(), "rms");
    for (a, b) in a.spectrum.bands.iter().zip(&b.spectrum.bands) {
        near(a.level.db(), b.level.db(), "band level");
        assert!((b.p50.db() - a.p50.db() - step).abs() < CLASS_DB);
    }
    assert!((a.loudness.range.lu() - b.loudness.range.lu()).abs() < 1e-3);
    assert!((a.dynamics.crest.db() - b.dynamics.crest.db()).abs() < 1e-6);
    assert!((a.dynamics.dynamic_range.db() - b.dynamics.dynamic_range.db()).abs() < 1e-6);
    let plr = |m: &Measurements| m.peak_to_loudness.plr.unwrap().lu();
    assert!((plr(&a) - plr(&b)).abs() < 1e-3);
}

#[test]
fn polarity_and_a_swap_of_channels_change_no_level() {
    let channels = music(44_100, 6.0);
    let a = stereo(channels.clone());
    let swapped = vec![channels[1].clone(), channels[0].clone()];
    for b in [stereo(scaled(&channels, -1.0)), stereo(swapped)] {
        assert!((a.loudness.integrated.lufs() - b.loudness.integrated.lufs()).abs() < 1e-9);
        assert_eq!(a.loudness.range, b.loudness.range);
        assert_eq!(a.sample_peak.max, b.sample_peak.max);
        assert_eq!(a.true_peak.max, b.true_peak.max);
        assert!((a.dynamics.rms.db() - b.dynamics.rms.db()).abs() < 1e-9);
        for (a, b) in a.spectrum.bands.iter().zip(&b.spectrum.bands) {
            assert!((a.level.db() - b.level.db()).abs() < 1e-3);
        }
    }
}

#[test]
fn the_sample_rate_changes_no_level() {
    let at = |rate| measured(rate, Layout::stereo(), music_without_noise(rate));
    let reference = at(44_100);
    for rate in [48_000, 88_200, 96_000, 192_000, 384_000] {
        let other = at(rate);
        let near = |a: f64, b: f64, tolerance: f64, what: &str| assert!((a - b).abs() < tolerance, "{what} at {rate}: {a}, {b}");
        near(reference.loudness.integrated.lufs(), other.loudness.integrated.lufs(), 0.02, "integrated");
        near(reference.true_peak.max.level.dbtp(), other.true_peak.max.level.dbtp(), 0.02, "true peak");
        near(reference.dynamics.rms.db(), other.dynamics.rms.db(), 0.001, "rms");
        for (a, b) in reference.spectrum.bands.iter().zip(&other.spectrum.bands).filter(|(a, _)| a.level.db() > -40.0) {
            near(a.level.db(), b.level.db(), 0.6, "band");
        }
    }
}

/// Tones in the middle of their bands, which are the same at every rate.
fn music_without_noise(rate: u32) -> Vec<Vec<f32>> {
    let count = 5 * rate as usize;
    let channel = |gains: [f64; 3]| -> Vec<f32> {
        (0..count)
            .map(|n| {
                let t = n as f64 / f64::from(rate);
                let tones = [125.0, 1000.0, 4000.0].iter().zip(gains);
                tones.map(|(hz, gain)| gain * (std::f64::consts::TAU * hz * t).sin()).sum::<f64>() as f32
            })
            .collect()
    };
    vec![channel([0.3, 0.2, 0.1]), channel([0.3, 0.15, 0.05])]
}

#[test]
fn mono_reads_3_lu_below_the_same_on_two_channels() {
    let channel = music(48_000, 5.0).remove(0);
    let mono = measured(48_000, Layout::mono(), vec![channel.clone()]);
    let two = measured(48_000, Layout::stereo(), vec![channel.clone(), channel]);
    assert!((two.loudness.integrated.lufs() - mono.loudness.integrated.lufs() - 3.0103).abs() < 1e-3);
    assert_eq!(two.true_peak.max, mono.true_peak.max);
}

#[test]
fn invalid_samples_are_counted_and_taken_as_silence() {
    let clean = music(44_100, 4.0);
    let (mut broken, mut silenced) = (clean.clone(), clean);
    for (n, bad) in [(1000, f32::NAN), (1001, f32::INFINITY), (90_000, f32::NEG_INFINITY), (90_001, 1e30)] {
        broken[0][n] = bad;
        silenced[0][n] = 0.0;
    }
    let (broken, silenced) = (stereo(broken), stereo(silenced));
    assert_eq!(broken.invalid.samples, 4);
    assert_eq!(broken.invalid.times.len(), 2);
    assert!((broken.invalid.times[0].start_s - 1000.0 / 44_100.0).abs() < 1e-9);
    assert_eq!(Measurements { invalid: silenced.invalid.clone(), ..broken }, silenced);
}

#[test]
fn odd_input_gives_numbers_and_no_panic() {
    let surround = Layout::new(vec![
        ChannelRole::Left,
        ChannelRole::Right,
        ChannelRole::Centre,
        ChannelRole::Lfe,
        ChannelRole::LeftSurround,
        ChannelRole::RightSurround,
    ]);
    for rate in [8_000, 11_025, 44_100, 384_000] {
        for layout in [Layout::mono(), Layout::stereo(), surround.clone()] {
            for (frames, value) in
                [(0, 0.0), (1, 1.0), (1, -1.0), (100, 1.0), (rate as usize, 1.0), (rate as usize, -1e6), (rate as usize, 0.0)]
            {
                let count = layout.channel_count();
                let data = measured(rate, layout.clone(), vec![vec![value; frames]; count]);
                let json = serde_json::to_string(&data).unwrap();
                assert!(!json.contains("NaN"), "{rate} {count} {frames} {value}");
                if value != 0.0 {
                    let peak = data.sample_peak.max.level.db();
                    assert!((peak - 20.0 * f64::from(value.abs()).log10()).abs() < 1e-6);
                    // A step rings; nothing reads lower than its highest sample.
                    assert!(data.true_peak.max.level.dbtp() >= peak - 1e-6);
                }
            }
        }
    }
}

#[test]
fn an_error_in_progress_stops_the_work() {
    let block = Block::from_channels(music(44_100, 2.0));
    let mut source = Memory { info: info(44_100, Layout::stereo()), block, lengths: vec![4096], next: 0, from: 0 };
    let result = parallel::measure(&mut source, &mut |frames| if frames > 40_000 { Err(Error::Cancelled) } else { Ok(()) });
    assert!(matches!(result, Err(Error::Cancelled)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn blocks_of_any_length_and_two_threads_give_the_same_bits(lengths in prop::collection::vec(1usize..20_000, 1..6), rate in prop::sample::select(vec![11_025u32, 44_100, 48_000])) {
        let channels = music(rate, 3.3);
        let whole = measured(rate, Layout::stereo(), channels.clone());
        let block = Block::from_channels(channels);
        let mut source = Memory { info: info(rate, Layout::stereo()), block, lengths, next: 0, from: 0 };
        let threaded = parallel::measure(&mut source, &mut |_| Ok(())).unwrap();
        prop_assert_eq!(threaded, whole);
    }
}
