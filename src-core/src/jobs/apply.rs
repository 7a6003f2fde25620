//! Saved settings carried out on another file.

use super::Host;
use super::rendering::{Destination, Purpose, pass};
use crate::chain::Settings;
use crate::error::Result;
use std::path::PathBuf;

/// What to apply, to what, and where to.
#[derive(Clone, Debug)]
pub struct ApplyRequest {
    /// The file to change; it is never written to.
    pub mix: PathBuf,
    /// The settings.
    pub settings: Settings,
    /// Files that must not be written to beside the mix.
    pub keep: Vec<PathBuf>,
    /// Where the result goes.
    pub to: Destination,
}

/// Renders a file through saved settings and returns the steps that reading and writing took. Rate, channels and length stay as they are.
///
/// # Errors
/// Those of [`pass`].
pub fn apply(request: &ApplyRequest, host: Host<'_>) -> Result<Vec<String>> {
    let mut inputs = vec![request.mix.as_path()];
    inputs.extend(request.keep.iter().map(PathBuf::as_path));
    pass(&request.mix, &request.settings, Some(&request.to), &inputs, Purpose::Write, host)?.keep()
}
