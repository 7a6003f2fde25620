//! How the window is painted where there is no graphics card.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Tells WebKit to hand pictures over in memory instead of through a graphics card's buffers (webkitgtk.org, "Environment variables").
const IN_MEMORY: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts the program anew with WebKit told to paint in memory, if there is no graphics card to paint with: WebKit would imitate one, and
/// a window in which meters move then takes two whole processors, against a sixth of one. Who has set the variable is not overruled.
/// Goes on with the program as it is if there is a card or if it cannot be started anew.
pub fn without_a_card() {
    if std::env::var_os(IN_MEMORY).is_some() || has_card(Path::new("/dev/dri")) {
        return;
    }
    // A variable can be set safely only before there are threads, which the toolkit's libraries do not promise: so it is handed to the
    // program that takes the place of this one.
    if let Ok(program) = std::env::current_exe() {
        let _ = Command::new(program).args(std::env::args_os().skip(1)).env(IN_MEMORY, "1").exec();
    }
}

/// Whether a folder of graphics devices holds one that paints.
fn has_card(devices: &Path) -> bool {
    std::fs::read_dir(devices)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_a_device_that_paints() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("dri")));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()), "a screen that cannot paint");
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
