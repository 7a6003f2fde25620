//! Comparison: a file's measurements against references, a saved profile or the neutral range.

mod comparison;
mod engine;
pub mod equal_loudness;
pub mod explain;
pub mod faults;
mod linear;
pub mod masking;
pub mod matched;
mod portrait;
mod range;
mod rings;
pub mod sections;
mod tone_evidence;
pub mod translation;

pub use comparison::{
    BandTone, BandWidth, Basis, Comparison, HEARD_HZ, MatchedTone, Outlier, Quantity, Range, ReferenceName, Ring, SILENT_DB,
    SectionComparison,
};
pub use engine::{Reference, compare, compare_matched, differences};
pub use portrait::{KINDS, Kind, MONO_DB, SUMMED_BANDS, heard_lufs, level_spread_db, portrait, rumble_db};
pub use range::{median, range};
