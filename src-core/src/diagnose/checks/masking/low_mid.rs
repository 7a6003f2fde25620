//! `masking.low_mid`

use super::estimate::{against_expected, judged};
use crate::compare::Basis;
use crate::compare::masking::{LOW_MID_HZ, beyond, estimate};
use crate::diagnose::{CheckDef, Context, Fix, Help, Outcome, Place, Story};
use crate::units::number;

/// Build-up in the low mids that covers what is above.
pub const CHECK: CheckDef = CheckDef {
    code: "masking.low_mid",
    help: Help {
        finds: "Build-up between 150 and 560 Hz that voices go under in. An estimate from the mix alone.",
        why: "Fundamentals and first formants lie there, and the ear spreads low sound upwards, the more the louder it is: voices \
              go under without being soft.",
        no_fault: "Dark, dense styles, and solo instruments with their weight in the low mids.",
        decided: "Partial loudness (Moore, Glasberg and Baer 1997): what a voice with the average spectrum of speech, 2.7 LU below the \
                  mix, would lose between 150 and 700 Hz beside all that lies between 150 and 560 Hz, at 76 dB SPL, every third of \
                  a second. The value is that loss over the file in LU (10 for each halving). The limit is the loss with the \
                  expected low mids in their place: as in the passages of the reference that play the same, else as in records; 0.5 LU \
                  more, or as much more as chance explains.",
        remedy: "Find what piles up there (pads, guitars, rooms) and cut it by 2 to 3 dB; stems show which: `plumb unmask`.",
        safety: "The same cut on the bus takes warmth from everything. Compare at equal loudness.",
        references: "B. C. J. Moore, B. R. Glasberg, T. Baer, JAES 45(4), 1997; speech: D. Byrne et al., JASA 96(4), 1994; level of voices: B. De \
                  Man et al., ISMIR 2014.",
    },
    run,
};

/// Middle of the build-up, Hz.
const CENTRE_HZ: f64 = 300.0;
/// Standard deviations by which the low mids must lie beyond what was expected: beside the same session, …
const LEAST_Z_SESSION: f64 = 2.0;
/// … beside what records have on average (none of 22 finished tracks comes so far), …
const LEAST_Z_NEUTRAL: f64 = 3.0;
/// … and beside other records: their music is another, and differs by more than the evidence on the tone allows for.
const LEAST_Z_RECORDS: f64 = 5.0;
/// More is not cut at once, dB.
const MOST_DB: f64 = 3.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let lufs = m.loudness.integrated.lufs();
    let found = estimate(&m.map, lufs);
    let value_lu = match judged(context, found.low_mid_lu) {
        Ok(value_lu) => value_lu,
        Err(skipped) => return skipped,
    };
    let Some(excess) = beyond(&m.map, lufs, context.comparison).low_mid else { return Outcome::skipped("too little sound to compare") };
    let least_z = match context.comparison.basis {
        Basis::SameSession => LEAST_Z_SESSION,
        Basis::Neutral => LEAST_Z_NEUTRAL,
        Basis::References => LEAST_Z_RECORDS,
    };
    let gain_db = -excess.cause_db.clamp(0.0, MOST_DB);
    against_expected(context, value_lu, excess, context.limit(CHECK.code), least_z).told(|_| {
        Story::new("Low mids cover voices", "Voices and detail lose loudness to what piles up here.", Place::Mix)
            .at(found.low_mid_time.clone())
            .band(LOW_MID_HZ.0, LOW_MID_HZ.1)
            .evidence("Low mids above what is expected", excess.cause_db, "dB")
            .fix(Fix {
                text: format!("Bell 300\u{a0}Hz, {}\u{a0}dB, Q\u{a0}1.0 on what piles up there", number(gain_db, 1)),
                freq_hz: Some(CENTRE_HZ),
                gain_db: Some(gain_db),
                q: Some(1.0),
            })
    })
}
