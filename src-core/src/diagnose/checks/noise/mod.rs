//! What sounds when nothing plays.

mod floor;
mod hum;

use super::Family;
use crate::diagnose::Row;
use crate::diagnose::{Limit, both};

/// The family.
pub const FAMILY: Family = Family { name: "noise", checks: &[hum::CHECK, floor::CHECK], limits: LIMITS };

const LIMITS: &[Row] = &[
    both("noise.hum", Limit::at_most(-66.0, -36.0, "audible in a quiet room")),
    both("noise.floor", Limit::at_most(-60.0, -35.0, "hiss of a good tape machine").noting_from(-70.0)),
];
