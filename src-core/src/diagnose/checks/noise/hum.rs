//! `noise.hum`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::units::number;

/// Mains hum in the quiet parts.
pub const CHECK: CheckDef = CheckDef {
    code: "noise.hum",
    help: Help {
        finds: "Steady lines at 50 or 60 Hz and their multiples in the quietest passage.",
        why: "Mastering raises quiet parts; what was faint under the intro becomes a drone.",
        no_fault: "A bass note on the mains frequency has no such steadiness; a drone tuned to 50 Hz by intent does.",
        decided: "In the quietest windows of 1 s (three or more within 3 dB of each other): at least three harmonics, or two of the first three, that \
                  vary by less than 3 dB and stand 12 dB over what lies around them. Sum of the lines: over −66 dBFS a warning, over −36 a failure; \
                  only where it makes up a tenth of the passage below 600 Hz.",
        remedy: "Find the track with the hum (solo in the quiet passage), mend its earth or use a notch at the mains frequency and its multiples.",
        safety: "A high-pass takes the bass of that track along; notches of Q 30 hardly touch it.",
        references: "Brandt and Bitzer, Automatic detection of hum in audio signals, JAES 62(9), 2014.",
    },
    run,
};

/// Lines asked for.
const LEAST_LINES: usize = 3;
/// Share of the passage's power that the lines must make up.
const LEAST_SHARE_DB: f64 = -10.0;

fn run(context: &Context<'_>) -> Outcome {
    let h = &context.measurements.hum;
    if h.passage.is_empty() {
        return Outcome::skipped("no quiet passage to listen in");
    }
    let low = h.harmonics.iter().filter(|k| **k <= 3).count();
    let found = (h.harmonics.len() >= LEAST_LINES || low >= 2) && h.level.db() > h.power.db() + LEAST_SHARE_DB;
    let value = if found { h.level.db() } else { f64::NEG_INFINITY };
    let confidence = (0.4 + 0.15 * h.harmonics.len() as f64).min(0.98);
    Outcome::judge(value, "dBFS", &context.limit(CHECK.code)).confidence(if found { confidence } else { 0.9 }).told(|_| {
        let mains = h.mains.hz();
        let multiples: Vec<String> = h.harmonics.iter().map(|k| number(mains.round() * f64::from(*k), 0)).collect();
        let top = h.harmonics.last().map_or(mains, |k| mains * f64::from(*k));
        Story::new("Mains hum under the quiet part", "It is steady, and every decibel of gain or compression raises it.", Place::Mix)
            .at(h.passage.clone())
            .band(mains - 5.0, top + 5.0)
            .evidence("Mains frequency", mains, "Hz")
            .evidence("Strongest line over what lies around it", h.prominence.db(), "dB")
            .remedy(format!("Solo the tracks in the quiet part to find it; notch {}\u{a0}Hz, Q 30, on that track", multiples.join(", ")))
    })
}
