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

/// The demo song's mix with less of what carries a bass line on small loudspeakers.
fn thin_mix(dir: &TempDir) {
    let filter = ["-y", "-v", "error", "-i", "mix.wav", "-af", "equalizer=f=180:t=q:w=0.9:g=-8", "-c:a", "pcm_s24le", "thin.wav"];
    assert!(Command::new("ffmpeg").current_dir(dir.path()).args(filter).status().unwrap().success());
}

#[test]
fn a_match_that_weighs_translation_serves_the_worst_system_and_shows_the_trade() {
    let dir = tempfile::tempdir().unwrap();
    song(&dir);
    thin_mix(&dir);
    let systems = "smartphone,laptop,studio_monitors";
    let run = |name: &str, more: &[&str]| {
        // The tone itself is left alone, so that the bass is still missing when the systems are looked at.
        let base =
            ["match", "thin.wav", "--reference", "reference.wav", "--amount", "tone=0,dynamics=0,width=0", "--output", name, "--json", "-"];
        plumb(dir.path(), &[&base, more].concat())
    };
    let document = |output: &Output| -> serde_json::Value { serde_json::from_str(&text(&output.stdout)).unwrap() };
    let plain = run("plain.wav", &[]);
    assert!(plain.status.success(), "{}", text(&plain.stderr));
    assert!(run("zero.wav", &["--translation", "0"]).status.success());
    let bytes = |name: &str| fs::read(dir.path().join(name)).unwrap();
    assert!(bytes("plain.wav") == bytes("zero.wav"), "a weight of 0 changes the result");
    assert!(document(&plain)["proposal"]["translation"].is_null() && document(&plain)["verification"]["translation"].is_null());

    let served = run("served.wav", &["--translation", "1", "--system", systems, "--report", "served.md"]);
    assert!(served.status.success(), "{}", text(&served.stderr));
    let document = document(&served);
    let trade = &document["verification"]["translation"];
    let number = |v: &serde_json::Value| v.as_f64().unwrap();
    let scores = trade["systems"].as_array().unwrap_or_else(|| panic!("{} {}", document["proposal"]["notes"], document["steps"]));
    assert_eq!(scores.len(), 3);
    let worst = |which: &str| scores.iter().map(|s| number(&s[which])).fold(f64::INFINITY, f64::min);
    assert!(worst("with") > worst("without"), "{trade}");
    assert!(scores.iter().all(|s| number(&s["with"]) >= number(&s["without"]) - 1.0), "{trade}");
    let planned = &document["proposal"]["translation"];
    let cost = |t: &serde_json::Value| number(&t["match_with_db"]) - number(&t["match_without_db"]);
    assert!(cost(trade) <= cost(planned).max(0.0) + 0.2, "{trade} {planned}");
    let outcomes = document["verification"]["moves"].as_array().unwrap();
    let moves: Vec<_> = outcomes.iter().filter(|m| m["id"].as_str().unwrap().starts_with("translation-")).collect();
    assert!((1..=2).contains(&moves.len()) && moves.iter().all(|m| m["outcome"] == "kept"), "{outcomes:?}");
    let report = fs::read_to_string(dir.path().join("served.md")).unwrap();
    assert!(report.contains("Reference match, tone") && report.contains("of 100 without moves for it"), "{report}");
}

#[test]
fn a_weight_out_of_range_and_systems_without_a_weight_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    song(&dir);
    let run = |more: &[&str]| plumb(dir.path(), &[&["match", "mix.wav", "--reference", "reference.wav", "--dry-run"], more].concat());
    for (more, word) in [(&["--translation", "2"][..], "--translation"), (&["--system", "tv"][..], "--translation")] {
        let refused = run(more);
        assert_eq!(refused.status.code(), Some(2), "{more:?}");
        assert!(text(&refused.stderr).contains(word), "{}", text(&refused.stderr));
    }
}
