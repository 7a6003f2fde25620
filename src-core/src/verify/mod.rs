//! Measures again and holds expectation against result.

mod outcomes;
mod residual;
mod translation;
mod verification;

pub use outcomes::{Before, Judged, harmless_share, judge, lower};
pub use residual::residuals;
pub use translation::tone_distances;
pub use verification::{MoveOutcome, Outcome, ReferenceResidual, Verification};
