//! `glitch.click`

use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::measure::Measurements;
use crate::measure::glitch::Click;
use crate::units::exact_moment;

/// Impulses that do not belong to the music.
pub const CHECK: CheckDef = CheckDef {
    code: "glitch.click",
    help: Help {
        finds: "Clicks of one to a few samples: bad edits, buffer faults, digital clock errors, mouth and vinyl clicks.",
        why: "They are heard as ticks, most of all in soft passages and on headphones, and lossy coders smear them.",
        no_fault: "Vinyl crackle or glitch effects that are meant; then there are hundreds, and the finding is a note.",
        decided: "A sample that differs from what its neighbours on both sides predict by 28 dB more than anything within 11 ms around it, is not more than \
                  26 dB below the programme, and stands neither at the edge of a dropout nor in a clipped passage. Places are counted; any is a warning, over 20 a failure. \
                  More than 60 a minute are taken for an effect.",
        remedy: "Crossfade the edit at that time, or redraw the sample.",
        safety: "Repairing a few samples by interpolation cannot be heard.",
        references: "Godsill and Rayner, Digital Audio Restoration, 1998, ch. 5; Vaseghi 2008, ch. 13.",
    },
    run,
};

/// Least prominence, dB.
const STANDS_OUT_DB: f64 = 28.0;
/// Least size against the programme, dB.
const AGAINST_PROGRAMME_DB: f64 = -26.0;
/// Clicks of several channels or samples this near are one, seconds.
const SAME_S: f64 = 0.002;
/// Edges of gaps and flat tops this near explain a click, seconds.
const EXPLAINED_S: f64 = 0.003;
/// More places a minute are an effect, not a fault.
const EFFECT_PER_MINUTE: f64 = 60.0;
/// Time shown around a click, seconds.
const SHOWN_S: f64 = 0.05;

/// The clicks that nothing else explains, one per place, in order of time.
fn clicks(m: &Measurements) -> Vec<Click> {
    let least = m.edges.programme.db() + AGAINST_PROGRAMME_DB;
    let near = |t: f64, at: f64| (t - at).abs() < EXPLAINED_S;
    let clipped = m.clipping.runs > 0 && m.clipping.repeats > 1;
    let explained = |t: f64| {
        m.glitch.gaps.iter().any(|g| near(t, g.start_s) || near(t, g.end_s))
            || (clipped && m.clipping.times.iter().any(|r| t > r.start_s - EXPLAINED_S && t < r.end_s + EXPLAINED_S))
    };
    let loud = m.glitch.clicks.iter().filter(|c| c.prominence.db() >= STANDS_OUT_DB && c.size.db() >= least);
    let mut found: Vec<Click> = loud.filter(|c| !explained(c.time_s)).copied().collect();
    found.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    found.dedup_by(|a, b| a.time_s - b.time_s < SAME_S);
    found
}

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if !m.edges.programme.is_finite() {
        return Outcome::skipped("silence");
    }
    let found = clicks(m);
    let effect = found.len() as f64 * 60.0 / m.duration.s().max(15.0) > EFFECT_PER_MINUTE;
    let outcome = Outcome::judge(found.len() as f64, "places", &context.limit(CHECK.code));
    let outcome = if effect { outcome.capped(crate::diagnose::Status::Note).confidence(0.5) } else { outcome.confidence(0.9) };
    outcome.told(|_| {
        let worst = found.iter().max_by(|a, b| a.prominence.db().total_cmp(&b.prominence.db()));
        let (time, over) = worst.map_or((0.0, 0.0), |c| (c.time_s, c.prominence.db()));
        Story::new("Clicks", "Single samples stand away from the waveform around them and are heard as ticks.", Place::Mix)
            .at(TimeRange::merged(found.iter().map(|c| TimeRange::new((c.time_s - SHOWN_S).max(0.0), c.time_s + SHOWN_S)).collect(), 0.0))
            .evidence("The clearest one over its surroundings", over, "dB")
            .evidence("Its size", worst.map_or(f64::NEG_INFINITY, |c| c.size.db()), "dBFS")
            .remedy(format!("Crossfade the edit at {}, or redraw the sample", exact_moment(time)))
    })
}
