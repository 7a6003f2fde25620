//! "Who covers whom, and what brings it back?": stems in, pairs, proposals, fixed stems and a new mix out.

mod files;
mod null;
mod record;
mod strands;

pub use files::StemFiles;

use super::Host;
use super::check::document;
use super::measuring::Measured;
use super::references::KnownReferences;
use crate::audio::SourceInfo;
use crate::chain::Settings;
use crate::compare;
use crate::diagnose::{Fix, StageChoice, Views, diagnose_with};
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use crate::error::Result;
use crate::measure::{self, Measurements, StemMap};
use crate::propose::unmask::{Limits, Plan, Remedy, StemMove, StemResult, StemSettings, Together, plan};
use crate::report::{Document, Masking};
use crate::stems::{OCTAVES_HZ, Pair, Place, Resum, Role, RoleBasis, Scene, StemFacts, StemMasking, find_pairs, picture, role_of, usual};
use null::WithMix;
use record::Record;
use std::path::{Path, PathBuf};
use strands::{Strands, Strung};

/// Name of the new mix beside the fixed stems.
const NEW_MIX: &str = "mix.wav";

/// Where fixed stems and the new mix go.
#[derive(Clone, Debug)]
pub struct StemDestination {
    /// The folder; made if missing.
    pub folder: PathBuf,
    /// Whether files of those names may be replaced.
    pub overwrite: Overwrite,
}

/// Which stems, and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct StemsRequest {
    /// Files, or folders of them.
    pub stems: Vec<PathBuf>,
    /// Roles that the user corrects, by file name.
    pub roles: Vec<(String, Role)>,
}

/// What to unmask.
#[derive(Clone, Debug)]
pub struct UnmaskRequest {
    /// The stems.
    pub stems: StemsRequest,
    /// The mix that they should sum to; a file called mix in the folder of stems is taken for it.
    pub mix: Option<PathBuf>,
    /// How far moves may go.
    pub limits: Limits,
    /// Where the result goes; none only plans and measures.
    pub to: Option<StemDestination>,
}

/// Measures stems against each other, proposes moves, carries them out and measures again.
///
/// The document is about the sum of the stems as it was. Stems keep their names, rates, lengths and channels.
///
/// # Errors
/// Those of reading and writing; [`crate::Error::InvalidSetting`] for fewer than two stems, two of one name, roles of unknown files and
/// results that would replace an input; [`crate::Error::Unsupported`] for stems of different rates; [`crate::Error::Cancelled`].
pub fn unmask(request: &UnmaskRequest, host: Host<'_>) -> Result<Document> {
    let files = StemFiles::find(&request.stems, request.mix.as_deref())?;
    let to =
        request.to.as_ref().map(|to| Ok(StemDestination { overwrite: files.refuse(&to.folder, NEW_MIX, to.overwrite)?, ..to.clone() }));
    let to = to.transpose()?;
    let scanned = scan(&files, host)?;
    let mut found = scanned.masking(&files, &request.stems.roles, host)?;
    let lufs = scanned.measurements.loudness.integrated.lufs();
    let maps: Vec<StemMap> = scanned.strung.iter().map(|s| s.map.clone()).collect();
    let remedy = remedy(&files, &mut found, Before { maps: &maps, lufs }, (request.limits, to.as_ref()), host)?;
    let comparison = compare::compare(&scanned.measurements, &[])?;
    let diagnosis = diagnose_with(&scanned.measurements, &comparison, Views { stems: Some(&found), ..Views::default() }, StageChoice::Mix);
    let mut steps = files.steps.clone();
    if let Some(to) = to.filter(|to| Some(to.overwrite) != request.to.as_ref().map(|asked| asked.overwrite)) {
        steps.push(format!("results of an earlier run in {} were replaced", to.folder.display()));
    }
    steps.extend(scanned.strung.iter().flat_map(|s| s.steps.iter().cloned()));
    let measured = Measured { path: files.folder(), info: scanned.info, measurements: scanned.measurements, steps };
    let mut doc = document(&files.folder(), measured, &KnownReferences::default(), comparison, diagnosis);
    name_the_moves(&mut doc, &found.pairs, &remedy.moves);
    let acted = !remedy.moves.is_empty() || !remedy.beyond.is_empty();
    doc.masking = Some(Masking::of_stems(found, acted.then_some(remedy)));
    Ok(doc)
}

