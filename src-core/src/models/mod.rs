//! Data the core reads: tonal targets, delivery requirements, saved profiles.

pub mod delivery;
