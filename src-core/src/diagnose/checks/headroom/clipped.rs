//! `headroom.clipped`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Stage, Status, Story};
use crate::units::number;

/// Tops of the waveform cut off.
pub const CHECK: CheckDef = CheckDef {
    code: "headroom.clipped",
    help: Help {
        finds: "Waveform tops cut off flat, at full scale or at any lower level if the file was turned down afterwards.",
        why: "Each flat top is a burst of harmonics that were not played: crackle on bass and voices, haze on everything.",
        no_fault: "A clipper used on drums by choice; a bare square wave. Accept it as intended.",
        decided: "Runs of at least three equal samples at the top of the waveform, per minute. Counted when the very highest value \
                  comes back at least four times, as it does when a signal was cut, or when there are more than 100 runs a minute. Mix: any is \
                  a warning, over 60 a minute a failure. Master: over 60 a minute a warning, over 1200 a failure.",
        remedy: "Find the channel, bus or master that clips, lower what goes into it, bounce again.",
        safety: "De-clipping tools guess what was cut off; a new bounce does not have to.",
        references: "Mourgela et al., Exploring trends in audio mixes and masters, 2024: 57 % of 218,109 uploads clip; mastering studios ask for none.",
    },
    run,
};

/// Fewer runs than this are chance.
pub(super) const LEAST_RUNS: u64 = 3;
/// The highest value comes back this often when a signal was cut.
pub(super) const LEAST_REPEATS: u64 = 4;
/// Runs a minute that show cutting even where dither keeps the highest value from coming back.
const MANY_PER_MINUTE: f64 = 100.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let c = &m.clipping;
    if !m.sample_peak.max.level.is_finite() {
        return Outcome::skipped("silence");
    }
    // A file shorter than a quarter of a minute is not counted up to the minute by more than four.
    let per_minute = c.runs as f64 * 60.0 / m.duration.s().max(15.0);
    let cut = c.runs >= LEAST_RUNS && (c.repeats >= LEAST_REPEATS || per_minute > MANY_PER_MINUTE);
    let value = if cut { per_minute } else { 0.0 };
    let limit = context.limit(CHECK.code);
    let mut outcome = Outcome::judge(value, "runs/min", &limit);
    if cut && outcome.status == Status::Pass {
        outcome.status = Status::Note;
    }
    let confidence = if c.repeats >= LEAST_REPEATS { 0.98 } else { 0.8 };
    outcome.confidence(if cut { confidence } else { 0.95 }).told(|_| {
        let level = c.level.db();
        let (remedy, place) = match context.stage {
            Stage::Mix if level < -0.5 => {
                ("Find the bus or plug-in that clips before the master fader, lower its input 3\u{a0}dB", Place::Mix)
            }
            Stage::Mix => ("Take the clipper off the mix bus, lower the mix 6\u{a0}dB, bounce at 24 bit or float", Place::Mix),
            Stage::Master => ("Drive the last clipper or limiter 2\u{a0}dB less and master again", Place::Master),
        };
        Story::new("Clipped", format!("The waveform is cut off flat at {}\u{a0}dBFS.", number(level, 1)), place)
            .at(c.times.clone())
            .evidence("Runs of flat samples", c.runs as f64, "runs")
            .evidence("Longest run", c.longest_ms, "ms")
            .evidence("Flat samples", c.samples as f64, "samples")
            .evidence("Level of the flat tops", level, "dBFS")
            .remedy(remedy)
    })
}
