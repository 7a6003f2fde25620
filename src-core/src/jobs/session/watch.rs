//! Notices that a mix was bounced again, once the new file is complete.

use crate::jobs::memory::Stamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Times that a changed file must look the same, one after the other, before it counts as complete: a workstation writes a bounce for seconds.
const SETTLED: u32 = 2;

/// Files that are looked at from time to time. Who calls decides how often and looks at the files; this decides what it means.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    files: BTreeMap<PathBuf, State>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    known: Stamp,
    seen: Stamp,
    times: u32,
}

impl Watch {
    /// From now on, these files in these states are watched; what is told of a file that was watched already stays told.
    pub fn only(&mut self, files: impl IntoIterator<Item = (PathBuf, Stamp)>) {
        let before = std::mem::take(&mut self.files);
        for (path, known) in files {
            let state = before.get(&path).filter(|s| s.known == known).copied();
            self.files.insert(path, state.unwrap_or(State { known, seen: known, times: 0 }));
        }
    }

    /// The watched files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// A file looks like this now. True once for each new state of the file, when it has stayed as it is; a file that is gone for a moment
    /// (`None`) is waited for.
    pub fn look(&mut self, path: &Path, now: Option<Stamp>) -> bool {
        let (Some(state), Some(now)) = (self.files.get_mut(path), now) else { return false };
        if now == state.known || now.bytes == 0 {
            state.times = 0;
            return false;
        }
        state.times = if now == state.seen { state.times + 1 } else { 1 };
        state.seen = now;
        let settled = state.times >= SETTLED;
        if settled {
            *state = State { known: now, seen: now, times: 0 };
        }
        settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Stamp = Stamp { bytes: 100, modified_ms: 1 };

    fn watch() -> Watch {
        let mut watch = Watch::default();
        watch.only([(PathBuf::from("mix.wav"), OLD)]);
        watch
    }

    fn looks(watch: &mut Watch, states: &[Option<(u64, u64)>]) -> Vec<bool> {
        let stamp = |(bytes, modified_ms)| Stamp { bytes, modified_ms };
        states.iter().map(|s| watch.look(Path::new("mix.wav"), s.map(stamp))).collect()
    }

    #[test]
    fn a_bounce_is_told_once_when_it_has_stopped_growing() {
        let growing = [Some((100, 1)), Some((0, 2)), Some((10, 3)), Some((50, 4)), Some((120, 5)), Some((120, 5)), Some((120, 5))];
        assert_eq!(looks(&mut watch(), &growing), [false, false, false, false, false, true, false]);
    }

    #[test]
    fn a_file_that_is_deleted_and_written_again_is_a_bounce_and_the_same_file_is_none() {
        assert_eq!(looks(&mut watch(), &[None, None, Some((90, 7)), Some((90, 7))]), [false, false, false, true]);
        assert_eq!(looks(&mut watch(), &[None, Some((100, 1)), Some((100, 1)), Some((100, 1))]), [false; 4]);
    }

    #[test]
    fn what_is_not_watched_any_more_is_not_told() {
        let mut watch = watch();
        looks(&mut watch, &[Some((120, 5))]);
        watch.only([(PathBuf::from("mix.wav"), OLD)]);
        assert_eq!(looks(&mut watch, &[Some((120, 5))]), [true], "naming it again does not start anew");
        watch.only([]);
        assert_eq!(looks(&mut watch, &[Some((130, 6)), Some((130, 6))]), [false; 2]);
        assert_eq!(watch.paths().count(), 0);
    }
}
