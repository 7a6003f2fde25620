//! The command's contract, kept on the built program: exit codes, what goes to which stream, which files are touched.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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

/// The command without its neighbours, so that no window that happens to have been built is found beside it.
#[cfg(unix)]
fn plumb_alone() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let alone = dir.path().join("plumb");
    fs::hard_link(env!("CARGO_BIN_EXE_plumb"), &alone).unwrap();
    (dir, alone)
}

#[cfg(unix)]
#[test]
fn the_window_is_started_from_the_path_with_the_files_that_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, alone) = plumb_alone();
    let run = |path: &Path| {
        let output = Command::new(&alone).args(["app", "a song.wav"]).env("PATH", path).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, missing) = run(Path::new("/nowhere"));
    assert_eq!((code, missing.lines().count()), (Some(2), 1), "{missing}");
    assert!(missing.contains("plumbline-app") && missing.contains("./plumb app"), "{missing}");
    let folder = dir.path().join("bin");
    fs::create_dir(&folder).unwrap();
    let window = folder.join("plumbline-app");
    fs::write(&window, "#!/bin/sh\necho \"got $1\" >&2\n").unwrap();
    fs::set_permissions(&window, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(run(&folder), (Some(0), "got a song.wav\n".into()));
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

/// Samples of a 24-bit WAV file, channels interleaved.
fn samples(path: &Path) -> Vec<i32> {
    let bytes = fs::read(path).unwrap();
    let at = bytes.windows(4).position(|w| w == b"data").unwrap();
    let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
    bytes[at + 8..at + 8 + length].chunks_exact(3).map(|b| i32::from_le_bytes([0, b[0], b[1], b[2]]) >> 8).collect()
}

#[test]
fn the_songs_stems_add_up_to_its_mix() {
    let stems: Vec<Vec<i32>> = files(&song().join("stems")).iter().map(|name| samples(&song().join("stems").join(name))).collect();
    assert_eq!(stems.len(), 5);
    let sum: Vec<i32> = (0..stems[0].len()).map(|n| stems.iter().map(|s| s[n]).sum()).collect();
    assert!(sum == samples(&song().join("mix.wav")), "the stems do not add up to the mix");
}

#[test]
fn the_songs_reference_is_ready_and_its_planted_faults_are_found() {
    let good = json(&plumb(song(), &["check", "reference.wav", "--json", "-"]).stdout);
    assert_eq!(good["verdict"], "ready", "{}", good["findings"]);

    let bad = json(&plumb(song(), &["check", "mix.wav", "--reference", "reference.wav", "--json", "-"]).stdout);
    let findings = bad["findings"].as_array().unwrap();
    for fault in plumbline::demo::planted() {
        let found = findings.iter().find(|f| f["code"] == fault.code);
        let found =
            found.unwrap_or_else(|| panic!("{} is not among {:?}", fault.code, findings.iter().map(|f| &f["code"]).collect::<Vec<_>>()));
        if let Some(time) = fault.time {
            let near = found["time"]
                .as_array()
                .unwrap()
                .iter()
                .any(|t| t["start_s"].as_f64().unwrap() <= time.end_s + 0.5 && t["end_s"].as_f64().unwrap() >= time.start_s - 0.5);
            assert!(near, "{} is found elsewhere: {}", fault.code, found["time"]);
        }
    }
}

#[test]
fn demo_does_the_main_job_and_says_what_to_open() {
    let folder = TempDir::new().unwrap();
    let run = plumb(folder.path(), &["demo", "here"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let here = folder.path().join("here");
    for name in ["reference.wav", "mix.wav", "stems", "README.txt", "matched.wav", "settings.json", "check.html", "match.html", "match.pdf"]
    {
        assert!(here.join(name).exists(), "no {name}");
    }
    for named in ["check.html", "match.html", "matched.wav"] {
        assert!(run.stdout.contains(named), "{named} is not named in {}", run.stdout);
    }
    let doc = json(&fs::read_to_string(here.join("match.json")).unwrap());
    let residual = &doc["verification"]["residuals"][0];
    let tone = |key: &str| residual[key].as_f64().unwrap();
    assert!(tone("tone_after_db") < 0.5 * tone("tone_before_db"), "{residual}");
    assert_refused(&plumb(folder.path(), &["demo", "here"]), &["here", "--force"]);
    assert_eq!(plumb(folder.path(), &["demo", "here", "--force"]).stdout, run.stdout, "the same words again");
}

#[test]
fn match_renders_once_asked_and_apply_repeats_it_byte_for_byte() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (mix, reference) = (mix(), reference());
    let run_match = |more: &[&str]| plumb(folder.path(), &[&["match", mix.as_str(), "--reference", reference.as_str()], more].concat());

    let dry = run_match(&["--output", "out.wav", "--dry-run", "--json", "-"]);
    assert_eq!((dry.code, dry.stderr.as_str()), (0, ""), "{}", dry.stdout);
    assert!(json(&dry.stdout)["proposal"]["settings"].is_object());
    assert_eq!(files(folder.path()), [""; 0], "a dry run wrote something");

    let wet = run_match(&["--output", "out.wav", "--settings", "settings.json", "--json", "-"]);
    assert_eq!((wet.code, wet.stderr.as_str()), (0, ""), "{}", wet.stdout);
    assert_eq!(files(folder.path()), ["out.wav", "settings.json"]);
    assert_eq!(samples(&at("out.wav")).len(), samples(Path::new(&mix)).len(), "another length");
    assert!(json(&wet.stdout)["verification"]["true_peak_dbtp"].as_f64().unwrap() <= -1.0 + 0.05);

    let apply = plumb(folder.path(), &["apply", &mix, "--settings", "settings.json", "--output", "again.wav"]);
    assert_eq!(apply.code, 0, "{}", apply.stderr);
    assert!(fs::read(at("out.wav")).unwrap() == fs::read(at("again.wav")).unwrap(), "apply renders other bytes than match");

    assert_refused(&run_match(&["--output", "out.wav"]), &["out.wav", "--force"]);
    assert_refused(&run_match(&["--output", &mix, "--force"]), &["mix.wav"]);
}

#[test]
fn a_match_whose_results_cannot_all_be_written_is_refused_before_any_work() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("old.json"), "mine").unwrap();
    fs::copy(reference(), at("reference.wav")).unwrap();
    let refused = |more: &[&str], words: &[&str]| {
        let base = ["match", &mix(), "--reference", "reference.wav"].map(str::to_owned);
        let args: Vec<&str> = base.iter().map(String::as_str).chain(more.iter().copied()).collect();
        assert_refused(&plumb(folder.path(), &args), words);
        assert_eq!(files(folder.path()), ["old.json", "reference.wav"], "{more:?} left something behind");
    };
    refused(&["--output", "out.wav", "--settings", "old.json"], &["old.json", "--force"]);
    refused(&["--output", "out.wav", "--settings", "none/new.json"], &["none/new.json", "folder"]);
    refused(&["--output", "out.wav", "--report", "none/a.html"], &["none/a.html"]);
    refused(&["--output", "out.wav", "--json", "none/a.json"], &["none/a.json"]);
    refused(&["--output", "out.wav", "--report", "reference.wav.html", "--json", "./reference.wav.html"], &["two results"]);
    refused(&["--output", "out.wav", "--json", "reference.wav", "--force"], &["reference.wav", "inputs"]);
    refused(&["--output", "same.wav", "--settings", "same.wav"], &["same.wav", "two results"]);
    assert_eq!(fs::read_to_string(at("old.json")).unwrap(), "mine");
}

#[test]
fn match_reaches_the_loudness_and_takes_the_amounts_that_are_asked_for() {
    let run =
        |more: &[&str]| plumb(song(), &[&["match", "mix.wav", "--reference", "reference.wav", "--dry-run", "--json", "-"], more].concat());
    let doc = json(&run(&["--target", "spotify"]).stdout);
    let reached = doc["verification"]["integrated_lufs"].as_f64().unwrap();
    assert!((reached + 14.0).abs() < 0.2, "{reached} LUFS");
    let idle = json(&run(&["--amount", "tone=0,dynamics=0,width=0,loudness=0"]).stdout);
    let settings = &idle["proposal"]["settings"];
    assert_eq!(settings["eq"].as_array().unwrap().len(), 0);
    assert!(settings["dynamics"].is_null() && settings["output_gain_db"].as_f64().unwrap() == 0.0, "{settings}");
    assert_refused(&run(&["--target", "napster"]), &["napster", "spotify"]);
    assert_refused(&run(&["--amount", "tone=9"]), &["tone"]);
    assert_refused(&run(&["--amount", "bass=1"]), &["bass"]);
}
