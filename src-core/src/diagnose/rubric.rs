//! The limits of every check for a mix and for a master, each with its source, in one table.
//!
//! A check asks for its row with [`super::Context::limit`]. What is not a limit of the check's own value
//! (window lengths, gates) stands in the check itself.

use super::{Limit, Stage};

/// The limits of one check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Code of the check.
    pub code: &'static str,
    /// Limit for a mix on its way to mastering.
    pub mix: Limit,
    /// Limit for a finished master.
    pub master: Limit,
}

/// A row whose limit is the same at both stages.
pub const fn both(code: &'static str, limit: Limit) -> Row {
    Row { code, mix: limit, master: limit }
}

/// All limits for one stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rubric {
    /// The stage.
    pub stage: Stage,
}

impl Rubric {
    /// The limits for a stage.
    pub const fn new(stage: Stage) -> Self {
        Self { stage }
    }

    /// The limit of a check; none if the table has no row for it (a test keeps the table complete).
    pub fn find(&self, code: &str) -> Option<Limit> {
        let rows = super::checks::FAMILIES.iter().flat_map(|family| family.limits.iter());
        rows.into_iter().find(|row| row.code == code).map(|row| match self.stage {
            Stage::Mix => row.mix,
            Stage::Master => row.master,
        })
    }
}
