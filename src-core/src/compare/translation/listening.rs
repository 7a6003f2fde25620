//! A listener at a place: spectra at the ears to loudness beside the noise.

use crate::hearing::fast::{MaskedThreshold, Step};
use crate::hearing::{FastHearing, Field, KOffset};
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::units::db_to_power;
use std::sync::LazyLock;

/// Power of the bands at the ears, relative to 0 dB SPL.
pub(super) type Spl = [f64; BANDS];

/// Loudness below which nothing is heard that anyone would miss, sones; keeps ratios of almost nothing from running away.
const LEAST_SONES: f64 = 0.1;

/// The ear.
pub(super) struct Ear {
    hearing: FastHearing,
    threshold: MaskedThreshold,
}

/// One ear for all: its tables depend on the bands alone.
pub(super) static EAR: LazyLock<Ear> = LazyLock::new(|| {
    let hearing = FastHearing::third_octaves(&BANDS_HZ, Field::Free, Step::Whole);
    Ear { threshold: hearing.masked_threshold(KOffset::STEADY), hearing }
});

/// Specific loudness, averaged over a programme.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Loudness {
    specific: Vec<f32>,
}

impl Ear {
    /// Excitation by a spectrum.
    pub fn excitation(&self, powers: &Spl) -> Vec<f32> {
        let mut out = vec![0.0; self.hearing.len()];
        self.hearing.excitation(&powers.map(|p| p as f32), &mut out);
        out
    }

    /// Loudness of spectra beside a noise (its excitation), averaged.
    pub fn listen(&self, spectra: &[Spl], noise: Option<&[f32]>) -> Loudness {
        let mut sum = vec![0.0f32; self.hearing.len()];
        let (mut excitation, mut specific) = (sum.clone(), sum.clone());
        for powers in spectra {
            self.hearing.excitation(&powers.map(|p| p as f32), &mut excitation);
            match noise {
                Some(noise) => self.hearing.partial(&excitation, noise, &self.threshold, &mut specific),
                None => self.hearing.specific(&excitation, &mut specific),
            }
            for (sum, s) in sum.iter_mut().zip(&specific) {
                *sum += s / spectra.len() as f32;
            }
        }
        Loudness { specific: sum }
    }
}

impl Loudness {
    /// Loudness between two frequencies, sones.
    pub fn between(&self, hz: [f64; 2]) -> f64 {
        EAR.hearing.loudness_between(&self.specific, hz[0], hz[1])
    }

    /// Loudness of the whole, sones.
    pub fn whole(&self) -> f64 {
        EAR.hearing.loudness(&self.specific)
    }
}

/// How much louder `a` is than `b`, LU: 10 lb of the ratio, which is a difference in phon above 40 phon.
pub(super) fn louder_lu(a: f64, b: f64) -> f64 {
    10.0 * ((a + LEAST_SONES) / (b + LEAST_SONES)).log2()
}

/// A-weighting as a power gain, IEC 61672-1:2013, annex E.
fn a_weight(hz: f64) -> f64 {
    let square = hz * hz;
    let gain = |f2: f64| 148_693_636.0 * f2 * f2 / ((f2 + 424.36) * (f2 + 148_693_636.0) * ((f2 + 11_599.29) * (f2 + 544_496.41)).sqrt());
    (gain(square) / gain(1e6)).powi(2)
}

static A_WEIGHTS: LazyLock<[f64; BANDS]> = LazyLock::new(|| BANDS_HZ.map(a_weight));

/// A-weighted mean power of spectra.
pub(super) fn a_weighted(spectra: &[Spl]) -> f64 {
    let one = |s: &Spl| s.iter().zip(A_WEIGHTS.iter()).map(|(p, w)| p * w).sum::<f64>();
    spectra.iter().map(one).sum::<f64>() / spectra.len().max(1) as f64
}

/// Factor that brings spectra to an A-weighted mean level; 0 for silence.
pub(super) fn gain_to_level(spectra: &[Spl], dba: f64) -> f64 {
    let now = a_weighted(spectra);
    if now > 0.0 { db_to_power(dba) / now } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::power_to_db;

    #[test]
    fn the_weighting_is_that_of_the_standard() {
        for (hz, db) in [(31.5, -39.4), (100.0, -19.1), (1000.0, 0.0), (4000.0, 1.0), (16_000.0, -6.6)] {
            assert!((power_to_db(a_weight(hz)) - db).abs() < 0.15, "{hz}: {}", power_to_db(a_weight(hz)));
        }
    }

    #[test]
    fn noise_takes_loudness_away_and_ten_decibels_are_nearly_ten_lu() {
        let at = |db: f64| -> Spl { std::array::from_fn(|_| db_to_power(db)) };
        let quiet = EAR.listen(&[at(60.0)], None).whole();
        let noise = EAR.excitation(&at(55.0));
        assert!(EAR.listen(&[at(60.0)], Some(&noise)).whole() < 0.9 * quiet);
        let louder = EAR.listen(&[at(70.0)], None).whole();
        // Wide sounds grow more slowly than the tones the scale is made for.
        assert!((5.0..12.0).contains(&louder_lu(louder, quiet)), "{}", louder_lu(louder, quiet));
    }
}
