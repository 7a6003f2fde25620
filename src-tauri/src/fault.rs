//! Errors as the window gets them: a code where it acts on one, and words for people.

use plumbline::Error;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::ErrorKind;

/// What a command answers.
pub type Answer<T> = Result<T, Fault>;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Fault {
    /// What the window can act on.
    pub code: Code,
    /// What happened, on one line.
    pub what: String,
    /// The file or setting concerned.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What to try.
    pub hint: String,
}

/// What the window can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The user stopped it.
    Cancelled,
    /// A file of that name is there already.
    Exists,
    /// A file is not there.
    Missing,
    /// A file cannot be read or written.
    Unreadable,
    /// A value is out of range or contradicts another.
    Setting,
    /// There is nothing to play on.
    Sound,
    /// A fault of the program.
    Bug,
}

impl Fault {
    /// A fault of the program itself.
    pub fn bug(what: impl ToString) -> Self {
        Self { code: Code::Bug, what: one_line(&what.to_string()), place: None, hint: "please report it".into() }
    }

    /// A request that cannot be met as things stand.
    pub fn setting(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: Code::Setting, what: what.into(), place: None, hint: hint.into() }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let fault = |code, what: String, place: Option<String>, hint: &str| Self { code, what: one_line(&what), place, hint: hint.into() };
        match error {
            Error::Io { path, action, source, hint } => {
                let code = match source.kind() {
                    ErrorKind::AlreadyExists => Code::Exists,
                    ErrorKind::NotFound => Code::Missing,
                    _ => Code::Unreadable,
                };
                fault(code, format!("{action}: {source}"), Some(path.display().to_string()), hint)
            }
            Error::Malformed { path, problem, hint } | Error::Unsupported { path, problem, hint } => {
                fault(Code::Unreadable, problem, Some(path.display().to_string()), hint)
            }
            Error::InvalidSetting { name, problem, hint } => fault(Code::Setting, problem, Some(name), &hint),
            Error::Sound { problem, hint } => fault(Code::Sound, problem, None, hint),
            Error::Cancelled => fault(Code::Cancelled, "stopped".into(), None, "nothing was written"),
            other => Self::bug(other),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_place_and_hint_and_gets_the_code_that_fits() {
        let io = |kind: ErrorKind| Fault::from(Error::io("/a/mix.wav", "cannot write", kind.into()));
        assert_eq!(io(ErrorKind::AlreadyExists).code, Code::Exists);
        assert_eq!(io(ErrorKind::NotFound).code, Code::Missing);
        assert_eq!(io(ErrorKind::PermissionDenied).place.as_deref(), Some("/a/mix.wav"));
        let setting = Fault::from(Error::setting("eq[0].q", "99 is\nout of range", "give less"));
        assert_eq!((setting.code, setting.what.as_str(), setting.hint.as_str()), (Code::Setting, "99 is out of range", "give less"));
        assert_eq!(Fault::from(Error::Cancelled).code, Code::Cancelled);
        let json = serde_json::to_value(&setting).unwrap();
        assert_eq!(json["where"], "eq[0].q");
    }
}
