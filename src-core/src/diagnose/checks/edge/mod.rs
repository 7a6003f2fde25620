//! How the file begins and ends.

mod cut_end;
mod cut_start;
mod silence;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family { name: "edge", checks: &[cut_start::CHECK, cut_end::CHECK, silence::CHECK], limits: LIMITS };

const LIMITS: &[Row] = &[
    both("edge.cut_start", Limit::at_most(-60.0, f64::INFINITY, "silence before the first note").never_failing(30.0)),
    both("edge.cut_end", Limit::at_most(-60.0, -20.0, "silence after the last note")),
    both("edge.silence", Limit::at_most(10.0, 60.0, "1–2 s of space is asked for").noting_from(5.0).never_failing(20.0)),
];
