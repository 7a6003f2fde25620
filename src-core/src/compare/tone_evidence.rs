//! What the comparison knows about the tone, with its uncertainty: the input of [`super::explain`].
//!
//! Three cases, best first. *Same session*: the matched difference; an equaliser is smooth, so its roughness says how much of
//! it is music. *Other records*: expected is the middle of the references, drawn towards the neutral mean as far as the music
//! of two records of one style differs. *No reference*: expected is the neutral mean, uncertain by what records differ.

use super::comparison::{BandTone, MatchedTone};
use super::explain::ToneEvidence;
use crate::models::target::Target;

/// Noise of a matched difference: 0.5 · roughness^1.5 dB on average over the bands (regression over pairs of windows of
/// 29 tracks), and never less than this, dB.
const LEAST_MATCHED_SD_DB: f64 = 0.3;

/// Noise of neighbouring bands of a matched difference is alike over this distance, octaves.
const MATCHED_REACH: f64 = 0.7;

/// Correlation of the tone of two records of one style; the square of it is the part of the spread among records that a
/// reference explains.
const ALIKE: f64 = 0.7;

/// How records differ from the neutral mean: standard deviation at some frequencies, dB. Least between 200 Hz and 1 kHz, 10 dB and
/// more at the ends (Elowsson and Friberg 2017, and the spread over the tracks of the test corpus).
const RECORD_SD_DB: [(f64, f64); 9] = [
    (31.5, 10.0),
    (63.0, 7.0),
    (125.0, 4.5),
    (250.0, 3.2),
    (1_000.0, 3.0),
    (2_000.0, 4.0),
    (4_000.0, 6.0),
    (8_000.0, 9.0),
    (16_000.0, 13.0),
];

/// Parts of that spread: share and reach in octaves. A third is arrangement (one instrument more), the rest style.
const RECORD_REACH: [(f64, f64); 2] = [(0.3, 0.35), (0.7, 1.5)];

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
    let sd: Vec<f64> = hz.iter().map(|hz| shrink * record_sd_db(*hz)).collect();
    let covariance = covariance(&hz, &sd, BAND_SD_DB, |d| RECORD_REACH.iter().map(|(share, reach)| share * (-d / reach).exp()).sum());
    ToneEvidence { hz, excess_db, covariance }
}

/// Standard deviation of records at a frequency: interpolated over log frequency.
fn record_sd_db(hz: f64) -> f64 {
    let above = RECORD_SD_DB.partition_point(|(f, _)| *f <= hz).clamp(1, RECORD_SD_DB.len() - 1);
    let ((f0, s0), (f1, s1)) = (RECORD_SD_DB[above - 1], RECORD_SD_DB[above]);
    let t = ((hz / f0).log2() / (f1 / f0).log2()).clamp(0.0, 1.0);
    s0 + t * (s1 - s0)
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
        };
        let noise = |r| of_match(&matched(r)).covariance[0];
        assert!(noise(0.1) < noise(1.0) && noise(1.0) < noise(2.5));
        assert!((noise(1.0) - 0.25 - 0.0484).abs() < 1e-9);
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
