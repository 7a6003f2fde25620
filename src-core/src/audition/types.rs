//! What goes in and comes out, as plain data.

use crate::chain::Settings;
use crate::units::Lufs;
use serde::Serialize;
use std::path::PathBuf;

/// What is listened to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listening {
    /// A, and what B is made from.
    pub mix: PathBuf,
    /// What makes B of A.
    pub settings: Settings,
    /// R, to choose from.
    pub references: Vec<Reference>,
}

/// A reference. Beyond its end it starts again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reference {
    /// The file.
    pub path: PathBuf,
    /// Its time when the mix is at 0, s.
    pub offset_s: f64,
}

/// What was opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opened {
    /// Sample rate of the mix, Hz: everything runs at it.
    pub rate_hz: u32,
    /// Channels of the mix. B is A for more than two, since settings are for one or two.
    pub channels: usize,
    /// Length of the mix, s, if its head tells.
    pub duration_s: Option<f64>,
    /// References that could not be opened: which, and why in a line.
    pub missing: Vec<(usize, String)>,
    /// What was done to the sound besides playing it, a sentence each.
    pub steps: Vec<String>,
}

/// What is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The mix.
    #[default]
    A,
    /// The mix through the chain.
    B,
    /// A reference, by its place in the list.
    R(usize),
}

/// Gains that make the sides equally loud, dB.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gains {
    /// Of the mix.
    pub a_db: f64,
    /// Of the mix through the chain.
    pub b_db: f64,
    /// Of the references; 0 dB for those that are not listed.
    pub r_db: Vec<f64>,
}

impl Gains {
    /// Gains that bring all to the loudness of the quietest: nothing is turned up, so nothing clips that did not before. What is silent
    /// or was not measured stays at 0 dB and does not count.
    pub fn matched(a: Lufs, b: Lufs, r: &[Lufs]) -> Self {
        let all = [a, b].into_iter().chain(r.iter().copied()).filter(|l| l.is_finite());
        let quietest = all.map(Lufs::lufs).fold(f64::INFINITY, f64::min);
        let gain = |l: Lufs| if l.is_finite() { quietest - l.lufs() } else { 0.0 };
        Self { a_db: gain(a), b_db: gain(b), r_db: r.iter().map(|l| gain(*l)).collect() }
    }
}

/// What became of the sound card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// There is none, or it has not been opened yet.
    #[default]
    Absent,
    /// It plays.
    Ready,
    /// It was there and went away.
    Lost,
}

/// The state of the sound card.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SoundState {
    /// Whether there is one.
    pub device: Device,
    /// Its name.
    pub name: Option<String>,
    /// One line for people; empty if all is well.
    pub message: String,
    /// Its sample rate, Hz.
    pub rate_hz: Option<u32>,
    /// Whether the sound is resampled because the card does not do the rate of the mix.
    pub resampled: bool,
    /// Times that the reader was late and silence was played.
    pub underruns: u64,
    /// Times that the card ran dry while something was heard, because the system let it wait.
    pub dry: u64,
    /// Faults that the card reported and that did not stop it.
    pub faults: u64,
}

/// What the engine tells by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The sound card has changed.
    Sound(SoundState),
    /// Playing began or ended: on request, at the end of the file, or because the card is gone.
    Playing(bool),
    /// A file could not be read on; silence is played in its place.
    Trouble(String),
}
