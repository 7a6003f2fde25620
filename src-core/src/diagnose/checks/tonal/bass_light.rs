//! `tonal.bass_light`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too little below 160 Hz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "A low end that lies clearly below that of the references or of most records.",
        why: "The song lacks its ground: on large speakers it sounds small, and no later stage can add what was not recorded.",
        no_fault: "Solo voice, acoustic guitar, chamber music: there is no bass to miss.",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a low shelf at 110 to \
                  220 Hz, downwards. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music \
                  explains.",
        remedy: "Raise bass and kick, or take high-passes off them; only then a low shelf on the bus.",
        safety: "A shelf also lifts rumble and takes headroom: check tonal.rumble and the peaks afterwards.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.bass_light",
    title: "Bass is thin",
    why: "The ground under the song is weaker than in the music it is held against.",
    shape: (ShapeKind::LowShelf, 0.7),
    freqs_hz: [110.0, 160.0, 220.0],
    gain_db: -8.0,
    band_hz: (30.0, 250.0),
    remedy: "Low shelf",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
