//! Tone and width towards another record, sought together.
//!
//! Each changes the other: ranges of tone count the side too, and an equaliser that lifts a range of frequency changes how much its width
//! weighs in that of the whole. So one search moves bells and shelves on both channels and on the side alone, with one cost.

use super::outlook::Outlook;
use super::response::gains;
use super::search::{Kind, Shape, refine, search, sum};
use super::{Part, Situation, record_tone, record_width};
use crate::chain::Settings;
use crate::chain::settings::{EqBand, Stereo};
use crate::compare::translation::Gains;
use crate::measure::energy_map::BANDS;

/// Kinds of moves, by index.
const TONE: usize = 0;
const WIDTH: usize = 1;

/// Gain at which shapes are taken, dB: curves in dB grow nearly in proportion.
const TAKEN_DB: f64 = 3.0;

/// Adds EQ bands and stereo settings; first the part of tone, then that of width.
pub(super) fn plan(situation: &Situation<'_>, settings: &mut Settings) -> [Part; 2] {
    let rate = f64::from(situation.mix.sample_rate);
    let wide = situation.amounts.width > 0.0 && situation.mix.stereo.is_some();
    let (tone, width) = (record_tone::Goal::new(situation), record_width::Goal::new(situation));
    let outlook = Outlook::of(&situation.mix.map);
    let mut sought = Sought { situation, tone, width, outlook, rate, stereo: Stereo::default(), wide };
    let found = sought.found_with_mono_bass();
    let after = sought.outlook.after(&found, rate);
    let mut parts = [Part::default(), Part::default()];
    if situation.amounts.tone > 0.0 {
        parts[TONE] = record_tone::part(&found.eq, &sought.tone, &after, situation);
    }
    for (mut band, a_move) in found.eq.into_iter().zip(&parts[TONE].moves) {
        band.reason.clone_from(&a_move.why);
        band.confidence = a_move.confidence;
        settings.eq.push(band);
    }
    if let Some(stereo) = found.stereo.filter(|_| wide) {
        parts[WIDTH] = record_width::part(&stereo, &sought.width, &after, situation);
        if let Some(a_move) = parts[WIDTH].moves.first() {
            settings.stereo = Some(Stereo { reason: a_move.why.clone(), ..stereo });
        }
    }
    parts
}

/// Moves by the index of their shape, with their gains, dB.
type Chosen = Vec<(usize, f64)>;

struct Sought<'a> {
    situation: &'a Situation<'a>,
    tone: record_tone::Goal,
    width: record_width::Goal,
    outlook: Outlook,
    rate: f64,
    /// Stereo settings that stand already.
    stereo: Stereo,
    /// Whether width is to be moved.
    wide: bool,
}

/// What the search may use: bells and shelves on both channels, all of the side, bells and shelves on the side, in this order.
struct Means {
    bands: Vec<EqBand>,
    sides: Vec<EqBand>,
    shapes: Vec<Shape>,
}

