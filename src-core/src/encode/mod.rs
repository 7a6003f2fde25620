//! Writing audio files: to a temporary name, renamed when complete, never over an input.

mod wav;

use crate::audio::Block;
use crate::error::{Error, Result};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// File format to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RIFF WAVE; RF64 when the data exceed 4 GiB.
    Wav,
    /// AIFF.
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

/// What is done about rounding to an integer depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dither {
    /// Round to the nearest: exact for samples that fit the depth already.
    None,
    /// Add triangular noise of 2 LSB peak to peak before rounding, so that the error is noise and no distortion.
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
    path: PathBuf,
    spec: Spec,
    temporary: PathBuf,
    out: Option<wav::WavWriter<BufWriter<File>>>,
    frames: u64,
}

/// A sample type that can be written.
pub trait Sample: Copy + Default {
    /// The sample as `f64`.
    fn to_f64(self) -> f64;
}

impl Sample for f32 {
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Sample for f64 {
    fn to_f64(self) -> f64 {
        self
    }
}

impl Writer {
    /// Starts a file under a temporary name in the folder of `path`.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] if `path` is one of `inputs` (whatever links lead there) or the spec
    /// contradicts itself, [`Error::Io`] if it exists and may not be replaced or the folder refuses.
    pub fn create(path: &Path, spec: Spec, overwrite: Overwrite, inputs: &[&Path]) -> Result<Self> {
        let here = std::fs::canonicalize(path).ok();
        if here.is_some() && inputs.iter().any(|i| std::fs::canonicalize(i).ok() == here) {
            return Err(Error::setting(path.display().to_string(), "this is one of the inputs", "choose another name"));
        }
        if here.is_some() && overwrite == Overwrite::Refuse {
            return Err(Error::io(path, "cannot write", std::io::ErrorKind::AlreadyExists.into()));
        }
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".part");
        let temporary = PathBuf::from(temporary);
        let file = File::create(&temporary).map_err(|e| Error::io(path, "cannot write", e))?;
        let out = wav::WavWriter::new(BufWriter::with_capacity(1 << 18, file), &spec)
            .map_err(|e| Error::io(path, "cannot write", e))?;
        Ok(Self { path: path.to_owned(), spec, temporary, out: Some(out), frames: 0 })
    }

    /// Appends a block; its channel count is the spec's.
    ///
    /// # Errors
    /// [`Error::Io`] if the disk is full or fails.
    pub fn write<T: Sample>(&mut self, block: &Block<T>) -> Result<()> {
        if block.channel_count() != self.spec.channels {
            return Err(Error::Bug { place: "encode", problem: format!("{} channels given, {} expected", block.channel_count(), self.spec.channels) });
        }
        self.frames += block.frames() as u64;
        match &mut self.out {
            Some(out) => out.write(block).map_err(|e| Error::io(&self.path, "cannot write", e)),
            None => Ok(()),
        }
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// [`Error::Io`] if the disk is full or fails; nothing is left behind then.
    pub fn finish(mut self) -> Result<Written> {
        let clamped = match self.out.take() {
            Some(out) => {
                let clamped = out.clamped();
                out.finish().and_then(|w| w.into_inner().map_err(|e| e.into_error())).and_then(|f| f.sync_all()).map_err(|e| Error::io(&self.path, "cannot write", e))?;
                clamped
            }
            None => 0,
        };
        std::fs::rename(&self.temporary, &self.path).map_err(|e| Error::io(&self.path, "cannot write", e))?;
        let mut steps = Vec::new();
        if clamped > 0 {
            steps.push(format!("{clamped} samples over full scale were held at full scale"));
        }
        Ok(Written { frames: self.frames, clamped, steps })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // After a rename there is nothing to remove and the failure is as it should be.
        let _ = std::fs::remove_file(&self.temporary);
    }
}
