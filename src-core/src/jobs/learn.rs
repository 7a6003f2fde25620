//! References saved as a profile, for later checks and matches without the files.

use super::Host;
use super::references::measure_references;
use crate::error::{Error, Result};
use crate::models::profile::Profile;
use std::path::PathBuf;

/// What to learn from.
#[derive(Clone, Debug)]
pub struct LearnRequest {
    /// Files and folders.
    pub references: Vec<PathBuf>,
    /// What the profile is called.
    pub name: String,
}

/// A learnt profile, and what reading its files took.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// The profile.
    pub profile: Profile,
    /// What had to be skipped or assumed while reading.
    pub steps: Vec<String>,
}

/// Measures references and describes them as a profile. Profiles among the references are taken over.
///
/// # Errors
/// Those of reading the files, a reference without sound, and [`Error::Cancelled`].
pub fn learn(request: &LearnRequest, host: Host<'_>) -> Result<Learnt> {
    let known = measure_references(&request.references, host)?;
    if let Some(silent) = known.portraits().iter().find(|p| p.tone_db.iter().all(Option::is_none)) {
        return Err(Error::setting(silent.name.clone(), "this reference is silent", "take it out of the set"));
    }
    let steps = known.measured().flat_map(|m| m.steps.iter().cloned()).collect();
    Ok(Learnt { profile: Profile::new(request.name.clone(), known.portraits().to_vec()), steps })
}
