//! Writing audio files: to a temporary name, renamed when complete, never over an input.
//!
//! A [`Writer`] takes blocks and holds no more than one of them (FLAC: one frame of 4096), whatever the length of the file.

mod aiff;
mod flac;
mod place;
mod quantise;
mod wav;

use crate::audio::Block;
use crate::error::{Error, Result};
use aiff::AiffWriter;
use flac::FlacWriter;
pub use place::{Place, input_refused, same_file};
use quantise::Quantiser;
pub use quantise::Sample;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use wav::WavWriter;

/// Bytes gathered before the system is asked to write.
const BUFFER_BYTES: usize = 1 << 18;
/// Most channels that can be written: 5.1.
const MAX_CHANNELS: usize = 6;

/// File format to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RIFF WAVE; RF64 when the data exceed 4 GiB.
    Wav,
    /// AIFF, up to 4 GiB.
    Aiff,
    /// FLAC.
    Flac,
}

impl Format {
    /// The format that a file name asks for: wav, aif/aiff, flac.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for any other extension.
    pub fn of_path(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "wav" | "wave" => Ok(Self::Wav),
            "aif" | "aiff" => Ok(Self::Aiff),
            "flac" => Ok(Self::Flac),
            _ => Err(Error::setting(
                path.display().to_string(),
                "the name does not end in a format that can be written",
                "use .wav, .aiff or .flac",
            )),
        }
    }
}

/// How a sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// 16-bit integer.
    Int16,
    /// 24-bit integer.
    Int24,
    /// 32-bit floating point (WAV alone).
    Float32,
}

impl Depth {
    /// Bits a sample.
    pub fn bits(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }
}

/// What is done about rounding to an integer depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dither {
    /// Round to the nearest: exact for samples that fit the depth already.
    None,
    /// Add triangular noise of 2 LSB peak to peak before rounding, so that the error is noise and no distortion
    /// (Lipshitz, Wannamaker, Vanderkooy, *Quantization and Dither: A Theoretical Survey*, JAES 40(5), 1992).
    /// The noise is the same on every run and differs between channels.
    Tpdf,
}

/// Whether an existing file may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// Existing files are left alone: an error.
    Refuse,
    /// Existing files are replaced, unless they are among the inputs.
    Allow,
}

/// What to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// File format.
    pub format: Format,
    /// Sample depth.
    pub depth: Depth,
    /// Sample rate, Hz.
    pub sample_rate: u32,
    /// Number of channels, 1 to 6, in the order of WAV.
    pub channels: usize,
    /// Rounding to integer depths.
    pub dither: Dither,
    /// Frames that will be written, if known: decides between WAV and RF64 up front.
    pub frames: Option<u64>,
}

impl Spec {
    fn check(&self) -> Result<()> {
        /// FLAC has 20 bits for the sample rate; the other formats have more.
        const MAX_RATE: u32 = (1 << 20) - 1;
        if !(1..=MAX_CHANNELS).contains(&self.channels) {
            return Err(Error::setting("channels", format!("{} channels cannot be written", self.channels), "use 1 to 6"));
        }
        if !(1..=MAX_RATE).contains(&self.sample_rate) {
            return Err(Error::setting("sample rate", format!("{} Hz cannot be written", self.sample_rate), "use 8000 to 384000 Hz"));
        }
        if self.depth == Depth::Float32 && self.format != Format::Wav {
            return Err(Error::setting("bits", "only WAV is written with floating-point samples", "use 24 bits, or a name ending in .wav"));
        }
        Ok(())
    }

    /// Bytes of one frame.
    fn frame_bytes(&self) -> u64 {
        self.channels as u64 * u64::from(self.depth.bits()) / 8
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Frames written.
    pub frames: u64,
    /// Samples over full scale that were held at full scale, because the depth is an integer one.
    pub clamped: u64,
    /// What was changed on the way to the file, one sentence each.
    pub steps: Vec<String>,
}

/// A file being written. Dropped without [`Writer::finish`], it leaves nothing behind.
pub struct Writer {
    place: Place,
    spec: Spec,
    quantiser: Quantiser,
    out: Container<BufWriter<File>>,
    frames: u64,
}

enum Container<W> {
    Wav(WavWriter<W>),
    Aiff(AiffWriter<W>),
    Flac(Box<FlacWriter<W>>),
}

impl<W: io::Write + io::Seek> Container<W> {
    fn new(out: W, spec: &Spec) -> io::Result<Self> {
        Ok(match spec.format {
            Format::Wav => Self::Wav(WavWriter::new(out, spec)?),
            Format::Aiff => Self::Aiff(AiffWriter::new(out, spec)?),
            Format::Flac => Self::Flac(Box::new(FlacWriter::new(out, spec)?)),
        })
    }

