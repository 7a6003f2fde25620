//! The engine pulled by hand, against what is known of its parts.

use super::*;
use crate::audio::{Block, Source, TimeRange};
use crate::chain::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Stereo};
use crate::chain::{Chain, Settings, render};
use crate::decode;
use crate::dsp::Frame;
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use crate::units::{Lufs, db_to_gain};
use std::path::{Path, PathBuf};

const RATE: u32 = 44_100;

fn everything() -> Settings {
    let bell = |part, freq_hz| EqBand { kind: EqKind::Bell, part, freq_hz, gain_db: 3.0, q: 1.0, reason: String::new(), confidence: 1.0 };
    let band = BandDynamics {
        threshold_db: -30.0,
        ratio: 3.0,
        knee_db: 6.0,
        attack_ms: 10.0,
        release_ms: 100.0,
        makeup_db: 1.0,
        reason: String::new(),
    };
    Settings {
        eq: vec![bell(Part::Stereo, 200.0), bell(Part::Mid, 900.0), bell(Part::Side, 4000.0)],
        dynamics: Some(Dynamics { crossovers_hz: vec![200.0, 3000.0], bands: vec![band.clone(), band.clone(), band] }),
        stereo: Some(Stereo { side_gain_db: 2.0, side_bands: vec![], mono_below_hz: Some(100.0), reason: String::new() }),
        output_gain_db: 12.0,
        limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 100.0 }),
        ..Settings::default()
    }
}

/// Noise that pulses, alike in part on both sides; never twice the same.
fn music(seconds: f64, rate: u32, seed: u64) -> Block<f64> {
    let mut state = seed;
    let mut white = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / 8_388_608.0 - 1.0
    };
    let (mut channels, mut low) = (vec![Vec::new(), Vec::new()], [0.0; 2]);
    for n in 0..(seconds * f64::from(rate)) as usize {
        let t = n as f64 / f64::from(rate);
        let (m, s) = (white(), 0.5 * white());
        let pulse = 0.15 + 0.6 * (-6.0 * (t * 2.0).fract()).exp();
        for (c, x) in [m + s, m - s].into_iter().enumerate() {
            low[c] += 0.2 * (x - low[c]);
            channels[c].push(0.7 * pulse * low[c]);
        }
    }
    Block::from_channels(channels)
}

fn write(path: &Path, block: &Block<f64>, rate: u32) -> PathBuf {
    let channels = block.channel_count();
    let spec = Spec {
        format: Format::Wav,
        depth: Depth::Float32,
        sample_rate: rate,
        channels,
        dither: Dither::None,
        frames: Some(block.frames() as u64),
    };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(block).unwrap();
    writer.finish().unwrap();
    path.to_owned()
}

fn song(folder: &Path, seconds: f64) -> PathBuf {
    write(&folder.join("mix.wav"), &music(seconds, RATE, 7), RATE)
}

fn pull(offline: &mut Offline, frames: usize) -> Vec<Frame> {
    let mut out = vec![[0.0; 2]; frames];
    offline.pull(&mut out).unwrap();
    out
}

fn listening(mix: &Path, settings: Settings) -> Listening {
    Listening { mix: mix.to_owned(), settings, references: Vec::new() }
}

/// All frames of a file as the engine numbers them.
fn decoded(path: &Path) -> Vec<Frame> {
    let mut source = decode::open(path).unwrap();
    let (mut block, mut frames) = (Block::default(), Vec::new());
    while source.read(&mut block).unwrap() > 0 {
        let right = block.channel_count() - 1;
        frames.extend(block.channel(0).iter().zip(block.channel(right)).map(|(l, r)| [f64::from(*l), f64::from(*r)]));
    }
    frames
}

fn rendered(path: &Path, settings: &Settings) -> Vec<Frame> {
    let mut source = decode::open(path).unwrap();
    let info = source.info().clone();
    let mut chain = Chain::new(settings, info.sample_rate, info.layout.channel_count()).unwrap();
    let mut frames = Vec::new();
    let mut sink = |block: &Block<f64>| {
        let right = block.channel_count() - 1;
        frames.extend(block.channel(0).iter().zip(block.channel(right)).map(|(l, r)| [*l, *r]));
        Ok(())
    };
    render(&mut source, &mut chain, &mut sink, &mut |_| Ok(())).unwrap();
    frames
}

