//! What became of each move, and what is to be taken back.

use super::residual::{WIDTH_HZ, rms, width_db};
use super::{MoveOutcome, Outcome, translation};
use crate::compare::matched::{MatchedDifference, match_bands_hz};
use crate::compare::{Comparison, Range, SUMMED_BANDS, level_spread_db};
use crate::diagnose::{Finding, Status};
use crate::measure::Measurements;
use crate::propose::planners::{LOUDNESS_RANGE, PEAK_TO_LOUDNESS};
use crate::propose::{Amounts, Dimension, MatchMode, Move, Proposal, TranslationTrade};
use crate::units::number;

/// A file as it was, or as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// Its measurements.
    pub measurements: &'a Measurements,
    /// Against the references.
    pub comparison: &'a Comparison,
    /// Against references of the same session, in their order.
    pub matched: &'a [Option<MatchedDifference>],
    /// What was found.
    pub findings: &'a [Finding],
}

/// The judgement of a render.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// One outcome per move, in order.
    pub moves: Vec<MoveOutcome>,
    /// Codes of findings that are gone.
    pub mended: Vec<String>,
    /// Codes of findings that are new.
    pub new_findings: Vec<String>,
    /// Amounts to try next, where something did not help or made something worse; none if all is well.
    pub retry: Option<Amounts>,
    /// Why, in words.
    pub retry_reason: String,
    /// Why the moves for playback systems have to go, if they do; they go before anything else is taken back.
    pub spoiled: Option<String>,
}

/// A difference that measuring cannot tell from nothing, dB.
const TOLERANCE_DB: f64 = 0.2;

/// The same at the ends of the spectrum, where there is little sound to measure, and for the width of a band, dB.
const UNHEARD_TOLERANCE_DB: f64 = 0.6;
const WIDTH_TOLERANCE_DB: f64 = 0.5;

/// The same for loudness range and the spread of levels, which hang on a few passages, dB.
const LEVELS_TOLERANCE_DB: f64 = 0.4;

/// From this gain on the limiter may work hard enough to even out levels, dB.
const LIMITING_GAIN_DB: f64 = 0.5;

/// Bands in which music is heard, Hz.
const HEARD_HZ: std::ops::RangeInclusive<f64> = 30.0..=17_000.0;

/// Faults that no reference excuses.
const HARD_FAULTS: [&str; 3] = ["stereo.mono_loss", "stereo.inverted", "stereo.dead_channel"];

