//! What the file has been through: lossy codecs, low bit depth, resampling.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "format", checks: &[], limits: &[] };
