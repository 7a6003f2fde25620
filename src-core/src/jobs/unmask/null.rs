//! Do the stems sum to the mix? Their sum against the mix at a constant gain, offset and polarity.

use super::files::StemFiles;
use super::strands::Strands;
use crate::audio::{Block, Layout, Source, SourceInfo, TimeRange};
use crate::decode::{self, FileSource};
use crate::error::{Error, Result};
use crate::jobs::Host;
use crate::measure::stem_map::{self, BANDS, centres_hz};
use crate::measure::{StemMap, front_pair};
use crate::stems::{Aligner, Alignment, MissingBand, OCTAVES_HZ, Place, Resum};
use crate::units::{number, power_to_db};
use std::path::Path;

/// A rest this far below the mix is rounding, dither or a codec: the stems sum to the mix, dB.
const NULL_DB: f64 = -50.0;
/// Less alike than this, and the two are not the same music: stems that hold a sixteenth of the mix are still found in it, while
/// unrelated music stays well below 0.1 over half a minute.
const LEAST_CORRELATION: f64 = 0.25;
/// An octave differs where the rest lies above this, dB relative to the mix there.
const DIFFERS_DB: f64 = -20.0;

/// The sum of the stems, read in step with the mix so that their alignment is found on the way.
pub(super) struct WithMix {
    strands: Strands,
    mix: Option<(FileSource, Aligner, Block<f32>)>,
}

impl WithMix {
    pub fn new(strands: Strands, mix: Option<&Path>) -> Result<Self> {
        let mix = mix.map(|path| open_mix(path, &strands)).transpose()?;
        Ok(Self { strands, mix: mix.map(|source| (source, Aligner::default(), Block::default())) })
    }

    pub fn strands(&self) -> &Strands {
        &self.strands
    }

    /// The stems, and where the mix lies against them.
    pub fn into_parts(self) -> (Strands, Option<Alignment>) {
        (self.strands, self.mix.and_then(|(_, aligner, _)| aligner.finish()))
    }
}

fn open_mix(path: &Path, strands: &Strands) -> Result<FileSource> {
    let source = decode::open(path)?;
    let (mix, stems) = (source.info().sample_rate, strands.sum_info().sample_rate);
    if mix != stems {
        return Err(Error::Unsupported {
            path: path.to_owned(),
            problem: format!("its rate is {mix} Hz, that of the stems {stems} Hz"),
            hint: "export mix and stems at one rate",
        });
    }
    Ok(source)
}

impl Source for WithMix {
    fn info(&self) -> &SourceInfo {
        self.strands.sum_info()
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        let frames = self.strands.read(block)?;
        if let Some((source, aligner, read)) = &mut self.mix {
            let mut mix = Vec::new();
            // The mix may come in other pieces; the aligner takes what there is.
            while mix.len() < frames && source.read(read)? > 0 {
                mix.extend(mono(read, &source.info().layout));
            }
            aligner.push(&mono(block, &self.strands.sum_info().layout).collect::<Vec<_>>(), &mix);
        }
        Ok(frames)
    }
}

/// (L+R)/2 of the front pair; what is no number counts as silence.
fn mono<'a>(block: &'a Block<f32>, layout: &Layout) -> impl Iterator<Item = f32> + 'a {
    let (left, right) = front_pair(layout);
    let (left, right) = (block.channel(left), block.channel(right.unwrap_or(left)));
    left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)).map(|m| if m.is_finite() { m } else { 0.0 })
}

/// Takes the aligned sum of the stems from the mix and looks at what is left.
pub(super) fn test(files: &StemFiles, mix: &Path, alignment: Option<Alignment>, host: Host<'_>) -> Result<Resum> {
    let name = mix.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(alignment) = alignment.filter(|a| a.correlation.abs() >= LEAST_CORRELATION) else {
        let text = format!("The stems do not sum to {name}: the two are different music, or more than three quarters of a second apart.");
        return Ok(Resum { mix: name, text, ..none() });
    };
    let (whole, rest) = host.step(&format!("Taking the stems from {name}"), |_| difference(files, mix, alignment))?;
    Ok(judge(name, alignment, &whole, &rest))
}

fn none() -> Resum {
    Resum {
        mix: String::new(),
        nulls: false,
        gain_db: 0.0,
        inverted: false,
        offset_samples: 0,
        residual_db: Some(0.0),
        missing: Vec::new(),
        time: Vec::new(),
        text: String::new(),
    }
}

/// Maps of the mix and of the mix less the stems.
fn difference(files: &StemFiles, mix: &Path, alignment: Alignment) -> Result<(StemMap, StemMap)> {
    let mut strands = Strands::open(&files.stems, &[], &[])?;
    let mut source = open_mix(mix, &strands)?;
    let rate = strands.sum_info().sample_rate;
    let mut maps = [stem_map::Meter::new(rate, &Layout::stereo()), stem_map::Meter::new(rate, &Layout::stereo())];
    let (mut of_mix, mut of_stems) = (Queue::default(), Queue::default());
    // The later of the two is cut at its start.
    let late = usize::try_from(alignment.offset.unsigned_abs()).unwrap_or(usize::MAX);
    if alignment.offset > 0 {
        of_mix.skip = late
    } else {
        of_stems.skip = late
    }
    loop {
        let got = of_mix.read(&mut source)? + of_stems.read(&mut strands)?;
        let frames = of_mix.pair[0].len().min(of_stems.pair[0].len());
        if got == 0 {
            let [whole, rest] = maps;
            return Ok((whole.finish(), rest.finish()));
        }
        let (whole, part) = (of_mix.take(frames), of_stems.take(frames));
        let gain = alignment.gain as f32;
        let rest = |c: usize| whole.channel(c).iter().zip(part.channel(c)).map(|(m, s)| m - gain * s).collect();
        maps[1].push(&Block::from_channels(vec![rest(0), rest(1)]));
        maps[0].push(&whole);
    }
}

