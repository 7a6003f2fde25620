//! `signal.invalid_samples`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};

/// Samples that are no numbers.
pub const CHECK: CheckDef = CheckDef {
    code: "signal.invalid_samples",
    help: Help {
        finds: "Samples of a floating-point file that are not a number, infinite, or beyond +120 dBFS.",
        why: "Players turn them into silence, clicks or full-scale noise, and a filter that meets one may never recover.",
        no_fault: "Never: no sound has such samples.",
        decided: "Any such sample is a failure. All other measurements take it as 0 and are told for what is left.",
        remedy: "Find the plug-in that produced them: bypass them one by one and bounce until the count is 0.",
        safety: "Replacing them with silence leaves clicks; only a new bounce mends them.",
        references: "IEEE 754-2019, 6 (infinity and NaN).",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let invalid = &context.measurements.invalid;
    Outcome::judge(invalid.samples as f64, "samples", &context.limit(CHECK.code)).told(|_| {
        Story::new("Samples that are not numbers", "Players turn them into clicks, silence or noise.", Place::Mix)
            .at(invalid.times.clone())
            .remedy("Bypass plug-ins one by one to find the one that makes them, then bounce again")
    })
}
