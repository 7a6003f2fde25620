//! Clicks and dropouts.

mod click;
mod dropout;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family { name: "glitch", checks: &[click::CHECK, dropout::CHECK], limits: LIMITS };

const LIMITS: &[Row] = &[
    both("glitch.click", Limit::at_most(0.0, 20.0, "each one is heard")),
    both("glitch.dropout", Limit::at_most(0.0, 2.0, "each one is heard")),
];
