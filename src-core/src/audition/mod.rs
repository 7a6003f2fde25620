//! Listening: the mix (A), the mix through the chain (B) and references (R), in step, through a sound card.
//!
//! # How it works
//! - A *reader* thread decodes all files ahead, joins what a loop asks for, and hands blocks over in queues without locks. Where playing
//!   starts anew (opened, another place), it hands over a chain that has heard the music before that place.
//! - The *graph* ([`graph`]) runs in the card's callback: it never allocates, locks, waits or drops anything that must be freed; what it is done
//!   with goes back in a queue. Mix, chain and references run always, so that switching is a crossfade of a few milliseconds. Then
//!   come mono, the playback system, the solo band.
//! - Settings, systems and bands are built outside, run along until they have settled, and are faded over to.
//! - *Meters* read what the graph played from a queue of their own, when they are asked.
//! - The *device* thread owns the card. Without one the engine keeps what it was told and says so.
//!
//! [`Offline`] pulls the same graph without a card: what it gives for B is what [`crate::chain::render()`] writes, bit for bit.

mod band;
mod chunk;
mod controls;
mod cursor;
mod deck;
mod device;
mod engine;
mod fixed;
mod graph;
mod meters;
mod offline;
mod reader;
mod resampling;
mod swap;
mod types;
mod urgency;
mod voices;
mod worker;

pub use controls::Controls;
pub use engine::Engine;
pub use meters::{Meters, SPECTRUM_BANDS, spectrum_hz};
pub use offline::Offline;
pub use types::{Device, Event, Gains, Listening, Opened, Reference, Side, SoundState};

/// Frames of a block that goes from the reader to the graph, and the most that the graph works on at a time.
const BLOCK: usize = 256;

#[cfg(test)]
mod tests;
