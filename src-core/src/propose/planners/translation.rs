//! Moves for playback systems: what serves the worst of them within what the reference match leaves open.
//!
//! A few broad curves are tried on the energy map, none of them rendered: each is heard on the system that keeps least of the mix, then on
//! all. What the match leaves open is, for references of the session, the standard deviation of the matched difference, and for other
//! records their range: a band may go no further from the reference than that. Scores are those of [`crate::compare::translation`].

use super::record_tone::Goal;
use super::response::{band_gains_db, gains};
use super::tone::{describe, reach_hz};
use super::{Part, Situation, combine};
use crate::chain::settings::{self, EqBand, EqKind};
use crate::chain::{Settings, part_response_db};
use crate::compare::matched::{MATCH_BANDS, match_bands_hz};
use crate::compare::translation::{Gains, Prepared};
use crate::models::system::System;
use crate::propose::{Dimension, Expectation, MatchMode, Move, Proposal, SystemScore, TranslationTrade};
use crate::units::number;
use rayon::prelude::*;

/// Largest gain of a move at full weight, dB: below what anyone would call another sound.
const MOST_DB: f64 = 1.5;

/// Most moves: each has to earn its place.
const MOST_MOVES: usize = 2;

/// Parts of the largest gain that are tried, the largest first, until one stays within what is open.
const PARTS: [f64; 3] = [1.0, 2.0 / 3.0, 1.0 / 3.0];

/// A gain below this is no move, dB.
const LEAST_DB: f64 = 0.25;

/// Fewer points than this are within the rounding of the parts of a score.
const LEAST_POINTS: f64 = 2.0;

/// No other system may lose more than this, points.
const MOST_LOST: f64 = 1.0;

/// With this much of 100 the worst system is served well enough.
const WELL_SERVED: f64 = 95.0;

/// How many of the curves that help the worst system are heard on all of them.
const MOST_HEARD: usize = 3;

/// The curves: one or two per region, none narrower than an octave and a half.
const CURVES: [(EqKind, f64, f64); 8] = [
    (EqKind::LowShelf, 60.0, 0.7),
    (EqKind::LowShelf, 180.0, 0.7),
    (EqKind::Bell, 125.0, 0.8),
    (EqKind::Bell, 315.0, 0.8),
    (EqKind::Bell, 1_000.0, 0.7),
    (EqKind::Bell, 3_150.0, 0.8),
    (EqKind::HighShelf, 2_500.0, 0.7),
    (EqKind::HighShelf, 8_000.0, 0.7),
];

/// The wish to serve playback systems beside the reference.
#[derive(Clone, Copy)]
pub struct Serve<'a> {
    /// How much, above 0 up to 1: scales the largest gain of a move.
    pub weight: f64,
    /// The mix, ready to be played.
    pub prepared: &'a Prepared<'a>,
    /// The systems.
    pub systems: &'a [System],
}

impl std::fmt::Debug for Serve<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Serve {{ weight: {}, systems: {} }}", self.weight, self.systems.len())
    }
}

/// EQ bands of the moves for playback systems; they come last.
pub fn translation_bands(proposal: &Proposal) -> &[EqBand] {
    let count = proposal.moves.iter().filter(|m| m.dimension == Dimension::Translation).count();
    let eq = &proposal.settings.eq;
    eq.get(eq.len().saturating_sub(count)..).unwrap_or(&[])
}

/// What EQ bands on left and right alike do to mid and side.
pub fn translation_gains(bands: &[EqBand], sample_rate: f64) -> Gains {
    let of = |part| band_gains_db(bands, part, sample_rate);
    Gains { mid_db: of(settings::Part::Mid), side_db: of(settings::Part::Side) }
}

/// Adds EQ bands to settings that hold tone and width already; the trade is none where nothing was added.
pub(super) fn plan(situation: &Situation<'_>, mode: MatchMode, settings: &mut Settings) -> (Part, Option<TranslationTrade>) {
    let mut part = Part::default();
    let Some(serve) = situation.serve.filter(|s| s.weight > 0.0 && !s.systems.is_empty()) else { return (part, None) };
    let search = Search { serve, open: Open::new(situation, mode, settings), settings, rate: f64::from(situation.mix.sample_rate) };
    let found = search.run();
    let Some(last) = found.steps.last() else {
        part.notes.push(found.why_not);
        return (part, None);
    };
    let bands: Vec<EqBand> = found.steps.iter().map(|s| s.band.clone()).collect();
    let systems = serve.systems.iter().zip(found.without.iter().zip(&last.scores));
    let trade = TranslationTrade {
        weight: serve.weight,
        match_without_db: search.open.distance_db(&[]),
        match_with_db: search.open.distance_db(&bands),
        systems: systems
            .map(|(s, (without, with))| SystemScore {
                system: s.name.clone(),
                place: s.place.clone(),
                before: None,
                without: *without,
                with: *with,
            })
            .collect(),
    };
    part.moves = found.steps.iter().enumerate().map(|(i, step)| explain(i, step, &found, &search, situation)).collect();
    for (mut band, a_move) in bands.into_iter().zip(&part.moves) {
        band.reason.clone_from(&a_move.why);
        band.confidence = a_move.confidence;
        settings.eq.push(band);
    }
    (part, Some(trade))
}

