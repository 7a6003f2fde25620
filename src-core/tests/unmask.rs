//! `plumb unmask` on stems made here: what covers what, what is done about it, and what is written.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::Block;
use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use plumbline::jobs::unmask::{StemDestination, StemsRequest, UnmaskRequest, unmask};
use plumbline::jobs::{Cancel, CheckRequest, Host, Silent, check};
use plumbline::propose::unmask::Limits;
use plumbline::report::Document;
use plumbline::stems::Role;
use std::path::{Path, PathBuf};

const RATE: u32 = 44_100;
const SECONDS: f64 = 6.0;

/// A second-order resonance on noise: a stem with its loudness round one frequency.
fn noise_round(hz: f64, gain: f64, seed: u64) -> Vec<f64> {
    let mut seed = seed;
    let mut noise = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    };
    let (r, w) = (0.995, std::f64::consts::TAU * hz / f64::from(RATE));
    let (mut y1, mut y2) = (0.0, 0.0);
    (0..(SECONDS * f64::from(RATE)) as usize)
        .map(|_| {
            let y = (1.0 - r) * 4.0 * noise() + 2.0 * r * w.cos() * y1 - r * r * y2;
            (y2, y1) = (y1, y);
            gain * y
        })
        .collect()
}

fn write(path: &Path, samples: &[f64], depth: Depth) {
    let spec =
        Spec { format: Format::Wav, depth, sample_rate: RATE, channels: 2, dither: Dither::None, frames: Some(samples.len() as u64) };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(&Block::from_channels(vec![samples.to_vec(), samples.to_vec()])).unwrap();
    writer.finish().unwrap();
}

/// A folder with a guitar, a bass and a voice at 1 kHz whose level is given, and their sum at a gain and delay.
fn folder(voice_gain: f64, mix_gain: f64, late: usize) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let stems = dir.path().join("stems");
    std::fs::create_dir(&stems).unwrap();
    let parts = [
        ("guitar.wav", noise_round(1000.0, 0.4, 1)),
        ("bass.wav", noise_round(90.0, 0.3, 2)),
        ("vocals.wav", noise_round(1050.0, voice_gain, 3)),
    ];
    for (name, samples) in &parts {
        write(&stems.join(name), samples, Depth::Float32);
    }
    let at = |i: usize| i.checked_sub(late).map_or(0.0, |i| parts.iter().map(|(_, s)| s[i]).sum::<f64>());
    let mix: Vec<f64> = (0..parts[0].1.len()).map(|i| mix_gain * at(i)).collect();
    write(&stems.join("mix.wav"), &mix, Depth::Float32);
    (dir, stems)
}

fn run(stems: &Path, to: Option<&Path>) -> plumbline::Result<Document> {
    run_with(stems, vec![("guitar.wav".into(), Role::Guitar)], to)
}

fn run_with(stems: &Path, roles: Vec<(String, Role)>, to: Option<&Path>) -> plumbline::Result<Document> {
    let request = UnmaskRequest {
        stems: StemsRequest { stems: vec![stems.to_owned()], roles },
        mix: None,
        limits: Limits::default(),
        to: to.map(|to| StemDestination { folder: to.to_owned(), overwrite: Overwrite::Refuse }),
    };
    unmask(&request, Host::new(&Silent, &Cancel::default()))
}

#[test]
fn a_covered_voice_is_found_and_brought_back_and_the_files_keep_their_form() {
    let (dir, stems) = folder(0.06, 1.0, 0);
    let out = dir.path().join("out");
    let doc = run(&stems, Some(&out)).unwrap();
    let masking = doc.masking.as_ref().unwrap();
    let here = |p: &&plumbline::stems::Pair| p.critical && p.maskee == "vocals.wav" && p.band_hz[0] < 1050.0 && p.band_hz[1] > 1050.0;
    let worst = masking.pairs.iter().find(here).expect("the voice is covered at 1 kHz");
    assert_eq!(worst.masker, "guitar.wav");
    assert!(!worst.time.is_empty());
    assert!(doc.findings.iter().any(|f| f.code == "masking.stem"));
    let remedy = masking.remedy.as_ref().unwrap();
    assert!(!remedy.moves.is_empty());
    assert!(remedy.moves.iter().all(|m| m.freq_hz.is_none() || m.gain_db.abs() <= 3.0), "{:?}", remedy.moves);
    let result = remedy.results.iter().find(|r| r.maskee == "vocals.wav" && r.band_hz == worst.band_hz).unwrap();
    let after = result.after.unwrap();
    assert!(after >= 0.25 || after >= 3.0 * result.before, "{} to {after}", result.before);
    for name in ["guitar.wav", "bass.wav", "vocals.wav", "mix.wav"] {
        let info = |path: PathBuf| plumbline::audio::Source::info(&plumbline::decode::open(&path).unwrap()).clone();
        let (before, now) = (info(stems.join(name)), info(out.join(name)));
        assert_eq!((before.frames, before.sample_rate, before.float), (now.frames, now.sample_rate, now.float), "{name}");
    }
    // Inputs and existing results are refused before any work.
    assert!(run(&stems, Some(&stems)).is_err());
    assert!(run(&stems, Some(&out)).is_err());
}

