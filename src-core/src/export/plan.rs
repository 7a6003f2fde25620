//! The part of the settings that plain filters and gains can carry, and what that leaves out.

use crate::chain::MONO_BELOW_Q;
use crate::chain::Settings;
use crate::chain::settings::{EqBand, EqKind, Part};

/// What is left of the settings for a tool with gains and second-order filters.
pub struct Plan {
    /// Gain over all, dB.
    pub gain_db: f64,
    /// Bands on left and right alike.
    pub both: Vec<EqBand>,
    /// Bands on (L+R)/2.
    pub mid: Vec<EqBand>,
    /// Bands on (L−R)/2.
    pub side: Vec<EqBand>,
    /// Gain of the side, dB.
    pub side_gain_db: f64,
    /// What is not carried.
    pub left_out: Vec<LeftOut>,
}

/// A part of the settings that filters and gains cannot carry.
pub struct LeftOut {
    /// One word of letters and underscores.
    pub name: &'static str,
    /// The same with its numbers.
    pub detail: String,
}

impl Plan {
    /// Sorts the settings into what filters carry and what they do not.
    ///
    /// Filters and gains commute, so the order within the plan is free; only compression in between does not, and it is left out.
    pub fn new(settings: &Settings) -> Self {
        let on = |part: Part| settings.eq.iter().filter(|b| b.part == part).cloned().collect::<Vec<_>>();
        let mut side = on(Part::Side);
        let mut side_gain_db = 0.0;
        if let Some(stereo) = &settings.stereo {
            side_gain_db = stereo.side_gain_db;
            side.extend(stereo.side_bands.iter().cloned());
            if let Some(freq_hz) = stereo.mono_below_hz {
                side.extend(MONO_BELOW_Q.map(|q| EqBand {
                    kind: EqKind::HighPass,
                    part: Part::Side,
                    freq_hz,
                    gain_db: 0.0,
                    q,
                    reason: "bass in mono".into(),
                    confidence: 1.0,
                }));
            }
        }
        let mut left_out = Vec::new();
        if let Some(dynamics) = &settings.dynamics {
            left_out.push(LeftOut { name: "multiband_compression", detail: format!("compression in {} bands", dynamics.bands.len()) });
        }
        if let Some(limiter) = &settings.limiter {
            let detail = format!("true-peak limiter at {} dBTP", super::plain(limiter.ceiling_dbtp, 2));
            left_out.push(LeftOut { name: "true_peak_limiter", detail });
        }
        Self {
            gain_db: settings.input_gain_db + settings.output_gain_db,
            both: on(Part::Stereo),
            mid: on(Part::Mid),
            side,
            side_gain_db,
            left_out,
        }
    }

    /// Whether anything works on mid or side alone.
    pub fn needs_mid_side(&self) -> bool {
        !self.mid.is_empty() || !self.side.is_empty() || self.side_gain_db != 0.0
    }

    /// Everything left out in one clause: "compression in 3 bands; true-peak limiter at -1 dBTP".
    pub fn left_out_words(&self) -> String {
        self.left_out.iter().map(|l| l.detail.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The comment about what is missing, for formats with comment lines; empty if nothing is.
    pub fn comment(&self, prefix: &str) -> String {
        if self.left_out.is_empty() {
            return String::new();
        }
        format!("{prefix}Not carried by this format: {}. Add them by hand from the text export, in that order.\n", self.left_out_words())
    }
}
