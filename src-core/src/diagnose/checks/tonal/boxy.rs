//! `tonal.boxy`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too much around 550 Hz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "A bump at 400 to 800 Hz, as if played in a box.",
        why: "Drums sound like cardboard and voices hollow; it tires quickly.",
        no_fault: "Lo-fi and old-radio effects.",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a bell of Q 1.2 \
                  around 480 to 680 Hz. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music \
                  explains.",
        remedy: "Cut a bell of Q 1 to 1.5 on snare, toms, room microphones or the boxy voice.",
        safety: "A wide cut here takes body off everything: prefer the track to the bus.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.boxy",
    title: "Mids sound boxy",
    why: "A hollow region stands out and makes drums and voices sound small.",
    shape: (ShapeKind::Bell, 1.2),
    freqs_hz: [480.0, 550.0, 680.0],
    gain_db: 7.0,
    band_hz: (420.0, 800.0),
    remedy: "Bell",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
