//! Clicks and dropouts.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "glitch", checks: &[], limits: &[] };
