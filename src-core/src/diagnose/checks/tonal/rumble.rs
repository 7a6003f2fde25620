//! `tonal.rumble`

use crate::compare::rumble_db;
use crate::diagnose::{CheckDef, Context, Fix, Help, Outcome, Place, Story};

/// Steady sound below hearing.
pub const CHECK: CheckDef = CheckDef {
    code: "tonal.rumble",
    help: Help {
        finds: "Steady energy below 25 Hz: footfall, wind, handling, a turntable, an oscillator that drifts down.",
        why: "Nobody hears it, but it takes headroom, moves woofers for nothing and makes compressors breathe.",
        no_fault: "Organ pedals and deep synthesiser bass reach 20 Hz on purpose; with a reference that has the same, it is not named.",
        decided: "Mean over time of the levels in dB from 8 to 25 Hz, summed, against the power of the whole file: over −18 dB a warning, a \
                  note from −24 dB. With references: also more than 6 dB above their range.",
        remedy: "High-pass the track it comes from at 25 to 30 Hz; on the bus only if no bass note goes that low.",
        safety: "A high-pass turns the phase near its corner; 12 dB an octave at 28 Hz is inaudible above 50 Hz.",
        references: "House limit: at −18 dB it moves a woofer about as far as the music does (excursion grows with 1/f²).",
    },
    run,
};

/// How far above the references' range it must lie, dB.
const ABOVE_RANGE_DB: f64 = 6.0;

fn run(context: &Context<'_>) -> Outcome {
    let value = rumble_db(context.measurements);
    if !value.is_finite() {
        return Outcome::skipped("no sound");
    }
    let mut limit = context.limit(CHECK.code);
    let mut source = limit.source.to_owned();
    if let Some(theirs) = context.comparison.quantity("rumble") {
        let raised = theirs.range.high + ABOVE_RANGE_DB;
        if raised > limit.warn {
            limit.note = raised;
            limit.warn = raised;
            source = format!("over {}", context.comparison.against);
        }
    }
    Outcome::judge(value, "dB", &limit).source(source).told(|_| {
        let fix = Fix { text: "High-pass 28\u{a0}Hz, 12\u{a0}dB/oct".into(), freq_hz: Some(28.0), gain_db: None, q: Some(0.707) };
        Story::new("Rumble under the music", "It takes headroom and moves loudspeakers without being heard.", Place::Master)
            .band(8.0, 25.0)
            .evidence("Steady level below 25 Hz against the whole", value, "dB")
            .fix(fix)
    })
}
