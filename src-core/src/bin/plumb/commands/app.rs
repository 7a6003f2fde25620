//! `plumb app`.

use crate::Faults;
use crate::args::AppArgs;
use plumbline::{Error, Result};
use std::path::PathBuf;
use std::process::Command;

/// The program of the window.
const PROGRAM: &str = "plumbline-app";

/// `plumb app`: starts the window, and ends when it is closed.
pub fn app(args: &AppArgs) -> Result<Faults> {
    let Some(program) = find() else {
        return Err(Error::setting(
            "plumb app",
            format!("{PROGRAM} is neither beside plumb nor on the PATH"),
            "run `./plumb app` in the source folder, which builds it, or install the package",
        ));
    };
    let status = Command::new(&program).args(&args.files).status().map_err(|e| Error::io(&program, "cannot start", e))?;
    if status.success() {
        return Ok(Faults::None);
    }
    Err(Error::setting("plumb app", format!("the window ended with {status}"), "see what it said above"))
}

/// Beside this program, then on the path.
fn find() -> Option<PathBuf> {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    beside.into_iter().chain(std::env::split_paths(&path).map(|folder| folder.join(&name))).find(|file| file.is_file())
}
