//! What is left of a mix on playback systems, beside what is left of its references there.
//!
//! # What it measures
//! For every system: how much louder or softer each region of the spectrum is heard than it would be with the references' sound; whether
//! the bass line is still heard where its fundamentals are not reproduced; what is lost where left and right are added; which passages sink
//! in the noise of the place; how much of a rig's power goes into the sub.
//!
//! # Definition
//! The mix and the same music *with the references' sound* go through the same [`crate::playback`] model and are set to the usual listening
//! level of the place (A-weighted). The references' sound is the mix less the tonal difference that the comparison found
//! ([`super::explain::ToneEvidence`]), with the references' width: so that other notes are no difference. Both are heard in the noise of the
//! place: partial specific loudness after Moore, Glasberg and Baer, averaged over the loudness classes of the programme. Differences are
//! 10 lb of the ratio of loudness, in LU: twice as loud is 10 LU.
//!
//! Harshness, mud and too much sub are faults of tone that the place makes worse. They are looked for in the tonal difference first
//! ([`super::faults`]: a broad bump, told from other music); what is told of them is what the place makes of the mix with the fault against the mix
//! without it.
//!
//! Everything uncertain is drawn anew [`draws::DRAWS`] times, from a fixed seed: the difference itself and the amount of each fault, the response
//! from device to device, the listening level and what becomes of the bass there, the level of the noise. A value comes with the edges that a
//! tenth of the draws lies below and a tenth above. The limiter of a small driver is taken at the usual level.
//!
//! # Unit and range
//! LU; dB for power. Scores from 0 to 100, 100 where nothing is lost that the references keep.
//!
//! # On silence, short, mono
//! None for a silent file. Mono files lose nothing in mono.
//!
//! # Limits
//! No validated measure of translation exists; this one is put together from parts that are: band loss, loudness at the level of the place,
//! masking by its noise, mono sums. Half of the built-in systems rest on estimates; their spread says how far. Rooms are not modelled.
//!
//! # References
//! Moore, Glasberg, Baer 1997 and ANSI S3.4-2007 for loudness (see [`crate::hearing`]); missing fundamental: harmonics 2 to 6 carry the pitch
//! (E. Larsen, R. Aarts, "Audio Bandwidth Extension", 2004, chapter 2).

mod bass;
mod draws;
mod expected;
mod listening;
mod noise;
mod prepared;
mod programme;
mod score;
mod system;

pub use prepared::{Gains, Prepared};
pub use score::Points;

use super::{Comparison, Reference};
use crate::audio::TimeRange;
use crate::measure::Measurements;
use crate::models::system::{Basis, Group, System};
use serde::{Deserialize, Serialize};

/// A region of the spectrum as engineers name it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Stable name.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// Edges, Hz.
    pub hz: [f64; 2],
}

/// The regions, lowest first.
pub const REGIONS: [Region; 6] = [
    Region { id: "sub", label: "Sub", hz: [20.0, 60.0] },
    Region { id: "bass", label: "Bass", hz: [60.0, 200.0] },
    Region { id: "low_mids", label: "Low mids", hz: [200.0, 500.0] },
    Region { id: "mids", label: "Mids", hz: [500.0, 2000.0] },
    Region { id: "presence", label: "Presence", hz: [2000.0, 6000.0] },
    Region { id: "air", label: "Air", hz: [6000.0, 20_000.0] },
];

/// A value with its range over the draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Uncertain {
    /// Median of the draws.
    pub value: f64,
    /// A tenth of the draws lies below.
    pub low: f64,
    /// A tenth of the draws lies above.
    pub high: f64,
}

/// One region on one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RegionHeard {
    /// Name as in [`REGIONS`].
    pub region: String,
    /// Edges, Hz.
    pub hz: [f64; 2],
    /// How much louder the region is heard than with the references' sound, LU: negative where the mix loses more.
    pub beyond_lu: Uncertain,
    /// What the mix loses here against full-range listening in quiet, LU.
    pub mix_lu: f64,
    /// What the references' sound loses here, LU.
    pub references_lu: f64,
    /// Whether anything of the region is heard on this system at all.
    pub heard: bool,
}

