//! Every tonal, stereo and dynamics check: it fires on its fault and not on the clean twin, and its neighbours stay quiet.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used)]

mod music;

use music::{RATE, Random, Stereo, equalised, scaled_to_peak, song};
use plumbline::audio::{Block, Layout, SourceInfo};
use plumbline::compare::{Comparison, Reference, compare, portrait};
use plumbline::diagnose::{Diagnosis, StageChoice, Status, diagnose};
use plumbline::measure::{Measurements, Measurer};

const SECONDS: f64 = 16.0;

fn measured(x: &Stereo) -> Measurements {
    let info = SourceInfo {
        name: "test".into(),
        container: "memory".into(),
        codec: "pcm_f32le".into(),
        lossy: false,
        sample_rate: RATE,
        layout: Layout::stereo(),
        bits_per_sample: Some(32),
        float: true,
        wav_format_tag: Some(3),
        frames: None,
    };
    let mut measurer = Measurer::new(&info);
    measurer.push(&Block::from_channels(x.iter().map(|c| c.iter().map(|v| *v as f32).collect()).collect()));
    measurer.finish()
}

fn against(mix: &Measurements, reference: Option<&Measurements>) -> Comparison {
    let portraits: Vec<_> = reference.iter().map(|r| portrait("reference.wav", r)).collect();
    let references: Vec<_> = portraits.iter().map(|p| Reference { portrait: p, measurements: reference }).collect();
    compare(mix, &references).unwrap()
}

fn checked(x: &Stereo, reference: Option<&Measurements>) -> Diagnosis {
    let m = measured(x);
    diagnose(&m, &against(&m, reference), StageChoice::Mix)
}

/// Codes of one family that came out as a warning or worse.
fn fired(diagnosis: &Diagnosis, family: &str) -> Vec<String> {
    let loud = diagnosis.checks.iter().filter(|c| c.status >= Status::Warn && c.code.starts_with(family));
    loud.map(|c| c.code.clone()).collect()
}

fn mid_side(x: Stereo, of: impl Fn(f64, f64) -> (f64, f64)) -> Stereo {
    let [left, right] = x;
    let both = left.iter().zip(&right).map(|(l, r)| of(0.5 * (l + r), 0.5 * (l - r)));
    let (l, r): (Vec<f64>, Vec<f64>) = both.map(|(m, s)| (m + s, m - s)).unzip();
    [l, r]
}

#[test]
fn every_broad_tonal_fault_is_named_against_another_part_of_the_song_and_only_that() {
    let reference = measured(&song(7, SECONDS));
    let clean = song(8, SECONDS);
    assert_eq!(fired(&checked(&clean, Some(&reference)), "tonal"), Vec::<String>::new());
    let faults = [
        ("tonal.boomy", "bell", 90.0, 8.0, 1.0),
        ("tonal.bass_light", "low shelf", 160.0, -10.0, 0.7),
        ("tonal.muddy", "bell", 300.0, 6.0, 0.9),
        ("tonal.boxy", "bell", 550.0, 6.0, 1.2),
        ("tonal.harsh", "bell", 3_200.0, 6.0, 1.0),
        ("tonal.sibilant", "bell", 7_000.0, 8.0, 1.2),
        ("tonal.dull", "high shelf", 4_500.0, -8.0, 0.7),
        ("tonal.bright", "high shelf", 7_000.0, 8.0, 0.7),
    ];
    for (code, kind, hz, gain, q) in faults {
        let diagnosis = checked(&equalised(clean.clone(), kind, hz, gain, q), Some(&reference));
        assert_eq!(fired(&diagnosis, "tonal"), [code]);
        let finding = diagnosis.findings.iter().find(|f| f.code == code).unwrap();
        // The remedy undoes what was done: right direction, about the right size and place.
        let fix = finding.fix.as_ref().unwrap();
        assert!((fix.gain_db.unwrap() + gain).abs() < 3.0, "{code}: {}", fix.text);
        assert!((fix.freq_hz.unwrap() / hz).log2().abs() < 0.6, "{code}: {}", fix.text);
    }
}

