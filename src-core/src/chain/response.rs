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

/// Lowest and highest frequency that is shown, Hz.
pub const SHOWN_HZ: [f64; 2] = [20.0, 20_000.0];

/// Frequencies at which curves are drawn: `count` of them, spaced evenly by logarithm over [`SHOWN_HZ`], both ends among them.
pub fn shown_hz(count: usize) -> impl Iterator<Item = f64> {
    let [low, high] = SHOWN_HZ;
    let step = (high / low).ln() / count.saturating_sub(1).max(1) as f64;
    (0..count).map(move |i| low * (step * i as f64).exp())
}

/// The part that a curve of these bands is drawn for: theirs if they all work on the same one, else left and right alike.
pub fn shown_part(bands: &[EqBand]) -> Part {
    let first = bands.first().map_or(Part::Stereo, |band| band.part);
    if bands.iter().all(|band| band.part == first) { first } else { Part::Stereo }
}

/// [`part_response_db`] at [`shown_hz`], dB; minus infinity, where a filter lets nothing through, stays so.
pub fn curve_db(bands: &[EqBand], part: Part, count: usize, sample_rate: f64) -> Vec<f64> {
    let filters = bands.iter().filter(|band| band.part == Part::Stereo || band.part == part);
    let filters: Vec<Coefficients> = filters.filter_map(|band| band_filter(band, sample_rate)).collect();
    // A filter says nothing above half the rate, where a file holds nothing.
    let at = |hz: f64| filters.iter().map(|f| f.gain_db_at(hz.min(0.5 * sample_rate), sample_rate)).sum();
    shown_hz(count).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_drawn_from_20_hz_to_20_khz_and_agrees_with_the_response() {
        let hz: Vec<f64> = shown_hz(301).collect();
        assert!((hz[0] - 20.0).abs() < 1e-9 && (hz[300] - 20_000.0).abs() < 1e-6 && (hz[100] - 200.0).abs() < 1e-6, "{hz:?}");
        assert_eq!(shown_hz(1).count() + shown_hz(0).count(), 1);
        let band =
            |part, freq_hz| EqBand { kind: EqKind::Bell, part, freq_hz, gain_db: 6.0, q: 1.0, reason: String::new(), confidence: 1.0 };
        let bands = [band(Part::Stereo, 200.0), band(Part::Side, 2000.0)];
        let side = curve_db(&bands, Part::Side, 301, 48_000.0);
        for (hz, curve) in hz.iter().zip(&side) {
            assert_eq!(*curve, part_response_db(&bands, Part::Side, *hz, 48_000.0));
        }
        assert!((side[100] - 6.0).abs() < 0.1 && (side[200] - 6.0).abs() < 0.1);
        assert!(curve_db(&bands, Part::Mid, 301, 48_000.0)[200].abs() < 0.1, "the side's band is none of the middle's");
        assert_eq!((shown_part(&bands), shown_part(&bands[1..]), shown_part(&[])), (Part::Stereo, Part::Side, Part::Stereo));
        assert!(curve_db(&bands, Part::Mid, 31, 22_050.0).iter().all(|db| db.is_finite()));
    }
}
