//! `stereo.narrow`

use super::picture::{IMAGE_HZ, Picture, Whole};
use crate::compare::Basis;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::units::number;

/// Hardly any width.
pub const CHECK: CheckDef = CheckDef {
    code: "stereo.narrow",
    help: Help {
        finds: "A picture so narrow that it is nearly mono, or clearly narrower than the references.",
        why: "Everything sits on one spot; voices and instruments cover each other where width would separate them.",
        no_fault: "Music for the club or the phone, or a style that wants it. Without a reference only nearly mono files are named.",
        decided: "Side against mid from 100 Hz to 12.5 kHz over the file. With references: more than 3 dB below their range; otherwise below −25 dB.",
        remedy: "Pan doubles and percussion apart, give pads and reverbs a stereo return; in mastering raise the side by 1 to 2 dB at most.",
        safety: "Widening plug-ins cost mono compatibility: check stereo.mono_loss afterwards.",
        references: "Range of the references; without them a house limit (side power 0.3 % of the mid).",
    },
    run,
};

/// How far below the range of the references a warning begins, dB.
const BELOW_RANGE_DB: f64 = 3.0;

fn run(context: &Context<'_>) -> Outcome {
    judge(context).unwrap_or_else(|skipped| skipped)
}

fn judge(context: &Context<'_>) -> Result<Outcome, Outcome> {
    let picture = Picture::of(context)?;
    picture.unless(&[Whole::Dead, Whole::Same, Whole::Inverted])?;
    let width = picture.range(IMAGE_HZ).side_mid.db();
    let mut limit = context.limit(CHECK.code);
    let mut source = limit.source.to_owned();
    let theirs = context.comparison.quantity("width").filter(|_| context.comparison.basis != Basis::Neutral);
    if let Some(theirs) = theirs {
        limit.warn = theirs.range.low - BELOW_RANGE_DB;
        limit.note = theirs.range.low;
        limit.width = (theirs.range.high - theirs.range.low).max(1.0);
        source = format!("under {}", context.comparison.against);
    }
    Ok(Outcome::judge(width.max(-200.0), "dB", &limit).source(source).told(|_| {
        let missing = (limit.warn - width).clamp(0.5, 2.0);
        let place = if limit.warn - width <= 2.0 { Place::Master } else { Place::Mix };
        Story::new("The picture is narrow", "Nearly everything sits in the middle.", place)
            .evidence("Side against mid", width, "dB")
            .evidence("Correlation", picture.image.correlation.unwrap_or(f64::NAN), "")
            .remedy(format!("Pan doubles and returns wider, or raise the side {}\u{a0}dB", number(missing, 1)))
    }))
}