#[test]
fn a_resonance_is_found_at_its_frequency_with_and_without_a_reference() {
    let reference = measured(&song(7, SECONDS));
    let ringing = equalised(song(8, SECONDS), "bell", 1_700.0, 16.0, 14.0);
    for reference in [Some(&reference), None] {
        let diagnosis = checked(&ringing, reference);
        let finding = diagnosis.findings.iter().find(|f| f.code == "tonal.resonance").unwrap();
        let [low, high] = finding.band_hz.unwrap();
        assert!((low..high).contains(&1_700.0), "{low} to {high}");
    }
    assert!(!fired(&checked(&song(8, SECONDS), None), "tonal").contains(&"tonal.resonance".to_owned()));
}

#[test]
fn rumble_is_found_without_a_reference_and_is_no_fault_where_the_reference_has_it_too() {
    let rumbling = |seed: u64| {
        let mut x = song(seed, SECONDS);
        let mut random = Random(seed + 100);
        let (mut low, mut lower) = (0.0, 0.0);
        for n in 0..x[0].len() {
            // White noise through two one-poles at about 15 Hz.
            low += 0.002 * (random.bipolar() - low);
            lower += 0.002 * (low - lower);
            for channel in &mut x {
                channel[n] += 8.0 * lower;
            }
        }
        x
    };
    let x = rumbling(8);
    assert!(fired(&checked(&x, None), "tonal").contains(&"tonal.rumble".to_owned()));
    let same = measured(&rumbling(9));
    assert!(!fired(&checked(&x, Some(&same)), "tonal").contains(&"tonal.rumble".to_owned()));
    assert!(!fired(&checked(&song(8, SECONDS), None), "tonal").contains(&"tonal.rumble".to_owned()));
}

#[test]
fn every_stereo_fault_is_named_and_only_that() {
    let clean = song(8, SECONDS);
    assert_eq!(fired(&checked(&clean, None), "stereo"), Vec::<String>::new());
    let [left, right] = clean.clone();
    let inverted = [left.clone(), right.iter().map(|v| -v).collect()];
    assert_eq!(fired(&checked(&inverted, None), "stereo"), ["stereo.inverted"]);
    let dead = [left.clone(), vec![0.0; left.len()]];
    assert_eq!(fired(&checked(&dead, None), "stereo"), ["stereo.dead_channel"]);
    assert_eq!(fired(&checked(&mid_side(clean.clone(), |m, _| (m, 0.0)), None), "stereo"), ["stereo.dual_mono"]);
    let leaning = [left.iter().map(|v| 0.6 * v).collect(), right.clone()];
    assert_eq!(fired(&checked(&leaning, None), "stereo"), ["stereo.imbalance"]);
    let narrow = mid_side(clean, |m, s| (m, 0.02 * s));
    assert_eq!(fired(&checked(&narrow, None), "stereo"), ["stereo.narrow"]);
}

#[test]
fn what_cancels_in_mono_is_told_apart_by_its_range() {
    let clean = song(8, SECONDS);
    // The low part: three one-pole low-passes at 150 Hz; what they leave is the high part.
    let split = |x: &Stereo, hz: f64| -> Stereo {
        let step = std::f64::consts::TAU * hz / f64::from(RATE);
        x.clone().map(|mut channel| {
            for _ in 0..3 {
                let mut state = 0.0;
                for sample in &mut channel {
                    state += step * (*sample - state);
                    *sample = state;
                }
            }
            channel
        })
    };
    let turned = |x: &Stereo, part: &Stereo| -> Stereo {
        let mut out = x.clone();
        for n in 0..out[0].len() {
            let mid = 0.5 * (part[0][n] + part[1][n]);
            out[0][n] += mid - part[0][n];
            out[1][n] += -mid - part[1][n];
        }
        out
    };
    let bass = turned(&clean, &split(&clean, 250.0));
    assert_eq!(fired(&checked(&bass, None), "stereo")[0], "stereo.wide_bass");
    let high: Stereo = {
        let low = split(&clean, 700.0);
        [0, 1].map(|c| clean[c].iter().zip(&low[c]).map(|(x, l)| x - l).collect())
    };
    let diagnosis = checked(&turned(&clean, &high), None);
    assert!(fired(&diagnosis, "stereo").contains(&"stereo.mono_loss".to_owned()));
    assert!(!fired(&diagnosis, "stereo").contains(&"stereo.wide_bass".to_owned()));
}

