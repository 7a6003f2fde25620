//! Excitation pattern, the exact form: 372 filters, the lower skirt by the level at each component.

use super::ear::{Field, transfer_db};
use super::filter::{Filter, level_slope, rounded_exponential};
use crate::units::{db_to_power, power_to_db};
use std::sync::LazyLock;

/// Distance between the filters of the exact form, Cam.
pub const STEP_CAM: f64 = 0.1;
/// Place of the lowest filter, Cam (48 Hz).
pub const FIRST_CAM: f64 = 1.8;
/// Number of filters: up to 38.9 Cam (15 kHz).
pub const FILTER_COUNT: usize = 372;

/// A sinusoidal component; noise is given as one component per hertz (or any spacing well below the filters' width).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// Frequency, Hz.
    pub hz: f64,
    /// Level in the field, dB SPL.
    pub level_db: f64,
}

/// The filters of the exact form, 1.8 to 38.9 Cam every 0.1 Cam.
pub static FILTERS: LazyLock<Vec<Filter>> =
    LazyLock::new(|| (0..FILTER_COUNT).map(|i| Filter::at_cam(FIRST_CAM + i as f64 * STEP_CAM)).collect());

/// Excitation by components, one value per filter of [`FILTERS`], in units of the threshold at 1 kHz.
///
/// Cost grows with the square of the number of components; for songs there is [`super::FastHearing`].
pub fn excitation(components: &[Component], field: Field) -> Vec<f64> {
    let inside: Vec<(f64, f64)> = components.iter().map(|c| (c.hz, db_to_power(c.level_db + transfer_db(c.hz, field)))).collect();
    let levels: Vec<f64> = inside.iter().map(|(hz, _)| level_per_erb_db(*hz, &inside)).collect();
    let driven = |filter: &Filter| inside.iter().zip(&levels).map(|((hz, power), level)| filter.weight(*hz, *level) * power).sum();
    FILTERS.iter().map(driven).collect()
}

/// Level per ERB at a component, dB.
fn level_per_erb_db(hz: f64, components: &[(f64, f64)]) -> f64 {
    let reach = |other: f64| if (other - hz) / hz > 2.0 { 0.0 } else { rounded_exponential(level_slope(hz) * ((other - hz) / hz).abs()) };
    power_to_db(components.iter().map(|(other, power)| reach(*other) * power).sum::<f64>().max(1e-10))
}
