//! `masking.centre`

use super::estimate::{against_expected, against_range, judged};
use crate::compare::masking::{CENTRE_HZ, beyond, estimate};
use crate::diagnose::{CheckDef, Context, Help, Limit, Outcome, Place, Story};

/// The sides cover the centre.
pub const CHECK: CheckDef = CheckDef {
    code: "masking.centre",
    help: Help {
        finds: "Sides so loud between 280 Hz and 4.5 kHz that the centre, where a lead lives, goes under. An estimate from the mix alone.",
        why: "The lead is why people listen; wide guitars, pads and reverbs at its level leave it audible but not clear.",
        no_fault: "Music without a lead in the middle, ambient recordings, and passages that are meant to open up.",
        decided: "Partial loudness (Moore, Glasberg and Baer 1997) of the mid beside the side, at 76 dB \
                  SPL, every third of a second. The value is the loudness lost over the file in LU (10 for each halving). The limit: \
                  beside a reference of the same session 1 LU more than would be lost with the width that its matching passages have, \
                  or as much more as chance explains; else the range of the references, or what nearly all records stay under. How much of \
                  what rises is covered by what is sustained is given beside it.",
        remedy: "Turn the sides down by 1 to 3 dB between 1 and 4 kHz, or the lead up; shorten reverbs; stems show who: `plumb unmask`.",
        safety: "A narrower image: compare in the chorus, at equal loudness.",
        references: "B. C. J. Moore, B. R. Glasberg, T. Baer, JAES 45(4), 1997; limits from commercial and free records, measured alike.",
    },
    run,
};

/// Beside a reference of the session: LU more than with its width.
const MARGIN: Limit = Limit::at_most(1.0, 5.0, "").never_failing(4.0);
/// Standard deviations that are chance. One: the estimate of the width is drawn towards no difference by its own uncertainty already.
const LEAST_Z: f64 = 1.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if m.stereo.is_none() {
        return Outcome::skipped("mono file");
    }
    let lufs = m.loudness.integrated.lufs();
    let found = estimate(&m.map, lufs);
    let value_lu = match judged(context, found.centre_lu) {
        Ok(value_lu) => value_lu,
        Err(skipped) => return skipped,
    };
    let outcome = match beyond(&m.map, lufs, context.comparison).centre {
        Some(excess) => against_expected(context, value_lu, excess, MARGIN, LEAST_Z),
        None => against_range(context, value_lu, context.limit(CHECK.code), "centre_masking"),
    };
    outcome.told(|_| {
        Story::new("Sides cover the centre", "The lead in the middle loses loudness to what plays beside it.", Place::Mix)
            .at(found.centre_time.clone())
            .band(CENTRE_HZ.0, CENTRE_HZ.1)
            .evidence("Lost of transients to what is sustained", found.transient_lu.unwrap_or(f64::NAN), "LU")
            .remedy("Sides down 2\u{a0}dB between 1 and 4\u{a0}kHz, or the lead up 1\u{a0}dB")
    })
}
