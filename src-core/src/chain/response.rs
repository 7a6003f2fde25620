//! What the equaliser does to each frequency, from its transfer function.

use super::settings::{EqBand, EqKind, Part};
use crate::dsp::biquad::Coefficients;

/// The filter of a band; none where the band changes nothing (a gain of exactly 0 dB).
pub fn band_filter(band: &EqBand, sample_rate: f64) -> Option<Coefficients> {
    let &EqBand { freq_hz, gain_db, q, .. } = band;
    let shaped = |make: fn(f64, f64, f64, f64) -> Coefficients| (gain_db != 0.0).then(|| make(freq_hz, gain_db, q, sample_rate));
    match band.kind {
        EqKind::Bell => shaped(Coefficients::bell),
        EqKind::LowShelf => shaped(Coefficients::low_shelf),
        EqKind::HighShelf => shaped(Coefficients::high_shelf),
        EqKind::HighPass => Some(Coefficients::high_pass(freq_hz, q, sample_rate)),
        EqKind::LowPass => Some(Coefficients::low_pass(freq_hz, q, sample_rate)),
    }
}

impl EqBand {
    /// Gain of this band alone in dB at `freq_hz`, whatever part it works on.
    pub fn gain_db_at(&self, freq_hz: f64, sample_rate: f64) -> f64 {
        band_filter(self, sample_rate).map_or(0.0, |filter| filter.gain_db_at(freq_hz, sample_rate))
    }
}

/// Gain in dB at `freq_hz` of all the given bands in series, whatever part they work on.
///
/// For bands of one list that work on different parts, ask [`part_response_db`].
pub fn response_db(bands: &[EqBand], freq_hz: f64, sample_rate: f64) -> f64 {
    bands.iter().filter_map(|band| band_filter(band, sample_rate)).map(|f| f.gain_db_at(freq_hz, sample_rate)).sum()
}

/// Gain in dB at `freq_hz` that the given part of the signal meets: the bands on left and right alike, and, for
/// mid or side, those on that part.
pub fn part_response_db(bands: &[EqBand], part: Part, freq_hz: f64, sample_rate: f64) -> f64 {
    bands
        .iter()
        .filter(|band| band.part == Part::Stereo || band.part == part)
        .filter_map(|band| band_filter(band, sample_rate))
        .map(|filter| filter.gain_db_at(freq_hz, sample_rate))
        .sum()
}
