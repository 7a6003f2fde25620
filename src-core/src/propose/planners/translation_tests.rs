//! Moves for playback systems on a song whose bass is lost on small loudspeakers, measured after the chain has run.

use super::record_tests::{compared, filtered, rendered};
use super::tests::{RATE, Song, clean};
use super::*;
use crate::chain::settings::EqKind;
use crate::compare::translation::Prepared;
use crate::compare::{self, Reference};
use crate::models::system::{self, System};

/// What two measurements of one sound may differ by, dB.
const NOISE_DB: f64 = 0.2;

/// A song with 10 dB less of what carries a bass line where there are no fundamentals.
fn thin() -> Song {
    Song::new(20, 3, filtered(EqKind::Bell, 200.0, -10.0))
}

fn reference() -> Measurements {
    Song::new(20, 5, clean).measured()
}

fn small_and_large() -> Vec<System> {
    ["smartphone", "laptop", "studio_monitors"].map(|name| system::find(name).unwrap().unwrap()).into()
}

struct Case {
    mix: Measurements,
    reference: Measurements,
    comparison: Comparison,
    evidence: Option<MatchedDifference>,
}

impl Case {
    /// Against a reference of the session, whose passages are compared, or of another record, of which only the spectrum is known.
    fn new(mix: Measurements, session: bool) -> Self {
        let reference = reference();
        let portrait = compare::portrait("reference", &reference);
        let references = [Reference { portrait: &portrait, measurements: Some(&reference) }];
        let matched = compare::differences(&mix, &references);
        let comparison = compare::compare_matched(&mix, &references, &matched).unwrap();
        let evidence = matched.into_iter().next().flatten().filter(|_| session);
        Self { mix, reference, comparison, evidence }
    }

    fn with<T>(&self, then: impl FnOnce(&Prepared<'_>) -> T) -> T {
        let portrait = compare::portrait("reference", &self.reference);
        let references = [Reference { portrait: &portrait, measurements: Some(&self.reference) }];
        then(&Prepared::of(&self.mix, &self.comparison, &references).unwrap())
    }

    fn planned(&self, tone: f64, serve: Option<Serve<'_>>) -> Proposal {
        let evidence = [ReferenceEvidence {
            label: "R1".into(),
            measurements: &self.reference,
            matched: self.evidence.clone(),
            same_session: self.evidence.is_some(),
        }];
        plan(&Situation {
            mix: &self.mix,
            references: &evidence,
            comparison: &self.comparison,
            findings: &[],
            amounts: Amounts { tone, dynamics: 0.0, width: 0.0, loudness: 0.0 },
            target: LoudnessTarget::References,
            ceiling_dbtp: -1.0,
            drift: &Drift::default(),
            serve,
        })
        .unwrap()
    }

    fn serving(&self, weight: f64) -> Proposal {
        let systems = small_and_large();
        self.with(|prepared| self.planned(0.0, Some(Serve { weight, prepared, systems: &systems })))
    }
}

/// What is kept of the mix on each system.
fn scores(case: &Case) -> Vec<f64> {
    case.with(|prepared| prepared.on_all(&small_and_large()).iter().map(|s| s.score).collect())
}

#[test]
fn a_bass_lost_on_small_loudspeakers_comes_back_by_small_moves_and_the_render_bears_it_out() {
    for session in [true, false] {
        let case = Case::new(thin().measured(), session);
        let proposal = case.serving(1.0);
        let trade = proposal.translation.as_ref().unwrap_or_else(|| panic!("session {session}: {:?}", proposal.notes));
        let bands = translation_bands(&proposal);
        assert!((1..=2).contains(&bands.len()) && bands.iter().all(|b| b.gain_db.abs() <= 1.5), "{bands:?}");
        assert!(["smartphone", "laptop"].contains(&trade.worst().unwrap().system.as_str()), "{trade:?}");
        let before = scores(&case);
        let after = scores(&Case::new(rendered(thin(), &proposal.settings).measured(), session));
        for (i, system) in trade.systems.iter().enumerate() {
            assert!((system.without - before[i]).abs() < 1e-9, "nothing else is planned: {system:?} {}", before[i]);
            assert!(system.with >= system.without - 1.0, "{system:?}");
            assert!((system.with - after[i]).abs() <= 4.0, "session {session}: {system:?}, rendered {}", after[i]);
        }
        let worst = |scores: &[f64]| scores.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(worst(&after) >= worst(&before) + 1.0, "session {session}: {before:?} {after:?}");
        assert!(proposal.moves[0].why.contains("of 100") && proposal.settings.eq[0].reason == proposal.moves[0].why);
    }
}

#[test]
fn no_band_goes_further_from_the_reference_than_the_match_leaves_open() {
    let session = Case::new(thin().measured(), true);
    let matched = session.evidence.clone().unwrap();
    let proposal = session.serving(1.0);
    let hz = compare::matched::match_bands_hz();
    let (part, rate) = (crate::chain::settings::Part::Mid, f64::from(RATE));
    let about_mean = |curve: Vec<f64>| -> Vec<f64> {
        let mean = curve.iter().sum::<f64>() / curve.len() as f64;
        curve.iter().map(|db| db - mean).collect()
    };
    let response = |hz: &f64| crate::chain::part_response_db(translation_bands(&proposal), part, *hz, rate);
    let before = about_mean(matched.correction_db.to_vec());
    let after = about_mean(hz.iter().zip(&matched.correction_db).map(|(hz, db)| db - response(hz)).collect());
    for (b, (was, is)) in before.iter().zip(&after).enumerate() {
        assert!(is.abs() <= was.abs() + matched.sd_db[b] + 1e-9, "band {b}: {was} {is}");
    }
    let record = Case::new(thin().measured(), false);
    let proposal = record.serving(1.0);
    let outside = |m: &Measurements| -> Vec<f64> {
        compared(m, std::slice::from_ref(&record.reference)).tone.iter().map(|b| b.outside_db.abs()).collect()
    };
    let after = outside(&rendered(thin(), &proposal.settings).measured());
    for (b, (was, is)) in outside(&record.mix).iter().zip(after).enumerate() {
        assert!(is <= was + NOISE_DB, "band {b}: {was} {is}");
    }
}

#[test]
fn no_weight_changes_nothing_and_less_weight_moves_less() {
    let case = Case::new(thin().measured(), false);
    assert_eq!(case.serving(0.0), case.planned(0.0, None));
    assert!(case.serving(0.0).settings.changes_nothing());
    let most = |weight: f64| translation_bands(&case.serving(weight)).iter().map(|b| b.gain_db.abs()).fold(0.0, f64::max);
    assert!(most(0.5) <= 0.75 && most(1.0) > 0.75, "{} {}", most(0.5), most(1.0));
}

#[test]
fn a_mix_that_every_system_keeps_is_left_alone_and_told_so() {
    let case = Case::new(reference(), true);
    let proposal = case.serving(1.0);
    assert!(proposal.translation.is_none() && proposal.settings.changes_nothing());
    assert!(proposal.notes.iter().any(|n| n.starts_with("Translation:") && n.contains("of 100")), "{:?}", proposal.notes);
}
