//! The command's contract, kept on the built program: exit codes, what goes to which stream, which files are touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// What a run of the command gave.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs `plumb` in a folder with neither stream a terminal.
fn plumb(folder: &Path, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_plumb")).current_dir(folder).args(args).output().unwrap();
    Run {
        code: output.status.code().expect("ended by a signal"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The built-in song, written once for all tests; they only read it.
fn song() -> &'static Path {
    static SONG: OnceLock<PathBuf> = OnceLock::new();
    SONG.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("song");
        plumbline::demo::write(&dir, plumbline::encode::Overwrite::Allow).unwrap();
        dir
    })
}

fn reference() -> String {
    song().join("reference.wav").to_string_lossy().into_owned()
}

fn mix() -> String {
    song().join("mix.wav").to_string_lossy().into_owned()
}

/// Could not be done: code 2, nothing on standard output, one line on standard error that holds the given words.
fn assert_refused(run: &Run, words: &[&str]) {
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr.lines().count(), 1, "not one line: {}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "no {word:?} in {}", run.stderr);
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e} in {text}"))
}

/// Names of the files in a folder, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

const SETTINGS: &str = r#"{"schema": "plumbline-settings/1", "tool_version": "0.1.0",
    "eq": [{"kind": "bell", "freq_hz": 250.0, "gain_db": -3.0, "q": 1.0}], "output_gain_db": -1.0}"#;

