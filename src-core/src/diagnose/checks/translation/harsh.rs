//! `translation.harsh`

use super::per_system::{NOTICED_LU, UNLIKE_MONITORS, against, confidence, sure_amount, where_worst};
use crate::compare::translation::SystemHeard;
use crate::diagnose::{CheckDef, Context, Fix, Help, Outcome, Place, Story};
use crate::units::number;

/// Upper mids that bite on a system.
pub const CHECK: CheckDef = CheckDef {
    code: "translation.harsh",
    help: Help {
        finds: "Upper mids, 2 to 5 kHz, that bite on a system: most of all on small loudspeakers, which give little else.",
        why: "Where there is no bass to balance it, the range in which the ear is most sensitive becomes the whole song, and tires.",
        no_fault: "Styles that live on bite; hold them against references of their kind.",
        decided: "A broad bump at 2 to 4 kHz in the tonal difference to the references, told from other music; then how much louder it makes 2 to \
                  5 kHz against 500 Hz to 1.5 kHz on the system. Over 2.5 LU a warning if nine of ten draws of the bump, devices, levels and noise \
                  leave as much as is noticed, on the small loudspeaker and on the car or stage that add most to it.",
        remedy: "Dip 2.5 to 4 kHz on the loudest of guitars, cymbals and voice, or a dynamic band there.",
        safety: "The same range carries words: listen on the phone and on monitors before going beyond 3 dB.",
        references: "Partial loudness: Moore, Glasberg, Baer, J. Audio Eng. Soc. 45, 1997. Systems: models/systems. Range: see tonal.harsh.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let limit = context.limit(CHECK.code);
    where_worst(context, &UNLIKE_MONITORS, |heard| {
        let harsh = heard.harshness_lu.as_ref()?;
        let outcome = Outcome::judge(sure_amount(harsh, NOTICED_LU).max(0.0), "LU", &limit)
            .source(against(context, "over"))
            .confidence(confidence(harsh));
        Some((outcome.told(|_| story(heard, harsh.value, harsh.low)), harsh.low + heard.harshness_place_db))
    })
}

fn story(heard: &SystemHeard, value: f64, low: f64) -> Story {
    let gain_db = -value.clamp(1.5, 6.0);
    Story::new(
        format!("Upper mids bite {}", heard.place),
        "Too much of what is heard here lies where the ear is most sensitive.",
        if value > 5.0 { Place::Mix } else { Place::Master },
    )
    .band(2000.0, 5000.0)
    .evidence("Lifted here", value, "LU")
    .evidence("At least, in nine of ten draws", low, "LU")
    .fix(Fix {
        text: format!("Bell 3.2\u{a0}kHz, {}\u{a0}dB, Q\u{a0}1.0", number(gain_db, 1)),
        freq_hz: Some(3200.0),
        gain_db: Some(gain_db),
        q: Some(1.0),
    })
}
