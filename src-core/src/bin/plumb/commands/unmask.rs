//! `plumb unmask`.

use super::outputs::Outputs;
use super::{faults, overwrite};
use crate::args::UnmaskArgs;
use crate::{Faults, words};
use plumbline::jobs::Host;
use plumbline::jobs::unmask::{StemDestination, StemsRequest, UnmaskRequest, unmask as job};
use plumbline::propose::unmask::Limits;
use plumbline::stems::Role;
use plumbline::{Error, Result};
use std::path::{Path, PathBuf};

/// Most that a band may be told to move, dB: beyond it a stem is no longer the same sound.
const MOST_BAND_DB: f64 = 12.0;

/// `plumb unmask`.
pub fn unmask(args: &UnmaskArgs, host: Host<'_>) -> Result<Faults> {
    let inputs: Vec<&Path> = args.stems.iter().chain(&args.mix).map(PathBuf::as_path).collect();
    let outputs = Outputs::new(args.told.json.as_deref(), &args.told.report, &[], &inputs)?;
    if !(0.0..=MOST_BAND_DB).contains(&args.most) {
        return Err(Error::setting(format!("--most {}", args.most), "this is out of range", "give 0 to 12 dB"));
    }
    let stems = stems(&args.stems, &args.role)?.unwrap_or_default();
    let to = args.output.as_ref().map(|folder| StemDestination { folder: folder.clone(), overwrite: overwrite(args.force) });
    let limits = Limits { band_db: args.most, ..Limits::default() };
    let doc = job(&UnmaskRequest { stems, mix: args.mix.clone(), limits, to }, host)?;
    outputs.write(&doc, words::unmasked)?;
    Ok(faults(&doc))
}

/// Stems with the roles that the user gave them; none without stems.
pub fn stems(files: &[PathBuf], roles: &[String]) -> Result<Option<StemsRequest>> {
    let roles = roles.iter().map(|text| role(text)).collect::<Result<Vec<_>>>()?;
    Ok((!files.is_empty()).then(|| StemsRequest { stems: files.to_vec(), roles }))
}

fn role(text: &str) -> Result<(String, Role)> {
    let known = || Role::ALL.map(Role::name).join(", ");
    text.rsplit_once('=')
        .and_then(|(file, role)| Some((file.to_owned(), Role::find(role.trim())?)))
        .ok_or_else(|| Error::setting(format!("--role {text}"), "this is no FILE=ROLE", format!("roles are {}", known())))
}
