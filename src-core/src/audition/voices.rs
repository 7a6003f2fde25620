//! Which of the sides is heard, and how loud.

use super::controls::{MOST_SOURCES, Shared};
use super::deck::Delays;
use crate::dsp::Frame;
use std::f64::consts::FRAC_PI_2;
use std::sync::atomic::Ordering;

/// Length of the crossfade between sides, s.
const SWITCH_S: f64 = 0.005;
/// Length of a change of gain, s.
const GAIN_S: f64 = 0.030;

/// Source of the mix.
pub(super) const MIX: usize = 0;
/// Source of the mix through the chain.
pub(super) const FIXED: usize = 1;

/// One source: the mix, the mix through the chain, or a reference.
#[derive(Clone, Copy, Debug)]
struct Voice {
    /// How far it is faded in, 0 to 1.
    faded: f64,
    gain: f64,
    target: f64,
    step: f64,
    left: usize,
}

impl Voice {
    fn aim(&mut self, target: f64, frames: usize) {
        if target != self.target {
            (self.target, self.left) = (target, frames);
            self.step = (target - self.gain) / frames as f64;
        }
    }

    fn next_gain(&mut self) -> f64 {
        if self.left > 0 {
            self.left -= 1;
            self.gain = if self.left == 0 { self.target } else { self.gain + self.step };
        }
        self.gain
    }
}

/// All sources.
pub(super) struct Voices {
    voices: [Voice; MOST_SOURCES],
    heard: usize,
    /// Whether fades keep the power, as between different music, or the amplitude, as between mix and fixed mix.
    by_power: bool,
    switch_frames: usize,
    gain_frames: usize,
}

/// Which source the controls ask for.
fn wanted(shared: &Shared) -> usize {
    let side = shared.source.load(Ordering::Relaxed);
    if side == FIXED && shared.bypass.load(Ordering::Relaxed) { MIX } else { side.min(MOST_SOURCES - 1) }
}

fn gain(shared: &Shared, source: usize) -> f64 {
    shared.gains.get(source).map_or(1.0, |gain| f64::from_bits(gain.load(Ordering::Relaxed)))
}

impl Voices {
    pub fn new(sample_rate: u32) -> Self {
        let frames = |s: f64| ((f64::from(sample_rate) * s).round() as usize).max(1);
        let voice = Voice { faded: 0.0, gain: 1.0, target: 1.0, step: 0.0, left: 0 };
        Self { voices: [voice; MOST_SOURCES], heard: MIX, by_power: false, switch_frames: frames(SWITCH_S), gain_frames: frames(GAIN_S) }
    }

    /// Takes on what the controls say at once, while nothing is heard.
    pub fn settle(&mut self, shared: &Shared) {
        self.heard = wanted(shared);
        for (source, voice) in self.voices.iter_mut().enumerate() {
            let gain = gain(shared, source);
            *voice = Voice { faded: f64::from(u8::from(source == self.heard)), gain, target: gain, step: 0.0, left: 0 };
        }
    }

    /// Gains of the mix, the fixed mix, and the reference that is heard or else the first; amplitude ratios.
    pub fn gains(&self) -> [f64; 3] {
        let of = |source: usize| self.voices.get(source).map_or(1.0, |voice| voice.gain);
        [of(MIX), of(FIXED), of(self.heard.max(FIXED + 1))]
    }

    /// Mixes what is heard of all sources into `out`: the mix and the references as they come out of the delays at frame `at` of the
    /// stream, and `fixed`.
    pub fn mix(&mut self, shared: &Shared, delays: &Delays, at: u64, fixed: &[Frame], out: &mut [Frame]) {
        self.choose(wanted(shared));
        out.fill([0.0; 2]);
        for source in 0..(delays.lanes() + 1).min(MOST_SOURCES) {
            let Some(voice) = self.voices.get_mut(source) else { continue };
            voice.aim(gain(shared, source), self.gain_frames);
            let target = f64::from(u8::from(source == self.heard));
            if voice.faded == 0.0 && target == 0.0 {
                (voice.gain, voice.left) = (voice.target, 0);
                continue;
            }
            let fade = Fade { target, step: (1.0 / self.switch_frames as f64).copysign(target - 0.5), by_power: self.by_power };
            if source == FIXED {
                add(voice, fade, fixed.iter().copied(), out);
            } else {
                let lane = if source == MIX { 0 } else { source - FIXED };
                add(voice, fade, delays.frames(lane, at).map(|frame| frame.map(f64::from)), out);
            }
        }
    }

    fn choose(&mut self, wanted: usize) {
        if wanted == self.heard {
            return;
        }
        // Within a fade the law stays, so that no weight jumps.
        if self.voices.iter().all(|voice| voice.faded == 0.0 || voice.faded == 1.0) {
            self.by_power = wanted > FIXED || self.heard > FIXED;
        }
        self.heard = wanted;
    }
}

#[derive(Clone, Copy)]
struct Fade {
    target: f64,
    step: f64,
    by_power: bool,
}

/// Adds a source under its weight. One that is alone and at unity comes through to the bit.
fn add(voice: &mut Voice, fade: Fade, frames: impl Iterator<Item = Frame>, out: &mut [Frame]) {
    for (out, frame) in out.iter_mut().zip(frames) {
        let mut weight = voice.next_gain();
        if voice.faded != fade.target {
            voice.faded = (voice.faded + fade.step).clamp(0.0, 1.0);
        }
        if voice.faded != 1.0 {
            weight *= if fade.by_power { (voice.faded * FRAC_PI_2).sin() } else { voice.faded };
        }
        *out = [0, 1].map(|c| if out[c] == 0.0 { weight * frame[c] } else { out[c] + weight * frame[c] });
    }
}
