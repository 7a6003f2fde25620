//! Comparison: a file's measurements against references, a saved profile or the neutral range.

mod comparison;
mod engine;
pub mod equal_loudness;
pub mod matched;
mod portrait;
mod range;
pub mod sections;

pub use comparison::{
    BandTone, BandWidth, Basis, Comparison, MatchedTone, Outlier, Quantity, Range, ReferenceName, SectionComparison,
};
pub use engine::{Reference, compare};
pub use range::median;
pub use portrait::{KINDS, Kind, portrait};
