//! How far peaks stand above loudness: PLR and PSR.

use super::{loudness, true_peak};
use crate::units::{Lu, Seconds};
use serde::{Deserialize, Serialize};

/// Short-term windows this far below the integrated loudness are pauses and fades, left out of PSR, LU.
const PSR_GATE_LU: f64 = 20.0;

/// A value and the middle of the window it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Moment {
    /// Peak to short-term loudness.
    pub ratio: Lu,
    /// Middle of the 3 s window.
    pub time: Seconds,
}

/// Peak to loudness.
///
/// # What it measures
/// How much room peaks have above the loudness: of the whole (PLR) and of each 3 s (PSR). Limiting and clipping shrink both.
/// # Definition
/// PLR = true peak − integrated loudness. PSR = highest true peak within a short-term window − its short-term loudness,
/// at 10 Hz, over windows no more than 20 LU below the integrated loudness.
/// # Unit and range
/// LU. Usually 6 to 20; a full-scale stereo sine has 0.
/// # On silence, short, mono
/// Silence and files under 400 ms have no PLR, under 3 s no PSR: none.
/// # Limits
/// A single peak sets PLR; the median of PSR is the steadier figure.
/// # References
/// I. Shepherd, E. Grimm, P. Tanev, M. Edwards, "Advances in the measurement of dynamics" (PSR), AES e-Brief 373, 2017;
/// EBU Tech 3341 v4 (2023) for the windows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// PLR.
    pub plr: Option<Lu>,
    /// Lowest PSR and when.
    pub psr_min: Option<Moment>,
    /// The PSR below which a tenth of the windows lie, and one such window.
    pub psr_p10: Option<Moment>,
    /// Median PSR, and one such window.
    pub psr_median: Option<Moment>,
}

/// The ratios from the two meters' results.
pub fn of(loudness: &loudness::Data, true_peak: &true_peak::Data) -> Data {
    let integrated = loudness.integrated.lufs();
    let peak = true_peak.max.level.dbtp();
    let plr = (integrated.is_finite() && peak.is_finite()).then(|| Lu::new(peak - integrated));
    let mut moments = moments(loudness, &true_peak.series.values, integrated - PSR_GATE_LU);
    moments.sort_by(|a, b| a.ratio.lu().total_cmp(&b.ratio.lu()));
    let at = |p: f64| moments.get((moments.len().saturating_sub(1) as f64 * p).round() as usize).copied();
    Data { plr, psr_min: at(0.0), psr_p10: at(0.1), psr_median: at(0.5) }
}

fn moments(loudness: &loudness::Data, peaks: &[f32], gate: f64) -> Vec<Moment> {
    let series = &loudness.short_term;
    // Both series step by 100 ms from the start of the file, so window i covers the peaks i to i + 29.
    let window = (2.0 * series.start_s / series.step_s).round().max(1.0) as usize;
    let values = series.values.iter().enumerate();
    values
        .filter(|(_, v)| v.is_finite() && f64::from(**v) > gate)
        .filter_map(|(i, v)| {
            let peak = peaks.get(i..(i + window).min(peaks.len()))?.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            Some(Moment { ratio: Lu::new(f64::from(peak) - f64::from(*v)), time: Seconds::new(series.time_s(i)) })
        })
        .collect()
}