fn largest_difference(a: &[Frame], b: &[Frame]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn b_is_the_render_to_the_bit_and_a_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let stereo = song(folder.path(), 5.0);
    let mono = Block::from_channels(vec![music(2.0, RATE, 3).channel(0).to_vec()]);
    let mono = write(&folder.path().join("mono.wav"), &mono, RATE);
    for path in [stereo, mono] {
        for (side, expected) in [(Side::A, decoded(&path)), (Side::B, rendered(&path, &everything()))] {
            let mut offline = Offline::open(&listening(&path, everything())).unwrap();
            offline.controls().listen(side);
            offline.play();
            // In pieces of odd sizes, as cards may ask for.
            let mut heard = Vec::new();
            while heard.len() < expected.len() {
                let count = [441, 1, 512, 77][heard.len() % 4].min(expected.len() - heard.len());
                heard.extend(pull(&mut offline, count));
            }
            assert!(heard == expected, "{side:?}: {}", largest_difference(&heard, &expected));
            assert!(pull(&mut offline, 1000).iter().flatten().all(|x| *x == 0.0), "silence after the end");
            assert!(!offline.controls().playing());
            assert_eq!(offline.controls().underruns(), 0);
        }
    }
}

#[test]
fn b_is_the_render_of_the_demo_song_too() {
    let folder = tempfile::tempdir().unwrap();
    let files = crate::demo::write(folder.path(), Overwrite::Refuse).unwrap();
    let expected = rendered(&files.mix, &everything());
    let mut offline = Offline::open(&listening(&files.mix, everything())).unwrap();
    offline.controls().listen(Side::B);
    offline.play();
    let heard = pull(&mut offline, expected.len());
    assert!(heard == expected, "{}", largest_difference(&heard, &expected));
}

#[test]
fn a_place_gone_to_is_that_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), 8.0);
    let (file, fixed) = (decoded(&path), rendered(&path, &everything()));
    let fade = (f64::from(RATE) * 0.005) as usize + 1;
    for (side, expected, tolerance) in [(Side::A, &file, 0.0), (Side::B, &fixed, 1e-3)] {
        let mut offline = Offline::open(&listening(&path, everything())).unwrap();
        offline.controls().listen(side);
        offline.play();
        pull(&mut offline, 3000);
        for s in [5.0, 1.2345, 6.9, 0.0, 3.3] {
            offline.controls().seek(s);
            let at = (s * f64::from(RATE)).round() as usize;
            assert!((offline.controls().position_s() - s).abs() < 1e-4, "the target counts at once");
            // The old place is faded out first.
            let heard = pull(&mut offline, 8000);
            let start = (0..2 * fade)
                .find(|i| largest_difference(&heard[i + fade..i + fade + 500], &expected[at + fade..at + fade + 500]) <= tolerance);
            let start = start.unwrap_or_else(|| panic!("{side:?} at {s}: the place is not heard"));
            let rest = &heard[start + fade..];
            let difference = largest_difference(rest, &expected[at + fade..at + fade + rest.len()]);
            assert!(difference <= tolerance, "{side:?} at {s}: {difference}");
            let now = offline.controls().position_s() * f64::from(RATE);
            assert!((now - (at + 8000 - start) as f64).abs() < 2.0, "{now} {at} {start}");
        }
    }
}

