//! `dynamics.wild`

use crate::audio::TimeRange;
use crate::compare::Basis;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::units::number;

/// Loudness that varies more than listeners can follow.
pub const CHECK: CheckDef = CheckDef {
    code: "dynamics.wild",
    help: Help {
        finds: "Loud and soft passages so far apart that one of them is lost in daily listening.",
        why: "In a car or a kitchen the soft parts drown, and turning up for them makes the loud parts hurt.",
        no_fault: "Orchestral and ambient music, film scores: there the distance is the music.",
        decided: "Loudness range (EBU Tech 3342) of files of at least 30 s: over 20 LU a warning, a note from 18 LU. With references: more than 4 LU \
                  above their range.",
        remedy: "Ride the faders: bring the soft sections up before reaching for a compressor.",
        safety: "Automation keeps attacks; a compressor with the same effect would change them.",
        references: "EBU Tech 3342 v4, 2023; E. Deruty and F. Pachet, 2015: loudness range has an SD of about 3.8 LU, in any year and genre.",
    },
    run,
};

/// How far above the range of the references a warning begins, LU.
const ABOVE_RANGE_LU: f64 = 4.0;

/// Under this length a loudness range means little, seconds.
const LEAST_S: f64 = 30.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    if m.duration.s() < LEAST_S || !m.loudness.integrated.is_finite() {
        return Outcome::skipped("shorter than 30 s");
    }
    let range = m.loudness.range.lu();
    let mut limit = context.limit(CHECK.code);
    let mut source = limit.source.to_owned();
    let theirs = context.comparison.quantity("loudness_range").filter(|_| context.comparison.basis != Basis::Neutral);
    if let Some(theirs) = theirs.filter(|q| q.range.high + ABOVE_RANGE_LU > limit.note) {
        limit.warn = theirs.range.high + ABOVE_RANGE_LU;
        limit.note = limit.warn;
        source = format!("over {}", context.comparison.against);
    }
    Outcome::judge(range, "LU", &limit).source(source).confidence((m.duration.s() / 60.0).min(1.0)).told(|_| {
        let short = &m.loudness.short_term;
        let floor = m.loudness.integrated.lufs() - 12.0;
        let soft = short.values.iter().enumerate().filter(|(_, v)| (floor - 20.0..floor).contains(&f64::from(**v)));
        let ranges =
            soft.map(|(i, _)| TimeRange::new(short.time_s(i) - 0.5 * short.step_s, short.time_s(i) + 0.5 * short.step_s)).collect();
        let by = ((range - limit.warn) * 0.5 + 2.0).clamp(2.0, 9.0);
        Story::new("Soft parts get lost", "Loud and soft passages lie further apart than a listener can set a volume for.", Place::Mix)
            .at(TimeRange::merged(ranges, 2.0).into_iter().filter(|r| r.duration_s() > 3.0).collect())
            .evidence("Loudness range", range, "LU")
            .remedy(format!("Ride the soft sections up {}\u{a0}dB", number(by, 0)))
    })
}
