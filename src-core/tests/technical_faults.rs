//! Technical faults: each is found, its clean twin is not.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, Layout, SourceInfo};
use plumbline::compare::Comparison;
use plumbline::diagnose::{Diagnosis, Stage, StageChoice, Status, diagnose};
use plumbline::measure::Measurer;

const RATE: u32 = 44_100;
const SECONDS: f64 = 12.0;
/// Codes whose twins must stay quiet.
const MINE: [&str; 7] = ["headroom.", "level.", "signal.", "noise.", "edge.", "glitch.", "format."];

/// Uniform noise from −1 to 1, the same on every machine.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    }
}

/// Two seconds of near silence, then plucked notes and drum strokes that ring out before the end; peaks near −6 dBFS.
fn music() -> [Vec<f64>; 2] {
    let frames = (SECONDS * f64::from(RATE)) as usize;
    let mut noise = Noise(7);
    let mut out = [vec![0.0; frames], vec![0.0; frames]];
    for stroke in 0..32 {
        let start = ((2.0 + 0.25 * f64::from(stroke)) * f64::from(RATE)) as usize;
        let f = [110.0, 164.8, 220.0, 277.2, 329.6][stroke as usize % 5];
        for i in 0..(1.5 * f64::from(RATE)) as usize {
            let (t, at) = (i as f64 / f64::from(RATE), start + i);
            let attack = (t / 0.002).min(1.0);
            let tone: f64 = (1..6).map(|k| (std::f64::consts::TAU * f * f64::from(k) * t).sin() / f64::from(k)).sum();
            let drum = noise.next() * (-t * 60.0).exp() * 0.4;
            let wide = noise.next() * (-t * 40.0).exp() * 0.1;
            let value = attack * (0.16 * tone * (-t * 5.0).exp() + drum);
            for (channel, side) in out.iter_mut().zip([1.0, -1.0]) {
                if let Some(x) = channel.get_mut(at) {
                    *x += value + side * wide * attack;
                }
            }
        }
    }
    scaled(out, 0.5)
}

fn scaled(mut x: [Vec<f64>; 2], peak: f64) -> [Vec<f64>; 2] {
    let highest = x.iter().flatten().fold(0.0f64, |m, v| m.max(v.abs()));
    x.iter_mut().flatten().for_each(|v| *v *= peak / highest);
    x
}

