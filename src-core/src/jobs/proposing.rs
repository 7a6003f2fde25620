//! "What should change?": settings for a mix, tried and measured, with nothing written.

use super::match_reference::{MatchRequest, match_range};
use super::{CheckRequest, DEFAULT_CEILING_DBTP, Host, Target};
use crate::error::Result;
use crate::propose::Amounts;
use crate::report::Document;

/// What to propose for.
#[derive(Clone, Debug)]
pub struct ProposeRequest {
    /// The mix and what it is held against; without references that is the neutral range.
    pub check: CheckRequest,
    /// How much of each dimension.
    pub amounts: Amounts,
    /// Loudness to reach, as [`Target::parse`] takes it; none follows the references.
    pub target: Option<String>,
    /// Highest true peak, dBTP; none takes that of the target, or the usual one.
    pub ceiling_dbtp: Option<f64>,
}

/// Proposes settings and verifies them on a render that is measured and not kept.
///
/// # Errors
/// Those of [`super::match_reference()`], but for missing references, and of [`Target::resolve`].
pub fn propose(request: &ProposeRequest, host: Host<'_>) -> Result<Document> {
    let (target, platform_ceiling) = request.target.as_deref().map(Target::parse).unwrap_or_default().resolve()?;
    let request = MatchRequest {
        mix: request.check.mix.clone(),
        references: request.check.references.clone(),
        amounts: request.amounts,
        target,
        ceiling_dbtp: request.ceiling_dbtp.or(platform_ceiling).unwrap_or(DEFAULT_CEILING_DBTP),
        translation: 0.0,
        systems: Vec::new(),
        to: None,
    };
    match_range(&request, host)
}
