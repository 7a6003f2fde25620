//! `format.low_rate`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::units::number;

/// A sample rate below that of the CD.
pub const CHECK: CheckDef = CheckDef {
    code: "format.low_rate",
    help: Help {
        finds: "A sample rate under 44.1 kHz.",
        why: "Half the rate is the highest frequency the file can hold; cymbals and air are missing.",
        no_fault: "Speech and telephone recordings; sound effects for devices that play no more.",
        decided: "Sample rate: under 44 kHz a warning, under 30 kHz a failure.",
        remedy: "Set the session's export to 44.1 or 48 kHz and bounce again.",
        safety: "None. Resampling this file brings nothing back.",
        references: "IEC 60908 (CD, 44.1 kHz); AES5-2018 (preferred sampling frequencies).",
    },
    run,
};

fn run(context: &Context<'_>) -> Outcome {
    let rate = f64::from(context.measurements.sample_rate) / 1000.0;
    Outcome::judge(rate, "kHz", &context.limit(CHECK.code)).told(|_| {
        Story::new("Sample rate too low", format!("The file holds nothing above {}\u{a0}kHz.", number(rate / 2.0, 1)), Place::Mix)
            .remedy("Export the session at 44.1 or 48\u{a0}kHz and bounce again")
    })
}
