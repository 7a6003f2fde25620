//! What the app promises the window, without one.

use crate::wire::{Preferences, Which};

#[test]
fn preferences_of_other_versions_are_read_as_far_as_they_are_known() {
    let read = |json: serde_json::Value| serde_json::from_value::<Preferences>(json).unwrap();
    let older = read(serde_json::json!({ "level_match": false, "colour_of_the_moon": 3 }));
    assert_eq!(older, Preferences { level_match: false, ..Preferences::default() });
}

#[test]
fn what_is_drawn_is_a_side_or_a_reference() {
    let read = |json: &str| serde_json::from_str::<Which>(json);
    assert!(matches!(read("\"A\""), Ok(Which::Side(_))));
    assert_eq!(read("{\"r\":\"r2\"}").unwrap(), Which::Reference { r: "r2".into() });
    assert!(read("\"C\"").is_err());
}

/// What the window's recorded host answers for the masters of its recording is what the core says of them.
#[test]
fn recorded_outlooks_are_those_of_the_core() {
    use plumbline::jobs::{Master, outlooks};
    let ui = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    let recording: serde_json::Value = serde_json::from_slice(&std::fs::read(ui.join("recordings/demo.json")).unwrap()).unwrap();
    let checks = recording["mixes"].as_array().unwrap().iter().map(|mix| &mix["check"]["measurements"]);
    let results = recording["proposals"].as_array().unwrap().iter().map(|p| &p["measured"]["measurements"]);
    let all: Vec<String> = plumbline::models::delivery::names().map(str::to_owned).collect();
    let usual = ["spotify", "apple-music", "youtube"].map(str::to_owned).to_vec();
    let mut answers = Vec::new();
    for measured in checks.chain(results) {
        for bits in [16, 24, 32] {
            let master = Master {
                integrated_lufs: measured["loudness"]["integrated"].as_f64(),
                true_peak_dbtp: measured["true_peak"]["max"]["level"].as_f64(),
                sample_rate: 44_100,
                bits,
            };
            for chosen in [&[][..], &usual, &all] {
                let outlooks = outlooks(&master, chosen).unwrap();
                answers.push(serde_json::json!({ "master": master, "chosen": chosen, "outlooks": outlooks }));
            }
        }
    }
    let answers = format!("{}\n", serde_json::to_string(&answers).unwrap());
    let path = ui.join("src/host/recorded/outlooks.json");
    if std::env::var_os("PLUMBLINE_BLESS").is_some() {
        std::fs::write(&path, &answers).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == answers, "ui/src/host/recorded/outlooks.json is out of date: run PLUMBLINE_BLESS=1 cargo test -p plumbline-app");
}

mod session {
    use crate::papers::{Basis, Papers};
    use crate::view;
    use plumbline::audio::Block;
    use plumbline::diagnose::StageChoice;
    use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
    use plumbline::jobs::session::{Desk, Join, Session, Sorted};
    use plumbline::jobs::{Cancel, Host, Silent, check};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    /// A second of a quiet tone.
    fn tone(path: &Path, amplitude: f64) {
        let wave: Vec<f64> = (0..44_100).map(|n| amplitude * (f64::from(n) * 0.0627).sin()).collect();
        let spec = Spec { format: Format::Wav, depth: Depth::Int24, sample_rate: 44_100, channels: 2, dither: Dither::None, frames: None };
        let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
        writer.write(&Block::from_channels(vec![wave.clone(), wave])).unwrap();
        writer.finish().unwrap();
    }

    fn desk(folder: &Path, mixes: &[&str]) -> Desk {
        let named = |names: &[&str]| -> Vec<PathBuf> { names.iter().map(|n| folder.join(n)).collect() };
        let files = Sorted { mixes: named(mixes), references: named(&["ref.wav"]), stems: named(&["bass.wav", "x.wav"]) };
        files.mixes.iter().chain(&files.references).chain(&files.stems).for_each(|path| tone(path, 0.1));
        let mut session = Session::default();
        session.add(&files).unwrap();
        Desk::of(session)
    }

    #[test]
    fn versions_are_numbered_and_a_single_one_has_its_files_name() {
        let dir = tempfile::tempdir().unwrap();
        let names = |desk: &Desk| view::session(desk, &Papers::default()).mixes.into_iter().map(|m| m.name).collect::<Vec<_>>();
        assert_eq!(names(&desk(dir.path(), &["a.wav"])), ["a.wav"]);
        assert_eq!(names(&desk(dir.path(), &["a.wav", "b.wav"])), ["v2", "v1"]);
    }

    #[test]
    fn a_document_holds_until_what_it_rests_on_changes() {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = desk(dir.path(), &["a.wav"]);
        let cancel = Cancel::default();
        let mut request = desk.session().check_request(Vec::new()).unwrap();
        request.stems = None;
        let document = Arc::new(check(&request, Host::new(&Silent, &cancel)).unwrap());
        let mut papers = Papers::default();
        papers.keep_check(Basis::of(desk.session()).unwrap(), document.clone());
        desk.note("m1", &document);
        let shown = view::session(&desk, &papers);
        assert!(shown.document_ready && !shown.proposal_ready);
        assert_eq!(shown.mixes[0].verdict.as_ref().unwrap().level, document.verdict);
        assert_eq!(shown.stems.unwrap().files.into_iter().map(|s| s.role).collect::<Vec<_>>(), ["bass", ""]);
        desk.edit("stage", Join::Never, |s| {
            s.stage = StageChoice::Master;
            Ok(())
        })
        .unwrap();
        assert!(papers.checked(desk.session()).is_none());
        assert!(desk.undo() && papers.checked(desk.session()).is_some());
        tone(&dir.path().join("ref.wav"), 0.2);
        std::fs::write(dir.path().join("ref.wav"), b"shorter now").unwrap();
        assert!(papers.checked(desk.session()).is_none(), "the reference is another file now");
    }
}
