//! Masking estimated from the mix alone: the built-in song with masking planted, beside the song as it is. Real stems, other passages as
//! the reference and how often each is found: `tests/peers/masked_mix.py`.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, Source};
use plumbline::chain::Chain;
use plumbline::chain::settings::{EqBand, EqKind, Part, Settings, Stereo};
use plumbline::decode;
use plumbline::diagnose::{StageChoice, Status};
use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use plumbline::jobs::{Cancel, CheckRequest, Host, Silent, check};
use std::path::Path;

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

struct Song {
    dir: tempfile::TempDir,
    samples: [Vec<f64>; 2],
}

impl Song {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let files = plumbline::demo::write(&dir.path().join("song"), Overwrite::Refuse).unwrap();
        Self { samples: read(&files.reference), dir }
    }

    /// Status, value and limit of a check of the song, changed by settings, beside the song as it is.
    fn judged(&self, settings: &Settings, code: &str) -> (Status, f64, f64) {
        let (reference, checked) = (self.dir.path().join("reference.wav"), self.dir.path().join("checked.wav"));
        write(&reference, &self.samples);
        write(&checked, &through(&self.samples, settings));
        let request = CheckRequest { mix: checked, references: vec![reference], stage: StageChoice::Mix, systems: Vec::new(), stems: None };
        let doc = check(&request, Host::new(&Silent, &Cancel::default())).unwrap();
        let found = doc.checks.iter().find(|c| c.code == code).unwrap();
        (found.status, found.value.unwrap(), found.limit.unwrap())
    }
}

fn bell(hz: f64, gain_db: f64) -> Settings {
    let band = EqBand { kind: EqKind::Bell, part: Part::Stereo, freq_hz: hz, gain_db, q: 0.9, reason: String::new(), confidence: 1.0 };
    Settings { eq: vec![band], ..Settings::default() }
}

fn sides(side_gain_db: f64) -> Settings {
    Settings { stereo: Some(Stereo { side_gain_db, ..Stereo::default() }), ..Settings::default() }
}

#[test]
fn low_mids_that_the_session_does_not_have_cover_a_voice() {
    let song = Song::new();
    let (plain, plain_lu, _) = song.judged(&Settings { output_gain_db: -3.0, ..Settings::default() }, "masking.low_mid");
    assert_eq!(plain, Status::Pass, "only softer");
    let (status, lu, limit) = song.judged(&bell(316.0, 5.0), "masking.low_mid");
    assert!(status >= Status::Warn && lu > plain_lu + 2.0, "{plain_lu} to {lu}, at most {limit}");
    // The limit is the loss that was expected: about that of the song as it is.
    assert!((limit - plain_lu).abs() < 5.0, "{plain_lu} {limit}");
    for other in [bell(316.0, -5.0), bell(5000.0, 5.0), sides(6.0)] {
        assert_eq!(song.judged(&other, "masking.low_mid").0, Status::Pass, "{other:?}");
    }
}

#[test]
fn sides_that_the_session_does_not_have_cover_the_centre() {
    let song = Song::new();
    let (plain, plain_lu, _) = song.judged(&Settings { output_gain_db: -3.0, ..Settings::default() }, "masking.centre");
    assert_eq!(plain, Status::Pass, "only softer");
    let (status, lu, limit) = song.judged(&sides(6.0), "masking.centre");
    assert!(status >= Status::Warn && lu > plain_lu + 2.0, "{plain_lu} to {lu}, at most {limit}");
    assert!((limit - plain_lu).abs() < 3.0, "{plain_lu} {limit}");
    for other in [sides(-6.0), bell(316.0, 5.0)] {
        assert_eq!(song.judged(&other, "masking.centre").0, Status::Pass, "{other:?}");
    }
}
