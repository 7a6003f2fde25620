//! `edge.cut_start`

use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::measure::Measurements;
use crate::measure::edges::Edge;
use crate::units::gain_to_db;

/// A first note without its beginning.
pub const CHECK: CheckDef = CheckDef {
    code: "edge.cut_start",
    help: Help {
        finds: "A file that begins in the middle of a sound.",
        why: "It starts with a click, and the first attack is missing.",
        no_fault: "Loops and segues that are meant to join another file.",
        decided: "Peak of the first 5 ms, where the first sample already steps away from zero and the first millisecond is no more than 12 dB softer than the \
                  first 60 ms: no attack rises that fast. Over −60 dBFS, and within 40 dB of the programme, a warning.",
        remedy: "Start the bounce a second before the first note.",
        safety: "A fade-in of some milliseconds hides the click but not the missing attack.",
        references: "Delivery advice of mastering studios: 1–2 s of space, first attack not cut.",
    },
    run,
};

/// How much softer than the stretch beside it the outermost millisecond may be and still count as cut, dB.
const SUDDEN_DB: f64 = 12.0;
/// First sample against the stretch beside it from which it counts as a step, dB.
const STEP_DB: f64 = -36.0;
/// Boundaries further below the programme than this are no fault, dB.
const FAR_BELOW_DB: f64 = 40.0;
/// The boundary must stand this far over the peaks of a constant offset, and over the RMS of hum or noise (whose peaks are 12 dB above it), dB.
const OVER_OFFSET_DB: f64 = 6.0;
const OVER_FLOOR_DB: f64 = 15.0;
/// Flatness from which the quietest passage is noise.
const NOISE_LIKE: f64 = 0.8;
/// Files shorter than this are one sound, seconds.
pub(super) const LEAST_S: f64 = 0.5;

/// Level at a boundary if sound is cut there, else minus infinity. Hum, noise and a constant offset run through the boundary of
/// every file that has them; they are their own checks' business.
pub(super) fn cut_level(edge: &Edge, m: &Measurements) -> f64 {
    let sudden = edge.first.db() >= edge.beside.db() - SUDDEN_DB;
    let step = edge.step.db() >= edge.beside.db() + STEP_DB;
    let near = edge.boundary.db() >= m.edges.programme.db() - FAR_BELOW_DB;
    let offset_db = m.dc.worst().map_or(f64::NEG_INFINITY, |(_, offset)| gain_to_db(offset));
    let noise_db = if m.noise.flatness >= NOISE_LIKE { m.noise.power.db() } else { f64::NEG_INFINITY };
    let over = edge.boundary.db() >= offset_db + OVER_OFFSET_DB && edge.boundary.db() >= noise_db.max(m.hum.level.db()) + OVER_FLOOR_DB;
    if sudden && step && near && over { edge.boundary.db() } else { f64::NEG_INFINITY }
}

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if m.duration.s() < LEAST_S || !m.edges.programme.is_finite() {
        return Outcome::skipped("too short or silent");
    }
    let value = cut_level(&m.edges.start, m);
    Outcome::judge(value, "dBFS", &context.limit(CHECK.code)).confidence(0.9).told(|_| {
        Story::new("The first note is cut", "The file begins in the middle of a sound, with a click and without its attack.", Place::Mix)
            .at(vec![TimeRange::new(0.0, 0.25_f64.min(m.duration.s()))])
            .evidence("First sample", m.edges.start.step.db(), "dBFS")
            .evidence("Programme", m.edges.programme.db(), "dBFS")
            .remedy("Start the bounce 1\u{a0}s before the first note")
    })
}
