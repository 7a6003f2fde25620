//! The notes: sixteen bars in D minor, arranged as intro, verse, chorus and outro.

/// Sample rate of the song, Hz.
pub const SAMPLE_RATE: u32 = 44_100;
/// Frames of one bar of four beats: exactly 112 beats a minute at 44.1 kHz.
pub const BAR_FRAMES: usize = 94_500;
/// Bars of the song, without what rings on after the last.
pub const BARS: usize = 16;
/// Silence before the first note, frames (two seconds): long enough to hear what hums in it.
pub const LEAD_IN_FRAMES: usize = 88_200;
/// Frames that ring on after the last bar (three seconds).
pub const TAIL_FRAMES: usize = 132_300;
/// Frames of the whole song.
pub const FRAMES: usize = LEAD_IN_FRAMES + BARS * BAR_FRAMES + TAIL_FRAMES;

/// What happens in a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Chords alone, then hats.
    Intro,
    /// Drums, bass, plucked chords, few lead notes.
    Verse,
    /// Everything.
    Chorus,
    /// Thins out; the last bar is one long chord.
    Outro,
}

/// Section of a bar.
pub fn section(bar: usize) -> Section {
    match bar {
        0..2 => Section::Intro,
        2..6 => Section::Verse,
        6..12 => Section::Chorus,
        _ => Section::Outro,
    }
}

/// A chord: what the bass plays and what lies above it, as MIDI note numbers.
pub struct Chord {
    /// Bass note.
    pub root: u8,
    /// Notes of the chord.
    pub notes: [u8; 4],
}

const D_MINOR: Chord = Chord { root: 38, notes: [57, 60, 62, 65] };
const B_FLAT: Chord = Chord { root: 34, notes: [53, 58, 62, 65] };
const F_MAJOR: Chord = Chord { root: 41, notes: [53, 57, 60, 67] };
const C_MAJOR: Chord = Chord { root: 36, notes: [52, 55, 60, 64] };

/// Chord of a bar.
pub fn chord(bar: usize) -> &'static Chord {
    match bar {
        0 | 4 | 8 => &F_MAJOR,
        1 | 5 | 9 | 11 | 14 => &C_MAJOR,
        3 | 7 | 10 | 13 => &B_FLAT,
        _ => &D_MINOR,
    }
}

/// A note of the lead: bar, sixteenth in the bar, length in sixteenths, MIDI note.
pub struct Note {
    /// Bar.
    pub bar: usize,
    /// Sixteenth within the bar.
    pub step: usize,
    /// Length, sixteenths.
    pub length: usize,
    /// MIDI note number.
    pub pitch: u8,
}

const fn note(bar: usize, step: usize, length: usize, pitch: u8) -> Note {
    Note { bar, step, length, pitch }
}

/// The melody: two short answers in the verse, the tune in the chorus, its first notes again in the outro.
pub const LEAD: [Note; 43] = [
    note(3, 8, 2, 74),
    note(3, 10, 2, 77),
    note(3, 12, 4, 74),
    note(5, 6, 2, 72),
    note(5, 8, 2, 74),
    note(5, 10, 2, 76),
    note(5, 12, 4, 79),
    note(6, 0, 3, 81),
    note(6, 3, 3, 77),
    note(6, 6, 4, 74),
    note(6, 12, 2, 76),
    note(6, 14, 2, 77),
    note(7, 0, 3, 77),
    note(7, 3, 3, 74),
    note(7, 6, 6, 70),
    note(7, 14, 2, 74),
    note(8, 0, 3, 76),
    note(8, 3, 3, 72),
    note(8, 6, 4, 69),
    note(8, 12, 2, 72),
    note(8, 14, 2, 74),
    note(9, 0, 6, 76),
    note(9, 6, 2, 74),
    note(9, 8, 6, 72),
    note(10, 0, 3, 77),
    note(10, 3, 3, 79),
    note(10, 6, 4, 81),
    note(10, 10, 2, 79),
    note(10, 12, 4, 77),
    note(11, 0, 3, 79),
    note(11, 3, 3, 76),
    note(11, 6, 4, 72),
    note(11, 10, 2, 74),
    note(11, 12, 4, 76),
    note(12, 0, 8, 74),
    note(13, 0, 3, 77),
    note(13, 3, 3, 74),
    note(13, 6, 8, 70),
    note(14, 0, 3, 76),
    note(14, 3, 3, 72),
    note(14, 6, 4, 67),
    note(14, 12, 4, 72),
    note(15, 0, 12, 74),
];

/// First frame of a sixteenth of a bar.
pub fn frame_of(bar: usize, step: usize) -> usize {
    LEAD_IN_FRAMES + bar * BAR_FRAMES + step * BAR_FRAMES / 16
}

/// Frequency of a MIDI note in equal temperament, A4 = 440 Hz.
pub fn note_hz(pitch: u8) -> f64 {
    440.0 * 2f64.powf((f64::from(pitch) - 69.0) / 12.0)
}
