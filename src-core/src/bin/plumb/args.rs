//! The arguments of `plumb`, as DESIGN section 4 has them.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Does your mix hang true? Compares a mix with references, finds what leans, proposes settings, applies them and measures again.
#[derive(Debug, Parser)]
#[command(name = "plumb", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The jobs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Is this mix ready for mastering? A verdict, each reason with a number, a place and a remedy
    Check(CheckArgs),
    /// Make a file sit next to its references: propose settings, render, measure again
    Match(MatchArgs),
    /// What is left of a mix on a phone, in a car, in a club, beside its references
    Translate(TranslateArgs),
    /// The playback systems: list them, show one, add your own
    Systems(SystemsArgs),
    /// Carry out saved settings on another file
    Apply(ApplyArgs),
    /// Stems: who covers whom, and the fewest moves that bring the covered ones back, tried and measured
    Unmask(UnmaskArgs),
    /// Save references as a profile for later checks and matches
    Learn(LearnArgs),
    /// Write saved settings for another tool
    Export(ExportArgs),
    /// Explain a check: what it finds, why it matters, when it is no fault, what to do
    Explain(ExplainArgs),
    /// Make a short built-in song with planted faults, then check, match and report on it
    Demo(DemoArgs),
    /// Print the JSON Schema of the documents that --json and --settings write
    Schema(SchemaArgs),
    /// Open the window
    App(AppArgs),
}

/// Which rubric to judge by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StageArg {
    /// A mix on its way to mastering
    Mix,
    /// A finished master
    Master,
    /// Find out which it is, and say why
    Auto,
}

/// Where the result is told, besides the terminal.
#[derive(Debug, Args)]
pub struct ToldArgs {
    /// Write the whole result as JSON to a file, or to standard output with "-"
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<PathBuf>,
    /// Write a report; the ending decides: .html, .pdf, .md or .json. May be given several times
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,
}

/// Arguments of `plumb check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The mix
    #[arg(value_name = "MIX")]
    pub mix: PathBuf,
    /// A reference file, a folder of them, or a profile made by `plumb learn`; may be given several times
    #[arg(short, long, value_name = "FILE|DIR|PROFILE")]
    pub reference: Vec<PathBuf>,
    /// Judge it as what
    #[arg(long, value_enum, default_value = "auto")]
    pub stage: StageArg,
    /// The mix's stems, a folder of them or files: do they sum to it, and which covers which?
    #[arg(long, value_name = "DIR|FILE")]
    pub stems: Vec<PathBuf>,
    /// What plays in a stem, where its name does not say: "gtr 2.wav=guitar". May be given several times
    #[arg(long, value_name = "FILE=ROLE", requires = "stems")]
    pub role: Vec<String>,
    /// What is told of it.
    #[command(flatten)]
    pub told: ToldArgs,
}

/// Arguments of `plumb match`.
#[derive(Debug, Args)]
pub struct MatchArgs {
    /// The file to change; it is never written to
    #[arg(value_name = "MIX")]
    pub mix: PathBuf,
    /// A reference file, a folder of them, or a profile made by `plumb learn`; may be given several times
    #[arg(short, long, value_name = "FILE|DIR|PROFILE", required = true)]
    pub reference: Vec<PathBuf>,
    /// Where the result goes; the ending decides: .wav, .aiff or .flac
    #[arg(short, long, value_name = "OUT", required_unless_present = "dry_run")]
    pub output: Option<PathBuf>,
    /// How much of each proposal to carry out, 0 to 1.5, as "tone=1,dynamics=0.5,width=1,loudness=1"
    #[arg(long, value_name = "LIST")]
    pub amount: Option<String>,
    /// Loudness to reach: a number in LUFS or a platform, as "-14" or "spotify"; without it the references decide
    #[arg(long, value_name = "LUFS|PLATFORM", allow_hyphen_values = true)]
    pub target: Option<String>,
    /// Highest true peak of the result, dBTP
    #[arg(long, value_name = "DBTP", allow_hyphen_values = true)]
    pub ceiling: Option<f64>,
    /// Also serve the worst playback system within what the reference leaves open: how much, 0 to 1
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    pub translation: f64,
    /// The systems for --translation by name or file, divided by commas; without it all that come with the tool
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', requires = "translation")]
    pub system: Vec<String>,
    /// Bits a sample of the result: 16, 24 or 32 (float); without it as the input, at least 24
    #[arg(long, value_name = "BITS")]
    pub bits: Option<u32>,
    /// Save the settings as JSON
    #[arg(long, value_name = "FILE.json")]
    pub settings: Option<PathBuf>,
    /// What is told of it.
    #[command(flatten)]
    pub told: ToldArgs,
    /// Propose only: write no audio
    #[arg(long)]
    pub dry_run: bool,
    /// Overwrite an existing result (never an input)
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `plumb unmask`.
#[derive(Debug, Args)]
pub struct UnmaskArgs {
    /// The stems, or a folder of them; a file called "mix" in a folder is taken for the mix
    #[arg(value_name = "STEM|DIR", required = true)]
    pub stems: Vec<PathBuf>,
    /// The mix, to see whether the stems sum to it
    #[arg(long, value_name = "FILE")]
    pub mix: Option<PathBuf>,
    /// Where the fixed stems and the new mix (mix.wav) go; inputs are never written to
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// What plays in a stem, where its name does not say: "gtr 2.wav=guitar". May be given several times
    #[arg(long, value_name = "FILE=ROLE")]
    pub role: Vec<String>,
    /// Most gain of an equaliser band, up or down, dB
    #[arg(long, value_name = "DB", default_value_t = 3.0)]
    pub most: f64,
    /// What is told of it.
    #[command(flatten)]
    pub told: ToldArgs,
    /// Overwrite existing results (never an input)
    #[arg(long)]
    pub force: bool,
}

/// A level within the range that is usual for a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Volume {
    /// As soft as people listen there.
    Soft,
    /// As most people listen there.
    Usual,
    /// As loud as people listen there.
    Loud,
}

