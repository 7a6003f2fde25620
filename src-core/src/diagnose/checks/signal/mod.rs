//! Faults of the signal as such.

mod dc_offset;
mod invalid_samples;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family { name: "signal", checks: &[dc_offset::CHECK, invalid_samples::CHECK], limits: LIMITS };

const LIMITS: &[Row] = &[
    both("signal.dc_offset", Limit::at_most(1.0, 5.0, "1 % of full scale").noting_from(0.5)),
    both("signal.invalid_samples", Limit::at_most(0.0, 0.0, "no player can play them")),
];
