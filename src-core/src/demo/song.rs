//! Plays the score: one track per stem, balanced.

use super::score::{self, BARS, Section, frame_of, note_hz, section};
use super::track::Track;
use super::voices;
use crate::dsp::biquad::Coefficients;
use crate::units::db_to_gain;

const RATE: f64 = score::SAMPLE_RATE as f64;
/// Length of a sixteenth, seconds.
const STEP_S: f64 = score::BAR_FRAMES as f64 / 16.0 / RATE;

/// Names of the stems, in the order of [`stems`].
pub const STEM_NAMES: [&str; 5] = ["kick", "drums", "bass", "chords", "lead"];

/// The balanced song, stem by stem.
pub fn stems() -> [Track; 5] {
    let mut stems = [kick(), drums(), bass(), chords(), lead()];
    const BALANCE_DB: [f64; 5] = [-13.5, -8.5, -12.5, -10.0, -9.5];
    for (stem, level_db) in stems.iter_mut().zip(BALANCE_DB) {
        let gain = db_to_gain(level_db);
        stem.shape(|_| gain);
    }
    stems
}

/// Sixteenths of a bar at which the bass drum plays.
fn kick_steps(bar: usize) -> &'static [usize] {
    match (section(bar), bar % 2) {
        (Section::Intro, _) => &[],
        (Section::Verse, 0) => &[0, 7, 8],
        (Section::Verse, _) => &[0, 8, 11],
        (Section::Chorus, 0) => &[0, 4, 8, 10, 12],
        (Section::Chorus, _) => &[0, 4, 8, 12, 14],
        (Section::Outro, _) if bar + 1 == BARS => &[0],
        (Section::Outro, _) => &[0, 8],
    }
}

fn kick() -> Track {
    let mut track = Track::new();
    for bar in 0..BARS {
        for &step in kick_steps(bar) {
            voices::kick(&mut track, frame_of(bar, step), if step == 0 { 1.0 } else { 0.9 });
        }
    }
    track
}

fn drums() -> Track {
    let mut dry = Track::new();
    let mut snare = Track::new();
    for bar in 0..BARS {
        let part = section(bar);
        let last = bar + 1 == BARS;
        if !matches!(part, Section::Intro) && !last {
            for step in [4, 12] {
                let gain = if part == Section::Chorus { 0.85 } else { 0.7 };
                voices::snare(&mut snare, frame_of(bar, step), gain, (bar * 16 + step) as u64);
            }
        }
        hats(&mut dry, bar);
        if bar == 6 || bar == 10 || last {
            voices::crash(&mut dry, frame_of(bar, 0), 0.2, 9_000 + bar as u64);
        }
    }
    let room = snare.reverb(0.9);
    dry.mix(&snare, 1.0);
    dry.mix(&room, 0.16);
    dry
}

/// Hats: sixteenths in the chorus, eighths elsewhere, an open one before each chorus bar.
fn hats(track: &mut Track, bar: usize) {
    let (every, gain) = match section(bar) {
        Section::Intro if bar == 0 => return,
        Section::Intro => (4, 0.1),
        Section::Verse => (2, 0.15),
        Section::Chorus => (1, 0.16),
        Section::Outro if bar + 1 == BARS => return,
        Section::Outro => (2, 0.13),
    };
    for step in (0..16).step_by(every) {
        let accent = match step % 4 {
            0 => 1.0,
            2 => 0.75,
            _ => 0.5,
        };
        let open = section(bar) == Section::Chorus && step == 14;
        let length = if open { 0.14 } else { 0.03 };
        voices::hat(track, frame_of(bar, step), gain * accent, length, (bar * 16 + step + 500) as u64);
    }
}

/// Sixteenths and lengths of the bass notes in a bar.
fn bass_steps(bar: usize) -> &'static [(usize, usize)] {
    match section(bar) {
        Section::Intro => &[],
        Section::Verse => &[(0, 6), (7, 1), (8, 6), (14, 2)],
        Section::Chorus => &[(0, 2), (2, 2), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 2)],
        Section::Outro if bar + 1 == BARS => &[(0, 16)],
        Section::Outro => &[(0, 8), (8, 8)],
    }
}

fn bass() -> Track {
    let mut track = Track::new();
    for bar in 0..BARS {
        for &(step, length) in bass_steps(bar) {
            let hz = note_hz(score::chord(bar).root);
            voices::bass(&mut track, frame_of(bar, step), length as f64 * STEP_S * 0.92, hz, 0.9);
        }
    }
    // Makes room for the bass drum: a short dip at each of its hits.
    let hits: Vec<usize> = (0..BARS).flat_map(|bar| kick_steps(bar).iter().map(move |&s| frame_of(bar, s))).collect();
    track.shape(|n| {
        let since = hits.iter().rev().find(|&&h| h <= n).map_or(f64::INFINITY, |&h| (n - h) as f64 / RATE);
        1.0 - 0.45 * (-since / 0.07).exp() * (since / 0.004).min(1.0)
    });
    track
}

fn chords() -> Track {
    let mut pad = Track::new();
    let mut keys = Track::new();
    for bar in 0..BARS {
        let part = section(bar);
        let (pad_gain, cutoff_hz) = match part {
            Section::Intro => (0.3, 1_800.0),
            Section::Verse => (0.16, 1_800.0),
            Section::Chorus => (0.3, 3_800.0),
            Section::Outro => (0.26, 2_400.0),
        };
        for (voice, &pitch) in score::chord(bar).notes.iter().enumerate() {
            let hz = note_hz(pitch);
            voices::pad(&mut pad, frame_of(bar, 0), 16.0 * STEP_S * 0.97, hz, pad_gain, cutoff_hz);
            let steps: &[usize] = match part {
                Section::Intro => &[],
                Section::Outro if bar + 1 == BARS => &[0],
                Section::Verse | Section::Outro => &[0, 3, 6, 10],
                Section::Chorus => &[0, 3, 6, 8, 11, 14],
            };
            for &step in steps {
                let position = [-0.5, 0.3, -0.2, 0.55][voice % 4];
                voices::keys(&mut keys, frame_of(bar, step), 2.0 * STEP_S, hz, 0.2, position);
            }
        }
    }
    pad.filter(Coefficients::high_pass(140.0, 0.7, RATE));
    let hall = pad.reverb(1.8);
    let room = keys.reverb(1.2);
    pad.mix(&hall, 0.22);
    pad.mix(&keys, 1.0);
    pad.mix(&room, 0.15);
    pad
}

fn lead() -> Track {
    let mut track = Track::new();
    for note in &score::LEAD {
        let gain = if section(note.bar) == Section::Chorus { 0.85 } else { 0.6 };
        voices::lead(&mut track, frame_of(note.bar, note.step), note.length as f64 * STEP_S * 0.9, note_hz(note.pitch), gain);
    }
    let hall = track.reverb(1.6);
    track.echo(3 * score::BAR_FRAMES / 16, 0.3);
    track.mix(&hall, 0.18);
    track
}