/// Holds a render against its proposal; `trade` is what the moves for playback systems brought in it.
pub fn judge(proposal: &Proposal, before: Before<'_>, after: Before<'_>, trade: Option<&TranslationTrade>) -> Judged {
    let what_became = |m: &Move| match m.dimension {
        Dimension::Translation => translation::served(m, trade),
        _ => outcome(m, proposal.mode, before, after),
    };
    let moves: Vec<MoveOutcome> = proposal.moves.iter().map(what_became).collect();
    let new_findings = codes_missing_in(after.findings, before.findings);
    let mut amounts = proposal.amounts;
    let mut reasons = Vec::new();
    let tone = (tone_distance(proposal.mode, before), tone_distance(proposal.mode, after));
    if amounts.tone > 0.0 && tone.1 > tone.0 + TOLERANCE_DB {
        reasons.push(format!("tone came out further away ({} dB, was {} dB)", number(tone.1, 1), number(tone.0, 1)));
        amounts.tone = lower(amounts.tone);
    }
    for (prefix, amount, dimension) in [("tonal.", &mut amounts.tone, Dimension::Tone), ("stereo.", &mut amounts.width, Dimension::Width)] {
        // Like passages of the own session are the stronger witness of tone and width. For other records the ranges themselves are held below,
        // band by band; a finding of tone also weighs the neutral mean, from which the references may differ.
        let shown = |code: &str| proposal.mode == MatchMode::OtherRecord && !code.starts_with("tonal.");
        let counts = |code: &&String| shown(code.as_str()) || HARD_FAULTS.contains(&code.as_str());
        let caused: Vec<&str> = new_findings.iter().filter(|c| c.starts_with(prefix)).filter(counts).map(String::as_str).collect();
        if !caused.is_empty() && proposal.moves.iter().any(|m| m.dimension == dimension) {
            reasons.push(format!("{} was new in the result", caused.join(", ")));
            *amount = lower(*amount);
        }
    }
    for (a_move, outcome) in proposal.moves.iter().zip(&moves).filter(|(m, _)| m.dimension == Dimension::Dynamics) {
        let distance = |v: Option<f64>| Some((v? - a_move.expectation.target?).abs());
        if let (Some(was), Some(is)) = (distance(a_move.expectation.before), distance(outcome.measured))
            && is > was + TOLERANCE_DB
        {
            reasons.push("dynamics came out further away".into());
            amounts.dynamics = lower(amounts.dynamics);
        }
    }
    if proposal.mode == MatchMode::OtherRecord {
        for (quantity, amount) in pushed_out(proposal, before.comparison, after.comparison) {
            let amount = match amount {
                Dimension::Tone | Dimension::Translation => &mut amounts.tone,
                Dimension::Dynamics => &mut amounts.dynamics,
                Dimension::Width => &mut amounts.width,
                Dimension::Loudness => &mut amounts.loudness,
            };
            reasons.push(format!("{quantity} was moved away from its range"));
            *amount = lower(*amount);
        }
    }
    // What made something worse may have been they, and what came before them stood the test of the reference.
    let caused = |_: &&TranslationTrade| amounts != proposal.amounts;
    let spoiled = proposal.translation.as_ref().zip(trade).and_then(|(planned, measured)| translation::spoiled(planned, measured));
    let spoiled = spoiled.or_else(|| proposal.translation.as_ref().filter(caused).map(|_| reasons.join("; ")));
    Judged {
        spoiled,
        retry: (amounts != proposal.amounts).then_some(amounts),
        retry_reason: reasons.join("; "),
        mended: codes_missing_in(before.findings, after.findings),
        new_findings,
        moves,
    }
}