/// Measures stems beside a mix that is checked: who masks whom, and whether they sum to it.
pub fn stems_of(request: &StemsRequest, mix: &Path, host: Host<'_>) -> Result<(StemMasking, Vec<String>)> {
    let files = StemFiles::find(request, Some(mix))?;
    let scanned = scan(&files, host)?;
    let found = scanned.masking(&files, &request.roles, host)?;
    let steps = files.steps.iter().cloned().chain(scanned.strung.iter().flat_map(|s| s.steps.iter().cloned())).collect();
    Ok((found, steps))
}

/// What one pass over all stems told.
struct Scanned {
    info: SourceInfo,
    measurements: Measurements,
    strung: Vec<Strung>,
    alignment: Option<crate::stems::Alignment>,
}

fn scan(files: &StemFiles, host: Host<'_>) -> Result<Scanned> {
    let strands = Strands::open(&files.stems, &[], &[])?;
    let mut source = WithMix::new(strands, files.mix.as_deref())?;
    let info = source.strands().sum_info().clone();
    let expected = info.frames.filter(|&n| n > 0).map(|n| n as f64);
    let measurements = host.step(&format!("Measuring {} stems", files.stems.len()), |report| {
        measure::parallel::measure(&mut source, &mut |frames| report(expected.map_or(0.0, |all| frames as f64 / all)))
    })?;
    let (strands, alignment) = source.into_parts();
    Ok(Scanned { info, measurements, strung: strands.finish()?, alignment })
}

impl Scanned {
    fn masking(&self, files: &StemFiles, roles: &[(String, Role)], host: Host<'_>) -> Result<StemMasking> {
        let lufs = self.measurements.loudness.integrated.lufs();
        let names = files.names();
        let stems: Vec<StemFacts> = self.strung.iter().zip(&names).map(|(s, name)| facts(s, name, roles, lufs)).collect();
        let maps: Vec<StemMap> = self.strung.iter().map(|s| s.map.clone()).collect();
        let sum: Option<Resum> = files.mix.as_deref().map(|mix| null::test(files, mix, self.alignment, host)).transpose()?;
        host.step("Who covers whom", |_| {
            let scene = Scene::new(&maps, lufs);
            let found = find_pairs(&scene, &names);
            let picture = picture(&scene, &found.pairs);
            Ok(StemMasking { stems, sum, pairs: found.pairs, matrix: found.matrix, picture })
        })
    }
}

fn facts(strung: &Strung, name: &str, roles: &[(String, Role)], mix_lufs: f64) -> StemFacts {
    let said = roles.iter().find(|(file, _)| file == name).map(|(_, role)| (*role, RoleBasis::User));
    let (role, role_from) = said.unwrap_or_else(|| role_of(name, &strung.map));
    let level = strung.loudness.lufs() - mix_lufs;
    StemFacts {
        name: name.to_owned(),
        role,
        role_from,
        level_lu: level.is_finite().then_some(level),
        usual_lu: usual(role).map(|u| u.range_lu()),
    }
}

/// The stems as they came.
struct Before<'a> {
    maps: &'a [StemMap],
    lufs: f64,
}

