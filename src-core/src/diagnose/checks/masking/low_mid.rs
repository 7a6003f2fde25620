//! `masking.low_mid`

use super::estimate::judge;
use crate::compare::masking::{LOW_MID_HZ, estimate};
use crate::diagnose::{CheckDef, Context, Fix, Help, Outcome, Place, Story};

/// Build-up in the low mids that covers what is above.
pub const CHECK: CheckDef = CheckDef {
    code: "masking.low_mid",
    help: Help {
        finds: "Build-up between 150 and 560 Hz that takes loudness from what lies above it. An estimate from the mix alone.",
        why: "The ear spreads low sound upwards, the more the louder it is: voices and consonants go under without being soft.",
        no_fault: "Dark, dense styles, and solo instruments with their weight in the low mids.",
        decided: "Partial loudness (Moore, Glasberg and Baer 1997) of what lies from 560 Hz to 1.4 kHz beside \
                  everything between 150 and 560 Hz, at 76 dB SPL, every third of a second. The value is the loudness lost over the \
                  file in LU (10 for each halving); the limit is the range of the references, or what nearly all records stay under.",
        remedy: "Find what piles up there (pads, guitars, rooms) and cut it by 2 to 3 dB; stems show which: `plumb unmask`.",
        safety: "The same cut on the bus takes warmth from everything. Compare at equal loudness.",
        references: "B. C. J. Moore, B. R. Glasberg, T. Baer, JAES 45(4), 1997; limits from commercial and free records, measured alike.",
    },
    run,
};

/// Middle of the build-up, Hz.
const CENTRE_HZ: f64 = 300.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let found = estimate(&m.map, m.loudness.integrated.lufs());
    let judged = judge(context, CHECK.code, "low_mid_masking", found.low_mid_lu);
    judged.unwrap_or_else(|skipped| skipped).told(|_| {
        Story::new("Low mids cover what is above", "Voices and detail lose loudness to what piles up below them.", Place::Mix)
            .at(found.low_mid_time.clone())
            .band(LOW_MID_HZ.0, LOW_MID_HZ.1)
            .fix(Fix {
                text: "Bell 300\u{a0}Hz, \u{2212}2.5\u{a0}dB, Q\u{a0}1.0 on what piles up there".into(),
                freq_hz: Some(CENTRE_HZ),
                gain_db: Some(-2.5),
                q: Some(1.0),
            })
    })
}
