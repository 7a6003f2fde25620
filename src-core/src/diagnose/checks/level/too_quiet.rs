//! `level.too_quiet`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Stage, Status, Story};
use crate::units::number;

/// A file far below the level at which it will be worked on.
pub const CHECK: CheckDef = CheckDef {
    code: "level.too_quiet",
    help: Help {
        finds: "A file whose highest peak stays far below full scale.",
        why: "What raises it later raises the noise of every stage before, and at 16 bit the steps of the file too.",
        no_fault: "A quiet piece among louder ones, if the level was chosen for the album; a floating-point file.",
        decided: "True peak. Mix: under −20 dBTP a warning, under −40 a failure, under −18 a note. Master: under −9 and −20 dBTP, note under −6.",
        remedy: "Raise the master fader until the loudest peak reaches −6 dBFS and bounce at 24 bit.",
        safety: "Gain alone changes nothing but level.",
        references: "Delivery advice of mastering studios: peaks of −10 to −3 dBFS.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let peak = m.true_peak.max.level.dbtp();
    if !peak.is_finite() {
        return silent();
    }
    Outcome::judge(peak, "dBTP", &context.limit(CHECK.code)).told(|_| {
        let (aim, place) = match context.stage {
            Stage::Mix => (-6.0, Place::Mix),
            Stage::Master => (-1.0, Place::Master),
        };
        Story::new("Far too quiet", "Raising it later raises the noise with it.", place)
            .evidence("Integrated loudness", m.loudness.integrated.lufs(), "LUFS")
            .remedy(format!("Raise the level {}\u{a0}dB and bounce at 24 bit", number(aim - peak, 0)))
    })
}

/// Nothing but zeros is the wrong file or the wrong bounce, whatever it was meant to be.
fn silent() -> Outcome {
    Outcome::flag(Status::Fail, "a file with sound in it").told(|_| {
        Story::new("The file is silent", "Every sample is zero, so there is nothing to hear or to judge.", Place::Mix)
            .remedy("Check the bounce's output routing and range, and bounce again")
    })
}
