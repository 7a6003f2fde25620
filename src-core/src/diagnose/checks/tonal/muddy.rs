//! `tonal.muddy`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too much around 300 Hz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "Build-up in the low mids, 200 to 400 Hz.",
        why: "Many instruments have their body there; together they veil voices and blur the bass line.",
        no_fault: "Warm styles and sparse arrangements in which one instrument lives there.",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a bell of Q 0.9 \
                  around 220 to 380 Hz. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music \
                  explains.",
        remedy: "Cut 2 to 3 dB there on pads, guitars and rooms rather than on the bus; high-pass what needs no low mids.",
        safety: "Cutting too much leaves voices thin: compare in the chorus and in the verse.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.muddy",
    title: "Low mids are heavy",
    why: "Voices and bass line are veiled by what piles up here.",
    shape: (ShapeKind::Bell, 0.9),
    freqs_hz: [220.0, 300.0, 380.0],
    gain_db: 7.0,
    band_hz: (180.0, 450.0),
    remedy: "Bell",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
