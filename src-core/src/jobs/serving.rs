//! Playback systems in a match: what is wanted for them, and what a render keeps there.

use super::match_reference::MatchRequest;
use super::references::KnownReferences;
use crate::compare::Comparison;
use crate::compare::translation::{Gains, Prepared, SystemHeard};
use crate::measure::Measurements;
use crate::models::system::System;
use crate::propose::planners::{Serve, translation_bands, translation_gains};
use crate::propose::{Proposal, SystemScore, TranslationTrade};
use crate::verify::{Before, tone_distances};

/// The systems to serve and the mix as it came, ready to be played there.
pub(super) struct Serving<'a> {
    weight: f64,
    systems: &'a [System],
    prepared: Prepared<'a>,
    references: &'a KnownReferences,
    /// Scores of the mix as it came.
    before: Vec<f64>,
}

impl<'a> Serving<'a> {
    /// None where nobody asked, and for a mix about whose tone nothing is known.
    pub fn of(request: &'a MatchRequest, mix: &'a Measurements, comparison: &Comparison, references: &'a KnownReferences) -> Option<Self> {
        if request.translation <= 0.0 || request.systems.is_empty() {
            return None;
        }
        let prepared = Prepared::of(mix, comparison, &references.references())?;
        let before = scores(&prepared.on_all(&request.systems));
        Some(Self { weight: request.translation, systems: &request.systems, prepared, references, before })
    }

    /// As planners want it.
    pub fn serve(&self) -> Serve<'_> {
        Serve { weight: self.weight, prepared: &self.prepared, systems: self.systems }
    }

    /// What a render keeps on the systems and of the reference match, with and without the moves of its proposal that serve them: without
    /// them is the render with their response taken out of what was measured. None where there are no such moves.
    pub fn measured(&self, proposal: &Proposal, render: Before<'_>) -> Option<TranslationTrade> {
        proposal.translation.as_ref()?;
        let bands = translation_bands(proposal);
        let with = Prepared::of(render.measurements, render.comparison, &self.references.references())?;
        let gains = translation_gains(bands, f64::from(render.measurements.sample_rate));
        let without = with.under(&Gains { mid_db: gains.mid_db.map(|db| -db), side_db: gains.side_db.map(|db| -db) });
        let (with, without) = (scores(&with.on_all(self.systems)), scores(&without.on_all(self.systems)));
        let [match_without_db, match_with_db] = tone_distances(proposal.mode, render, bands);
        let one = |(system, ((before, without), with)): (&System, ((&f64, f64), f64))| SystemScore {
            system: system.name.clone(),
            place: system.place.clone(),
            before: Some(*before),
            without,
            with,
        };
        Some(TranslationTrade {
            weight: self.weight,
            match_without_db,
            match_with_db,
            systems: self.systems.iter().zip(self.before.iter().zip(without).zip(with)).map(one).collect(),
        })
    }
}

fn scores(heard: &[SystemHeard]) -> Vec<f64> {
    heard.iter().map(|s| s.score).collect()
}
