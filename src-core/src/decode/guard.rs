//! Keeps a panic inside a third-party decoder from taking the program down.

use super::malformed;
use crate::error::Result;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Once;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it becomes [`crate::Error::Malformed`] for `path`.
///
/// The decoders are used no more after a panic (the caller drops or ends them), so that no half-changed state is seen.
/// The panic message is withheld, because the user is told in one line that the file is damaged; panics elsewhere
/// reach the hook that was there before.
pub(super) fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !INSIDE.get() {
                previous(panic);
            }
        }));
    });
    INSIDE.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(false);
    outcome.map_err(|_| malformed(path, "the file is damaged in a way that the decoder could not handle"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn a_panic_becomes_an_error_and_the_next_call_works() {
        let first: Result<u8> = guarded(Path::new("a.mp3"), || panic!("index out of bounds"));
        assert!(matches!(first, Err(Error::Malformed { .. })));
        assert_eq!(guarded(Path::new("a.mp3"), || 7).unwrap(), 7);
    }
}
