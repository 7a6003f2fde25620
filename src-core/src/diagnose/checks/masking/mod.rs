//! Masking: what is played but not heard. Estimated from the mix alone, measured where there are stems.

mod centre;
mod estimate;
mod low_mid;
mod stem;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family { name: "masking", checks: &[low_mid::CHECK, centre::CHECK, stem::CHECK], limits: LIMITS };

const LIMITS: &[Row] = &[
    both("masking.low_mid", Limit::at_most(0.5, 2.5, "more than with the low mids that are expected").never_failing(2.0)),
    both("masking.centre", Limit::at_most(24.0, 36.0, "more than records of many kinds lose").never_failing(12.0)),
    both("masking.stem", Limit::at_least(20.0, 2.0, "critical after Aichinger et al. 2011, twice for doubt").never_failing(8.0)),
];
