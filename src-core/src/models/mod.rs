//! Data the core reads: tonal targets, delivery requirements, playback systems, saved profiles.

pub mod delivery;
pub mod profile;
pub mod system;
pub mod target;