/// Plans, renders, measures again.
fn remedy(
    files: &StemFiles,
    found: &mut StemMasking,
    Before { maps, lufs }: Before<'_>,
    (limits, to): (Limits, Option<&StemDestination>),
    host: Host<'_>,
) -> Result<Remedy> {
    let critical = found.pairs.iter().filter(|p| p.critical).count();
    if critical == 0 && to.is_none() {
        return Ok(Remedy::default());
    }
    let rate = Strands::open(&files.stems, &[], &[])?.sum_info().sample_rate;
    let planned = if critical == 0 {
        Plan { settings: vec![Settings::default(); files.stems.len()], pan: vec![0.0; files.stems.len()], ..Plan::default() }
    } else {
        host.step("Trying moves", |_| Ok(plan(&Scene::new(maps, lufs), &found.stems, &found.pairs, limits, rate)))?
    };
    let mut strands = Strands::open(&files.stems, &planned.settings, &planned.pan)?;
    let info = strands.sum_info().clone();
    if let Some(to) = to {
        let (stems, sum) = writers(files, &strands, &planned, to)?;
        strands.write_to(stems, sum);
    }
    let expected = info.frames.filter(|&n| n > 0).map(|n| n as f64);
    let step = if to.is_some() { "Rendering stems and mix" } else { "Measuring the moves" };
    let after = host.step(step, |report| {
        measure::parallel::measure(&mut strands, &mut |frames| report(expected.map_or(0.0, |all| frames as f64 / all)))
    })?;
    let after_lufs = after.loudness.integrated.lufs();
    let (after_maps, after_stems): (Vec<StemMap>, Vec<f64>) = strands.finish()?.into_iter().map(|s| (s.map, s.loudness.lufs())).unzip();
    if let Some(to) = to {
        let name = |path: PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
        Record::keep(&to.folder, files.targets(&to.folder, NEW_MIX).into_iter().filter_map(name))?;
    }
    let scene = Scene::new(&after_maps, after_lufs);
    let again = Again { ratios: scene.ratios(&scene.untouched()), pairs: find_pairs(&scene, &files.names()).pairs, stems: after_stems };
    let apart = Apart { before: Scene::new(maps, lufs), after: scene };
    Ok(told(found, planned, &again, &apart, files, [lufs, after_lufs]))
}

/// What was measured after the moves.
struct Again {
    ratios: Vec<[Option<f64>; OCTAVES_HZ.len()]>,
    pairs: Vec<Pair>,
    /// Loudness of every stem, LUFS.
    stems: Vec<f64>,
}

impl Again {
    /// What is left now where a pair was found.
    fn ratio(&self, names: &[String], pair: &Pair) -> Option<f64> {
        let stem = names.iter().position(|n| *n == pair.maskee)?;
        self.ratios.get(stem)?.get(octave_of(pair)?).copied().flatten()
    }
}

/// The stems before and after, for what both ears hear.
struct Apart<'a> {
    before: Scene<'a>,
    after: Scene<'a>,
}

impl Apart<'_> {
    /// What is left of the covered stem of a pair between loudspeakers, where it or what covers it was panned.
    fn ratios(&self, names: &[String], pair: &Pair, pan: &[f64]) -> Option<[f64; 2]> {
        let index = |name: &str| names.iter().position(|n| n == name);
        let moved = |name: &str| index(name).and_then(|i| pan.get(i)).is_some_and(|p| *p != 0.0);
        if !(moved(&pair.maskee) || moved(&pair.masker)) {
            return None;
        }
        let place = Place { stem: index(&pair.maskee)?, octave: octave_of(pair)? };
        let ratio = |scene: &Scene<'_>| scene.ear_ratio_at(place, &scene.unplaced());
        Some([ratio(&self.before)?, ratio(&self.after)?])
    }
}

fn octave_of(pair: &Pair) -> Option<usize> {
    OCTAVES_HZ.iter().position(|hz| (pair.band_hz[0]..pair.band_hz[1]).contains(hz))
}

