//! The thread that feeds the card goes before all others, where the system lets it: on a machine that reckons and paints at the same time
//! it is otherwise late by more than a card can hold.

/// Of the 99 steps of realtime priority: before everything that is not realtime, and behind the system's own sound threads, which must
/// run to take what this one makes.
#[cfg(target_os = "linux")]
const STEP: u8 = 10;

/// Puts the thread that calls before all that are not realtime. Neither allocates nor waits. Where the system refuses (on Linux it takes
/// a limit of `rtprio` above 0), the thread runs on as it did; other systems have done this by themselves before they call back.
pub(super) fn raise_this() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy};
        let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
        let _ = ThreadPriorityValue::try_from(STEP).map(|step| {
            thread_priority::set_thread_priority_and_policy(
                thread_priority::thread_native_id(),
                ThreadPriority::Crossplatform(step),
                policy,
            )
        });
    }
}

/// Whether the threads of this way of playing may be raised. Those of ALSA may not: where it leads to a sound server, they wait for a
/// thread of that server's library, which has no priority of its own.
pub(super) fn may_be_raised(host: &cpal::Host) -> bool {
    !format!("{:?}", host.id()).eq_ignore_ascii_case("alsa")
}
