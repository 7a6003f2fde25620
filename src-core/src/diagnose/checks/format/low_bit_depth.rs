//! `format.low_bit_depth`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Status, Story};
use crate::units::number;

/// Fewer bits in use than the file could hold.
pub const CHECK: CheckDef = CheckDef {
    code: "format.low_bit_depth",
    help: Help {
        finds: "Samples that use only a coarse grid of values: 8 to 15 bit in whatever file.",
        why: "Quiet passages and reverb tails turn to grain, and processing makes the grain louder.",
        no_fault: "Lo-fi effects that are meant on the whole mix. A mix of 16 bit is a note: all that was played may be there.",
        decided: "The step of which all sample differences are multiples, in the majority of runs of 1024 samples; bits = log2(2 / step). It need not be a power of two, so a \
                  gain change afterwards does not hide it. Under 15.5 bit a warning, under 8.5 a failure; in a mix under 16.5 a note.",
        remedy: "Bounce again at 24 bit or float; look for a bit crusher or an 8-bit sample on the mix bus.",
        safety: "Larger files, nothing else.",
        references: "Lipshitz, Wannamaker, Vanderkooy, Quantization and dither: a theoretical survey, JAES 40(5), 1992.",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if !m.sample_peak.max.level.is_finite() {
        return Outcome::skipped("silence");
    }
    let Some(bits) = m.format.bits else {
        return Outcome::skipped("samples lie on no common grid, so no bits are missing");
    };
    Outcome::judge(bits, "bit", &context.limit(CHECK.code)).confidence(m.format.grid_share).told(|outcome| {
        let (title, impact) = match outcome.status {
            Status::Note => {
                ("No more than 16 bit", "Enough to listen to; what mastering does to it is heard on a coarser grid than it need be.")
            }
            _ => ("Coarse sample steps", "Quiet passages and tails are made of few steps and sound grainy."),
        };
        Story::new(title, impact, Place::Mix)
            .evidence("Share of the file on that grid", 100.0 * m.format.grid_share, "%")
            .remedy(format!("Bounce at 24 bit or float; {}\u{a0}bit reach the file now", number(bits, 1)))
    })
}
