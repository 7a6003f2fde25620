//! Loudness in sones and phons, in quiet and beside other sounds, from the excitation of the exact form.

use super::excitation::{Component, FILTERS, STEP_CAM, excitation};
use super::{Field, Filter};
use std::sync::LazyLock;

/// Both ears hear the same.
const EARS: f64 = 2.0;

/// Shift of K, the signal-to-noise ratio at the masked threshold, in dB.
///
/// The model was fitted to tones in steady noise. For music it calls too much masked: its maskers have gaps and its signals
/// are known to the listener. Ma, Reiss and Black (2014) lower K by 10 dB for sources in a mix; that is [`KOffset::MUSIC`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KOffset {
    db: f64,
}

impl KOffset {
    /// The published model: tones in steady noise.
    pub const STEADY: Self = Self { db: 0.0 };
    /// Sources in a mix of music.
    pub const MUSIC: Self = Self { db: -10.0 };

    /// Any other shift, dB.
    pub const fn new(db: f64) -> Self {
        Self { db }
    }

    /// The shift, dB.
    pub const fn db(self) -> f64 {
        self.db
    }
}

/// Loudness in quiet of an excitation by [`excitation()`], sones, both ears.
pub fn loudness(excitation: &[f64]) -> f64 {
    EARS * STEP_CAM * FILTERS.iter().zip(excitation).map(|(f, e)| f.specific(*e)).sum::<f64>()
}

/// Loudness that is left of a signal beside a noise (or everything else in a mix), sones, both ears.
pub fn partial_loudness(signal: &[f64], noise: &[f64], k: KOffset) -> f64 {
    let left = |(filter, (signal, noise)): (&Filter, (&f64, &f64))| filter.partial(*signal, *noise, k.db());
    EARS * STEP_CAM * FILTERS.iter().zip(signal.iter().zip(noise)).map(left).sum::<f64>()
}

/// Loudness of a 1 kHz tone in the free field every dB from −10 to 130 dB SPL: the loudness level's own scale.
static ONE_KILOHERTZ: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| {
    (-10..=130)
        .map(|db| {
            let level_db = f64::from(db);
            (level_db, loudness(&excitation(&[Component { hz: 1000.0, level_db }], Field::Free)))
        })
        .collect()
});

/// Loudness level of a loudness, phon: the level of the equally loud 1 kHz tone. −∞ for silence; −10 to 130 phon.
pub fn sones_to_phon(sones: f64) -> f64 {
    if !(sones > 0.0) {
        return f64::NEG_INFINITY;
    }
    along(&ONE_KILOHERTZ, sones.ln(), |(_, s)| s.ln(), |(db, _)| *db)
}

/// Loudness of a loudness level, sones; 0 for −∞. −10 to 130 phon.
pub fn phon_to_sones(phon: f64) -> f64 {
    if phon == f64::NEG_INFINITY {
        return 0.0;
    }
    along(&ONE_KILOHERTZ, phon, |(db, _)| *db, |(_, s)| s.ln()).exp()
}