/// Puts what was measured after the moves beside what was before.
fn told(found: &mut StemMasking, planned: Plan, again: &Again, apart: &Apart<'_>, files: &StemFiles, lufs: [f64; 2]) -> Remedy {
    let names = files.names();
    let mut results: Vec<StemResult> = Vec::new();
    for pair in &mut found.pairs {
        pair.after = again.ratio(&names, pair);
        let known = results.iter().any(|r| r.maskee == pair.maskee && r.band_hz == pair.band_hz);
        if pair.critical && !known {
            let between_speakers = apart.ratios(&names, pair, &planned.pan);
            let (maskee, band_hz) = (pair.maskee.clone(), pair.band_hz);
            results.push(StemResult { maskee, band_hz, before: pair.ratio, after: pair.after, between_speakers });
        }
    }
    let finite = |lufs: f64| lufs.is_finite().then_some(lufs);
    let together = Together {
        critical_before: found.pairs.iter().filter(|p| p.critical).count(),
        critical_after: again.pairs.iter().filter(|p| p.critical).count(),
        lufs_before: finite(lufs[0]),
        lufs_after: finite(lufs[1]),
    };
    let change_lu = |i: usize| Some(again.stems.get(i)? - found.stems.get(i)?.level_lu? - lufs[0]).filter(|lu| lu.is_finite());
    let settings: Vec<StemSettings> = (0..names.len())
        .filter(|i| planned.changes(*i))
        .filter_map(|i| {
            let (stem, settings) = (names.get(i)?.clone(), planned.settings.get(i)?.clone());
            Some(StemSettings { stem, settings, pan: planned.pan.get(i).copied().unwrap_or(0.0), change_lu: change_lu(i) })
        })
        .collect();
    Remedy { moves: planned.moves, dropped: planned.dropped, results, together, beyond: planned.beyond, settings }
}

/// Writers for every stem in its own format and for the new mix.
fn writers(files: &StemFiles, strands: &Strands, planned: &Plan, to: &StemDestination) -> Result<(Vec<Writer>, Writer)> {
    std::fs::create_dir_all(&to.folder).map_err(|e| crate::Error::io(&to.folder, "cannot make the folder", e))?;
    let inputs = files.inputs();
    let create = |path: &Path, format: Format, info: &SourceInfo, changed: bool| {
        let float = info.float && !info.lossy && format == Format::Wav;
        let exact = !changed && !info.lossy && !info.float && info.bits_per_sample.is_some_and(|b| b <= 24);
        let spec = Spec {
            format,
            depth: if float { Depth::Float32 } else { Depth::Int24 },
            sample_rate: info.sample_rate,
            channels: info.layout.channel_count(),
            dither: if float || exact { Dither::None } else { Dither::Tpdf },
            frames: info.frames,
        };
        Writer::create(path, spec, to.overwrite, &inputs)
    };
    let mut stems = Vec::new();
    for (i, (path, info)) in files.stems.iter().zip(strands.infos()).enumerate() {
        let path = StemFiles::written(&to.folder, path);
        stems.push(create(&path, Format::of_path(&path)?, &info, planned.changes(i))?);
    }
    let sum = create(&to.folder.join(NEW_MIX), Format::Wav, strands.sum_info(), true)?;
    Ok((stems, sum))
}

/// Says in the finding what was done about it.
fn name_the_moves(doc: &mut Document, pairs: &[Pair], moves: &[StemMove]) {
    let Some(finding) = doc.findings.iter_mut().find(|f| f.code == "masking.stem") else { return };
    let told = |p: &&Pair| p.critical && Some(p.band_hz) == finding.band_hz && Some(100.0 * p.ratio) == finding.value;
    let Some(pair) = pairs.iter().find(told) else { return };
    // A fader, or a band in the octave where the pair meets; what was done elsewhere answers another pair.
    let there = |m: &StemMove| m.freq_hz.is_none_or(|hz| hz >= pair.band_hz[0] && hz < pair.band_hz[1]);
    let concerned = |m: &&StemMove| (m.stem == pair.masker || m.stem == pair.maskee) && there(m);
    let moves: Vec<&StemMove> = moves.iter().filter(concerned).take(2).collect();
    if let Some(first) = moves.first() {
        let text: Vec<String> = moves.iter().map(|m| format!("{}: {}", m.stem, lower_first(&m.what))).collect();
        finding.fix = Some(Fix { text: text.join("; "), freq_hz: first.freq_hz, gain_db: Some(first.gain_db), q: first.q });
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}