/// Quantities that lie further outside their range than before, each with the dimension that is taken back for it: the first that has a
/// move and can have done it. One quantity per dimension is enough.
fn pushed_out(proposal: &Proposal, before: &Comparison, after: &Comparison) -> Vec<(String, Dimension)> {
    use Dimension::{Dynamics, Loudness, Tone, Width};
    let same = |of: Dimension, d: Dimension| of == d || (of == Dimension::Translation && d == Tone);
    let moved = |d: &&Dimension| proposal.moves.iter().any(|m| same(m.dimension, **d));
    let mut out: Vec<(String, Dimension)> = Vec::new();
    let mut note = |what: String, suspects: &[Dimension]| {
        if let Some(guilty) = suspects.iter().find(moved)
            && out.iter().all(|(_, d)| d != guilty)
        {
            out.push((what, *guilty));
        }
    };
    // Only an expander widens levels, only a compressor narrows them; what else does so is the equaliser's weight on loud passages.
    let expands = proposal.settings.dynamics.as_ref().is_some_and(|d| d.bands.iter().any(|b| b.ratio < 1.0));
    let louder = proposal.settings.output_gain_db > LIMITING_GAIN_DB;
    for quantity in &before.quantities {
        let outside = |c: &Comparison| Some(c.quantity(&quantity.id)?).and_then(|q| Some(q.range.outside(q.value?)));
        let (Some(was), Some(is)) = (outside(before), outside(after)) else { continue };
        let (suspects, tolerance): (&[Dimension], f64) = match quantity.id.as_str() {
            "loudness" => (&[Loudness], TOLERANCE_DB),
            "plr" => (&[Dynamics, Loudness, Tone], TOLERANCE_DB),
            "loudness_range" | "level_spread" if (is > 0.0) == expands => (&[Dynamics, Tone], LEVELS_TOLERANCE_DB),
            "loudness_range" | "level_spread" if is < 0.0 && louder => (&[Dynamics, Loudness, Tone], LEVELS_TOLERANCE_DB),
            "loudness_range" | "level_spread" if is < 0.0 => (&[Dynamics, Tone], LEVELS_TOLERANCE_DB),
            "loudness_range" | "level_spread" => (&[Tone], LEVELS_TOLERANCE_DB),
            "width" => (&[Width, Dynamics, Loudness], TOLERANCE_DB),
            "rumble" => (&[Tone, Dynamics, Width, Loudness], UNHEARD_TOLERANCE_DB),
            _ => (&[Tone, Dynamics, Width, Loudness], TOLERANCE_DB),
        };
        if further(was, is, tolerance) {
            note(quantity.label.clone(), suspects);
        }
    }
    let tone = before.tone.iter().find(|b| {
        let tolerance = if HEARD_HZ.contains(&b.hz) { TOLERANCE_DB } else { UNHEARD_TOLERANCE_DB };
        after.tone.iter().any(|a| a.hz == b.hz && further(b.outside_db, a.outside_db, tolerance))
    });
    if let Some(band) = tone {
        // Width moves tone, which counts the side too; a limiter moves it where loud passages sound otherwise than soft ones.
        note(format!("the band at {} Hz", number(band.hz, 0)), &[Tone, Dynamics, Width, Loudness]);
    }
    let width = before.width.iter().filter(|b| HEARD_HZ.contains(&b.hz)).find(|b| {
        let was = b.range.outside(b.side_mid_db);
        after.width.iter().any(|a| a.hz == b.hz && further(was, b.range.outside(a.side_mid_db), WIDTH_TOLERANCE_DB))
    });
    if let Some(band) = width {
        note(format!("the width at {} Hz", number(band.hz, 0)), &[Width, Dynamics, Loudness]);
    }
    out
}

/// Whether a value lies further outside than it was, or outside on the other side.
fn further(was: f64, is: f64, tolerance: f64) -> bool {
    if was * is < 0.0 { is.abs() > tolerance } else { is.abs() > was.abs() + tolerance }
}

/// How much of the way from before to after tone and width may go without taking any band, or a sum of bands, further out of its range than it
/// was, 0 to 1: levels in dB change nearly in proportion to the moves.
pub fn harmless_share(before: &Comparison, after: &Comparison) -> f64 {
    /// What is tried, from the most.
    const STEPS: u32 = 20;
    /// Part of the tolerances that is used: the proportion is not exact.
    const PRUDENCE: f64 = 0.6;
    let mut ways: Vec<(Range, f64, f64, f64)> = Vec::new();
    for (b, a) in before.tone.iter().filter_map(|b| Some((b, after.tone.iter().find(|a| a.hz == b.hz)?))) {
        ways.push((b.range, b.level_db, a.level_db, if HEARD_HZ.contains(&b.hz) { TOLERANCE_DB } else { UNHEARD_TOLERANCE_DB }));
    }
    for (b, a) in before.width.iter().filter_map(|b| Some((b, after.width.iter().find(|a| a.hz == b.hz)?))) {
        if HEARD_HZ.contains(&b.hz) {
            ways.push((b.range, b.side_mid_db, a.side_mid_db, WIDTH_TOLERANCE_DB));
        }
    }
    for id in SUMMED_BANDS.map(|(id, _)| id).into_iter().chain(["width"]) {
        let value = |c: &Comparison| c.quantity(id).and_then(|q| Some((q.range, q.value?)));
        if let (Some((range, b)), Some((_, a))) = (value(before), value(after)) {
            ways.push((range, b, a, TOLERANCE_DB));
        }
    }
    let harmless = |share: f64| {
        ways.iter().all(|(range, b, a, tolerance)| !further(range.outside(*b), range.outside(b + share * (a - b)), PRUDENCE * tolerance))
    };
    let mut shares = (0..=STEPS).rev().map(|step| f64::from(step) / f64::from(STEPS));
    shares.find(|share| harmless(*share)).unwrap_or(0.0)
}

