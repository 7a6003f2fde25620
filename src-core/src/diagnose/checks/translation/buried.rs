//! `translation.buried`

use super::per_system::{against, on_each};
use crate::compare::translation::SystemHeard;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Status, Story};
use crate::units::number;

/// A passage sinks in the noise of a place.
pub const CHECK: CheckDef = CheckDef {
    code: "translation.buried",
    help: Help {
        finds: "Passages that are too soft for a place: a verse that road noise covers, an intro that nobody on the metro hears.",
        why: "A listener in a car or on a train turns up for the soft part and is hit by the loud one, or skips.",
        no_fault: "Music meant for quiet listening, and breaks that are meant to vanish; the references tell how much of that is usual.",
        decided: "Partial loudness of each 0.4 s in the noise of the place, the programme at its usual level there. A passage sinks where the noise \
                  takes at least 12 LU more of it than of a typical passage and leaves less than a fifth, in a place half a standard deviation quieter too, \
                  and where it is 6 LU softer than the softest seconds of the references; 3 s on end count. 4 s more than the references have, relative to length, are a warning.",
        remedy: "Ride the passage up, or compress the whole more slowly by a few dB, until the quiet part stands 12 to 15 dB under the loud one.",
        safety: "A smaller range also takes the lift out of the next chorus; 3 to 6 dB are usually enough.",
        references: "Moore, Glasberg, Baer, J. Audio Eng. Soc. 45, 1997, equations 17 to 20; G. Aichinger et al., 130th AES Convention, 2011. Noise: \
                     models/systems, each with its source.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let limit = context.limit(CHECK.code);
    let length = context.measurements.duration.s();
    on_each(context, |heard| {
        heard.noise_db_spl.as_ref()?;
        let sunk = &heard.sunk;
        let beyond_s = (sunk.share - sunk.references_share.unwrap_or(0.0)).max(0.0) * length;
        let outcome = Outcome::judge(beyond_s, "s", &limit).source(against(context, "beyond"));
        // Without a reference nobody can say that a soft passage is not meant to be soft: worth knowing, no fault.
        let outcome = if sunk.references_share.is_some() { outcome } else { outcome.capped(Status::Note) };
        Some(outcome.told(|_| story(heard)))
    })
}

fn story(heard: &SystemHeard) -> Story {
    let sunk = &heard.sunk;
    let up = (-sunk.depth_lu / 2.5).clamp(3.0, 12.0);
    Story::new(
        format!("Quiet passage sinks {}", heard.place),
        format!("The noise there takes {}\u{a0}LU more of this passage than of the rest.", number(-sunk.depth_lu, 0)),
        Place::Mix,
    )
    .at(sunk.time.clone())
    .evidence("Time that sinks", 100.0 * sunk.share, "%")
    .evidence("Of the references", sunk.references_share.map_or(f64::NAN, |s| 100.0 * s), "%")
    .evidence("Listening level", heard.level_dba, "dBA")
    .remedy(format!("Ride this passage up {}\u{a0}dB", number(up, 0)))
}
