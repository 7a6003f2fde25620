//! Files in, measurements out: the first half of every job.

use super::Host;
use super::memory::Stamp;
use crate::audio::{Block, Source, SourceInfo};
use crate::decode;
use crate::error::Result;
use crate::measure::{self, Measurements, Measurer};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// A file that has been measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub info: SourceInfo,
    /// What was measured.
    pub measurements: Measurements,
    /// What had to be skipped or assumed while reading.
    pub steps: Vec<String>,
}

/// How measuring one file uses the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Threads {
    /// Decoding and the groups of meters side by side: the fastest way through one file.
    Several,
    /// All on one thread: the best use of the cores when there are several files.
    One,
}

/// Measures one file with all cores.
///
/// # Errors
/// Those of [`decode::open`] and of reading, and [`crate::Error::Cancelled`].
pub fn measure_file(path: &Path, host: Host<'_>) -> Result<Measured> {
    measure_on(path, Threads::Several, host)
}

/// Measures several files side by side; results are in the order of `paths`. The first error in that order is returned.
pub fn measure_files(paths: &[&Path], host: Host<'_>) -> Result<Vec<Measured>> {
    measure_files_telling(paths, host, &|_| {})
}

/// The same; `first` is told of the first file as soon as that is measured.
pub(super) fn measure_files_telling(paths: &[&Path], host: Host<'_>, first: &(dyn Fn(&Measured) + Sync)) -> Result<Vec<Measured>> {
    let measure = |(index, path): (usize, &&Path), threads: Threads| {
        let measured = measure_on(path, threads, host)?;
        if index == 0 {
            first(&measured);
        }
        Ok(measured)
    };
    match paths {
        [one] => Ok(vec![measure((0, one), Threads::Several)?]),
        many => many.par_iter().enumerate().map(|file| measure(file, Threads::One)).collect(),
    }
}

/// What is remembered of the file as it is now, or what is measured of it.
fn measure_on(path: &Path, threads: Threads, host: Host<'_>) -> Result<Measured> {
    let Some(memory) = host.memory else { return measure_anew(path, threads, host) };
    // Looked at before it is read: a file that is written meanwhile is measured again the next time.
    let stamp = Stamp::of(path)?;
    if let Some(known) = memory.recall(path, stamp) {
        return Ok(known);
    }
    let measured = measure_anew(path, threads, host)?;
    memory.keep(stamp, &measured);
    Ok(measured)
}

fn measure_anew(path: &Path, threads: Threads, host: Host<'_>) -> Result<Measured> {
    let mut source = decode::open(path)?;
    let info = source.info().clone();
    let expected = info.frames.filter(|&n| n > 0).map(|n| n as f64);
    let measurements = host.step(&format!("Measuring {}", info.name), |report| {
        let mut progress = |frames: u64| report(expected.map_or(0.0, |all| frames as f64 / all));
        match threads {
            Threads::Several => measure::parallel::measure(&mut source, &mut progress),
            Threads::One => on_this_thread(&mut source, &mut progress),
        }
    })?;
    let mut steps = source.steps().to_vec();
    for step in &mut steps {
        *step = format!("{}: {step}", info.name);
    }
    Ok(Measured { path: path.to_owned(), info, measurements, steps })
}

fn on_this_thread(source: &mut dyn Source, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<Measurements> {
    let mut measurer = Measurer::new(source.info());
    let mut block = Block::default();
    let mut frames = 0;
    loop {
        let count = source.read(&mut block)?;
        if count == 0 {
            return Ok(measurer.finish());
        }
        measurer.push(&block);
        frames += count as u64;
        progress(frames)?;
    }
}
