//! One function per command: arguments in, a job called, words out.

mod app;
mod demo;
mod matching;
mod outputs;
mod translating;
mod unmask;

pub use app::app;
pub use demo::demo;
pub use matching::match_reference;
pub use translating::{systems, translate};
pub use unmask::unmask;

use crate::args::{ApplyArgs, CheckArgs, ExplainArgs, ExportArgs, LearnArgs, SchemaArg, SchemaArgs, StageArg};
use crate::{Faults, words};
use outputs::{Outputs, print};
use plumbline::chain::Settings;
use plumbline::diagnose::{StageChoice, Status, checks};
use plumbline::encode::Overwrite;
use plumbline::jobs::files::{Output, check_outputs, write_whole};
use plumbline::jobs::rendering::Destination;
use plumbline::jobs::{self, Host};
use plumbline::report::{self, Document};
use plumbline::{Error, Result, export};
use std::path::{Path, PathBuf};

/// `plumb check`.
pub fn check(args: &CheckArgs, host: Host<'_>) -> Result<Faults> {
    let mut inputs = inputs(&args.mix, &args.reference);
    inputs.extend(args.stems.iter().map(PathBuf::as_path));
    let outputs = Outputs::new(args.told.json.as_deref(), &args.told.report, &[], &inputs)?;
    let request = jobs::CheckRequest {
        mix: args.mix.clone(),
        references: args.reference.clone(),
        stage: stage(args.stage),
        stems: unmask::stems(&args.stems, &args.role)?,
        systems: jobs::chosen_systems(&[])?,
    };
    let doc = jobs::check(&request, host)?;
    outputs.write(&doc, words::document)?;
    Ok(faults(&doc))
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
    let inputs: Vec<&Path> = args.references.iter().map(PathBuf::as_path).collect();
    check_outputs(&[Output { path: &args.output, overwrite: overwrite(args.force) }], &inputs)?;
    let learnt = jobs::learn(&jobs::LearnRequest { references: args.references.clone(), name }, host)?;
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
    print(&check.explanation())?;
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

fn read_settings(path: &Path) -> Result<Settings> {
    let json = std::fs::read_to_string(path).map_err(|e| Error::io(path, "cannot read the settings", e))?;
    Settings::parse(path, &json)
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
