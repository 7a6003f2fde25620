//! `tonal.resonance`

use crate::compare::Basis;
use crate::diagnose::{CheckDef, Context, Fix, Help, Outcome, Place, Story};
use crate::units::number;

/// One frequency that rings.
pub const CHECK: CheckDef = CheckDef {
    code: "tonal.resonance",
    help: Help {
        finds: "A narrow range that stands out all the time, through changing notes: a room mode, a ringing snare, a filter peak.",
        why: "The ear locks on to a frequency that never moves; every note near it jumps out.",
        no_fault: "Music on one or two notes (drones, alarms, risers): there the narrow range is the music.",
        decided: "Floor between the notes per 1/24 octave from 300 Hz to 6 kHz (5 % quantile of the time-averaged levels of bins 1.35 Hz \
                  apart), against its own course over half octaves or against the references' floor; a bell of Q 9 to 14 must explain \
                  more than 10.5 dB of it (with references 8.5 dB).",
        remedy: "Sweep a narrow cut over the tracks that play there; notch the one it comes from.",
        safety: "A notch takes the notes on its frequency as well: as narrow and shallow as will do.",
        references: "Floor by minimum statistics: R. Martin, IEEE Trans. Speech and Audio Processing 9(5), 2001.",
    },
    run,
};

/// With references the music's own peaks are known; what is left must stand out by this much, dB.
const WITH_REFERENCES_DB: f64 = 8.5;

/// Share of the height that is taken out: the rest is not heard as ringing.
const REMEDY_SHARE: f64 = 0.6;

fn run(context: &Context<'_>) -> Outcome {
    let comparison = context.comparison;
    if comparison.evidence.is_none() {
        return Outcome::skipped("no sound");
    }
    let mut limit = context.limit(CHECK.code);
    let mut source = limit.source.to_owned();
    if comparison.basis != Basis::Neutral {
        limit.warn = WITH_REFERENCES_DB;
        limit.note = WITH_REFERENCES_DB;
        source = format!("over {}", comparison.against);
    }
    let ring = comparison.rings.first().copied().unwrap_or_default();
    Outcome::judge(ring.excess_db, "dB", &limit).source(source).confidence(0.75).told(|_| {
        let at = format!("{}\u{a0}Hz", number(ring.hz, 0));
        let gain_db = -REMEDY_SHARE * ring.excess_db;
        let fix = Fix {
            text: format!("Notch {at}, {}\u{a0}dB, Q\u{a0}{}", number(gain_db, 0), number(ring.q, 0)),
            freq_hz: Some(ring.hz),
            gain_db: Some(gain_db),
            q: Some(ring.q),
        };
        let half = 2f64.powf(0.5 / ring.q);
        Story::new(format!("A note rings at {at}"), "It stands out through all the notes that are played.", Place::Mix)
            .band(ring.hz / half, ring.hz * half)
            .evidence("Height over the floor around it", ring.excess_db, "dB")
            .fix(fix)
    })
}
