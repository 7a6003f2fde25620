//! Tone at equal loudness: band levels with their K-weighted sum at 0 dB.

use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::units::{db_to_power, power_to_db};
use std::sync::LazyLock;

/// Power gain of the K-weighting at the centres of the map's bands.
///
/// From the analogue prototypes of ITU-R BS.1770-5: a high shelf (1681.97 Hz, +4.0 dB, Q 0.7072) and a high-pass
/// (38.14 Hz, Q 0.5003). Within 0.15 dB of the digital filter at 48 kHz up to 16 kHz: enough to weigh bands by.
pub static K_POWER: LazyLock<[f64; BANDS]> = LazyLock::new(|| BANDS_HZ.map(k_power));

fn k_power(hz: f64) -> f64 {
    let high = db_to_power(3.999_843_853_973_347).sqrt();
    let middle = high.powf(0.499_666_774_154_541_6);
    // |b2 (jx)² + b1 jx + b0|² with x the frequency relative to the corner.
    let magnitude = |x: f64, b: [f64; 3]| (b[0] - b[2] * x * x).powi(2) + (b[1] * x).powi(2);
    let (x, q) = (hz / 1_681.974_450_955_533, 0.707_175_236_955_419_6);
    let shelf = magnitude(x, [1.0, middle / q, high]) / magnitude(x, [1.0, 1.0 / q, 1.0]);
    let (x, q) = (hz / 38.135_470_876_024_44, 0.500_327_037_323_877_3);
    shelf * x.powi(4) / magnitude(x, [1.0, 1.0 / q, 1.0])
}

/// K-weighted sum of band powers.
pub fn k_weighted(powers: &[f64]) -> f64 {
    powers.iter().zip(K_POWER.iter()).map(|(p, k)| p * k).sum()
}

/// Band powers as levels at equal loudness, dB; none for bands without sound and for all of a silent file.
///
/// A band is without sound from 100 dB below the loudest: there only rounding is left.
pub fn tone_db(powers: &[f64]) -> Vec<Option<f64>> {
    const FLOOR: f64 = 1e-10;
    let total = k_weighted(powers);
    let loudest = powers.iter().copied().fold(0.0, f64::max);
    powers.iter().map(|p| (total > 0.0 && *p > FLOOR * loudest).then(|| power_to_db(p / total))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weighting_is_that_of_the_standard() {
        // Digital filter of BS.1770-5 at 48 kHz, evaluated with scipy.signal.freqz.
        for (hz, db) in [(100.0, -1.12), (1000.0, 0.69), (4000.0, 4.0), (31.5, -7.8)] {
            let band = BANDS_HZ.iter().position(|b| *b == hz).unwrap();
            assert!((power_to_db(K_POWER[band]) - db).abs() < 0.15, "{hz}: {}", power_to_db(K_POWER[band]));
        }
    }

    #[test]
    fn level_does_not_change_the_tone() {
        let powers: Vec<f64> = (0..BANDS).map(|b| 1.0 / (b + 1) as f64).collect();
        let louder: Vec<f64> = powers.iter().map(|p| p * 40.0).collect();
        for (a, b) in tone_db(&powers).iter().zip(tone_db(&louder)) {
            assert!((a.unwrap() - b.unwrap()).abs() < 1e-9);
        }
        assert!(tone_db(&[0.0; BANDS]).iter().all(Option::is_none));
    }
}
