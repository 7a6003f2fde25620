//! What is wrong with the faulty mix, planted stem by stem so that the stems still add up to the mix.

use super::score::{self, frame_of, seconds_of};
use super::song::STEM_NAMES;
use super::track::Track;
use crate::audio::TimeRange;
use crate::dsp::biquad::Coefficients;
use crate::units::db_to_gain;
use std::f64::consts::TAU;

const RATE: f64 = score::SAMPLE_RATE as f64;

/// A fault that was planted.
#[derive(Clone, Debug, PartialEq)]
pub struct Planted {
    /// Code of the check that should find it.
    pub code: &'static str,
    /// What was done, for people.
    pub what: &'static str,
    /// Where; none means throughout.
    pub time: Option<TimeRange>,
}

/// The click: bar 5, third beat.
const CLICK: (usize, usize) = (4, 8);
/// Where the file is cut off: half a beat into the last chord.
const CUT: (usize, usize) = (15, 6);
/// Mains frequency of the hum, Hz.
const HUM_HZ: f64 = 50.0;

/// All planted faults.
pub fn planted() -> Vec<Planted> {
    let click_s = seconds_of(CLICK.0, CLICK.1);
    let cut_s = seconds_of(CUT.0, CUT.1);
    vec![
        Planted { code: "tonal.muddy", what: "chords and bass raised by 8 dB around 260 Hz", time: None },
        Planted { code: "tonal.dull", what: "everything above 4 kHz lowered by 9 dB", time: None },
        Planted { code: "stereo.wide_bass", what: "right side of the bass delayed by 6.5 ms", time: None },
        Planted { code: "noise.hum", what: "mains hum of 50 Hz and its harmonics on the lead", time: None },
        Planted { code: "glitch.click", what: "a click in the chords", time: Some(TimeRange::new(click_s, click_s + 0.001)) },
        Planted { code: "edge.cut_end", what: "the last chord is cut off", time: Some(TimeRange::new(cut_s - 0.05, cut_s)) },
    ]
}

/// Plants the faults in the stems of the good song, in the order of [`STEM_NAMES`].
pub fn plant(stems: &mut [Track; 5]) {
    for (stem, name) in stems.iter_mut().zip(STEM_NAMES) {
        stem.filter(Coefficients::high_shelf(4_000.0, -9.0, 0.7, RATE));
        match name {
            "bass" => {
                stem.filter(Coefficients::bell(260.0, 8.0, 0.9, RATE));
                stem.delay_right((0.0065 * RATE) as usize);
            }
            "chords" => {
                stem.filter(Coefficients::bell(260.0, 8.0, 0.9, RATE));
                click(stem);
            }
            "lead" => hum(stem),
            _ => {}
        }
        // The mixer has pulled the fader down after the low mids grew.
        stem.shape(|_| db_to_gain(-2.5));
        stem.cut(frame_of(CUT.0, CUT.1));
    }
}

/// Three samples of a bad edit.
fn click(track: &mut Track) {
    let at = frame_of(CLICK.0, CLICK.1) + 1_500;
    for (n, level) in [0.35, -0.42, 0.2].into_iter().enumerate() {
        track.add(at + n, [level, level * 0.8]);
    }
}

/// Mains hum: the odd harmonics stronger than the even ones, as from a badly shielded transformer.
fn hum(track: &mut Track) {
    const HARMONICS: [(f64, f64); 6] = [(1.0, 1.0), (2.0, 0.5), (3.0, 0.7), (4.0, 0.2), (5.0, 0.4), (7.0, 0.25)];
    for n in 0..score::FRAMES {
        let t = n as f64 / RATE;
        let sum: f64 = HARMONICS.iter().map(|(k, level)| level * (TAU * HUM_HZ * k * t).sin()).sum();
        track.add(n, [0.0032 * sum; 2]);
    }
}
