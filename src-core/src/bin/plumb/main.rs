//! The command `plumb`: unpacks arguments, calls a job, prints what came of it.
//!
//! Standard output carries results only; progress and words go to standard error, and progress only to a terminal.
//! Exit codes: 0 nothing at level "fail", 1 at least one, 2 could not do it (one line says what, where, what to try).

mod args;
mod commands;
mod progress;
mod words;

use args::{Cli, Command};
use clap::Parser;
use plumbline::jobs::{Cancel, Host};
use plumbline::{Error, Result};
use std::process::ExitCode;

/// Exit code of a job that found at least one fault.
const FOUND_FAULTS: u8 = 1;
/// Exit code of a job that could not be done.
const COULD_NOT: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    let cancel = Cancel::default();
    let stopper = cancel.clone();
    // Without a handler a stop request still ends the program; temporary files are then left to the system.
    if ctrlc::set_handler(move || stopper.cancel()).is_err() {
        tracing::warn!("stop requests cannot be caught here");
    }
    let bars = progress::Bars::on_stderr();
    let host = Host::new(&bars, &cancel);
    let outcome = run(cli.command, host);
    bars.clear();
    match outcome {
        Ok(Faults::None) => ExitCode::SUCCESS,
        Ok(Faults::Some) => ExitCode::from(FOUND_FAULTS),
        Err(error) => {
            eprintln!("plumb: {}", one_line(&error));
            ExitCode::from(COULD_NOT)
        }
    }
}

/// Whether a job found anything at level "fail".
pub enum Faults {
    /// Nothing at that level.
    None,
    /// At least one finding.
    Some,
}

fn run(command: Command, host: Host<'_>) -> Result<Faults> {
    match command {
        Command::Check(args) => commands::check(&args, host),
        Command::Match(args) => commands::match_reference(&args, host),
        Command::Translate(args) => commands::translate(&args, host),
        Command::Systems(args) => commands::systems(&args),
        Command::Apply(args) => commands::apply(&args, host),
        Command::Unmask(args) => commands::unmask(&args, host),
        Command::Learn(args) => commands::learn(&args, host),
        Command::Export(args) => commands::export(&args),
        Command::Explain(args) => commands::explain(&args),
        Command::Demo(args) => commands::demo(&args, host),
        Command::Schema(args) => commands::schema(&args),
        Command::App(args) => commands::app(&args),
    }
}

/// Developers' log on stderr, off unless PLUMB_LOG asks for it.
fn start_log() {
    if let Ok(filter) = std::env::var("PLUMB_LOG") {
        // A second logger cannot exist this early, and a bad filter is no reason to refuse work.
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    }
}

/// The message on one line, whatever a file name or a system message put into it.
fn one_line(error: &Error) -> String {
    error.to_string().split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
