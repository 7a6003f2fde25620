//! What the checks of this family share: the same question put to every system.

use crate::compare::translation::{SystemHeard, Uncertain};
use crate::diagnose::{Context, Outcome, Status};

/// Judges every system and puts the outcomes together: the worst makes the row, each that is not passed a finding.
pub(super) fn on_each(context: &Context<'_>, judge: impl Fn(&SystemHeard) -> Option<Outcome>) -> Outcome {
    let Some(translation) = context.translation else { return Outcome::skipped("no playback systems were looked at") };
    let mut outcomes: Vec<Outcome> = translation.systems.iter().filter_map(|s| Some(judge(s)?.on(s.system.clone()))).collect();
    let weight = |o: &Outcome| (o.status, o.lean.map_or(0.0, f64::abs) * o.confidence.max(0.01));
    outcomes.sort_by(|a, b| weight(b).partial_cmp(&weight(a)).unwrap_or(std::cmp::Ordering::Equal));
    let mut outcomes = outcomes.into_iter();
    match outcomes.next() {
        Some(worst) => {
            // One fault has one place to mend it: that of the system that is worst off.
            let place = worst.story.as_ref().map(|s| s.place);
            let moved = outcomes.filter(|o| o.status > Status::Pass).map(|mut other| {
                if let (Some(story), Some(place)) = (&mut other.story, place) {
                    story.place = place;
                }
                other
            });
            let others = moved.collect();
            worst.also(others)
        }
        None => Outcome::skipped("none of the systems can show this"),
    }
}

/// The part of a value that the model's tolerance leaves: its edge towards zero, or zero.
pub(super) fn surely(u: &Uncertain) -> f64 {
    if u.low > 0.0 {
        u.low
    } else if u.high < 0.0 {
        u.high
    } else {
        0.0
    }
}

/// How sure a value is to lie on its side of zero, 0 to 1, by how far zero lies outside its range.
pub(super) fn confidence(u: &Uncertain) -> f64 {
    // From the middle of a normal distribution to where a tenth lies beyond it are 1.282 standard deviations.
    let sd = (u.high - u.low) / (2.0 * 1.282);
    if sd > 0.0 { 1.0 - (-0.5 * u.value.abs() / sd).exp() } else { 1.0 }
}

/// "over R1–R3 there".
pub(super) fn against(context: &Context<'_>, word: &str) -> String {
    context.translation.map_or_else(String::new, |t| format!("{word} {} there", t.against))
}
