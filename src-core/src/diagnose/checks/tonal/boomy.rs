//! `tonal.boomy`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too much around 90 Hz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "A bump around 60 to 140 Hz: kick and bass notes that swell beyond the rest.",
        why: "Boom covers the attack of the bass, eats the headroom of the whole mix, and rolls through rooms and cars that \
                  add their own.",
        no_fault: "Styles built on a sustained low end (dub, trap): hold them against a reference of their kind.",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a bell of Q 1 around \
                  70 to 115 Hz. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music explains.",
        remedy: "Cut a bell of about one octave on bass or kick, whichever rings longer; shorten the kick's tail.",
        safety: "A cut on the mix bus thins every bass note; on one track it leaves the other its weight.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.boomy",
    title: "Bass booms",
    why: "One low region swells beyond the rest, and small rooms will add to it.",
    shape: (ShapeKind::Bell, 1.0),
    freqs_hz: [70.0, 90.0, 115.0],
    gain_db: 8.0,
    band_hz: (55.0, 150.0),
    remedy: "Bell",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
