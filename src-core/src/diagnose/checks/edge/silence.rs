//! `edge.silence`

use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};

/// Long silence before or after the music.
pub const CHECK: CheckDef = CheckDef {
    code: "edge.silence",
    help: Help {
        finds: "Long silence at the beginning or the end of the file.",
        why: "Listeners skip it, players and stores take it for part of the song, and a forgotten region may hide behind it.",
        no_fault: "A pause before a hidden piece; a bounce with a common start for all stems.",
        decided: "Time below −72 dBFS at either end, the longer one: over 5 s a note, over 10 s a warning.",
        remedy: "Trim to about one second before the first note and two after the last reverb.",
        safety: "Listen to the end at full volume before trimming: a reverb may still ring.",
        references: "Delivery advice of mastering studios: 1–2 s of space at either end.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let (lead, trail, total) = (m.edges.start.silence.s(), m.edges.end.silence.s(), m.duration.s());
    if lead >= total {
        return Outcome::skipped("silence throughout");
    }
    let limit = context.limit(CHECK.code);
    Outcome::judge(lead.max(trail), "s", &limit).told(|_| {
        let ends = [(lead, TimeRange::new(0.0, lead)), (trail, TimeRange::new(total - trail, total))];
        Story::new("Long silence at the edge", "Players and stores take it for part of the song.", Place::Master)
            .at(ends.into_iter().filter(|(s, _)| *s > limit.note).map(|(_, t)| t).collect())
            .evidence("Before the music", lead, "s")
            .evidence("After the music", trail, "s")
            .remedy("Trim to 1\u{a0}s before the first note and 2\u{a0}s after the last reverb")
    })
}