/// The built-in song has covered stems in several octaves, two pairs of them in one.
#[test]
fn a_finding_names_the_moves_for_its_own_pair() {
    let dir = tempfile::tempdir().unwrap();
    let song = plumbline::demo::write(&dir.path().join("song"), Overwrite::Refuse).unwrap();
    let doc = run_with(&song.mix.with_file_name("stems"), Vec::new(), None).unwrap();
    let finding = doc.findings.iter().find(|f| f.code == "masking.stem").unwrap();
    let pairs = &doc.masking.as_ref().unwrap().pairs;
    let octave: Vec<_> = pairs.iter().filter(|p| p.critical && Some(p.band_hz) == finding.band_hz).collect();
    assert!(octave.len() > 1, "nothing to confuse: {octave:?}");
    let pair = octave.iter().find(|p| Some(100.0 * p.ratio) == finding.value).unwrap();
    let fix = finding.fix.as_ref().unwrap();
    for part in fix.text.split("; ").filter(|part| part.contains(".wav")) {
        assert!(part.starts_with(&pair.masker) || part.starts_with(&pair.maskee), "{} for {pair:?}", fix.text);
    }
    assert!(fix.freq_hz.is_none_or(|hz| hz >= pair.band_hz[0] && hz < pair.band_hz[1]), "{fix:?}");
}

#[test]
fn stems_that_leave_each_other_room_are_left_alone() {
    let (_dir, stems) = folder(0.6, 1.0, 0);
    let doc = run(&stems, None).unwrap();
    let masking = doc.masking.unwrap();
    assert!(masking.pairs.iter().all(|p| !p.critical), "{:?}", masking.pairs);
    assert!(masking.remedy.is_none());
    assert!(!doc.findings.iter().any(|f| f.code == "masking.stem"));
}

#[test]
fn the_sum_is_found_at_its_gain_offset_and_polarity() {
    let (_dir, stems) = folder(0.4, -0.5, 1105);
    let sum = run(&stems, None).unwrap().masking.unwrap().sum.unwrap();
    assert!(sum.nulls && sum.inverted, "{}", sum.text);
    assert_eq!(sum.offset_samples, 1105);
    assert!((sum.gain_db + 6.02).abs() < 0.05, "{}", sum.gain_db);
}

#[test]
fn a_missing_stem_is_named_by_its_band() {
    let (_dir, stems) = folder(0.4, 1.0, 0);
    std::fs::remove_file(stems.join("vocals.wav")).unwrap();
    let sum = run(&stems, None).unwrap().masking.unwrap().sum.unwrap();
    assert!(!sum.nulls);
    let octaves = sum.missing.iter().filter(|m| m.band_hz[0] < 1050.0 && m.band_hz[1] > 1050.0);
    assert_eq!(octaves.count(), 1, "{:?}", sum.missing);
    // The bass, in another octave, is all there.
    assert!(sum.missing.iter().all(|m| m.band_hz[0] > 180.0), "{:?}", sum.missing);
    assert!(!sum.time.is_empty());
}

#[test]
fn a_check_with_stems_says_who_covers_whom() {
    let (_dir, stems) = folder(0.06, 1.0, 0);
    let request = CheckRequest {
        mix: stems.join("mix.wav"),
        references: Vec::new(),
        stage: plumbline::diagnose::StageChoice::Mix,
        systems: Vec::new(),
        stems: Some(StemsRequest { stems: vec![stems.clone()], roles: Vec::new() }),
    };
    let doc = check(&request, Host::new(&Silent, &Cancel::default())).unwrap();
    let masking = doc.masking.unwrap();
    assert_eq!(masking.stems.len(), 3);
    assert!(masking.sum.unwrap().nulls && masking.pairs.iter().any(|p| p.critical));
    assert!(doc.findings.iter().any(|f| f.code == "masking.stem" && f.fix.is_some()));
}
