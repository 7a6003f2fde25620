//! Other records as references: what a plan does to a real signal, measured after the chain has run.

use super::tests::{RATE, Song, clean};
use super::*;
use crate::audio::Block;
use crate::chain::{Chain, Processed};
use crate::compare::{self, Reference};

/// What two measurements of one sound may differ by, dB.
const NOISE_DB: f64 = 0.2;

pub(super) fn compared(mix: &Measurements, references: &[Measurements]) -> Comparison {
    let portraits: Vec<_> = references.iter().map(|m| compare::portrait("reference", m)).collect();
    let references: Vec<Reference<'_>> = portraits.iter().map(|portrait| Reference { portrait, measurements: None }).collect();
    compare::compare(mix, &references).expect("the target is sound")
}

fn planned(mix: &Measurements, references: &[Measurements], amounts: Amounts) -> Proposal {
    let comparison = compared(mix, references);
    let evidence: Vec<ReferenceEvidence<'_>> = references
        .iter()
        .enumerate()
        .map(|(i, measurements)| ReferenceEvidence { label: format!("R{}", i + 1), measurements, matched: None, same_session: false })
        .collect();
    plan(&Situation {
        mix,
        references: &evidence,
        comparison: &comparison,
        findings: &[],
        amounts,
        target: LoudnessTarget::References,
        ceiling_dbtp: -1.0,
        drift: &Drift::default(),
        serve: None,
    })
    .expect("the measurements are sound")
}

pub(super) fn rendered(mut song: Song, settings: &Settings) -> Song {
    let mut chain = Chain::new(settings, RATE, 2).expect("the settings are in range");
    let (mut left, mut right, mut block) = (Vec::new(), Vec::new(), Block::default());
    let mut processed = Processed::new(&mut song, &mut chain);
    while processed.read(&mut block).expect("a source in memory does not fail") > 0 {
        left.extend(block.channel(0).iter().map(|x| *x as f32));
        right.extend(block.channel(1).iter().map(|x| *x as f32));
    }
    Song::of(left, right)
}

/// A wave through a filter, sample by sample.
pub(super) fn filtered(kind: crate::chain::settings::EqKind, freq_hz: f64, gain_db: f64) -> impl FnMut(usize, f64, f64) -> (f64, f64) {
    use crate::dsp::biquad::{Cascade, Coefficients};
    let rate = f64::from(RATE);
    let filter = match kind {
        crate::chain::settings::EqKind::HighShelf => Coefficients::high_shelf(freq_hz, gain_db, 0.7, rate),
        _ => Coefficients::bell(freq_hz, gain_db, 0.9, rate),
    };
    let mut cascade = Cascade::new(&[filter]);
    move |_, l, r| {
        let mut frame = [[l, r]];
        cascade.process(&mut frame);
        (frame[0][0], frame[0][1])
    }
}

fn references() -> Vec<Measurements> {
    [5, 11, 23].map(|seed| Song::new(20, seed, clean).measured()).into()
}

#[test]
fn what_lies_outside_comes_nearer_and_nothing_goes_away() {
    use crate::chain::settings::EqKind;
    let references = references();
    for (kind, hz, gain) in [(EqKind::HighShelf, 4_000.0, 7.0), (EqKind::HighShelf, 3_000.0, -8.0), (EqKind::Bell, 300.0, 7.0)] {
        let mix = || Song::new(20, 3, filtered(kind, hz, gain));
        let measured = mix().measured();
        let proposal = planned(&measured, &references, Amounts::default());
        assert_eq!(proposal.mode, MatchMode::OtherRecord);
        assert!(!proposal.settings.eq.is_empty(), "{gain} dB at {hz}: nothing was planned");
        let before = compared(&measured, &references);
        let after = compared(&rendered(mix(), &proposal.settings).measured(), &references);
        let sum = |c: &Comparison| c.tone.iter().map(|b| b.outside_db.abs()).sum::<f64>();
        assert!(sum(&after) < 0.5 * sum(&before), "{gain} dB at {hz}: {} dB outside, was {}", sum(&after), sum(&before));
        for (was, is) in before.tone.iter().zip(&after.tone) {
            assert!(is.outside_db.abs() <= was.outside_db.abs() + NOISE_DB, "{} Hz: {was:?} {is:?}", was.hz);
        }
    }
}

#[test]
fn a_mix_inside_the_range_is_left_alone() {
    let mix = Song::new(20, 3, clean).measured();
    let proposal = planned(&mix, &references(), Amounts::default());
    assert!(proposal.settings.changes_nothing(), "{:?}", proposal.moves);
    assert!(proposal.notes.iter().any(|n| n.starts_with("Tone: inside")), "{:?}", proposal.notes);
}

