//! Reading audio files. With `encode` the only module that touches them.
//!
//! [`open`] gives a [`FileSource`], which yields blocks as they are decoded: no file is held whole.
//! Plain WAV, RF64 and BW64 are read here; everything else by symphonia, with libopus for Opus.
//!
//! Files are hostile. Every length from a file meets a limit before anything is allocated, and a panic inside
//! a decoder is caught at this border and becomes [`Error::Malformed`].
//! Nothing is mended in silence: what had to be skipped, replaced or assumed is listed by [`FileSource::steps`].

mod gapless;
mod guard;
mod layouts;
mod opus_surround;
mod packets;
mod sniff;
mod wav;

use crate::audio::{Block, Source, SourceInfo};
use crate::error::{Error, Result};
use packets::Packets;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use wav::WavReader;

/// Frames that a block holds at least, except for the last.
const BLOCK_FRAMES: usize = 8192;

/// Most channels that are handled: 5.1.
pub const MAX_CHANNELS: usize = 6;
/// Lowest sample rate that is handled, Hz.
pub const MIN_SAMPLE_RATE: u32 = 8_000;
/// Highest sample rate that is handled, Hz.
pub const MAX_SAMPLE_RATE: u32 = 384_000;

const EXPORT_AGAIN: &str = "export it again from your workstation";
const CONVERT: &str = "convert it to WAV or FLAC";

/// An audio file being read.
pub struct FileSource {
    path: PathBuf,
    info: SourceInfo,
    reader: Reader,
    frames_read: u64,
    ended: bool,
    steps: Vec<String>,
}

enum Reader {
    Wav(WavReader),
    Packets(Box<Packets>),
}

/// Opens an audio file of any kind that is supported and reads its head and first packet.
///
/// # Errors
/// [`Error::Io`] if the system refuses, [`Error::Malformed`] if the file is damaged, empty or holds no audio,
/// [`Error::Unsupported`] for sound files of a kind, rate or channel count that is not handled.
pub fn open(path: &Path) -> Result<FileSource> {
    let mut file = open_regular(path)?;
    let mut steps = Vec::new();
    let (reader, info) = match wav::open(path, &mut file, &mut steps)? {
        wav::Found::Plain(layout, info) => (Reader::Wav(WavReader::new(file, *layout)), *info),
        wav::Found::Coded(tag) => {
            let (packets, mut info) = Packets::open(path, file, &mut steps)?;
            info.wav_format_tag = Some(tag);
            (Reader::Packets(Box::new(packets)), info)
        }
        wav::Found::Other => {
            let (packets, info) = Packets::open(path, file, &mut steps)?;
            (Reader::Packets(Box::new(packets)), info)
        }
    };
    Ok(FileSource { path: path.to_owned(), info, reader, frames_read: 0, ended: false, steps })
}

/// Opens a file that can be read again and has bytes in it.
fn open_regular(path: &Path) -> Result<File> {
    let cannot = |e| Error::io(path, "cannot read", e);
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if metadata.is_dir() {
        return Err(cannot(ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        return Err(Error::Unsupported {
            path: path.to_owned(),
            problem: "this is a device or a pipe, no file".into(),
            hint: "save the audio to a file first",
        });
    }
    if metadata.len() == 0 {
        return Err(malformed(path, "the file is empty"));
    }
    File::open(path).map_err(cannot)
}

impl FileSource {
    /// The file being read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What had to be skipped, replaced or assumed while reading so far, one sentence each; empty for a
    /// sound file. Complete once [`Source::read`] has returned 0.
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// Frames read so far.
    pub fn frames_read(&self) -> u64 {
        self.frames_read
    }

    /// Goes to a frame: the next [`Source::read`] begins there, with the samples that reading from the start would give at that place
    /// (lossy codecs: to within the rounding of their decoders; noise that AAC lets the decoder make up is made up anew). Beyond the end nothing is read. Returns the frame it stands at.
    ///
    /// Goes by the file's own index where its container has one; where that cannot be trusted to the frame, the file is read on, from
    /// its start if need be, which takes as long as decoding does.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Malformed`] as [`open`] and [`Source::read`] do.
    pub fn seek(&mut self, frame: u64) -> Result<u64> {
        self.frames_read = match &mut self.reader {
            Reader::Wav(wav) => wav.seek(frame).map_err(|e| Error::io(&self.path, "cannot read", e))?,
            Reader::Packets(packets) => match packets.seek(frame)? {
                true => frame,
                false => return self.read_on_to(frame),
            },
        };
        self.ended = false;
        Ok(self.frames_read)
    }

    /// Opens the file again and leaves out what lies before `frame`.
    fn read_on_to(&mut self, frame: u64) -> Result<u64> {
        let mut fresh = open(&self.path)?;
        if let Reader::Packets(packets) = &mut fresh.reader {
            packets.leave_out(frame);
        }
        (self.reader, self.frames_read, self.ended) = (fresh.reader, frame, false);
        Ok(frame)
    }

    /// Notes at the end what the whole file has shown.
    fn close(&mut self) {
        self.ended = true;
        if let Reader::Packets(packets) = &self.reader {
            packets.note_damage(&mut self.steps);
        }
        if let Some(announced) = self.info.frames.filter(|&n| n > self.frames_read) {
            self.steps.push(format!("the file is cut short: {} of {announced} announced frames are there", self.frames_read));
        }
    }
}

impl Source for FileSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        block.resize(self.info.layout.channel_count(), 0);
        if self.ended {
            return Ok(0);
        }
        match &mut self.reader {
            Reader::Wav(wav) => {
                wav.append(block, BLOCK_FRAMES).map_err(|e| Error::io(&self.path, "cannot read", e))?;
            }
            Reader::Packets(packets) => while block.frames() < BLOCK_FRAMES && packets.append(block, &mut self.steps)? {},
        }
        let frames = block.frames();
        self.frames_read += frames as u64;
        if frames == 0 {
            self.close();
            if self.frames_read == 0 {
                return Err(malformed(&self.path, "the file holds no audio"));
            }
        }
        Ok(frames)
    }
}

fn malformed(path: &Path, problem: impl Into<String>) -> Error {
    Error::Malformed { path: path.to_owned(), problem: problem.into(), hint: EXPORT_AGAIN }
}

fn unsupported(path: &Path, problem: impl Into<String>) -> Error {
    Error::Unsupported { path: path.to_owned(), problem: problem.into(), hint: CONVERT }
}

/// Holds rate and channel count against the limits.
fn within_limits(path: &Path, sample_rate: u32, channels: usize) -> Result<()> {
    if sample_rate == 0 || channels == 0 {
        return Err(malformed(path, format!("the file announces {channels} channels at {sample_rate} Hz")));
    }
    if channels > MAX_CHANNELS {
        return Err(too_many_channels(path, channels));
    }
    if !(MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE).contains(&sample_rate) {
        return Err(unsupported(path, format!("a sample rate of {sample_rate} Hz lies outside {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz")));
    }
    Ok(())
}

fn too_many_channels(path: &Path, channels: usize) -> Error {
    unsupported(path, format!("{channels} channels are more than the {MAX_CHANNELS} that are handled"))
}

/// Name to show for a file, without folders.
fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}