/// The next amount to try where one did harm: half, a quarter, and then nothing.
pub fn lower(amount: f64) -> f64 {
    if amount > 0.3 { amount / 2.0 } else { 0.0 }
}

/// Codes at warn or above in `these` that do not stand in `those`.
fn codes_missing_in(these: &[Finding], those: &[Finding]) -> Vec<String> {
    let weighty = |f: &&Finding| f.status >= Status::Warn;
    let mut out: Vec<String> =
        these.iter().filter(weighty).filter(|f| those.iter().filter(weighty).all(|o| o.code != f.code)).map(|f| f.code.clone()).collect();
    out.dedup();
    out
}

/// Distance of the tone from where it should be, dB.
pub(super) fn tone_distance(mode: MatchMode, of: Before<'_>) -> f64 {
    match mode {
        MatchMode::SameSession => {
            let found: Vec<f64> = of.matched.iter().flatten().map(|m| rms(&m.correction_db)).collect();
            found.iter().sum::<f64>() / found.len().max(1) as f64
        }
        MatchMode::OtherRecord => {
            let tone = &of.comparison.tone;
            (tone.iter().map(|b| b.outside_db.powi(2)).sum::<f64>() / tone.len().max(1) as f64).sqrt()
        }
    }
}

fn outcome(a_move: &Move, mode: MatchMode, before: Before<'_>, after: Before<'_>) -> MoveOutcome {
    let measured = match a_move.dimension {
        Dimension::Tone => excess_db(a_move, mode, after),
        Dimension::Width => width_db(after.measurements, a_move.band_hz.unwrap_or(WIDTH_HZ)),
        Dimension::Loudness => Some(after.measurements.loudness.integrated.lufs()).filter(|l| l.is_finite()),
        Dimension::Dynamics if a_move.expectation.quantity == LOUDNESS_RANGE => Some(after.measurements.loudness.range.lu()),
        Dimension::Dynamics if a_move.expectation.quantity == PEAK_TO_LOUDNESS => after.comparison.quantity("plr").and_then(|q| q.value),
        Dimension::Dynamics => level_spread_db(after.measurements),
        Dimension::Translation => None,
    };
    // Expectation and outcome by the same ruler: the value before is measured again the way the value after is.
    let was = if a_move.dimension == Dimension::Tone { excess_db(a_move, mode, before) } else { a_move.expectation.before };
    let mut expectation = a_move.expectation.clone();
    expectation.before = was;
    let reason = match (was, measured) {
        (Some(was), Some(now)) => {
            let unit = &expectation.unit;
            let expected = expectation.expected.map(|e| format!(", expected {} {unit}", number(e, 1))).unwrap_or_default();
            format!("{} was {} {unit}, is {} {unit}{expected}", expectation.quantity, number(was, 1), number(now, 1))
        }
        _ => "not measurable in the result".into(),
    };
    MoveOutcome { id: a_move.id.clone(), what: a_move.what.clone(), outcome: Outcome::Kept, kept: 1.0, expectation, measured, reason }
}

