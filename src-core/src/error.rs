//! One error type, sorted by what the caller can do about it.

use std::path::PathBuf;

/// Result of anything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something could not be done.
///
/// Each message is one line that says what happened, where, and what to try. Bad *audio* is never
/// an error but a finding; an error means that the work itself could not be carried out.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused: missing file, no permission, full disk.
    #[error("{path}: {action}: {source}; {hint}", path = path.display())]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What was being done, as "cannot read".
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
        /// What to try.
        hint: &'static str,
    },
    /// The file is damaged or not what its name says.
    #[error("{path}: {problem}; {hint}", path = path.display())]
    Malformed {
        /// The file concerned.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to try.
        hint: &'static str,
    },
    /// The file is sound but of a kind this program does not handle.
    #[error("{path}: {problem}; {hint}", path = path.display())]
    Unsupported {
        /// The file concerned.
        path: PathBuf,
        /// What is not supported.
        problem: String,
        /// What to try.
        hint: &'static str,
    },
    /// A setting from the command line, a preset or the app is out of range or contradicts another.
    #[error("{name}: {problem}; {hint}")]
    InvalidSetting {
        /// Name of the setting as the user wrote it.
        name: String,
        /// What is wrong with it.
        problem: String,
        /// What to try.
        hint: String,
    },
    /// There is no sound card, or it cannot be used.
    #[error("{problem}; {hint}")]
    Sound {
        /// What is wrong with it.
        problem: String,
        /// What to try.
        hint: &'static str,
    },
    /// The user stopped the work.
    #[error("stopped on request; nothing was written")]
    Cancelled,
    /// A fault of the program itself.
    #[error("internal fault in {place}: {problem}; please report it with the file that caused it")]
    Bug {
        /// Where it was noticed.
        place: &'static str,
        /// What was noticed.
        problem: String,
    },
}

impl Error {
    /// An [`Error::Io`] with the hint that fits the kind of failure.
    pub fn io(path: impl Into<PathBuf>, action: &'static str, source: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let hint = match source.kind() {
            K::NotFound => "check the spelling and that the folder exists",
            K::PermissionDenied => "check the permissions or choose another place",
            K::StorageFull | K::QuotaExceeded => "free some space or choose another place",
            K::IsADirectory => "name a file inside the folder",
            K::AlreadyExists => "choose another name or allow overwriting with --force",
            _ => "try again, or copy the file to another disk",
        };
        Self::Io { path: path.into(), action, source, hint }
    }

    /// An [`Error::InvalidSetting`].
    pub fn setting(name: impl Into<String>, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::InvalidSetting { name: name.into(), problem: problem.into(), hint: hint.into() }
    }
}