#[test]
fn crushed_and_wild_dynamics_are_named() {
    let clean = song(8, 32.0);
    assert_eq!(fired(&checked(&clean, None), "dynamics"), Vec::<String>::new());
    let crushed = scaled_to_peak(clean.clone().map(|c| c.iter().map(|v| (v * 40.0).tanh()).collect()), 0.9);
    let diagnosis = checked(&crushed, None);
    assert_eq!(fired(&diagnosis, "dynamics"), ["dynamics.crushed"]);
    assert!(!diagnosis.findings.iter().find(|f| f.code == "dynamics.crushed").unwrap().time.is_empty());
    // Four parts, each 10 dB above the last: the loudness range is that of the upper three, over 20 LU apart only by the lowest.
    let mut wild = song(8, 64.0);
    let quarter = wild[0].len() / 4;
    for channel in &mut wild {
        for (n, sample) in channel.iter_mut().enumerate() {
            *sample *= 10f64.powf(-(7.5 * (3 - (n / quarter).min(3)) as f64) / 20.0);
        }
    }
    assert_eq!(fired(&checked(&wild, None), "dynamics"), ["dynamics.wild"]);
}

#[test]
fn level_and_channel_order_do_not_change_the_tone() {
    let reference = measured(&song(7, SECONDS));
    let muddy = equalised(song(8, SECONDS), "bell", 300.0, 6.0, 0.9);
    let value = |x: &Stereo| {
        let diagnosis = checked(x, Some(&reference));
        diagnosis.checks.iter().find(|c| c.code == "tonal.muddy").unwrap().value.unwrap()
    };
    let as_is = value(&muddy);
    let softer = muddy.clone().map(|c| c.iter().map(|v| 0.25 * v).collect());
    assert!((value(&softer) - as_is).abs() < 0.2);
    let [left, right] = muddy;
    assert!((value(&[right, left]) - as_is).abs() < 1e-6);
}

#[test]
fn silence_and_nothing_are_skipped_and_judged_without_a_fault() {
    for frames in [0, 1, 100_000] {
        let diagnosis = checked(&[vec![0.0; frames], vec![0.0; frames]], None);
        for family in ["tonal", "stereo", "dynamics"] {
            assert_eq!(fired(&diagnosis, family), Vec::<String>::new(), "{frames} frames");
        }
    }
}

#[test]
fn a_saved_profile_says_the_same_as_the_files_it_was_made_of_about_ranges() {
    use plumbline::models::profile::Profile;
    let references: Vec<Measurements> = (20..23).map(|seed| measured(&song(seed, 8.0))).collect();
    let portraits: Vec<_> = references.iter().map(|r| portrait("reference.wav", r)).collect();
    let saved = Profile::new("mine", portraits.clone()).to_json().unwrap();
    let read = Profile::parse(std::path::Path::new("mine.json"), &saved).unwrap();
    let mix = measured(&song(8, 8.0));
    let ranges = |portraits: &[plumbline::models::profile::Portrait]| {
        let references: Vec<_> = portraits.iter().map(|p| Reference { portrait: p, measurements: None }).collect();
        compare(&mix, &references).unwrap()
    };
    let (before, after) = (ranges(&portraits), ranges(&read.references));
    assert_eq!(before.tone.len(), after.tone.len());
    for (a, b) in before.tone.iter().zip(&after.tone) {
        assert!((a.difference_db - b.difference_db).abs() < 1e-9);
    }
    assert_eq!(before.against, "R1–R3");
}
