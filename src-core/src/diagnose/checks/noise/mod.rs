//! Noise and hum under the music.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "noise", checks: &[], limits: &[] };
