//! `headroom.none`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Stage, Status, Story};
use crate::units::number;

/// Peaks that leave mastering no room.
pub const CHECK: CheckDef = CheckDef {
    code: "headroom.none",
    help: Help {
        finds: "A mix whose highest sample comes within 1 dB of full scale.",
        why: "Peaks between the samples already pass full scale, and the first boost in mastering needs a gain stage before it.",
        no_fault: "Peaks above −6 dBFS alone: a clean mix at −2 dBFS has lost nothing. Masters are meant to fill the scale.",
        decided: "Highest sample of all channels. Mix: over −1 dBFS a warning, over −3 dBFS a note; never a failure. A file that is clipped at full \
                  scale gets a note, the clipping being the finding. Masters are not judged.",
        remedy: "Lower the master fader, or all buses alike, and bounce again at 24 bit or float.",
        safety: "Turning a 24-bit mix down by some decibels costs nothing that can be heard.",
        references: "Delivery advice of mastering studios: −6 to −3 dBFS, \"no specific amount matters\", \"1 dB for inter-sample peaks\".",
    },
    run,
};

/// Peaks to leave when a mix is bounced again, dBFS.
const AIM_DBFS: f64 = -3.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let peak = m.sample_peak.max.level.db();
    if !peak.is_finite() {
        return Outcome::skipped("silence");
    }
    if context.stage == Stage::Master {
        return Outcome::skipped("a master may fill the scale");
    }
    let outcome = Outcome::judge(peak, "dBFS", &context.limit(CHECK.code));
    let outcome = if super::cut_at_full_scale(context) { outcome.capped(Status::Note) } else { outcome };
    outcome.told(|_| {
        Story::new("No room above the peaks", "Mastering has to turn the file down before it can do anything else.", Place::Mix)
            .evidence("True peak", m.true_peak.max.level.dbtp(), "dBTP")
            .remedy(format!("Lower the master fader {}\u{a0}dB and bounce again", number((peak - AIM_DBFS).max(0.5), 1)))
    })
}