#[test]
fn a_loop_returns_to_its_first_frame_without_a_jump() {
    let folder = tempfile::tempdir().unwrap();
    let frames = 6 * RATE as usize;
    // A slow ramp over tones: every frame tells where it is, and a jump would stand out.
    let ramp: Vec<f64> = (0..frames).map(|n| 0.25 * (n as f64 * 0.05).sin() + 0.5 * n as f64 / frames as f64).collect();
    let path = write(&folder.path().join("ramp.wav"), &Block::from_channels(vec![ramp.clone(), ramp]), RATE);
    let file = decoded(&path);
    let mut offline = Offline::open(&listening(&path, Settings::default())).unwrap();
    let (start, end) = (2 * RATE as usize, 2 * RATE as usize + 11_025);
    offline.controls().set_loop(Some(TimeRange::new(2.0, 2.25)));
    offline.play();
    let heard = pull(&mut offline, 4 * (end - start));
    let seam = (f64::from(RATE) * 0.005) as usize + 1;
    for turn in 0..4 {
        let skip = if turn == 0 { seam } else { 0 };
        let turn = &heard[turn * (end - start)..][..end - start];
        assert_eq!(turn[skip..end - start - seam], file[start + skip..end - seam], "frames of the loop are those of the file");
    }
    let jump = heard.windows(2).skip(seam).map(|w| (w[1][0] - w[0][0]).abs()).fold(0.0, f64::max);
    assert!(jump < 0.03, "{jump}: the tone itself moves 0.0125 a frame");
    let position = offline.controls().position_s();
    assert!((2.0..=2.25).contains(&position), "{position}");
    offline.controls().set_loop(None);
    pull(&mut offline, 2 * RATE as usize);
    assert!(offline.controls().position_s() > 3.0, "the loop is left");
}

#[test]
fn a_switch_is_over_within_six_milliseconds_and_has_no_click() {
    let folder = tempfile::tempdir().unwrap();
    let tone = |hz: f64, gain: f64| -> Block<f64> {
        let channel: Vec<f64> = (0..4 * RATE).map(|n| gain * (std::f64::consts::TAU * hz * f64::from(n) / f64::from(RATE)).sin()).collect();
        Block::from_channels(vec![channel.clone(), channel])
    };
    let mix = write(&folder.path().join("mix.wav"), &tone(220.0, 0.2), RATE);
    let other = write(&folder.path().join("r.wav"), &tone(331.0, 0.2), RATE);
    let settings = Settings { output_gain_db: 6.0, ..Settings::default() };
    let references = vec![Reference { path: other.clone(), offset_s: 0.0 }];
    let mut offline = Offline::open(&Listening { mix: mix.clone(), settings, references }).unwrap();
    let sides = [(Side::A, decoded(&mix)), (Side::R(0), decoded(&other))];
    let louder: Vec<Frame> = sides[0].1.iter().map(|f| f.map(|x| x * db_to_gain(6.0))).collect();
    offline.play();
    let mut at = 4096;
    let mut last = *pull(&mut offline, at).last().unwrap();
    for (side, expected) in [(Side::R(0), &sides[1].1), (Side::B, &louder), (Side::A, &sides[0].1), (Side::B, &louder)] {
        offline.controls().listen(side);
        let heard = pull(&mut offline, 4096);
        let over = (0.006 * f64::from(RATE)) as usize;
        assert!(largest_difference(&heard[over..], &expected[at + over..at + 4096]) < 1e-12, "{side:?}");
        let steepest = heard.iter().fold((0.0f64, last), |(most, last), f| (most.max((f[0] - last[0]).abs()), *f)).0;
        assert!(steepest < 0.04, "{side:?}: {steepest}");
        last = heard[4095];
        at += 4096;
    }
}

