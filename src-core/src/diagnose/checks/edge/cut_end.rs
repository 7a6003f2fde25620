//! `edge.cut_end`

use super::cut_start::{LEAST_S, cut_level};
use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};

/// A last note that does not ring out.
pub const CHECK: CheckDef = CheckDef {
    code: "edge.cut_end",
    help: Help {
        finds: "A file that ends in the middle of a sound.",
        why: "The last note or its reverb breaks off with a click, and nobody after the mix can bring it back.",
        no_fault: "Loops and segues that are meant to join another file.",
        decided: "Peak of the last 5 ms, where the last sample stands away from zero and the last millisecond is no more than 12 dB softer than the last 60 ms, so \
                  that it is neither a fade nor a decay. Over −60 dBFS, and within 40 dB of the programme, a warning; over −20 dBFS a failure.",
        remedy: "Bounce two seconds more, until the last reverb is gone.",
        safety: "A fade hides the click but shortens the ending.",
        references: "Delivery advice of mastering studios: tails not cut, fades left to mastering.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if m.duration.s() < LEAST_S || !m.edges.programme.is_finite() {
        return Outcome::skipped("too short or silent");
    }
    let value = cut_level(&m.edges.end, m);
    Outcome::judge(value, "dBFS", &context.limit(CHECK.code)).confidence(0.95).told(|_| {
        let end = m.duration.s();
        Story::new("The last note is cut", "The file ends in the middle of a sound; its tail is missing.", Place::Mix)
            .at(vec![TimeRange::new((end - 0.25).max(0.0), end)])
            .evidence("Last sample", m.edges.end.step.db(), "dBFS")
            .evidence("Programme", m.edges.programme.db(), "dBFS")
            .remedy("Bounce 2\u{a0}s more, until the last reverb is gone")
    })
}
