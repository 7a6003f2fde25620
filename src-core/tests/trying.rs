//! Settings that a user has changed: what is measured when they are tried is what comes out when they are carried out.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::Error;
use plumbline::chain::Settings;
use plumbline::chain::settings::{EqBand, EqKind, Limiter, Part};
use plumbline::diagnose::StageChoice;
use plumbline::encode::Overwrite;
use plumbline::jobs::rendering::Destination;
use plumbline::jobs::{
    Cancel, CheckRequest, Host, Memory, Progress, ProposeRequest, RenderRequest, Silent, TryRequest, propose, render_settings, try_settings,
};
use plumbline::propose::Amounts;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Loudness that rounding to 24 bits can change, LU: nothing that a meter shows.
const ROUNDING_LU: f64 = 0.001;

/// The built-in song, written once for all tests; they only read it.
fn song() -> &'static Path {
    static SONG: OnceLock<PathBuf> = OnceLock::new();
    SONG.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("song-to-try");
        plumbline::demo::write(&dir, Overwrite::Allow).unwrap();
        dir
    })
}

/// The mix against its reference, with the boom of its low mids taken out and a limiter.
fn request() -> TryRequest {
    let bell = |freq_hz, gain_db, q| EqBand {
        kind: EqKind::Bell,
        part: Part::Stereo,
        freq_hz,
        gain_db,
        q,
        reason: String::new(),
        confidence: 1.0,
    };
    let settings = Settings {
        eq: vec![bell(260.0, -8.0, 0.9)],
        output_gain_db: 4.0,
        limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 120.0 }),
        ..Settings::default()
    };
    let check = CheckRequest {
        mix: song().join("mix.wav"),
        references: vec![song().join("reference.wav")],
        stage: StageChoice::Mix,
        stems: None,
        systems: plumbline::jobs::chosen_systems(&["smartphone".into()]).unwrap(),
    };
    TryRequest { check, settings, proposal: None }
}

#[test]
fn what_is_tried_is_what_is_rendered_and_says_what_was_mended() {
    let (memory, cancel) = (Memory::default(), Cancel::default());
    let host = Host::new(&Silent, &cancel).remembering(&memory);
    let tried = try_settings(&request(), host).unwrap();
    let verification = tried.document.verification.as_ref().unwrap();
    assert!(verification.mended.contains(&"tonal.muddy".into()), "{:?}", verification.mended);
    assert!(tried.document.findings.iter().all(|f| f.code != "tonal.muddy"));
    assert!(tried.document.translation.is_some() && tried.overview.is_complete());
    assert!((tried.overview.duration_s() - tried.document.input.duration_s).abs() < 1e-9);

    let dir = tempfile::tempdir().unwrap();
    let to = Destination { path: dir.path().join("out.wav"), bits: Some(24), overwrite: Overwrite::Refuse };
    let rendered = render_settings(&RenderRequest { of: request(), to: to.clone() }, host).unwrap();
    let [was, is] = [&tried.document, &rendered].map(|d| d.verification.as_ref().unwrap());
    assert!((was.integrated_lufs.unwrap() - is.integrated_lufs.unwrap()).abs() < ROUNDING_LU);
    assert_eq!((&was.mended, &was.new_findings), (&is.mended, &is.new_findings));
    assert_eq!(rendered.input.path, to.path.display().to_string(), "the document is about the file that was written");
    assert_eq!(rendered.input.duration_s, tried.document.input.duration_s);
    assert!(is.true_peak_dbtp.unwrap() <= -0.95, "{:?}", is.true_peak_dbtp);

    let again = render_settings(&RenderRequest { of: request(), to: to.clone() }, host);
    assert!(matches!(again, Err(Error::Io { .. })), "an older result was replaced unasked");
    let over_the_mix = Destination { path: request().check.mix, bits: Some(24), overwrite: Overwrite::Allow };
    assert!(matches!(render_settings(&RenderRequest { of: request(), to: over_the_mix }, host), Err(Error::InvalidSetting { .. })));
}

#[test]
fn settings_that_change_nothing_mend_nothing() {
    let cancel = Cancel::default();
    let request = TryRequest { settings: Settings::default(), ..request() };
    let tried = try_settings(&request, Host::new(&Silent, &cancel)).unwrap();
    let verification = tried.document.verification.unwrap();
    assert!(verification.mended.is_empty() && verification.new_findings.is_empty(), "{verification:?}");
    assert!(tried.document.findings.iter().any(|f| f.code == "tonal.muddy"));
    for residual in &verification.residuals {
        assert_eq!((residual.tone_before_db, residual.loudness_before_lu), (residual.tone_after_db, residual.loudness_after_lu));
    }
}

/// Stops the job once a step of this name is under way.
struct Stopper<'a>(&'a Cancel, &'a str);

impl Progress for Stopper<'_> {
    fn begin(&self, step: &str) -> u64 {
        if step.starts_with(self.1) {
            self.0.cancel();
        }
        0
    }
    fn advance(&self, _: u64, _: f64) {}
    fn end(&self, _: u64) {}
}

#[test]
fn a_render_that_is_stopped_leaves_nothing_behind() {
    for step in ["Rendering", "Measuring ."] {
        let cancel = Cancel::default();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.wav");
        std::fs::write(&path, b"an older result").unwrap();
        let to = Destination { path: path.clone(), bits: None, overwrite: Overwrite::Allow };
        let stopped = render_settings(&RenderRequest { of: request(), to }, Host::new(&Stopper(&cancel, step), &cancel));
        assert!(matches!(stopped, Err(Error::Cancelled)), "{step}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "{step}");
        assert_eq!(std::fs::read(&path).unwrap(), b"an older result", "{step}");
    }
}

#[test]
fn a_proposal_needs_no_reference_and_reaches_the_target() {
    let cancel = Cancel::default();
    let check = CheckRequest { references: Vec::new(), ..request().check };
    let request = ProposeRequest { check, amounts: Amounts::default(), target: Some("-16".into()), ceiling_dbtp: None };
    let document = propose(&request, Host::new(&Silent, &cancel)).unwrap();
    let proposal = document.proposal.unwrap();
    assert!(proposal.moves.iter().any(|m| m.id.starts_with("tone")), "{:?}", proposal.moves);
    assert!((document.verification.unwrap().integrated_lufs.unwrap() + 16.0).abs() <= 0.1);
    let unknown = ProposeRequest { target: Some("myspace".into()), ..request };
    assert!(matches!(propose(&unknown, Host::new(&Silent, &cancel)), Err(Error::InvalidSetting { .. })));
}
