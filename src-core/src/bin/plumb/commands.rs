//! One function per command: arguments in, a job called, words out.

use crate::args::{ApplyArgs, CheckArgs, ExplainArgs, ExportArgs, LearnArgs, MatchArgs, SchemaArg, SchemaArgs, StageArg};
use crate::{Faults, words};
use plumbline::chain::Settings;
use plumbline::diagnose::{StageChoice, Status, checks};
use plumbline::encode::Overwrite;
use plumbline::jobs::files::{refuse_inputs, write_whole};
use plumbline::jobs::rendering::Destination;
use plumbline::jobs::{self, Host};
use plumbline::models::delivery;
use plumbline::propose::Amounts;
use plumbline::propose::planners::LoudnessTarget;
use plumbline::report::{self, Document};
use plumbline::{Error, Result, export};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file name that stands for standard output.
const STDOUT: &str = "-";

/// `plumb check`.
pub fn check(args: &CheckArgs, host: Host<'_>) -> Result<Faults> {
    let inputs = inputs(&args.mix, &args.reference);
    let outputs = Outputs::new(args.json.as_deref(), &args.report, &inputs)?;
    let request = jobs::CheckRequest { mix: args.mix.clone(), references: args.reference.clone(), stage: stage(args.stage) };
    let doc = jobs::check(&request, host)?;
    outputs.write(&doc, words::document)?;
    Ok(faults(&doc))
}

/// `plumb match`. A mix with faults is what a match is for: once the result stands, they are no failure of the command.
pub fn match_reference(args: &MatchArgs, host: Host<'_>) -> Result<Faults> {
    let (target, ceiling_dbtp) = loudness(args)?;
    let inputs = inputs(&args.mix, &args.reference);
    let outputs = Outputs::new(args.json.as_deref(), &args.report, &inputs)?;
    let request = jobs::MatchRequest {
        mix: args.mix.clone(),
        references: args.reference.clone(),
        amounts: amounts(&args.amount)?,
        target,
        ceiling_dbtp,
        to: args.output.clone().filter(|_| !args.dry_run).map(|path| Destination { path, bits: args.bits, overwrite: overwrite(args.force) }),
    };
    let doc = jobs::match_reference(&request, host)?;
    if let (Some(path), Some(proposal)) = (&args.settings, &doc.proposal) {
        let json = serde_json::to_vec_pretty(&proposal.settings).map_err(|e| Error::Bug { place: "plumb match", problem: e.to_string() })?;
        write_whole(path, &json, overwrite(args.force), &inputs)?;
    }
    outputs.write(&doc, words::matched)?;
    Ok(Faults::None)
}

/// Target and ceiling: a number, or what a platform asks for.
fn loudness(args: &MatchArgs) -> Result<(LoudnessTarget, f64)> {
    let Some(text) = &args.target else { return Ok((LoudnessTarget::References, args.ceiling.unwrap_or(jobs::DEFAULT_CEILING_DBTP))) };
    if let Ok(lufs) = text.trim().parse::<f64>() {
        return Ok((LoudnessTarget::Lufs(lufs), args.ceiling.unwrap_or(jobs::DEFAULT_CEILING_DBTP)));
    }
    let platform = delivery::find(text)?;
    let target = platform.target_lufs().map_or(LoudnessTarget::References, LoudnessTarget::Lufs);
    let asked = platform.target_lufs().and_then(|lufs| platform.ceiling_dbtp(lufs));
    Ok((target, args.ceiling.or(asked).unwrap_or(jobs::DEFAULT_CEILING_DBTP)))
}

/// "tone=1,width=0.5" as amounts.
fn amounts(text: &str) -> Result<Amounts> {
    let mut amounts = Amounts::default();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let unknown = |problem: &str| Error::setting(format!("--amount {part}"), problem, "write as tone=1,dynamics=1,width=0.5,loudness=1");
        let (name, value) = part.split_once('=').ok_or_else(|| unknown("there is no ="))?;
        let value: f64 = value.trim().parse().map_err(|_| unknown("this is no number"))?;
        *match name.trim() {
            "tone" => &mut amounts.tone,
            "dynamics" => &mut amounts.dynamics,
            "width" => &mut amounts.width,
            "loudness" => &mut amounts.loudness,
            _ => return Err(unknown("there is no such dimension")),
        } = value;
    }
    Ok(amounts)
}

/// `plumb apply`.
pub fn apply(args: &ApplyArgs, host: Host<'_>) -> Result<Faults> {
    let request = jobs::ApplyRequest {
        mix: args.mix.clone(),
        settings: read_settings(&args.settings)?,
        keep: vec![args.settings.clone()],
        to: Destination { path: args.output.clone(), bits: args.bits, overwrite: overwrite(args.force) },
    };
    let steps = jobs::apply(&request, host)?;
    let mut out = format!("Wrote {}\n", args.output.display());
    for step in &steps {
        out.push_str(&format!("Step: {step}\n"));
    }
    print(&out)?;
    Ok(Faults::None)
}

