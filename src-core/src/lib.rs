//! Plumbline: does a mix hang true?
//!
//! The library behind the command `plumb` and the desktop app. Data flows one way:
//! files are decoded block by block, measured in one pass, compared with references or a neutral
//! range, diagnosed, answered with settings, rendered, and measured again. `ARCHITECTURE.md` holds
//! the table of who may import whom; a test keeps it.

pub mod audio;
#[cfg(feature = "audition")]
pub mod audition;
pub mod chain;
pub mod compare;
pub mod decode;
pub mod demo;
pub mod diagnose;
pub mod dsp;
pub mod encode;
pub mod error;
pub mod export;
pub mod hearing;
pub mod jobs;
pub mod measure;
pub mod models;
pub mod playback;
pub mod propose;
pub mod report;
pub mod stems;
pub mod units;
pub mod verify;

pub use error::{Error, Result};

/// Version of the tool, as written into every document it makes.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