#[test]
fn sides_matched_in_loudness_measure_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let quiet = music(6.0, RATE, 5);
    let loud = Block::from_channels(music(6.0, RATE, 9).channels().iter().map(|c| c.iter().map(|x| 1.3 * x).collect()).collect());
    let mix = write(&folder.path().join("mix.wav"), &quiet, RATE);
    let reference = write(&folder.path().join("r.wav"), &loud, RATE);
    let loudness = |frames: &[Frame]| {
        let mut meter = crate::measure::loudness::Meter::new(RATE, &crate::audio::Layout::stereo());
        meter.push(&Block::from_channels([0, 1].map(|c| frames.iter().map(|f| f[c] as f32).collect()).to_vec()));
        meter.finish().integrated
    };
    let references = vec![Reference { path: reference.clone(), offset_s: 0.0 }];
    let settings = everything();
    let gains = Gains::matched(loudness(&decoded(&mix)), loudness(&rendered(&mix, &settings)), &[loudness(&decoded(&reference))]);
    assert!(gains.a_db <= 0.0 && gains.b_db <= 0.0 && gains.r_db[0] <= 0.0);
    let mut heard = Vec::new();
    for side in [Side::A, Side::B, Side::R(0)] {
        let mut offline =
            Offline::open(&Listening { mix: mix.clone(), settings: settings.clone(), references: references.clone() }).unwrap();
        offline.controls().set_gains(&gains);
        offline.controls().listen(side);
        offline.play();
        heard.push(loudness(&pull(&mut offline, 6 * RATE as usize)).lufs());
    }
    let spread = heard.iter().copied().fold(f64::MIN, f64::max) - heard.iter().copied().fold(f64::MAX, f64::min);
    assert!(spread < 0.2, "{heard:?}");
    let gains = Gains::matched(Lufs::new(-14.0), Lufs::new(f64::NEG_INFINITY), &[Lufs::new(-9.0)]);
    assert_eq!((gains.a_db, gains.b_db, gains.r_db[0]), (0.0, 0.0, -5.0), "silence does not count");
}

#[test]
fn new_settings_are_heard_soon_and_come_to_what_a_render_gives() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), 8.0);
    let mut offline = Offline::open(&listening(&path, Settings::default())).unwrap();
    offline.controls().listen(Side::B);
    offline.play();
    let mut last = *pull(&mut offline, 2 * RATE as usize).last().unwrap();
    let mut at = 2 * RATE as usize;
    let steepest = |frames: &[Frame]| frames.windows(2).map(|w| (w[1][0] - w[0][0]).abs()).fold(0.0, f64::max);
    let mut own = steepest(&decoded(&path));
    for settings in [everything(), Settings { eq: everything().eq, ..Settings::default() }, Settings::default()] {
        offline.controls().set_settings(&settings).unwrap();
        let heard = pull(&mut offline, RATE as usize);
        let expected = rendered(&path, &settings);
        let over = RATE as usize / 8;
        let difference = largest_difference(&heard[over..], &expected[at + over..at + RATE as usize]);
        assert!(difference < 0.02, "{difference}");
        let late = 3 * RATE as usize / 4;
        let difference = largest_difference(&heard[late..], &expected[at + late..at + RATE as usize]);
        assert!(difference < 2e-3, "{difference}");
        let step = heard.iter().fold((0.0f64, last), |(most, last), f| (most.max((f[0] - last[0]).abs()), *f)).0;
        let new = steepest(&expected);
        assert!(step < 1.2 * own.max(new), "no click: {step} {own} {new}");
        own = new;
        last = *heard.last().unwrap();
        at += RATE as usize;
    }
    let bad = Settings { input_gain_db: f64::NAN, ..Settings::default() };
    assert!(offline.controls().set_settings(&bad).is_err());
}

#[test]
fn a_phone_is_heard_as_the_spectra_say() {
    use crate::measure::energy_map::{self, BANDS, BANDS_HZ};
    use crate::measure::spectrum;
    use crate::playback::{BandGains, Bins, Model, Simulation, Spectrum};
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), 12.0);
    let file = decoded(&path);
    let block = |frames: &[Frame]| Block::from_channels([0, 1].map(|c| frames.iter().map(|f| f[c] as f32).collect()).to_vec());
    let model = Model::new(&crate::models::system::find("smartphone").unwrap().unwrap());
    let mut offline = Offline::open(&listening(&path, Settings::default())).unwrap();
    offline.controls().set_system(Some(&model));
    offline.play();
    let heard = pull(&mut offline, file.len());
    let layout = crate::audio::Layout::stereo();
    let map_of = |frames: &[Frame]| {
        let mut meter = energy_map::Meter::new(RATE, &layout);
        meter.push(&block(frames));
        meter.finish()
    };
    let mut meter = spectrum::Meter::new(RATE, &layout);
    meter.push(&block(&file));
    let bins = meter.finish().bins;
    let gains = BandGains::of_programme(&model, &Spectrum::of_bins(Bins { width_hz: bins.width_hz, mid: &bins.mid, side: &bins.side }));
    let late = Simulation::new(&model, RATE).latency_frames();
    let (map, heard) = (map_of(&file), map_of(&heard[late..]));
    let down = offline.controls().system_attenuation_db();
    assert!(down < 0.0);
    let mut compared = 0;
    for b in (0..BANDS).filter(|b| (200.0..16_000.0).contains(&BANDS_HZ[*b])) {
        let at = |x: &[f32]| f64::from(x[b]);
        let expected: f64 =
            (0..map.frames()).map(|f| gains.heard(b, at(map.mid_frame(f)), at(map.side_frame(f)), at(map.cross_frame(f)))).sum();
        let power: f64 = (0..heard.frames()).map(|f| at(heard.mid_frame(f)) + at(heard.side_frame(f))).sum();
        let difference = 10.0 * (power / heard.frames() as f64 / (expected / map.frames() as f64)).log10() - down;
        assert!(difference.abs() < 0.5, "{} Hz: {difference:.2} dB", BANDS_HZ[b]);
        compared += 1;
    }
    assert!(compared > 15);
}

