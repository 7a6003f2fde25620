//! The checks, one file each, registered by family. A family holds the list of its checks and their limits.

use super::{CheckDef, rubric::Row};

pub mod dynamics;
pub mod edge;
pub mod format;
pub mod glitch;
pub mod headroom;
pub mod level;
pub mod masking;
pub mod noise;
pub mod signal;
pub mod stereo;
pub mod tonal;
pub mod translation;

/// Checks that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The part of the code before the dot.
    pub name: &'static str,
    /// The checks, in the order in which they are listed.
    pub checks: &'static [CheckDef],
    /// Their limits, one row per check.
    pub limits: &'static [Row],
}

/// Every family, in the order in which results are listed.
pub const FAMILIES: &[Family] = &[
    headroom::FAMILY,
    level::FAMILY,
    dynamics::FAMILY,
    signal::FAMILY,
    tonal::FAMILY,
    stereo::FAMILY,
    masking::FAMILY,
    noise::FAMILY,
    edge::FAMILY,
    glitch::FAMILY,
    format::FAMILY,
    translation::FAMILY,
];

/// Every check, in the order of [`FAMILIES`].
pub fn all() -> impl Iterator<Item = &'static CheckDef> {
    FAMILIES.iter().flat_map(|family| family.checks.iter())
}

/// The check with a code.
pub fn find(code: &str) -> Option<&'static CheckDef> {
    all().find(|check| check.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_in_its_family_once_and_has_one_row_of_limits() {
        let mut seen = HashSet::new();
        for family in FAMILIES {
            for check in family.checks {
                assert!(check.code.strip_prefix(family.name).is_some_and(|rest| rest.starts_with('.')), "{}", check.code);
                assert!(seen.insert(check.code), "{} is registered twice", check.code);
                assert_eq!(family.limits.iter().filter(|row| row.code == check.code).count(), 1, "limits of {}", check.code);
            }
            for row in family.limits {
                assert!(family.checks.iter().any(|check| check.code == row.code), "limits for {}, which is no check", row.code);
                assert!(!row.mix.source.is_empty() && !row.master.source.is_empty(), "{} lacks a source", row.code);
                // A limit of no places reads "none allowed" already.
                assert!([row.mix, row.master].iter().all(|l| l.warn > 0.0 || !l.source.starts_with("none")), "{} says it twice", row.code);
            }
        }
    }

    #[test]
    fn every_help_text_is_complete() {
        for check in all() {
            let h = check.help;
            for part in [h.finds, h.why, h.no_fault, h.decided, h.remedy, h.safety, h.references] {
                assert!(part.len() > 10, "{} has an empty part: {part:?}", check.code);
            }
        }
    }
}
