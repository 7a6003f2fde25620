//! Room above the peaks: clipping, true peak, headroom.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "headroom", checks: &[], limits: &[] };
