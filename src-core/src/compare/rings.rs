//! Narrow ranges that stand out of the floor between the notes.

use super::comparison::Ring;
use super::explain::{Shape, ShapeKind, ToneEvidence, explain};
use super::range::median;
use crate::measure::resonance::{COUNT, centre_hz};

/// Widths that are tried: what rooms, strings and filters ring like. Narrower ones are notes, wider ones tone.
const QS: [f64; 2] = [9.0, 14.0];

/// Gain for which the shape is taken, dB.
const GAIN_DB: f64 = 12.0;

/// Bands at both ends that have too little beside them.
const MARGIN: usize = 6;

/// Most rings of one file.
const MOST: usize = 3;

/// Least height, dB; smaller ones are not listed.
const LEAST_DB: f64 = 3.0;

/// Noise of the floor: of a band and its neighbours, dB and octaves (single notes) …
const NOTES: (f64, f64) = (2.0, 0.04);

/// … and of its course over half octaves (arrangement, tone), dB and octaves.
const COURSE: (f64, f64) = (6.0, 0.5);

/// Finds what stands out of a floor, against the floors of references where there are any. The highest first.
///
/// The floor is explained by bells of a few narrow widths, see [`super::explain`]. Empty without a floor.
pub fn find(floor_db: &[f64], references: &[&[f64]]) -> Vec<Ring> {
    if floor_db.len() != COUNT {
        return Vec::new();
    }
    let expected = |band: usize| {
        let theirs: Vec<f64> = references.iter().filter(|r| r.len() == COUNT).filter_map(|r| r.get(band).copied()).collect();
        median(&theirs).unwrap_or(0.0)
    };
    let hz: Vec<f64> = (0..COUNT).map(centre_hz).collect();
    let evidence = ToneEvidence {
        excess_db: floor_db.iter().enumerate().map(|(band, db)| db - expected(band)).collect(),
        covariance: covariance(&hz),
        hz,
    };
    let bell = |freq_hz: f64, q: f64| Shape { kind: ShapeKind::Bell, freq_hz, q, gain_db: GAIN_DB };
    let shapes: Vec<Shape> = (MARGIN..COUNT - MARGIN).flat_map(|band| QS.map(|q| bell(centre_hz(band), q))).collect();
    let found = explain(&evidence, &shapes, MOST, 0.0);
    let mut rings: Vec<Ring> = found
        .iter()
        .filter(|e| e.amount_db >= LEAST_DB)
        .filter_map(|e| shapes.get(e.shape).map(|s| Ring { hz: s.freq_hz, excess_db: e.amount_db, q: s.q }))
        .collect();
    rings.sort_by(|a, b| b.excess_db.total_cmp(&a.excess_db));
    rings
}

fn covariance(hz: &[f64]) -> Vec<f64> {
    let one = |a: f64, b: f64| {
        let octaves = (a / b).log2().abs();
        let notes = NOTES.0 * NOTES.0 * (-octaves / NOTES.1).exp();
        let course = COURSE.0 * COURSE.0 * (-0.5 * (octaves / COURSE.1).powi(2)).exp();
        notes + course + if octaves == 0.0 { 0.3 } else { 0.0 }
    };
    hz.iter().flat_map(|a| hz.iter().map(move |b| one(*a, *b))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A floor that falls by 6 dB an octave with a bump of some dB at 1.2 kHz.
    fn floor(bump_db: f64) -> Vec<f64> {
        let bump = Shape { kind: ShapeKind::Bell, freq_hz: 1_200.0, q: 14.0, gain_db: 12.0 };
        (0..COUNT).map(|b| -60.0 - 6.0 * (centre_hz(b) / 300.0).log2() + bump_db / 12.0 * bump.response_db(centre_hz(b))).collect()
    }

    #[test]
    fn a_narrow_bump_is_found_where_it_is() {
        let rings = find(&floor(12.0), &[]);
        assert!((rings[0].hz / 1_200.0).log2().abs() < 0.05, "{rings:?}");
        assert!((rings[0].excess_db - 12.0).abs() < 1.5, "{rings:?}");
        assert!(find(&floor(0.0), &[]).is_empty());
    }

    #[test]
    fn what_the_reference_has_too_is_no_ring() {
        assert!(find(&floor(12.0), &[&floor(12.0)]).is_empty());
        assert!(find(&floor(12.0), &[&floor(0.0)])[0].excess_db > 10.0);
        assert!(find(&[], &[]).is_empty());
    }
}
