//! Masking estimated from the mix alone, on the built-in song: its second half is held against its first, as it was and with masking
//! planted in its stems.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, Source};
use plumbline::chain::Chain;
use plumbline::chain::settings::{EqBand, EqKind, Part, Settings, Stereo};
use plumbline::decode;
use plumbline::diagnose::{StageChoice, Status};
use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use plumbline::jobs::{Cancel, CheckRequest, Host, Silent, check};
use std::path::{Path, PathBuf};

const RATE: u32 = 44_100;

/// Left and right of a file.
fn read(path: &Path) -> [Vec<f64>; 2] {
    let mut source = decode::open(path).unwrap();
    assert_eq!(source.info().sample_rate, RATE);
    let (mut block, mut out) = (Block::default(), [Vec::new(), Vec::new()]);
    while source.read(&mut block).unwrap() > 0 {
        let last = block.channel_count() - 1;
        for (c, out) in out.iter_mut().enumerate() {
            out.extend(block.channel(c.min(last)).iter().map(|s| f64::from(*s)));
        }
    }
    out
}

fn write(path: &Path, pair: &[Vec<f64>; 2]) {
    let peak = pair.iter().flatten().fold(0.0f64, |peak, s| peak.max(s.abs()));
    let scaled = |c: &Vec<f64>| c.iter().map(|s| 0.5 * s / peak).collect();
    let frames = Some(pair[0].len() as u64);
    let spec = Spec { format: Format::Wav, depth: Depth::Float32, sample_rate: RATE, channels: 2, dither: Dither::None, frames };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(&Block::from_channels(pair.iter().map(scaled).collect())).unwrap();
    writer.finish().unwrap();
}

fn through(pair: &[Vec<f64>; 2], settings: &Settings) -> [Vec<f64>; 2] {
    let mut block = Block::from_channels(pair.to_vec());
    Chain::new(settings, RATE, 2).unwrap().process(&mut block);
    [block.channel(0).to_vec(), block.channel(1).to_vec()]
}

fn add(sum: &mut [Vec<f64>; 2], pair: &[Vec<f64>; 2]) {
    for (sum, part) in sum.iter_mut().zip(pair) {
        sum.resize(part.len().max(sum.len()), 0.0);
        sum.iter_mut().zip(part).for_each(|(sum, s)| *sum += s);
    }
}

struct Song {
    _dir: tempfile::TempDir,
    folder: PathBuf,
    stems: Vec<(String, [Vec<f64>; 2])>,
}

impl Song {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let files = plumbline::demo::write(&dir.path().join("song"), Overwrite::Refuse).unwrap();
        let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
        let stems = files.stems.iter().map(|path| (name(path), read(path))).collect();
        Self { folder: dir.path().to_owned(), _dir: dir, stems }
    }

    /// The sum of the stems, some of them changed.
    fn mix(&self, settings: impl Fn(&str) -> Settings) -> [Vec<f64>; 2] {
        let mut sum = [Vec::new(), Vec::new()];
        for (name, stem) in &self.stems {
            add(&mut sum, &through(stem, &settings(name)));
        }
        sum
    }

    /// Status and value of a check of the second half of a mix beside the first half as it was.
    fn judged(&self, mix: &[Vec<f64>; 2], code: &str) -> (Status, f64) {
        let half = mix[0].len() / 2;
        let plain = self.mix(|_| Settings::default());
        let (reference, checked) = (self.folder.join("reference.wav"), self.folder.join("checked.wav"));
        write(&reference, &plain.map(|c| c[..half].to_vec()));
        write(&checked, &mix.clone().map(|c| c[half..].to_vec()));
        let request = CheckRequest { mix: checked, references: vec![reference], stage: StageChoice::Mix, systems: Vec::new(), stems: None };
        let doc = check(&request, Host { progress: &Silent, cancel: &Cancel::default() }).unwrap();
        let found = doc.checks.iter().find(|c| c.code == code).unwrap();
        (found.status, found.value.unwrap())
    }
}

fn bell(gain_db: f64) -> Settings {
    let band = EqBand { kind: EqKind::Bell, part: Part::Stereo, freq_hz: 316.0, gain_db, q: 0.9, reason: String::new(), confidence: 1.0 };
    Settings { eq: vec![band], ..Settings::default() }
}

#[test]
fn accompaniment_raised_in_the_low_mids_is_found_and_the_song_as_it_was_is_not() {
    let song = Song::new();
    assert!(song.stems.iter().any(|(name, _)| name == "chords"));
    let (plain, plain_lu) = song.judged(&song.mix(|_| Settings::default()), "masking.low_mid");
    assert_eq!(plain, Status::Pass);
    let raised = |gain_db: f64| song.mix(|name| if name == "chords" { bell(gain_db) } else { Settings::default() });
    let (status, lu) = song.judged(&raised(8.0), "masking.low_mid");
    assert!(status >= Status::Warn, "{plain_lu} to {lu}");
    assert!(lu > plain_lu + 2.0, "{plain_lu} to {lu}");
}

#[test]
fn sides_raised_over_the_centre_are_found_and_the_song_as_it_was_is_not() {
    let song = Song::new();
    assert_eq!(song.judged(&song.mix(|_| Settings::default()), "masking.centre").0, Status::Pass);
    let wide = Settings { stereo: Some(Stereo { side_gain_db: 6.0, ..Stereo::default() }), ..Settings::default() };
    let (status, lu) = song.judged(&song.mix(|_| wide.clone()), "masking.centre");
    assert!(status >= Status::Warn, "{lu}");
}
