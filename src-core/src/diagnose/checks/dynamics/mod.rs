//! Too little or too much difference between loud and soft.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "dynamics", checks: &[], limits: &[] };
