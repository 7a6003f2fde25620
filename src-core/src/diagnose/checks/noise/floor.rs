//! `noise.floor`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::units::number;

/// Hiss and other broadband noise in the quiet parts.
pub const CHECK: CheckDef = CheckDef {
    code: "noise.floor",
    help: Help {
        finds: "Steady broadband noise in the quietest passage.",
        why: "Mastering raises quiet parts; hiss that hides in the mix is heard between the songs.",
        no_fault: "Tape hiss, vinyl crackle or rain that is meant. Declare it and accept the finding.",
        decided: "Frames of 4096 samples; a passage is half a second or more that stays within 2 dB. It is noise where geometric and arithmetic mean of its \
                  third octaves differ by less than 0.8 dB. Noise part, 200 Hz to 16 kHz: over −60 dBFS a warning, over −35 a failure, over −70 a note. Skipped \
                  where the quietest passage is not quiet against the programme (20 dB), because there music hides the floor.",
        remedy: "Mute or gate the noisy tracks where they do not play; a denoiser on that track if it must stay.",
        safety: "Gates chop decays; fade by hand where the part matters.",
        references: "Dubnov, Generalization of spectral flatness measure, IEEE SPL 11(8), 2004; IEC 60094 (tape noise, −55 to −65 dB).",
    },
    run,
};

/// Spectral flatness from which a passage counts as noise. White noise of five frames in stereo measures 0.95.
const NOISE_LIKE: f64 = 0.83;
/// How far below the programme a passage must lie to tell of the floor, dB.
const QUIET_DB: f64 = 12.0;
/// Loud noise-like passages this flat are noise, however near the programme.
const SURELY_NOISE: f64 = 0.93;

fn run(context: &Context<'_>) -> Outcome {
    let n = &context.measurements.noise;
    if !n.quietest.is_finite() {
        return Outcome::skipped("nothing but digital silence");
    }
    if n.passage.is_empty() {
        return Outcome::skipped("no steady quiet passage to listen in");
    }
    let below = context.measurements.edges.programme.db() - n.power.db();
    let noise = n.flatness >= SURELY_NOISE || (n.flatness >= NOISE_LIKE && below >= QUIET_DB);
    if !noise && below < QUIET_DB {
        return Outcome::skipped("no quiet passage to listen in");
    }
    let value = if noise { n.level.db() } else { f64::NEG_INFINITY };
    let confidence = if noise { ((n.flatness - 0.6) / 0.35).clamp(0.5, 0.98) } else { 0.9 };
    Outcome::judge(value, "dBFS", &context.limit(CHECK.code)).confidence(confidence).told(|_| {
        Story::new("Hiss in the quiet part", "Mastering raises quiet parts, and this noise with them.", Place::Mix)
            .at(n.passage.clone())
            .band(200.0, 16_000.0)
            .evidence("Below the programme", below, "dB")
            .evidence("Flatness of its spectrum (1 is noise)", n.flatness, "")
            .remedy(format!(
                "Mute or gate the noisy track where it rests; it should fall by {}\u{a0}dB",
                number((value + 70.0).max(3.0), 0)
            ))
    })
}