/// Samples of a stereo stream that wait for those of the other.
#[derive(Default)]
struct Queue {
    pair: [Vec<f32>; 2],
    skip: usize,
    block: Block<f32>,
}

impl Queue {
    /// Reads one block; returns its frames.
    fn read(&mut self, source: &mut dyn Source) -> Result<usize> {
        let frames = source.read(&mut self.block)?;
        let (left, right) = front_pair(&source.info().layout);
        for (queue, channel) in self.pair.iter_mut().zip([left, right.unwrap_or(left)]) {
            queue.extend(self.block.channel(channel).iter().map(|s| if s.is_finite() { *s } else { 0.0 }));
        }
        let cut = self.skip.min(self.pair[0].len());
        self.skip -= cut;
        self.pair.iter_mut().for_each(|q| drop(q.drain(..cut)));
        Ok(frames)
    }

    fn take(&mut self, frames: usize) -> Block<f32> {
        Block::from_channels(self.pair.iter_mut().map(|q| q.drain(..frames).collect()).collect())
    }
}

fn judge(mix: String, alignment: Alignment, whole: &StemMap, rest: &StemMap) -> Resum {
    let level = |power: &dyn Fn(&StemMap) -> f64| power_to_db(power(rest) / power(whole));
    let residual_db = level(&|m: &StemMap| total(m, 0.0, f64::INFINITY));
    let nulls = residual_db < NULL_DB;
    let mut missing: Vec<MissingBand> = (0..OCTAVES_HZ.len())
        .map(|octave| Place { stem: 0, octave }.band_hz())
        .map(|band_hz| MissingBand { band_hz, level_db: level(&|m: &StemMap| total(m, band_hz[0], band_hz[1])) })
        .filter(|m| !nulls && m.level_db > DIFFERS_DB)
        .collect();
    missing.sort_by(|a, b| b.level_db.total_cmp(&a.level_db));
    let gain_db = 20.0 * alignment.gain.abs().log10();
    let resum = Resum {
        mix,
        nulls,
        gain_db,
        inverted: alignment.gain < 0.0,
        offset_samples: alignment.offset,
        residual_db: residual_db.is_finite().then_some(residual_db),
        time: if nulls { Vec::new() } else { times(whole, rest) },
        missing,
        text: String::new(),
    };
    Resum { text: sentence(&resum), ..resum }
}

fn total(map: &StemMap, low_hz: f64, high_hz: f64) -> f64 {
    let hz = centres_hz();
    let inside: Vec<usize> = (0..BANDS).filter(|b| (low_hz..high_hz).contains(&hz[*b])).collect();
    (0..map.frames())
        .flat_map(|f| [map.mid_frame(f), map.side_frame(f)])
        .map(|frame| inside.iter().filter_map(|b| frame.get(*b)).map(|p| f64::from(*p)).sum::<f64>())
        .sum()
}

/// When the rest lies above [`DIFFERS_DB`] of the mix at that moment.
fn times(whole: &StemMap, rest: &StemMap) -> Vec<TimeRange> {
    let power = |m: &StemMap, f: usize| m.mid_frame(f).iter().chain(m.side_frame(f)).map(|p| f64::from(*p)).sum::<f64>();
    let differs = |f: &usize| power_to_db(power(rest, *f) / power(whole, *f)) > DIFFERS_DB;
    let frames = (0..whole.frames()).filter(differs);
    TimeRange::merged(frames.map(|f| StemMap::span_s(f, whole.hop_s)).collect(), 1.5)
}

fn sentence(r: &Resum) -> String {
    let mut with = Vec::new();
    if r.gain_db.abs() >= 0.05 {
        with.push(format!("the mix {}\u{a0}dB {}", number(r.gain_db.abs(), 1), if r.gain_db > 0.0 { "louder" } else { "softer" }));
    }
    if r.offset_samples != 0 {
        let word = if r.offset_samples > 0 { "late" } else { "early" };
        with.push(format!("the mix {} samples {word}", r.offset_samples.abs()));
    }
    if r.inverted {
        with.push("polarity turned".into());
    }
    let with = if with.is_empty() { String::new() } else { format!(", {}", with.join(", ")) };
    let level = r.residual_db.map_or_else(|| "nothing".into(), |db| format!("{}\u{a0}dB", number(db, 0)));
    if r.nulls {
        return format!("The stems sum to {}{with}: {level} is left.", r.mix);
    }
    let place = r
        .missing
        .first()
        .map_or_else(String::new, |m| format!(", most between {} and {}\u{a0}Hz", number(m.band_hz[0], 0), number(m.band_hz[1], 0)));
    format!("The stems do not sum to {}{with}: {level} of it is left over{place}; a stem is missing, or the mix bus is processed.", r.mix)
}
