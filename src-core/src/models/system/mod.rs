//! Playback systems: what a class of devices does to music, each figure with its basis and source. One file each in
//! `models/systems`; users add their own in the same format.

mod builtin;
mod check;

pub use builtin::{all, find, names};

use crate::error::{Error, Result};
use crate::units::THIRD_OCTAVES_HZ;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Schema name of the files.
pub const SCHEMA: &str = "plumbline-system/1";

/// Bands of all responses and noise spectra: third octaves from 20 Hz to 20 kHz.
pub const BANDS: usize = THIRD_OCTAVES_HZ.len();

/// One value per third octave of [`THIRD_OCTAVES_HZ`].
pub type Bands = [f64; BANDS];

/// What a figure rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Statistics over devices that were measured.
    Measured,
    /// Partly measured: a few devices, or measured in another respect.
    Partly,
    /// Published, or judged by engineers; no measurement behind the number itself.
    Estimated,
}

/// Kind of place, for grouping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Small loudspeakers.
    Small,
    /// Headphones and earbuds.
    Headphones,
    /// Loudspeakers in rooms.
    Room,
    /// Cars.
    Car,
    /// Loudspeakers for an audience.
    Stage,
}

/// How sound gets to the ears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Each ear hears its own channel.
    Headphones,
    /// Both ears hear both channels.
    Loudspeakers,
}

/// Response at the listener over third octaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// Mean over the class, dB; 0 is the mean of 500 Hz to 2 kHz.
    pub mean_db: Bands,
    /// Standard deviation from device to device, dB.
    pub sd_db: Bands,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
    /// What 0 dB in every band would mean.
    pub reference: String,
}

/// A number with its basis and source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The number.
    pub value: f64,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
}

/// What becomes of left and right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// Below this left and right are added, Hz; 0 never, 20 000 a mono system.
    pub mono_below_hz: f64,
    /// Basis of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mono_below_basis: Option<String>,
    /// Source of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mono_below_source: Option<String>,
    /// Share of the devices of the class that are mono throughout, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mono_share: Option<Figure>,
    /// Headphones or loudspeakers.
    pub heard: Heard,
    /// Half of the angle between the loudspeakers as the listener sees it, degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_angle_deg: Option<f64>,
    /// How much louder the nearer loudspeaker is, dB (a driver's seat).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_db: Option<f64>,
    /// How much later the farther one arrives, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<f64>,
    /// In words.
    pub description: String,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
}

/// How loud people listen there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Usual A-weighted level of the programme at the listener, dBA.
    pub dba: f64,
    /// Quiet listeners, dBA.
    pub low_dba: f64,
    /// Loud listeners, dBA.
    pub high_dba: f64,
    /// Distance of the listener, m; 0 for headphones.
    pub distance_m: f64,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
}

/// A surrounding noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Short name, as `metro`.
    pub name: String,
    /// In words.
    pub title: String,
    /// Third-octave levels, dB SPL.
    pub band_db_spl: Bands,
    /// A-weighted level, dBA.
    pub level_dba: f64,
    /// How far the level varies from place to place, dB.
    pub level_sd_db: f64,
    /// Basis of the level.
    pub basis: String,
    /// Source of the level.
    pub source: String,
    /// Basis of the shape.
    pub shape_basis: String,
    /// Source of the shape.
    pub shape_source: String,
}

/// What a headphone keeps out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attenuation {
    /// dB per third octave.
    pub mean_db: Bands,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
}

/// The limiter by bands that protects small drivers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandLimits {
    /// Middles of the bands, Hz, rising.
    pub bands_hz: Vec<f64>,
    /// Level each band is held to, dB re full scale (median of the devices).
    pub threshold_db: Vec<f64>,
    /// A quarter of the devices hold it lower than this, dB.
    pub threshold_q25_db: Vec<f64>,
    /// A quarter of the devices hold it higher than this, dB.
    pub threshold_q75_db: Vec<f64>,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
    /// What else there is to say.
    pub note: String,
}

/// How a system changes its bass as it is turned up: small ones take it back before their drivers give out, and some lift it when soft, where the
/// ear hears less of it.
///
/// A low shelf, G / (1 + (f / corner)²) in dB, 0 at the level for which the response holds; G moves in proportion to the level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BassByLevel {
    /// Corner of the shelf, Hz.
    pub corner_hz: f64,
    /// The level at which the response holds, dBA.
    pub usual_dba: f64,
    /// The softest level told of, dBA …
    pub soft_dba: f64,
    /// … and the gain of the shelf there, dB.
    pub soft_db: f64,
    /// The loudest, dBA …
    pub loud_dba: f64,
    /// … and the gain of the shelf there, dB.
    pub loud_db: f64,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
}

