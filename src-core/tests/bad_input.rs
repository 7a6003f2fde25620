//! What the command does with files and places that are not as they should be: one clear line or a full answer,
//! the right exit code, inputs untouched, nothing half-written left behind.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PLUMB: &str = env!("CARGO_BIN_EXE_plumb");
const SETTINGS: &str = r#"{"schema": "plumbline-settings/1", "tool_version": "0.1.0",
    "eq": [{"kind": "bell", "freq_hz": 250.0, "gain_db": -3.0, "q": 1.0}], "output_gain_db": -1.0}"#;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn plumb(folder: &Path, args: &[&str]) -> Output {
    Command::new(PLUMB).current_dir(folder).args(args).stdin(Stdio::null()).output().expect("the program runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Could not be done: code 2, one line on standard error that holds the words, nothing on standard output.
fn refused(output: &Output, words: &[&str]) {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(said.lines().count(), 1, "not one line: {said}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in {said}");
    }
}

/// A file was checked, whatever came of it: code 0 or 1, a JSON document, nothing on standard error.
fn checked(folder: &Path, name: &str) -> serde_json::Value {
    let before = fs::read(folder.join(name)).expect("the input");
    let output = plumb(folder, &["check", name, "--json", "-"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {}", stderr(&output));
    assert_eq!(stderr(&output), "", "{name}");
    assert_eq!(fs::read(folder.join(name)).expect("the input"), before, "{name} was changed");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A plain WAV head for samples of so many bytes; they follow.
fn head(tag: u16, bits: u16, channels: u16, data_len: u32) -> Vec<u8> {
    let align = channels * bits / 8;
    let mut head = b"RIFF".to_vec();
    head.extend((36 + data_len).to_le_bytes());
    head.extend(b"WAVEfmt \x10\0\0\0");
    head.extend(tag.to_le_bytes());
    head.extend(channels.to_le_bytes());
    head.extend(48_000u32.to_le_bytes());
    head.extend((48_000 * u32::from(align)).to_le_bytes());
    head.extend(align.to_le_bytes());
    head.extend(bits.to_le_bytes());
    head.extend(b"data");
    head.extend(data_len.to_le_bytes());
    head
}

/// A tone with a little of an overtone, 16 bit.
fn tone(channels: u16, seconds: f64) -> Vec<u8> {
    let frames = (48_000.0 * seconds) as u32;
    let mut wav = head(1, 16, channels, frames * u32::from(channels) * 2);
    for i in 0..frames {
        let t = f64::from(i) / 48_000.0 * std::f64::consts::TAU;
        let sample = (8000.0 * (220.0 * t).sin() + 900.0 * (3100.0 * t).sin()) as i16;
        wav.extend(std::iter::repeat_n(sample.to_le_bytes(), usize::from(channels)).flatten());
    }
    wav
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).expect("a writable folder");
}

#[test]
fn settings_for_a_higher_rate_are_applied_without_what_the_file_cannot_hold_and_say_so() {
    let dir = folder();
    write(dir.path(), "mix.wav", &tone(2, 1.0));
    let settings = SETTINGS.replace("}],", r#"}, {"kind": "bell", "freq_hz": 30000.0, "gain_db": 4.0, "q": 1.0}],"#);
    write(dir.path(), "high.json", settings.as_bytes());
    write(dir.path(), "plain.json", SETTINGS.as_bytes());
    let apply = |settings: &str, out: &str| plumb(dir.path(), &["apply", "mix.wav", "--settings", settings, "--output", out]);
    let high = apply("high.json", "high.wav");
    assert_eq!(high.status.code(), Some(0), "{}", stderr(&high));
    assert!(String::from_utf8_lossy(&high.stdout).contains("30000 Hz"), "{}", String::from_utf8_lossy(&high.stdout));
    assert!(apply("plain.json", "plain.wav").status.success());
    assert!(fs::read(dir.path().join("high.wav")).expect("a result") == fs::read(dir.path().join("plain.wav")).expect("a result"));
}

/// A CAF of linear PCM with so many frames in a packet, whose layout describes so many channels (0: no layout), and whose sound has this length.
fn caf(channels: u32, frames: u32, length: i64) -> Vec<u8> {
    let mut caf = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
    caf.extend(48_000f64.to_be_bytes());
    caf.extend(b"lpcm\0\0\0\0");
    for number in [3, frames, 1, 24] {
        caf.extend(u32::to_be_bytes(number));
    }
    if channels > 0 {
        caf.extend(b"chan");
        caf.extend(u64::from(12 + 20 * channels).to_be_bytes());
        for number in [0, 0, channels] {
            caf.extend(u32::to_be_bytes(number));
        }
        for channel in 0..channels {
            // Numbered, at no place.
            caf.extend((65_536 + channel).to_be_bytes());
            caf.extend([0; 16]);
        }
    }
    caf.extend(b"data");
    caf.extend(length.to_be_bytes());
    caf.extend([0; 4]);
    caf.resize(caf.len() + 30_000, 7);
    caf
}

#[test]
fn a_head_that_asks_for_gigabytes_is_refused_at_once() {
    let dir = folder();
    write(dir.path(), "sound.caf", &caf(0, 1, 30_004));
    write(dir.path(), "wide.caf", &caf(60_000, 65_535, 30_004));
    write(dir.path(), "long.caf", &caf(0, 0xffff_fff0, 30_004));
    write(dir.path(), "endless.caf", &caf(0, 1, -1));
    checked(dir.path(), "sound.caf");
    let started = Instant::now();
    refused(&plumb(dir.path(), &["check", "wide.caf"]), &["60000 channels are more than the 6"]);
    refused(&plumb(dir.path(), &["check", "long.caf"]), &["packets of 4294967280 samples"]);
    refused(&plumb(dir.path(), &["check", "endless.caf"]), &["a length in the head of the file cannot be used"]);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[test]
fn what_is_no_audio_is_one_clear_line() {
    let dir = folder();
    write(dir.path(), "empty.wav", b"");
    write(dir.path(), "text.wav", b"Dear engineer,\nplease find the mix attached.\n");
    write(dir.path(), "head.wav", &tone(2, 0.1)[..30]);
    write(dir.path(), "nothing.wav", &head(1, 16, 2, 0));
    write(dir.path(), "noise.mp3", &(0..5000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>());
    fs::create_dir(dir.path().join("folder.wav")).expect("a writable folder");
    for (name, words) in [
        ("empty.wav", ["empty.wav", "empty"]),
        ("text.wav", ["text.wav", "text file"]),
        ("head.wav", ["head.wav", "cut short"]),
        ("nothing.wav", ["nothing.wav", "no audio"]),
        ("noise.mp3", ["noise.mp3", ";"]),
        ("folder.wav", ["folder.wav", "inside the folder"]),
        ("missing.wav", ["missing.wav", "check the spelling"]),
    ] {
        refused(&plumb(dir.path(), &["check", name]), &words);
    }
}

#[test]
fn impossible_heads_are_one_clear_line() {
    let dir = folder();
    let spoil = |name: &str, at: usize, bytes: &[u8]| {
        let mut wav = tone(2, 0.2);
        wav[at..at + bytes.len()].copy_from_slice(bytes);
        write(dir.path(), name, &wav);
    };
    spoil("no-channels.wav", 22, &[0, 0]);
    spoil("many-channels.wav", 22, &[64, 0]);
    spoil("no-rate.wav", 24, &[0, 0, 0, 0]);
    spoil("high-rate.wav", 24, &[0xff, 0xff, 0xff, 0x7f]);
    spoil("no-align.wav", 32, &[0, 0]);
    spoil("odd-bits.wav", 34, &[77, 0]);
    spoil("huge-chunk.wav", 16, &[0xff, 0xff, 0xff, 0xff]);
    for name in names(dir.path()) {
        refused(&plumb(dir.path(), &["check", &name]), &[&name, ";"]);
    }
}

#[test]
fn a_file_cut_short_is_checked_and_says_so() {
    let dir = folder();
    let whole = tone(2, 4.0);
    write(dir.path(), "cut.wav", &whole[..whole.len() / 2]);
    assert!(checked(dir.path(), "cut.wav").to_string().contains("cut short"));
}

#[test]
fn odd_but_sound_files_are_checked() {
    let dir = folder();
    write(dir.path(), "silence.wav", &[head(1, 16, 2, 4 * 48_000), vec![0; 4 * 48_000]].concat());
    write(dir.path(), "tenth.wav", &tone(2, 0.1));
    write(dir.path(), "mono.wav", &tone(1, 3.0));
    let eight: Vec<u8> = (0..96_000u32).map(|i| 128 + ((i * 7 % 200) as u8 / 4)).collect();
    write(dir.path(), "eight.wav", &[head(1, 8, 1, 96_000), eight].concat());
    write(dir.path(), "one.wav", &[head(1, 16, 2, 4), vec![1, 2, 3, 4]].concat());
    for name in names(dir.path()) {
        assert!(checked(dir.path(), &name)["verdict"].is_string(), "{name}");
    }
}

#[test]
fn samples_that_are_no_numbers_never_crash() {
    let dir = folder();
    let poisoned = |name: &str, poison: f32| {
        let mut wav = head(3, 32, 2, 2 * 4 * 96_000);
        for i in 0..2 * 96_000u32 {
            let sample = if i % 1000 == 17 { poison } else { (i as f32 * 0.01).sin() * 0.3 };
            wav.extend(sample.to_le_bytes());
        }
        write(dir.path(), name, &wav);
    };
    poisoned("nan.wav", f32::NAN);
    poisoned("inf.wav", f32::NEG_INFINITY);
    write(dir.path(), "s.json", SETTINGS.as_bytes());
    for name in ["nan.wav", "inf.wav"] {
        checked(dir.path(), name);
        let output = plumb(dir.path(), &["apply", name, "--settings", "s.json", "--output", "out.wav", "--force"]);
        assert!(matches!(output.status.code(), Some(0..=2)) && stderr(&output).lines().count() <= 1, "{}", stderr(&output));
    }
}

#[test]
fn an_input_is_never_the_output() {
    let dir = folder();
    let mix = tone(2, 1.0);
    write(dir.path(), "mix.wav", &mix);
    write(dir.path(), "ref.wav", &tone(2, 1.5));
    write(dir.path(), "s.json", SETTINGS.as_bytes());
    fs::hard_link(dir.path().join("mix.wav"), dir.path().join("link.wav")).expect("hard links");
    let before = names(dir.path());
    for output in ["mix.wav", "link.wav", "./mix.wav"] {
        refused(&plumb(dir.path(), &["apply", "mix.wav", "--settings", "s.json", "--output", output, "--force"]), &["input"]);
        refused(&plumb(dir.path(), &["match", "mix.wav", "--reference", "ref.wav", "--output", output, "--force"]), &["input"]);
    }
    refused(&plumb(dir.path(), &["match", "mix.wav", "--reference", "ref.wav", "--output", "ref.wav", "--force"]), &["input"]);
    assert_eq!(fs::read(dir.path().join("mix.wav")).expect("still there"), mix);
    assert_eq!(names(dir.path()), before);
}

#[test]
fn places_that_cannot_be_written_are_one_clear_line() {
    let dir = folder();
    write(dir.path(), "mix.wav", &tone(2, 1.0));
    write(dir.path(), "s.json", SETTINGS.as_bytes());
    let apply = |output: &str| plumb(dir.path(), &["apply", "mix.wav", "--settings", "s.json", "--output", output]);
    refused(&apply("no/such/folder/out.wav"), &["cannot write", "check the spelling"]);
    refused(&apply("mix.wav/out.wav"), &["cannot write"]);
    refused(&apply("out.mp3"), &["use .wav, .aiff or .flac"]);
    assert_eq!(names(dir.path()), ["mix.wav", "s.json"]);
}

/// Needs leave to mount a small disk of one's own; where the system grants none (some containers), the same path is kept
/// by the encoder's own test with a disk that is full after so many bytes.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_one_clear_line_and_leaves_nothing() {
    let dir = folder();
    write(dir.path(), "mix.wav", &tone(2, 5.0));
    write(dir.path(), "s.json", SETTINGS.as_bytes());
    fs::create_dir(dir.path().join("disk")).expect("a writable folder");
    let script = "mount -t tmpfs -o size=128k none disk || exit 77
        \"$0\" apply mix.wav --settings s.json --output disk/out.wav; code=$?
        ls -A disk; exit $code";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, PLUMB])
        .current_dir(dir.path())
        .output()
        .expect("unshare is part of util-linux");
    if output.status.code() == Some(77) || stderr(&output).starts_with("unshare:") {
        eprintln!("NOT TESTED here: no leave to mount a small disk ({})", stderr(&output).trim());
        return;
    }
    refused(&output, &["out.wav", "free some space"]);
}

#[test]
#[cfg(unix)]
fn an_interrupted_render_ends_with_one_line_and_leaves_nothing() {
    const FRAMES: u32 = 3600 * 48_000;
    let dir = folder();
    // An hour of silence that takes no room on the disk.
    let mut file = File::create(dir.path().join("long.wav")).expect("a writable folder");
    file.write_all(&head(1, 16, 2, FRAMES * 4)).expect("room");
    file.set_len(44 + u64::from(FRAMES) * 4).expect("sparse files");
    drop(file);
    write(dir.path(), "s.json", SETTINGS.as_bytes());
    let out = dir.path().join("out");
    fs::create_dir(&out).expect("a writable folder");
    let child = Command::new(PLUMB)
        .current_dir(dir.path())
        .args(["apply", "long.wav", "--settings", "s.json", "--output", "out/a.wav"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let patience = Instant::now() + Duration::from_secs(60);
    while names(&out).is_empty() {
        assert!(Instant::now() < patience, "rendering never began");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
    refused(&child.wait_with_output().expect("the program ends"), &["nothing was written"]);
    assert_eq!(names(&out), Vec::<String>::new());
}
