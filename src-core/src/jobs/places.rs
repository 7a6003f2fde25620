//! Where the program keeps what is its own: never beside the user's files.

use std::ffi::OsString;
use std::path::PathBuf;

/// Folder of the program's own data (preferences, recent sessions, the demo): `PLUMBLINE_DATA` if it is set, else `plumbline` where this system
/// keeps the data of programs. None where the system names no such place.
pub fn data_folder() -> Option<PathBuf> {
    folder_of(|name| std::env::var_os(name), cfg!(target_os = "macos"))
}

fn folder_of(variable: impl Fn(&str) -> Option<OsString>, mac: bool) -> Option<PathBuf> {
    let path = |name: &str| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from).filter(|p| p.is_absolute());
    if let Some(own) = path("PLUMBLINE_DATA") {
        return Some(own);
    }
    let home = path("HOME").map(|home| home.join(if mac { "Library/Application Support" } else { ".local/share" }));
    Some(path("XDG_DATA_HOME").or_else(|| path("APPDATA")).or(home)?.join("plumbline"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_the_systems_own_unless_one_is_named() {
        let with = |known: &[(&str, &str)], mac| {
            folder_of(|name| known.iter().find(|(n, _)| *n == name).map(|(_, value)| OsString::from(value)), mac)
        };
        assert_eq!(with(&[("HOME", "/home/a")], false), Some("/home/a/.local/share/plumbline".into()));
        assert_eq!(with(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "/data")], false), Some("/data/plumbline".into()));
        assert_eq!(with(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "relative")], false), Some("/home/a/.local/share/plumbline".into()));
        assert_eq!(with(&[("HOME", "/Users/a")], true), Some("/Users/a/Library/Application Support/plumbline".into()));
        assert_eq!(with(&[("HOME", "/home/a"), ("PLUMBLINE_DATA", "/own")], false), Some("/own".into()));
        assert_eq!(with(&[], false), None);
    }
}
