//! A plan between rehearsals: what is known of its side effects, and what is taken back of it when it does harm.

use crate::compare::Comparison;
use crate::measure::Measurements;
use crate::propose::planners::{Drift, drift};
use crate::propose::{Amounts, Dimension, MatchMode, Proposal};
use crate::verify::{Harm, Judged, harmless_share, lower};

/// Drift changes with the plan that is made for it, so it is found anew this often before something is taken back instead.
const MOST_CORRECTIONS: usize = 2;

/// Most of an amount that is kept where it did harm.
const MOST_KEPT: f64 = 0.85;

/// Taking a dimension back clears it of a harm if this much of it stays.
const NOT_LESSENED: f64 = 0.8;

/// A plan with what is known of its side effects.
#[derive(Clone)]
pub(super) struct Draft {
    /// The plan.
    pub proposal: Proposal,
    /// What dynamics and limiter do to tone and width.
    pub drift: Drift,
    /// Whether moves for playback systems are still in it.
    pub serving: bool,
    /// How often drift was taken into account.
    corrections: usize,
    /// What was taken back last.
    accused: Option<Accused>,
    /// What was taken back and did not do it.
    innocent: Vec<Dimension>,
}

/// A dimension that was taken back, with its amount and the harm that it should lessen.
#[derive(Clone)]
struct Accused {
    dimension: Dimension,
    amount: f64,
    harm: Harm,
}

impl Accused {
    /// Whether the harm stayed nevertheless.
    fn cleared_by(&self, judged: &Judged) -> bool {
        judged.harms.iter().any(|h| h.quantity == self.harm.quantity && h.excess > NOT_LESSENED * self.harm.excess)
    }
}

impl Draft {
    pub fn new(proposal: Proposal, serving: bool) -> Self {
        Self { proposal, drift: Drift::default(), serving, corrections: 0, accused: None, innocent: Vec::new() }
    }

    /// The same with a proposal that leaves playback systems alone.
    pub fn unserved(self, proposal: Proposal) -> Self {
        Self { proposal, serving: false, ..self }
    }

    /// Amounts and drift to plan with after a judgement; none where nothing is left to be taken back.
    pub fn revised(mut self, judged: &Judged, before: &Comparison, after: &Comparison, mix: &Measurements) -> Option<Self> {
        let asked = judged.retry?;
        let Some(worst) = judged.harms.first().filter(|_| self.proposal.mode == MatchMode::OtherRecord) else {
            self.proposal.amounts = asked;
            return Some(self);
        };
        let mut amounts = self.proposal.amounts;
        if let Some(accused) = self.accused.take().filter(|a| a.cleared_by(judged)) {
            *amounts.of_mut(accused.dimension) = accused.amount;
            self.innocent.push(accused.dimension);
        }
        if worst.of_bands && self.corrections < MOST_CORRECTIONS {
            // What dynamics and limiter did to tone and width is taken into account instead of giving up on them.
            let found = drift(mix, &self.proposal.settings, after);
            self.drift = if self.corrections == 0 { found } else { self.drift.between(&found, 0.5) };
            self.corrections += 1;
        } else {
            let guilty = self.guilty(worst)?;
            self.accused = Some(Accused { dimension: guilty, amount: amounts.of(guilty), harm: worst.clone() });
            self.take_back(guilty, worst, &mut amounts, harmless_share(before, after));
        }
        self.proposal.amounts = amounts;
        Some(self)
    }

    /// The likeliest cause of harm that is not cleared of it.
    fn guilty(&self, harm: &Harm) -> Option<Dimension> {
        let possible = |d: &Dimension| !self.innocent.contains(d) && self.proposal.amounts.of(*d) > 0.0;
        // What bands do is foreseen, so harm to bands that corrections left is that of dynamics, whose evidence is the weaker one, or of the
        // limiter.
        let order: &[Dimension] = if harm.of_bands { &[Dimension::Dynamics, Dimension::Loudness] } else { &[] };
        let likely = order.iter().filter(|d| harm.suspects.contains(d)).chain(&harm.suspects);
        likely.copied().find(possible)
    }

    fn take_back(&mut self, guilty: Dimension, harm: &Harm, amounts: &mut Amounts, harmless: f64) {
        /// From this much harm on half of it would still be too much.
        const CLEAR: f64 = 0.3;
        let amount = amounts.of_mut(guilty);
        match guilty {
            Dimension::Dynamics => {
                let asked = *amount;
                *amount = if harm.excess > CLEAR { 0.0 } else { lower(asked) };
                // Less dynamics drift less; once more it is found out by how much.
                let kept = *amount / asked;
                self.drift = Drift::default().between(&self.drift, kept);
                self.corrections = self.corrections.min(MOST_CORRECTIONS - 1);
            }
            _ => *amount *= if harmless > 0.0 { harmless.min(MOST_KEPT) } else { 0.5 },
        }
    }
}