/// Straight lines through a table of rising `x`, held at its ends.
fn along(table: &[(f64, f64)], at: f64, x: impl Fn(&(f64, f64)) -> f64, y: impl Fn(&(f64, f64)) -> f64) -> f64 {
    let above = table.partition_point(|row| x(row) < at);
    match (above.checked_sub(1).and_then(|i| table.get(i)), table.get(above)) {
        (Some(low), Some(high)) => y(low) + (y(high) - y(low)) * (at - x(low)) / (x(high) - x(low)),
        (Some(row), None) | (None, Some(row)) => y(row),
        (None, None) => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published figures are rounded to two to four digits; the bar is 1 %, plus half of the last digit printed.
    const PUBLISHED: f64 = 0.01;

    fn tones(list: &[(f64, f64)]) -> Vec<f64> {
        let components: Vec<Component> = list.iter().map(|(hz, level_db)| Component { hz: *hz, level_db: *level_db }).collect();
        excitation(&components, Field::Free)
    }

    fn noise(low_hz: f64, high_hz: f64, spectrum_level_db: f64) -> Vec<f64> {
        let lines = (high_hz - low_hz) as usize;
        tones(&(0..=lines).map(|i| (low_hz + i as f64, spectrum_level_db)).collect::<Vec<_>>())
    }

    fn assert_sones(what: &str, got: f64, published: f64, last_digit: f64) {
        assert!((got - published).abs() <= PUBLISHED * published + 0.5 * last_digit, "{what}: {got}, published {published}");
    }

    /// ANSI S3.4-2007, table 4 and annex examples.
    #[test]
    fn one_kilohertz_grows_as_published() {
        let published = [0.029, 0.142, 0.422, 0.997, 2.098, 4.166, 8.102, 15.98, 33.216, 70.362];
        for (i, sones) in published.into_iter().enumerate() {
            let level = 10.0 * (i + 1) as f64;
            assert_sones(&format!("1 kHz at {level} dB"), loudness(&tones(&[(1000.0, level)])), sones, 0.001);
        }
    }

    #[test]
    fn other_tones_and_complexes_are_as_loud_as_published() {
        for (level, sones, digit) in [(20.0, 0.35, 0.01), (40.0, 1.8, 0.1), (60.0, 7.1, 0.1), (80.0, 27.5, 0.1)] {
            assert_sones(&format!("3 kHz at {level} dB"), loudness(&tones(&[(3000.0, level)])), sones, digit);
        }
        assert_sones("100 Hz at 50 dB", loudness(&tones(&[(100.0, 50.0)])), 0.345, 0.001);
        assert_sones("within a band", loudness(&tones(&[(1500.0, 60.0), (1600.0, 60.0), (1700.0, 60.0)])), 6.35, 0.01);
        assert_sones("in three bands", loudness(&tones(&[(1000.0, 60.0), (1600.0, 60.0), (2400.0, 60.0)])), 12.62, 0.01);
        let harmonics: Vec<_> = (1..=10).map(|h| (100.0 * f64::from(h), 30.0)).collect();
        assert_sones("ten harmonics", loudness(&tones(&harmonics)), 1.99, 0.01);
    }

    #[test]
    fn noise_is_as_loud_as_published() {
        assert_sones("100 Hz wide", loudness(&noise(950.0, 1050.0, 40.0)), 4.25, 0.01);
        assert_sones("1000 Hz wide", loudness(&noise(500.0, 1500.0, 40.0)), 14.29, 0.01);
    }

    /// Moore, Glasberg and Baer 1997, equations 17 to 20, against an independent evaluation of the same equations.
    #[test]
    fn a_tone_in_noise_keeps_what_the_equations_leave() {
        let masker = noise(750.0, 1250.0, 40.0);
        let steady = [(60.0, 0.095), (65.0, 0.897), (70.0, 3.146), (75.0, 7.220), (80.0, 12.56), (90.0, 30.85)];
        let lowered = [(60.0, 1.461), (65.0, 3.452), (70.0, 5.957), (75.0, 9.383), (80.0, 14.35), (90.0, 32.25)];
        for (table, k) in [(steady, KOffset::STEADY), (lowered, KOffset::MUSIC)] {
            for (level, sones) in table {
                let tone = tones(&[(1000.0, level)]);
                assert_sones(&format!("{level} dB with K {k:?}"), partial_loudness(&tone, &masker, k), sones, 0.001);
            }
        }
    }

    #[test]
    fn without_noise_nothing_is_lost() {
        let silence = vec![0.0; FILTERS.len()];
        for level in [5.0, 30.0, 70.0] {
            let tone = tones(&[(300.0, level), (4000.0, level)]);
            let left = partial_loudness(&tone, &silence, KOffset::STEADY);
            assert!((left / loudness(&tone) - 1.0).abs() < 1e-9, "{level}");
        }
        assert_eq!(partial_loudness(&silence, &tones(&[(1000.0, 60.0)]), KOffset::STEADY), 0.0);
    }

    #[test]
    fn phons_and_sones_are_two_scales_of_one_thing() {
        assert!((sones_to_phon(4.166) - 60.0).abs() < 0.1);
        assert!((phon_to_sones(40.0) - 1.0).abs() < 0.01);
        for phon in [5.0, 33.3, 72.5, 100.0] {
            assert!((sones_to_phon(phon_to_sones(phon)) - phon).abs() < 1e-6);
        }
        assert_eq!(sones_to_phon(0.0), f64::NEG_INFINITY);
        assert_eq!(phon_to_sones(f64::NEG_INFINITY), 0.0);
    }
}
