//! Stems at the terminal: what they are, who covers whom, what was done about it.

use plumbline::report::{Document, cost};
use plumbline::stems::{Pair, StemFacts};
use plumbline::units::{moment, number};
use std::fmt::Write as _;

/// Pairs that are listed.
const PAIRS: usize = 12;

/// What unmasking found and did, as plain text.
pub fn unmasked(doc: &Document) -> String {
    let mut out = String::new();
    let Some(masking) = &doc.masking else { return out };
    if let Some(sum) = &masking.sum {
        let _ = writeln!(out, "{}\n", sum.text);
    }
    let _ = writeln!(out, "Stems");
    for stem in &masking.stems {
        let _ = writeln!(out, "  {}", one_stem(stem));
    }
    let critical: Vec<&Pair> = masking.pairs.iter().filter(|p| p.critical).collect();
    if critical.is_empty() {
        let _ = writeln!(out, "\nNo stem is covered: each keeps more than a tenth of its loudness where it matters.");
    } else {
        let _ = writeln!(out, "\nCovered");
    }
    for pair in critical.iter().take(PAIRS) {
        let _ = writeln!(out, "  {}", one_pair(pair));
    }
    if critical.len() > PAIRS {
        let _ = writeln!(out, "  and {} more", critical.len() - PAIRS);
    }
    if let Some(remedy) = &masking.remedy {
        let _ = writeln!(out, "\nMoves");
        for m in &remedy.moves {
            let _ = writeln!(out, "  \u{2713} {}: {}\n      {}", m.stem, m.what, m.why);
        }
        for m in &remedy.dropped {
            let _ = writeln!(out, "  \u{2717} {}: {}\n      {}", m.stem, m.what, m.why);
        }
        let t = &remedy.together;
        let _ = writeln!(out, "\nMeasured after: critical pairs {}, before {}.", t.critical_after, t.critical_before);
        if let (Some(before), Some(after)) = (t.lufs_before, t.lufs_after) {
            let _ = writeln!(out, "The mix: {} \u{2192} {} LUFS.", number(before, 1), number(after, 1));
        }
        if let Some(cost) = cost(remedy) {
            let _ = writeln!(out, "{cost}");
        }
        for result in &remedy.results {
            if let Some([before, after]) = result.between_speakers {
                let hz = number((result.band_hz[0] * result.band_hz[1]).sqrt(), 0);
                let percent = |r: f64| format!("{}\u{a0}%", number(100.0 * r, 0));
                let _ = writeln!(
                    out,
                    "{} at {hz}\u{a0}Hz between loudspeakers: {} left \u{2192} {}.",
                    result.maskee,
                    percent(before),
                    percent(after)
                );
            }
        }
        for line in &remedy.beyond {
            let _ = writeln!(out, "Beyond reach: {line}.");
        }
    }
    for step in &doc.steps {
        let _ = writeln!(out, "Step: {step}");
    }
    out
}

fn one_stem(stem: &StemFacts) -> String {
    let level = stem.level_lu.map_or_else(|| "silent".into(), |lu| format!("{}\u{a0}LU", number(lu, 1)));
    let usual = stem.usual_lu.map_or_else(String::new, |[low, high]| format!(" \u{b7} usually {} to {}", number(low, 0), number(high, 0)));
    format!("{} \u{b7} {} \u{b7} {level} against the mix{usual}", stem.name, stem.role.name().replace('_', " "))
}

fn one_pair(pair: &Pair) -> String {
    let hz = (pair.band_hz[0] * pair.band_hz[1]).sqrt();
    let left = |r: f64| format!("{}\u{a0}%", number(100.0 * r, 0));
    let after = pair.after.map_or_else(String::new, |r| format!(" \u{2192} {}", left(r)));
    let place = pair.time.first().map_or_else(String::new, |t| format!(" \u{b7} from {}", moment(t.start_s)));
    format!("\u{25b2} {} over {} at {}\u{a0}Hz: {} left{after}{place}", pair.masker, pair.maskee, number(hz, 0), left(pair.ratio))
}
