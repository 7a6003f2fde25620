//! "What is left of it elsewhere?": the mix on playback systems, and the mix as heard there.

use super::Host;
use super::check::{CheckRequest, check};
use crate::audio::{Block, Source};
use crate::decode;
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use crate::error::{Error, Result};
use crate::models::system::System;
use crate::playback::{Drive, Model, Simulation};
use crate::report::Document;
use crate::units::number;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// What to play where.
#[derive(Clone, Debug)]
pub struct TranslateRequest {
    /// The file, its references and the systems.
    pub check: CheckRequest,
    /// Folder for the mix as heard on each system; none renders nothing.
    pub render: Option<PathBuf>,
    /// Whether renders may replace files.
    pub overwrite: Overwrite,
}

/// Plays a file on every system and says what is lost; with a folder, also writes it as heard there, one file each.
///
/// # Errors
/// Those of reading and writing; [`Error::Unsupported`] for renders of surround files; [`Error::Cancelled`].
pub fn translate(request: &TranslateRequest, host: Host<'_>) -> Result<Document> {
    let mut document = check(&request.check, host)?;
    if let Some(folder) = &request.render {
        let lufs = document.measurements.loudness.integrated.lufs();
        document.steps.extend(render(request, folder, lufs, host)?);
    }
    Ok(document)
}

fn render(request: &TranslateRequest, folder: &Path, lufs: f64, host: Host<'_>) -> Result<Vec<String>> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "cannot make the folder", e))?;
    let check = &request.check;
    let inputs: Vec<&Path> = std::iter::once(check.mix.as_path()).chain(check.references.iter().map(PathBuf::as_path)).collect();
    let stem = check.mix.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let one = |system: &System| {
        let path = folder.join(format!("{stem}.{}.wav", system.name));
        let step = format!("Playing {} {}", stem, system.place);
        let model = Model::new(system).driven(Drive::usual(system, lufs));
        let how = |simulation: &Simulation| {
            let down = number(simulation.attenuation_db(), 1);
            format!("{}: as heard {}, turned down {down}\u{a0}dB so that nothing clips", path.display(), system.place)
        };
        host.step(&step, |report| render_one(&check.mix, &path, &model, request.overwrite, &inputs, report))
            .map(|simulation| how(&simulation))
    };
    check.systems.par_iter().map(one).collect()
}

/// Writes one file as heard on one system, with the length and alignment of the input; returns the simulation, which knows what it did to the level.
fn render_one(
    mix: &Path,
    path: &Path,
    model: &Model,
    overwrite: Overwrite,
    inputs: &[&Path],
    report: &mut dyn FnMut(f64) -> Result<()>,
) -> Result<Simulation> {
    let mut source = decode::open(mix)?;
    let info = source.info().clone();
    let channels = info.layout.channel_count();
    if channels > 2 {
        let problem = format!("{channels} channels cannot be played on these systems");
        return Err(Error::Unsupported { path: mix.to_owned(), problem, hint: "give a stereo or mono file" });
    }
    let mut simulation = Simulation::new(model, info.sample_rate);
    let spec = Spec {
        format: Format::Wav,
        depth: Depth::Int24,
        sample_rate: info.sample_rate,
        channels,
        dither: Dither::Tpdf,
        frames: info.frames,
    };
    let mut writer = Writer::create(path, spec, overwrite, inputs)?;
    let (mut block, mut work) = (Block::default(), Block::default());
    let (mut to_skip, mut read, mut written) = (simulation.latency_frames(), 0u64, 0u64);
    loop {
        let frames = source.read(&mut block)?;
        read += frames as u64;
        let at_end = frames == 0;
        // The end of the file is pushed out of the simulation with silence.
        let count = if at_end { simulation.latency_frames() } else { frames };
        work.resize(channels, 0);
        work.resize(channels, count);
        for (to, from) in work.channels_mut().iter_mut().zip(block.channels()) {
            for (to, from) in to.iter_mut().zip(from.iter().take(frames)) {
                *to = if from.is_finite() { f64::from(*from) } else { 0.0 };
            }
        }
        simulation.process(&mut work);
        let skip = to_skip.min(work.frames());
        to_skip -= skip;
        for channel in work.channels_mut() {
            channel.drain(..skip);
        }
        let keep = work.frames().min(usize::try_from(read - written).unwrap_or(usize::MAX));
        work.resize(channels, keep);
        writer.write(&work)?;
        written += keep as u64;
        if at_end {
            break;
        }
        report(info.frames.filter(|n| *n > 0).map_or(0.0, |n| read as f64 / n as f64))?;
    }
    writer.finish()?;
    Ok(simulation)
}
