//! Which threads go first: sound and window before long work, which else takes every core from them.

use thread_priority::{ThreadPriority, ThreadPriorityValue};

/// Of 100, where 50 is usual: on Linux 10 nicer than usual, about a tenth of the share of a thread that waits for the same core.
const LOWERED: u8 = 25;

/// Of 100: on Linux as nice as can be. Next to a thread that was lowered, what is left over.
const LOWEST: u8 = 0;

/// Lowers the threads on which the core spreads its work. They are made here once, for the whole run.
pub fn lower_those_that_reckon() {
    // Made before, or not to be had: work goes on as it would without.
    let _ = rayon::ThreadPoolBuilder::new().thread_name(|i| format!("plumbline work {i}")).start_handler(|_| lower_this()).build_global();
}

/// Lowers the thread that calls, and those that it starts, for as long as they run.
pub fn lower_this() {
    set(LOWERED);
}

/// Lowers the thread that calls under all others: for what is done beside work that is waited for.
pub fn put_last() {
    set(LOWEST);
}

fn set(of_100: u8) {
    // Refused by the system, the thread runs as it did.
    let _ = ThreadPriorityValue::try_from(of_100).map(|value| ThreadPriority::Crossplatform(value).set_for_current());
}
