//! Saved settings carried out on another file.

use super::Host;
use super::files::{Output, check_outputs};
use super::rendering::{Destination, Purpose, pass};
use crate::audio::Source;
use crate::chain::Settings;
use crate::decode;
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

/// Renders a file through saved settings and returns what had to be left out of them and the steps that reading and writing took. Rate,
/// channels and length stay as they are.
///
/// # Errors
/// Those of [`check_outputs`] and [`pass`].
pub fn apply(request: &ApplyRequest, host: Host<'_>) -> Result<Vec<String>> {
    let mut inputs = vec![request.mix.as_path()];
    inputs.extend(request.keep.iter().map(PathBuf::as_path));
    check_outputs(&[Output { path: &request.to.path, overwrite: request.to.overwrite }], &inputs)?;
    let rate = decode::open(&request.mix)?.info().sample_rate;
    let (settings, mut steps) = request.settings.at_rate(f64::from(rate));
    steps.extend(pass(&request.mix, &settings, Some(&request.to), &inputs, Purpose::Write, host)?.keep()?);
    Ok(steps)
}