#[test]
fn references_of_another_rate_are_in_tune_in_time_and_start_again() {
    let folder = tempfile::tempdir().unwrap();
    let mix = song(folder.path(), 4.0);
    let tone = |hz: f64, rate: u32, frames: u32| -> Vec<f64> {
        (0..frames).map(|n| 0.3 * (std::f64::consts::TAU * hz * f64::from(n) / f64::from(rate)).sin()).collect()
    };
    let channel = tone(1000.0, 48_000, 3 * 48_000);
    let reference = write(&folder.path().join("r.wav"), &Block::from_channels(vec![channel.clone(), channel]), 48_000);
    let references = vec![Reference { path: reference, offset_s: 0.0 }, Reference { path: folder.path().join("none.wav"), offset_s: 0.0 }];
    let mut offline = Offline::open(&Listening { mix, settings: Settings::default(), references }).unwrap();
    assert_eq!(offline.opened().missing.len(), 1);
    assert!(offline.opened().steps[0].contains("resampled"));
    offline.controls().listen(Side::R(0));
    offline.play();
    let heard = pull(&mut offline, 4 * RATE as usize - 100);
    let expected = tone(1000.0, RATE, 3 * RATE);
    let middle = RATE as usize / 2..2 * RATE as usize;
    let difference = heard[middle.clone()].iter().zip(&expected[middle]).map(|(f, x)| (f[0] - x).abs()).fold(0.0, f64::max);
    assert!(difference < 1e-3, "{difference}");
    let again = 3 * RATE as usize + 4410..4 * RATE as usize - 200;
    let difference =
        heard[again.clone()].iter().zip(&expected[again.start - 3 * RATE as usize..]).map(|(f, x)| (f[0] - x).abs()).fold(0.0, f64::max);
    assert!(difference < 1e-3, "starting again: {difference}");
    offline.controls().seek(1.5);
    // The end of the mix is passed while the old place is faded out: that does not end what was asked for.
    let heard = pull(&mut offline, 8000);
    let at = (1.5 * f64::from(RATE)) as usize;
    let place = (0..600usize).find(|i| (0..400).all(|n| (heard[i + 400 + n][0] - expected[at + 400 + n]).abs() < 2e-3));
    assert!(place.is_some(), "a place gone to is that place");
    offline.controls().listen(Side::R(1));
    assert!(pull(&mut offline, 4000)[2000..].iter().flatten().all(|x| *x == 0.0), "a missing one is silent");
}

