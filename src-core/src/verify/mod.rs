//! Measures again and holds expectation against result.

mod outcomes;
mod residual;
mod verification;

pub use outcomes::{Before, Judged, harmless_share, judge, lower};
pub use residual::residuals;
pub use verification::{MoveOutcome, Outcome, ReferenceResidual, Verification};
