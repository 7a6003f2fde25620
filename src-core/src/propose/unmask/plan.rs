//! Finds the moves by trying them on the maps of the stems.

use super::StemMove;
use crate::chain::Settings;
use crate::chain::part_response_db;
use crate::chain::settings::{EqBand, EqKind, Part};
use crate::measure::stem_map::{BANDS, centres_hz};
use crate::stems::{Band, CRITICAL, OCTAVES_HZ, Pair, Place, Placed, Role, Scene, StemFacts, plausible_most_lu};
use crate::units::{db_to_power, number};

/// A covered stem is brought back once this share of it is left: as far above critical as a clear voice needs to be followed,
/// and the ratio that good mixes leave their stems as a rule.
const GOAL: f64 = 0.25;
/// Moves that fall short of that are kept if they leave more than the critical share, or this many times what there was.
const TIMES: f64 = 3.0;
/// How far beyond its goal a prediction must reach, because rendering and a sum of coherent stems differ from the maps.
const MARGIN: f64 = 1.15;
/// A ratio below this counts as this when it is multiplied: three times nothing is nothing.
const LEAST_BEFORE: f64 = 0.02;
/// Q of the bells: an octave and a half.
const Q: f64 = 1.0;
/// Moves are made in steps of this, dB.
const STEP_DB: f64 = 0.5;
/// A move that raises the ratio by less than this factor is not worth its side effects.
const LEAST_EFFECT: f64 = 1.03;
/// Places worked on at most: past that the arrangement is the matter, not the mix.
const MOST_PLACES: usize = 12;

/// How far moves may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Most gain of a band, up or down, dB.
    pub band_db: f64,
    /// Most that any fader moves, dB; a stem that stands above what is plausible for it may be turned down by that much more.
    pub fader_db: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { band_db: 3.0, fader_db: 3.0 }
    }
}

/// What is to be done.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Moves to carry out.
    pub moves: Vec<StemMove>,
    /// Moves that were tried and dropped.
    pub dropped: Vec<StemMove>,
    /// Settings per stem, in the order of the scene; the default for stems left alone.
    pub settings: Vec<Settings>,
    /// Place per stem, −1 (left) to 1 (right); 0 for stems left where they are.
    pub pan: Vec<f64>,
    /// What stays covered, and why.
    pub beyond: Vec<String>,
}

impl Plan {
    /// Whether anything is done to a stem.
    pub fn changes(&self, stem: usize) -> bool {
        self.settings.get(stem).is_some_and(|s| !s.changes_nothing()) || self.pan.get(stem).is_some_and(|p| *p != 0.0)
    }
}

/// Where a move works.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Fader,
    Bell(usize, Part),
}

/// A move under trial.
#[derive(Clone, Debug)]
struct Trial {
    stem: usize,
    kind: Kind,
    gain_db: f64,
    why: String,
}

/// A place to bring back.
pub(super) struct Target {
    pub place: Place,
    pub before: f64,
    pub goal: f64,
    pub maskers: Vec<usize>,
}

/// Plans the moves for the critical pairs of a scene. Deterministic; the same scene gives the same plan.
pub fn plan(scene: &Scene<'_>, facts: &[StemFacts], pairs: &[Pair], limits: Limits, sample_rate: u32) -> Plan {
    let pan = vec![0.0; facts.len()];
    let mut planner =
        Planner { scene, facts, limits, rate: f64::from(sample_rate), trials: Vec::new(), dropped: Vec::new(), pan, apart: Vec::new() };
    let targets = planner.targets(pairs);
    let critical_before = planner.critical(&planner.gains(&[]));
    for target in targets.iter().take(MOST_PLACES) {
        let before = planner.trials.clone();
        planner.bring_back(target);
        planner.give_up_on(target, before);
    }
    planner.prune(&targets);
    planner.spare_the_others(&critical_before);
    for target in targets.iter().take(MOST_PLACES) {
        planner.pan_apart(target);
    }
    planner.finish(&targets)
}

pub(super) struct Planner<'a, 'm> {
    pub scene: &'a Scene<'m>,
    pub facts: &'a [StemFacts],
    limits: Limits,
    rate: f64,
    trials: Vec<Trial>,
    pub dropped: Vec<StemMove>,
    /// Place of every stem, and why.
    pub pan: Vec<f64>,
    pub apart: Vec<StemMove>,
}

