//! Looks at the mixes from time to time: a new bounce becomes a version.

use crate::commands::changed;
use crate::state::App;
use crate::wire::Bounce;
use plumbline::jobs::Stamp;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Time between two looks.
const BETWEEN: Duration = Duration::from_millis(700);

/// Looks for as long as the app runs.
pub fn begin(app: &Arc<App>) {
    let app = Arc::downgrade(app);
    std::thread::spawn(move || while look(&app).is_some() {});
}

fn look(app: &Weak<App>) -> Option<()> {
    std::thread::sleep(BETWEEN);
    let app = app.upgrade()?;
    let paths: Vec<PathBuf> = app.watch().paths().map(Path::to_owned).collect();
    for path in paths {
        // The file is looked at outside of the lock: a network drive may let it wait.
        let now = Stamp::of(&path).ok();
        let settled = app.watch().look(&path, now);
        if settled {
            bounced(&app, path);
        }
    }
    Some(())
}

fn bounced(app: &Arc<App>, path: PathBuf) {
    let version = app.desk().bounced(&path);
    match version {
        Ok(Some(version)) => {
            let view = changed(app);
            app.tell("session", view);
            app.tell("bounce", Bounce { mix: Some(version.id), path });
        }
        Ok(None) => {}
        // A file that is still being written; it is looked at again when it changes.
        Err(error) => eprintln!("plumbline-app: {error}"),
    }
}
