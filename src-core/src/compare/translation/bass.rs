//! Whether the bass line is heard: by its fundamentals where the system has them, by its harmonics where it has not.

use super::CarriedBy;
use super::listening::{Loudness, louder_lu};
use crate::playback::Model;

/// Fundamentals of a bass line, Hz: low B of a five-string bass (31 Hz) to the octave of an open G (98 Hz).
const FUNDAMENTALS_HZ: [f64; 2] = [35.0, 110.0];

/// Harmonics 2 to 6 of these, as far as they still belong to the bass and not to what plays above it, Hz.
const HARMONICS_HZ: [f64; 2] = [90.0, 450.0];

/// A system whose response at 50 to 100 Hz lies lower than this on average gives no fundamentals, dB: half as loud in the bass, and then
/// the noise.
const GIVES_DB: f64 = -10.0;

/// What is compared, see `Compared` in `system.rs`.
pub(super) struct Line<'a> {
    pub mix: &'a Loudness,
    pub width: &'a Loudness,
    pub both: &'a Loudness,
    pub full_mix: &'a Loudness,
    pub full_both: &'a Loudness,
}

/// What carries a line on a system: a matter of its response, not of the noise around it.
pub(super) fn carried_by(model: &Model) -> CarriedBy {
    let low = [50.0, 63.0, 80.0, 100.0].map(|hz| model.response_db(hz));
    if low.iter().sum::<f64>() / low.len() as f64 >= GIVES_DB { CarriedBy::Fundamentals } else { CarriedBy::Harmonics }
}

/// Where it is heard.
pub(super) fn range(carried_by: CarriedBy) -> [f64; 2] {
    match carried_by {
        CarriedBy::Fundamentals => FUNDAMENTALS_HZ,
        CarriedBy::Harmonics => HARMONICS_HZ,
    }
}

/// What is lost of the line beyond the references, LU; negative is lost.
///
/// Where the fundamentals are heard only a mono sum can take them away: a bass that is softer everywhere is a matter of tone, not of this
/// place. Where they are not, it is what the harmonics lose against the fundamentals in full range.
pub(super) fn beyond(line: &Line<'_>, carried_by: CarriedBy) -> f64 {
    match carried_by {
        CarriedBy::Fundamentals => mono(line, carried_by),
        CarriedBy::Harmonics => {
            let here = louder_lu(line.mix.between(HARMONICS_HZ), line.both.between(HARMONICS_HZ));
            let full = louder_lu(line.full_mix.between(FUNDAMENTALS_HZ), line.full_both.between(FUNDAMENTALS_HZ));
            here - full
        }
    }
}

/// The part that is lost because left and right are added, LU.
pub(super) fn mono(line: &Line<'_>, carried_by: CarriedBy) -> f64 {
    louder_lu(line.mix.between(range(carried_by)), line.width.between(range(carried_by))).min(0.0)
}
