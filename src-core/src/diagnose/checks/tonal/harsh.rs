//! `tonal.harsh`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too much around 3 kHz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "A bump at 2 to 5 kHz, where the ear is most sensitive.",
        why: "It hurts at volume and tires at any: listeners turn down and hear less of the rest.",
        no_fault: "Deliberately aggressive guitars and synthesisers; hold them against a reference of their kind.",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a bell of Q 1 around \
                  2.4 to 4 kHz. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music explains.",
        remedy: "Dip 2 to 3 dB on the loudest of guitars, cymbals and voice; a dynamic band if it only bites in loud notes.",
        safety: "The same range carries intelligibility: too deep a cut moves the voice back.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.harsh",
    title: "Upper mids are harsh",
    why: "The ear is most sensitive here, and this region stands out.",
    shape: (ShapeKind::Bell, 1.0),
    freqs_hz: [2400.0, 3200.0, 4000.0],
    gain_db: 7.0,
    band_hz: (2000.0, 5000.0),
    remedy: "Bell",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
