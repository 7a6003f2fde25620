//! How far a file is from each reference.

use super::ReferenceResidual;
use crate::compare::equal_loudness::tone_db;
use crate::compare::matched::MatchedDifference;
use crate::compare::{MONO_DB, heard_lufs};
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::measure::{Measurements, stereo};
use crate::propose::planners::ReferenceEvidence;

/// Distance to each reference before and after. For a reference of the same session the tonal distance is that of the matched
/// passages, for others that of the long-term spectra at equal loudness, 31.5 Hz to 16 kHz.
pub fn residuals(
    references: &[ReferenceEvidence<'_>],
    matched_after: &[Option<MatchedDifference>],
    before: &Measurements,
    after: &Measurements,
) -> Vec<ReferenceResidual> {
    let one = |(reference, matched): (&ReferenceEvidence<'_>, &Option<MatchedDifference>)| {
        let theirs = reference.measurements;
        let loudness = |m: &Measurements| heard_lufs(m) - heard_lufs(theirs);
        let width = |m: &Measurements| Some(width_db(m, WIDTH_HZ)? - width_db(theirs, WIDTH_HZ)?);
        let tone = |m: &Measurements, own: Option<&MatchedDifference>| match own.filter(|_| reference.same_session) {
            Some(matched) => rms(&matched.correction_db),
            None => spectral_distance_db(m, theirs),
        };
        ReferenceResidual {
            reference: reference.label.clone(),
            tone_before_db: tone(before, reference.matched.as_ref()),
            tone_after_db: tone(after, matched.as_ref()),
            loudness_before_lu: loudness(before),
            loudness_after_lu: loudness(after),
            width_before_db: width(before),
            width_after_db: width(after),
        }
    };
    references.iter().zip(matched_after).map(one).collect()
}

/// RMS about the mean, dB.
pub(super) fn rms(curve: &[f64]) -> f64 {
    let mean = curve.iter().sum::<f64>() / curve.len().max(1) as f64;
    (curve.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / curve.len().max(1) as f64).sqrt()
}

/// Frequencies whose width counts for the whole, Hz.
pub(super) const WIDTH_HZ: [f64; 2] = [100.0, 16_000.0];

/// Side against mid within a range of frequencies, dB, at least [`MONO_DB`]; none for mono and without sound.
pub(super) fn width_db(m: &Measurements, [low_hz, high_hz]: [f64; 2]) -> Option<f64> {
    m.stereo.as_ref()?;
    let image = stereo::sum(&m.map, 0..m.map.frames(), stereo::band_range(low_hz, high_hz));
    (image.power > 0.0).then(|| image.side_mid.db().max(MONO_DB))
}

/// RMS difference of the long-term third octaves at equal loudness, dB; 0 where either is silent.
fn spectral_distance_db(a: &Measurements, b: &Measurements) -> f64 {
    let tone = |m: &Measurements| tone_db(&stereo::bands(&m.map).iter().map(|band| band.power).collect::<Vec<f64>>());
    let (a, b) = (tone(a), tone(b));
    let difference = |band: usize| Some((*a.get(band)?)? - (*b.get(band)?)?);
    let within = (0..BANDS).filter(|band| (31.5..=16_000.0).contains(&BANDS_HZ[*band]));
    rms(&within.filter_map(difference).collect::<Vec<f64>>())
}
