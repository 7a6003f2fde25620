//! The desktop around the window: its file manager.

use crate::fault::{Answer, Code, Fault};
use std::path::Path;

/// Opens the file manager at a file, with the file marked.
///
/// # Errors
/// A file that is not there, and a desktop without a file manager that answers.
pub fn show_in_folder(path: &Path) -> Answer<()> {
    let path = std::fs::canonicalize(path).map_err(|e| Fault::from(plumbline::Error::io(path, "cannot find the file", e)))?;
    mark(&path).map_err(|what| Fault {
        code: Code::Missing,
        what,
        place: Some(path.display().to_string()),
        hint: "copy the path instead".into(),
    })
}

/// By the interface that file managers of Linux desktops offer on the session bus:
/// <https://www.freedesktop.org/wiki/Specifications/file-manager-interface/>. It says whether there is one, which starting
/// `xdg-open` does not.
#[cfg(target_os = "linux")]
fn mark(path: &Path) -> Result<(), String> {
    use std::time::Duration;
    /// A file manager that has to be started first takes seconds.
    const PATIENCE: Duration = Duration::from_secs(10);
    const NAME: &str = "org.freedesktop.FileManager1";

    let none = |e: dbus::Error| format!("no file manager answers ({})", e.message().unwrap_or("no reason given"));
    let address = tauri::Url::from_file_path(path).map_err(|()| "the path is not a full one".to_owned())?;
    let bus = dbus::blocking::Connection::new_session().map_err(none)?;
    let manager = bus.with_proxy(NAME, "/org/freedesktop/FileManager1", PATIENCE);
    manager.method_call(NAME, "ShowItems", (vec![address.to_string()], "")).map_err(none)
}

#[cfg(target_os = "macos")]
fn mark(path: &Path) -> Result<(), String> {
    start(std::process::Command::new("open").arg("-R").arg(path))
}

#[cfg(windows)]
fn mark(path: &Path) -> Result<(), String> {
    let mut wanted = std::ffi::OsString::from("/select,");
    wanted.push(path);
    start(std::process::Command::new("explorer").arg(wanted))
}

#[cfg(not(target_os = "linux"))]
fn start(command: &mut std::process::Command) -> Result<(), String> {
    command.spawn().map(|_| ()).map_err(|e| format!("the file manager does not start ({e})"))
}
