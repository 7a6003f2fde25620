//! Comparison: a file's measurements against references, a saved profile or the neutral range.

mod comparison;
pub mod matched;

pub use comparison::{BandTone, BandWidth, Basis, Comparison, Outlier, Quantity, Range, ReferenceName, SectionComparison};