#[test]
fn a_good_mix_is_ready_and_exits_0_with_silent_stderr() {
    let run = plumb(song(), &["check", "reference.wav"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("Ready"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn json_on_stdout_is_one_document_and_nothing_else() {
    let run = plumb(song(), &["check", "mix.wav", "--reference", "reference.wav", "--json", "-"]);
    let doc = json(&run.stdout);
    for key in ["schema", "tool_version", "input", "verdict", "checks", "findings"] {
        assert!(!doc[key].is_null(), "no {key}");
    }
    assert!(["ready", "ready_with_notes", "not_ready"].contains(&doc["verdict"].as_str().unwrap()));
    for check in doc["checks"].as_array().unwrap() {
        for key in ["code", "status", "unit", "limit_source", "confidence"] {
            assert!(!check[key].is_null(), "{check} has no {key}");
        }
        assert!(check.get("value").is_some() && check.get("limit").is_some() && check.get("lean").is_some());
    }
    assert_eq!(run.stderr, "");
    let fails = doc["findings"].as_array().unwrap().iter().filter(|f| f["status"] == "fail").count();
    assert_eq!(run.code, i32::from(fails > 0), "exit code against {fails} findings at level fail");
}

#[test]
fn json_to_a_file_leaves_words_on_stdout() {
    let folder = TempDir::new().unwrap();
    let run = plumb(folder.path(), &["check", &reference(), "--json", "out.json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("Ready"));
    assert_eq!(
        json(&fs::read_to_string(folder.path().join("out.json")).unwrap())["verdict"],
        json(&plumb(song(), &["check", "reference.wav", "--json", "-"]).stdout)["verdict"]
    );
    assert_eq!(files(folder.path()), ["out.json"], "something else was left behind");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = || plumb(song(), &["check", "mix.wav", "--reference", "reference.wav", "--json", "-"]).stdout;
    assert_eq!(once(), once());
}

#[test]
fn the_stage_can_be_set_and_is_named() {
    for stage in ["mix", "master"] {
        let doc = json(&plumb(song(), &["check", "reference.wav", "--stage", stage, "--json", "-"]).stdout);
        assert_eq!(doc["judgement"]["stage"], stage);
    }
}

#[test]
fn a_missing_file_is_one_clear_line() {
    assert_refused(&plumb(song(), &["check", "nowhere.wav"]), &["nowhere.wav", "cannot", "check the spelling"]);
    assert_refused(&plumb(song(), &["check", "mix.wav", "--reference", "gone.wav"]), &["gone.wav"]);
}

#[test]
fn text_renamed_wav_and_empty_files_are_one_clear_line() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("text.wav"), "this is no audio at all\n".repeat(40)).unwrap();
    fs::write(folder.path().join("empty.wav"), "").unwrap();
    fs::create_dir(folder.path().join("folder.wav")).unwrap();
    for name in ["text.wav", "empty.wav", "folder.wav"] {
        assert_refused(&plumb(folder.path(), &["check", name]), &[name]);
    }
}

#[test]
fn unknown_options_and_commands_exit_2_without_output() {
    for args in [&["check", "mix.wav", "--loud"][..], &["mend", "mix.wav"], &["check"], &["check", "mix.wav", "--stage", "rough"]] {
        let run = plumb(song(), args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.contains("error:"), "{}", run.stderr);
    }
}

#[test]
fn json_never_overwrites_an_input() {
    let folder = TempDir::new().unwrap();
    fs::copy(mix(), folder.path().join("mix.wav")).unwrap();
    let before = fs::read(folder.path().join("mix.wav")).unwrap();
    assert_refused(&plumb(folder.path(), &["check", "mix.wav", "--json", "mix.wav"]), &["mix.wav"]);
    assert_eq!(fs::read(folder.path().join("mix.wav")).unwrap(), before);
}

#[test]
fn apply_repeats_settings_and_never_overwrites_unasked() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("settings.json"), SETTINGS).unwrap();
    fs::copy(mix(), at("mix.wav")).unwrap();
    let before = fs::read(at("mix.wav")).unwrap();
    let apply = |output: &str, more: &[&str]| {
        let args = [&["apply", "mix.wav", "--settings", "settings.json", "--output", output], more].concat();
        plumb(folder.path(), &args)
    };
    let first = apply("out.wav", &[]);
    assert_eq!((first.code, first.stderr.as_str()), (0, ""), "{}", first.stdout);
    let rendered = fs::read(at("out.wav")).unwrap();
    assert_eq!(rendered.len(), before.len(), "rate, channels, depth and length are kept");
    assert_ne!(rendered, before);
    assert_eq!(u16::from_le_bytes([rendered[20], rendered[21]]), 1, "plain PCM, not extensible");

    assert_refused(&apply("out.wav", &[]), &["out.wav", "--force"]);
    assert_eq!(apply("out.wav", &["--force"]).code, 0);
    assert_eq!(fs::read(at("out.wav")).unwrap(), rendered, "the same bytes again");
    assert_refused(&apply("mix.wav", &["--force"]), &["mix.wav"]);
    assert_eq!(fs::read(at("mix.wav")).unwrap(), before, "the input is untouched");
    assert_refused(&apply("no/such/folder/out.wav", &[]), &["no/such/folder"]);
    assert_refused(&apply("out.xyz", &[]), &["out.xyz"]);
    assert_eq!(files(folder.path()), ["mix.wav", "out.wav", "settings.json"], "something was left behind");
}

#[test]
fn bad_settings_are_named() {
    let folder = TempDir::new().unwrap();
    for (settings, words) in [
        ("not json", "settings.json"),
        (r#"{"schema": "plumbline-settings/1", "tool_version": "x", "loudness_war": 11}"#, "loudness_war"),
        (
            r#"{"schema": "plumbline-settings/1", "tool_version": "x", "eq": [{"kind": "bell", "freq_hz": 250.0, "gain_db": 90.0, "q": 1.0}]}"#,
            "gain_db",
        ),
        (r#"{"schema": "plumbline-settings/9", "tool_version": "x"}"#, "plumbline-settings/1"),
    ] {
        fs::write(folder.path().join("settings.json"), settings).unwrap();
        assert_refused(&plumb(folder.path(), &["apply", &mix(), "--settings", "settings.json", "--output", "out.wav"]), &[words]);
        assert_eq!(files(folder.path()), ["settings.json"]);
    }
}

#[test]
fn a_learnt_profile_serves_as_reference() {
    let folder = TempDir::new().unwrap();
    let learnt = plumb(folder.path(), &["learn", &reference(), "--output", "profile.json"]);
    assert_eq!((learnt.code, learnt.stderr.as_str()), (0, ""), "{}", learnt.stdout);
    let run = plumb(folder.path(), &["check", &reference(), "--reference", "profile.json"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_refused(&plumb(folder.path(), &["learn", &reference(), "--output", "profile.json"]), &["profile.json", "--force"]);
}

#[test]
fn every_check_can_be_explained() {
    let doc = json(&plumb(song(), &["check", "mix.wav", "--json", "-"]).stdout);
    for check in doc["checks"].as_array().unwrap() {
        let run = plumb(song(), &["explain", check["code"].as_str().unwrap()]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.len() > 200, "a meagre explanation: {}", run.stdout);
    }
    assert_refused(&plumb(song(), &["explain", "tonal.purple"]), &["tonal.purple"]);
}

#[test]
fn schemas_are_json_schemas() {
    for what in ["document", "settings"] {
        let schema = json(&plumb(song(), &["schema", what]).stdout);
        assert!(schema["$schema"].as_str().unwrap().starts_with("https://json-schema.org/"));
        assert!(schema["properties"]["schema"].is_object());
    }
}

#[test]
fn settings_are_exported_in_every_format() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("settings.json"), SETTINGS).unwrap();
    for (format, word) in [
        ("text", "250"),
        ("json", "plumbline-settings/1"),
        ("reaper", "ReaEQ"),
        ("camilladsp", "Peaking"),
        ("equalizerapo", "Filter: ON PK Fc 250 Hz Gain -3 dB Q 1"),
        ("ffmpeg", "equalizer=f=250:t=q:w=1:g=-3"),
    ] {
        let run = plumb(folder.path(), &["export", "settings.json", "--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
        assert!(run.stdout.contains(word), "{format}: {}", run.stdout);
        let to_file = plumb(folder.path(), &["export", "settings.json", "--format", format, "--output", "out"]);
        assert_eq!(to_file.code, 0, "{}", to_file.stderr);
        assert_eq!(fs::read_to_string(folder.path().join("out")).unwrap(), run.stdout);
        assert_refused(&plumb(folder.path(), &["export", "settings.json", "--format", format, "--output", "out"]), &["out", "--force"]);
        fs::remove_file(folder.path().join("out")).unwrap();
    }
    assert_refused(&plumb(folder.path(), &["export", "settings.json", "--format", "protools"]), &["protools", "camilladsp"]);
}

#[test]
fn reports_are_written_in_the_format_their_names_ask_for() {
    let folder = TempDir::new().unwrap();
    let input = mix();
    let check = |names: &[&str]| {
        let reports: Vec<&str> = names.iter().flat_map(|name| ["--report", name]).collect();
        plumb(folder.path(), &[&["check", input.as_str()], reports.as_slice()].concat())
    };
    let run = check(&["a.html", "a.md", "a.json"]);
    assert!(run.code < 2, "{}", run.stderr);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("a.html").to_lowercase().starts_with("<!doctype html>"));
    assert!(!read("a.html").contains("src=\"http") && !read("a.html").contains("<link"), "not self-contained");
    assert!(read("a.md").contains("mix.wav"));
    assert_eq!(json(&read("a.json"))["schema"], "plumbline-document/1");
    check(&["b.html"]);
    assert_eq!(read("a.html"), read("b.html"), "the same document, other bytes");
    assert_refused(&check(&["a.docx"]), &["a.docx"]);
}
