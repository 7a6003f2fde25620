//! `plumb match`.

use super::outputs::Outputs;
use super::{inputs, overwrite};
use crate::args::MatchArgs;
use crate::{Faults, words};
use plumbline::jobs::files::{Output, write_whole};
use plumbline::jobs::rendering::Destination;
use plumbline::jobs::{self, DEFAULT_CEILING_DBTP, Host, MatchRequest, Target};
use plumbline::propose::Amounts;
use plumbline::{Error, Result};

/// `plumb match`: proposes, renders and verifies; with `--dry-run` it writes no audio.
pub fn match_reference(args: &MatchArgs, host: Host<'_>) -> Result<Faults> {
    let inputs = inputs(&args.mix, &args.reference);
    let request = request(args)?;
    let render = request.to.as_ref().map(|to| to.path.as_path());
    let kept = render.into_iter().chain(args.settings.as_deref());
    let kept: Vec<Output<'_>> = kept.map(|path| Output { path, overwrite: overwrite(args.force) }).collect();
    let outputs = Outputs::new(args.told.json.as_deref(), &args.told.report, &kept, &inputs)?;
    let doc = jobs::match_reference(&request, host)?;
    if let (Some(path), Some(proposal)) = (&args.settings, &doc.proposal) {
        let json = proposal.settings.to_json()?;
        write_whole(path, json.as_bytes(), overwrite(args.force), &inputs)?;
    }
    outputs.write(&doc, words::matched)?;
    Ok(Faults::None)
}

fn request(args: &MatchArgs) -> Result<MatchRequest> {
    let (target, platform_ceiling) = args.target.as_deref().map(Target::parse).unwrap_or_default().resolve()?;
    let to = args.output.as_ref().filter(|_| !args.dry_run);
    Ok(MatchRequest {
        mix: args.mix.clone(),
        references: args.reference.clone(),
        amounts: args.amount.as_deref().map_or_else(|| Ok(Amounts::default()), amounts)?,
        target,
        ceiling_dbtp: args.ceiling.or(platform_ceiling).unwrap_or(DEFAULT_CEILING_DBTP),
        translation: args.translation,
        systems: if args.translation > 0.0 { jobs::chosen_systems(&args.system)? } else { Vec::new() },
        to: to.map(|path| Destination { path: path.clone(), bits: args.bits, overwrite: overwrite(args.force) }),
    })
}

/// "tone=1,width=0.5": what is not named stays at 1.
fn amounts(text: &str) -> Result<Amounts> {
    let mut amounts = Amounts::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let wrong =
            |problem: &str| Error::setting("--amount", format!("{part:?} {problem}"), "write it as tone=1,dynamics=0.5,width=1,loudness=1");
        let (name, value) = part.split_once('=').ok_or_else(|| wrong("has no value"))?;
        let value: f64 = value.trim().parse().map_err(|_| wrong("is no number"))?;
        match name.trim() {
            "tone" => amounts.tone = value,
            "dynamics" => amounts.dynamics = value,
            "width" => amounts.width = value,
            "loudness" => amounts.loudness = value,
            _ => return Err(wrong("names no dimension")),
        }
    }
    Ok(amounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_name_what_they_change_and_leave_the_rest_at_one() {
        let half_width = amounts("width=0.5, tone=0").unwrap();
        assert_eq!(half_width, Amounts { tone: 0.0, dynamics: 1.0, width: 0.5, loudness: 1.0 });
        for bad in ["tone", "tone=x", "bass=1"] {
            assert!(amounts(bad).unwrap_err().to_string().contains("--amount"), "{bad}");
        }
    }
}
