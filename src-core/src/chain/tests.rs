//! Facts about the whole chain.

use super::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Stereo};
use super::{Chain, Settings, render};
use crate::audio::{Block, Layout, Source, SourceInfo};
use crate::error::{Error, Result};
use proptest::prelude::*;

pub(super) const RATE: u32 = 44_100;

/// White noise in ±`level` from a fixed seed (xorshift64*).
pub(super) fn noise(seed: u64, level: f64, frames: usize) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..frames)
        .map(|_| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            let bits = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
            level * (bits as f64 / (1u64 << 52) as f64 - 1.0)
        })
        .collect()
}

pub(super) fn band(kind: EqKind, part: Part, freq_hz: f64, gain_db: f64, q: f64) -> EqBand {
    EqBand { kind, part, freq_hz, gain_db, q, reason: String::new(), confidence: 1.0 }
}

fn compressor(threshold_db: f64, ratio: f64) -> BandDynamics {
    BandDynamics { threshold_db, ratio, knee_db: 6.0, attack_ms: 10.0, release_ms: 120.0, makeup_db: 0.5, reason: String::new() }
}

/// Settings that use every stage.
pub(super) fn everything() -> Settings {
    Settings {
        input_gain_db: -1.5,
        eq: vec![
            band(EqKind::LowShelf, Part::Stereo, 120.0, 2.0, 0.7),
            band(EqKind::Bell, Part::Mid, 900.0, -3.0, 1.4),
            band(EqKind::Bell, Part::Side, 3000.0, 1.0, 0.8),
            band(EqKind::HighShelf, Part::Stereo, 8000.0, 1.5, 0.7),
            band(EqKind::HighPass, Part::Stereo, 25.0, 0.0, 0.7),
        ],
        dynamics: Some(Dynamics {
            crossovers_hz: vec![150.0, 2500.0],
            bands: vec![compressor(-30.0, 3.0), compressor(-20.0, 0.7), compressor(-25.0, 2.0)],
        }),
        stereo: Some(Stereo {
            side_gain_db: 1.0,
            side_bands: vec![band(EqKind::Bell, Part::Side, 500.0, 2.0, 1.0)],
            mono_below_hz: Some(110.0),
            reason: String::new(),
        }),
        output_gain_db: 7.0,
        limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 100.0 }),
        ..Settings::default()
    }
}

fn process_in_blocks(settings: &Settings, input: &[Vec<f64>], cuts: &[usize]) -> Vec<Vec<u64>> {
    let mut chain = Chain::new(settings, RATE, input.len()).unwrap();
    let mut out = vec![Vec::new(); input.len()];
    let frames = input[0].len();
    let (mut at, mut cut) = (0, cuts.iter().cycle());
    while at < frames {
        let next = (at + cut.next().unwrap()).min(frames);
        let mut block = Block::from_channels(input.iter().map(|c| c[at..next].to_vec()).collect());
        chain.process(&mut block);
        for (to, from) in out.iter_mut().zip(block.channels()) {
            to.extend(from.iter().map(|x| x.to_bits()));
        }
        at = next;
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn block_size_changes_no_bit(cuts in prop::collection::vec(1usize..700, 1..6), channels in 1usize..=2, seed in 1u64..1000) {
        let input: Vec<_> = (0..channels as u64).map(|c| noise(seed + 7 * c, 0.7, 6000)).collect();
        let whole = process_in_blocks(&everything(), &input, &[6000]);
        prop_assert!(process_in_blocks(&everything(), &input, &cuts) == whole);
    }
}

#[test]
fn default_settings_change_no_bit_not_even_of_bad_samples() {
    let mut left = noise(3, 2.0, 500);
    left.extend([f64::NAN, f64::INFINITY, -0.0, 1e-310]);
    let input = vec![left, noise(4, 1.0, 504)];
    let expected: Vec<Vec<u64>> = input.iter().map(|c| c.iter().map(|x| x.to_bits()).collect()).collect();
    assert!(process_in_blocks(&Settings::default(), &input, &[100]) == expected);
}

#[test]
fn settings_of_zero_change_no_bit() {
    let settings = Settings {
        eq: vec![band(EqKind::Bell, Part::Mid, 1000.0, 0.0, 1.0), band(EqKind::LowShelf, Part::Stereo, 100.0, 0.0, 0.7)],
        stereo: Some(Stereo::default()),
        ..Settings::default()
    };
    let input = vec![noise(5, 1.0, 300), noise(6, 1.0, 300)];
    let expected: Vec<Vec<u64>> = input.iter().map(|c| c.iter().map(|x| x.to_bits()).collect()).collect();
    assert!(process_in_blocks(&settings, &input, &[64]) == expected);
}

#[test]
fn bad_samples_are_counted_and_do_not_outlive_themselves() {
    let mut chain = Chain::new(&everything(), RATE, 2).unwrap();
    let mut block = Block::from_channels(vec![noise(1, 0.5, 4096), noise(2, 0.5, 4096)]);
    for (i, bad) in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300].into_iter().enumerate() {
        block.channel_mut(i % 2)[100 * i] = bad;
    }
    chain.process(&mut block);
    assert!(block.channels().iter().flatten().all(|x| x.is_finite()));
    assert_eq!(chain.statistics().bad_frames, 4);
}

