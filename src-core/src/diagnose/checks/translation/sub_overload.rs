//! `translation.sub_overload`

use super::per_system::{against, confidence, surely, where_worst};
use crate::compare::translation::SystemHeard;
use crate::diagnose::{CheckDef, Context, Fix, Help, Outcome, Place, Story};
use crate::models::system::Group;
use crate::units::number;

/// Sub that takes the power of a rig.
pub const CHECK: CheckDef = CheckDef {
    code: "translation.sub_overload",
    help: Help {
        finds: "Sub bass that takes the power of a rig: limiters of clubs and festivals pull the whole down for it.",
        why: "A system has only so much power, and its sub is lifted by 10 dB and more: what goes into the sub is missing from the rest.",
        no_fault: "Music made for that very effect, against references that do the same.",
        decided: "A low shelf under 40 to 60 Hz in the tonal difference to the references, told from other music; then the power that it costs the \
                  subwoofers (28 to 64 Hz) at the usual level there (A-weighted), on systems that lift the sub. Over 3 dB, twice the power, a \
                  warning where nine of ten draws have more than the references, on the stage and on the car that are worst off.",
        remedy: "Low shelf under 50 to 60 Hz on the kick or the bass, whichever is longer; let one of the two have the sub. High-pass 25 to 30 Hz.",
        safety: "On headphones and in cars less sub is a smaller song: take only what is above the references.",
        references: "Sub lift and levels: models/systems/club_pa.json, festival_pa.json with their sources; A-weighting: IEC 61672-1:2013.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let limit = context.limit(CHECK.code);
    where_worst(context, &[&[Group::Stage], &[Group::Car]], |heard| {
        let sub = heard.sub_power_db.as_ref()?;
        // The lowest octave of a match is its least certain one: that there is more must be sure, how much more is the best estimate.
        let value = if surely(sub) > 0.0 { sub.value } else { 0.0 };
        let outcome = Outcome::judge(value, "dB", &limit).source(against(context, "over")).confidence(confidence(sub));
        Some((outcome.told(|_| story(heard, sub.value, sub.low)), sub.value))
    })
}

fn story(heard: &SystemHeard, value: f64, low: f64) -> Story {
    let gain_db = -value.clamp(2.0, 12.0);
    Story::new(
        format!("Sub takes the headroom {}", heard.place),
        format!("The subwoofers have to deliver {}\u{a0}dB more power for the same loudness.", number(value, 0)),
        if value > 5.0 { Place::Mix } else { Place::Master },
    )
    .band(20.0, 63.0)
    .evidence("Beyond the references", value, "dB")
    .evidence("At least, in nine of ten draws", low, "dB")
    .fix(Fix {
        text: format!("Low shelf 55\u{a0}Hz, {}\u{a0}dB", number(gain_db, 0)),
        freq_hz: Some(55.0),
        gain_db: Some(gain_db),
        q: None,
    })
}
