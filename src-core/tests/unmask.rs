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
    write_pair(path, [samples.to_vec(), samples.to_vec()], depth);
}

fn write_pair(path: &Path, pair: [Vec<f64>; 2], depth: Depth) {
    let spec =
        Spec { format: Format::Wav, depth, sample_rate: RATE, channels: 2, dither: Dither::None, frames: Some(pair[0].len() as u64) };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(&Block::from_channels(pair.to_vec())).unwrap();
    writer.finish().unwrap();
}

/// Mid and side of a file.
fn mid_side(path: &Path) -> [Vec<f64>; 2] {
    use plumbline::audio::Source;
    let mut source = plumbline::decode::open(path).unwrap();
    let (mut block, mut out) = (Block::default(), [Vec::new(), Vec::new()]);
    while source.read(&mut block).unwrap() > 0 {
        for (l, r) in block.channel(0).iter().zip(block.channel(block.channel_count() - 1)) {
            out[0].push(0.5 * f64::from(l + r));
            out[1].push(0.5 * f64::from(l - r));
        }
    }
    out
}

/// Level of what is left of one signal when another is taken from it, dB relative to the other.
fn rest_db(a: &[f64], b: &[f64]) -> f64 {
    let power = |of: &mut dyn Iterator<Item = f64>| of.map(|s| s * s).sum::<f64>();
    10.0 * (power(&mut a.iter().zip(b).map(|(a, b)| a - b)) / power(&mut b.iter().copied())).log10()
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
    // A fader's cost is its gain; every changed stem tells its own.
    for changed in &remedy.settings {
        let of = |m: &&plumbline::propose::unmask::StemMove| m.stem == changed.stem;
        if remedy.moves.iter().filter(of).all(|m| m.freq_hz.is_none()) {
            let gain_db: f64 = remedy.moves.iter().filter(of).map(|m| m.gain_db).sum();
            assert!((changed.change_lu.unwrap() - gain_db).abs() < 0.05, "{changed:?}");
        }
        assert!(changed.change_lu.unwrap().abs() > 0.1, "{changed:?}");
    }
    for name in ["guitar.wav", "bass.wav", "vocals.wav", "mix.wav"] {
        let info = |path: PathBuf| plumbline::audio::Source::info(&plumbline::decode::open(&path).unwrap()).clone();
        let (before, now) = (info(stems.join(name)), info(out.join(name)));
        assert_eq!((before.frames, before.sample_rate, before.float), (now.frames, now.sample_rate, now.float), "{name}");
    }
    // Inputs are refused before any work, and so is what somebody has changed; what was written here before is written anew.
    assert!(run(&stems, Some(&stems)).is_err());
    run(&stems, Some(&out)).unwrap();
    std::fs::write(out.join("bass.wav"), b"mine").unwrap();
    assert!(run(&stems, Some(&out)).is_err());
    assert_eq!(std::fs::read(out.join("bass.wav")).unwrap(), b"mine");
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

/// What neither level nor equaliser brings back is parted by place: heard between loudspeakers, and the mono sum stays.
#[test]
fn two_that_cannot_be_parted_by_level_are_panned_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (stems, out) = (dir.path().join("stems"), dir.path().join("out"));
    std::fs::create_dir(&stems).unwrap();
    write(&stems.join("guitar.wav"), &noise_round(4000.0, 0.4, 1), Depth::Float32);
    write(&stems.join("keys.wav"), &noise_round(4050.0, 0.025, 2), Depth::Float32);
    write(&stems.join("bass.wav"), &noise_round(90.0, 0.3, 3), Depth::Float32);
    let doc = run_with(&stems, Vec::new(), Some(&out)).unwrap();
    let remedy = doc.masking.unwrap().remedy.unwrap();
    let pans: Vec<(&str, f64)> = remedy.moves.iter().filter_map(|m| Some((m.stem.as_str(), m.pan?))).collect();
    assert_eq!(pans.len(), 2, "{remedy:#?}");
    assert!(pans.iter().map(|(_, pan)| pan).sum::<f64>().abs() < 1e-9, "to opposite sides: {pans:?}");
    let result = remedy.results.iter().find(|r| r.maskee == "keys.wav").unwrap();
    let [before, after] = result.between_speakers.unwrap();
    assert!(after > 1.3 * before && after > result.after.unwrap(), "{result:?}");
    // Each panned stem: what its settings say to its middle, and nothing else; so the mono sum is that of the stems unpanned.
    for (name, pan) in pans {
        let [mid, side] = mid_side(&out.join(name));
        let expected: Vec<f64> = mid.iter().map(|m| -pan * m).collect();
        assert!(rest_db(&side, &expected) < -90.0, "{name}: the side of a pan is its share of the middle");
    }
}