#[test]
fn more_than_two_channels_are_refused() {
    for channels in [0, 3, 6] {
        assert!(matches!(Chain::new(&Settings::default(), RATE, channels), Err(Error::InvalidSetting { .. })));
    }
}

#[test]
fn reset_makes_a_chain_new() {
    let mut chain = Chain::new(&everything(), RATE, 2).unwrap();
    let input = Block::from_channels(vec![noise(8, 0.9, 3000), noise(9, 0.9, 3000)]);
    let mut first = input.clone();
    chain.process(&mut first);
    let statistics = chain.statistics();
    chain.reset();
    let mut second = input.clone();
    chain.process(&mut second);
    assert!(first == second);
    assert_eq!(statistics, chain.statistics());
}

struct Memory {
    info: SourceInfo,
    block: Block<f32>,
    at: usize,
}

impl Source for Memory {
    fn info(&self) -> &SourceInfo {
        &self.info
    }
    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        let frames = 1000.min(self.block.frames() - self.at);
        let cut = |c: &Vec<f32>| c[self.at..self.at + frames].to_vec();
        *block = Block::from_channels(self.block.channels().iter().map(cut).collect());
        self.at += frames;
        Ok(frames)
    }
}

fn memory(frames: usize) -> Memory {
    let channel = |seed| noise(seed, 0.5, frames).iter().map(|x| *x as f32).collect::<Vec<_>>();
    let info = SourceInfo {
        name: "noise".into(),
        container: "memory".into(),
        codec: "pcm_f32le".into(),
        lossy: false,
        sample_rate: RATE,
        layout: Layout::stereo(),
        bits_per_sample: Some(32),
        float: true,
        wav_format_tag: None,
        frames: None,
    };
    Memory { info, block: Block::from_channels(vec![channel(1), channel(2)]), at: 0 }
}

#[test]
fn a_render_keeps_length_and_alignment() {
    // A limiter that has nothing to do delays and changes nothing else.
    let limiter = Some(Limiter { ceiling_dbtp: 6.0, lookahead_ms: 5.0, release_ms: 50.0 });
    for frames in [0, 1, 100, 1000, 5000] {
        let mut source = memory(frames);
        let mut chain = Chain::new(&Settings { limiter: limiter.clone(), ..Settings::default() }, RATE, 2).unwrap();
        let mut out = vec![Vec::new(); 2];
        let rendered = render(
            &mut source,
            &mut chain,
            &mut |block| {
                out.iter_mut().zip(block.channels()).for_each(|(to, from)| to.extend(from.iter().map(|x| *x as f32)));
                Ok(())
            },
            &mut |_| Ok(()),
        )
        .unwrap();
        assert_eq!(rendered.frames, frames as u64);
        assert!(Block::from_channels(out) == source.block);
    }
}

