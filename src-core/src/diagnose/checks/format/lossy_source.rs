//! `format.lossy_source`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::units::number;

/// Made from an MP3 or another lossy file.
pub const CHECK: CheckDef = CheckDef {
    code: "format.lossy_source",
    help: Help {
        finds: "A spectrum that ends as if cut with a knife below 20.5 kHz, as lossy coders leave it.",
        why: "What the coder left out is gone, its pre-echoes stay, and the next coder adds its own.",
        no_fault: "Old samplers, 32 kHz broadcast sources and deliberate steep low-passes end the same way.",
        decided: "The long-term spectrum falls by more than 22 dB within half a kilohertz (72 dB per octave falls by 3 dB there), above which nothing comes again. \
                  Edges above 20.5 kHz belong to converters.",
        remedy: "Bounce from the session, or ask for the WAV instead of the MP3.",
        safety: "A new bounce from the session costs nothing but time.",
        references: "Hennequin et al., Codec independent lossy audio compression detection, ICASSP 2017; D'Alessandro and Shi, ACM MM&Sec 2009.",
    },
    run,
};

/// Edges above this belong to converters and resamplers, Hz.
pub(super) const CONVERTERS_HZ: f64 = 20_600.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if m.format.bands_db.is_empty() {
        return Outcome::skipped("silence");
    }
    if m.sample_rate < 32_000 {
        return Outcome::skipped("the rate is too low to show a coder's edge");
    }
    let edge = m.format.edge.filter(|e| e.frequency.hz() <= CONVERTERS_HZ);
    let drop = edge.map_or(0.0, |e| e.drop.db());
    let outcome = Outcome::judge(drop, "dB", &context.limit(CHECK.code));
    outcome.confidence(if drop > 22.0 { (0.5 + (drop - 22.0) / 40.0).min(0.97) } else { 0.8 }).told(|_| {
        let at = edge.map_or(0.0, |e| e.frequency.hz());
        Story::new(
            "Made from a lossy file",
            format!("Nothing comes above {}\u{a0}kHz, and the spectrum ends there abruptly.", number(at / 1000.0, 1)),
            Place::Mix,
        )
        .band(at, f64::from(m.sample_rate) / 2.0)
        .evidence("Spectrum ends at", at, "Hz")
        .remedy("Bounce from the session, not from the MP3")
    })
}
