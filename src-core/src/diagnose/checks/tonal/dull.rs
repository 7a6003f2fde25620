//! `tonal.dull`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too little above about 4.5 kHz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "A top end clearly below that of the references or of most records.",
        why: "Words lose their consonants and drums their snap; the mix sounds covered.",
        no_fault: "Dark styles and old recordings; files whose top a codec took (see format.lossy_source).",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a high shelf from 3.2 \
                  to 6.5 kHz, downwards. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music \
                  explains.",
        remedy: "Raise a high shelf on voice, cymbals and overheads; look for a low-pass or tape emulation on the bus.",
        safety: "A shelf also lifts hiss and esses: check noise.floor and tonal.sibilant afterwards.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.dull",
    title: "Top end is dull",
    why: "Consonants and attacks are covered compared with the music it is held against.",
    shape: (ShapeKind::HighShelf, 0.7),
    freqs_hz: [3200.0, 4500.0, 6500.0],
    gain_db: -8.0,
    band_hz: (3000.0, 16000.0),
    remedy: "High shelf",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
