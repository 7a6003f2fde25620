//! `translation.bass_lost`

use super::per_system::{against, confidence, on_each_or_worst, sure_amount, surely};
use crate::compare::translation::{CarriedBy, SystemHeard};
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::models::system::Group;
use crate::units::number;

/// The bass line disappears on a system.
pub const CHECK: CheckDef = CheckDef {
    code: "translation.bass_lost",
    help: Help {
        finds: "A bass line that is heard on full-range loudspeakers and gone on a phone, a laptop or a mono radio.",
        why: "Most listening is done on loudspeakers that give nothing below 100 to 300 Hz: there the ear makes the line up from its \
              harmonics. Without them the song loses its ground and its groove.",
        no_fault: "Sub drops and effects that are not meant to carry a line; dance music made for rigs with subs, if you accept the loss.",
        decided: "On systems without fundamentals: loudness of 90 to 450 Hz there, less the change of the fundamentals in full range, against the \
                  same music with the references' sound; of small ones the one that loses most is named. On the others: what the bass loses because left and \
                  right are added. 5 LU lost are a warning if nine of ten draws of devices, levels, noise and tone lose 2 LU.",
        remedy: "Saturate or distort the bass a little, or double it an octave up, so that it has harmonics at 100 to 400 Hz. Keep it mono below \
                 120 Hz. A boost of the sub does not help: nothing of it comes through.",
        safety: "Harmonics can crowd guitars and the low end of voices; bring up only as much as makes the line readable on the phone.",
        references: "Missing fundamental and virtual bass: E. Larsen, R. Aarts, Audio Bandwidth Extension, 2004, chapter 2. Partial loudness: \
                     Moore, Glasberg, Baer, J. Audio Eng. Soc. 45, 1997. Systems: models/systems.",
    },
    run,
};

/// A loss of which this part is due to the mono sum is one of polarity or width, not of harmonics.
const MONO_SHARE: f64 = 0.5;

/// What nine of ten draws must lose of a line, LU: a line is followed, not weighed, so that what is barely noticed is not missed.
const SURELY_LU: f64 = 2.0;

fn run(context: &Context<'_>) -> Outcome {
    let limit = context.limit(CHECK.code);
    // A line without harmonics is one fault, however many small loudspeakers tell of it; a mono sum is one of each place.
    let alike = |heard: &SystemHeard| heard.group == Group::Small && !cancels(heard);
    on_each_or_worst(context, alike, |heard| {
        let line = &heard.bass_line;
        let lost = match (line.carried_by, cancels(heard)) {
            (_, true) => surely(&line.beyond_lu),
            (CarriedBy::Harmonics, false) => sure_amount(&line.beyond_lu, SURELY_LU),
            (CarriedBy::Fundamentals, false) => 0.0,
        };
        let outcome = Outcome::judge(lost.min(0.0), "LU", &limit).source(against(context, "under"));
        let outcome = if lost < 0.0 { outcome.confidence(confidence(&line.beyond_lu)) } else { outcome };
        Some(outcome.told(|_| story(heard, cancels(heard))))
    })
}

/// Whether what is lost is lost in the mono sum.
fn cancels(heard: &SystemHeard) -> bool {
    heard.bass_line.mono_lu < 0.0 && heard.bass_line.mono_lu <= MONO_SHARE * heard.bass_line.beyond_lu.value
}

fn story(heard: &SystemHeard, cancels: bool) -> Story {
    let line = &heard.bass_line;
    let [low, high] = line.hz;
    let title = format!("Bass line is lost {}", heard.place);
    let (why, remedy) = if cancels {
        (
            "Left and right are added here, and the bass of one side cancels that of the other.".to_owned(),
            "Make the bass mono below 150\u{a0}Hz: undo its widener, or turn the polarity of one side".to_owned(),
        )
    } else {
        (
            format!(
                "Its fundamentals are not reproduced here, and its harmonics at {}\u{2013}{}\u{a0}Hz are too soft to stand for them.",
                number(low, 0),
                number(high, 0)
            ),
            format!(
                "Saturate the bass until it gains {}\u{a0}dB at 120\u{2013}400\u{a0}Hz; no sub boost",
                number((-line.beyond_lu.value).clamp(2.0, 9.0), 0)
            ),
        )
    };
    Story::new(title, why, Place::Mix)
        .band(low, high)
        .evidence("Lost beyond the references", line.beyond_lu.value, "LU")
        .evidence("At least, in nine of ten draws", line.beyond_lu.high, "LU")
        .evidence("Of which in the mono sum", line.mono_lu, "LU")
        .evidence("Listening level", heard.level_dba, "dBA")
        .remedy(remedy)
}