/// Mean excess over the frequencies that a tonal move works on, dB.
fn excess_db(a_move: &Move, mode: MatchMode, of: Before<'_>) -> Option<f64> {
    let [low, high] = a_move.band_hz?;
    let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    match mode {
        MatchMode::SameSession => {
            let bands: Vec<usize> = (0..match_bands_hz().len()).filter(|b| (low..=high).contains(&match_bands_hz()[*b])).collect();
            let found: Vec<f64> = of.matched.iter().flatten().flat_map(|m| bands.iter().map(|b| -m.correction_db[*b])).collect();
            mean(found)
        }
        MatchMode::OtherRecord => mean(of.comparison.tone.iter().filter(|b| (low..=high).contains(&b.hz)).map(|b| b.outside_db).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Settings;
    use crate::compare::{BandTone, BandWidth};
    use crate::propose::Expectation;

    const RANGE: Range = Range { centre: 0.0, low: -3.0, high: 3.0 };

    /// A proposal with one move in each of the dimensions.
    fn proposal(dimensions: &[Dimension]) -> Proposal {
        let a_move = |dimension: &Dimension| Move {
            id: format!("{dimension:?}"),
            dimension: *dimension,
            what: String::new(),
            why: String::new(),
            band_hz: None,
            answers: Vec::new(),
            expectation: Expectation { quantity: String::new(), before: None, expected: None, target: None, unit: String::new() },
            confidence: 1.0,
        };
        Proposal {
            translation: None,
            mode: MatchMode::OtherRecord,
            mode_reason: String::new(),
            amounts: Amounts::default(),
            settings: Settings::default(),
            moves: dimensions.iter().map(a_move).collect(),
            notes: Vec::new(),
        }
    }

    fn comparison(tone_db: f64, side_mid_db: f64) -> Comparison {
        let tone = BandTone { hz: 1_000.0, level_db: tone_db, range: RANGE, difference_db: tone_db, outside_db: RANGE.outside(tone_db) };
        let width = BandWidth { hz: 1_000.0, side_mid_db, range: RANGE };
        Comparison { tone: vec![tone], width: vec![width], ..Comparison::default() }
    }

    fn blamed(dimensions: &[Dimension], before: &Comparison, after: &Comparison) -> Vec<Dimension> {
        pushed_out(&proposal(dimensions), before, after).into_iter().map(|(_, dimension)| dimension).collect()
    }

    #[test]
    fn the_nearest_cause_that_moved_answers_for_a_value_that_went_away() {
        use Dimension::{Dynamics, Loudness, Tone, Width};
        let inside = comparison(0.0, 0.0);
        let (toned, widened) = (comparison(4.0, 0.0), comparison(0.0, 4.0));
        assert_eq!(blamed(&[Tone, Dynamics, Width, Loudness], &inside, &toned), [Tone]);
        assert_eq!(blamed(&[Width, Loudness], &inside, &toned), [Width]);
        assert_eq!(blamed(&[Loudness, Tone, Width], &inside, &widened), [Width]);
        assert_eq!(blamed(&[Loudness, Tone], &inside, &widened), [Loudness], "a limiter can do it");
        assert_eq!(blamed(&[Tone], &inside, &widened), [], "an equaliser on both sides cannot");
    }

    #[test]
    fn as_much_is_kept_as_does_no_harm() {
        let inside = comparison(0.0, 0.0);
        assert_eq!(harmless_share(&inside, &comparison(2.9, -2.9)), 1.0, "all of it stays inside");
        // The range ends at 3 dB; 60 % of the tolerance of 0.2 dB may be used.
        assert_eq!(harmless_share(&inside, &comparison(6.0, 0.0)), 0.5);
        assert!(harmless_share(&inside, &comparison(0.0, 6.0)) >= 0.5);
        assert_eq!(harmless_share(&comparison(6.0, 0.0), &comparison(12.0, 0.0)), 0.0, "further away from the start on");
        assert_eq!(harmless_share(&comparison(6.0, 0.0), &comparison(0.0, 0.0)), 1.0, "nearer all the way");
    }

    #[test]
    fn coming_nearer_is_no_harm_and_going_over_to_the_other_side_is() {
        let (above, nearer, over) = (comparison(6.0, 0.0), comparison(3.5, 0.0), comparison(-3.5, 0.0));
        assert_eq!(blamed(&[Dimension::Tone], &above, &nearer), []);
        assert_eq!(blamed(&[Dimension::Tone], &above, &over), [Dimension::Tone]);
        assert_eq!(blamed(&[Dimension::Tone], &nearer, &above), [Dimension::Tone]);
    }
}