/// `plumb learn`.
pub fn learn(args: &LearnArgs, host: Host<'_>) -> Result<Faults> {
    let name = args.output.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let learnt = jobs::learn(&jobs::LearnRequest { references: args.references.clone(), name }, host)?;
    let inputs: Vec<&Path> = args.references.iter().map(PathBuf::as_path).collect();
    write_whole(&args.output, learnt.profile.to_json()?.as_bytes(), overwrite(args.force), &inputs)?;
    let mut out = format!("Learnt {} references into {}\n", learnt.profile.references.len(), args.output.display());
    for step in &learnt.steps {
        out.push_str(&format!("Step: {step}\n"));
    }
    print(&out)?;
    Ok(Faults::None)
}

/// `plumb export`.
pub fn export(args: &ExportArgs) -> Result<Faults> {
    let format = export::Format::find(&args.format)?;
    let text = export::export(&read_settings(&args.settings)?, format, args.rate)?;
    match &args.output {
        Some(path) => write_whole(path, text.as_bytes(), overwrite(args.force), &[&args.settings])?,
        None => print(&text)?,
    }
    Ok(Faults::None)
}

/// `plumb explain`.
pub fn explain(args: &ExplainArgs) -> Result<Faults> {
    let Some(code) = &args.code else {
        let list: String = checks::all().map(|c| format!("{:<24} {}\n", c.code, c.help.finds)).collect();
        print(&list)?;
        return Ok(Faults::None);
    };
    let Some(check) = checks::find(code) else {
        return Err(Error::setting(code, "there is no check of this code", "run `plumb explain` for the list"));
    };
    print(&words::explanation(check))?;
    Ok(Faults::None)
}

/// `plumb schema`.
pub fn schema(args: &SchemaArgs) -> Result<Faults> {
    print(&match args.what {
        SchemaArg::Document => report::document_schema()?,
        SchemaArg::Settings => report::settings_schema()?,
    })?;
    Ok(Faults::None)
}

/// Where the result of a job goes beside the terminal.
struct Outputs<'a> {
    json: Option<&'a Path>,
    reports: Vec<(&'a Path, report::Format)>,
    inputs: &'a [&'a Path],
}

impl<'a> Outputs<'a> {
    /// Checks the names before any work is done, so that nobody waits for a job whose result cannot be written.
    fn new(json: Option<&'a Path>, reports: &'a [PathBuf], inputs: &'a [&'a Path]) -> Result<Self> {
        let reports: Vec<_> = reports.iter().map(|path| Ok((path.as_path(), report::Format::of(path)?))).collect::<Result<_>>()?;
        for path in reports.iter().map(|(path, _)| *path).chain(json.filter(|path| *path != Path::new(STDOUT))) {
            refuse_inputs(path, inputs)?;
        }
        Ok(Self { json, reports, inputs })
    }

    /// Reports and JSON to their files; words to standard output, unless the JSON goes there.
    fn write(&self, doc: &Document, say: fn(&Document) -> String) -> Result<()> {
        for (path, format) in &self.reports {
            write_whole(path, &report::render(doc, *format)?, Overwrite::Allow, self.inputs)?;
        }
        match self.json {
            Some(path) if path == Path::new(STDOUT) => return print(&report::to_json(doc)?),
            Some(path) => write_whole(path, report::to_json(doc)?.as_bytes(), Overwrite::Allow, self.inputs)?,
            None => {}
        }
        print(&say(doc))
    }
}

fn read_settings(path: &Path) -> Result<Settings> {
    let json = std::fs::read_to_string(path).map_err(|e| Error::io(path, "cannot read the settings", e))?;
    serde_json::from_str(&json).map_err(|e| Error::Malformed {
        path: path.to_owned(),
        problem: format!("these are no settings: {e}"),
        hint: "name a file made by `plumb match --settings`",
    })
}

fn inputs<'a>(mix: &'a Path, references: &'a [PathBuf]) -> Vec<&'a Path> {
    std::iter::once(mix).chain(references.iter().map(PathBuf::as_path)).collect()
}

fn stage(arg: StageArg) -> StageChoice {
    match arg {
        StageArg::Mix => StageChoice::Mix,
        StageArg::Master => StageChoice::Master,
        StageArg::Auto => StageChoice::Auto,
    }
}

fn overwrite(force: bool) -> Overwrite {
    if force { Overwrite::Allow } else { Overwrite::Refuse }
}

fn faults(doc: &Document) -> Faults {
    if doc.findings.iter().any(|f| f.status == Status::Fail) { Faults::Some } else { Faults::None }
}

/// Writes to standard output. A reader that has gone away (as `| head`) is no error.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("standard output", "cannot write", e)),
        _ => Ok(()),
    }
}
