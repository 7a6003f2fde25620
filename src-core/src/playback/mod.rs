//! What a playback system does to music: one model in two forms.
//!
//! *On band spectra* ([`spectra`]), cheap, for scoring all systems of a file in one go; *on samples* ([`Simulation`]), for listening. Both are
//! made from the same curves ([`Model`]): the response at the listener, and how much of the side is left beside the mid (mono sums,
//! loudspeakers heard by both ears), and, at a volume ([`Drive`]), the limiter of a small driver. A test holds them together within 0.5 dB per third
//! octave.

mod ears;
pub mod import;
mod limiter;
mod model;
mod samples;
pub mod spectra;

pub use model::{Drive, Model};
pub use samples::Simulation;
pub use spectra::{BandGains, Bins, Spectrum};
