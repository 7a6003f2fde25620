//! Every kind of file that is read, made by ffmpeg and held against ffmpeg's own decoding: same length,
//! same samples. Lossless kinds must agree exactly, lossy ones to within the rounding of their transforms.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, ChannelRole, Source, SourceInfo};
use plumbline::decode;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Two decoders of one lossy stream differ by rounding in their transforms alone.
const LOSSY_TOLERANCE: f32 = 1e-4;

const FIVE_ONE: [ChannelRole; 6] =
    [ChannelRole::Left, ChannelRole::Right, ChannelRole::Centre, ChannelRole::Lfe, ChannelRole::LeftSurround, ChannelRole::RightSurround];

fn ffmpeg(args: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(args)
        .output()
        .expect("ffmpeg is needed for these tests: ./test installs it");
    assert!(output.status.success(), "ffmpeg {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Writes a file whose channels differ: a tone of its own each, with a common noise floor.
fn make(dir: &Path, name: &str, rate: u32, channels: usize, seconds: f64, encode: &[&str]) -> PathBuf {
    let voices: Vec<String> =
        (0..channels).map(|c| format!("0.4*sin({}*2*PI*t)+0.1*sin({}*t*t)+0.02*(random({c})-0.5)", 310 + 170 * c, 900 + 100 * c)).collect();
    let layout = ["mono", "stereo", "3.0", "quad", "5.0", "5.1"][channels - 1];
    let source = format!("aevalsrc=exprs={}:s={rate}:d={seconds}:c={layout}", voices.join("|"));
    let path = dir.join(name);
    let mut args = vec!["-f", "lavfi", "-i", &source];
    args.extend_from_slice(encode);
    let target = path.to_str().expect("temporary paths are UTF-8").to_owned();
    args.push(&target);
    ffmpeg(&args);
    path
}

fn ours(path: &Path) -> (decode::FileSource, Vec<Vec<f32>>) {
    let mut source = decode::open(path).unwrap_or_else(|e| panic!("{e}"));
    let mut all: Vec<Vec<f32>> = vec![Vec::new(); source.info().layout.channel_count()];
    let mut block = Block::default();
    while source.read(&mut block).unwrap_or_else(|e| panic!("{e}")) > 0 {
        for (sum, channel) in all.iter_mut().zip(block.channels()) {
            sum.extend_from_slice(channel);
        }
    }
    (source, all)
}

fn theirs(path: &Path, channels: usize) -> Vec<Vec<f32>> {
    let bytes = ffmpeg(&["-i", path.to_str().expect("UTF-8"), "-f", "f32le", "-c:a", "pcm_f32le", "-"]);
    let mut all = vec![Vec::new(); channels];
    for (i, four) in bytes.chunks_exact(4).enumerate() {
        all[i % channels].push(f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    }
    all
}

/// What ffmpeg's decoder does at the end of a stream.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// Both stop at the same frame.
    Same,
    /// ffmpeg (before 6) gives the padding of the last packet as well; we end where the music ends.
    WeTrim,
}

/// Seconds of sound in each file.
const SECONDS: f64 = 0.7;

/// Encodes, decodes both ways and compares.
fn agrees(name: &str, rate: u32, channels: usize, encode: &[&str], tolerance: f32, end: End) -> SourceInfo {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = make(dir.path(), name, rate, channels, SECONDS, encode);
    let (source, mine) = ours(&path);
    let reference = theirs(&path, channels);
    assert_eq!(mine.len(), channels, "{name}");
    match end {
        End::Same => assert_eq!(mine[0].len(), reference[0].len(), "{name}: length"),
        End::WeTrim => {
            assert_eq!(mine[0].len(), (f64::from(rate) * SECONDS).round() as usize, "{name}: length");
            assert!(mine[0].len() <= reference[0].len(), "{name}: more than ffmpeg finds");
        }
    }
    for (c, (a, b)) in mine.iter().zip(&reference).enumerate() {
        let worst = a.iter().zip(b).fold(0f32, |m, (x, y)| m.max((x - y).abs()));
        assert!(worst <= tolerance, "{name}: channel {c} of {channels} differs by {worst}, {} frames against {}", a.len(), b.len());
    }
    if let Some(frames) = source.info().frames {
        assert_eq!(frames, mine[0].len() as u64, "{name}: announced length");
    }
    assert!(source.steps().is_empty(), "{name}: {:?}", source.steps());
    assert_eq!(source.info().sample_rate, rate, "{name}");
    source.info().clone()
}

/// A lossless kind: container, codec, bits and float as expected, samples exact.
fn lossless(name: &str, rate: u32, channels: usize, encode: &[&str], expect: (&str, &str, u32)) -> SourceInfo {
    let info = agrees(name, rate, channels, encode, 0.0, End::Same);
    assert_eq!((info.container.as_str(), info.codec.as_str(), info.bits_per_sample), (expect.0, expect.1, Some(expect.2)));
    assert!(!info.lossy, "{name}");
    assert_eq!(info.float, expect.1.starts_with("pcm_f"), "{name}");
    info
}

fn lossy(name: &str, rate: u32, channels: usize, encode: &[&str], end: End, expect: (&str, &str)) -> SourceInfo {
    let info = agrees(name, rate, channels, encode, LOSSY_TOLERANCE, end);
    assert_eq!((info.container.as_str(), info.codec.as_str()), expect);
    assert!(info.lossy && info.bits_per_sample.is_none(), "{name}");
    info
}

#[test]
fn wav_of_every_width() {
    lossless("a.wav", 8_000, 1, &["-c:a", "pcm_u8"], ("wav", "pcm_u8", 8));
    let plain = lossless("a.wav", 44_100, 2, &["-c:a", "pcm_s16le"], ("wav", "pcm_s16le", 16));
    assert_eq!(plain.wav_format_tag, Some(1));
    let extensible = lossless("a.wav", 48_000, 2, &["-c:a", "pcm_s24le"], ("wav", "pcm_s24le", 24));
    assert_eq!(extensible.wav_format_tag, Some(0xfffe), "ffmpeg writes 24 bit as extensible");
    lossless("a.wav", 96_000, 2, &["-c:a", "pcm_s32le"], ("wav", "pcm_s32le", 32));
    let float = lossless("a.wav", 44_100, 2, &["-c:a", "pcm_f32le"], ("wav", "pcm_f32le", 32));
    assert_eq!(float.wav_format_tag, Some(0xfffe), "and float too");
    lossless("a.wav", 384_000, 1, &["-c:a", "pcm_f64le"], ("wav", "pcm_f64le", 64));
}

#[test]
fn wav_with_surround_and_long_headers() {
    let info = lossless("a.wav", 48_000, 6, &["-c:a", "pcm_s16le"], ("wav", "pcm_s16le", 16));
    assert_eq!(info.layout.roles(), FIVE_ONE);
    lossless("a.wav", 48_000, 4, &["-c:a", "pcm_s16le"], ("wav", "pcm_s16le", 16));
    lossless("a.wav", 48_000, 2, &["-c:a", "pcm_s24le", "-rf64", "always"], ("rf64", "pcm_s24le", 24));
}

#[test]
fn wav_with_coded_samples() {
    let law = agrees("a.wav", 8_000, 1, &["-c:a", "pcm_alaw"], 0.0, End::Same);
    assert_eq!((law.wav_format_tag, law.lossy), (Some(6), true));
    agrees("a.wav", 44_100, 2, &["-c:a", "adpcm_ms"], 0.0, End::Same);
    agrees("a.wav", 44_100, 2, &["-c:a", "adpcm_ima_wav"], 0.0, End::Same);
}

#[test]
fn aiff_and_caf() {
    lossless("a.aiff", 44_100, 2, &["-c:a", "pcm_s16be"], ("aiff", "pcm_s16be", 16));
    lossless("a.aif", 44_100, 1, &["-c:a", "pcm_s24be"], ("aiff", "pcm_s24be", 24));
    lossless("a.aiff", 44_100, 2, &["-c:a", "pcm_f32be"], ("aiff", "pcm_f32be", 32));
    lossless("a.aiff", 44_100, 2, &["-c:a", "pcm_s16le"], ("aiff", "pcm_s16le", 16));
    lossless("a.caf", 44_100, 2, &["-c:a", "pcm_s24be"], ("caf", "pcm_s24be", 24));
    lossless("a.caf", 44_100, 2, &["-c:a", "alac", "-sample_fmt", "s16p"], ("caf", "alac", 16));
}

#[test]
fn flac_and_alac() {
    lossless("a.flac", 44_100, 2, &["-c:a", "flac", "-sample_fmt", "s16"], ("flac", "flac", 16));
    lossless("a.flac", 384_000, 2, &["-c:a", "flac", "-sample_fmt", "s32"], ("flac", "flac", 24));
    let info = lossless("a.flac", 48_000, 6, &["-c:a", "flac"], ("flac", "flac", 24));
    assert_eq!(info.layout.roles(), FIVE_ONE);
    lossless("a.ogg", 48_000, 2, &["-c:a", "flac"], ("ogg", "flac", 24));
    lossless("a.mka", 48_000, 2, &["-c:a", "flac"], ("matroska", "flac", 24));
    lossless("a.m4a", 44_100, 2, &["-c:a", "alac", "-sample_fmt", "s16p"], ("mp4", "alac", 16));
    let info = lossless("a.m4a", 44_100, 6, &["-c:a", "alac", "-sample_fmt", "s32p"], ("mp4", "alac", 24));
    assert_eq!(info.layout.roles(), FIVE_ONE);
}

#[test]
fn mpeg_audio_without_encoder_delay() {
    lossy("a.mp3", 44_100, 2, &["-c:a", "libmp3lame"], End::Same, ("mp3", "mp3"));
    lossy("a.mp3", 22_050, 1, &["-c:a", "libmp3lame"], End::Same, ("mp3", "mp3"));
    lossy("a.mp3", 48_000, 2, &["-c:a", "libmp3lame", "-q:a", "2"], End::Same, ("mp3", "mp3"));
    lossy("a.mp2", 48_000, 2, &["-c:a", "mp2"], End::Same, ("mp2", "mp2"));
}

#[test]
fn aac_without_priming() {
    lossy("a.m4a", 44_100, 2, &["-c:a", "aac"], End::WeTrim, ("mp4", "aac"));
    lossy("a.m4a", 48_000, 1, &["-c:a", "aac", "-b:a", "96k"], End::WeTrim, ("mp4", "aac"));
    lossy("a.aac", 44_100, 2, &["-c:a", "aac"], End::Same, ("aac", "aac"));
}

#[test]
fn vorbis_ends_where_its_last_page_says() {
    lossy("a.ogg", 44_100, 2, &["-c:a", "libvorbis"], End::WeTrim, ("ogg", "vorbis"));
    lossy("a.ogg", 48_000, 1, &["-c:a", "libvorbis"], End::WeTrim, ("ogg", "vorbis"));
}

#[test]
fn opus_without_pre_skip() {
    lossy("a.opus", 48_000, 2, &["-c:a", "libopus"], End::Same, ("ogg", "opus"));
    lossy("a.opus", 48_000, 1, &["-c:a", "libopus"], End::Same, ("ogg", "opus"));
}

/// Several streams in one, and the order of channels that Vorbis and Opus share is not that of everybody else.
#[test]
fn opus_surround() {
    for channels in [3, 4, 5] {
        lossy("a.opus", 48_000, channels, &["-c:a", "libopus", "-b:a", "256k"], End::Same, ("ogg", "opus"));
    }
    let info = lossy("a.opus", 48_000, 6, &["-c:a", "libopus", "-b:a", "400k"], End::Same, ("ogg", "opus"));
    assert_eq!(info.layout.roles(), FIVE_ONE);
    lossy("a.opus", 48_000, 6, &["-c:a", "libopus", "-b:a", "400k", "-frame_duration", "60"], End::Same, ("ogg", "opus"));
}

#[test]
fn every_usual_rate() {
    for rate in [8_000, 11_025, 16_000, 22_050, 32_000, 88_200, 176_400, 192_000, 352_800, 384_000] {
        lossless("a.wav", rate, 1, &["-c:a", "pcm_s24le"], ("wav", "pcm_s24le", 24));
        lossless("a.aiff", rate, 2, &["-c:a", "pcm_s16be"], ("aiff", "pcm_s16be", 16));
    }
    for rate in [8_000, 96_000, 192_000] {
        lossless("a.flac", rate, 2, &["-c:a", "flac", "-sample_fmt", "s16"], ("flac", "flac", 16));
        lossless("a.m4a", rate, 2, &["-c:a", "alac", "-sample_fmt", "s16p"], ("mp4", "alac", 16));
    }
}

/// Chunks of any kind and of odd length may stand before and after the samples (each then has a padding byte).
#[test]
fn wav_with_odd_chunks_around_its_samples() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = make(dir.path(), "a.wav", 44_100, 2, SECONDS, &["-c:a", "pcm_s16le", "-bitexact"]);
    let plain = std::fs::read(&path).unwrap();
    let chunk = |kind: &[u8], content: &[u8]| {
        let pad = vec![0u8; content.len() % 2];
        [kind, &(content.len() as u32).to_le_bytes(), content, &pad].concat()
    };
    let (head, rest) = plain.split_at(12);
    let odd = [
        head,
        &chunk(b"bext", &[b'x'; 603]),
        &chunk(b"JUNK", b"odd"),
        rest,
        &chunk(b"LIST", b"INFOISFT\x05\0\0\0plumb"),
        &chunk(b"id3 ", b"ID3"),
    ]
    .concat();
    std::fs::write(&path, odd).unwrap();
    let (source, mine) = ours(&path);
    assert_eq!(mine, theirs(&path, 2));
    assert!(source.steps().is_empty(), "{:?}", source.steps());
}

/// A piece cut out of an M4A without coding it again starts where its edit list says, in the middle of a packet.
#[test]
fn m4a_with_an_edit_list() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let whole = make(dir.path(), "whole.m4a", 44_100, 2, 3.0, &["-c:a", "aac", "-b:a", "192k"]);
    let cut = dir.path().join("cut.m4a");
    let name = |p: &Path| p.to_str().expect("UTF-8").to_owned();
    ffmpeg(&["-ss", "0.77", "-i", &name(&whole), "-c", "copy", &name(&cut)]);
    let ((_, mine), reference) = (ours(&cut), theirs(&cut, 2));
    assert!(mine[0].len() <= reference[0].len() && mine[0].len() + 2048 >= reference[0].len(), "{} {}", mine[0].len(), reference[0].len());
    let worst = mine[0].iter().zip(&reference[0]).fold(0f32, |m, (x, y)| m.max((x - y).abs()));
    assert!(worst <= LOSSY_TOLERANCE, "differs by {worst}");
}

