//! A plan between rehearsals: what is known of its side effects, and what is taken back of it when it does harm.

use crate::propose::planners::Drift;
use crate::propose::{Amounts, Dimension, MatchMode, Proposal};
use crate::verify::{Harm, Judged, lower};

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

    /// Amounts and drift to plan with after a judgement; none where nothing is left to be taken back. `drift` tells what the judged result
    /// holds beyond its plan.
    pub fn revised(mut self, judged: &Judged, drift: impl FnOnce() -> Drift) -> Option<Self> {
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
            let found = drift();
            self.drift = if self.corrections == 0 { found } else { self.drift.between(&found, 0.5) };
            self.corrections += 1;
        } else {
            let guilty = self.guilty(worst)?;
            self.accused = Some(Accused { dimension: guilty, amount: amounts.of(guilty), harm: worst.clone() });
            self.take_back(guilty, worst, &mut amounts);
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

    fn take_back(&mut self, guilty: Dimension, harm: &Harm, amounts: &mut Amounts) {
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
            _ => *amount *= if harm.harmless > 0.0 { harm.harmless.min(MOST_KEPT) } else { 0.5 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Settings;

    fn draft() -> Draft {
        let proposal = Proposal {
            translation: None,
            mode: MatchMode::OtherRecord,
            mode_reason: String::new(),
            amounts: Amounts::default(),
            settings: Settings::default(),
            moves: Vec::new(),
            notes: Vec::new(),
        };
        Draft::new(proposal, false)
    }

    fn judged(quantity: &str, excess: f64, of_bands: bool, suspects: &[Dimension]) -> Judged {
        let harm = Harm { quantity: quantity.into(), told: "", excess, harmless: 1.0, of_bands, suspects: suspects.to_vec() };
        Judged {
            moves: Vec::new(),
            mended: Vec::new(),
            new_findings: Vec::new(),
            retry: Some(Amounts::default()),
            retry_reason: String::new(),
            harms: vec![harm],
            spoiled: None,
        }
    }

    fn revised(draft: Draft, judged: &Judged) -> Draft {
        let drift = || Drift { whole_width_db: 1.0, ..Drift::default() };
        draft.revised(judged, drift).expect("something is left")
    }

    #[test]
    fn what_dynamics_do_to_bands_is_planned_for_before_anything_is_taken_back() {
        let harm = judged("the band at 250 Hz", 1.0, true, &[Dimension::Tone, Dimension::Dynamics]);
        let first = revised(draft(), &harm);
        assert_eq!((first.proposal.amounts, first.drift.whole_width_db), (Amounts::default(), 1.0));
        let taken_back = revised(revised(first, &harm), &harm);
        assert_eq!(
            taken_back.proposal.amounts,
            Amounts { dynamics: 0.0, ..Amounts::default() },
            "dynamics, not the tone, do the unforeseen"
        );
        assert_eq!(taken_back.drift.whole_width_db, 0.0, "and without them it is gone");
    }

    #[test]
    fn what_was_taken_back_in_vain_is_given_back() {
        let suspects = [Dimension::Dynamics, Dimension::Loudness, Dimension::Tone];
        let harm = judged("peak to loudness", 0.2, false, &suspects);
        let first = revised(draft(), &harm);
        assert_eq!(first.proposal.amounts, Amounts { dynamics: 0.5, ..Amounts::default() });
        let second = revised(first, &harm);
        assert_eq!(second.proposal.amounts, Amounts { loudness: MOST_KEPT, ..Amounts::default() });
        // The next one helps, and goes on.
        let third = revised(second, &judged("peak to loudness", 0.1, false, &suspects));
        assert_eq!(third.proposal.amounts, Amounts { loudness: MOST_KEPT * MOST_KEPT, ..Amounts::default() });
    }

    #[test]
    fn where_no_suspect_is_left_nothing_more_is_tried() {
        let harm = judged("rumble", 1.0, false, &[Dimension::Dynamics]);
        let twice = revised(draft(), &harm);
        assert!(twice.revised(&harm, Drift::default).is_none());
    }
}