impl Sought<'_> {
    /// Settings with the bands and the stereo settings given alone.
    fn settings(&self, eq: Vec<EqBand>, stereo: Stereo) -> Settings {
        Settings { eq, stereo: (stereo != Stereo::default()).then_some(stereo), ..Settings::default() }
    }

    fn held(&self) -> Settings {
        self.settings(Vec::new(), self.stereo.clone())
    }

    fn means(&self) -> Means {
        let (bands, sides) = (record_tone::candidates(self.rate), record_width::candidates(self.rate));
        let taken = |band: &EqBand| vec![EqBand { gain_db: TAKEN_DB, ..band.clone() }];
        let shape = |kind: usize, eq: Vec<EqBand>, side_bands: Vec<EqBand>| {
            let settings = self.settings(eq, Stereo { side_bands, ..Stereo::default() });
            Shape { per_db: Gains::NONE.plus(&gains(&settings, self.rate), 1.0 / TAKEN_DB), kind }
        };
        let both = bands.iter().map(|band| shape(TONE, taken(band), Vec::new()));
        let all_of_side = Shape { per_db: Gains { side_db: [1.0; BANDS], ..Gains::NONE }, kind: WIDTH };
        let side = sides.iter().map(|band| shape(WIDTH, Vec::new(), taken(band)));
        let shapes = both.chain([all_of_side]).chain(side).collect();
        Means { bands, sides, shapes }
    }

    /// The moves found where bass is made mono as far up as can be without harm: where bass stands in the side, tone goes with it, and
    /// references that are mono in the bass need not be so in what lies below it.
    fn found_with_mono_bass(&mut self) -> Settings {
        let corners = if self.wide { self.width.mono_corners_hz() } else { Vec::new() };
        for corner_hz in corners {
            self.stereo.mono_below_hz = Some(corner_hz);
            if self.width.worst_db(&self.outlook, &self.outlook.after(&self.held(), self.rate)) > record_width::TOLERANCE_DB {
                continue;
            }
            let found = self.found();
            if self.harmless(&found) {
                return found;
            }
        }
        self.stereo.mono_below_hz = None;
        self.found()
    }

    /// The moves that bring most and do no harm. The search takes shapes in proportion to their gain; true ones differ a little, and what is
    /// no harm to the search may still be measured. So gains are refined by the true shapes, harm counting ever more; the amounts asked for come
    /// last, and are scaled back where more of the same does harm.
    fn found(&self) -> Settings {
        const TRIES: usize = 12;
        let means = self.means();
        let kind = |kind: Kind, wanted: bool| Kind { most: if wanted { kind.most } else { 0 }, ..kind };
        let kinds = [kind(record_tone::KIND, self.situation.amounts.tone > 0.0), kind(record_width::KIND, self.wide)];
        let held = gains(&self.held(), self.rate);
        let mut chosen = search(&means.shapes, &kinds, |moved, strictness| self.cost(&held, &held.plus(moved, 1.0), strictness));
        chosen = self.harmless_part(&means, &kinds, &held, chosen);
        let amounts = self.situation.amounts;
        let mut tried = self.scaled(&self.carried_out(&means, &chosen), [amounts.tone, amounts.width]);
        for _ in 0..TRIES {
            if self.harmless(&tried) {
                return tried;
            }
            tried = self.scaled(&tried, [0.85, 0.85]);
        }
        self.held()
    }

    /// The moves with gains that do no harm. Where refining does not get there, from full gains or from a part of them, the move goes without
    /// which least harm is left, until none is.
    fn harmless_part(&self, means: &Means, kinds: &[Kind], held: &Gains, chosen: Chosen) -> Chosen {
        /// Parts of the gains to start from: from further inside, gains that do no harm are found more easily.
        const STARTS: [f64; 4] = [1.0, 0.6, 0.3, 0.1];
        let harm = |moves: &Chosen| self.harm(&self.carried_out(means, moves));
        let settled = |moves: Chosen| self.settled(means, kinds, held, moves);
        let from = |start: f64| settled(chosen.iter().map(|(index, gain)| (*index, start * gain)).collect());
        if let Some(found) = STARTS.iter().map(|start| from(*start)).find(|moves| !moves.is_empty() && harm(moves) <= 0.0) {
            return found;
        }
        let mut left = from(1.0);
        while harm(&left) > 0.0 {
            let without = |out: usize| left.iter().enumerate().filter(|(i, _)| *i != out).map(|(_, m)| *m).collect::<Chosen>();
            let tried = (0..left.len()).map(|out| settled(without(out))).map(|moves| (harm(&moves), moves));
            match tried.min_by(|a, b| a.0.total_cmp(&b.0)) {
                Some((_, moves)) => left = moves,
                None => break,
            }
        }
        left
    }

    /// Gains refined by the true shapes until they do no harm, if that can be had.
    fn settled(&self, means: &Means, kinds: &[Kind], held: &Gains, mut chosen: Chosen) -> Chosen {
        /// How strictly harm counts in these rounds.
        const SETTLING: [f64; 4] = [1.0, 4.0, 16.0, 64.0];
        for strictness in SETTLING {
            let settings = self.carried_out(means, &chosen);
            if self.harmless(&settings) {
                break;
            }
            let bent = gains(&settings, self.rate).plus(&sum(&means.shapes, &chosen), -1.0);
            chosen = refine(&means.shapes, kinds, chosen, |moved| self.cost(held, &bent.plus(moved, 1.0), strictness));
        }
        chosen
    }

    fn cost(&self, held: &Gains, gains: &Gains, strictness: f64) -> f64 {
        let after = self.outlook.under(gains);
        let width = if self.wide { self.width.cost(&after, gains, held, strictness) } else { 0.0 };
        self.tone.cost(&after, gains, strictness) + width
    }

    fn carried_out(&self, means: &Means, chosen: &Chosen) -> Settings {
        let of = |from: &[EqBand], first: usize| -> Vec<EqBand> {
            let of = |(i, gain): &(usize, f64)| Some(EqBand { gain_db: *gain, ..from.get(i.checked_sub(first)?)?.clone() });
            chosen.iter().filter_map(of).collect()
        };
        let mut eq = of(&means.bands, 0);
        eq.sort_by(|a, b| a.freq_hz.total_cmp(&b.freq_hz));
        let side_gain_db = chosen.iter().filter(|(i, _)| *i == means.bands.len()).map(|(_, gain)| gain).sum();
        let side_bands = of(&means.sides, means.bands.len() + 1);
        self.settings(eq, Stereo { side_gain_db, side_bands, ..self.stereo.clone() })
    }

    fn scaled(&self, settings: &Settings, [tone, width]: [f64; 2]) -> Settings {
        let less = |bands: &[EqBand], by: f64| -> Vec<EqBand> {
            bands
                .iter()
                .filter(|_| by > 0.0)
                .map(|band| EqBand { gain_db: (band.gain_db * by).clamp(-24.0, 24.0), ..band.clone() })
                .collect()
        };
        let stereo = settings.stereo.clone().unwrap_or_default();
        let (side_gain_db, side_bands) = (stereo.side_gain_db * width, less(&stereo.side_bands, width));
        self.settings(less(&settings.eq, tone), Stereo { side_gain_db, side_bands, ..stereo })
    }

    /// How much further outside its range the worst value comes to lie than what could not be measured, dB; 0 or less is no harm.
    fn harm(&self, settings: &Settings) -> f64 {
        let [held, after] = [&self.held(), settings].map(|settings| self.outlook.after(settings, self.rate));
        let width = if self.wide { self.width.worst_db(&held, &after) - record_width::TOLERANCE_DB } else { 0.0 };
        width.max(self.tone.worst_db(&after) - record_tone::TOLERANCE_DB)
    }

    fn harmless(&self, settings: &Settings) -> bool {
        self.harm(settings) <= 0.0
    }
}
