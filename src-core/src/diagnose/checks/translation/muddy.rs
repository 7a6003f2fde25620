//! `translation.muddy`

use super::per_system::{NOTICED_LU, UNLIKE_MONITORS, against, confidence, sure_amount, where_worst};
use crate::compare::translation::SystemHeard;
use crate::diagnose::{CheckDef, Context, Fix, Help, Outcome, Place, Story};
use crate::units::number;

/// Low mids that cover the rest on a system.
pub const CHECK: CheckDef = CheckDef {
    code: "translation.muddy",
    help: Help {
        finds: "Low mids, 150 to 400 Hz, that cover the rest on a system: cars, one-box speakers and clubs add to them.",
        why: "Cabins and boxes resonate there; what was warm on monitors becomes a boom that takes the words away.",
        no_fault: "Music that lives on warmth, as dub or cello; hold it against references of its kind.",
        decided: "A broad bump at 200 to 400 Hz in the tonal difference to the references, told from other music; then how much louder it makes \
                  150 to 400 Hz against 600 Hz to 2.5 kHz on systems that play this range in full. Over 2.5 LU a warning if nine of ten draws of the \
                  bump, devices, levels and noise leave as much as is noticed, on the small loudspeaker and on the car or stage that add most to it.",
        remedy: "Cut 2 to 4 dB around 250 Hz where pads, guitars, the body of voices and reverbs pile up; high-pass what has no business there.",
        safety: "Too deep a cut leaves voices and guitars thin on small loudspeakers, which need this range to hint at bass.",
        references: "Partial loudness: Moore, Glasberg, Baer, J. Audio Eng. Soc. 45, 1997. Systems: models/systems. Range: see tonal.muddy.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let limit = context.limit(CHECK.code);
    where_worst(context, &UNLIKE_MONITORS, |heard| {
        let mud = heard.mud_lu.as_ref()?;
        let outcome = Outcome::judge(sure_amount(mud, NOTICED_LU).max(0.0), "LU", &limit)
            .source(against(context, "over"))
            .confidence(confidence(mud));
        Some((outcome.told(|_| story(heard, mud.value, mud.low)), mud.low + heard.mud_place_db))
    })
}

fn story(heard: &SystemHeard, value: f64, low: f64) -> Story {
    let gain_db = -value.clamp(1.5, 6.0);
    Story::new(
        format!("Low mids boom {}", heard.place),
        "Low mids cover what lies above them here.",
        if value > 5.0 { Place::Mix } else { Place::Master },
    )
    .band(150.0, 400.0)
    .evidence("Lifted here", value, "LU")
    .evidence("At least, in nine of ten draws", low, "LU")
    .fix(Fix {
        text: format!("Bell 250\u{a0}Hz, {}\u{a0}dB, Q\u{a0}0.9", number(gain_db, 1)),
        freq_hz: Some(250.0),
        gain_db: Some(gain_db),
        q: Some(0.9),
    })
}
