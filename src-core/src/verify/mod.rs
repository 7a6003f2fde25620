//! Measures again and holds expectation against result.

mod verification;

pub use verification::{MoveOutcome, Outcome, ReferenceResidual, Verification};
