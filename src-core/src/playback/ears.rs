//! How much of the side reaches the ears beside the mid, when two loudspeakers are heard by both.
//!
//! Each ear hears both loudspeakers, the far one later and, at high frequencies, in the shadow of the head. What the two have in common
//! adds, what is opposite cancels: completely in the bass, hardly at all above a few kHz. Reflections arrive from all around and favour
//! neither.
//!
//! # References
//! C. P. Brown, R. O. Duda, "A structural model for binaural sound synthesis", IEEE Trans. Speech Audio Process. 6(5), 1998: head shadow
//! (equations 3 to 5); R. S. Woodworth, "Experimental Psychology", 1938: delay between the ears, a/c (θ + sin θ).

use rustfft::num_complex::Complex;
use std::f64::consts::{PI, TAU};

/// Radius of the head over the speed of sound, s.
const HEAD_S: f64 = 0.0875 / 343.0;

/// Shadow at its deepest, and where that is (Brown and Duda).
const DEEPEST: f64 = 0.1;
const DEEPEST_DEG: f64 = 150.0;

/// Share of reflected sound in what is heard at arm's length and across a room; rooms differ, loudspeakers beam: estimates.
const REFLECTED_NEAR: f64 = 0.2;
const REFLECTED_FAR: f64 = 0.5;

/// Beyond this distance a loudspeaker is heard across the room, m.
const NEAR_M: f64 = 1.0;

/// A value is a mean over a third of an octave, taken at these steps from its middle, octaves.
const STEPS: [f64; 5] = [-0.133, -0.067, 0.0, 0.067, 0.133];

/// Power of the side at the ears relative to the mid's, 0 to 1, for loudspeakers at ± `half_angle_deg` at `distance_m`.
pub(super) fn side_share(hz: f64, half_angle_deg: f64, distance_m: f64) -> f64 {
    let reflected = if distance_m > NEAR_M { REFLECTED_FAR } else { REFLECTED_NEAR };
    let (mut mid, mut side) = (0.0, 0.0);
    for step in STEPS {
        let omega = TAU * hz * 2f64.powf(step);
        let (near, far) = (shadow(omega, 90.0 - half_angle_deg), shadow(omega, 90.0 + half_angle_deg));
        let angle = half_angle_deg * PI / 180.0;
        let later = Complex::from_polar(1.0, -omega * HEAD_S * (angle + angle.sin()));
        let diffuse = reflected * (near.norm_sqr() + far.norm_sqr());
        mid += (1.0 - reflected) * (near + far * later).norm_sqr() + diffuse;
        side += (1.0 - reflected) * (near - far * later).norm_sqr() + diffuse;
    }
    (side / mid).min(1.0)
}

/// The head's shadow for sound that comes from an angle to the ear's axis.
fn shadow(omega: f64, angle_deg: f64) -> Complex<f64> {
    let alpha = (1.0 + DEEPEST / 2.0) + (1.0 - DEEPEST / 2.0) * (angle_deg / DEEPEST_DEG * PI).cos();
    let x = omega * HEAD_S / 2.0;
    Complex::new(1.0, alpha * x) / Complex::new(1.0, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposite_bass_cancels_and_opposite_treble_does_not() {
        let at = |hz| side_share(hz, 30.0, 2.5);
        assert!(at(50.0) < 0.4, "{}", at(50.0));
        assert!(at(5000.0) > 0.7, "{}", at(5000.0));
        assert!(side_share(50.0, 12.0, 0.35) < 0.15, "at arm's length little is reflected");
    }

    #[test]
    fn one_point_is_mono_but_for_the_room() {
        assert!((side_share(1000.0, 0.0, 0.5) - 0.2 / 1.8).abs() < 0.02);
    }
}
