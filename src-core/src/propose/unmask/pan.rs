//! A place of its own for what level and equaliser cannot bring back.

use super::StemMove;
use super::plan::{Planner, Target, frequency, without_ending};
use crate::chain::settings::Part;
use crate::stems::{OCTAVES_HZ, Placed, Role, place_helps};
use crate::units::number;

/// Places that are tried, as shares of the way to one loudspeaker: from noticeable to as far as most records go.
const PLACES: [f64; 3] = [0.2, 0.4, 0.6];
/// A place that raises the ratio at the ears by less than this factor is not worth an image that leans.
const LEAST_EFFECT: f64 = 1.3;

impl Planner<'_, '_> {
    /// Pans a stem that is still covered, and what covers it, apart: the least that reaches the goal at the ears. The mono sum is
    /// left as it is, so what is told of it still holds.
    pub(super) fn pan_apart(&mut self, target: &Target) {
        let stem = target.place.stem;
        if self.reached(target.place) >= target.goal || !place_helps(target.place.octave) {
            return;
        }
        let Some(masker) = target.maskers.first().copied() else { return };
        let movers: Vec<(usize, f64)> =
            [(stem, 1.0), (masker, -1.0)].into_iter().filter(|(s, _)| self.may_be_panned(*s) && self.pan[*s] == 0.0).collect();
        if movers.is_empty() {
            return;
        }
        let start = self.at_ears(target, self.pan.clone());
        let Some((pan, reached)) = self.best_places(target, &movers, start) else {
            let why = format!("{} would be heard no better from another place", self.name(stem));
            let tried = movers.iter().map(|(s, side)| self.pan_move(*s, PLACES[PLACES.len() - 1] * side, why.clone()));
            let tried: Vec<StemMove> = tried.collect();
            self.dropped.extend(tried);
            return;
        };
        let hz = frequency(OCTAVES_HZ.get(target.place.octave).copied().unwrap_or(1000.0));
        let percent = |r: f64| format!("{}\u{a0}%", number(100.0 * r, 0));
        for (s, _) in &movers {
            let why = format!(
                "parts {} from {} at {hz}: between loudspeakers {} of it is left instead of {}, in mono as before",
                self.name(stem),
                self.name(masker),
                percent(reached),
                percent(start)
            );
            let told = self.pan_move(*s, pan[*s], why);
            self.apart.push(told);
        }
        self.pan = pan;
    }

    /// The least places, to either side, that reach the goal; else the best ones that are worth it.
    fn best_places(&self, target: &Target, movers: &[(usize, f64)], start: f64) -> Option<(Vec<f64>, f64)> {
        let mut best: Option<(Vec<f64>, f64)> = None;
        for place in PLACES {
            for side in [1.0, -1.0] {
                let mut pan = self.pan.clone();
                movers.iter().for_each(|(stem, way)| pan[*stem] = place * side * way);
                let reached = self.at_ears(target, pan.clone());
                if best.as_ref().is_none_or(|(_, most)| reached > *most) {
                    best = Some((pan, reached));
                }
            }
            if best.as_ref().is_some_and(|(_, most)| *most >= target.goal) {
                break;
            }
        }
        best.filter(|(_, reached)| *reached >= start * LEAST_EFFECT && *reached > 0.02)
    }

    fn at_ears(&self, target: &Target, pan: Vec<f64>) -> f64 {
        let placed: Placed = self.placed(pan);
        self.scene.ear_ratio_at(target.place, &placed).unwrap_or(1.0)
    }

    /// Leads and what carries beat and bass stand in the middle; what is not known may do so too.
    fn may_be_panned(&self, stem: usize) -> bool {
        let middle = [Role::Vocals, Role::Lead, Role::Bass, Role::Kick, Role::Snare, Role::Drums, Role::Other];
        self.facts.get(stem).is_some_and(|f| !middle.contains(&f.role))
    }

    fn name(&self, stem: usize) -> String {
        self.facts.get(stem).map_or("", |f| without_ending(&f.name)).to_owned()
    }

    fn pan_move(&self, stem: usize, pan: f64, why: String) -> StemMove {
        let percent = number(100.0 * pan.abs(), 0);
        let what = format!("Pan {percent}\u{a0}% {}", if pan < 0.0 { "left" } else { "right" });
        let stem = self.facts.get(stem).map(|f| f.name.clone()).unwrap_or_default();
        StemMove { stem, what, why, freq_hz: None, gain_db: 0.0, q: None, part: Part::Stereo, pan: Some(pan) }
    }
}