#[test]
fn a_mix_that_is_too_wide_or_too_narrow_comes_into_the_range() {
    let references = references();
    // Ranges reach 1.5 dB from the middle for the whole and 3 dB for a third octave; widening ends at 3 dB.
    for (side, name) in [(1.9, "too wide"), (0.65, "too narrow")] {
        let scaled = move |_: usize, l: f64, r: f64| {
            let (mid, side) = (0.5 * (l + r), 0.5 * side * (l - r));
            (mid + side, mid - side)
        };
        let mix = || Song::new(20, 3, scaled);
        let measured = mix().measured();
        let proposal = planned(&measured, &references, Amounts { dynamics: 0.0, ..Amounts::default() });
        let stereo = proposal.settings.stereo.as_ref().expect("a move of width");
        let gains = stereo.side_bands.iter().map(|band| band.gain_db).chain([stereo.side_gain_db]);
        assert!(gains.into_iter().all(|gain| (-6.0..=3.0).contains(&gain)), "{name}: {stereo:?}");
        let before = compared(&measured, &references);
        let after = compared(&rendered(mix(), &proposal.settings).measured(), &references);
        let outside = |c: &Comparison| c.quantity("width").and_then(|q| Some(q.range.outside(q.value?))).expect("there is a side");
        assert!(outside(&before).abs() > 1.0, "{name}: nothing to do, {}", outside(&before));
        assert!(outside(&after).abs() < 0.05, "{name}: {} dB outside, was {}", outside(&after), outside(&before));
        for (was, is) in before.width.iter().zip(&after.width).filter(|(was, _)| (30.0..=16_000.0).contains(&was.hz)) {
            let (was_db, is_db) = (was.range.outside(was.side_mid_db), is.range.outside(is.side_mid_db));
            assert!(is_db.abs() <= was_db.abs() + NOISE_DB, "{name}, {} Hz: {was:?} {is:?}", was.hz);
        }
    }
}

/// One pole at 400 Hz takes the side out below it.
fn mono_bass() -> impl FnMut(usize, f64, f64) -> (f64, f64) {
    let mut low = 0.0;
    move |_, l, r| {
        let side = 0.5 * (l - r);
        low += 0.06 * (side - low);
        let (mid, side) = (0.5 * (l + r), side - low);
        (mid + side, mid - side)
    }
}

#[test]
fn bass_is_made_mono_where_all_references_are() {
    let references: Vec<Measurements> = [5, 11, 23].map(|seed| Song::new(20, seed, mono_bass()).measured()).into();
    let mix = Song::new(20, 3, clean).measured();
    let stereo = planned(&mix, &references, Amounts::default()).settings.stereo.expect("a move of width");
    assert!(stereo.side_bands.iter().any(|b| b.gain_db < 0.0) || stereo.mono_below_hz.is_some(), "{stereo:?}");
}

#[test]
fn bass_is_not_made_mono_where_that_takes_a_lower_octave_out_of_its_range() {
    // As wide as it is high in the lowest octave, in the references too; above it they are mono.
    fn with_wide_sub(mut shape: impl FnMut(usize, f64, f64) -> (f64, f64)) -> impl FnMut(usize, f64, f64) -> (f64, f64) {
        move |i, l, r| {
            let (l, r) = shape(i, l, r);
            let sub = 0.003 * (std::f64::consts::TAU * 25.0 * i as f64 / 44_100.0).sin();
            (l + sub, r)
        }
    }
    let narrow = |_: usize, l: f64, r: f64| (0.505 * l + 0.495 * r, 0.495 * l + 0.505 * r);
    let references: Vec<Measurements> = [5, 11, 23].map(|seed| Song::new(20, seed, with_wide_sub(narrow)).measured()).into();
    let mix = || Song::new(20, 3, with_wide_sub(clean));
    let measured = mix().measured();
    let proposal = planned(&measured, &references, Amounts { tone: 0.0, dynamics: 0.0, ..Amounts::default() });
    let [before, after] = [compared(&measured, &references), compared(&rendered(mix(), &proposal.settings).measured(), &references)];
    let outside = |c: &Comparison, hz: f64| c.width.iter().find(|b| b.hz == hz).map(|b| b.range.outside(b.side_mid_db)).expect("a band");
    let centre = |hz: f64| before.width.iter().find(|b| b.hz == hz).map(|b| b.range.centre).expect("a band");
    assert!(outside(&before, 63.0) > 3.0 && centre(31.5) > -25.0 && centre(50.0) < -30.0, "no such bass: {:?}", before.width);
    assert!(outside(&after, 31.5).abs() <= outside(&before, 31.5).abs() + NOISE_DB, "{:?}: {:?}", proposal.settings.stereo, after.width);
}

#[test]
fn bass_that_stands_in_the_side_is_not_taken_out_to_make_it_mono() {
    // As good as mono everywhere, so that all bass would be made mono.
    let narrow = |_: usize, l: f64, r: f64| (0.505 * l + 0.495 * r, 0.495 * l + 0.505 * r);
    let references: Vec<Measurements> = [5, 11, 23].map(|seed| Song::new(20, seed, narrow).measured()).into();
    // Below 150 Hz the right channel has the other polarity: what was the middle is the side.
    let turned = || {
        let mut low = 0.0;
        move |_: usize, l: f64, r: f64| {
            let mid = 0.5 * (l + r);
            low += 0.02 * (mid - low);
            (l, r - 2.0 * low)
        }
    };
    let mix = || Song::new(20, 3, turned());
    let measured = mix().measured();
    let proposal = planned(&measured, &references, Amounts { dynamics: 0.0, ..Amounts::default() });
    let [before, after] = [compared(&measured, &references), compared(&rendered(mix(), &proposal.settings).measured(), &references)];
    assert!(before.width.iter().any(|b| b.hz < 150.0 && b.range.outside(b.side_mid_db) > 3.0), "the bass is not wide: {:?}", before.width);
    for (was, is) in before.tone.iter().zip(&after.tone) {
        assert!(is.outside_db.abs() <= was.outside_db.abs() + NOISE_DB, "{} Hz: {was:?} {is:?}", was.hz);
    }
}

