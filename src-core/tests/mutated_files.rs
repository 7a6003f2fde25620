//! Damaged files of every kind that is read: small changes to sound files, thousands of them, through decoding and the whole check.
//! Each must end with a result or an error, soon, and without taking much memory.
//!
//! Every case is made from its number alone, so a failure can be made again. `PLUMBLINE_MUTATE_SECONDS=600 cargo test --test
//! mutated_files -- --nocapture` goes on for that long (with `PLUMBLINE_MUTATE_FROM=N` from another case on). For fuzzing guided by
//! coverage see `fuzz/README.md`.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/decode_check.rs"]
mod decode_check;

use decode_check::run;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Cases of an ordinary run: some seconds.
const CASES: u64 = 400;
/// What one file of some kilobytes may take, on a machine that has other things to do.
const LONGEST: Duration = Duration::from_secs(30);
/// What the whole run may add to the memory of the process, MB.
const MOST_MB: u64 = 300;

/// Name and encoder of each seed: rate, channels, options of ffmpeg.
const SEEDS: [(&str, u32, u32, &str); 27] = [
    ("u8.wav", 8_000, 1, "pcm_u8"),
    ("s16.wav", 8_000, 2, "pcm_s16le"),
    ("s24.wav", 8_000, 2, "pcm_s24le"),
    ("f32.wav", 8_000, 1, "pcm_f32le"),
    ("f64.wav", 8_000, 1, "pcm_f64le"),
    ("six.wav", 8_000, 6, "pcm_s16le"),
    ("rf64.wav", 8_000, 1, "pcm_s16le -rf64 always"),
    ("alaw.wav", 8_000, 1, "pcm_alaw"),
    ("adpcm.wav", 8_000, 1, "adpcm_ms"),
    ("ima.wav", 8_000, 1, "adpcm_ima_wav"),
    ("s16.aiff", 8_000, 2, "pcm_s16be"),
    ("f32.aiff", 8_000, 1, "pcm_f32be"),
    ("s24.caf", 8_000, 1, "pcm_s24be"),
    ("alac.caf", 8_000, 1, "alac"),
    ("s16.flac", 8_000, 2, "flac"),
    ("six.flac", 8_000, 6, "flac"),
    ("flac.ogg", 8_000, 1, "flac"),
    ("alac.m4a", 8_000, 2, "alac"),
    ("aac.m4a", 16_000, 2, "aac"),
    ("aac.aac", 16_000, 1, "aac"),
    ("stereo.mp3", 44_100, 2, "libmp3lame"),
    ("two.mp2", 32_000, 1, "mp2"),
    ("vorbis.ogg", 16_000, 2, "libvorbis"),
    ("opus.opus", 48_000, 2, "libopus"),
    ("six.opus", 48_000, 6, "libopus"),
    ("opus.webm", 48_000, 1, "libopus"),
    ("vorbis.mka", 16_000, 1, "libvorbis"),
];

fn seeds(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let make = |&(name, rate, channels, encoder): &(&str, u32, u32, &str)| {
        let path = folder.join(name);
        let source = format!("aevalsrc=exprs=0.4*sin(700*2*PI*t)+0.02*random(0):s={rate}:d=0.2:c=mono");
        let done = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "lavfi", "-i", &source])
            .args(["-ac", &channels.to_string(), "-c:a"])
            .args(encoder.split(' '))
            .args(["-bitexact"])
            .arg(&path)
            .status()
            .expect("ffmpeg is needed for these tests: ./test installs it");
        assert!(done.success(), "{name}");
        (name.to_owned(), std::fs::read(&path).unwrap())
    };
    SEEDS.iter().map(make).collect()
}

/// A linear congruential generator (Knuth, MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// Numbers at which lengths and counts go wrong.
const SHARP: [u32; 10] = [0, 1, 2, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, u32::MAX];

fn mutated(random: &mut Random, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut data = seed.to_vec();
    // Heads are where lengths stand: half of the changes go there.
    let place = |random: &mut Random, len: usize| if random.below(2) == 0 { random.below(len.min(200)) } else { random.below(len) };
    for _ in 0..=random.below(6) {
        let at = place(random, data.len());
        let run = (1 + random.below(64)).min(data.len().saturating_sub(at));
        match random.below(8) {
            0 => data[at] ^= 1 << random.below(8),
            1 => data[at] = random.below(256) as u8,
            2 | 3 => {
                let value = SHARP[random.below(SHARP.len())];
                let bytes = if random.below(2) == 0 { value.to_le_bytes() } else { value.to_be_bytes() };
                let width = [1, 2, 4][random.below(3)];
                for (to, from) in data.iter_mut().skip(at).zip(&bytes[if random.below(2) == 0 { 0 } else { 4 - width }..]).take(width) {
                    *to = *from;
                }
            }
            4 => data.truncate(at.max(1)),
            5 => drop(data.drain(at..at + run)),
            6 => {
                let copy = data[at..at + run].to_vec();
                data.splice(at..at, copy);
            }
            _ => {
                let from = random.below(other.len());
                let piece = &other[from..(from + run).min(other.len())];
                data.splice(at..at, piece.iter().copied());
            }
        }
        if data.is_empty() {
            data.push(0);
        }
    }
    data
}

/// Highest memory of this process so far, MB; 0 where the system does not tell.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|kb| kb.parse::<u64>().ok()).map_or(0, |kb| kb / 1024)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|v| v.parse().ok())
}

#[test]
fn damaged_files_end_soon_with_a_result_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = seeds(folder.path());
    let (started, before) = (Instant::now(), peak_mb());
    let (first, seconds) = (number("PLUMBLINE_MUTATE_FROM").unwrap_or(0), number("PLUMBLINE_MUTATE_SECONDS"));
    let mut outcomes = std::collections::BTreeMap::new();
    let (mut case, mut slowest) = (first, (Duration::ZERO, 0));
    while seconds.map_or(case < first + CASES, |s| started.elapsed().as_secs() < s) {
        let mut random = Random(case.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (name, seed) = &seeds[case as usize % seeds.len()];
        let other = &seeds[random.below(SEEDS.len())].1;
        let data = mutated(&mut random, seed, other);
        let path = folder.path().join(format!("case-{name}"));
        std::fs::write(&path, &data).unwrap();
        let (begun, high) = (Instant::now(), peak_mb());
        let outcome = std::panic::catch_unwind(|| run(&path)).unwrap_or_else(|_| panic!("case {case} ({name}) panicked"));
        let took = begun.elapsed();
        assert!(took < LONGEST, "case {case} ({name}) took {took:?}: {outcome}");
        if peak_mb() > high + 50 {
            println!("case {case} ({name}): {high} to {} MB, {outcome}", peak_mb());
        }
        slowest = slowest.max((took, case));
        *outcomes.entry(outcome).or_insert(0u64) += 1;
        case += 1;
    }
    println!("{} cases in {:?}: {outcomes:?}; slowest {:?} (case {})", case - first, started.elapsed(), slowest.0, slowest.1);
    println!("memory {before} to {} MB", peak_mb());
    assert!(peak_mb() < before + MOST_MB, "memory grew from {before} to {} MB", peak_mb());
}