impl Planner<'_, '_> {
    fn targets(&self, pairs: &[Pair]) -> Vec<Target> {
        let index = |name: &str| self.facts.iter().position(|f| f.name == name);
        let mut targets: Vec<Target> = Vec::new();
        for pair in pairs.iter().filter(|p| p.critical) {
            let (Some(masker), Some(stem)) = (index(&pair.masker), index(&pair.maskee)) else { continue };
            let octave = OCTAVES_HZ.iter().position(|hz| (pair.band_hz[0]..pair.band_hz[1]).contains(hz)).unwrap_or(0);
            let place = Place { stem, octave };
            match targets.iter_mut().find(|t| t.place == place) {
                Some(target) => target.maskers.push(masker),
                None => {
                    targets.push(Target { place, before: pair.ratio, goal: GOAL * MARGIN, maskers: vec![masker] });
                }
            }
        }
        // First what a listener would miss most.
        let missed: Vec<f64> = targets.iter().map(|t| self.scene.missed_sones(t.place)).collect();
        let mut order: Vec<usize> = (0..targets.len()).collect();
        order.sort_by(|a, b| missed[*b].total_cmp(&missed[*a]));
        let mut ordered: Vec<Option<Target>> = targets.into_iter().map(Some).collect();
        order.into_iter().filter_map(|i| ordered.get_mut(i).and_then(Option::take)).collect()
    }

    /// Tries, in this order and only as far as needed: a cut on the masker, its fader, a lift of the covered stem, its fader.
    fn bring_back(&mut self, target: &Target) {
        let name = |i: usize| self.facts.get(i).map_or("", |f| without_ending(&f.name)).to_owned();
        let maskee = name(target.place.stem);
        let octave = target.place.octave;
        let hz = frequency(OCTAVES_HZ.get(octave).copied().unwrap_or(1000.0));
        for &masker in &target.maskers {
            let why = format!("makes room for {maskee} at {hz}");
            let part = self.part_to_cut(masker, target.place);
            self.extend(target, masker, Kind::Bell(octave, part), -self.limits.band_db, why);
        }
        for &masker in &target.maskers {
            let (most, why) = self.fader_room(masker, &maskee);
            self.extend(target, masker, Kind::Fader, -most, why);
        }
        let why = format!("brings {maskee} out at {hz}");
        self.extend(target, target.place.stem, Kind::Bell(octave, Part::Stereo), self.limits.band_db, why);
        let why = format!("{} is covered even in its strongest moments", maskee);
        self.extend(target, target.place.stem, Kind::Fader, self.limits.fader_db, why);
    }

    /// Only the middle of a wide stem is cut for one that stands there: the sides are no cover and keep their sound.
    fn part_to_cut(&self, masker: usize, place: Place) -> Part {
        /// So much of the power makes a stem wide, and no more than so much leaves it in the middle.
        const WIDE: f64 = 0.2;
        const MIDDLE: f64 = 0.1;
        let wide = self.scene.side_share(Place { stem: masker, ..place }) >= WIDE;
        if wide && self.scene.side_share(place) <= MIDDLE { Part::Mid } else { Part::Stereo }
    }

    /// Takes the moves back that were made for a place which they do not bring back: the mix should not pay for nothing.
    fn give_up_on(&mut self, target: &Target, before: Vec<Trial>) {
        let reached = self.ratio(target.place, &self.gains(&self.trials));
        if reached >= CRITICAL || reached >= TIMES * target.before.max(LEAST_BEFORE) {
            return;
        }
        let made = std::mem::replace(&mut self.trials, before);
        let name = self.facts.get(target.place.stem).map_or("", |f| without_ending(&f.name)).to_owned();
        for trial in
            made.iter().filter(|t| !self.trials.iter().any(|old| old.stem == t.stem && old.kind == t.kind && old.gain_db == t.gain_db))
        {
            let percent = number(100.0 * reached, 0);
            let told = self.told(trial, format!("{name} would still keep no more than {percent}\u{a0}% of its loudness"));
            self.dropped.push(told);
        }
    }

