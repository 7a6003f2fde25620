//! Reading audio files. With `encode` the only module that touches them.
//!
//! [`open`] gives a [`FileSource`], which yields blocks as they are decoded: no file is held whole.
//! Nothing is mended in silence: what had to be skipped or assumed is listed by [`FileSource::steps`].

mod layouts;
mod packets;

use crate::audio::{Block, Source, SourceInfo};
use crate::error::{Error, Result};
use packets::Packets;
use std::path::{Path, PathBuf};

/// Frames that a block holds at least, except for the last.
const BLOCK_FRAMES: usize = 8192;

/// Most channels that are handled: 5.1.
pub const MAX_CHANNELS: usize = 6;
/// Lowest sample rate that is handled, Hz.
pub const MIN_SAMPLE_RATE: u32 = 8_000;
/// Highest sample rate that is handled, Hz.
pub const MAX_SAMPLE_RATE: u32 = 384_000;

/// An audio file being read.
pub struct FileSource {
    path: PathBuf,
    info: SourceInfo,
    packets: Packets,
    frames_read: u64,
    steps: Vec<String>,
}

/// Opens an audio file of any kind that is supported and reads its head.
///
/// # Errors
/// [`Error::Io`] if the system refuses, [`Error::Malformed`] if the file is damaged, empty or no audio at
/// all, [`Error::Unsupported`] for sound files of a kind, rate or channel count that is not handled.
pub fn open(path: &Path) -> Result<FileSource> {
    let (packets, info) = Packets::open(path)?;
    Ok(FileSource { path: path.to_owned(), info, packets, frames_read: 0, steps: Vec::new() })
}

impl FileSource {
    /// The file being read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What had to be skipped, assumed or changed while reading so far, one sentence each; empty for a
    /// sound file.
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// Frames read so far.
    pub fn frames_read(&self) -> u64 {
        self.frames_read
    }
}

impl Source for FileSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        block.resize(self.info.layout.channel_count(), 0);
        while block.frames() < BLOCK_FRAMES {
            if !self.packets.append(block, &mut self.steps)? {
                break;
            }
        }
        if block.is_empty() && self.frames_read == 0 {
            return Err(Error::Malformed {
                path: self.path.clone(),
                problem: "the file holds no audio".into(),
                hint: "export it again from your workstation",
            });
        }
        self.frames_read += block.frames() as u64;
        Ok(block.frames())
    }
}
