//! Equal-loudness contours of ISO 226:2023, both ways, and the threshold of hearing.
//!
//! Pure tones in the free field, from the front, both ears. The standard covers 20 to 90 phon below 5 kHz and 20 to 80 phon
//! above; beyond that, and between its frequencies (where its parameters are joined by straight lines over the logarithm of
//! frequency), values are an extension. Below 20 Hz and above 12.5 kHz the outermost parameters are held.

/// Hz, exponent α_f, transfer L_U (dB), threshold T_f (dB): ISO 226:2023, table 1.
#[rustfmt::skip]
const TABLE: [(f64, f64, f64, f64); 29] = [
    (20.0, 0.635, -31.5, 78.1), (25.0, 0.602, -27.2, 68.7), (31.5, 0.569, -23.1, 59.5), (40.0, 0.537, -19.3, 51.1),
    (50.0, 0.509, -16.1, 44.0), (63.0, 0.482, -13.1, 37.5), (80.0, 0.456, -10.4, 31.5), (100.0, 0.433, -8.2, 26.5),
    (125.0, 0.412, -6.3, 22.1), (160.0, 0.391, -4.6, 17.9), (200.0, 0.373, -3.2, 14.4), (250.0, 0.357, -2.1, 11.4),
    (315.0, 0.343, -1.2, 8.6), (400.0, 0.330, -0.5, 6.2), (500.0, 0.320, 0.0, 4.4), (630.0, 0.311, 0.4, 3.0),
    (800.0, 0.303, 0.5, 2.2), (1000.0, 0.300, 0.0, 2.4), (1250.0, 0.295, -2.7, 3.5), (1600.0, 0.292, -4.2, 1.7),
    (2000.0, 0.290, -1.2, -1.3), (2500.0, 0.290, 1.4, -4.2), (3150.0, 0.289, 2.3, -6.0), (4000.0, 0.289, 1.0, -5.4),
    (5000.0, 0.289, -2.3, -1.5), (6300.0, 0.293, -7.2, 6.0), (8000.0, 0.303, -11.2, 12.6), (10_000.0, 0.323, -10.9, 13.9),
    (12_500.0, 0.354, -3.5, 12.3),
];

/// Parameters at one frequency.
struct Parameters {
    exponent: f64,
    transfer_db: f64,
    threshold_db: f64,
}

impl Parameters {
    fn at(hz: f64) -> Self {
        let of = |row: &(f64, f64, f64, f64)| Self { exponent: row.1, transfer_db: row.2, threshold_db: row.3 };
        let above = TABLE.partition_point(|row| row.0 < hz);
        match (above.checked_sub(1).and_then(|i| TABLE.get(i)), TABLE.get(above)) {
            (Some(low), Some(high)) => {
                let t = (hz / low.0).ln() / (high.0 / low.0).ln();
                let mix = |a: f64, b: f64| a + t * (b - a);
                of(&(hz, mix(low.1, high.1), mix(low.2, high.2), mix(low.3, high.3)))
            }
            (Some(row), None) | (None, Some(row)) => of(row),
            (None, None) => of(&TABLE[17]),
        }
    }

    /// (4·10⁻¹⁰)^(0.3 − α_f).
    fn scale(&self) -> f64 {
        4e-10f64.powf(0.3 - self.exponent)
    }

    /// 10^(α_f (L + L_U) / 10).
    fn grown(&self, level_db: f64) -> f64 {
        10f64.powf(0.1 * self.exponent * (level_db + self.transfer_db))
    }
}

/// Sound pressure level of a tone of a loudness level, dB SPL (formula 1 of the standard).
pub fn level_db(phon: f64, hz: f64) -> f64 {
    let p = Parameters::at(hz);
    let grown = p.scale() * (10f64.powf(0.03 * phon) - 10f64.powf(0.072)) + p.grown(p.threshold_db);
    10.0 / p.exponent * grown.log10() - p.transfer_db
}

