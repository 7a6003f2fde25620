//! `stereo.inverted`

use super::picture::{BASS_HZ, IMAGE_HZ, Picture, Whole};
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};

/// One channel with the wrong polarity.
pub const CHECK: CheckDef = CheckDef {
    code: "stereo.inverted",
    help: Help {
        finds: "One channel with inverted polarity: left and right pull against each other in nearly all bands.",
        why: "On loudspeakers the middle falls apart and the bass is thin; in mono, as on phones and in clubs, the centre vanishes.",
        no_fault: "A very wide effect piece without anything in the middle. Check it in mono before believing that.",
        decided: "Correlation of left and right per third octave over the whole file, averaged over the bass, 160 to 800 Hz, and 1 to 12.5 kHz. \
                  If all three lie under +0.15, their mean counts, else the highest: below −0.1 a warning, below −0.3 a failure.",
        remedy: "Flip the polarity of one channel: at the bounce, or at the track whose cable or plug-in did it.",
        safety: "None if it is really inverted: the flip loses nothing.",
        references: "Common practice of correlation meters: a programme lies between 0 and +1; mastering engineers call values below 0 a fault.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context).unwrap_or_else(|skipped| skipped)
}

fn judge(context: &Context<'_>) -> Result<Outcome, Outcome> {
    let picture = Picture::of(context)?;
    picture.unless(&[Whole::Dead, Whole::Same])?;
    let limit = context.limit(CHECK.code);
    Ok(Outcome::judge(picture.phase, "correlation", &limit).confidence(0.5 + picture.phase.abs()).told(|_| {
        Story::new("One channel is upside down", "Left and right cancel in mono, most of all what belongs in the middle.", Place::Mix)
            .evidence("Correlation of all samples", picture.image.correlation.unwrap_or(f64::NAN), "")
            .evidence("Level change in mono, bass", picture.range(BASS_HZ).mono.db(), "dB")
            .evidence("Level change in mono, rest", picture.range(IMAGE_HZ).mono.db(), "dB")
            .remedy("Flip the polarity of 1 channel at the bounce")
    }))
}
