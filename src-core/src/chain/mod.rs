//! Settings and the processors that carry them out, block by block: no allocation, lock or branch on
//! block size while running, so that the same code renders files and feeds a sound card, bit for bit.

mod dynamics;
mod eq;
mod forecast;
mod gain_path;
mod limiter;
mod processor;
mod ranges;
mod render;
mod response;
mod stereo;

pub mod settings;

pub use dynamics::{BandStatistics, MOST_EXPANSION_DB, SHOWN_FROM_DB, levels_db, static_gain_db};
pub use forecast::{Forecast, Limited, Probe, STRETCHES_PER_S};
pub use limiter::LimiterStatistics;
pub use processor::{Chain, ChainStatistics, GainsNow};
pub use ranges::MOST_DYNAMICS_BANDS;
pub use render::{Processed, Rendered, render};
pub use response::{SHOWN_HZ, band_filter, curve_db, part_response_db, response_db, shown_hz, shown_part};
pub use settings::Settings;
pub use stereo::MONO_BELOW_Q;

#[cfg(test)]
mod tests;
