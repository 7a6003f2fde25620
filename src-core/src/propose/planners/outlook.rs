//! What a comparison will say of the mix after settings, without rendering: long-term powers of mid and side per band under
//! the gains of the settings. Dynamics and limiter are left out.

use super::response::gains;
use crate::chain::Settings;
use crate::compare::MONO_DB;
use crate::compare::equal_loudness::tone_db;
use crate::compare::translation::Gains;
use crate::measure::energy_map::BANDS;
use crate::measure::{EnergyMap, stereo};
use crate::units::{db_to_power, power_to_db};

/// Gain or level per band, dB.
pub(super) type Curve = [f64; BANDS];

/// Powers of mid and side per band over a whole file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outlook {
    mid: Curve,
    side: Curve,
}

impl Outlook {
    /// The file as it is.
    pub(super) fn of(map: &EnergyMap) -> Self {
        let (mut mid, mut side) = ([0.0; BANDS], [0.0; BANDS]);
        for (band, image) in stereo::bands(map).iter().enumerate().take(BANDS) {
            mid[band] = image.power / (1.0 + db_to_power(image.side_mid.db()));
            side[band] = image.power - mid[band];
        }
        Self { mid, side }
    }

    /// The file as the equaliser and the stereo settings leave it.
    pub(super) fn after(&self, settings: &Settings, sample_rate: f64) -> Self {
        self.under(&gains(settings, sample_rate))
    }

    /// The file under gains per band.
    pub(super) fn under(&self, gains: &Gains) -> Self {
        let scaled = |powers: &Curve, gains: &Curve| std::array::from_fn(|b| powers[b] * db_to_power(gains[b]));
        Self { mid: scaled(&self.mid, &gains.mid_db), side: scaled(&self.side, &gains.side_db) }
    }

    /// Power per band.
    pub(super) fn powers(&self) -> Curve {
        std::array::from_fn(|b| self.mid[b] + self.side[b])
    }

    /// Levels at equal loudness, as comparisons hold them against their ranges; none for bands without sound.
    pub(super) fn tone_db(&self) -> Vec<Option<f64>> {
        tone_db(&self.powers())
    }

    /// Side against mid per band, as comparisons take it; none for bands without sound.
    pub(super) fn width_db(&self) -> [Option<f64>; BANDS] {
        std::array::from_fn(|b| (self.mid[b] + self.side[b] > 0.0).then(|| power_to_db(self.side[b] / self.mid[b]).max(MONO_DB)))
    }

    /// Side against mid over a range of bands, dB.
    pub(super) fn side_mid_db(&self, bands: std::ops::Range<usize>) -> f64 {
        let sum = |powers: &Curve| powers.get(bands.clone()).unwrap_or(&[]).iter().sum::<f64>();
        power_to_db(sum(&self.side) / sum(&self.mid)).max(MONO_DB)
    }
}
