//! The same graph without a card, pulled by hand.

use super::BLOCK;
use super::controls::Controls;
use super::graph::Graph;
use super::reader::Reader;
use super::types::{Listening, Opened, Side};
use crate::audio::{Block, TimeRange};
use crate::dsp::Frame;
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer, Written};
use crate::error::{Error, Result};
use std::path::Path;

/// Reads and plays in one thread: what comes out depends on nothing but what was asked for.
pub struct Offline {
    controls: Controls,
    graph: Box<Graph>,
    reader: Reader,
    opened: Opened,
}

impl Offline {
    /// Opens files; paused at the start.
    ///
    /// # Errors
    /// As [`crate::decode::open`] for the mix, [`Error::InvalidSetting`] for settings out of range.
    pub fn open(listening: &Listening) -> Result<Self> {
        Self::with(Controls::default(), listening)
    }

    pub(super) fn with(controls: Controls, listening: &Listening) -> Result<Self> {
        let (graph, reader, opened) = controls.open(listening, std::time::Instant::now())?;
        Ok(Self { controls, graph, reader, opened })
    }

    /// What was opened.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Everything that can be asked for.
    pub fn controls(&self) -> &Controls {
        &self.controls
    }

    /// Begins to play; at the end of the mix, from its start.
    pub fn play(&self) {
        // Something is open from the beginning on.
        let _ = self.controls.start();
    }

    /// Puts what is heard next into `out`.
    ///
    /// # Errors
    /// What the reader could not read, in a line; `out` is filled all the same.
    pub fn pull(&mut self, out: &mut [Frame]) -> std::result::Result<(), String> {
        let mut trouble = Ok(());
        for block in out.chunks_mut(BLOCK) {
            trouble = self.read_ahead().and(trouble);
            self.fill(block);
        }
        trouble
    }

    /// The reader's half of [`Offline::pull`]: reads as far ahead as there is room.
    ///
    /// # Errors
    /// What could not be read, in a line.
    pub fn read_ahead(&mut self) -> std::result::Result<(), String> {
        while self.reader.step() {}
        self.controls.deliver();
        self.reader.take_troubles().into_iter().next().map_or(Ok(()), Err)
    }

    /// The callback's half of [`Offline::pull`]: real-time safe.
    pub fn fill(&mut self, out: &mut [Frame]) {
        self.graph.fill(out, 0);
    }
}

/// Writes a stretch as it would be heard: 24-bit WAV with dither.
pub(super) fn save(controls: Controls, range: TimeRange, side: Side, path: &Path, overwrite: Overwrite) -> Result<Written> {
    let listening = controls.listening();
    let inputs: Vec<&Path> = [listening.mix.as_path()].into_iter().chain(listening.references.iter().map(|r| r.path.as_path())).collect();
    let mut offline = Offline::with(controls, &listening)?;
    let rate = offline.opened.rate_hz;
    let end_s = offline.opened.duration_s.map_or(range.end_s, |s| s.min(range.end_s));
    let start_s = range.start_s.max(0.0);
    let frames = ((end_s - start_s) * f64::from(rate)).round();
    if !(frames >= 1.0) {
        return Err(Error::setting("passage", "it holds no sound", "choose a stretch within the mix"));
    }
    let frames = frames as u64;
    let spec =
        Spec { format: Format::Wav, depth: Depth::Int24, sample_rate: rate, channels: 2, dither: Dither::Tpdf, frames: Some(frames) };
    let mut writer = Writer::create(path, spec, overwrite, &inputs)?;
    offline.controls.listen(side);
    offline.controls.seek(start_s);
    let mut silence = [[0.0; 2]; BLOCK];
    // Systems and bands take their place while nothing is heard.
    let read = |e: String| Error::Malformed { path: listening.mix.clone(), problem: e, hint: "export it again from your workstation" };
    for _ in 0..2 {
        offline.pull(&mut silence).map_err(read)?;
    }
    offline.play();
    let mut left = frames;
    let mut heard = [[0.0; 2]; BLOCK];
    while left > 0 {
        let count = left.min(BLOCK as u64) as usize;
        let heard = &mut heard[..count];
        offline.pull(heard).map_err(read)?;
        writer.write(&Block::from_channels([0, 1].map(|c| heard.iter().map(|frame| frame[c]).collect::<Vec<f64>>()).to_vec()))?;
        left -= count as u64;
    }
    writer.finish()
}
