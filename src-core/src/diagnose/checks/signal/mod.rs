//! Faults of the signal itself, as a DC offset.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "signal", checks: &[], limits: &[] };
