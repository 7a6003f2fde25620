//! What was done about masked stems, in words.

use super::{Document, words};
use crate::propose::unmask::{Remedy, StemMove};
use crate::units::number;

/// Sum, moves and what they brought; only what the pictures do not show.
#[derive(Clone, Debug, Default)]
pub(crate) struct MaskingStory {
    /// Whether the stems sum to the mix.
    pub sum: Option<String>,
    /// Stem, move, reason, what became of it.
    pub moves: Vec<[String; 4]>,
    /// Covered stem, octave, left before, left after.
    pub results: Vec<[String; 4]>,
    /// The mix as a whole.
    pub together: Option<String>,
    /// What could not be brought back.
    pub beyond: Vec<String>,
}

pub(super) fn of(doc: &Document) -> Option<MaskingStory> {
    let masking = doc.masking.as_ref()?;
    let mut story = MaskingStory { sum: masking.sum.as_ref().map(|s| s.text.clone()), ..MaskingStory::default() };
    if let Some(remedy) = &masking.remedy {
        let row = |m: &StemMove, outcome: &str| [m.stem.clone(), m.what.clone(), m.why.clone(), outcome.to_owned()];
        story.moves = remedy.moves.iter().map(|m| row(m, "kept")).chain(remedy.dropped.iter().map(|m| row(m, "dropped"))).collect();
        let percent = |r: f64| format!("{}{}%", number(100.0 * r, 0), words::NBSP);
        story.results = remedy
            .results
            .iter()
            .map(|r| {
                let hz = format!("{}{}Hz", number((r.band_hz[0] * r.band_hz[1]).sqrt(), 0), words::NBSP);
                let after = r.after.map_or_else(|| "\u{2013}".into(), percent);
                let placed = r
                    .between_speakers
                    .map_or_else(String::new, |[a, b]| format!(" (between loudspeakers {} instead of {})", percent(b), percent(a)));
                [r.maskee.clone(), hz, percent(r.before), after + &placed]
            })
            .collect();
        let t = &remedy.together;
        let loudness = match (t.lufs_before, t.lufs_after) {
            (Some(a), Some(b)) => format!(" The mix goes from {} to {}{}LUFS.", number(a, 1), number(b, 1), words::NBSP),
            _ => String::new(),
        };
        story.together = Some(format!(
            "Measured in the sum of the changed stems: critical pairs {}, before {}.{loudness}{}",
            t.critical_after,
            t.critical_before,
            cost(remedy).map_or_else(String::new, |cost| format!(" {cost}"))
        ));
        story.beyond = remedy.beyond.clone();
    }
    (story.sum.is_some() || story.together.is_some()).then_some(story)
}

/// What the moves do to the stems alone: "Alone: drums.wav 2.4 LU softer; vocals.wav 1.0 LU louder." None where nothing is moved.
pub fn cost(remedy: &Remedy) -> Option<String> {
    let told: Vec<String> = remedy
        .settings
        .iter()
        .filter_map(|s| Some((s, s.change_lu?)))
        .map(|(s, lu)| {
            let word = if lu > 0.0 { "louder" } else { "softer" };
            format!("{} {}{}LU {word}", s.stem, number(lu.abs(), 1), words::NBSP)
        })
        .collect();
    (!told.is_empty()).then(|| format!("Alone: {}.", told.join("; ")))
}

/// Headings of the two tables.
pub(crate) const MOVES: [&str; 4] = ["Stem", "Move", "Why", "Outcome"];
pub(crate) const RESULTS: [&str; 4] = ["Covered stem", "Octave round", "Left before", "Left after"];
