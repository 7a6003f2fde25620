//! The thread that feeds the card goes before all others, where the system lets it: on a machine that reckons and paints at the same time
//! it is otherwise late by more than a card can hold.

/// Of the 99 steps of realtime priority: before the window's own realtime threads (WebKit's run at 5), and behind the sound threads of
/// PipeWire (20 and above), which must run to take what this one makes. PulseAudio's (5) sleep while this one runs for a millisecond.
#[cfg(target_os = "linux")]
const STEP: u8 = 10;

/// Puts the thread that calls before all that are not realtime, on Linux. Neither allocates nor waits. Where the system refuses (it takes
/// a limit of `rtprio` above 0), the thread runs on as it did. macOS has raised it by then; on Windows it keeps its priority.
pub(super) fn raise_this() {
    #[cfg(target_os = "linux")]
    let _ = try_to_raise_this();
}

#[cfg(target_os = "linux")]
fn try_to_raise_this() -> Result<(), thread_priority::Error> {
    use thread_priority::{RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy};
    let step = ThreadPriorityValue::try_from(STEP).map_err(|_| thread_priority::Error::Priority("not a step of priority"))?;
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    thread_priority::set_thread_priority_and_policy(thread_priority::thread_native_id(), ThreadPriority::Crossplatform(step), policy)
}

/// Whether the threads of this way of playing may be raised. Those of ALSA may not: where it leads to a sound server, they wait for a
/// thread of that server's library, which has no priority of its own.
pub(super) fn may_be_raised(host: cpal::HostId) -> bool {
    host.name() != "ALSA"
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use thread_priority::{Error, RealtimeThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};

    /// The system's word for what it does not permit (errno(3), EPERM).
    const NOT_PERMITTED: i32 = 1;

    #[test]
    fn a_thread_is_raised_unless_the_system_does_not_permit_it() {
        let raised = || (try_to_raise_this(), thread_schedule_policy());
        // In a thread of its own, which ends with its priority.
        match std::thread::spawn(raised).join().unwrap() {
            (Ok(()), policy) => assert_eq!(policy.unwrap(), ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin)),
            (Err(refused), _) => assert_eq!(refused, Error::OS(NOT_PERMITTED)),
        }
    }

    #[test]
    fn threads_of_alsa_are_left_as_they_are() {
        assert!(!may_be_raised(cpal::HostId::Alsa));
        assert!(may_be_raised(cpal::HostId::PulseAudio));
    }
}