/// What carries the bass line on a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CarriedBy {
    /// Its fundamentals, which the system reproduces.
    Fundamentals,
    /// Its harmonics alone.
    Harmonics,
}

/// The bass line on a system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BassLine {
    /// What carries it.
    pub carried_by: CarriedBy,
    /// What is lost of it beyond the references, LU; negative is lost.
    pub beyond_lu: Uncertain,
    /// The part of it that is lost because left and right are added, LU.
    pub mono_lu: f64,
    /// Where it is heard here, Hz.
    pub hz: [f64; 2],
}

/// Passages that sink in the noise of a place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sunk {
    /// Share of the sounding time that sinks and is 6 LU softer than the softest seconds of the references, 0 to 1.
    pub share: f64,
    /// The same of the references, held against the same limit; none where none was measured now.
    pub references_share: Option<f64>,
    /// How much more these passages lose in the noise than the rest of the mix, LU; 0 where nothing sinks.
    pub depth_lu: f64,
    /// Where.
    pub time: Vec<TimeRange>,
}

/// A mix on one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SystemHeard {
    /// Name of the system.
    pub system: String,
    /// For people.
    pub title: String,
    /// As it stands in a sentence: "on a phone".
    pub place: String,
    /// Kind of place.
    pub group: Group,
    /// How far the model rests on measurement.
    pub basis: Basis,
    /// 0 to 100.
    pub score: f64,
    /// What the score is made of: points taken off.
    pub taken_off: Vec<Points>,
    /// The six regions.
    pub regions: Vec<RegionHeard>,
    /// The bass line.
    pub bass_line: BassLine,
    /// Change of loudness because left and right are added or heard by both ears, beyond the references, LU.
    pub mono_lu: f64,
    /// How much a bump in the upper mids lifts presence against the mids here, LU; none where the system does not play it in full.
    pub harshness_lu: Option<Uncertain>,
    /// How much a bump in the low mids lifts them against the mids here, LU; none where the system does not play them in full.
    pub mud_lu: Option<Uncertain>,
    /// How much more the place lifts 2 to 5 kHz than 0.5 to 1.5 kHz, dB: what it adds to harshness by itself.
    pub harshness_place_db: f64,
    /// How much more it lifts 150 to 400 Hz than 0.6 to 2.5 kHz, dB: what it adds to mud by itself.
    pub mud_place_db: f64,
    /// Part of the programme's loudness that the noise of the place leaves, 0 to 1.
    pub left_in_noise: f64,
    /// Passages that sink in the noise.
    pub sunk: Sunk,
    /// Power that too much sub costs the subwoofers, dB; none where the system has none or the mix leaves them idle.
    pub sub_power_db: Option<Uncertain>,
    /// Third octaves at the listener, dB SPL, 20 Hz to 20 kHz: the mix.
    pub mix_db_spl: Vec<f64>,
    /// The same with the references' sound.
    pub references_db_spl: Vec<f64>,
    /// The noise at the listener's ears, dB SPL; none where it is silent.
    pub noise_db_spl: Option<Vec<f64>>,
    /// A-weighted level of the programme, dBA.
    pub level_dba: f64,
}

/// A mix on all systems.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Translation {
    /// What it was held against: "R1–R3", "the neutral range".
    pub against: String,
    /// The systems.
    pub systems: Vec<SystemHeard>,
}

impl Translation {
    /// A system by its name.
    pub fn system(&self, name: &str) -> Option<&SystemHeard> {
        self.systems.iter().find(|s| s.system == name)
    }
}

/// Plays a file on every system. None for a silent file, or where the comparison could say nothing about its tone.
pub fn translate(mix: &Measurements, comparison: &Comparison, references: &[Reference<'_>], systems: &[System]) -> Option<Translation> {
    let prepared = Prepared::of(mix, comparison, references)?;
    Some(Translation { against: comparison.against.clone(), systems: prepared.on_all(systems) })
}

#[cfg(test)]
mod tests;
