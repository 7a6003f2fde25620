//! Settings carried out on a file: the last step of a match, and the whole of `apply`.

use super::Host;
use super::ahead::read_ahead;
use crate::audio::{Block, Source, SourceInfo};
use crate::chain::{Chain, Processed, Rendered, Settings};
use crate::decode;
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use crate::error::{Error, Result};
use crate::measure::{self, Measurements};
use std::path::{Path, PathBuf};

/// Where a render goes and in which form.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The file to write; its ending decides the format.
    pub path: PathBuf,
    /// Bits a sample: 16, 24, or 32 (float, WAV only); none takes those of the input, at least 24.
    pub bits: Option<u32>,
    /// Whether a file of that name may be replaced.
    pub overwrite: Overwrite,
}

impl Destination {
    /// Sample depth of the result for an input of this format.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for other depths than 16, 24 and 32 and for 32 in a format without floating point.
    pub fn depth(&self, input: &SourceInfo) -> Result<Depth> {
        let format = Format::of_path(&self.path)?;
        match (self.bits, format) {
            (Some(16), _) => Ok(Depth::Int16),
            (Some(24), _) => Ok(Depth::Int24),
            (Some(32), Format::Wav) => Ok(Depth::Float32),
            (Some(32), _) => {
                Err(Error::setting("--bits 32", "only WAV holds floating-point samples here", "use 24, or a name ending in .wav"))
            }
            (Some(other), _) => Err(Error::setting("--bits", format!("{other} bits cannot be written"), "use 16, 24 or 32")),
            (None, Format::Wav) if input.float && !input.lossy => Ok(Depth::Float32),
            (None, _) => Ok(Depth::Int24),
        }
    }

    /// Opens the file for the result of `settings` on an input of this format. `inputs` are never written to.
    fn create(&self, input: &SourceInfo, settings: &Settings, inputs: &[&Path]) -> Result<Writer> {
        let depth = self.depth(input)?;
        let spec = Spec {
            format: Format::of_path(&self.path)?,
            depth,
            sample_rate: input.sample_rate,
            channels: input.layout.channel_count(),
            dither: dither(settings, input, depth),
            frames: input.frames,
        };
        Writer::create(&self.path, spec, self.overwrite, inputs)
    }
}

/// Dither wherever rounding would otherwise distort: not for floating point, and not where unchanged samples fit the depth as they are.
fn dither(settings: &Settings, input: &SourceInfo, depth: Depth) -> Dither {
    let bits = match depth {
        Depth::Float32 => return Dither::None,
        Depth::Int16 => 16,
        Depth::Int24 => 24,
    };
    let fits = !input.lossy && !input.float && input.bits_per_sample.is_some_and(|b| b <= bits);
    if fits && settings.changes_nothing() { Dither::None } else { Dither::Tpdf }
}

/// A finished pass of a file through settings.
pub struct Pass {
    /// What the chain did.
    pub rendered: Rendered,
    /// What was measured in the result, before rounding to the depth of the file.
    pub measurements: Option<Measurements>,
    /// What had to be skipped or assumed while reading.
    pub steps: Vec<String>,
    writer: Option<Writer>,
}

impl Pass {
    /// Completes the file and gives it its name; a pass that is dropped instead leaves no file behind. Returns the steps of
    /// reading and writing.
    ///
    /// # Errors
    /// [`Error::Io`] if the disk is full or fails.
    pub fn keep(self) -> Result<Vec<String>> {
        let mut steps = self.steps;
        if let Some(writer) = self.writer {
            steps.extend(writer.finish()?.steps);
        }
        Ok(steps)
    }
}

/// What a pass is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The file alone.
    Write,
    /// The file, and everything measured of it in the same pass.
    WriteAndMeasure,
}

/// Carries `settings` out on `mix` and writes the result under a temporary name until [`Pass::keep`]. Rate, channels and length
/// stay as they are. With no destination the result is only measured.
///
/// `inputs` are the files that must not be written to, the mix among them.
///
/// # Errors
/// Those of reading, of the settings' ranges, of writing, and [`Error::Cancelled`]; no file is left behind then.
pub fn pass(mix: &Path, settings: &Settings, to: Option<&Destination>, inputs: &[&Path], purpose: Purpose, host: Host<'_>) -> Result<Pass> {
    pass_watched(mix, settings, to, inputs, purpose, &mut |_| (), host)
}

/// Sees every block of a result.
pub type Watcher<'a> = dyn FnMut(&Block<f64>) + Send + 'a;

/// [`pass`], with somebody who looks at each block of the result as it comes.
///
/// # Errors
/// As [`pass`].
pub fn pass_watched(
    mix: &Path,
    settings: &Settings,
    to: Option<&Destination>,
    inputs: &[&Path],
    purpose: Purpose,
    watcher: &mut Watcher<'_>,
    host: Host<'_>,
) -> Result<Pass> {
    let mut source = decode::open(mix)?;
    let info = source.info().clone();
    let mut chain = Chain::new(settings, info.sample_rate, info.layout.channel_count())?;
    let mut writer = to.map(|to| to.create(&info, settings, inputs)).transpose()?;
    let expected = info.frames.filter(|&n| n > 0).map(|n| n as f64);
    let step = match to {
        Some(to) => format!("Rendering {}", file_name(&to.path)),
        None => format!("Trying settings on {}", info.name),
    };
    let (rendered, measurements) = host.step(&step, |report| {
        read_ahead(&mut source, |source| {
            let processed = Processed::new(source, &mut chain);
            let mut stream = Stream { info: &info, processed, writer: writer.as_mut(), watcher, work: Block::default() };
            let mut progress = |frames: u64| report(expected.map_or(0.0, |all| frames as f64 / all));
            let measurements = match purpose {
                Purpose::WriteAndMeasure => Some(measure::parallel::measure(&mut stream, &mut progress)?),
                Purpose::Write => {
                    stream.run(&mut progress)?;
                    None
                }
            };
            Ok((stream.processed.rendered(), measurements))
        })
    })?;
    let steps = source.steps().iter().map(|s| format!("{}: {s}", info.name)).collect();
    Ok(Pass { rendered, measurements, steps, writer })
}

/// A processed stream that is written as it is read, so that whoever measures it pulls the file along.
struct Stream<'a> {
    info: &'a SourceInfo,
    processed: Processed<'a>,
    writer: Option<&'a mut Writer>,
    watcher: &'a mut Watcher<'a>,
    work: Block<f64>,
}

impl Stream<'_> {
    fn advance(&mut self) -> Result<usize> {
        let frames = self.processed.read(&mut self.work)?;
        if let Some(writer) = self.writer.as_deref_mut()
            && frames > 0
        {
            writer.write(&self.work)?;
        }
        (self.watcher)(&self.work);
        Ok(frames)
    }

    fn run(&mut self, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        while self.advance()? > 0 {
            progress(self.processed.frames_read())?;
        }
        Ok(())
    }
}

impl Source for Stream<'_> {
    fn info(&self) -> &SourceInfo {
        self.info
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        let frames = self.advance()?;
        block.resize(self.work.channel_count(), frames);
        for (to, from) in block.channels_mut().iter_mut().zip(self.work.channels()) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from as f32;
            }
        }
        Ok(frames)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