fn judged(x: &[Vec<f64>; 2], block: usize, stage: StageChoice) -> Diagnosis {
    let info = SourceInfo {
        name: "test".into(),
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
    let mut measurer = Measurer::new(&info);
    for from in (0..x[0].len()).step_by(block) {
        let part = |c: &Vec<f64>| c[from..(from + block).min(c.len())].iter().map(|&v| v as f32).collect();
        measurer.push(&Block::from_channels(vec![part(&x[0]), part(&x[1])]));
    }
    diagnose(&measurer.finish(), &Comparison::default(), stage)
}

fn fired(d: &Diagnosis) -> Vec<&str> {
    let mine = d.checks.iter().filter(|c| c.status >= Status::Warn && MINE.iter().any(|m| c.code.starts_with(m)));
    mine.map(|c| c.code.as_str()).collect()
}

/// The codes that fire on the music after `fault`.
#[track_caller]
fn finds(code: &str, fault: impl Fn(&mut [Vec<f64>; 2])) {
    let mut x = music();
    fault(&mut x);
    let d = judged(&x, 4096, StageChoice::Mix);
    assert!(fired(&d).contains(&code), "{code} is missing among {:?}", fired(&d));
    let finding = d.findings.iter().find(|f| f.code == code);
    assert!(finding.is_some_and(|f| f.fix.is_some()), "{code} tells no remedy");
}

#[test]
fn clean_music_has_no_technical_fault() {
    let none: Vec<&str> = Vec::new();
    assert_eq!(fired(&judged(&music(), 4096, StageChoice::Mix)), none);
}

#[test]
fn clipping_is_found_at_full_scale_and_after_turning_down() {
    for level in [1.0, 0.3] {
        finds("headroom.clipped", |x| {
            *x = scaled(std::mem::take(x), 2.0);
            x.iter_mut().flatten().for_each(|v| *v = v.clamp(-1.0, 1.0) * level);
        });
    }
}

#[test]
fn peaks_without_room_are_found() {
    finds("headroom.none", |x| *x = scaled(std::mem::take(x), 0.995));
    finds("headroom.true_peak", |x| *x = scaled(std::mem::take(x), 1.2));
}

#[test]
fn too_quiet_and_offset_are_found() {
    finds("level.too_quiet", |x| *x = scaled(std::mem::take(x), 0.03));
    finds("signal.dc_offset", |x| x.iter_mut().flatten().for_each(|v| *v += 0.02));
}

#[test]
fn invalid_samples_are_found() {
    finds("signal.invalid_samples", |x| x[1][200_000] = f64::NAN);
    finds("signal.invalid_samples", |x| x[0][200_000] = f64::INFINITY);
}

#[test]
fn hum_of_either_mains_and_hiss_are_found_and_told_apart() {
    for mains in [50.0, 59.9] {
        finds("noise.hum", |x| {
            for channel in x {
                for (i, v) in channel.iter_mut().enumerate() {
                    let t = i as f64 / f64::from(RATE);
                    *v += (1..4).map(|k| 0.003 / f64::from(k) * (std::f64::consts::TAU * mains * f64::from(k) * t).sin()).sum::<f64>();
                }
            }
        });
    }
    let mut hiss = music();
    let mut noise = Noise(3);
    hiss.iter_mut().flatten().for_each(|v| *v += 0.006 * noise.next());
    let d = judged(&hiss, 4096, StageChoice::Mix);
    assert_eq!(fired(&d), ["noise.floor"]);
}

#[test]
fn cut_edges_are_found() {
    let from = (4.02 * f64::from(RATE)) as usize;
    finds("edge.cut_start", |x| x.iter_mut().for_each(|c| drop(c.drain(..from))));
    finds("edge.cut_end", |x| x.iter_mut().for_each(|c| c.truncate(from)));
}

#[test]
fn a_dropout_is_found_in_one_channel() {
    finds("glitch.dropout", |x| x[0][190_000..190_500].fill(0.0));
}

#[test]
fn few_bits_are_found_on_a_grid_that_is_no_power_of_two() {
    for step in [1.0 / 1024.0, 0.7 / 2048.0] {
        finds("format.low_bit_depth", |x| x.iter_mut().flatten().for_each(|v| *v = (*v / step).round() * step));
    }
}

#[test]
fn sixteen_bits_are_noted_in_a_mix_and_are_enough_for_a_master() {
    let mut x = music();
    x.iter_mut().flatten().for_each(|v| *v = (*v * 32768.0).round() / 32768.0);
    let status = |stage| judged(&x, 4096, stage).checks.iter().find(|c| c.code == "format.low_bit_depth").unwrap().status;
    assert_eq!((status(StageChoice::Mix), status(StageChoice::Master)), (Status::Note, Status::Pass));
}

#[test]
fn block_size_and_channel_order_change_nothing() {
    let mut x = music();
    x[0][311_111] += 0.3;
    let whole = judged(&x, 1 << 20, StageChoice::Mix);
    assert_eq!(fired(&whole), fired(&judged(&x, 777, StageChoice::Mix)));
    x.swap(0, 1);
    assert_eq!(fired(&whole), fired(&judged(&x, 4096, StageChoice::Mix)));
}

#[test]
fn a_master_is_recognised_and_a_mix_is_not() {
    let mix = judged(&music(), 4096, StageChoice::Auto);
    assert_eq!(mix.verdict.stage, Stage::Mix);
    let mut loud = music();
    loud.iter_mut().flatten().for_each(|v| *v = (*v * 12.0).tanh() * 0.97);
    let master = judged(&loud, 4096, StageChoice::Auto);
    assert_eq!(master.verdict.stage, Stage::Master, "{}", master.verdict.stage_reason);
    assert!(master.verdict.stage_reason.contains("LUFS"), "{}", master.verdict.stage_reason);
}
