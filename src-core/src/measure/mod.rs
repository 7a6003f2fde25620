//! Measurements: one file each, streaming. `push(block)` as often as there are blocks, then `finish()`.
//!
//! Every measurement works on any sample rate and any block size with the same result, and says in
//! its own documentation what it does on silence, on very short input and on mono.
//!
//! To add one: a file with `Meter { new(sample_rate, layout), push(&Block<f32>), finish() -> Data }` and a line in
//! `measurements!` in `measurer.rs`.

pub mod band_levels;
pub mod clipping;
pub mod dc;
pub mod dynamics;
pub mod edges;
pub mod energy_map;
pub mod format_traces;
mod framer;
pub mod glitch;
pub mod hum;
mod impulse;
pub mod invalid;
pub mod loudness;
pub mod lows;
mod measurer;
mod mid_side;
pub mod noise;
pub mod parallel;
pub mod peak_to_loudness;
mod quietest;
pub mod resonance;
pub mod sample_peak;
mod series;
mod spans;
pub mod spectrum;
pub mod stem_map;
pub mod stereo;
pub mod true_peak;

pub use energy_map::EnergyMap;
pub use measurer::{Measurements, Measurer};
pub use series::Series;
pub use stem_map::StemMap;

use crate::audio::{ChannelRole, Layout};

/// The channels taken for left and right: those of that role, else the first two; the second is none for mono.
/// Mid and side of a surround file are those of its front pair.
pub fn front_pair(layout: &Layout) -> (usize, Option<usize>) {
    let find = |role| layout.roles().iter().position(|r| *r == role);
    match (find(ChannelRole::Left), find(ChannelRole::Right)) {
        (Some(left), Some(right)) => (left, Some(right)),
        _ => (0, (layout.channel_count() > 1).then_some(1)),
    }
}