/// The loudest a system gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxLevel {
    /// dB SPL (A-weighted for a programme).
    pub value: f64,
    /// "programme" or "peak".
    pub kind: String,
    /// Where that is, and the figure it was worked out from.
    pub at: String,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
}

/// A figure that is kept with the system but not worked with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Number, text or table.
    pub value: serde_json::Value,
    /// "measured:N", "literature" or "estimate".
    pub basis: String,
    /// Where it comes from.
    pub source: String,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A playback system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// [`SCHEMA`].
    pub schema: String,
    /// Name on the command line and in findings, as `car_100kmh`.
    pub name: String,
    /// Name for people, as "Car at 100 km/h".
    pub title: String,
    /// As it stands in a sentence: "in a moving car".
    pub place: String,
    /// Kind of place.
    pub group: Group,
    /// What stands for it, more exactly.
    pub description: String,
    /// Where the figures come from.
    pub origin: String,
    /// Licence of the file.
    pub licence: String,
    /// Date of the file, `YYYY-MM-DD`.
    pub date: String,
    /// Devices behind the response.
    pub measured_devices: u32,
    /// Response.
    pub response: Response,
    /// Left and right.
    pub channels: Channels,
    /// Listening level.
    pub level: Level,
    /// Surrounding noises; the first is the usual one. Empty for silence.
    pub noise: Vec<Noise>,
    /// What the headphone keeps out of the noise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise_attenuation: Option<Attenuation>,
    /// The limiter of a small driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limiter: Option<BandLimits>,
    /// What becomes of the bass at other levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bass_by_level: Option<BassByLevel>,
    /// The loudest it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_level: Option<MaxLevel>,
    /// Further figures.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

/// From this many measured devices on a class counts as measured.
const MEASURED_FROM: u32 = 5;

impl System {
    /// Reads a system from JSON and checks it. `path` is what errors call it.
    ///
    /// # Errors
    /// [`Error::Malformed`] with what is wrong.
    pub fn parse(path: &Path, json: &str) -> Result<Self> {
        let malformed = |problem: String| Error::Malformed {
            path: path.to_owned(),
            problem,
            hint: "compare it with a file of models/systems, or import it again with `plumb systems import`",
        };
        let system: Self = serde_json::from_str(json).map_err(|e| malformed(e.to_string()))?;
        check::check(&system).map_err(malformed)?;
        Ok(system)
    }

    /// The system as JSON, the same bytes for the same content.
    ///
    /// # Errors
    /// [`Error::Bug`] if it cannot be written, which no checked system is.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|e| Error::Bug { place: "models::system", problem: e.to_string() })
    }

    /// How far the response rests on measurement.
    pub fn basis(&self) -> Basis {
        if self.response.basis.starts_with("measured") && self.measured_devices >= MEASURED_FROM {
            Basis::Measured
        } else if self.measured_devices > 0 {
            Basis::Partly
        } else {
            Basis::Estimated
        }
    }

    /// The usual noise at the listener's ears, dB SPL per band; none where it is silent.
    pub fn noise_db_spl(&self) -> Option<Bands> {
        let noise = self.noise.first()?;
        let kept_out = |b: usize| self.noise_attenuation.as_ref().map_or(0.0, |a| a.mean_db[b]);
        Some(std::array::from_fn(|b| noise.band_db_spl[b] - kept_out(b)))
    }

    /// What the system does to a frequency at a level, against the level for which its response was given, dB.
    pub fn bass_at_db(&self, hz: f64, dba: f64) -> f64 {
        let Some(bass) = &self.bass_by_level else { return 0.0 };
        let (end_dba, end_db) = if dba < bass.usual_dba { (bass.soft_dba, bass.soft_db) } else { (bass.loud_dba, bass.loud_db) };
        let way = (dba - bass.usual_dba) / (end_dba - bass.usual_dba);
        let shelf_db = if way.is_finite() { end_db * way.clamp(0.0, 1.0) } else { 0.0 };
        shelf_db / (1.0 + (hz / bass.corner_hz).powi(2))
    }

    /// The system as it is at another listening level.
    #[must_use]
    pub fn at_level(&self, dba: f64) -> Self {
        let mut other = self.clone();
        other.level.dba = dba;
        for (db, hz) in other.response.mean_db.iter_mut().zip(THIRD_OCTAVES_HZ) {
            *db += self.bass_at_db(hz, dba) - self.bass_at_db(hz, self.level.dba);
        }
        other
    }

    /// Whether left and right are one.
    pub fn is_mono(&self) -> bool {
        self.channels.mono_below_hz >= 20_000.0
    }
}
