//! One auditory filter: its shape, and what it makes of its excitation.

use super::scale;
use crate::units::db_to_power;

/// Scale of specific loudness, sones per Cam: chosen by ANSI S3.4-2007 so that 1 kHz at 40 dB has 1 sone.
pub const SONES_PER_CAM: f64 = 0.046_871;

/// Excitation above which specific loudness grows as in the loudest region, re the threshold at 1 kHz.
const LOUDEST: f64 = 1e10;

/// An auditory filter (a rounded exponential) with its threshold and compression.
///
/// Excitation is in units of the excitation by a 1 kHz tone of 0 dB SPL in the free field. Below 500 Hz threshold, gain and
/// compression change with frequency (Glasberg and Moore 2006); polynomials as in ANSI S3.4-2007, clamped below 50 Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    /// Place on the scale, Cam.
    pub cam: f64,
    /// Centre frequency, Hz.
    pub hz: f64,
    /// Excitation at the threshold in quiet.
    pub threshold: f64,
    /// Signal-to-noise ratio at the masked threshold (K of Moore, Glasberg and Baer 1997), dB.
    pub k_db: f64,
    /// Slope of the upper skirt (p_u), and of the lower at 51 dB.
    slope: f64,
    /// How much flatter the lower skirt gets per dB of level.
    flattening: f64,
    /// G, A, α of the compression (G·E + A)^α, and A^α.
    pub(super) gain: f64,
    pub(super) offset: f64,
    pub(super) exponent: f64,
    pub(super) at_rest: f64,
}

impl Filter {
    /// The filter at a place on the scale.
    pub fn at_cam(cam: f64) -> Self {
        let hz = scale::cam_to_hz(cam);
        let slope = 4.0 * hz / scale::bandwidth_hz(hz);
        let slope_at_1k = 4000.0 / scale::bandwidth_hz(1000.0);
        let threshold_db = threshold_db(hz);
        let gain_db = 3.73 - threshold_db;
        let (offset, exponent) = compression(gain_db);
        Self {
            cam,
            hz,
            threshold: db_to_power(threshold_db),
            k_db: k_db(hz),
            slope,
            flattening: 0.35 * slope / slope_at_1k,
            gain: db_to_power(gain_db),
            offset,
            exponent,
            at_rest: offset.powf(exponent),
        }
    }

    /// Share of a component's power that the filter lets through; `level_db` is the level per ERB at the component, which
    /// flattens the skirt below the centre (upward spread of masking).
    pub fn weight(&self, hz: f64, level_db: f64) -> f64 {
        let distance = (hz - self.hz) / self.hz;
        if distance > 2.0 {
            return 0.0;
        }
        let slope = if distance < 0.0 { (self.slope - self.flattening * (level_db - 51.0)).max(0.1) } else { self.slope };
        rounded_exponential(slope * distance.abs())
    }

    /// F(E) = (G·E + A)^α.
    pub(super) fn compressed(&self, excitation: f64) -> f64 {
        (self.gain * excitation + self.offset).powf(self.exponent)
    }

    /// Specific loudness in quiet, sones per Cam and ear; 0 for silence.
    pub fn specific(&self, excitation: f64) -> f64 {
        let loud = if excitation > LOUDEST { (excitation / 1.0707).powf(0.2) } else { self.compressed(excitation) - self.at_rest };
        SONES_PER_CAM * loud * under_threshold(excitation, self.threshold)
    }

    /// Specific loudness of a signal beside a noise (equations 17 to 20), sones per Cam and ear; `k_offset_db` shifts K.
    ///
    /// Without noise it is [`Filter::specific`] below 100 dB of excitation; above, the equations have no branch of their own.
    pub fn partial(&self, signal: f64, noise: f64, k_offset_db: f64) -> f64 {
        if !(signal > 0.0) {
            return 0.0;
        }
        let f = |e| self.compressed(e);
        let both = f(signal + noise);
        let masked_threshold = db_to_power(self.k_db + k_offset_db) * noise + self.threshold;
        let loud = if signal >= masked_threshold {
            let lost = f(noise + masked_threshold) - f(self.threshold);
            both - self.at_rest - lost * (masked_threshold / signal).powf(0.3)
        } else {
            let share = (f(self.threshold) - self.at_rest) / (f(noise + masked_threshold) - f(noise));
            under_threshold(signal, masked_threshold) * share * (both - f(noise))
        };
        SONES_PER_CAM * loud.max(0.0)
    }
}

/// W = (1 + x) e^(−x).
pub(super) fn rounded_exponential(x: f64) -> f64 {
    (1.0 + x) * (-x).exp()
}

/// The fall of loudness below a threshold: (2E / (E + E_thr))^1.5 there, 1 above.
fn under_threshold(excitation: f64, threshold: f64) -> f64 {
    if excitation < threshold { (2.0 * excitation / (excitation + threshold)).powf(1.5) } else { 1.0 }
}

/// Slope of the filter that finds the level per ERB at a component: symmetrical, as at 51 dB.
pub(super) fn level_slope(hz: f64) -> f64 {
    4.0 * hz / scale::bandwidth_hz(hz)
}

fn threshold_db(hz: f64) -> f64 {
    if hz >= 500.0 {
        return 3.73;
    }
    let x = hz.max(50.0).log10();
    10f64.powf(((0.430_688_108_95 * x - 2.797_609_882_07) * x + 5.073_846_033_57) * x - 1.206_061_747_68)
}

fn k_db(hz: f64) -> f64 {
    if hz >= 1000.0 {
        return -3.0;
    }
    let x = hz.max(50.0).log10();
    (((4.468_342_139_547_081 * x - 49.680_265_975_480_935) * x + 212.890_918_712_891) * x - 418.885_520_557_178_3) * x
        + 317.074_663_586_987_2
}

/// A and α for the gain G of the filter, dB.
fn compression(gain_db: f64) -> (f64, f64) {
    if gain_db >= 0.0 {
        return (4.720_96, 0.2);
    }
    let g = gain_db;
    let offset = ((((-1.070_649_719_209_6e-6 * g - 6.064_848_712_225_1e-5) * g - 1.204_732_657_571_77e-3) * g - 6.819_041_791_184_85e-3)
        * g
        - 0.118_478_256_416_283)
        * g
        + 4.713_872_246_349_735;
    (offset, (2.686_428_571_428_55e-5 * g - 2.002_335_714_285_723e-3) * g + 0.199_931_071_428_571_4)
}
