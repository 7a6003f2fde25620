//! Settings carried out on a file: the last step of a match, and the whole of `apply`.

use super::Host;
use crate::audio::{Block, Source, SourceInfo};
use crate::chain::{self, Chain, Rendered, Settings};
use crate::decode;
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use crate::error::{Error, Result};
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
            (Some(32), _) => Err(Error::setting("--bits 32", "only WAV holds floating-point samples here", "use 24, or a name ending in .wav")),
            (Some(other), _) => Err(Error::setting("--bits", format!("{other} bits cannot be written"), "use 16, 24 or 32")),
            (None, Format::Wav) if input.float && !input.lossy => Ok(Depth::Float32),
            (None, _) => Ok(Depth::Int24),
        }
    }
}

/// A render that has been written.
#[derive(Clone, Debug)]
pub struct RenderResult {
    /// What the chain did.
    pub rendered: Rendered,
    /// Changes made on the way to the file, in words.
    pub steps: Vec<String>,
}

/// Carries `settings` out on `mix` and writes the result. Rate, channels and length stay as they are.
///
/// `inputs` are the files that must not be written to, the mix among them. `listener` sees every block as it is written,
/// before rounding, so that the result can be measured in the same pass.
///
/// # Errors
/// Those of reading, of the settings' ranges, of writing, and [`Error::Cancelled`]; no file is left behind then.
pub fn render_file(
    mix: &Path,
    settings: &Settings,
    to: &Destination,
    inputs: &[&Path],
    host: Host<'_>,
    mut listener: impl FnMut(&Block<f64>),
) -> Result<RenderResult> {
    let mut source = decode::open(mix)?;
    let info = source.info().clone();
    let mut chain = Chain::new(settings, info.sample_rate, info.layout.channel_count())?;
    let spec = Spec {
        format: Format::of_path(&to.path)?,
        depth: to.depth(&info)?,
        sample_rate: info.sample_rate,
        channels: info.layout.channel_count(),
        dither: dither(settings, &info, to.depth(&info)?),
        frames: info.frames,
    };
    let mut writer = Writer::create(&to.path, spec, to.overwrite, inputs)?;
    let expected = info.frames.filter(|&n| n > 0).map(|n| n as f64);
    let rendered = host.step(&format!("Rendering {}", file_name(&to.path)), |report| {
        let mut sink = |block: &Block<f64>| {
            listener(block);
            writer.write(block)
        };
        let mut progress = |frames: u64| report(expected.map_or(0.0, |all| frames as f64 / all));
        chain::render(&mut source, &mut chain, &mut sink, &mut progress)
    })?;
    let mut steps: Vec<String> = source.steps().iter().map(|s| format!("{}: {s}", info.name)).collect();
    steps.extend(writer.finish()?.steps);
    Ok(RenderResult { rendered, steps })
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

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