#[test]
fn a_livelier_mix_is_compressed_gently_and_a_denser_one_is_told() {
    // Every second a hit of 6 dB more, peaks with it.
    let lively = |i: usize, l: f64, r: f64| if i % 44_100 < 8_820 { (3.0 * l, 3.0 * r) } else { (l, r) };
    let dense = [5, 11, 23].map(|seed| Song::new(20, seed, clean).measured());
    let mix = Song::new(20, 3, lively).measured();
    let proposal = planned(&mix, &dense, Amounts { tone: 0.0, width: 0.0, ..Amounts::default() });
    let dynamics = proposal.settings.dynamics.expect("a compressor");
    assert!(dynamics.bands.iter().all(|b| (1.0..=2.0).contains(&b.ratio)), "{dynamics:?}");
    assert!(dynamics.bands.iter().any(|b| b.ratio > 1.05), "{dynamics:?}");
    let lively = [5, 11, 23].map(|seed| Song::new(20, seed, lively).measured());
    let proposal = planned(&Song::new(20, 3, clean).measured(), &lively, Amounts { tone: 0.0, width: 0.0, ..Amounts::default() });
    assert!(proposal.notes.iter().any(|n| n.contains("denser than the range")), "{:?}", proposal.notes);
    assert!(proposal.settings.dynamics.is_none_or(|d| d.bands.iter().all(|b| (0.8..=1.0).contains(&b.ratio))));
}

#[test]
fn a_mix_over_the_ceiling_is_turned_down_rather_than_pushed_below_the_range_of_peaks() {
    // Peaks of the mix lie 4 dB over full scale; references of its liveliness are as loud, or softer.
    let scaled = |db: f64| move |_: usize, l: f64, r: f64| (l * crate::units::db_to_gain(db), r * crate::units::db_to_gain(db));
    let peak_db = Song::new(20, 3, clean).measured().true_peak.max.level.dbtp();
    let references: Vec<Measurements> =
        [(5, 4.0), (11, -4.0), (23, -8.0)].map(|(seed, db)| Song::new(20, seed, scaled(db - peak_db)).measured()).into();
    let mix = Song::new(20, 3, scaled(4.0 - peak_db)).measured();
    let lively = compared(&mix, &references).quantity("plr").expect("there are peaks").range.low;
    // Something has to be done at all, or the mix is left alone.
    let proposal = planned(&Song::new(20, 3, scaled(6.0 - peak_db)).measured(), &references, Amounts::default());
    let loudness = proposal.moves.iter().find(|m| m.dimension == Dimension::Loudness).expect("a move of loudness");
    let expected = loudness.expectation.expected.expect("it is expected to come out somewhere");
    assert!(expected <= -1.0 - lively + 0.1, "{expected} LUFS under a ceiling of -1 dBTP leaves less than {lively} dB to the peaks");
    assert!(expected >= compared(&mix, &references).quantity("loudness").expect("it sounds").range.low, "softer than any reference");
}

#[test]
fn a_mix_inside_the_range_is_held_under_the_ceiling_and_flattened_by_no_more_than_the_limit() {
    let scaled = |db: f64| move |_: usize, l: f64, r: f64| (l * crate::units::db_to_gain(db), r * crate::units::db_to_gain(db));
    let peak_db = Song::new(20, 3, clean).measured().true_peak.max.level.dbtp();
    // As loud as the references, which all stand as far over the ceiling.
    let planned_at = |peak_dbtp: f64| {
        let references = [5, 11, 23].map(|seed| Song::new(20, seed, scaled(peak_dbtp - peak_db)).measured());
        let mix = Song::new(20, 3, scaled(peak_dbtp - peak_db)).measured();
        (planned(&mix, &references, Amounts::default()), mix.loudness.integrated.lufs())
    };
    let (under, _) = planned_at(-1.5);
    assert!(under.settings.changes_nothing(), "{:?}", under.moves);
    let (over, own) = planned_at(0.5);
    assert_eq!(over.settings.limiter.as_ref().map(|l| l.ceiling_dbtp), Some(-1.0), "{:?}", over.moves);
    assert!(over.settings.eq.is_empty() && over.settings.output_gain_db.abs() < 1.5, "{:?} at {own} LUFS", over.settings);
    let (far_over, _) = planned_at(20.0);
    assert!(far_over.settings.output_gain_db < -(20.0 + 1.0 - MOST_REDUCTION_DB) + 1.0, "{:?}", far_over.settings.output_gain_db);
}