/// Arguments of `plumb translate`.
#[derive(Debug, Args)]
pub struct TranslateArgs {
    /// The mix
    #[arg(value_name = "MIX")]
    pub mix: PathBuf,
    /// A reference file, a folder of them, or a profile made by `plumb learn`; may be given several times
    #[arg(short, long, value_name = "FILE|DIR|PROFILE")]
    pub reference: Vec<PathBuf>,
    /// Systems by name or file (see `plumb systems list`), divided by commas; without it all that come with the tool
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub system: Vec<String>,
    /// How loud it is listened to: small systems change their bass with it, and their limiters work when loud
    #[arg(long, value_enum, default_value_t = Volume::Usual)]
    pub volume: Volume,
    /// Write the mix as heard on each system into this folder
    #[arg(long, value_name = "DIR")]
    pub render: Option<PathBuf>,
    /// What is told of it.
    #[command(flatten)]
    pub told: ToldArgs,
    /// Overwrite existing renders (never an input)
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `plumb systems`.
#[derive(Debug, Args)]
pub struct SystemsArgs {
    /// What to do with them
    #[command(subcommand)]
    pub command: SystemsCommand,
}

/// What can be done with playback systems.
#[derive(Debug, Subcommand)]
pub enum SystemsCommand {
    /// Names, and what each rests on
    List,
    /// Everything that is known of one system, as JSON
    Show {
        /// Name or file
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Add your own: an AutoEq CSV, parametric equaliser text, REW text export, impulse response WAV, or a system file
    Import {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Replace one of the same name
        #[arg(long)]
        force: bool,
    },
}

/// Arguments of `plumb apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The file to change; it is never written to
    #[arg(value_name = "MIX")]
    pub mix: PathBuf,
    /// Settings saved by `plumb match --settings`
    #[arg(long, value_name = "FILE.json")]
    pub settings: PathBuf,
    /// Where the result goes; the ending decides: .wav, .aiff or .flac
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// Bits a sample of the result: 16, 24 or 32 (float); without it as the input, at least 24
    #[arg(long, value_name = "BITS")]
    pub bits: Option<u32>,
    /// Overwrite an existing result (never an input)
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `plumb learn`.
#[derive(Debug, Args)]
pub struct LearnArgs {
    /// A folder of references, or a file; may be given several times
    #[arg(value_name = "DIR|FILE", required = true)]
    pub references: Vec<PathBuf>,
    /// Where the profile goes
    #[arg(short, long, value_name = "PROFILE.json")]
    pub output: PathBuf,
    /// Overwrite an existing profile
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `plumb export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Settings saved by `plumb match --settings`
    #[arg(value_name = "SETTINGS")]
    pub settings: PathBuf,
    /// For which tool: text, json, reaper, camilladsp, equalizerapo or ffmpeg
    #[arg(long, value_name = "FORMAT")]
    pub format: String,
    /// Where it goes; without it, standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Sample rate the settings are meant for, Hz
    #[arg(long, value_name = "HZ", default_value_t = 48_000)]
    pub rate: u32,
    /// Overwrite an existing file
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `plumb explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Code of a check, as tonal.muddy; without it, all codes are listed
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// Arguments of `plumb demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where the song and the reports go
    #[arg(value_name = "DIR", default_value = "plumbline-demo")]
    pub dir: PathBuf,
    /// Write over the files of an earlier demo
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `plumb app`.
#[derive(Debug, Args)]
pub struct AppArgs {
    /// A saved session, or audio to look at
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Arguments of `plumb schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Schema of what
    #[arg(value_enum, default_value = "document")]
    pub what: SchemaArg,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaArg {
    /// What --json writes
    Document,
    /// What --settings writes
    Settings,
}
