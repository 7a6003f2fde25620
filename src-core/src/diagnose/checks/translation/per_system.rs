//! What the checks of this family share: the same question put to every system.

use crate::compare::translation::{SystemHeard, Uncertain};
use crate::diagnose::{Context, Outcome, Place, Status};
use crate::models::system::Group;

/// Judges every system and puts the outcomes together: the worst makes the row, each that is not passed a finding.
pub(super) fn on_each(context: &Context<'_>, judge: impl Fn(&SystemHeard) -> Option<Outcome>) -> Outcome {
    on_each_or_worst(context, |_| false, judge)
}

/// As [`on_each`], but of those systems that are `alike` in this, so that they tell one fault many times, the worst speaks for all.
pub(super) fn on_each_or_worst(
    context: &Context<'_>,
    alike: impl Fn(&SystemHeard) -> bool,
    judge: impl Fn(&SystemHeard) -> Option<Outcome>,
) -> Outcome {
    let Some(translation) = context.translation else { return Outcome::skipped("no playback systems were looked at") };
    let judged = translation.systems.iter().filter_map(|s| Some((judge(s)?.on(s.system.clone()), alike(s))));
    let (mut one, mut outcomes): (Vec<_>, Vec<_>) = judged.partition(|(outcome, alike)| *alike && outcome.status > Status::Pass);
    let weight = |o: &Outcome| (o.status, o.lean.map_or(0.0, f64::abs) * o.confidence.max(0.01));
    let worst_first =
        |a: &(Outcome, bool), b: &(Outcome, bool)| weight(&b.0).partial_cmp(&weight(&a.0)).unwrap_or(std::cmp::Ordering::Equal);
    one.sort_by(worst_first);
    let others = one.len().saturating_sub(1);
    outcomes.extend(one.into_iter().next().map(|(worst, alike)| (counted(worst, others), alike)));
    outcomes.sort_by(worst_first);
    let mut outcomes = outcomes.into_iter().map(|(outcome, _)| outcome);
    match outcomes.next() {
        Some(worst) => {
            let place = worst.story.as_ref().map(|s| s.place);
            let others = outcomes.filter(|o| o.status > Status::Pass).map(|other| placed(other, place)).collect();
            worst.also(others)
        }
        None => Outcome::skipped("none of the systems can show this"),
    }
}

/// Where the noise leaves less than this part of the loudness, music is a background: nobody judges its tone there.
const LISTENED_TO: f64 = 0.5;

/// The kinds of place that are unlike a control room in tone. On monitors, hi-fi and headphones a fault of tone is just that, and the tonal
/// checks tell of it.
pub(super) const UNLIKE_MONITORS: [&[Group]; 2] = [&[Group::Small], &[Group::Car, Group::Stage]];

/// Judges a fault that is one of tone and so is heard in many places: of each kind of place the one that adds most to it is named, and the
/// others are counted. `judge` also says how strongly the fault is heard there, to tell which is the worst.
pub(super) fn where_worst(context: &Context<'_>, kinds: &[&[Group]], judge: impl Fn(&SystemHeard) -> Option<(Outcome, f64)>) -> Outcome {
    let Some(translation) = context.translation else { return Outcome::skipped("no playback systems were looked at") };
    let listened = |s: &&SystemHeard| s.left_in_noise >= LISTENED_TO;
    let of = |kind: &[Group]| {
        let places = translation.systems.iter().filter(listened).filter(|s| kind.contains(&s.group));
        let mut judged: Vec<(Outcome, f64)> = places.filter_map(|s| judge(s).map(|(o, heard)| (o.on(s.system.clone()), heard))).collect();
        judged.sort_by(|a, b| b.0.status.cmp(&a.0.status).then(b.1.total_cmp(&a.1)));
        let found = judged.iter().filter(|(o, _)| o.status > Status::Pass).count();
        judged.into_iter().next().map(|(worst, heard)| (counted(worst, found.saturating_sub(1)), heard))
    };
    let mut worst: Vec<(Outcome, f64)> = kinds.iter().filter_map(|kind| of(kind)).collect();
    worst.sort_by(|a, b| b.0.status.cmp(&a.0.status).then(b.1.total_cmp(&a.1)));
    let mut outcomes = worst.into_iter().map(|(outcome, _)| outcome);
    let Some(first) = outcomes.next() else { return Outcome::skipped("none of the systems can show this") };
    let place = first.story.as_ref().map(|s| s.place);
    let others = outcomes.filter(|o| o.status > Status::Pass).map(|other| placed(other, place)).collect();
    first.also(others)
}

/// Says on how many more systems of the kind the fault is heard.
fn counted(mut outcome: Outcome, others: usize) -> Outcome {
    if let Some(story) = outcome.story.as_mut().filter(|_| others > 0) {
        let (systems, have) = if others == 1 { ("system", "has") } else { ("systems", "have") };
        story.why.push_str(&format!(" {others} other {systems} of this kind {have} less of it."));
    }
    outcome
}

/// One fault has one place to mend it: that of the system that is worst off.
fn placed(mut outcome: Outcome, place: Option<Place>) -> Outcome {
    if let (Some(story), Some(place)) = (&mut outcome.story, place) {
        story.place = place;
    }
    outcome
}

/// What a fault amounts to, positive or negative: the best estimate, if nine of ten draws leave at least `noticed` of it.
pub(super) fn sure_amount(u: &Uncertain, noticed: f64) -> f64 {
    if u.low >= noticed || u.high <= -noticed { u.value } else { surely(u) }
}

/// Least change of tone that is noticed, LU: 1 dB is about the least change of level that is.
pub(super) const NOTICED_LU: f64 = 1.0;

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
