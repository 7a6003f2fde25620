//! Too little or too much difference between loud and soft.

mod crushed;
mod wild;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family { name: "dynamics", checks: &[crushed::CHECK, wild::CHECK], limits: LIMITS };

const LIMITS: &[Row] = &[
    Row {
        code: "dynamics.crushed",
        mix: Limit::at_least(8.0, 6.0, "mixes that can still be mastered").noting_from(9.0),
        master: Limit::at_least(7.0, 4.0, "loud masters of any style").noting_from(8.0),
    },
    both("dynamics.wild", Limit::at_most(20.0, 26.0, "beyond what records vary in loudness").noting_from(18.0).never_failing(6.0)),
];
