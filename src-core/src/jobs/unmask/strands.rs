//! All stems of a mix read side by side, changed by their settings, mapped, written, and summed: one pass, no stem held whole.

use crate::audio::{Block, Layout, Source, SourceInfo};
use crate::chain::{Chain, Settings};
use crate::decode::{self, FileSource};
use crate::encode::Writer;
use crate::error::{Error, Result};
use crate::measure::{StemMap, invalid, loudness, stem_map};
use crate::stems::pan_gains;
use crate::units::Lufs;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Frames read of every stem at a time.
const FRAMES: usize = 16_384;

/// A stem being read.
struct Strand {
    source: FileSource,
    chain: Chain,
    /// −1 (left) to 1 (right); 0 leaves the stem where it is.
    pan: f64,
    /// What is handed out: two channels for a stem that is panned.
    layout: Layout,
    /// Decoded and processed, not yet handed out.
    ready: Block<f64>,
    read: Block<f32>,
    ended: bool,
    map: stem_map::Meter,
    loudness: loudness::Meter,
    writer: Option<Writer>,
    invalid: u64,
}

/// What is known of a stem after a pass.
#[derive(Clone, Debug)]
pub struct Strung {
    /// Its map.
    pub map: StemMap,
    /// Its integrated loudness.
    pub loudness: Lufs,
    /// What had to be skipped or assumed.
    pub steps: Vec<String>,
}

/// The stems as one source: their sum.
pub struct Strands {
    strands: Vec<Strand>,
    info: SourceInfo,
    sum: Block<f64>,
    writer: Option<Writer>,
}

impl Strands {
    /// Opens the stems; `settings` and places (−1 left to 1 right) are one for each, none leave them as they are. A mono stem that is
    /// panned is handed out in stereo.
    ///
    /// # Errors
    /// Those of reading; [`Error::Unsupported`] for stems of different rates or more than two channels.
    pub fn open(paths: &[PathBuf], settings: &[Settings], places: &[f64]) -> Result<Self> {
        let default = Settings::default();
        let mut strands = Vec::new();
        let mut rate = None;
        for (i, path) in paths.iter().enumerate() {
            let source = decode::open(path)?;
            let info = source.info().clone();
            let expected = *rate.get_or_insert(info.sample_rate);
            if info.sample_rate != expected {
                return Err(unsupported(path, format!("its rate is {} Hz, that of the first stem {expected} Hz", info.sample_rate)));
            }
            let channels = info.layout.channel_count();
            if channels > 2 {
                return Err(unsupported(path, format!("it has {channels} channels")));
            }
            let pan = places.get(i).copied().unwrap_or(0.0);
            let layout = if pan == 0.0 { info.layout } else { Layout::stereo() };
            strands.push(Strand {
                chain: Chain::new(settings.get(i).unwrap_or(&default), info.sample_rate, channels)?,
                map: stem_map::Meter::new(info.sample_rate, &layout),
                loudness: loudness::Meter::new(info.sample_rate, &layout),
                ready: Block::silent(layout.channel_count(), 0),
                pan,
                layout,
                read: Block::default(),
                ended: false,
                writer: None,
                invalid: 0,
                source,
            });
        }
        let info = sum_info(&strands)?;
        Ok(Self { strands, info, sum: Block::default(), writer: None })
    }

    /// Formats of the stems as they are handed out, in order.
    pub fn infos(&self) -> Vec<SourceInfo> {
        self.strands.iter().map(|s| SourceInfo { layout: s.layout.clone(), ..s.source.info().clone() }).collect()
    }

    /// Format of the sum: stereo if any stem is, the longest length, floating point if any stem is.
    pub fn sum_info(&self) -> &SourceInfo {
        &self.info
    }

    /// Lets every stem and the sum be written as they are read.
    pub fn write_to(&mut self, stems: Vec<Writer>, sum: Writer) {
        for (strand, writer) in self.strands.iter_mut().zip(stems) {
            strand.writer = Some(writer);
        }
        self.writer = Some(sum);
    }

    /// What was learnt; completes the files.
    ///
    /// # Errors
    /// [`Error::Io`] if a disk is full or fails.
    pub fn finish(self) -> Result<Vec<Strung>> {
        let mut out = Vec::new();
        for strand in self.strands {
            let name = strand.source.info().name.clone();
            let mut steps = strand.source.steps().to_vec();
            if strand.invalid > 0 {
                steps.push(format!("{} samples that are no numbers were taken as silence", strand.invalid));
            }
            if let Some(writer) = strand.writer {
                steps.extend(writer.finish()?.steps);
            }
            let steps = steps.into_iter().map(|s| format!("{name}: {s}")).collect();
            out.push(Strung { map: strand.map.finish(), loudness: strand.loudness.finish().integrated, steps });
        }
        if let Some(writer) = self.writer {
            writer.finish()?;
        }
        Ok(out)
    }
}

