//! `plumb translate` and `plumb systems`.

use super::outputs::{Outputs, print};
use super::{faults, inputs, overwrite};
use crate::args::{SystemsArgs, SystemsCommand, TranslateArgs, Volume};
use crate::{Faults, words};
use plumbline::Result;
use plumbline::diagnose::StageChoice;
use plumbline::jobs::{self, CheckRequest, Host, TranslateRequest};
use plumbline::models::system::{Basis, System};

/// `plumb translate`: what is left of a mix on playback systems.
pub fn translate(args: &TranslateArgs, host: Host<'_>) -> Result<Faults> {
    let inputs = inputs(&args.mix, &args.reference);
    let outputs = Outputs::new(args.told.json.as_deref(), &args.told.report, &[], &inputs)?;
    let check = CheckRequest {
        mix: args.mix.clone(),
        references: args.reference.clone(),
        stage: StageChoice::Auto,
        systems: jobs::chosen_systems(&args.system)?.iter().map(|s| at_volume(s, args.volume)).collect(),
        stems: None,
    };
    let doc = jobs::translate(&TranslateRequest { check, render: args.render.clone(), overwrite: overwrite(args.force) }, host)?;
    outputs.write(&doc, words::translated)?;
    Ok(faults(&doc))
}

fn at_volume(system: &System, volume: Volume) -> System {
    match volume {
        Volume::Soft => system.at_level(system.level.low_dba),
        Volume::Usual => system.clone(),
        Volume::Loud => system.at_level(system.level.high_dba),
    }
}

/// `plumb systems`.
pub fn systems(args: &SystemsArgs) -> Result<Faults> {
    match &args.command {
        SystemsCommand::List => {
            let own: Vec<String> = jobs::own_systems()?.into_iter().map(|s| s.name).collect();
            let line = |s: &System| {
                let whose = if own.contains(&s.name) { "your own" } else { basis(s.basis()) };
                format!("{:<20} {:<26} {:>3.0} dBA  {whose}\n", s.name, s.title, s.level.dba)
            };
            print(&jobs::all_systems()?.iter().map(line).collect::<String>())?;
        }
        SystemsCommand::Show { name } => print(&format!("{}\n", jobs::find_system(name)?.to_json()?))?,
        SystemsCommand::Import { file, force } => {
            let (system, path) = jobs::import_system(file, overwrite(*force))?;
            print(&format!("Added {} to {}\n{}\nUse it with --system {}\n", system.name, path.display(), system.origin, system.name))?;
        }
    }
    Ok(Faults::None)
}

/// What a class rests on, in a word.
fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Measured => "measured",
        Basis::Partly => "partly measured",
        Basis::Estimated => "estimated",
    }
}
