//! A set of references as ranges: the middle, the spread, and who stands apart.

use super::comparison::{Outlier, Range};
use super::portrait::Kind;
use crate::units::number;

/// A single reference says where the middle is, but not how far good records spread: its range is the least one, this much wider.
const ALONE: f64 = 1.5;

/// A reference stands apart from this many robust standard deviations of the others on …
const FAR_SDS: f64 = 3.5;

/// … and from this many least half widths on.
const FAR_LEASTS: f64 = 2.0;

/// With fewer references nobody can be said to stand apart.
const FEWEST_FOR_OUTLIERS: usize = 4;

/// Middle value; the mean of the two middle ones for an even count. None for nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some(0.5 * (upper + sorted.get(sorted.len() / 2 - 1)?))
}

/// The range of some values: their middle, and from the least to the greatest of those that do not stand apart, but at
/// least ± `least` around the middle. None for no values.
pub fn range(values: &[f64], least: f64) -> Option<Range> {
    let near: Vec<f64> = values.iter().enumerate().filter(|(i, _)| distance(values, *i, least).is_none()).map(|(_, v)| *v).collect();
    let centre = median(&near)?;
    let least = if values.len() == 1 { ALONE * least } else { least };
    let low = near.iter().copied().fold(centre - least, f64::min);
    let high = near.iter().copied().fold(centre + least, f64::max);
    Some(Range { centre, low, high })
}

/// How far the value at `index` stands apart from the others; none if it does not.
fn distance(values: &[f64], index: usize, least: f64) -> Option<f64> {
    if values.len() < FEWEST_FOR_OUTLIERS {
        return None;
    }
    let others: Vec<f64> = values.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, v)| *v).collect();
    let centre = median(&others)?;
    let deviations: Vec<f64> = others.iter().map(|v| (v - centre).abs()).collect();
    // 1.4826: from median absolute deviation to standard deviation of a normal distribution.
    let sd = 1.4826 * median(&deviations)?;
    let distance = values.get(index)? - centre;
    (distance.abs() > (FAR_SDS * sd).max(FAR_LEASTS * least)).then_some(distance)
}

/// The references that stand apart in one quantity. `values` belong to `labels`, one each.
pub fn outliers(kind: &Kind, labels: &[&str], values: &[f64]) -> Vec<Outlier> {
    let apart = (0..values.len()).filter_map(|i| Some((*labels.get(i)?, distance(values, i, kind.least)?)));
    apart
        .map(|(label, distance)| Outlier {
            label: label.to_owned(),
            quantity: kind.id.to_owned(),
            distance,
            text: {
                let word = kind.words[usize::from(distance < 0.0)];
                let unit = if kind.unit == "LUFS" { "LU" } else { kind.unit };
                format!("{label} is {}\u{a0}{unit} {word} than the others", number(distance.abs(), 1))
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::portrait::KINDS;
    use super::*;

    #[test]
    fn one_reference_gives_a_range_around_itself() {
        let r = range(&[4.0], 2.0).unwrap();
        assert_eq!((r.low, r.centre, r.high), (1.0, 4.0, 7.0));
        assert!(range(&[], 2.0).is_none());
    }

    #[test]
    fn several_references_span_their_range() {
        let r = range(&[0.0, 1.0, 5.0], 1.0).unwrap();
        assert_eq!((r.low, r.centre, r.high), (0.0, 1.0, 5.0));
        let narrow = range(&[1.0, 1.1, 1.2], 1.0).unwrap();
        assert!((narrow.low - 0.1).abs() < 1e-9 && (narrow.high - 2.1).abs() < 1e-9);
    }

    #[test]
    fn an_odd_reference_is_named_and_does_not_widen_the_range() {
        let values = [0.2, -0.3, 0.1, 5.0, 0.0];
        let r = range(&values, 1.0).unwrap();
        assert!(r.high < 1.5, "{r:?}");
        let brightness = KINDS.iter().find(|k| k.id == "brightness").unwrap();
        let odd = outliers(brightness, &["R1", "R2", "R3", "R4", "R5"], &values);
        assert_eq!(odd.len(), 1);
        assert_eq!(odd[0].text, "R4 is 5.0\u{a0}dB brighter than the others");
    }
}
