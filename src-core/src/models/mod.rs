//! Data the core reads: tonal targets, delivery requirements, saved profiles.

pub mod delivery;
pub mod profile;
pub mod target;
