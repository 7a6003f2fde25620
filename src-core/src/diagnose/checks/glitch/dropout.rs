//! `glitch.dropout`

use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Status, Story};
use crate::measure::Measurements;
use crate::measure::glitch::Gap;
use crate::units::{exact_moment, gain_to_db};

/// Holes in the sound.
pub const CHECK: CheckDef = CheckDef {
    code: "glitch.dropout",
    help: Help {
        finds: "Short holes in a channel, where the waveform suddenly stands still and as suddenly goes on.",
        why: "They are heard as stutters or crackle: a buffer that ran empty, a damaged file, a bad disk.",
        no_fault: "Stutter and gate effects, which come in numbers; digital silence between sections, which is longer and begins and ends softly.",
        decided: "A channel that stands still (within two 16-bit steps) for 2.5 ms to 0.4 s, with sound within 25 dB of the programme, and 46 dB over what still moves, right before and after it. \
                  A value other than zero must be held for 5 ms and must not be the clipping level. Any hole is a warning, more than two a failure; more than 30 a minute are \
                  taken for an effect.",
        remedy: "Bounce again offline; if the hole is in a recording, copy the same bar from elsewhere.",
        safety: "None: a new bounce changes nothing else.",
        references: "EBU Tech 3285 quality checks of broadcast files (dropout: loss of signal between valid samples).",
    },
    run,
};

/// Sound beside a gap must come within this of the programme, dB.
const LOUD_DB: f64 = 25.0;
/// Edges softer than this are decays, dB.
const ABRUPT_DB: f64 = -15.0;
/// A value other than zero is a fault only when held for this long, seconds.
const HELD_S: f64 = 0.005;
/// Values below this count as zero, fraction of full scale.
const ZERO: f64 = 0.002;
/// A hole must be this much deader than the sound beside it, dB.
const DEAD_DB: f64 = 46.0;
/// More holes a minute are an effect, not a fault.
const EFFECT_PER_MINUTE: f64 = 30.0;
/// Time shown around a hole, seconds.
const SHOWN_S: f64 = 0.05;
/// Holes of several channels this near are one, seconds.
const SAME_S: f64 = 0.005;

/// The gaps that interrupt sound, one per place, in order of time.
fn holes(m: &Measurements) -> Vec<Gap> {
    let least = m.edges.programme.db() - LOUD_DB;
    let offset = |g: &Gap| m.dc.offset.get(g.channel).copied().unwrap_or(0.0);
    let clip = m.clipping.level.db();
    let plausible = |g: &&Gap| {
        let held = g.held.abs() > ZERO && (g.held - offset(g)).abs() > ZERO;
        let flat_top = clip.is_finite() && gain_to_db(g.held) > clip - 1.0;
        !held || (g.end_s - g.start_s >= HELD_S && !flat_top)
    };
    let dead = |g: &&Gap| g.beside.db() >= gain_to_db(g.moves) + DEAD_DB;
    let abrupt = m.glitch.gaps.iter().filter(|g| g.beside.db() >= least && g.abruptness.db() >= ABRUPT_DB && dead(g));
    let mut found: Vec<Gap> = abrupt.filter(plausible).copied().collect();
    found.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    found.dedup_by(|a, b| a.start_s - b.start_s < SAME_S);
    found
}

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if !m.edges.programme.is_finite() {
        return Outcome::skipped("silence");
    }
    let found = holes(m);
    let effect = found.len() as f64 * 60.0 / m.duration.s().max(15.0) > EFFECT_PER_MINUTE;
    let outcome = Outcome::judge(found.len() as f64, "places", &context.limit(CHECK.code));
    let outcome = if effect { outcome.capped(Status::Note).confidence(0.5) } else { outcome.confidence(0.95) };
    outcome.told(|_| {
        let longest = found.iter().map(|g| g.end_s - g.start_s).fold(0.0, f64::max);
        let first = found.first().map_or(0.0, |g| g.start_s);
        let times = found.iter().map(|g| TimeRange::new((g.start_s - SHOWN_S).max(0.0), g.end_s + SHOWN_S)).collect();
        Story::new("The sound drops out", "The waveform stands still in the middle of the music.", Place::Mix)
            .at(TimeRange::merged(times, 0.0))
            .evidence("Longest hole", 1000.0 * longest, "ms")
            .evidence("First hole", first, "s")
            .remedy(format!("Bounce again offline; if {} stays silent, mend the recording there", exact_moment(first)))
    })
}
