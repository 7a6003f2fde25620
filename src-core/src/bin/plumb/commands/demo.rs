//! `plumb demo`: the main job on the built-in song, from nothing to a report.

use super::outputs::print;
use super::overwrite;
use crate::args::DemoArgs;
use crate::{Faults, words};
use plumbline::diagnose::StageChoice;
use plumbline::jobs::files::write_whole;
use plumbline::jobs::rendering::Destination;
use plumbline::jobs::unmask::{StemDestination, StemsRequest, UnmaskRequest};
use plumbline::jobs::{self, CheckRequest, DEFAULT_CEILING_DBTP, Host, MatchRequest};
use plumbline::propose::Amounts;
use plumbline::propose::planners::LoudnessTarget;
use plumbline::propose::unmask::Limits;
use plumbline::report::{self, Document, Format};
use plumbline::{Result, demo as song};
use std::path::{Path, PathBuf};

/// Writes the song, checks its mix against its reference, matches it, reports on both, and says what to open.
pub fn demo(args: &DemoArgs, host: Host<'_>) -> Result<Faults> {
    let overwrite = overwrite(args.force);
    let files = host.step("Composing the demo song", |_| song::write(&args.dir, overwrite))?;
    let place = Place { dir: &args.dir, overwrite };

    let request = CheckRequest {
        mix: files.mix.clone(),
        references: vec![files.reference.clone()],
        stage: StageChoice::Mix,
        systems: jobs::chosen_systems(&[])?,
        stems: None,
    };
    let checked = jobs::check(&request, host)?;
    let check_report = place.reports(&checked, "check")?;

    let matched_file = args.dir.join("matched.wav");
    let request = MatchRequest {
        mix: files.mix.clone(),
        references: vec![files.reference.clone()],
        amounts: Amounts::default(),
        target: LoudnessTarget::References,
        ceiling_dbtp: DEFAULT_CEILING_DBTP,
        translation: 0.0,
        systems: Vec::new(),
        to: Some(Destination { path: matched_file.clone(), bits: None, overwrite }),
    };
    let matched = jobs::match_reference(&request, host)?;
    let match_report = place.reports(&matched, "match")?;
    if let Some(proposal) = &matched.proposal {
        place.write("settings.json", proposal.settings.to_json()?.as_bytes())?;
    }

    let stems = args.dir.join("stems");
    let request = UnmaskRequest {
        stems: StemsRequest { stems: vec![stems.clone()], roles: Vec::new() },
        mix: Some(files.mix.clone()),
        limits: Limits::default(),
        to: Some(StemDestination { folder: args.dir.join("unmasked"), overwrite }),
    };
    let unmasked = jobs::unmask::unmask(&request, host)?;
    let unmask_report = place.reports(&unmasked, "unmask")?;

    let show = |path: &Path| path.display().to_string();
    print(&format!(
        "plumb check {mix} --reference {reference}\n\n{checked}\n\
         plumb match {mix} --reference {reference} --output {matched_file}\n\n{matched}\n\
         plumb unmask {stems} --mix {mix} --output {fixed}\n\n{unmasked}\n\
         Open {check_report} for what to mend in the mix,\n\
         {match_report} for what the match did, {unmask_report} for who covers whom,\n\
         and listen to {mix} and {matched_file}.\n",
        stems = show(&stems),
        fixed = show(&args.dir.join("unmasked")),
        unmasked = words::unmasked(&unmasked),
        unmask_report = show(&unmask_report),
        mix = show(&files.mix),
        reference = show(&files.reference),
        checked = words::document(&checked),
        matched = words::matched(&matched),
        matched_file = show(&matched_file),
        check_report = show(&check_report),
        match_report = show(&match_report),
    ))?;
    Ok(Faults::None)
}

/// Where the demo's files go.
struct Place<'a> {
    dir: &'a Path,
    overwrite: plumbline::encode::Overwrite,
}

impl Place<'_> {
    /// Writes a document in every format; returns the page to open.
    fn reports(&self, doc: &Document, name: &str) -> Result<PathBuf> {
        for (format, ending) in [(Format::Pdf, "pdf"), (Format::Markdown, "md"), (Format::Json, "json")] {
            self.write(&format!("{name}.{ending}"), &report::render(doc, format)?)?;
        }
        self.write(&format!("{name}.html"), &report::render(doc, Format::Html)?)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.dir.join(name);
        write_whole(&path, bytes, self.overwrite, &[])?;
        Ok(path)
    }
}
