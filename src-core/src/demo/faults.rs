//! What is wrong with the faulty mix, planted stem by stem so that the stems still add up to the mix.

use super::score::{self, frame_of};
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

/// The click: in bar 5, just after the third beat.
fn click_frame() -> usize {
    frame_of(4, 8) + 1_500
}

/// Where the file is cut off: in the last chord, before the second beat is over.
fn cut_frame() -> usize {
    frame_of(15, 6)
}

/// Mains frequency of the hum, Hz.
const HUM_HZ: f64 = 50.0;

/// All planted faults.
pub fn planted() -> Vec<Planted> {
    let click_s = click_frame() as f64 / RATE;
    let cut_s = cut_frame() as f64 / RATE;
    vec![
        Planted { code: "tonal.muddy", what: "chords and bass raised by 8 dB around 260 Hz", time: None },
        Planted { code: "tonal.dull", what: "everything above 4 kHz lowered by 9 dB", time: None },
        Planted { code: "stereo.wide_bass", what: "right side of the bass delayed by 6.5 ms", time: None },
        Planted { code: "noise.hum", what: "mains hum of 50 Hz and its harmonics on the lead, bare before the first note", time: None },
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
        stem.shape(|_| db_to_gain(-3.5));
        stem.cut(cut_frame());
    }
}

/// Three samples of a bad edit.
fn click(track: &mut Track) {
    let at = click_frame();
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
