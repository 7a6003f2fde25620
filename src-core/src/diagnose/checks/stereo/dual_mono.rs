//! `stereo.dual_mono`

use super::picture::{Picture, SAME_DB, Whole};
use crate::diagnose::{CheckDef, Context, Help, MAX_LEAN, Outcome, Place, Story};

/// The same signal on both sides.
pub const CHECK: CheckDef = CheckDef {
    code: "stereo.dual_mono",
    help: Help {
        finds: "A stereo file whose left and right are the same.",
        why: "A stereo mix that was bounced in mono has lost its picture for good.",
        no_fault: "Music meant to be mono: old recordings, some podcasts. Then a mono file says so and saves half the space.",
        decided: "RMS of left minus right against the louder channel; below −80 dB they are the same (dither of two bounces lies lower).",
        remedy: "Look for a mono switch on the master bus or a mono bounce setting, and bounce again in stereo.",
        safety: "None; a new bounce changes nothing else.",
        references: "House limit: below −80 dB a difference is inaudible and comes from rounding.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context).unwrap_or_else(|skipped| skipped)
}

fn judge(context: &Context<'_>) -> Result<Outcome, Outcome> {
    let picture = Picture::of(context)?;
    picture.unless(&[Whole::Dead])?;
    let image = picture.image;
    let difference = image.difference.db() - image.left.db().max(image.right.db());
    let mut outcome = Outcome::judge(difference.max(-200.0), "dB", &context.limit(CHECK.code));
    if difference < SAME_DB {
        outcome.lean = Some(-MAX_LEAN);
    }
    Ok(outcome.told(|_| {
        Story::new("Both sides are the same", "The file is stereo, the music in it mono.", Place::Mix)
            .evidence("Left minus right", image.difference.db(), "dBFS")
            .remedy("Bounce again in stereo, with 0 mono switches on the master bus")
    }))
}