/// Loudness level of a tone, phon (formula 2); −∞ for silence.
///
/// Under 2.4 phon, the threshold, a tone is not heard; there the formula runs on without meaning.
pub fn phon(level_db: f64, hz: f64) -> f64 {
    let p = Parameters::at(hz);
    let loud = (p.grown(level_db) - p.grown(p.threshold_db)) / p.scale() + 10f64.powf(0.072);
    if level_db > f64::NEG_INFINITY && loud > 0.0 { loud.log10() / 0.03 } else { f64::NEG_INFINITY }
}

/// Threshold of hearing, dB SPL (T_f of table 1).
pub fn threshold_db(hz: f64) -> f64 {
    Parameters::at(hz).threshold_db
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bar for the contours, dB.
    const EXACT_DB: f64 = 0.05;

    #[test]
    fn the_standards_own_check_point_is_met() {
        assert!((level_db(60.0, 100.0) - 78.504).abs() < 0.001, "{}", level_db(60.0, 100.0));
        for level in [20.0, 40.0, 60.0, 80.0] {
            assert!((level_db(level, 1000.0) - level).abs() < EXACT_DB, "phon is the level at 1 kHz");
        }
    }

    /// The 2023 contours at some of the standard's frequencies, from an independent evaluation of the formula.
    #[test]
    fn contours_are_those_of_the_standard() {
        let hz = [20.0, 63.0, 200.0, 500.0, 2500.0, 8000.0, 12_500.0];
        let contours = [
            (20.0, [89.544, 58.76, 35.634, 23.622, 15.472, 31.393, 32.984]),
            (40.0, [99.743, 72.963, 53.284, 43.129, 36.596, 51.601, 51.306]),
            (60.0, [109.368, 85.803, 69.731, 62.063, 57.393, 71.503, 68.577]),
            (80.0, [118.86, 98.347, 85.906, 80.858, 78.109, 91.33, 85.606]),
        ];
        for (level, expected) in contours {
            for (hz, expected) in hz.into_iter().zip(expected) {
                assert!((level_db(level, hz) - expected).abs() < EXACT_DB, "{hz} Hz at {level} phon: {}", level_db(level, hz));
            }
        }
    }

    /// What is lost when playback drops from 80 to 60 and 50 phon, from an independent evaluation of the formula.
    #[test]
    fn bass_is_lost_as_playback_drops() {
        let lost = |hz: f64, phon: f64| (level_db(phon, hz) - phon) - (level_db(80.0, hz) - 80.0);
        let at_60 = [(31.5, 9.4), (50.0, 8.1), (63.0, 7.5), (100.0, 6.0), (200.0, 3.8), (500.0, 1.2), (12_500.0, 3.0)];
        let at_50 = [(31.5, 14.0), (50.0, 12.1), (63.0, 11.1), (100.0, 9.0), (200.0, 5.7), (500.0, 1.8)];
        for (hz, db) in at_60 {
            assert!((lost(hz, 60.0) - db).abs() < EXACT_DB + 0.05, "{hz} Hz: {}", lost(hz, 60.0));
        }
        for (hz, db) in at_50 {
            assert!((lost(hz, 50.0) - db).abs() < EXACT_DB + 0.05, "{hz} Hz: {}", lost(hz, 50.0));
        }
    }

    #[test]
    fn the_two_directions_are_each_others_inverse() {
        for hz in [20.0, 63.0, 440.0, 1000.0, 3150.0, 12_500.0] {
            for level in [3.0, 20.0, 47.0, 90.0] {
                assert!((phon(level_db(level, hz), hz) - level).abs() < 1e-9, "{hz} Hz, {level} phon");
            }
            assert!((phon(threshold_db(hz), hz) - 2.4).abs() < 1e-9, "the threshold lies at 2.4 phon");
        }
        assert_eq!(phon(f64::NEG_INFINITY, 100.0), f64::NEG_INFINITY);
    }
}