#[test]
fn solo_mono_and_bypass_do_what_they_say_and_leave_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), 8.0);
    let file = decoded(&path);
    let mut offline = Offline::open(&listening(&path, everything())).unwrap();
    let controls = |offline: &mut Offline, what: &dyn Fn(&Controls)| {
        what(offline.controls());
        pull(offline, RATE as usize)
    };
    offline.play();
    let level = |frames: &[Frame]| 10.0 * (frames.iter().flatten().map(|x| x * x).sum::<f64>() / frames.len() as f64).log10();
    let late = RATE as usize / 4..;
    let solo = controls(&mut offline, &|c| c.set_solo(Some([8000.0, 2000.0])));
    assert!(level(&solo[late.clone()]) < level(&file[late.start..RATE as usize]) - 3.0);
    let mono = controls(&mut offline, &|c| {
        c.set_solo(None);
        c.set_mono(true);
    });
    assert!(mono[late.clone()].iter().all(|f| (f[0] - f[1]).abs() < 1e-12));
    let bypassed = controls(&mut offline, &|c| {
        c.set_mono(false);
        c.listen(Side::B);
        c.set_bypass(true);
    });
    assert_eq!(bypassed[late.start..], file[2 * RATE as usize + late.start..3 * RATE as usize], "back to the file, to the bit");
}

#[test]
fn meters_read_what_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    // 1 kHz at −20 dBFS on both sides: −20 LUFS by definition of the scale (EBU Tech 3341, case 1 at another level).
    let tone: Vec<f64> = (0..6 * 48_000).map(|n| 0.1 * (std::f64::consts::TAU * 1000.0 * f64::from(n) / 48_000.0).sin()).collect();
    let opposite = tone.iter().map(|x| -x).collect();
    let path = write(&folder.path().join("tone.wav"), &Block::from_channels(vec![tone, opposite]), 48_000);
    let mut offline = Offline::open(&listening(&path, everything())).unwrap();
    assert_eq!(offline.controls().meters().short_term_lufs, f64::NEG_INFINITY);
    offline.play();
    for _ in 0..40 {
        pull(&mut offline, 4800);
        offline.controls().meters();
    }
    let meters = offline.controls().meters();
    assert!((meters.short_term_lufs + 20.0).abs() < 0.1, "{meters:?}");
    assert!((meters.true_peak_dbtp + 20.0).abs() < 0.05 && (meters.max_true_peak_dbtp + 20.0).abs() < 0.2, "{meters:?}");
    assert!((meters.correlation + 1.0).abs() < 1e-6);
    assert!((meters.position_s - 4.0).abs() < 0.01 && meters.playing);
    let loudest = (0..SPECTRUM_BANDS).max_by(|a, b| meters.spectrum_db[*a].total_cmp(&meters.spectrum_db[*b])).unwrap();
    assert!((spectrum_hz()[loudest] / 1000.0).log2().abs() < 0.1, "{}", spectrum_hz()[loudest]);
    let power: f64 = meters.spectrum_db.iter().map(|db| 10f64.powf(f64::from(*db) / 10.0)).sum();
    assert!((10.0 * power.log10() + 23.0).abs() < 0.3);
    assert!(meters.dynamics_db[1] < -1.0, "the bands of B work whatever is heard: {:?}", meters.dynamics_db);
    assert_eq!(meters.to_bytes().len(), 74 * 4);
}

#[test]
fn a_saved_passage_is_what_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), 6.0);
    let offline = Offline::open(&listening(&path, everything())).unwrap();
    let out = folder.path().join("passage.wav");
    let written = offline::save(offline.controls().copy(), TimeRange::new(1.0, 2.5), Side::B, &out, Overwrite::Refuse).unwrap();
    assert_eq!(written.frames, 3 * u64::from(RATE) / 2);
    let (saved, expected) = (decoded(&out), rendered(&path, &everything()));
    let at = RATE as usize;
    let difference = largest_difference(&saved[300..], &expected[at + 300..at + saved.len()]);
    // Within the first 2 s a chain hears everything from the start on; what is left is dither.
    assert!(difference < 4.0 / 8_388_608.0, "{difference}");
    assert!(offline::save(offline.controls().copy(), TimeRange::new(1.0, 2.0), Side::A, &path, Overwrite::Allow).is_err());
    assert!(offline::save(offline.controls().copy(), TimeRange::new(8.0, 9.0), Side::A, &out, Overwrite::Allow).is_err());
}

