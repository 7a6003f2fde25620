//! Overall level.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "level", checks: &[], limits: &[] };
