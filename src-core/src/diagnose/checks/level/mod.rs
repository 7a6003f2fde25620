//! The level of the whole file.

mod too_quiet;

use super::Family;
use crate::diagnose::{Limit, Row};

/// The family.
pub const FAMILY: Family = Family { name: "level", checks: &[too_quiet::CHECK], limits: LIMITS };

const LIMITS: &[Row] = &[Row {
    code: "level.too_quiet",
    mix: Limit::at_least(-20.0, -40.0, "peaks of mixes as they are handed over").noting_from(-18.0),
    master: Limit::at_least(-9.0, -20.0, "peaks of masters").noting_from(-6.0),
}];