    /// How far a stem may be turned down, and the reason.
    fn fader_room(&self, stem: usize, maskee: &str) -> (f64, String) {
        let fact = self.facts.get(stem);
        // A lead is not sent back for the sake of its accompaniment, unless it stands too loud itself.
        let leads = fact.is_some_and(|f| matches!(f.role, Role::Vocals | Role::Lead));
        let base_db = if leads { 0.0 } else { self.limits.fader_db };
        let over = fact.and_then(|f| Some(f.level_lu? - plausible_most_lu(f.role))).unwrap_or(0.0);
        let name = fact.map_or("", |f| without_ending(&f.name));
        if over > 0.0 {
            let why = format!("{name} stands {}\u{a0}LU above the loudest that is usual for it and covers {maskee}", number(over, 1));
            (base_db + over, why)
        } else {
            (base_db, format!("{name} covers {maskee} by its level"))
        }
    }

    /// Adds or lengthens a move until the target is reached or the move is at its end; forgets it if it does nothing.
    fn extend(&mut self, target: &Target, stem: usize, kind: Kind, most_db: f64, why: String) {
        let ratio = |planner: &Self| planner.ratio(target.place, &planner.gains(&planner.trials));
        let start = ratio(self);
        if start >= target.goal {
            return;
        }
        let at = match self.trials.iter().position(|t| t.stem == stem && t.kind == kind) {
            Some(at) => at,
            None => {
                self.trials.push(Trial { stem, kind, gain_db: 0.0, why });
                self.trials.len() - 1
            }
        };
        let old_db = self.trials[at].gain_db;
        let opposed = old_db * most_db < 0.0;
        let mut reached = start;
        while !opposed && reached < target.goal && self.trials[at].gain_db.abs() + STEP_DB <= most_db.abs() + 1e-9 {
            self.trials[at].gain_db += STEP_DB * most_db.signum();
            reached = ratio(self);
        }
        if reached < start * LEAST_EFFECT {
            self.trials[at].gain_db = old_db;
        }
        self.trials.retain(|t| t.gain_db != 0.0);
    }

    /// Takes out, smallest effect first, what is not needed to reach what is reached.
    fn prune(&mut self, targets: &[Target]) {
        let mut at = 0;
        while at < self.trials.len() {
            let mut without = self.trials.clone();
            let trial = without.remove(at);
            let (with, gains) = (self.gains(&self.trials), self.gains(&without));
            let needed = targets.iter().any(|t| {
                let goal = t.goal.min(self.ratio(t.place, &with));
                self.ratio(t.place, &gains) < goal
            });
            if needed {
                at += 1;
            } else {
                self.dropped.push(self.told(&trial, "not needed once the other moves were made".into()));
                self.trials = without;
            }
        }
    }

    /// Takes back, half at a time, what would newly cover another stem.
    fn spare_the_others(&mut self, before: &[Place]) {
        for _ in 0..4 {
            let covered: Vec<Place> = self.critical(&self.gains(&self.trials)).into_iter().filter(|p| !before.contains(p)).collect();
            let Some(victim) = covered.first().copied() else { return };
            let name = self.facts.get(victim.stem).map_or("", |f| without_ending(&f.name)).to_owned();
            // What lowers the victim itself, or lifts somebody else.
            let guilty = |t: &Trial| if t.stem == victim.stem { t.gain_db < 0.0 } else { t.gain_db > 0.0 };
            let Some(at) = self.trials.iter().position(guilty) else { return };
            if self.trials[at].gain_db.abs() > 2.0 * STEP_DB {
                self.trials[at].gain_db = (self.trials[at].gain_db / 2.0 / STEP_DB).trunc() * STEP_DB;
            } else {
                let trial = self.trials.remove(at);
                self.dropped.push(self.told(&trial, format!("it would cover {name}")));
            }
        }
    }

    fn finish(self, targets: &[Target]) -> Plan {
        let gains = self.gains(&self.trials);
        let beyond = targets.iter().enumerate().filter_map(|(i, t)| {
            let reached = self.ratio(t.place, &gains);
            let short = reached < t.goal / MARGIN;
            short.then(|| self.shortfall(t, reached, i >= MOST_PLACES))
        });
        Plan {
            beyond: beyond.collect(),
            moves: self.trials.iter().map(|t| self.told(t, t.why.clone())).chain(self.apart.iter().cloned()).collect(),
            pan: self.pan.clone(),
            settings: (0..self.facts.len()).map(|stem| self.settings(&self.trials, stem)).collect(),
            dropped: self.dropped,
        }
    }

