//! The model on band spectra: power gains for mid and side per third octave.

use super::Model;
use crate::models::system::Bands;
use crate::units::{THIRD_OCTAVES_HZ, db_to_power};

/// Points per band at which a gain is averaged where a programme says nothing.
const POINTS: i32 = 8;

/// What a system does to the bands of a programme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandGains {
    /// Power gain of the mid.
    pub mid: Bands,
    /// Power gain of the side.
    pub side: Bands,
    /// Difference of the power gains of left and right over twice their mean: weighs the cross power.
    pub tilt: f64,
}

impl BandGains {
    /// Gains for a programme whose energy is spread evenly over each band.
    pub fn even(model: &Model) -> Self {
        let at = |f: &dyn Fn(f64) -> f64| {
            THIRD_OCTAVES_HZ.map(|hz| {
                let point = |i: i32| hz * 2f64.powf((f64::from(i) + 0.5) / f64::from(POINTS) / 3.0 - 1.0 / 6.0);
                (0..POINTS).map(|i| f(point(i))).sum::<f64>() / f64::from(POINTS)
            })
        };
        let mid = |hz: f64| db_to_power(model.response_db(hz));
        Self { mid: at(&mid), side: at(&|hz| mid(hz) * model.side_share(hz)), tilt: tilt(model) }
    }

    /// Gains for a programme by its long-term power spectrum of mid and side, bins `width_hz` apart from 0 Hz: where a response is steep
    /// it matters where in the band the music lies. Bands without power get the even gain.
    pub fn of_programme(model: &Model, width_hz: f64, mid: &[f32], side: &[f32]) -> Self {
        let mut gains = Self::even(model);
        let sixth = 2f64.powf(1.0 / 6.0);
        for (band, hz) in THIRD_OCTAVES_HZ.into_iter().enumerate() {
            if width_hz <= 0.0 {
                break;
            }
            let (low, high) = (hz / sixth / width_hz, hz * sixth / width_hz);
            // Bin k stands for the stretch from k − ½ to k + ½; those at the edges belong to two bands.
            let bins = (low + 0.5).floor() as usize..((high + 0.5).ceil() as usize).min(mid.len()).min(side.len());
            let share = |k: usize| (high.min(k as f64 + 0.5) - low.max(k as f64 - 0.5)).clamp(0.0, 1.0);
            // Some two dozen points tell a slope; the bins between them are summed.
            let step = bins.len().div_ceil(24).max(1);
            let mut sums = [0.0f64; 4];
            for start in bins.clone().step_by(step) {
                let group = start..(start + step).min(bins.end);
                let hz = (start + group.end - 1) as f64 / 2.0 * width_hz;
                let response = db_to_power(model.response_db(hz));
                let power = |x: &[f32]| {
                    let inside = x.get(group.clone()).unwrap_or(&[]).iter();
                    inside.zip(group.clone()).map(|(p, k)| f64::from(*p) * share(k)).sum::<f64>()
                };
                let (m, s) = (power(mid), power(side));
                sums = [sums[0] + m, sums[1] + m * response, sums[2] + s, sums[3] + s * response * model.side_share(hz)];
            }
            if sums[0] > 0.0 {
                gains.mid[band] = sums[1] / sums[0];
            }
            if sums[2] > 0.0 {
                gains.side[band] = sums[3] / sums[2];
            }
        }
        gains
    }

    /// Power at the listener of a band's mid, side and cross power: mean over both ears.
    pub fn heard(&self, band: usize, mid: f64, side: f64, cross: f64) -> f64 {
        let (Some(m), Some(s)) = (self.mid.get(band), self.side.get(band)) else { return 0.0 };
        // The mean of two powers; rounding in the cross power must not make it negative.
        (m * mid + s * side + self.tilt * cross * (m * s).sqrt()).max(0.0)
    }
}

/// (gL² − gR²)/2 · 2: left and right power are mid + side ± 2 cross.
fn tilt(model: &Model) -> f64 {
    model.balance[0] - model.balance[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::system::BANDS;
    use crate::models::system::find;

    #[test]
    fn a_mono_system_hears_no_side_and_headphones_hear_all_of_it() {
        let gains = |name: &str| BandGains::even(&Model::new(&find(name).unwrap().unwrap()));
        assert!(gains("kitchen_radio").side.iter().all(|g| *g == 0.0));
        let headphones = gains("studio_headphones");
        for band in 0..BANDS {
            assert!((headphones.mid[band] - headphones.side[band]).abs() < 1e-12);
        }
        let club = gains("club_pa");
        assert!(club.side[5] < 0.02 * club.mid[5], "the sub of a club is mono");
    }

    #[test]
    fn a_low_note_in_a_steep_band_is_lost_more_than_a_high_one() {
        let phone = Model::new(&find("smartphone").unwrap().unwrap());
        let at = |hz: f64| {
            let mut mid = vec![0.0f32; 4000];
            mid[(hz / 1.0) as usize] = 1.0;
            BandGains::of_programme(&phone, 1.0, &mid, &vec![0.0; 4000]).mid[9]
        };
        let even = BandGains::even(&phone).mid[9];
        assert!(at(146.0) < 0.7 * even && at(174.0) > 1.3 * even, "{} {even} {}", at(146.0), at(174.0));
    }
}
