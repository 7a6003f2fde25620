//! `masking.stem`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Status, Story};
use crate::stems::{Pair, Role, StemFacts, StemMasking};
use crate::units::number;

/// One stem covers another.
pub const CHECK: CheckDef = CheckDef {
    code: "masking.stem",
    help: Help {
        finds: "A stem that hardly comes through beside another in an octave that matters to it.",
        why: "What is not heard was recorded for nothing, and what it should carry (words, a line, a beat) is missing.",
        no_fault: "Layers that are meant to fuse, doublings, and beds that only fill: accept those.",
        decided: "Partial loudness (Moore, Glasberg and Baer 1997, K lowered by 10 dB for music) of each stem beside all others, the \
                  mix at 76 dB SPL, on the mono sum, in octaves that hold at least 15 % of the stem's loudness. The value is the \
                  share of its loudness that is left in the fourth part of its strongest moments there (the loudest tenth of half \
                  seconds) that leaves least: a beat covers on the beat alone. Up to 10 % is critical, with a factor of 2 for what \
                  the model is sure of; the stem that makes up half of what covers it answers for it if it would leave no more \
                  than 30 % alone; where none does, those with the largest parts that are critical alone.",
        remedy: "`plumb unmask` finds the fewest moves: a bell of at most 3 dB on the stem that covers, its fader, then the covered one.",
        safety: "Every move is measured again in the sum, and dropped if it covers something else. A cut on one stem changes it alone too.",
        references: "P. Aichinger, A. Sontacchi, B. Schneider-Stickler, 130th AES Convention, 2011; B. C. J. Moore, B. R. Glasberg, \
                  T. Baer, JAES 45(4), 1997; Z. Ma, J. D. Reiss, D. A. A. Black, 2014 (K for music).",
    },
    run,
};

/// Pairs named beside the first.
const NAMED: usize = 4;

fn run(context: &Context<'_>) -> Outcome {
    let Some(found) = context.stems else { return Outcome::skipped("no stems given") };
    let critical: Vec<&Pair> = found.pairs.iter().filter(|p| p.critical).collect();
    let limit = context.limit(CHECK.code);
    let Some(worst) = critical.iter().copied().min_by(|a, b| weight(found, a).total_cmp(&weight(found, b))) else {
        let least = found.pairs.iter().map(|p| p.ratio).fold(f64::INFINITY, f64::min);
        let value = if least.is_finite() { (100.0 * least).max(limit.warn) } else { 100.0 };
        return Outcome::judge(value, "%", &limit);
    };
    let mut outcome = Outcome::judge(100.0 * worst.ratio, "%", &limit);
    outcome.status = outcome.status.max(Status::Warn);
    outcome.told(|_| story(found, worst, &critical))
}

/// What comes first: a lead before a bed, and the less is left the earlier.
fn weight(found: &StemMasking, pair: &Pair) -> f64 {
    let lead =
        fact(found, &pair.maskee).is_some_and(|f| matches!(f.role, Role::Vocals | Role::Lead | Role::Bass | Role::Kick | Role::Snare));
    pair.ratio + if lead { 0.0 } else { 1.0 }
}

fn fact<'a>(found: &'a StemMasking, name: &str) -> Option<&'a StemFacts> {
    found.stems.iter().find(|f| f.name == name)
}

fn story(found: &StemMasking, worst: &Pair, critical: &[&Pair]) -> Story {
    let (masker, maskee) = (called(found, &worst.masker), called(found, &worst.maskee));
    let title = format!("{} over {maskee}", capital(&masker));
    let why = format!("{} is hardly heard beside {masker} even where it plays loudest.", capital(&maskee));
    let hz = (worst.band_hz[0] * worst.band_hz[1]).sqrt();
    let at = if hz >= 1000.0 { format!("{}\u{a0}kHz", number(hz / 1000.0, 0)) } else { format!("{}\u{a0}Hz", number(hz, 0)) };
    let mut story = Story::new(title, why, Place::Mix)
        .at(worst.time.clone())
        .band(worst.band_hz[0], worst.band_hz[1])
        .evidence(format!("Share of what covers {} that is {}", worst.maskee, worst.masker), 100.0 * worst.share, "%")
        .evidence(format!("Left if {} were 3 dB softer", worst.masker), 100.0 * worst.after_3_db_down, "%")
        .evidence("Critical pairs in all", critical.len() as f64, "");
    for other in critical.iter().filter(|p| **p != worst).take(NAMED) {
        let hz = number((other.band_hz[0] * other.band_hz[1]).sqrt(), 0);
        story = story.evidence(format!("{} beside {} at {hz} Hz", other.maskee, other.masker), 100.0 * other.ratio, "%");
    }
    story.remedy(format!("{}: bell {at}, \u{2212}3\u{a0}dB, Q\u{a0}1.0; then its fader", worst.masker))
}

/// The role in a word, or the name where the role says nothing.
fn called(found: &StemMasking, name: &str) -> String {
    let role = fact(found, name).map_or(Role::Other, |f| f.role);
    let same = found.stems.iter().filter(|f| f.role == role).count();
    if role == Role::Other || same > 1 {
        let plain = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        return plain.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    }
    role.name().replace('_', " ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
