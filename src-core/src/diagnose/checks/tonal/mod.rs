//! Tonal balance: too much or too little in a range of frequencies.

use super::Family;

/// The family.
pub const FAMILY: Family = Family { name: "tonal", checks: &[], limits: &[] };
