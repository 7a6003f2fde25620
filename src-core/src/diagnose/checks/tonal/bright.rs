//! `tonal.bright`

use super::shapes::{Fault, judge};
use crate::compare::explain::ShapeKind;
use crate::diagnose::{CheckDef, Context, Help, Outcome};

/// Too much above about 7 kHz.
pub const CHECK: CheckDef = CheckDef {
    code: FAULT.code,
    help: Help {
        finds: "A top end clearly above that of the references or of most records.",
        why: "It sounds exciting for a minute and thin after ten; on bright earphones it hurts.",
        no_fault: "Genres that live from air; compare with a reference of their kind.",
        decided: "The tonal difference to the reference (passages that play the same compared with each other), to the middle of \
                  several references, or to the neutral mean is explained by a few known shapes; this one is a high shelf from 5 \
                  to 9 kHz. Over 3 dB of it a warning, if it is also two standard deviations beyond what the music explains.",
        remedy: "Lower a high shelf on the bus or on the brightest tracks; look for stacked exciters and \"air\" bands.",
        safety: "Too much makes the mix dull on good speakers: 1 to 2 dB go far.",
        references: "Ranges as engineers name them (mud 200 to 500 Hz, box 400 to 900 Hz, harshness 2 to 5 kHz, sibilance 5 to 10 \
                  kHz); spectra: A. Elowsson and A. Friberg, 142nd AES Convention, 2017.",
    },
    run,
};

pub(super) const FAULT: Fault = Fault {
    code: "tonal.bright",
    title: "Top end is bright",
    why: "The top stands out over the music it is held against and will tire listeners.",
    shape: (ShapeKind::HighShelf, 0.7),
    freqs_hz: [5000.0, 7000.0, 9000.0],
    gain_db: 8.0,
    band_hz: (5000.0, 18000.0),
    remedy: "High shelf",
};

fn run(context: &Context<'_>) -> Outcome {
    judge(context, &FAULT)
}
