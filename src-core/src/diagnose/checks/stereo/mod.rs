//! The stereo image and what is left of it in mono.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "stereo", checks: &[], limits: &[] };
