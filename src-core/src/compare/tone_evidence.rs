//! What the comparison knows about the tone, with its uncertainty: the input of [`super::explain`].
//!
//! Two sources. *The matched difference* to a reference: an equaliser is smooth, so its roughness says how much of it is music.
//! *Long-term spectra*: expected is the middle of the references, drawn towards the neutral mean as far as the music of two
//! records of one style differs; without a reference it is the neutral mean, uncertain by what records differ. Where both are
//! known they are combined by their precision: a smooth match decides alone, a rough one hardly counts.

use super::comparison::{BandTone, MatchedTone};
use super::explain::ToneEvidence;
use super::linear::{cholesky, solve};
use crate::models::target::Target;

/// Noise of a matched difference: 0.5 · roughness^1.5 dB on average over the bands (regression over pairs of windows of
/// 29 tracks), and never less than this, dB.
const LEAST_MATCHED_SD_DB: f64 = 0.3;

/// Noise of neighbouring bands of a matched difference is alike over this distance, octaves.
const MATCHED_REACH: f64 = 0.7;

/// Correlation of the tone of two records of one style; the square of it is the part of the spread among records that a
/// reference explains.
const ALIKE: f64 = 0.7;

/// How records differ from the neutral mean in single instruments and notes, standard deviation at some frequencies, dB …
const NOTES_SD_DB: [f64; 9] = [8.0, 6.0, 4.0, 2.5, 2.0, 2.0, 2.0, 2.5, 5.0];

/// … alike over this distance, octaves, falling off exponentially; …
const NOTES_REACH: f64 = 0.35;

/// … and in style, standard deviation at the same frequencies, dB: least between 200 Hz and 1 kHz, 10 dB and more at both ends (Elowsson
/// and Friberg 2017, and the long-term spectra of 29 tracks by 15 authors) …
const STYLE_SD_DB: [f64; 9] = [8.0, 6.0, 4.0, 3.0, 3.0, 4.0, 6.0, 9.0, 13.0];

/// … alike over this distance, octaves, falling off as a normal distribution: styles differ by tilts, not by bumps.
const STYLE_REACH: f64 = 2.0;

/// The frequencies of both, Hz; between them the values are interpolated over log frequency.
const KNOTS_HZ: [f64; 9] = [31.5, 63.0, 125.0, 250.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0];

/// Noise of a single band, dB.
const BAND_SD_DB: f64 = 0.7;

fn octaves(a: f64, b: f64) -> f64 {
    (a / b).log2().abs()
}

/// Evidence from a matched difference.
pub fn of_match(matched: &MatchedTone) -> ToneEvidence {
    let n = matched.hz.len();
    let rms = (matched.sd_db.iter().map(|s| s * s).sum::<f64>() / n.max(1) as f64).sqrt();
    let mean = (0.5 * matched.roughness_db.powf(1.5)).max(LEAST_MATCHED_SD_DB);
    let sd: Vec<f64> = matched.sd_db.iter().map(|s| if rms > 0.0 { s / rms * mean } else { mean }).collect();
    let covariance = covariance(&matched.hz, &sd, 0.22, |d| (-d / MATCHED_REACH).exp());
    ToneEvidence { hz: matched.hz.clone(), excess_db: matched.excess_db.clone(), covariance }
}

/// Evidence from tone against the neutral mean and, if there are any, against `references` other records.
pub fn of_records(tone: &[BandTone], neutral: &Target, references: usize) -> ToneEvidence {
    let known: Vec<(&BandTone, f64)> =
        tone.iter().filter_map(|b| Some((b, neutral.bands.iter().find(|n| n.hz == b.hz)?.level_db))).collect();
    let count = references as f64;
    // Correlation with the mean of several records of one style.
    let alike = if references == 0 { 0.0 } else { (count * ALIKE * ALIKE / (1.0 + (count - 1.0) * ALIKE * ALIKE)).sqrt() };
    let hz: Vec<f64> = known.iter().map(|(b, _)| b.hz).collect();
    // The neutral level is relative; `explain` ignores an overall level, so none needs to be fitted here. But a reference's
    // level and the neutral level must be mixed on one scale: both relative to their own mean.
    let mean = |of: &dyn Fn(&(&BandTone, f64)) -> f64| known.iter().map(of).sum::<f64>() / known.len().max(1) as f64;
    let (neutral_mean, centre_mean) = (mean(&|k| k.1), mean(&|k| k.0.range.centre));
    let expected = known.iter().map(|(b, n)| (1.0 - alike) * (n - neutral_mean) + alike * (b.range.centre - centre_mean));
    let excess_db = known.iter().zip(expected).map(|((b, _), e)| (b.level_db - e).clamp(-60.0, 60.0)).collect();
    let shrink = (1.0 - alike * alike).sqrt();
    let sd = |knots: &[f64; 9]| -> Vec<f64> { hz.iter().map(|hz| shrink * interpolated(knots, *hz)).collect() };
    let notes = covariance(&hz, &sd(&NOTES_SD_DB), BAND_SD_DB, |d| (-d / NOTES_REACH).exp());
    let style = covariance(&hz, &sd(&STYLE_SD_DB), 0.0, |d| (-0.5 * (d / STYLE_REACH).powi(2)).exp());
    ToneEvidence { hz, excess_db, covariance: notes.iter().zip(&style).map(|(a, b)| a + b).collect() }
}

