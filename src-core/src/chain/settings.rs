//! Everything the chain can do, as plain data with units: what is proposed, shown, saved, applied and exported.
//!
//! Order of processing: input gain → EQ → band dynamics → stereo → output gain → limiter → dither (on writing).

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Schema name written into saved settings.
pub const SCHEMA: &str = "plumbline-settings/1";

/// A complete set of settings. The default changes nothing, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the tool that made the settings.
    pub tool_version: String,
    /// Gain before everything, dB.
    #[serde(default)]
    pub input_gain_db: f64,
    /// Equaliser bands, in order.
    #[serde(default)]
    pub eq: Vec<EqBand>,
    /// Compression per band; none leaves dynamics alone.
    #[serde(default)]
    pub dynamics: Option<Dynamics>,
    /// Stereo settings; none leaves the image alone.
    #[serde(default)]
    pub stereo: Option<Stereo>,
    /// Gain before the limiter, dB: what brings the file to its loudness.
    #[serde(default)]
    pub output_gain_db: f64,
    /// Look-ahead true-peak limiter; none leaves peaks alone.
    #[serde(default)]
    pub limiter: Option<Limiter>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: SCHEMA.into(),
            tool_version: crate::VERSION.into(),
            input_gain_db: 0.0,
            eq: Vec::new(),
            dynamics: None,
            stereo: None,
            output_gain_db: 0.0,
            limiter: None,
        }
    }
}

impl Settings {
    /// Reads saved settings and checks their ranges. `path` is what errors call the file.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no settings file, [`Error::InvalidSetting`] for a value out of range.
    pub fn parse(path: &Path, json: &str) -> Result<Self> {
        let malformed =
            |problem: String| Error::Malformed { path: path.to_owned(), problem, hint: "name a file made by `plumb match --settings`" };
        let settings: Self = serde_json::from_str(json).map_err(|e| malformed(format!("these are no settings: {e}")))?;
        if settings.schema != SCHEMA {
            return Err(malformed(format!("its schema is {:?}, not {SCHEMA:?}", settings.schema)));
        }
        settings.validate(None)?;
        Ok(settings)
    }

    /// The settings as JSON, as they are saved; the same bytes for the same settings.
    ///
    /// # Errors
    /// [`Error::Bug`] if they cannot be serialised.
    pub fn to_json(&self) -> Result<String> {
        let json = serde_json::to_string_pretty(self).map_err(|e| Error::Bug { place: "chain::settings", problem: e.to_string() })?;
        Ok(json + "\n")
    }

    /// Whether samples pass through unchanged, bit for bit.
    pub fn changes_nothing(&self) -> bool {
        *self == Self { schema: self.schema.clone(), tool_version: self.tool_version.clone(), ..Self::default() }
    }
}

/// Shape of an equaliser band; all second order (RBJ Audio EQ Cookbook).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EqKind {
    /// Peak or dip.
    Bell,
    /// All below.
    LowShelf,
    /// All above.
    HighShelf,
    /// Removes what is below, 12 dB an octave.
    HighPass,
    /// Removes what is above, 12 dB an octave.
    LowPass,
}

/// What a band or gain works on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Left and right alike.
    #[default]
    Stereo,
    /// (L+R)/2.
    Mid,
    /// (L−R)/2.
    Side,
}

/// One equaliser band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EqBand {
    /// Shape.
    pub kind: EqKind,
    /// What it works on.
    #[serde(default)]
    pub part: Part,
    /// Centre or corner frequency, Hz, 10 to 0.49 of the sample rate.
    pub freq_hz: f64,
    /// Gain, dB, −24 to +24; ignored by the passes.
    #[serde(default)]
    pub gain_db: f64,
    /// Q, 0.1 to 20 (0.707 is Butterworth).
    pub q: f64,
    /// Why the band is there, in a few words.
    #[serde(default)]
    pub reason: String,
    /// 0 to 1.
    #[serde(default = "one")]
    pub confidence: f64,
}

fn one() -> f64 {
    1.0
}

/// Compression in bands split by linear-phase-free (minimum-phase, all-pass-summing) crossovers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dynamics {
    /// Crossover frequencies, Hz, rising; one fewer than `bands`.
    pub crossovers_hz: Vec<f64>,
    /// One compressor per band, lowest first.
    pub bands: Vec<BandDynamics>,
}

/// A feed-forward compressor in the log domain (Giannoulis, Massberg, Reiss, JAES 60(6), 2012).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BandDynamics {
    /// Threshold, dBFS of the peak level of the band's louder channel (a full-scale sine is 0).
    pub threshold_db: f64,
    /// Ratio, 1 (nothing) to 20. Below 1 (down to 0.2) expands upwards above the threshold: 0.5 doubles level
    /// differences, to at most 12 dB of added gain.
    pub ratio: f64,
    /// Soft knee, dB.
    pub knee_db: f64,
    /// Attack, ms.
    pub attack_ms: f64,
    /// Release, ms.
    pub release_ms: f64,
    /// Gain after compression, dB.
    pub makeup_db: f64,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Stereo image: side gain by frequency, and a frequency below which the side is removed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stereo {
    /// Gain of the side at all frequencies, dB.
    #[serde(default)]
    pub side_gain_db: f64,
    /// Further side gain by frequency: minimum-phase bands on the side only.
    #[serde(default)]
    pub side_bands: Vec<EqBand>,
    /// The side is high-passed here (24 dB an octave), Hz; none keeps the bass as wide as it is.
    #[serde(default)]
    pub mono_below_hz: Option<f64>,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Look-ahead true-peak limiter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limiter {
    /// Ceiling, dBTP.
    pub ceiling_dbtp: f64,
    /// Look-ahead, ms.
    pub lookahead_ms: f64,
    /// Release, ms; lengthened by the programme where that lowers distortion.
    pub release_ms: f64,
}
