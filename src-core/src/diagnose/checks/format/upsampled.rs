//! `format.upsampled`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::measure::format_traces::BAND_HZ;
use crate::units::number;

/// A high rate made from a lower one.
pub const CHECK: CheckDef = CheckDef {
    code: "format.upsampled",
    help: Help {
        finds: "A file at 64 kHz or more in which nothing comes above the half of a lower rate.",
        why: "The file is larger but holds no more, and mastering studios ask for the rate of the session.",
        no_fault: "Music without anything above 20 kHz, recorded at a high rate through a very quiet chain.",
        decided: "The half kilohertz above 22.05 or 24 kHz lies 25 dB or more below the half kilohertz under it, or there is next to nothing on both sides \
                  (below the noise of 20 bits) up to a third higher.",
        remedy: "Deliver at the rate of the session.",
        safety: "Going back to the lower rate loses nothing; it was never there.",
        references: "Delivery advice of mastering studios: session rate, no upsampling.",
    },
    run,
};

/// Rates that files are made from, Hz.
const LOWER_RATES_HZ: [f64; 2] = [44_100.0, 48_000.0];
/// Only files from this rate up can be judged, Hz.
const HIGH_RATE_HZ: u32 = 64_000;
/// Least fall over the half of the lower rate, dB.
const FALL_DB: f64 = 25.0;
/// A converter with 20 true bits leaves this much noise in a bin, dBFS; less than that is empty.
const EMPTY_DB: f64 = -150.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if m.sample_rate < HIGH_RATE_HZ {
        return Outcome::skipped("no high sample rate");
    }
    let bands = &m.format.bands_db;
    if bands.is_empty() {
        return Outcome::skipped("silence");
    }
    let mean = |low_hz: f64, high_hz: f64| {
        let part = bands.get((low_hz / BAND_HZ) as usize..((high_hz / BAND_HZ) as usize).min(bands.len())).unwrap_or(&[]);
        part.iter().map(|v| f64::from(*v)).sum::<f64>() / part.len().max(1) as f64
    };
    let from = LOWER_RATES_HZ.into_iter().find(|rate| {
        let half = rate / 2.0;
        let (below, above) = (mean(half - 3000.0, half - 2000.0), mean(half + 500.0, half + 1500.0));
        below - above >= FALL_DB || mean(half + 500.0, 1.15 * half).max(mean(half, 1.3 * half)) <= EMPTY_DB
    });
    let outcome = Outcome::judge(f64::from(u8::from(from.is_some())), "", &context.limit(CHECK.code)).confidence(0.85);
    outcome.told(|_| {
        let rate = from.unwrap_or(0.0);
        Story::new("Upsampled", format!("Nothing of the music comes above {}\u{a0}kHz.", number(rate / 2000.0, 1)), Place::Mix)
            .band(rate / 2.0, f64::from(m.sample_rate) / 2.0)
            .evidence("Sample rate of the file", f64::from(m.sample_rate), "Hz")
            .evidence("Likely rate of the source", rate, "Hz")
            .remedy(format!("Deliver at {}\u{a0}kHz, the rate of the session", number(rate / 1000.0, 1)))
    })
}