#[test]
fn a_render_stops_when_progress_says_so() {
    let mut chain = Chain::new(&everything(), RATE, 2).unwrap();
    let stopped = render(&mut memory(5000), &mut chain, &mut |_| Ok(()), &mut |_| Err(Error::Cancelled));
    assert!(matches!(stopped, Err(Error::Cancelled)));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    type Break = fn(&mut Settings);
    let broken: [(&str, Break); 12] = [
        ("schema", |s| s.schema = "other/9".into()),
        ("input_gain_db", |s| s.input_gain_db = f64::NAN),
        ("output_gain_db", |s| s.output_gain_db = 99.0),
        ("eq[1].freq_hz", |s| s.eq[1].freq_hz = 0.495 * f64::from(RATE)),
        ("eq[0].gain_db", |s| s.eq[0].gain_db = -25.0),
        ("eq[2].q", |s| s.eq[2].q = 0.0),
        ("dynamics.crossovers_hz", |s| s.dynamics.as_mut().unwrap().crossovers_hz.reverse()),
        ("dynamics.bands[1].ratio", |s| s.dynamics.as_mut().unwrap().bands[1].ratio = 0.0),
        ("stereo.mono_below_hz", |s| s.stereo.as_mut().unwrap().mono_below_hz = Some(1.0)),
        ("stereo.side_bands[0].part", |s| s.stereo.as_mut().unwrap().side_bands[0].part = Part::Mid),
        ("limiter.ceiling_dbtp", |s| s.limiter.as_mut().unwrap().ceiling_dbtp = f64::INFINITY),
        ("limiter.lookahead_ms", |s| s.limiter.as_mut().unwrap().lookahead_ms = 0.0),
    ];
    assert!(everything().validate(Some(f64::from(RATE))).is_ok());
    for (expected, break_it) in broken {
        let mut settings = everything();
        break_it(&mut settings);
        match Chain::new(&settings, RATE, 2) {
            Err(Error::InvalidSetting { name, .. }) => assert_eq!(name, expected),
            other => panic!("{expected}: {:?}", other.err()),
        }
    }
}

/// Level in dB of each lane of (mid, side) after `settings`, for a tone that is in the mid at −6 dB and in the side at −12 dB.
fn mid_side_levels_db(settings: &Settings, freq_hz: f64) -> [f64; 2] {
    let tone = |n: usize, phase: f64| (std::f64::consts::TAU * freq_hz * n as f64 / f64::from(RATE) + phase).sin();
    let frames = 2 * RATE as usize;
    let (mid, side) = (|n| 0.5 * tone(n, 0.0), |n| 0.25 * tone(n, 1.0));
    let mut block =
        Block::from_channels(vec![(0..frames).map(|n| mid(n) + side(n)).collect(), (0..frames).map(|n| mid(n) - side(n)).collect()]);
    Chain::new(settings, RATE, 2).unwrap().process(&mut block);
    let level = |sign: f64| {
        let tail = (RATE as usize..frames).map(|n| 0.5 * (block.channel(0)[n] + sign * block.channel(1)[n]));
        10.0 * (2.0 * tail.map(|x| x * x).sum::<f64>() / f64::from(RATE)).log10()
    };
    [level(1.0), level(-1.0)]
}

#[test]
fn the_equaliser_does_what_the_response_says_to_each_part() {
    use super::part_response_db;
    let settings = Settings { eq: everything().eq, ..Settings::default() };
    for freq_hz in [40.0, 400.0, 900.0, 3000.0, 15_000.0] {
        let [mid, side] = mid_side_levels_db(&settings, freq_hz);
        let expected = |part| part_response_db(&settings.eq, part, freq_hz, f64::from(RATE));
        assert!((mid + 6.0206 - expected(Part::Mid)).abs() < 0.001, "mid at {freq_hz}");
        assert!((side + 12.0412 - expected(Part::Side)).abs() < 0.001, "side at {freq_hz}");
    }
}

#[test]
fn width_moves_the_side_and_never_the_mid() {
    let stereo = Stereo { side_gain_db: 3.0, side_bands: vec![], mono_below_hz: Some(120.0), reason: String::new() };
    let settings = Settings { stereo: Some(stereo), ..Settings::default() };
    // Fourth-order Butterworth: 3 dB down at the corner, 24 dB an octave below.
    for (freq_hz, expected_db, tolerance_db) in [(5000.0, 3.0, 0.001), (120.0, 3.0 - 3.0103, 0.001), (30.0, 3.0 - 48.16, 0.01)] {
        let [mid, side] = mid_side_levels_db(&settings, freq_hz);
        assert!((mid + 6.0206).abs() < 0.001, "mid at {freq_hz}");
        assert!((side + 12.0412 - expected_db).abs() < tolerance_db, "side at {freq_hz}: {side}");
    }
}
