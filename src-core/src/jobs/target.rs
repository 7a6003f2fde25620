//! The loudness that a result is to have, as the user says it.

use crate::error::{Error, Result};
use crate::models::delivery;
use crate::propose::planners::LoudnessTarget;

/// The loudness that a result is to have.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Target {
    /// That of the references.
    #[default]
    References,
    /// An integrated loudness.
    Lufs(f64),
    /// What a platform or medium asks for, by its name in `models/delivery`.
    Platform(String),
}

impl Target {
    /// "-14" or the name of a platform.
    pub fn parse(text: &str) -> Self {
        match text.trim().replace('\u{2212}', "-").parse::<f64>() {
            Ok(lufs) => Self::Lufs(lufs),
            Err(_) => Self::Platform(text.trim().to_owned()),
        }
    }

    /// As planners take it, and the ceiling (dBTP) of a platform that has one.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for a platform that is not known or asks for no loudness.
    pub fn resolve(&self) -> Result<(LoudnessTarget, Option<f64>)> {
        let name = match self {
            Self::References => return Ok((LoudnessTarget::References, None)),
            Self::Lufs(lufs) => return Ok((LoudnessTarget::Lufs(*lufs), None)),
            Self::Platform(name) => name,
        };
        let platform = delivery::find(name)?;
        let Some(lufs) = platform.target_lufs() else {
            return Err(Error::setting(
                "--target",
                format!("{} asks for no loudness", platform.title),
                "give a number in LUFS, as --target -14",
            ));
        };
        Ok((LoudnessTarget::Lufs(lufs), platform.ceiling_dbtp(lufs)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_number_or_a_platform() {
        assert_eq!(Target::parse("\u{2212}14").resolve().unwrap(), (LoudnessTarget::Lufs(-14.0), None));
        assert_eq!(Target::parse("spotify").resolve().unwrap(), (LoudnessTarget::Lufs(-14.0), Some(-1.0)));
        assert_eq!(Target::default().resolve().unwrap(), (LoudnessTarget::References, None));
        assert!(Target::parse("myspace").resolve().is_err());
        assert!(Target::parse("vinyl").resolve().unwrap_err().to_string().contains("LUFS"));
    }
}