/// Two independent observations of one difference put together by their precision, over the bands that both have. The first
/// alone if that cannot be done.
pub fn combine(a: ToneEvidence, b: &ToneEvidence) -> ToneEvidence {
    /// Their overall levels have nothing to do with each other, dB.
    const LEVEL_SD_DB: f64 = 50.0;
    let shared: Vec<(usize, usize)> =
        a.hz.iter().enumerate().filter_map(|(i, hz)| Some((i, b.hz.iter().position(|other| other == hz)?))).collect();
    let n = shared.len();
    let entry = |e: &ToneEvidence, i: usize, j: usize| e.covariance.get(i * e.hz.len() + j).copied().unwrap_or(0.0);
    let of_a: Vec<f64> = pairs(n).map(|(i, j)| entry(&a, shared[i].0, shared[j].0)).collect();
    let sum: Vec<f64> =
        pairs(n).zip(&of_a).map(|((i, j), own)| own + entry(b, shared[i].1, shared[j].1) + LEVEL_SD_DB * LEVEL_SD_DB).collect();
    let Some(factor) = cholesky(sum, n) else { return a };
    // y = a + A (A + B)⁻¹ (b − a) with covariance A − A (A + B)⁻¹ A.
    let row = |i: usize| of_a.get(i * n..(i + 1) * n).unwrap_or(&[]);
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let step = solve(&factor, n, shared.iter().map(|(i, j)| b.excess_db[*j] - a.excess_db[*i]).collect());
    let columns: Vec<Vec<f64>> = (0..n).map(|j| solve(&factor, n, row(j).to_vec())).collect();
    ToneEvidence {
        hz: shared.iter().map(|(i, _)| a.hz[*i]).collect(),
        excess_db: shared.iter().enumerate().map(|(k, (i, _))| a.excess_db[*i] + dot(row(k), &step)).collect(),
        covariance: pairs(n).map(|(i, j)| of_a[i * n + j] - 0.5 * (dot(row(i), &columns[j]) + dot(row(j), &columns[i]))).collect(),
    }
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n * n).map(move |k| (k / n, k % n))
}

/// A value given at [`KNOTS_HZ`], at another frequency.
fn interpolated(knots: &[f64; 9], hz: f64) -> f64 {
    let above = KNOTS_HZ.partition_point(|f| *f <= hz).clamp(1, KNOTS_HZ.len() - 1);
    let (f0, f1) = (KNOTS_HZ[above - 1], KNOTS_HZ[above]);
    let t = ((hz / f0).log2() / (f1 / f0).log2()).clamp(0.0, 1.0);
    knots[above - 1] + t * (knots[above] - knots[above - 1])
}

fn covariance(hz: &[f64], sd: &[f64], own_sd: f64, alike: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut out = Vec::with_capacity(hz.len() * hz.len());
    for (i, (a, sa)) in hz.iter().zip(sd).enumerate() {
        for (j, (b, sb)) in hz.iter().zip(sd).enumerate() {
            out.push(sa * sb * alike(octaves(*a, *b)) + if i == j { own_sd * own_sd } else { 0.0 });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Range;

    #[test]
    fn a_rougher_match_is_trusted_less() {
        let matched = |roughness_db| MatchedTone {
            label: "R1".into(),
            hz: (0..20).map(|i| 50.0 * 1.26f64.powi(i)).collect(),
            excess_db: vec![0.0; 20],
            sd_db: vec![1.0; 20],
            roughness_db,
            ..MatchedTone::default()
        };
        let noise = |r| of_match(&matched(r)).covariance[0];
        assert!(noise(0.1) < noise(1.0) && noise(1.0) < noise(2.5));
        assert!((noise(1.0) - 0.25 - 0.0484).abs() < 1e-9);
    }

    #[test]
    fn the_surer_observation_decides() {
        let flat = |level: f64, variance: f64| ToneEvidence {
            hz: vec![100.0, 1_000.0, 10_000.0],
            excess_db: vec![level, -level, 0.0],
            covariance: (0..9).map(|i| if i % 4 == 0 { variance } else { 0.0 }).collect(),
        };
        let both = combine(flat(4.0, 1.0), &flat(0.0, 1e6));
        assert!((both.excess_db[0] - both.excess_db[1] - 8.0).abs() < 0.01, "{both:?}");
        let even = combine(flat(4.0, 1.0), &flat(0.0, 1.0));
        assert!((even.excess_db[0] - even.excess_db[1] - 4.0).abs() < 0.01, "{even:?}");
        let spread = |e: &ToneEvidence| e.covariance[0] - e.covariance[1] - e.covariance[3] + e.covariance[4];
        assert!((spread(&even) - 1.0).abs() < 0.01, "{even:?}");
    }

    #[test]
    fn references_move_the_expectation_and_narrow_it() {
        let neutral = Target::neutral().unwrap();
        // The file and its references are both 6 dB brighter than neutral above 4 kHz.
        let bright = |hz: f64| if hz >= 4_000.0 { 6.0 } else { 0.0 };
        let tone: Vec<BandTone> = neutral
            .bands
            .iter()
            .map(|b| BandTone {
                hz: b.hz,
                level_db: b.level_db + bright(b.hz),
                range: Range { centre: b.level_db + bright(b.hz), ..Range::default() },
                ..BandTone::default()
            })
            .collect();
        let step = |e: &ToneEvidence| e.excess_db[24] - e.excess_db[10];
        let (alone, with) = (of_records(&tone, &neutral, 0), of_records(&tone, &neutral, 5));
        assert!((step(&alone) - 6.0).abs() < 1e-9);
        assert!(step(&with) < 1.0, "{}", step(&with));
        assert!(with.covariance[10 * 28 + 10] < 0.5 * alone.covariance[10 * 28 + 10]);
    }
}
