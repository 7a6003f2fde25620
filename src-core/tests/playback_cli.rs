//! `plumb translate` and `plumb systems` on the built program.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Runs `plumb` in a folder whose own systems lie in `config`.
fn plumb(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plumb")).current_dir(folder).env("XDG_CONFIG_HOME", folder.join("config")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn song(dir: &TempDir) {
    plumbline::demo::write(dir.path(), plumbline::encode::Overwrite::Allow).unwrap();
}

#[test]
fn systems_are_listed_shown_imported_and_used_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let list = text(&plumb(dir.path(), &["systems", "list"]).stdout);
    assert_eq!(list.lines().count(), 18, "{list}");
    let shown = text(&plumb(dir.path(), &["systems", "show", "club_pa"]).stdout);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["level"]["dba"], 98.0);

    let rows: String = (0..80).map(|i| format!("{} {}\n", 20.0 * 1.1f64.powi(i), if i < 20 { 60.0 } else { 80.0 })).collect();
    fs::write(dir.path().join("Kitchen Box.txt"), rows).unwrap();
    let added = plumb(dir.path(), &["systems", "import", "Kitchen Box.txt"]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    assert!(text(&plumb(dir.path(), &["systems", "list"]).stdout).contains("kitchen_box"));
    let again = plumb(dir.path(), &["systems", "import", "Kitchen Box.txt"]);
    assert_eq!(again.status.code(), Some(2), "an older one is only replaced when asked");
    assert!(plumb(dir.path(), &["systems", "import", "--force", "Kitchen Box.txt"]).status.success());

    song(&dir);
    let run = plumb(dir.path(), &["translate", "mix.wav", "--system", "kitchen_box,tv", "--json", "-"]);
    let document: serde_json::Value = serde_json::from_str(&text(&run.stdout)).unwrap();
    let names: Vec<&str> = document["translation"]["systems"].as_array().unwrap().iter().map(|s| s["system"].as_str().unwrap()).collect();
    assert_eq!(names, ["kitchen_box", "tv"]);
}

#[test]
fn an_unknown_system_is_one_clear_line() {
    let dir = tempfile::tempdir().unwrap();
    let run = plumb(dir.path(), &["translate", "mix.wav", "--system", "gramophone"]);
    assert_eq!(run.status.code(), Some(2));
    let line = text(&run.stderr);
    assert!(line.lines().count() == 1 && line.contains("gramophone") && line.contains("smartphone"), "{line}");
}

#[test]
fn the_mix_is_rendered_as_heard_with_its_length_and_nothing_clips() {
    let dir = tempfile::tempdir().unwrap();
    song(&dir);
    let args = ["translate", "mix.wav", "--reference", "reference.wav", "--system", "smartphone,club_pa", "--render", "heard"];
    let run = plumb(dir.path(), &args);
    assert!(run.status.code().is_some_and(|c| c < 2), "{}", text(&run.stderr));
    let said = text(&run.stdout);
    assert!(said.contains("Phone") && said.contains("score") && said.contains("so that nothing clips"), "{said}");
    let frames = |path: &Path| {
        use plumbline::audio::Source;
        let mut source = plumbline::decode::open(path).unwrap();
        let (mut block, mut count, mut peak) = (plumbline::audio::Block::default(), 0, 0.0f32);
        while source.read(&mut block).unwrap() > 0 {
            count += block.frames();
            peak = block.channels().iter().flatten().fold(peak, |p, s| p.max(s.abs()));
        }
        (count, peak)
    };
    let (length, _) = frames(&dir.path().join("mix.wav"));
    for name in ["smartphone", "club_pa"] {
        let (count, peak) = frames(&dir.path().join(format!("heard/mix.{name}.wav")));
        assert_eq!(count, length, "{name}");
        assert!(peak > 0.01 && peak < 1.0, "{name}: {peak}");
    }
    assert_eq!(plumb(dir.path(), &args).status.code(), Some(2), "a render is only replaced when asked");
}

#[test]
fn a_check_plays_the_mix_on_every_system() {
    let dir = tempfile::tempdir().unwrap();
    song(&dir);
    let run = plumb(dir.path(), &["check", "mix.wav", "--reference", "reference.wav", "--json", "-"]);
    let document: serde_json::Value = serde_json::from_str(&text(&run.stdout)).unwrap();
    assert_eq!(document["translation"]["systems"].as_array().unwrap().len(), 18);
    let codes = document["checks"].as_array().unwrap().iter().filter(|c| c["code"].as_str().unwrap().starts_with("translation.")).count();
    assert_eq!(codes, 5);
    for finding in document["findings"].as_array().unwrap() {
        let of_translation = finding["code"].as_str().unwrap().starts_with("translation.");
        assert_eq!(of_translation, finding["system"].is_string(), "{finding}");
    }
}
