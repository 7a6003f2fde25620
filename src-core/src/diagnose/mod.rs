//! Diagnosis: measurements and comparisons in, checks and findings out. Never touches samples.

mod finding;

pub use finding::{Check, Evidence, Finding, Fix, Place, Stage, Status, Verdict, VerdictLevel};
