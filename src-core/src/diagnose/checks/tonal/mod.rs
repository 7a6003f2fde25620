//! Tonal balance: too much or too little in a range of frequencies.
//!
//! The broad faults share one explanation of the tonal difference ([`shapes`]), so that of muddy, boxy and boomy the one
//! that explains the difference best speaks, and its neighbours do not.

mod bass_light;
mod boomy;
mod boxy;
mod bright;
mod dull;
mod harsh;
mod muddy;
mod resonance;
mod rumble;
mod shapes;
mod sibilant;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family {
    name: "tonal",
    checks: &[
        rumble::CHECK,
        boomy::CHECK,
        bass_light::CHECK,
        muddy::CHECK,
        boxy::CHECK,
        harsh::CHECK,
        sibilant::CHECK,
        dull::CHECK,
        bright::CHECK,
        resonance::CHECK,
    ],
    limits: LIMITS,
};

/// Half of what the ear calls "clearly different" in a mix; a matched difference is uncertain by about 1 dB.
const SHAPE: Limit = Limit::at_most(3.0, 6.0, "more than records of one kind differ").never_failing(3.0);

const LIMITS: &[Row] = &[
    both("tonal.rumble", Limit::at_most(-18.0, -6.0, "against the whole mix").noting_from(-24.0).never_failing(12.0)),
    both("tonal.resonance", Limit::at_most(10.5, 18.0, "what single notes leave").never_failing(6.0)),
    both("tonal.boomy", SHAPE),
    both("tonal.bass_light", SHAPE),
    both("tonal.muddy", SHAPE),
    both("tonal.boxy", SHAPE),
    both("tonal.harsh", SHAPE),
    both("tonal.sibilant", SHAPE),
    both("tonal.dull", SHAPE),
    both("tonal.bright", SHAPE),
];
