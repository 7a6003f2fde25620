//! Measures again and holds expectation against result.

mod harm;
mod outcomes;
mod residual;
mod translation;
mod verification;

pub use harm::Harm;
pub use outcomes::{Before, Judged, judge, lower};
pub use residual::residuals;
pub use translation::tone_distances;
pub use verification::{MoveOutcome, Outcome, ReferenceResidual, Verification};