#[test]
fn three_hours_are_opened_and_gone_into_at_once() {
    use std::io::{Seek, SeekFrom, Write};
    const FRAMES: u32 = 3 * 3600 * RATE;
    const AT_S: f64 = 10_000.25;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let mut file = std::fs::File::create(&path).unwrap();
    let word = |n: u32| n.to_le_bytes();
    let parts: [&[u8]; 10] = [
        b"RIFF",
        &word(36 + 4 * FRAMES),
        b"WAVEfmt ",
        &word(16),
        &[1, 0, 2, 0],
        &word(RATE),
        &word(4 * RATE),
        &[4, 0, 16, 0],
        b"data",
        &word(4 * FRAMES),
    ];
    file.write_all(&parts.concat()).unwrap();
    // A hole on the disk but for one second.
    file.set_len(44 + 4 * u64::from(FRAMES)).unwrap();
    file.seek(SeekFrom::Start(44 + 4 * (AT_S * f64::from(RATE)) as u64)).unwrap();
    file.write_all(&[0, 64].repeat(2 * RATE as usize)).unwrap();
    let begun = std::time::Instant::now();
    let mut offline = Offline::open(&listening(&path, Settings::default())).unwrap();
    assert_eq!(offline.opened().duration_s, Some(3.0 * 3600.0));
    offline.play();
    pull(&mut offline, 1000);
    offline.controls().seek(AT_S);
    let heard = pull(&mut offline, 4000);
    assert_eq!(heard[3999], [0.5, 0.5]);
    assert!(begun.elapsed().as_secs_f64() < 2.0, "{:?}", begun.elapsed());
}

#[test]
fn scrubbing_gives_a_moment_of_sound_and_then_rests() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), 4.0);
    let mut offline = Offline::open(&listening(&path, Settings::default())).unwrap();
    for s in [1.0, 2.0, 3.0] {
        offline.controls().scrub(s, true);
        let heard = pull(&mut offline, RATE as usize / 4);
        let sounding = heard.iter().filter(|f| f[0] != 0.0).count();
        assert!((RATE as usize / 20..RATE as usize / 8).contains(&sounding), "{sounding}");
    }
    offline.controls().scrub(3.0, false);
    assert!(pull(&mut offline, 4000).iter().all(|f| f[0] == 0.0));
    assert!((offline.controls().position_s() - 3.0).abs() < 1e-6);
}

#[test]
fn a_minute_of_edits_at_twice_real_time_runs_dry_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let mix = song(folder.path(), 70.0);
    let reference = write(&folder.path().join("r.wav"), &music(20.0, 48_000, 11), 48_000);
    let references = vec![Reference { path: reference, offset_s: 1.0 }];
    let controls = std::sync::Arc::new(Controls::default());
    let listening = Listening { mix, settings: everything(), references };
    let (mut graph, reader, _) = controls.open(&listening, std::time::Instant::now()).unwrap();
    let worker = worker::Worker::start(reader, controls.clone(), std::sync::Arc::new(|_| ()));
    controls.start().unwrap();
    let mut state = 99u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let begun = std::time::Instant::now();
    let (mut heard, mut silent) = (0usize, 0usize);
    let block = 441;
    let mut out = vec![[0.0; 2]; block];
    while heard < 60 * RATE as usize {
        if random(10) == 0 {
            match random(6) {
                0 => controls.listen([Side::A, Side::B, Side::R(0)][random(3) as usize]),
                1 => controls.set_settings(&Settings { output_gain_db: random(12) as f64, ..everything() }).unwrap(),
                2 => controls.set_solo([None, Some([300.0, 3000.0])][random(2) as usize]),
                3 => controls.seek(random(60) as f64),
                4 => controls.set_loop([None, Some(TimeRange::new(10.0, 11.0))][random(2) as usize]),
                _ => controls.set_mono(random(2) == 0),
            }
        }
        graph.fill(&mut out, 0);
        assert!(out.iter().flatten().all(|x| x.is_finite()));
        silent += usize::from(out.iter().flatten().all(|x| *x == 0.0));
        heard += block;
        // Twice as fast as a card would ask.
        let due = std::time::Duration::from_secs_f64(heard as f64 / f64::from(RATE) / 2.0);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    drop(worker);
    assert_eq!(controls.underruns(), 0);
    // Only while a place gone to was being read, or at the end of the file.
    assert!(silent < heard / block / 2, "{silent} of {}", heard / block);
}
