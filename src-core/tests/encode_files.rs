//! What is written can be read: by ffmpeg, by our own decoder, sample for sample; and a writer leaves either the
//! whole file or nothing, never touching an input.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, Source};
use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use plumbline::{Error, decode};
use std::path::Path;
use std::process::Command;

const RATE: u32 = 44_100;

fn spec(path: &Path, depth: Depth, channels: usize) -> Spec {
    let format = Format::of_path(path).expect("a known ending");
    Spec { format, depth, sample_rate: RATE, channels, dither: Dither::None, frames: None }
}

/// Whole steps of the depth (or any floats), full scale included, different in every channel.
fn samples(depth: Depth, channels: usize, frames: usize) -> Block<f64> {
    let full = f64::from(1u32 << (depth.bits().min(24) - 1));
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((f64::from(state) / f64::from(u32::MAX) * 2.0 - 1.0) * full).floor().clamp(-full, full - 1.0) / full
    };
    let mut all: Vec<Vec<f64>> = (0..channels).map(|_| (0..frames).map(|_| next()).collect()).collect();
    all[0][0] = -1.0;
    all[0][1] = (full - 1.0) / full;
    if depth == Depth::Float32 {
        (all[0][2], all[0][3]) = (3.5, -7.25);
    }
    Block::from_channels(all)
}

fn write(path: &Path, spec: Spec, block: &Block<f64>) {
    let mut writer = Writer::create(path, spec, Overwrite::Refuse, &[]).unwrap_or_else(|e| panic!("{e}"));
    writer.write(block).unwrap_or_else(|e| panic!("{e}"));
    let written = writer.finish().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(written.frames, block.frames() as u64);
    assert_eq!((written.clamped, written.steps.len()), (0, 0));
}

fn ours(path: &Path) -> (decode::FileSource, Vec<Vec<f32>>) {
    let mut source = decode::open(path).unwrap_or_else(|e| panic!("{e}"));
    let mut all = vec![Vec::new(); source.info().layout.channel_count()];
    let mut block = Block::default();
    while source.read(&mut block).unwrap_or_else(|e| panic!("{e}")) > 0 {
        for (sum, channel) in all.iter_mut().zip(block.channels()) {
            sum.extend_from_slice(channel);
        }
    }
    (source, all)
}

fn theirs(path: &Path, channels: usize) -> Vec<Vec<f32>> {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "warning", "-xerror", "-nostdin", "-i"])
        .arg(path)
        .args(["-f", "f32le", "-c:a", "pcm_f32le", "-"])
        .output()
        .expect("ffmpeg is needed for these tests: ./test installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    // Guessing the layout of a file without a mask is no complaint about the file.
    let complaints: Vec<&str> = said.lines().filter(|l| !l.contains("Guessed Channel Layout")).collect();
    assert!(output.status.success() && complaints.is_empty(), "{}: {complaints:?}", path.display());
    let mut all = vec![Vec::new(); channels];
    for (i, four) in output.stdout.chunks_exact(4).enumerate() {
        all[i % channels].push(f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    }
    all
}

#[test]
fn every_format_comes_back_bit_for_bit() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let cases = [
        ("a.wav", Depth::Int16, "pcm_s16le"),
        ("b.wav", Depth::Int24, "pcm_s24le"),
        ("c.wav", Depth::Float32, "pcm_f32le"),
        ("d.aiff", Depth::Int16, "pcm_s16be"),
        ("e.aif", Depth::Int24, "pcm_s24be"),
        ("f.flac", Depth::Int16, "flac"),
        ("g.flac", Depth::Int24, "flac"),
    ];
    for (name, depth, codec) in cases {
        // One channel, two, and six; lengths that do and do not fill blocks, down to odd byte counts.
        for (channels, frames) in [(1, 4097), (2, 8192), (2, 12_345), (6, 1001), (1, 5)] {
            let path = dir.path().join(format!("{channels}-{frames}-{name}"));
            let block = samples(depth, channels, frames);
            write(&path, spec(&path, depth, channels), &block);
            let exact: Vec<Vec<f32>> = block.channels().iter().map(|c| c.iter().map(|&s| s as f32).collect()).collect();
            assert_eq!(theirs(&path, channels), exact, "{name} by ffmpeg, {channels} × {frames}");
            let (source, read) = ours(&path);
            assert_eq!(read, exact, "{name} by us, {channels} × {frames}");
            assert!(source.steps().is_empty(), "{name}: {:?}", source.steps());
            let info = source.info();
            assert_eq!((info.codec.as_str(), info.bits_per_sample), (codec, Some(u32::from(depth.bits()))), "{name}");
            assert_eq!((info.frames, info.sample_rate), (Some(frames as u64), RATE), "{name}");
            let tag = name.ends_with("wav").then_some(if depth == Depth::Float32 { 3 } else { 1 });
            assert_eq!(info.wav_format_tag, tag, "{name}: never extensible");
        }
    }
}

