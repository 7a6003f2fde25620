//! Measurements: one file each, streaming. `push(block)` as often as there are blocks, then `finish()`.
//!
//! Every measurement works on any sample rate and any block size with the same result, and says in
//! its own documentation what it does on silence, on very short input and on mono.

pub mod energy_map;

pub use energy_map::EnergyMap;

/// Everything that was measured in one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurements {
    /// Energy over time and frequency, mid and side.
    pub energy: EnergyMap,
}
