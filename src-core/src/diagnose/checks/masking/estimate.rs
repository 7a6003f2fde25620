//! What the estimates from the mix alone share: the limit by the references, where there are any.

use crate::diagnose::{Context, Limit, Outcome};
use crate::units::number;

/// Less than this is too little to estimate from, s.
const LEAST_S: f64 = 3.0;
/// An estimate knows no sources: it is never surer than this.
const CONFIDENCE: f64 = 0.6;

/// Holds a loss (LU) against the range of the references, or against the neutral limit.
pub(super) fn judge(context: &Context<'_>, code: &str, quantity: &str, value_lu: Option<f64>) -> Result<Outcome, Outcome> {
    if context.measurements.duration.s() < LEAST_S {
        return Err(Outcome::skipped("shorter than 3 s"));
    }
    let Some(value_lu) = value_lu else { return Err(Outcome::skipped("nothing loud enough to cover")) };
    let neutral = context.limit(code);
    let range = context.comparison.quantities.iter().find(|q| q.id == quantity).map(|q| q.range);
    let outcome = match range {
        Some(range) => {
            // References may lose more than most records do; a mix that loses no more than they is as meant.
            let warn = range.high + 0.25 * neutral.width;
            let limit = Limit { note: warn, warn, ..neutral };
            let source = format!("{} lose {}\u{a0}LU; an estimate", context.comparison.against, number(range.centre, 1));
            Outcome::judge(value_lu, "LU", &limit).source(source)
        }
        None => Outcome::judge(value_lu, "LU", &neutral).source(format!("{}; an estimate", neutral.source)),
    };
    Ok(outcome.confidence(CONFIDENCE))
}