#[test]
fn odd_and_high_sample_rates_survive() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["a.wav", "a.aiff", "a.flac"] {
        for rate in [8_000, 44_056, 192_000, 352_800, 384_000] {
            let path = dir.path().join(format!("{rate}-{name}"));
            let block = samples(Depth::Int24, 2, 5000);
            write(&path, Spec { sample_rate: rate, ..spec(&path, Depth::Int24, 2) }, &block);
            assert_eq!(ours(&path).0.info().sample_rate, rate, "{name}");
            assert_eq!(theirs(&path, 2)[0].len(), 5000, "{name} at {rate}");
        }
    }
}

#[test]
fn block_size_changes_nothing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let block = samples(Depth::Int24, 2, 10_000);
    for name in ["a.wav", "a.flac"] {
        let bytes = |sizes: &[usize]| {
            let path = dir.path().join(format!("{}-{name}", sizes.len()));
            let spec = Spec { dither: Dither::Tpdf, ..spec(&path, Depth::Int16, 2) };
            let mut writer = Writer::create(&path, spec, Overwrite::Refuse, &[]).expect("a writable folder");
            let mut at = 0;
            for &size in sizes.iter().cycle() {
                let end = (at + size).min(block.frames());
                let part = block.channels().iter().map(|c| c[at..end].to_vec()).collect();
                writer.write(&Block::from_channels(part)).expect("room on the disk");
                at = end;
                if at == block.frames() {
                    break;
                }
            }
            writer.finish().expect("room on the disk");
            std::fs::read(&path).expect("the file is there")
        };
        assert_eq!(bytes(&[10_000]), bytes(&[1, 4096, 777]), "{name}");
    }
}

#[test]
fn a_file_planned_longer_than_four_gibibytes_is_rf64() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("long.wav");
    let block = samples(Depth::Int24, 2, 2000);
    let planned = Spec { frames: Some(1 << 30), ..spec(&path, Depth::Int24, 2) };
    // The plan is 6 GiB and what comes is short: the room that was kept must not harm the file.
    write(&path, planned, &block);
    assert_eq!(theirs(&path, 2)[1].len(), 2000);
    assert_eq!(ours(&path).1[1].len(), 2000);
    let plain = dir.path().join("short.wav");
    write(&plain, Spec { frames: Some(2000), ..spec(&plain, Depth::Int24, 2) }, &block);
    assert_eq!(std::fs::metadata(&plain).expect("written").len(), 44 + 2000 * 6);
}

/// A real file of more than 4 GiB, made of holes: the disk holds a few kilobytes of it.
#[test]
fn a_sparse_rf64_of_six_gigabytes_is_read_to_its_last_frame() {
    use std::io::{Seek, SeekFrom, Write};
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("sparse.wav");
    let frames: u64 = 1_000_000_000;
    let data = frames * 6;
    let mut head = b"RF64\xff\xff\xff\xffWAVEds64".to_vec();
    head.extend(28u32.to_le_bytes());
    for size in [data + 72, data, frames] {
        head.extend(size.to_le_bytes());
    }
    head.extend(0u32.to_le_bytes());
    head.extend(b"fmt \x10\0\0\0\x01\0\x02\0");
    head.extend(96_000u32.to_le_bytes());
    head.extend(576_000u32.to_le_bytes());
    head.extend([6, 0, 24, 0]);
    head.extend(b"data\xff\xff\xff\xff");
    let mut file = std::fs::File::create(&path).expect("a writable folder");
    file.write_all(&head).expect("room");
    file.set_len(head.len() as u64 + data).expect("sparse files");
    file.seek(SeekFrom::Start(head.len() as u64)).expect("seek");
    file.write_all(&[0, 0, 0x40]).expect("room");
    drop(file);
    let mut source = decode::open(&path).expect("an RF64");
    assert_eq!((source.info().container.as_str(), source.info().frames), ("rf64", Some(frames)));
    let mut block = Block::default();
    source.read(&mut block).expect("the first block");
    assert_eq!(block.channel(0)[0], 0.5);
}

