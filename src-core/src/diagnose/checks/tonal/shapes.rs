//! What the broad tonal checks share: the shapes that stand for them, and how an amount becomes a finding.

use crate::compare::explain::{Explained, Shape, ShapeKind, explain};
use crate::compare::{Basis, Comparison};
use crate::diagnose::{Context, Fix, Outcome, Place, Story};
use crate::units::number;

/// At most so many shapes explain one file.
const MOST: usize = 2;

/// A shape must be this many standard deviations strong: with references …
const LEAST_Z: f64 = 2.0;

/// … and against the neutral range alone, whose noise is the music itself.
const LEAST_Z_NEUTRAL: f64 = 2.0;

/// Mastering moves by this much at most, dB.
const MASTERING_DB: f64 = 2.0;

/// Less than this is a note or two, s: its spectrum is what was played, not how it sounds.
const LEAST_S: f64 = 3.0;

/// One broad tonal fault.
pub struct Fault {
    /// Code of its check.
    pub code: &'static str,
    /// What a listener hears.
    pub title: &'static str,
    /// Why it matters, one sentence.
    pub why: &'static str,
    /// Kind and Q of the shape.
    pub shape: (ShapeKind, f64),
    /// Centres or corners that are tried, Hz.
    pub freqs_hz: [f64; 3],
    /// Gain for which the shape is taken, dB; negative for too little.
    pub gain_db: f64,
    /// Band that is shown, Hz.
    pub band_hz: (f64, f64),
    /// How the remedy begins: "Bell", "Dynamic bell", "High shelf".
    pub remedy: &'static str,
}

/// All broad faults, in order of frequency.
const FAULTS: [&Fault; 8] = [
    &super::boomy::FAULT,
    &super::bass_light::FAULT,
    &super::muddy::FAULT,
    &super::boxy::FAULT,
    &super::harsh::FAULT,
    &super::sibilant::FAULT,
    &super::dull::FAULT,
    &super::bright::FAULT,
];

/// A fault found in a file.
struct Found {
    amount_db: f64,
    z: f64,
    freq_hz: f64,
}

/// Holds one fault against its limit.
pub fn judge(context: &Context<'_>, fault: &Fault) -> Outcome {
    let comparison = context.comparison;
    if context.measurements.duration.s() < LEAST_S {
        return Outcome::skipped("shorter than 3 s");
    }
    let Some(found) = find(comparison, fault) else { return Outcome::skipped("too little sound to compare") };
    let limit = context.limit(fault.code);
    let source = match comparison.basis {
        Basis::Neutral | Basis::References => format!("over {}", comparison.against),
        Basis::SameSession => format!("over {}", comparison.matched.as_ref().map_or("the reference", |m| m.label.as_str())),
    };
    let confidence = 1.0 - (-0.5 * found.z).exp();
    let value = if found.amount_db > 0.0 { found.amount_db * fault.gain_db.signum() } else { 0.0 };
    Outcome::judge(value, "dB", &directed(limit, fault.gain_db))
        .source(if fault.gain_db < 0.0 { source.replacen("over", "under", 1) } else { source })
        .confidence(confidence)
        .told(|_| story(comparison, fault, &found, limit.warn))
}

/// The limit for a shape's own direction: too little is at least −limit, too much at most the limit.
fn directed(limit: crate::diagnose::Limit, gain_db: f64) -> crate::diagnose::Limit {
    use crate::diagnose::{Allowed, Limit};
    if gain_db > 0.0 {
        return limit;
    }
    Limit { allowed: Allowed::AtLeast, note: -limit.note, warn: -limit.warn, fail: -limit.fail, ..limit }
}

/// How much of a fault there is; an amount of 0 where another explains the difference. None where nothing can be said.
fn find(comparison: &Comparison, fault: &Fault) -> Option<Found> {
    let evidence = comparison.evidence.as_ref()?;
    let shapes: Vec<(usize, Shape)> = FAULTS
        .iter()
        .enumerate()
        .flat_map(|(index, f)| f.freqs_hz.map(|freq_hz| (index, Shape { kind: f.shape.0, freq_hz, q: f.shape.1, gain_db: f.gain_db })))
        .collect();
    let plain: Vec<Shape> = shapes.iter().map(|(_, shape)| *shape).collect();
    let (most, least_z) = match comparison.basis {
        Basis::Neutral => (1, LEAST_Z_NEUTRAL),
        Basis::SameSession | Basis::References => (MOST, LEAST_Z),
    };
    let found = explain(evidence, &plain, most, least_z);
    let own = |e: &&Explained| shapes.get(e.shape).and_then(|(i, _)| FAULTS.get(*i)).is_some_and(|f| f.code == fault.code);
    let mine: Vec<&Explained> = found.iter().filter(own).collect();
    let first = mine.first();
    Some(Found {
        amount_db: mine.iter().map(|e| e.amount_db).sum(),
        z: first.map_or(least_z, |e| e.z()),
        freq_hz: first.and_then(|e| plain.get(e.shape)).map_or(fault.freqs_hz[1], |s| s.freq_hz),
    })
}

fn story(comparison: &Comparison, fault: &Fault, found: &Found, limit_db: f64) -> Story {
    let place = if found.amount_db - limit_db <= MASTERING_DB { Place::Master } else { Place::Mix };
    let gain_db = -found.amount_db * fault.gain_db.signum();
    let sign = if gain_db > 0.0 { "+" } else { "" };
    let q = fault.shape.1;
    let freq = if found.freq_hz >= 1_000.0 {
        format!("{}\u{a0}kHz", number(found.freq_hz / 1_000.0, 1))
    } else {
        format!("{}\u{a0}Hz", number(found.freq_hz, 0))
    };
    let q_text = if fault.shape.0 == ShapeKind::Bell { format!(", Q\u{a0}{}", number(q, 1)) } else { String::new() };
    let text = format!("{} {freq}, {sign}{}\u{a0}dB{q_text}", fault.remedy, number(gain_db, 1));
    let mut story = Story::new(fault.title, fault.why, place).band(fault.band_hz.0, fault.band_hz.1).fix(Fix {
        text,
        freq_hz: Some(found.freq_hz),
        gain_db: Some(gain_db),
        q: Some(q),
    });
    let inside = comparison.tone.iter().filter(|b| (fault.band_hz.0..=fault.band_hz.1).contains(&b.hz));
    let worst = inside.max_by(|a, b| (a.difference_db * fault.gain_db.signum()).total_cmp(&(b.difference_db * fault.gain_db.signum())));
    if let Some(worst) = worst {
        let label = format!("Level at {}\u{a0}Hz against {}", number(worst.hz, 0), comparison.against);
        story = story.evidence(label, worst.difference_db, "dB");
    }
    story.evidence("Certainty, standard deviations", found.z, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_short_and_shapes_lie_in_their_bands() {
        for fault in FAULTS {
            assert!(fault.title.split(' ').count() <= 6, "{}", fault.title);
            let (low, high) = fault.band_hz;
            assert!(fault.freqs_hz.iter().all(|f| (low..=high).contains(f)), "{}", fault.code);
        }
    }
}