    fn write_integers(&mut self, interleaved: &[i32]) -> io::Result<()> {
        match self {
            Self::Wav(wav) => wav.write_integers(interleaved),
            Self::Aiff(aiff) => aiff.write_integers(interleaved),
            Self::Flac(flac) => flac.write_integers(interleaved),
        }
    }

    fn finish(self) -> io::Result<W> {
        match self {
            Self::Wav(wav) => wav.finish(),
            Self::Aiff(aiff) => aiff.finish(),
            Self::Flac(flac) => flac.finish(),
        }
    }
}

impl Writer {
    /// Starts a file under a temporary name in the folder of `path`.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] if `path` is one of `inputs` (whatever links lead there) or the spec
    /// contradicts itself, [`Error::Io`] if it exists and may not be replaced or the folder refuses.
    pub fn create(path: &Path, spec: Spec, overwrite: Overwrite, inputs: &[&Path]) -> Result<Self> {
        spec.check()?;
        let (place, file) = Place::create(path, overwrite, inputs)?;
        let out = Container::new(BufWriter::with_capacity(BUFFER_BYTES, file), &spec).map_err(|e| place.failed(e))?;
        Ok(Self { place, quantiser: Quantiser::new(&spec), spec, out, frames: 0 })
    }

    /// Appends a block; its channel count is the spec's.
    ///
    /// # Errors
    /// [`Error::Io`] if the disk is full or fails.
    pub fn write<T: Sample>(&mut self, block: &Block<T>) -> Result<()> {
        if block.channel_count() != self.spec.channels {
            return Err(Error::Bug {
                place: "encode",
                problem: format!("{} channels given, {} expected", block.channel_count(), self.spec.channels),
            });
        }
        self.frames += block.frames() as u64;
        let written = match &mut self.out {
            Container::Wav(wav) if self.spec.depth == Depth::Float32 => wav.write_floats(block),
            out => out.write_integers(self.quantiser.quantise(block)),
        };
        written.map_err(|e| self.place.failed(e))
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// [`Error::Io`] if the disk is full or fails; nothing is left behind then.
    pub fn finish(self) -> Result<Written> {
        let Self { place, quantiser, out, frames, .. } = self;
        let file = out.finish().and_then(|buffer| buffer.into_inner().map_err(io::IntoInnerError::into_error));
        file.and_then(|f| f.sync_all()).map_err(|e| place.failed(e))?;
        place.complete()?;
        let (clamped, not_numbers) = (quantiser.clamped(), quantiser.not_numbers());
        let mut steps = Vec::new();
        if clamped > 0 {
            steps.push(format!("{clamped} samples over full scale were held at full scale"));
        }
        if not_numbers > 0 {
            steps.push(format!("{not_numbers} samples that are no numbers were written as silence"));
        }
        Ok(Written { frames, clamped, steps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Seek, SeekFrom, Write};

    /// A disk with room for so many bytes.
    struct SmallDisk {
        content: Cursor<Vec<u8>>,
        room: u64,
    }

    impl Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.content.position() + bytes.len() as u64 > self.room {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.content.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for SmallDisk {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.content.seek(to)
        }
    }

    fn spec(format: Format) -> Spec {
        Spec { format, depth: Depth::Int24, sample_rate: 48_000, channels: 2, dither: Dither::None, frames: None }
    }

    #[test]
    fn a_full_disk_is_reported_as_such_by_every_format() {
        let noise: Vec<i32> = (0..40_000i64).map(|i| (i * 7_919_993 % 16_000_000 - 8_000_000) as i32).collect();
        for format in [Format::Wav, Format::Aiff, Format::Flac] {
            let disk = SmallDisk { content: Cursor::default(), room: 30_000 };
            let mut out = Container::new(disk, &spec(format)).unwrap();
            let failure = out.write_integers(&noise).and_then(|()| out.finish().map(|_| ()));
            assert_eq!(failure.unwrap_err().kind(), io::ErrorKind::StorageFull, "{format:?}");
        }
        let shown = Error::io("a.wav", "cannot write", io::ErrorKind::StorageFull.into()).to_string();
        assert!(shown.contains("free some space"), "{shown}");
    }

    #[test]
    fn contradictions_are_refused() {
        assert!(Spec { depth: Depth::Float32, ..spec(Format::Flac) }.check().is_err());
        assert!(Spec { channels: 0, ..spec(Format::Wav) }.check().is_err());
        assert!(Spec { channels: 7, ..spec(Format::Wav) }.check().is_err());
        assert!(Spec { sample_rate: 0, ..spec(Format::Wav) }.check().is_err());
        assert!(Format::of_path(Path::new("a.mp3")).is_err());
        assert_eq!(Format::of_path(Path::new("A.AIF")).unwrap(), Format::Aiff);
    }
}
