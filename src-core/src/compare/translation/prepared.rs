//! A mix made ready for playing once, to be heard on many systems and under gains that are not rendered yet.

use super::SystemHeard;
use super::expected::Expected;
use super::programme::{Powers, Programme};
use super::system;
use crate::compare::{Comparison, Reference};
use crate::measure::Measurements;
use crate::measure::energy_map::BANDS;
use crate::models::system::System;
use crate::units::{db_to_power, power_to_db};
use std::sync::Arc;

/// Gains of an equaliser per third octave, dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gains {
    /// Of the mid.
    pub mid_db: [f64; BANDS],
    /// Of the side.
    pub side_db: [f64; BANDS],
}

impl Gains {
    /// Nothing changed.
    pub const NONE: Self = Self { mid_db: [0.0; BANDS], side_db: [0.0; BANDS] };

    /// These gains with others after them, times a factor.
    #[must_use]
    pub fn plus(&self, other: &Self, times: f64) -> Self {
        let add = |a: &[f64; BANDS], b: &[f64; BANDS]| std::array::from_fn(|i| a[i] + times * b[i]);
        Self { mid_db: add(&self.mid_db, &other.mid_db), side_db: add(&self.side_db, &other.side_db) }
    }
}

/// A mix and its references, made ready for playing.
pub struct Prepared<'a> {
    own: Programme<'a>,
    others: Arc<[Programme<'a>]>,
    expected: Expected,
}

impl<'a> Prepared<'a> {
    /// None for a silent mix, or where the comparison could say nothing about its tone.
    pub fn of(mix: &'a Measurements, comparison: &Comparison, references: &[Reference<'a>]) -> Option<Self> {
        let own = Programme::of(mix)?;
        let others = references.iter().filter_map(|r| Programme::of(r.measurements?)).collect();
        let expected = Expected::of(&own, comparison)?;
        Some(Self { own, others, expected })
    }

    /// The same mix under gains. The references' sound stays where it is, so that what the gains change is what is heard of them;
    /// the width to expect stays too. Levels do not matter: every place is set to its own.
    #[must_use]
    pub fn under(&self, gains: &Gains) -> Self {
        let (mid, side) = (gains.mid_db.map(db_to_power), gains.side_db.map(db_to_power));
        let own = self.own.under(&mid, &side);
        let total = |of: &Programme<'_>, b: usize| of.classes.iter().map(|c: &Powers| c.mid[b] + c.side[b]).sum::<f64>();
        let change = |b: usize| {
            let (before, after) = (total(&self.own, b), total(&own, b));
            // A band without sound follows the mid.
            if before > 0.0 && after > 0.0 { power_to_db(after / before) } else { gains.mid_db[b] }
        };
        let expected = self.expected.changed(&std::array::from_fn(change));
        Self { own, others: Arc::clone(&self.others), expected }
    }

    /// What is left of it on one system.
    pub fn on(&self, system: &System) -> SystemHeard {
        system::heard(system, &self.own, &self.others, &self.expected)
    }

    /// What is left of it on every system, in their order.
    pub fn on_all(&self, systems: &[System]) -> Vec<SystemHeard> {
        use rayon::prelude::*;
        systems.par_iter().map(|s| self.on(s)).collect()
    }
}