/// Opening fails with one line that names the file, and that contains `says`.
fn refused(path: &Path, says: &str) {
    let error = decode::open(path).err().unwrap_or_else(|| panic!("{} was accepted", path.display())).to_string();
    assert!(error.contains(says), "{error:?} does not say {says:?}");
    assert!(error.contains(&path.display().to_string()) && !error.contains('\n'), "{error:?}");
}

#[test]
fn kinds_that_would_be_read_wrongly_are_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    refused(&make(dir.path(), "a.ogg", 48_000, 6, 0.2, &["-c:a", "libvorbis"]), "Vorbis with more than two channels");
    refused(&make(dir.path(), "a.m4a", 48_000, 6, 0.2, &["-c:a", "aac"]), "surround");
    refused(&make(dir.path(), "a.wv", 44_100, 2, 0.2, &["-c:a", "wavpack"]), "WavPack");
    refused(&make(dir.path(), "a.wav", 4_000, 1, 0.2, &["-c:a", "pcm_s16le"]), "4000 Hz");
    let video = dir.path().join("v.mp4");
    ffmpeg(&["-f", "lavfi", "-i", "color=s=64x64:d=0.2", "-c:v", "mpeg4", video.to_str().expect("UTF-8")]);
    refused(&video, "video without sound");
}