#[test]
fn inputs_are_never_written_to_whatever_links_lead_there() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let input = dir.path().join("mix.wav");
    write(&input, spec(&input, Depth::Int16, 2), &samples(Depth::Int16, 2, 100));
    let before = std::fs::read(&input).expect("written");
    let (hard, soft) = (dir.path().join("hard.wav"), dir.path().join("soft.wav"));
    std::fs::hard_link(&input, &hard).expect("hard links");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&input, &soft).expect("symbolic links");
    #[cfg(not(unix))]
    std::fs::copy(&input, &soft).expect("copy");
    let roundabout = dir.path().join(".").join("mix.wav");
    let mut targets = vec![&input, &hard, &roundabout];
    if cfg!(unix) {
        targets.push(&soft);
    }
    for target in targets {
        let refused = Writer::create(target, spec(target, Depth::Int16, 2), Overwrite::Allow, &[&input]);
        assert!(matches!(refused.err(), Some(Error::InvalidSetting { .. })), "{}", target.display());
    }
    assert_eq!(std::fs::read(&input).expect("still there"), before);
}

#[test]
fn an_unfinished_writer_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("out.wav");
    let mut writer = Writer::create(&path, spec(&path, Depth::Int16, 2), Overwrite::Refuse, &[]).expect("a writable folder");
    writer.write(&samples(Depth::Int16, 2, 100)).expect("room on the disk");
    assert!(!path.exists(), "the name appears when the file is complete");
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 1);
    drop(writer);
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0);
}

#[test]
fn an_older_file_stays_until_the_new_one_is_complete() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("out.wav");
    std::fs::write(&path, b"older").expect("a writable folder");
    let refused = Writer::create(&path, spec(&path, Depth::Int16, 1), Overwrite::Refuse, &[]).err().map(|e| e.to_string());
    assert!(refused.is_some_and(|m| m.contains("--force")));
    let mut writer = Writer::create(&path, spec(&path, Depth::Int16, 1), Overwrite::Allow, &[]).expect("a writable folder");
    writer.write(&samples(Depth::Int16, 1, 10)).expect("room on the disk");
    assert_eq!(std::fs::read(&path).expect("still there"), b"older");
    writer.finish().expect("room on the disk");
    assert_eq!(ours(&path).1[0].len(), 10);
}

#[test]
fn places_that_cannot_be_written_say_so() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let try_at = |path: &Path| Writer::create(path, spec(path, Depth::Int16, 1), Overwrite::Allow, &[]).err().map(|e| e.to_string());
    let missing = try_at(&dir.path().join("no/such/folder/out.wav")).expect("refused");
    assert!(missing.contains("check the spelling"), "{missing}");
    let folder = dir.path().join("folder.wav");
    std::fs::create_dir(&folder).expect("a writable folder");
    assert!(try_at(&folder).expect("refused").contains("inside the folder"));
    // Root may write anywhere but where the kernel itself refuses.
    #[cfg(target_os = "linux")]
    assert!(try_at(Path::new("/sys/out.wav")).is_some());
}

#[test]
fn overs_are_held_counted_and_named() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("over.flac");
    let mut writer = Writer::create(&path, spec(&path, Depth::Int24, 1), Overwrite::Refuse, &[]).expect("a writable folder");
    writer.write(&Block::from_channels(vec![vec![0.5, 1.5, -2.0, 0.25]])).expect("room on the disk");
    let written = writer.finish().expect("room on the disk");
    assert_eq!(written.clamped, 2);
    assert!(written.steps.iter().any(|s| s.contains("2 samples over full scale")));
    let top = 8_388_607.0 / 8_388_608.0;
    assert_eq!(ours(&path).1[0], [0.5, top, -1.0, 0.25]);
}
