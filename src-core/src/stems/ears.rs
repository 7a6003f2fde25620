//! What reaches the two ears between loudspeakers: where a place to one side helps a stem, which the mono sum cannot tell.

use super::OCTAVES_HZ;
use super::scene::{Band, Place, Scene, lost};
use crate::measure::stem_map::{BANDS, centres_hz};
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Angle of the loudspeakers from the middle, degrees: the triangle of ITU-R BS.775.
const SPEAKERS_DEG: f64 = 30.0;
/// Radius of a head, m, and speed of sound, m/s: the values of Brown and Duda.
const HEAD_M: f64 = 0.0875;
const SOUND_M_S: f64 = 343.0;

/// How every stem is changed, for what the ears hear.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Power gain of the mid of every stem.
    pub mid: Vec<Band>,
    /// Power gain of the side of every stem.
    pub side: Vec<Band>,
    /// Place of every stem, −1 (left) to 1 (right); 0 leaves it where it is.
    pub pan: Vec<f64>,
}

/// Power that reaches an ear from its own loudspeaker and from the other, per band; they sum to 1.
///
/// The head shadow of C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE Trans. Speech Audio
/// Processing 6(5), 1998: one pole and one zero. Powers add: above some 500 Hz, where the shadow begins, the two paths arrive out of step.
static EARS: LazyLock<[(f32, f32); BANDS]> = LazyLock::new(|| {
    centres_hz().map(|hz| {
        let (near, far) = (shadow(hz, 90.0 - SPEAKERS_DEG), shadow(hz, 90.0 + SPEAKERS_DEG));
        ((near / (near + far)) as f32, (far / (near + far)) as f32)
    })
});

/// Power gain of the head shadow at an angle from the ear's axis, degrees.
fn shadow(hz: f64, degrees: f64) -> f64 {
    const LEAST: f64 = 0.1;
    const LEAST_AT_DEG: f64 = 150.0;
    let alpha = 1.0 + 0.5 * LEAST + (1.0 - 0.5 * LEAST) * (degrees / LEAST_AT_DEG * PI).cos();
    let w = PI * hz * HEAD_M / SOUND_M_S;
    (1.0 + (alpha * w).powi(2)) / (1.0 + w * w)
}

impl Scene<'_> {
    /// The masked-to-unmasked ratio of a stem in an octave as both ears together hear it between loudspeakers, over the
    /// same moments as [`Scene::ratios`]. None where the octave does not matter to the stem.
    pub fn ear_ratio_at(&self, place: Place, placed: &Placed) -> Option<f64> {
        let at = |frame: &usize| {
            let ears = self.at_ears(*frame, placed);
            let heard = ears.map(|powers| self.heard(place.stem, &powers));
            let [left, right] = &heard;
            // The ratio over both ears: that of each, weighed by what it has to hear.
            let loud = |h: &super::scene::Heard| h.quiet.get(self.octave(place.octave)).map_or(0.0, |q| q.iter().sum::<f32>());
            let (a, b) = (f64::from(loud(left)), f64::from(loud(right)));
            let of = |h: &super::scene::Heard| self.ratio(place.octave, h, &h.left);
            match (of(left), of(right)) {
                (Some(l), Some(r)) => Some((a * l + b * r) / (a + b)),
                (one, other) => one.or(other),
            }
        };
        lost(&self.moments(place).iter().filter_map(at).collect::<Vec<_>>())
    }

    /// Stems where they are and as they are.
    pub fn unplaced(&self) -> Placed {
        Placed { mid: self.untouched(), side: self.untouched(), pan: vec![0.0; self.stems()] }
    }

    /// Powers of every stem at the left and at the right ear.
    fn at_ears(&self, frame: usize, placed: &Placed) -> [Vec<Band>; 2] {
        let mut ears = [vec![[0.0; BANDS]; self.stems()], vec![[0.0; BANDS]; self.stems()]];
        for stem in 0..self.stems() {
            let (Some(mid), Some(side)) = (placed.mid.get(stem), placed.side.get(stem)) else { continue };
            let [left, right] = self.channels(stem, frame, mid, side, placed.pan.get(stem).copied().unwrap_or(0.0));
            let [at_left, at_right] = &mut ears;
            for (b, (near, far)) in EARS.iter().enumerate() {
                at_left[stem][b] = near * left[b] + far * right[b];
                at_right[stem][b] = near * right[b] + far * left[b];
            }
        }
        ears
    }
}

/// Octaves in which the head casts a shadow that helps: from 500 Hz.
pub fn place_helps(octave: usize) -> bool {
    OCTAVES_HZ.get(octave).is_some_and(|hz| *hz >= 500.0)
}

/// Gains of left and right for a place from −1 to 1: linear, so that the mono sum of what stood in the middle does not change.
pub fn pan_gains(pan: f64) -> [f64; 2] {
    [1.0 - pan, 1.0 + pan]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::StemMap;

    #[test]
    fn the_head_casts_no_shadow_in_the_bass_and_ten_decibels_at_the_top() {
        let difference = |hz: f64| 10.0 * (shadow(hz, 60.0) / shadow(hz, 120.0)).log10();
        assert!(difference(63.0) < 0.1 && (difference(1000.0) - 3.1).abs() < 0.3, "{}", difference(1000.0));
        assert!((10.0..14.0).contains(&difference(8000.0)), "{}", difference(8000.0));
        assert!(EARS.iter().all(|(near, far)| (near + far - 1.0).abs() < 1e-6 && near >= far));
    }

    #[test]
    fn a_place_of_its_own_helps_at_the_top_and_not_in_the_bass() {
        let at = |band: usize, power: f32| {
            let mut mid = vec![0.0; 40 * BANDS];
            mid.chunks_mut(BANDS).for_each(|frame| frame[band - 1..=band + 1].fill(power));
            StemMap { hop_s: 0.2, side: vec![0.0; mid.len()], cross: vec![0.0; mid.len()], mid }
        };
        // 125 Hz and 4 kHz; the second stem 12 dB above the first.
        for (band, octave, helps) in [(12, 1, false), (42, 6, true)] {
            let maps = [at(band, 0.001), at(band, 0.016)];
            let scene = Scene::new(&maps, -20.0);
            let place = Place { stem: 0, octave };
            let even = || vec![[1.0; BANDS]; 2];
            let ratio = |pan: [f64; 2]| scene.ear_ratio_at(place, &Placed { mid: even(), side: even(), pan: pan.to_vec() }).unwrap();
            let (middle, mono) = (ratio([0.0, 0.0]), scene.ratio_at(place, &even()).unwrap());
            assert!((middle - mono).abs() < 1e-3 * mono.max(0.01), "{middle} {mono}");
            let apart = ratio([0.6, -0.6]);
            assert_eq!(apart > 1.5 * middle, helps, "{band}: {middle} {apart}");
            assert!((apart - ratio([-0.6, 0.6])).abs() < 1e-6, "left is as right");
            assert_eq!(place_helps(octave), helps);
        }
    }
}
