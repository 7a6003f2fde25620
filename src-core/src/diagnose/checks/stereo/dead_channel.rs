//! `stereo.dead_channel`

use super::picture::{DEAD_DB, Picture, Whole};
use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Status, Story};
use crate::measure::stereo::Image;

/// One channel without sound.
pub const CHECK: CheckDef = CheckDef {
    code: "stereo.dead_channel",
    help: Help {
        finds: "A channel that is silent while the other plays: throughout, or for long stretches.",
        why: "Half of the listeners' loudspeakers stay silent.",
        no_fault: "An intro in which one instrument plays on one side alone; stretches are only noted, never failed.",
        decided: "RMS of the quieter channel against the other, over the file: below −60 dB a failure. In half-second windows the same limit; \
                  more than ten seconds in a row give a note.",
        remedy: "Check the routing of the bounce and the pan of the master bus, and bounce again.",
        safety: "Copying the live channel over gives mono, not the mix: only a new bounce mends it.",
        references: "House limit: 60 dB below the other channel nothing is heard beside it.",
    },
    run,
};

/// Shortest stretch that is worth a note, seconds.
const STRETCH_S: f64 = 10.0;

fn run(context: &Context<'_>) -> Outcome {
    judge(context).unwrap_or_else(|skipped| skipped)
}

fn judge(context: &Context<'_>) -> Result<Outcome, Outcome> {
    let picture = Picture::of(context)?;
    let image = picture.image;
    let right_is_dead = image.right < image.left;
    let (side, dead, live) = if right_is_dead { ("right", image.right, image.left) } else { ("left", image.left, image.right) };
    let below = dead.db() - live.db();
    let stretches = silent_stretches(image, right_is_dead);
    let limit = context.limit(CHECK.code);
    let mut outcome = Outcome::judge(below.max(-200.0), "dB", &limit);
    if picture.whole != Whole::Dead && !stretches.is_empty() {
        outcome.status = Status::Note;
    }
    Ok(outcome.told(|o| {
        let title = if o.status == Status::Note { format!("The {side} side pauses") } else { format!("The {side} side is silent") };
        Story::new(title, "Everything comes from one loudspeaker.", Place::Mix)
            .at(stretches)
            .evidence(format!("Level of the {side} channel"), dead.db(), "dBFS")
            .evidence("Level of the other", live.db(), "dBFS")
            .remedy("Check the bounce's output routing and bounce both channels again")
    }))
}

/// Stretches of at least [`STRETCH_S`] in which one channel is silent beside the other.
fn silent_stretches(image: &Image, right_is_dead: bool) -> Vec<TimeRange> {
    let (dead, live) = (&image.right_over_time, &image.left_over_time);
    let (dead, live) = if right_is_dead { (dead, live) } else { (live, dead) };
    let windows = dead.values.iter().zip(&live.values).enumerate();
    let silent = windows.filter(|(_, (dead, live))| f64::from(**live) > -60.0 && f64::from(**dead - **live) < DEAD_DB);
    let half = 0.5 * dead.step_s;
    let ranges = silent.map(|(i, _)| TimeRange::new(dead.time_s(i) - half, dead.time_s(i) + half)).collect();
    TimeRange::merged(ranges, 0.1 * half).into_iter().filter(|r| r.duration_s() >= STRETCH_S).collect()
}
