//! Where results go: words or JSON to standard output, reports and JSON to files.

use plumbline::encode::Overwrite;
use plumbline::jobs::files::{Output, check_outputs, write_whole};
use plumbline::report::{self, Document};
use plumbline::{Error, Result};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file name that stands for standard output.
const STDOUT: &str = "-";

/// Where the result of a job goes beside the terminal.
pub struct Outputs<'a> {
    json: Option<&'a Path>,
    reports: Vec<(&'a Path, report::Format)>,
    inputs: &'a [&'a Path],
}

impl<'a> Outputs<'a> {
    /// Checks these results, and `more` that the job writes beside them, before any work is done, so that nobody waits for a job whose
    /// result cannot be written.
    pub fn new(json: Option<&'a Path>, reports: &'a [PathBuf], more: &[Output<'a>], inputs: &'a [&'a Path]) -> Result<Self> {
        let reports: Vec<_> = reports.iter().map(|path| Ok((path.as_path(), report::Format::of(path)?))).collect::<Result<_>>()?;
        let own = reports.iter().map(|(path, _)| *path).chain(json.filter(|path| *path != Path::new(STDOUT)));
        let all: Vec<Output<'_>> = more.iter().copied().chain(own.map(|path| Output { path, overwrite: Overwrite::Allow })).collect();
        check_outputs(&all, inputs)?;
        Ok(Self { json, reports, inputs })
    }

    /// Reports and JSON to their files; words to standard output, unless the JSON goes there.
    pub fn write(&self, doc: &Document, say: fn(&Document) -> String) -> Result<()> {
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

/// Writes to standard output. A reader that has gone away (as `| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("standard output", "cannot write", e)),
        _ => Ok(()),
    }
}
