//! What a listener on a playback system misses or suffers that the references spare them. One row per check, for the system that is worst
//! off; one finding per system that has the fault.

mod bass_lost;
mod buried;
mod harsh;
mod muddy;
mod per_system;
mod sub_overload;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family {
    name: "translation",
    checks: &[bass_lost::CHECK, buried::CHECK, harsh::CHECK, muddy::CHECK, sub_overload::CHECK],
    limits: LIMITS,
};

/// Source of the limits in LU: ten are twice as loud. A bump lifts this much from some 4 dB on, a little more than `tonal.harsh` asks for.
const NOTICED: &str = "a fifth louder";

const LIMITS: &[Row] = &[
    both("translation.bass_lost", Limit::at_least(-5.0, -12.0, "two thirds as loud").noting_from(-3.0).never_failing(5.0)),
    both("translation.buried", Limit::at_most(4.0, 30.0, "longer than a break").never_failing(5.0)),
    both("translation.harsh", Limit::at_most(2.5, 12.0, NOTICED).noting_from(1.5).never_failing(2.5)),
    both("translation.muddy", Limit::at_most(2.5, 12.0, NOTICED).noting_from(1.5).never_failing(2.5)),
    both("translation.sub_overload", Limit::at_most(3.0, 12.0, "half the power of the rig").noting_from(2.0).never_failing(3.0)),
];