/// A move that was chosen, for one system, and what all systems keep with it and those before it.
struct Step {
    band: EqBand,
    system: usize,
    scores: Vec<f64>,
}

struct Found {
    without: Vec<f64>,
    steps: Vec<Step>,
    /// Why there are none.
    why_not: String,
}

struct Search<'a> {
    serve: Serve<'a>,
    open: Open<'a>,
    settings: &'a Settings,
    rate: f64,
}

impl Search<'_> {
    fn prepared(&self, added: &[EqBand]) -> Prepared<'_> {
        let mut settings = self.settings.clone();
        settings.eq.extend_from_slice(added);
        self.serve.prepared.under(&gains(&settings, self.rate))
    }

    fn scores(&self, added: &[EqBand]) -> Vec<f64> {
        self.prepared(added).on_all(self.serve.systems).iter().map(|s| s.score).collect()
    }

    fn run(&self) -> Found {
        let without = self.scores(&[]);
        let mut steps: Vec<Step> = Vec::new();
        let mut why_not = String::new();
        while steps.len() < MOST_MOVES {
            let now = steps.last().map_or(&without, |s| &s.scores);
            let Some((worst, score)) = lowest(now) else { break };
            let place = self.serve.systems.get(worst).map_or("", |s| s.place.as_str());
            let kept = format!("{} of 100 are kept {place}, where the mix loses most", number(score, 0));
            if score >= WELL_SERVED {
                why_not = format!("Translation: {kept}; left alone.");
                break;
            }
            let Some(step) = self.step(&steps, &without, worst, score) else {
                let open = match self.open {
                    Open::Session { .. } => "what the reference match leaves open",
                    Open::Record { .. } => "the range of the references",
                };
                why_not = format!("Translation: {kept}; no broad move within {open} brings more without taking from other systems.");
                break;
            };
            steps.push(step);
        }
        Found { without, steps, why_not }
    }

    /// The curve that brings the worst system most, without harm to the others.
    fn step(&self, steps: &[Step], without: &[f64], worst: usize, score: f64) -> Option<Step> {
        let system = self.serve.systems.get(worst)?;
        let chosen: Vec<EqBand> = steps.iter().map(|s| s.band.clone()).collect();
        let with = |band: &EqBand| -> Vec<EqBand> { chosen.iter().chain([band]).cloned().collect() };
        let fresh = |band: &EqBand| chosen.iter().all(|c| (c.kind, c.freq_hz) != (band.kind, band.freq_hz));
        let signs = CURVES.iter().flat_map(|curve| [1.0, -1.0].map(|sign| (*curve, sign)));
        let fitting: Vec<EqBand> = signs
            .filter(|((_, hz, _), _)| *hz < 0.4 * self.rate)
            .filter_map(|(curve, sign)| {
                let gains = PARTS.map(|part| sign * part * MOST_DB * self.serve.weight);
                let bands = gains.into_iter().filter(|gain| gain.abs() >= LEAST_DB).map(|gain| band(curve, gain));
                bands.filter(&fresh).find(|band| self.open.allows(&with(band)))
            })
            .collect();
        let mut helpful: Vec<(f64, EqBand)> = fitting
            .into_par_iter()
            .map(|band| (self.prepared(&with(&band)).on(system).score, band))
            .filter(|(after, _)| *after >= score + LEAST_POINTS)
            .collect();
        helpful.sort_by(|a, b| b.0.total_cmp(&a.0));
        helpful.into_iter().take(MOST_HEARD).find_map(|(_, band)| {
            let scores = self.scores(&with(&band));
            let harmless = scores.iter().zip(without).all(|(after, before)| *after >= before - MOST_LOST);
            let raised = scores.iter().all(|after| *after >= score);
            (harmless && raised).then_some(Step { band, system: worst, scores })
        })
    }
}

/// The lowest score and whose it is; the first of equals.
fn lowest(scores: &[f64]) -> Option<(usize, f64)> {
    scores.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1))
}

fn band((kind, freq_hz, q): (EqKind, f64, f64), gain_db: f64) -> EqBand {
    EqBand { kind, part: settings::Part::Stereo, freq_hz, gain_db, q, reason: String::new(), confidence: 1.0 }
}

