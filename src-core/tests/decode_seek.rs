//! A frame gone to is the frame that reading from the start gives at that place, in every kind of file.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, Source};
use plumbline::decode;
use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use std::path::Path;
use std::process::Command;

const RATE: u32 = 48_000;
const SECONDS: u32 = 20;
/// What decoders that have heard less of the file may differ by: rounding, and what is left of a predictor's past.
const LOSSY: f32 = 2e-4;

/// Noise with a pulse, so that no place is like another.
fn noise(path: &Path) {
    let mut state = 5u64;
    let mut low = [0.0f64; 2];
    let mut channels = vec![Vec::new(), Vec::new()];
    for n in 0..SECONDS * RATE {
        for (channel, low) in channels.iter_mut().zip(&mut low) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *low += 0.1 * ((state >> 40) as f64 / 8_388_608.0 - 1.0 - *low);
            channel.push(*low * (1.0 + (f64::from(n) * 3e-4).sin()));
        }
    }
    let spec = Spec { format: Format::Wav, depth: Depth::Int16, sample_rate: RATE, channels: 2, dither: Dither::None, frames: None };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(&Block::from_channels(channels)).unwrap();
    writer.finish().unwrap();
}

fn read(source: &mut decode::FileSource, frames: usize) -> Vec<f32> {
    let (mut block, mut left) = (Block::default(), Vec::new());
    while left.len() < frames && source.read(&mut block).unwrap() > 0 {
        left.extend_from_slice(block.channel(0));
    }
    left.truncate(frames);
    left
}

#[test]
fn a_frame_gone_to_is_that_frame_in_every_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("noise.wav");
    noise(&wav);
    let kinds: [(&str, &[&str], f32); 11] = [
        ("plain.wav", &[], 0.0),
        ("coded.wav", &["-c:a", "adpcm_ms"], LOSSY),
        ("a.flac", &[], 0.0),
        ("a.aiff", &[], 0.0),
        ("a.caf", &["-c:a", "alac"], 0.0),
        ("alac.m4a", &["-c:a", "alac"], 0.0),
        // Without noise that the decoder makes up: it is another each time.
        ("aac.m4a", &["-c:a", "aac", "-b:a", "160k", "-aac_pns", "0"], LOSSY),
        ("vbr.mp3", &["-q:a", "2"], LOSSY),
        ("a.ogg", &["-c:a", "libvorbis"], LOSSY),
        ("a.opus", &["-c:a", "libopus"], LOSSY),
        ("a.mka", &["-c:a", "flac"], 0.0),
    ];
    for (name, options, tolerance) in kinds {
        let path = folder.path().join(name);
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-y", "-i"]).arg(&wav).args(options).arg(&path);
        assert!(ffmpeg.status().unwrap().success(), "{name}");
        let whole = read(&mut decode::open(&path).unwrap(), usize::MAX);
        let mut source = decode::open(&path).unwrap();
        // Before anything was read, forth, back, near the ends, and where it stands already.
        for at in [400_000, 100, 700_001, 0, 48_000, 52_000, 955_000, 7] {
            assert_eq!(source.seek(at as u64).unwrap(), at as u64, "{name}");
            let heard = read(&mut source, 6000);
            let expected = &whole[at..whole.len().min(at + 6000)];
            assert_eq!(heard.len(), expected.len(), "{name} at {at}");
            let difference = heard.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(difference <= tolerance, "{name} at {at}: {difference}");
        }
        source.seek(u64::from(SECONDS * RATE) * 2).unwrap();
        assert_eq!(read(&mut source, 100).len(), 0, "{name}: nothing beyond the end");
        source.seek(1000).unwrap();
        assert_eq!(read(&mut source, usize::MAX).len(), whole.len() - 1000, "{name}: all the rest");
    }
}
