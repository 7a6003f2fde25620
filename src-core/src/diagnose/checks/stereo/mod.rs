//! The stereo image and what is left of it in mono.
//!
//! The faults exclude one another: with one channel dead there is no balance to judge, with one channel inverted
//! everything is lost in mono. [`picture::Picture`] looks at all of them at once, so that only the fault that explains the rest speaks.

mod dead_channel;
mod dual_mono;
mod imbalance;
mod inverted;
mod mono_loss;
mod narrow;
mod picture;
mod wide_bass;

use super::Family;
use crate::diagnose::{Limit, Row, both};

/// The family.
pub const FAMILY: Family = Family {
    name: "stereo",
    checks: &[inverted::CHECK, wide_bass::CHECK, mono_loss::CHECK, imbalance::CHECK, dead_channel::CHECK, dual_mono::CHECK, narrow::CHECK],
    limits: LIMITS,
};

const LIMITS: &[Row] = &[
    both("stereo.inverted", Limit::at_least(-0.1, -0.3, "in phase, as any mix with a centre")),
    both("stereo.wide_bass", Limit::at_least(0.3, 0.0, "vinyl and club practice").noting_from(0.5)),
    both("stereo.mono_loss", Limit::at_least(-5.0, -9.0, "unrelated sides lose 3 dB").noting_from(-4.0)),
    Row {
        code: "stereo.imbalance",
        mix: Limit::within(2.5, 6.0, "sides of a centred mix").noting_from(1.5),
        master: Limit::within(2.0, 6.0, "sides of a centred mix").noting_from(1.2),
    },
    both("stereo.dead_channel", Limit::at_least(-60.0, -60.0, "below hearing beside the other side")),
    both("stereo.dual_mono", Limit::at_least(-80.0, -80.0, "difference of the sides").never_failing(20.0)),
    both("stereo.narrow", Limit::at_least(-25.0, -40.0, "side against mid").never_failing(10.0)),
];
