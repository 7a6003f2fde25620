//! Room above the peaks, and what happened where there was none.

mod clipped;
mod none;
mod true_peak;

use super::Family;
use crate::diagnose::{Context, Limit, Row};

/// The family.
pub const FAMILY: Family = Family { name: "headroom", checks: &[none::CHECK, clipped::CHECK, true_peak::CHECK], limits: LIMITS };

/// Whether the file was cut at full scale: then that is the finding, and the peaks at full scale are what is left of it.
fn cut_at_full_scale(context: &Context<'_>) -> bool {
    let c = &context.measurements.clipping;
    c.runs >= clipped::LEAST_RUNS && c.repeats >= clipped::LEAST_REPEATS && c.level.db() > -1.0
}

const LIMITS: &[Row] = &[
    Row {
        code: "headroom.none",
        mix: Limit::at_most(-1.0, 0.0, "1 dB for peaks between samples").noting_from(-3.0).never_failing(3.0),
        master: Limit::at_most(f64::INFINITY, f64::INFINITY, "a master may fill the scale").never_failing(1.0),
    },
    Row {
        code: "headroom.clipped",
        mix: Limit::at_most(0.0, 60.0, "a mix has headroom to spare"),
        master: Limit::at_most(60.0, 1200.0, "what loud masters have, per minute").noting_from(0.0),
    },
    Row {
        code: "headroom.true_peak",
        mix: Limit::at_most(-0.1, 3.0, "full scale, less what meters differ by").never_failing(1.5),
        master: Limit::at_most(-1.0, 1.0, "AES TD1008, streaming").never_failing(1.0),
    },
];
