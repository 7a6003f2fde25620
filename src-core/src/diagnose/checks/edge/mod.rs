//! Beginning and end of the file.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "edge", checks: &[], limits: &[] };
