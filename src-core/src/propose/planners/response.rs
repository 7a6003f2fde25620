//! What settings do to the energy map, without rendering.

use crate::chain::settings::{EqBand, EqKind, Part};
use crate::chain::{MONO_BELOW_Q, Settings, part_response_db};
use crate::compare::equal_loudness::k_weighted;
use crate::compare::translation::Gains;
use crate::measure::EnergyMap;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::units::{db_to_power, power_to_db};

/// Points at which a response is looked at within a band; an equaliser is smooth within a third octave.
const POINTS: i32 = 2;

/// Gain of EQ bands in each third octave for one part, dB: mean power gain over the band. Bands beyond half the rate are 0.
pub(super) fn band_gains_db(bands: &[EqBand], part: Part, sample_rate: f64) -> [f64; BANDS] {
    std::array::from_fn(|b| {
        let hz = |i: i32| BANDS_HZ[b] * 2f64.powf(f64::from(i) / (6.0 * f64::from(POINTS)));
        let points: Vec<f64> = (-POINTS..=POINTS).map(hz).filter(|hz| *hz < 0.49 * sample_rate).collect();
        if bands.is_empty() || points.is_empty() {
            return 0.0;
        }
        let power: f64 = points.iter().map(|hz| db_to_power(part_response_db(bands, part, *hz, sample_rate))).sum();
        power_to_db(power / points.len() as f64)
    })
}

/// Gain of the mid under the settings, dB per third octave.
pub(super) fn mid_gains_db(settings: &Settings, sample_rate: f64) -> [f64; BANDS] {
    band_gains_db(&settings.eq, Part::Mid, sample_rate)
}

/// Gain of the side under the settings, dB per third octave.
pub(super) fn side_gains_db(settings: &Settings, sample_rate: f64) -> [f64; BANDS] {
    let mut side = band_gains_db(&settings.eq, Part::Side, sample_rate);
    if let Some(stereo) = &settings.stereo {
        let mut bands = stereo.side_bands.clone();
        bands.extend(stereo.mono_below_hz.iter().flat_map(|hz| MONO_BELOW_Q.map(|q| high_pass(*hz, q))));
        for (s, band) in side.iter_mut().zip(band_gains_db(&bands, Part::Side, sample_rate)) {
            *s += stereo.side_gain_db + band;
        }
    }
    side
}

/// What the settings do to mid and side.
pub(super) fn gains(settings: &Settings, sample_rate: f64) -> Gains {
    Gains { mid_db: mid_gains_db(settings, sample_rate), side_db: side_gains_db(settings, sample_rate) }
}

fn high_pass(freq_hz: f64, q: f64) -> EqBand {
    EqBand { kind: EqKind::HighPass, part: Part::Side, freq_hz, gain_db: 0.0, q, reason: String::new(), confidence: 1.0 }
}

/// Change of integrated loudness that the EQ and the side gain of the settings bring, LU. Gains and limiter are left out.
///
/// Both loudnesses are estimated from the map with the gates of BS.1770 on windows of about 400 ms; the errors of that
/// are alike and cancel to within about 0.1 LU.
pub(super) fn loudness_change_lu(map: &EnergyMap, settings: &Settings, sample_rate: f64) -> f64 {
    let mid = mid_gains_db(settings, sample_rate).map(db_to_power);
    let side = side_gains_db(settings, sample_rate).map(db_to_power);
    let unchanged = [1.0; BANDS];
    let change = gated_db(map, &mid, &side) - gated_db(map, &unchanged, &unchanged);
    if change.is_finite() { change } else { 0.0 }
}

/// Gated K-weighted level of the map after band gains (power ratios), dB on a scale of its own.
fn gated_db(map: &EnergyMap, mid_gain: &[f64; BANDS], side_gain: &[f64; BANDS]) -> f64 {
    /// Frames to a window of about 400 ms.
    const FRAMES: usize = 4;
    const GATE: f64 = 0.1;
    let frames: Vec<f64> = (0..map.frames())
        .map(|f| {
            let (mid, side) = (map.mid_frame(f), map.side_frame(f));
            let powers: Vec<f64> = (0..mid.len().min(side.len()))
                .map(|b| 2.0 * (f64::from(mid[b]) * mid_gain[b] + f64::from(side[b]) * side_gain[b]))
                .collect();
            k_weighted(&powers)
        })
        .collect();
    let windows: Vec<f64> = frames.windows(FRAMES.min(frames.len()).max(1)).map(|w| w.iter().sum::<f64>() / w.len() as f64).collect();
    let mean_above = |least: f64| {
        let (sum, count) = windows.iter().filter(|p| **p > least).fold((0.0, 0usize), |(s, n), p| (s + p, n + 1));
        sum / count.max(1) as f64
    };
    power_to_db(mean_above(GATE * mean_above(1e-7)))
}
