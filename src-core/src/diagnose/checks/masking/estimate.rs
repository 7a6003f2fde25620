//! What the estimates from the mix alone share: how a loss is held against what was expected.

use crate::compare::masking::Excess;
use crate::diagnose::{Context, Limit, Outcome};
use crate::units::number;

/// Less than this is too little to estimate from, s.
const LEAST_S: f64 = 3.0;
/// An estimate knows no sources: it is never surer than this.
const CONFIDENCE: f64 = 0.6;

/// A loss that can be judged: of something long and loud enough.
pub(super) fn judged(context: &Context<'_>, value_lu: Option<f64>) -> Result<f64, Outcome> {
    if context.measurements.duration.s() < LEAST_S {
        return Err(Outcome::skipped("shorter than 3 s"));
    }
    value_lu.ok_or_else(|| Outcome::skipped("nothing loud enough to cover"))
}

/// Holds a loss (LU) against the one that was expected of the same passages, and `margin` more, or as much more as `least_z` standard
/// deviations of its cause explain.
pub(super) fn against_expected(context: &Context<'_>, value_lu: f64, excess: Excess, margin: Limit, least_z: f64) -> Outcome {
    let expected_lu = value_lu - excess.lost_lu;
    // What the uncertainty of the cause makes of the loss, as far as that is proportional.
    let chance_lu = if excess.cause_db.abs() > 1e-9 { least_z * excess.sd_db * (excess.lost_lu / excess.cause_db).abs() } else { 0.0 };
    let warn = expected_lu + margin.warn.max(chance_lu);
    let comparison = context.comparison;
    let source = format!("{} would lose {}\u{a0}LU; an estimate", comparison.against, number(expected_lu, 1));
    Outcome::judge(value_lu, "LU", &Limit { note: warn, warn, ..margin }).source(source).confidence(CONFIDENCE)
}

/// Holds a loss against the range of the references, or against the neutral limit.
pub(super) fn against_range(context: &Context<'_>, value_lu: f64, neutral: Limit, quantity: &str) -> Outcome {
    let range = context.comparison.quantity(quantity).map(|q| q.range);
    let outcome = match range {
        Some(range) => {
            // References may lose more than most records do; a mix that loses no more than they is as meant.
            let warn = range.high + 0.25 * neutral.width;
            let source = format!("{} lose {}\u{a0}LU; an estimate", context.comparison.against, number(range.centre, 1));
            Outcome::judge(value_lu, "LU", &Limit { note: warn, warn, ..neutral }).source(source)
        }
        None => Outcome::judge(value_lu, "LU", &neutral).source(format!("{}; an estimate", neutral.source)),
    };
    outcome.confidence(CONFIDENCE)
}
