//! `tonal.sibilant`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too much around 7 kHz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "A bump at 5.5 to 9 kHz: esses, hi-hats and cymbals that hiss.",
        why: "Esses spit on bright systems, and lossy codecs smear them.",
        no_fault: "Bright percussion as a style; whispered vocals.",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a bell of Q 1.2 \
                  around 6 to 8.2 kHz. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music \
                  explains.",
        remedy: "De-ess the voice, or a dynamic bell on it; turn the hi-hat down before cutting the bus.",
        safety: "A static cut dulls everything between the esses; keep it dynamic.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.sibilant",
    title: "Esses and cymbals hiss",
    why: "What hisses stands out from the rest of the top.",
    shape: (ShapeKind::Bell, 1.2),
    freqs_hz: [6000.0, 7000.0, 8200.0],
    gain_db: 8.0,
    band_hz: (5000.0, 10000.0),
    remedy: "Dynamic bell",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
