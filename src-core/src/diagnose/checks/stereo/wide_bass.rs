//! `stereo.wide_bass`

use super::picture::{BASS_HZ, Picture, Whole};
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Status, Story};
use crate::measure::stereo::{band_range, stretches};

/// Bass that differs between the sides.
pub const CHECK: CheckDef = CheckDef {
    code: "stereo.wide_bass",
    help: Help {
        finds: "Bass whose left and right differ so much that it weakens or cancels when they are added.",
        why: "Clubs, phones and many small speakers play the bass in mono; a vinyl cutter cannot follow a wide bass at all.",
        no_fault: "Rooms and orchestras recorded with spaced microphones have an unrelated bass; it loses 3 dB and nobody minds.",
        decided: "Correlation of left and right from 28 to 140 Hz over the whole file. Below +0.3 a warning, below 0 (it cancels) a failure; \
                  a note from +0.5.",
        remedy: "Make the bass mono below about 120 Hz; look first for a stereo widener, chorus or phase-shifted layer on the bass.",
        safety: "Mono bass narrows toms, pianos and rooms a little; set it no higher than needed.",
        references: "Guides of vinyl cutting plants: bass in phase and centred below 150 Hz (some say 300 Hz).",
    },
    run,
};

/// Bass this far below the rest is nothing to worry about, dB.
const FAINT_DB: f64 = -30.0;

fn run(context: &Context<'_>) -> Outcome {
    judge(context).unwrap_or_else(|skipped| skipped)
}

fn judge(context: &Context<'_>) -> Result<Outcome, Outcome> {
    let picture = Picture::of(context)?;
    picture.unless(&[Whole::Dead, Whole::Same, Whole::Inverted])?;
    let bass = picture.range(BASS_HZ);
    let rest = picture.range((20.0, 20_000.0));
    let share_db = crate::units::power_to_db(bass.power / rest.power);
    let (Some(correlation), true) = (bass.correlation, share_db > FAINT_DB) else {
        return Err(Outcome::skipped("hardly any bass"));
    };
    let limit = context.limit(CHECK.code);
    // Unrelated sides (correlation around 0) are what rooms and synthesiser pads do; only cancelling bass is a hard fault.
    let most = if bass.mono.db() < -4.5 { Status::Fail } else { Status::Warn };
    let outcome = Outcome::judge(correlation, "correlation", &limit).capped(most);
    Ok(outcome.told(|_| {
        let where_ = stretches(picture.map, band_range(BASS_HZ.0, BASS_HZ.1), 2.0, |i| i.correlation.is_some_and(|c| c < limit.warn));
        let why = "Played in mono, as in clubs and on phones, the bass loses level.";
        Story::new(if correlation < 0.0 { "Bass cancels in mono" } else { "Bass is wide" }, why, Place::Mix)
            .at(where_)
            .band(20.0, 140.0)
            .evidence("Level change of the bass in mono", bass.mono.db(), "dB")
            .evidence("Bass against everything", share_db, "dB")
            .remedy("Keep the bass mono under 120\u{a0}Hz")
    }))
}
