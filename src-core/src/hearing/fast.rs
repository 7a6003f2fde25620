//! Excitation, loudness and partial loudness for every frame of a song: tables instead of formulas, no allocation per frame.

mod spread;
mod tables;

use super::ear::Field;
use super::excitation::{FILTER_COUNT, FIRST_CAM, STEP_CAM};
use super::filter::{Filter, SONES_PER_CAM};
use super::loudness::KOffset;
use crate::units::db_to_power;
use spread::Spread;
use tables::{Compression, PowerLaw};

/// The stationary model of Moore and Glasberg in tables, for given input bands or lines.
///
/// # How it differs from the exact form
/// Filters stand every half or whole Cam instead of every tenth; the skirts are tabulated every 2 dB of level and joined by
/// straight lines; compression is a table with cubic pieces. A band of noise is taken as flat between its edges. Excitation
/// above 100 dB per filter goes on as below it (0.5 % too loud at 110 dB). Loudness and partial loudness of bands of noise and
/// music-like spectra from 20 to 105 dB per band differ from the exact form's by less than 1 % of the loudness in quiet at half
/// a Cam and 2 % at a whole one; a test holds them there. A lone tone just above its threshold can be 5 % off.
///
/// # Units
/// Powers in: relative to 0 dB SPL (`10^(L/10)`) in the field named when made, one value per band or line. Excitation:
/// relative to that of a 1 kHz tone at 0 dB SPL. Specific loudness: sones per Cam and ear. Silence gives 0 throughout. Shorter
/// slices are taken as far as they go.
#[derive(Clone, Debug)]
pub struct FastHearing {
    filters: Vec<Filter>,
    step_cam: f64,
    spread: Spread,
    compression: Compression,
    law: PowerLaw,
}

/// Distance of the filters of [`FastHearing`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Half a Cam, 74 filters.
    #[default]
    Half,
    /// A whole Cam, 37 filters: twice the error in half the time.
    Whole,
}

impl Step {
    fn count(self) -> usize {
        match self {
            Self::Half => 74,
            Self::Whole => 37,
        }
    }

    /// Distance of the filters so that together they stand for the same stretch of the scale as those of the exact form.
    fn cam(self) -> f64 {
        FILTER_COUNT as f64 * STEP_CAM / self.count() as f64
    }

    fn filters(self) -> Vec<Filter> {
        let from = FIRST_CAM - 0.5 * STEP_CAM;
        (0..self.count()).map(|i| Filter::at_cam(from + (i as f64 + 0.5) * self.cam())).collect()
    }
}

/// What decides how much of a signal a noise masks, per filter: made once, used for each frame.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskedThreshold {
    filters: Vec<AtThreshold>,
}

/// K as a power ratio, the threshold in quiet and F(E_thr) − A^α there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct AtThreshold {
    k: f32,
    quiet: f32,
    rise: f32,
}

impl FastHearing {
    /// For sinusoids or narrow lines at these frequencies (Hz).
    pub fn lines(centres_hz: &[f64], field: Field, step: Step) -> Self {
        Self::new(&centres_hz.iter().map(|hz| (*hz, *hz)).collect::<Vec<_>>(), field, step)
    }

    /// For bands of third-octave width round these frequencies (Hz), as the energy map has them.
    pub fn third_octaves(centres_hz: &[f64], field: Field, step: Step) -> Self {
        let sixth = 2f64.powf(1.0 / 6.0);
        Self::new(&centres_hz.iter().map(|hz| (hz / sixth, hz * sixth)).collect::<Vec<_>>(), field, step)
    }

    /// For bands between these edges (Hz, low and high).
    pub fn new(edges_hz: &[(f64, f64)], field: Field, step: Step) -> Self {
        let filters = step.filters();
        Self {
            spread: Spread::new(edges_hz, field, &filters),
            compression: Compression::new(&filters),
            law: PowerLaw::new(0.3),
            step_cam: step.cam(),
            filters,
        }
    }

    /// The filters, lowest first: their places and centre frequencies.
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// Number of filters: the length of every output.
    pub fn len(&self) -> usize {
        self.filters.len()
    }

    /// Never true; for completeness.
    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// Excitation of each filter by the powers of the bands.
    pub fn excitation(&self, powers: &[f32], out: &mut [f32]) {
        self.spread.excite(powers, out);
    }

    /// Specific loudness in quiet of an excitation.
    pub fn specific(&self, excitation: &[f32], out: &mut [f32]) {
        for (j, ((filter, e), out)) in self.filters.iter().zip(excitation).zip(out).enumerate() {
            let loud = self.compression.rise(j, *e);
            *out = SONES_PER_CAM as f32 * loud * under_threshold(*e, filter.threshold as f32);
        }
    }

    /// The masked threshold with an offset of K, for [`FastHearing::partial`].
    pub fn masked_threshold(&self, k: KOffset) -> MaskedThreshold {
        let at = |(j, filter): (usize, &Filter)| {
            let quiet = filter.threshold as f32;
            AtThreshold { k: db_to_power(filter.k_db + k.db()) as f32, quiet, rise: self.compression.rise(j, quiet) }
        };
        MaskedThreshold { filters: self.filters.iter().enumerate().map(at).collect() }
    }

    /// Specific partial loudness of a signal beside a noise, from the excitations of both.
    pub fn partial(&self, signal: &[f32], noise: &[f32], threshold: &MaskedThreshold, out: &mut [f32]) {
        let inputs = threshold.filters.iter().zip(signal.iter().zip(noise));
        for (j, ((threshold, (signal, noise)), out)) in inputs.zip(out).enumerate() {
            *out = self.partial_at(j, threshold, *signal, *noise);
        }
    }

    /// Equations 17 to 20 of Moore, Glasberg and Baer (1997), as in [`Filter::partial`]; rises are F(E) − A^α.
    fn partial_at(&self, j: usize, threshold: &AtThreshold, signal: f32, noise: f32) -> f32 {
        let rise = |e| self.compression.rise(j, e);
        let masked = threshold.k * noise + threshold.quiet;
        let loud = if signal >= masked {
            let lost = rise(noise + masked) - threshold.rise;
            rise(signal + noise) - lost * self.law.of(masked / signal)
        } else if signal > 0.0 {
            let beside = rise(noise);
            let share = threshold.rise / (rise(noise + masked) - beside);
            under_threshold(signal, masked) * share * (rise(signal + noise) - beside)
        } else {
            0.0
        };
        SONES_PER_CAM as f32 * loud.max(0.0)
    }

    /// Loudness of a specific loudness, sones, both ears.
    pub fn loudness(&self, specific: &[f32]) -> f64 {
        2.0 * self.step_cam * f64::from(specific.iter().take(self.len()).sum::<f32>())
    }

    /// Loudness of the part between two frequencies, sones, both ears: the filters whose centres lie in [low, high).
    pub fn loudness_between(&self, specific: &[f32], low_hz: f64, high_hz: f64) -> f64 {
        let first = self.filters.partition_point(|f| f.hz < low_hz);
        let last = self.filters.partition_point(|f| f.hz < high_hz);
        2.0 * self.step_cam * f64::from(specific.get(first..last.max(first)).map_or(0.0, |part| part.iter().sum::<f32>()))
    }
}

/// (2E / (E + E_thr))^1.5 below the threshold, 1 above.
fn under_threshold(excitation: f32, threshold: f32) -> f32 {
    if excitation >= threshold {
        return 1.0;
    }
    let share = 2.0 * excitation / (excitation + threshold);
    share * share.sqrt()
}

#[cfg(test)]
mod tests;