    fn shortfall(&self, target: &Target, reached: f64, skipped: bool) -> String {
        let name = self.facts.get(target.place.stem).map_or("", |f| without_ending(&f.name));
        let hz = frequency(OCTAVES_HZ.get(target.place.octave).copied().unwrap_or(1000.0));
        let percent = |r: f64| format!("{}\u{a0}%", number(100.0 * r, 0));
        if skipped {
            return format!("{name} at {hz}: left alone after {MOST_PLACES} worse places; thin out the arrangement first");
        }
        format!(
            "{name} at {hz} keeps {} of its loudness ({} before): bands stop at {}\u{a0}dB and faders at what level explains; \
             move it to another octave or pause the other part",
            percent(reached),
            percent(target.before),
            number(self.limits.band_db, 0)
        )
    }

    fn told(&self, trial: &Trial, why: String) -> StemMove {
        let sign = if trial.gain_db > 0.0 { "+" } else { "" };
        let gain = format!("{sign}{}\u{a0}dB", number(trial.gain_db, 1));
        let (what, freq_hz, q) = match trial.kind {
            Kind::Fader => (format!("Fader {gain}"), None, None),
            Kind::Bell(octave, part) => {
                let hz = OCTAVES_HZ.get(octave).copied().unwrap_or(1000.0);
                let part = if part == Part::Mid { ", mid only" } else { "" };
                (format!("Bell {}, {gain}, Q\u{a0}{}{part}", frequency(hz), number(Q, 1)), Some(hz), Some(Q))
            }
        };
        let part = match trial.kind {
            Kind::Bell(_, part) => part,
            Kind::Fader => Part::Stereo,
        };
        let stem = self.facts.get(trial.stem).map(|f| f.name.clone()).unwrap_or_default();
        StemMove { stem, what, why, freq_hz, gain_db: trial.gain_db, q, part, pan: None }
    }

    fn settings(&self, trials: &[Trial], stem: usize) -> Settings {
        let mut settings = Settings::default();
        for trial in trials.iter().filter(|t| t.stem == stem) {
            match trial.kind {
                Kind::Fader => settings.output_gain_db += trial.gain_db,
                Kind::Bell(octave, part) => settings.eq.push(EqBand {
                    kind: EqKind::Bell,
                    part,
                    freq_hz: OCTAVES_HZ.get(octave).copied().unwrap_or(1000.0),
                    gain_db: trial.gain_db,
                    q: Q,
                    reason: trial.why.clone(),
                    confidence: 1.0,
                }),
            }
        }
        settings
    }

    /// Power gains of every band of the mid of every stem under some moves.
    fn gains(&self, trials: &[Trial]) -> Vec<Band> {
        self.gains_of(trials, Part::Mid)
    }

    /// What the moves so far do to mid and side of every stem.
    pub fn placed(&self, pan: Vec<f64>) -> Placed {
        Placed { mid: self.gains_of(&self.trials, Part::Mid), side: self.gains_of(&self.trials, Part::Side), pan }
    }

    fn gains_of(&self, trials: &[Trial], part: Part) -> Vec<Band> {
        let hz = centres_hz();
        let of = |stem: usize| {
            let settings = self.settings(trials, stem);
            if settings.changes_nothing() {
                return [1.0; BANDS];
            }
            // Response of the bells where the filters lie below Nyquist; above, the last one holds.
            let at = |hz: f64| part_response_db(&settings.eq, part, hz.min(0.49 * self.rate), self.rate) + settings.output_gain_db;
            hz.map(|hz| db_to_power(at(hz)) as f32)
        };
        (0..self.facts.len()).map(of).collect()
    }

    /// What is left of a place after the moves so far, in the mono sum.
    pub fn reached(&self, place: Place) -> f64 {
        self.ratio(place, &self.gains(&self.trials))
    }

    fn ratio(&self, place: Place, gains: &[Band]) -> f64 {
        self.scene.ratio_at(place, gains).unwrap_or(1.0)
    }

    /// Places where no more than the critical share is left.
    fn critical(&self, gains: &[Band]) -> Vec<Place> {
        let ratios = self.scene.ratios(gains);
        let places = ratios.iter().enumerate().flat_map(|(stem, octaves)| {
            octaves.iter().enumerate().filter(|(_, r)| r.is_some_and(|r| r <= CRITICAL)).map(move |(octave, _)| Place { stem, octave })
        });
        places.collect()
    }
}

pub(super) fn frequency(hz: f64) -> String {
    if hz >= 1000.0 { format!("{}\u{a0}kHz", number(hz / 1000.0, 1)) } else { format!("{}\u{a0}Hz", number(hz, 0)) }
}

pub(super) fn without_ending(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
