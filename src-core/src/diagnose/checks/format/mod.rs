//! Traces of what the file was before.

mod lossy_source;
mod low_bit_depth;
mod low_rate;
mod upsampled;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family =
    Family { name: "format", checks: &[lossy_source::CHECK, low_bit_depth::CHECK, upsampled::CHECK, low_rate::CHECK], limits: LIMITS };

const BITS: Limit = Limit::at_least(15.5, 8.5, "16 bit, the CD");

const LIMITS: &[Row] = &[
    both("format.lossy_source", Limit::at_most(22.0, 60.0, "no filter of a mix falls so steeply").never_failing(15.0)),
    // What is still to be processed had better come with more; a master for the CD has what it needs.
    Row { code: "format.low_bit_depth", mix: BITS.noting_from(16.5), master: BITS },
    both("format.upsampled", Limit::at_most(0.0, 1.0, "a high rate should carry something").never_failing(1.0)),
    both("format.low_rate", Limit::at_least(44.0, 30.0, "44.1 kHz, the CD")),
];