impl Strand {
    /// Reads until `FRAMES` are ready or the file ends, then maps and writes what is handed out.
    fn fill(&mut self) -> Result<()> {
        while !self.ended && self.ready.frames() < FRAMES {
            let frames = self.source.read(&mut self.read)?;
            if frames == 0 {
                self.ended = true;
                break;
            }
            let before = self.ready.frames();
            let mut work = Block::<f64>::silent(self.read.channel_count(), frames);
            for (to, from) in work.channels_mut().iter_mut().zip(self.read.channels()) {
                for (to, from) in to.iter_mut().zip(from) {
                    let valid = from.abs() <= invalid::LARGEST;
                    self.invalid += u64::from(!valid);
                    *to = if valid { f64::from(*from) } else { 0.0 };
                }
            }
            self.chain.process(&mut work);
            let work = panned(work, self.pan);
            self.ready.resize(work.channel_count(), before + frames);
            for (to, from) in self.ready.channels_mut().iter_mut().zip(work.channels()) {
                if let Some(to) = to.get_mut(before..) {
                    to.copy_from_slice(from);
                }
            }
        }
        Ok(())
    }

    /// Takes the first frames out, maps and writes them.
    fn take(&mut self, frames: usize) -> Result<Block<f64>> {
        let frames = frames.min(self.ready.frames());
        let out = Block::from_channels(self.ready.channels_mut().iter_mut().map(|c| c.drain(..frames).collect()).collect());
        if frames > 0 {
            let narrow = Block::from_channels(out.channels().iter().map(|c| c.iter().map(|s| *s as f32).collect()).collect());
            self.map.push(&narrow);
            self.loudness.push(&narrow);
            if let Some(writer) = &mut self.writer {
                writer.write(&out)?;
            }
        }
        Ok(out)
    }
}

impl Source for Strands {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        self.strands.par_iter_mut().map(Strand::fill).collect::<Result<Vec<()>>>()?;
        let frames = self.strands.iter().map(|s| s.ready.frames().min(FRAMES)).max().unwrap_or(0);
        let channels = self.info.layout.channel_count();
        let parts = self.strands.par_iter_mut().map(|s| s.take(frames)).collect::<Result<Vec<_>>>()?;
        self.sum.resize(channels, 0);
        self.sum.resize(channels, frames);
        for part in &parts {
            for (c, sum) in self.sum.channels_mut().iter_mut().enumerate() {
                // A mono stem stands in the middle.
                let own = part.channel(c.min(part.channel_count().saturating_sub(1)));
                for (sum, s) in sum.iter_mut().zip(own) {
                    *sum += s;
                }
            }
        }
        if frames > 0
            && let Some(writer) = &mut self.writer
        {
            writer.write(&self.sum)?;
        }
        block.resize(channels, frames);
        for (to, from) in block.channels_mut().iter_mut().zip(self.sum.channels()) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from as f32;
            }
        }
        Ok(frames)
    }
}

/// The format of the sum: stereo if any stem is, the longest length, floating point if any stem is.
fn sum_info(strands: &[Strand]) -> Result<SourceInfo> {
    let infos: Vec<&SourceInfo> = strands.iter().map(|s| s.source.info()).collect();
    let Some(first) = infos.first() else {
        return Err(Error::setting("stems", "none were given", "name at least two files or a folder of them"));
    };
    let stereo = strands.iter().any(|s| s.layout.channel_count() == 2);
    Ok(SourceInfo {
        name: format!("sum of {} stems", infos.len()),
        container: "sum".into(),
        codec: first.codec.clone(),
        lossy: infos.iter().any(|i| i.lossy),
        sample_rate: first.sample_rate,
        layout: if stereo { Layout::stereo() } else { Layout::mono() },
        bits_per_sample: infos.iter().filter_map(|i| i.bits_per_sample).max(),
        float: infos.iter().any(|i| i.float),
        wav_format_tag: None,
        frames: infos.iter().map(|i| i.frames).collect::<Option<Vec<u64>>>().and_then(|f| f.into_iter().max()),
    })
}

/// A stem moved to a place, mono or stereo in, stereo out; unchanged for 0.
fn panned(block: Block<f64>, pan: f64) -> Block<f64> {
    if pan == 0.0 {
        return block;
    }
    let last = block.channel_count().saturating_sub(1);
    let [left, right] = pan_gains(pan);
    let of = |channel: usize, gain: f64| block.channel(channel).iter().map(|s| gain * s).collect();
    Block::from_channels(vec![of(0, left), of(last, right)])
}

fn unsupported(path: &Path, problem: String) -> Error {
    Error::Unsupported { path: path.to_owned(), problem, hint: "export all stems at one rate, mono or stereo" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panned_stem_keeps_its_mono_sum() {
        let mono = Block::from_channels(vec![vec![0.5, -0.25]]);
        let moved = panned(mono.clone(), -0.4);
        assert_eq!(moved.channel_count(), 2);
        for (i, s) in mono.channel(0).iter().enumerate() {
            let (left, right) = (moved.channel(0)[i], moved.channel(1)[i]);
            assert!((0.5 * (left + right) - s).abs() < 1e-12 && left.abs() > right.abs());
        }
        assert_eq!(panned(mono.clone(), 0.0), mono);
    }
}
