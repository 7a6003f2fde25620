//! Side gain from matched windows.

use super::windows::{MATCH_BANDS, Windows, independent};
use super::{Estimate, OneWay};

/// The side must lie within this of the mid in a window and band to be compared, dB.
const BELOW_MID_DB: f64 = 30.0;

/// The side must lie within this of the mix's loudest side, dB.
const BELOW_LOUDEST_DB: f64 = 60.0;

/// A reference whose side lies below this, in dBFS at the common loudness, is as good as mono there.
const SILENT_SIDE_DB: f64 = -110.0;

/// Prior standard deviation of the side gain, dB.
const PRIOR_DB: f64 = 6.0;

/// Sum of weights (windows × bands) below which nothing is said.
const LEAST_WEIGHT: f64 = 20.0;

/// Bands of one window say something of their own about width; so much more independent are they than windows alone.
const BANDS_INDEPENDENT: f64 = 3.0;

/// Gain that brings the mix's side to the reference's.
pub(super) fn gain(r: &Windows, m: &Windows, matched: &OneWay) -> Option<Estimate> {
    let ratio_db: Vec<f64> = r.side_db.iter().zip(&r.mid_db).map(|(s, m)| s - m).collect();
    let reference_ratio_db = matched.carry(&ratio_db, MATCH_BANDS);
    let reference_side_db = matched.carry(&r.side_db, MATCH_BANDS);
    let loudest = m.side_db.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut samples: Vec<(f64, f64)> = (0..m.side_db.len())
        .filter(|&i| {
            let side = m.side_db[i];
            side > m.mid_db[i] - BELOW_MID_DB && side > loudest - BELOW_LOUDEST_DB && reference_side_db[i] > SILENT_SIDE_DB
        })
        .map(|i| (reference_ratio_db[i] - (m.side_db[i] - m.mid_db[i]), matched.weight[i]))
        .filter(|(_, w)| *w > 0.0)
        .collect();
    let weight: f64 = samples.iter().map(|s| s.1).sum();
    if weight < LEAST_WEIGHT {
        return None;
    }
    let [low, middle, high] = weighted_quantiles(&mut samples)?;
    let observations = independent(weight / MATCH_BANDS as f64 * BANDS_INDEPENDENT, 1.0);
    let variance = ((high - low) / 2.0).powi(2) / observations;
    let shrink = PRIOR_DB.powi(2) / (PRIOR_DB.powi(2) + variance);
    Some(Estimate { value: middle * shrink, sd: (variance * shrink).sqrt() })
}

/// 16 %, 50 % and 84 % points of (value, weight) pairs: median and one standard deviation to either side.
pub(super) fn weighted_quantiles(samples: &mut [(f64, f64)]) -> Option<[f64; 3]> {
    samples.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = samples.iter().map(|s| s.1).sum();
    if total.is_nan() || total <= 0.0 {
        return None;
    }
    let at = |q: f64| -> f64 {
        let (mut below, mut last) = (0.0, (0.0, f64::NAN));
        for &(value, weight) in samples.iter() {
            below += weight / total;
            if below >= q {
                // Linear between the two samples whose cumulative weights enclose q.
                let (b0, v0) = last;
                return if v0.is_nan() { value } else { v0 + (value - v0) * (q - b0) / (below - b0) };
            }
            last = (below, value);
        }
        last.1
    };
    Some([at(0.16), at(0.5), at(0.84)])
}