/// What the reference match leaves open, seen from where its own moves bring the mix.
enum Open<'a> {
    /// References of the session: what is missing to them per band and how sure that is, dB.
    Session { hz: Vec<f64>, missing_db: Vec<f64>, sd_db: Vec<f64>, rate: f64 },
    /// Other records: their ranges, and the bands that the match has set already.
    Record { goal: Box<Goal>, set: Vec<EqBand>, rate: f64, against: &'a str },
}

impl<'a> Open<'a> {
    fn new(situation: &'a Situation<'_>, mode: MatchMode, settings: &Settings) -> Self {
        let rate = f64::from(situation.mix.sample_rate);
        match mode {
            MatchMode::SameSession => {
                let found: Vec<_> = situation.session().map(|(_, m)| m).collect();
                let usable: Vec<usize> = (0..MATCH_BANDS).filter(|b| match_bands_hz()[*b] < 0.45 * rate).collect();
                let known = |b: usize| combine(found.iter().map(|m| (m.correction_db[b], m.sd_db[b]))).unwrap_or((0.0, 0.0));
                let done = |b: usize| part_response_db(&settings.eq, settings::Part::Mid, match_bands_hz()[b], rate);
                Self::Session {
                    hz: usable.iter().map(|b| match_bands_hz()[*b]).collect(),
                    missing_db: usable.iter().map(|b| known(*b).0 - done(*b)).collect(),
                    sd_db: usable.iter().map(|b| known(*b).1).collect(),
                    rate,
                }
            }
            MatchMode::OtherRecord => {
                let bare = Settings { eq: Vec::new(), ..settings.clone() };
                let goal = Box::new(Goal::new(situation).after(&bare, rate));
                Self::Record { goal, set: settings.eq.clone(), rate, against: &situation.comparison.against }
            }
        }
    }

    /// Whether added bands keep every third octave within what is open.
    fn allows(&self, added: &[EqBand]) -> bool {
        match self {
            Self::Session { sd_db, .. } => {
                let (before, after) = (self.missing_db(&[]), self.missing_db(added));
                before.iter().zip(&after).zip(sd_db).all(|((was, is), sd)| is.abs() <= was.abs() + sd)
            }
            Self::Record { goal, set, rate, .. } => goal.keeps(set, &[set.as_slice(), added].concat(), *rate),
        }
    }

    /// Tone distance to the reference with added bands, dB: RMS of what is missing, or of what lies outside the range.
    fn distance_db(&self, added: &[EqBand]) -> f64 {
        let values = match self {
            Self::Session { .. } => self.missing_db(added),
            Self::Record { goal, set, rate, .. } => goal.outside_db(&[set.as_slice(), added].concat(), *rate),
        };
        (values.iter().map(|v| v * v).sum::<f64>() / values.len().max(1) as f64).sqrt()
    }

    /// What is missing per band to references of the session, about its mean.
    fn missing_db(&self, added: &[EqBand]) -> Vec<f64> {
        let Self::Session { hz, missing_db, rate, .. } = self else { return Vec::new() };
        let of = |(hz, db): (&f64, &f64)| db - part_response_db(added, settings::Part::Mid, *hz, *rate);
        let left: Vec<f64> = hz.iter().zip(missing_db).map(of).collect();
        let mean = left.iter().sum::<f64>() / left.len().max(1) as f64;
        left.iter().map(|db| db - mean).collect()
    }

    /// What the distance is measured to.
    fn to(&self) -> String {
        match self {
            Self::Session { .. } => "tone distance to the reference".into(),
            Self::Record { against, .. } => format!("tone outside the range of {against}"),
        }
    }
}

fn explain(index: usize, step: &Step, found: &Found, search: &Search<'_>, situation: &Situation<'_>) -> Move {
    let reach = reach_hz(&step.band);
    let place = search.serve.systems.get(step.system).map_or("", |s| s.place.as_str());
    let before_all = index.checked_sub(1).and_then(|i| found.steps.get(i)).map_or(&found.without, |s| &s.scores);
    let of = |scores: &[f64]| scores.get(step.system).copied().unwrap_or(f64::NAN);
    let (before, after) = (of(before_all), of(&step.scores));
    let bands = |count: usize| -> Vec<EqBand> { found.steps.iter().take(count).map(|s| s.band.clone()).collect() };
    let distance = |count: usize| number(search.open.distance_db(&bands(count)), 2);
    Move {
        id: format!("translation-{}", index + 1),
        dimension: Dimension::Translation,
        what: describe(&step.band),
        why: format!(
            "serves listeners {place}: {} \u{2192} {} of 100; {} {} \u{2192} {} dB",
            number(before, 0),
            number(after, 0),
            search.open.to(),
            distance(index),
            distance(index + 1)
        ),
        band_hz: Some(reach),
        answers: situation.answered("translation.", reach),
        expectation: Expectation {
            quantity: SystemScore::quantity(place),
            before: Some(before),
            expected: Some(after),
            target: Some(100.0),
            unit: "of 100".into(),
        },
        confidence: 0.5,
    }
}