/// A wide stem that covers one in the middle loses its middle alone.
#[test]
fn only_the_middle_of_a_wide_stem_makes_room() {
    let dir = tempfile::tempdir().unwrap();
    let (stems, out) = (dir.path().join("stems"), dir.path().join("out"));
    std::fs::create_dir(&stems).unwrap();
    let (middle, apart) = (noise_round(1000.0, 0.3, 1), noise_round(1000.0, 0.3, 4));
    let channel = |sign: f64| middle.iter().zip(&apart).map(|(m, s)| m + sign * s).collect();
    write_pair(&stems.join("guitar.wav"), [channel(1.0), channel(-1.0)], Depth::Float32);
    write(&stems.join("vocals.wav"), &noise_round(1050.0, 0.06, 3), Depth::Float32);
    write(&stems.join("bass.wav"), &noise_round(90.0, 0.3, 2), Depth::Float32);
    let doc = run(&stems, Some(&out)).unwrap();
    let remedy = doc.masking.unwrap().remedy.unwrap();
    let cut = remedy.moves.iter().find(|m| m.stem == "guitar.wav" && m.freq_hz.is_some()).expect("a cut on the guitar");
    assert!(cut.part == plumbline::chain::settings::Part::Mid && cut.what.contains("mid only"), "{cut:?}");
    let fader_db: f64 = remedy.moves.iter().filter(|m| m.stem == "guitar.wav" && m.freq_hz.is_none()).map(|m| m.gain_db).sum();
    let fader = 10f64.powf(fader_db / 20.0);
    let ([_, before], [_, after]) = (mid_side(&stems.join("guitar.wav")), mid_side(&out.join("guitar.wav")));
    let expected: Vec<f64> = before.iter().map(|s| fader * s).collect();
    assert!(rest_db(&after, &expected) < -90.0, "the sides are touched by the fader alone");
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

/// Stems that make up a small part of the mix are found in it all the same; other music is not.
#[test]
fn a_small_part_of_the_mix_is_found_in_it_and_other_music_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let stems = dir.path().join("stems");
    std::fs::create_dir(&stems).unwrap();
    let (a, b, rest) = (noise_round(1000.0, 0.1, 5), noise_round(1050.0, 0.1, 6), noise_round(2000.0, 0.8, 7));
    write(&stems.join("a.wav"), &a, Depth::Float32);
    write(&stems.join("b.wav"), &b, Depth::Float32);
    let sum = |extra: &[f64]| -> Vec<f64> { a.iter().zip(&b).zip(extra).map(|((a, b), c)| a + b + c).collect() };
    let power = |of: &[f64]| of.iter().map(|s| s * s).sum::<f64>();
    let part = (power(&sum(&vec![0.0; rest.len()])) / power(&sum(&rest))).sqrt();
    assert!((0.28..0.48).contains(&part), "correlation of the stems with the mix: {part}");
    write(&stems.join("mix.wav"), &sum(&rest), Depth::Float32);
    let found = run_with(&stems, Vec::new(), None).unwrap().masking.unwrap().sum.unwrap();
    assert!(!found.nulls && found.offset_samples == 0 && found.gain_db.abs() < 0.3, "{found:?}");
    assert!(found.missing.iter().any(|m| m.band_hz[0] < 2000.0 && m.band_hz[1] > 2000.0), "{found:?}");
    write(&stems.join("mix.wav"), &noise_round(1000.0, 0.3, 8), Depth::Float32);
    let other = run_with(&stems, Vec::new(), None).unwrap().masking.unwrap().sum.unwrap();
    assert!(other.text.contains("different music") && other.missing.is_empty(), "{other:?}");
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
