//! What crosses to the window besides the core's own documents. `schema/app.schema.json` is generated from these types, and the window's
//! types from that.

use crate::fault::Fault;
use crate::progress::ProgressEvent;
use plumbline::chain::Settings;
use plumbline::diagnose::{StageChoice, VerdictLevel};
use plumbline::jobs::session::{Accepted, SNAPSHOTS, Snapshot, Sorted};
use plumbline::jobs::{Guess, Master, Outlooks};
use plumbline::models::system;
use plumbline::propose::Amounts;
use plumbline::report::{Changes, Document};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The session as the window shows it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SessionView {
    /// Name of the session; empty until it is given one.
    pub title: String,
    /// Where it was saved.
    pub saved_to: Option<PathBuf>,
    /// Whether there are changes that were not saved.
    pub dirty: bool,
    /// Versions of the mix, the newest first.
    pub mixes: Vec<MixVersion>,
    /// Id of the version that is looked at.
    pub current_mix: Option<String>,
    /// What it is held against, R1 first.
    pub references: Vec<ReferenceFile>,
    /// Its stems.
    pub stems: Option<Stems>,
    /// Judged as what.
    pub stage: StageChoice,
    /// Findings that are meant to be so.
    pub accepted: Vec<Accepted>,
    /// What B plays and a render writes.
    pub settings: Settings,
    /// How much of a proposal to carry out.
    pub amounts: Amounts,
    /// Loudness to reach: the name of a platform, LUFS as text, or none: the references decide.
    pub target: Option<String>,
    /// Highest true peak, dBTP; none for the core's own.
    pub ceiling_dbtp: Option<f64>,
    /// Settings kept beside each other.
    pub snapshots: [Option<Snapshot>; SNAPSHOTS],
    /// The snapshot whose settings are the current ones.
    pub active_snapshot: Option<usize>,
    /// Whether there is something to undo.
    pub can_undo: bool,
    /// Whether there is something to do again.
    pub can_redo: bool,
    /// What would be undone.
    pub undo_label: Option<String>,
    /// What would be done again.
    pub redo_label: Option<String>,
    /// Name of the system that is heard through; none is direct.
    pub playback_system: Option<String>,
    /// Whether `check` answers at once.
    pub document_ready: bool,
    /// Whether the settings are a proposal for the current mix, or came with the session.
    pub proposal_ready: bool,
}

/// One bounce of the mix.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MixVersion {
    /// Names the version within the session.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// "v2", or the file's name where there is only one version.
    pub name: String,
    /// File name without folders.
    pub file: String,
    /// "48 kHz, 24 bit, stereo".
    pub format: String,
    /// Length, seconds; 0 until it was read.
    pub duration_s: f64,
    /// Last change of the file as this version was, ISO 8601.
    pub modified: String,
    /// Whether the file is gone or was written over.
    pub missing: bool,
    /// Verdict of its last check.
    pub verdict: Option<MixVerdict>,
}

/// What the list of versions says of a checked one.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MixVerdict {
    /// Ready or not.
    pub level: VerdictLevel,
    /// The same in a sentence.
    pub sentence: String,
    /// Findings that are hard faults.
    pub faults: usize,
    /// Findings of the next older checked version that are gone; none where there is no such version.
    pub mended: Option<usize>,
    /// Findings that it did not have; none where there is no such version.
    pub added: Option<usize>,
}

/// A reference of the session.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReferenceFile {
    /// Names the reference within the session.
    pub id: String,
    /// A file or a profile.
    pub path: PathBuf,
    /// File name without its ending.
    pub name: String,
    /// "R1", as documents name it.
    pub label: String,
    /// How it stands apart from the others; none if it does not.
    pub odd: Option<String>,
    /// Whether the file is gone.
    pub missing: bool,
}

/// The stems of the mix.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Stems {
    /// The folder that all of them are in.
    pub folder: Option<PathBuf>,
    /// Their files.
    pub files: Vec<StemFile>,
    /// What is left when their sum is taken from the mix, dB re the mix; none for nothing, and until it is measured.
    pub null_db: Option<f64>,
    /// Whether they sum to the mix; none until it is measured.
    pub sums: Option<bool>,
}

/// One stem.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StemFile {
    /// The file.
    pub path: PathBuf,
    /// File name without folders.
    pub name: String,
    /// What plays in it, as documents name it; empty until it is known.
    pub role: String,
}

/// What the window needs at start.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StartInfo {
    /// Version of the program.
    pub version: String,
    /// Sessions, the one opened last first.
    pub recent: Vec<RecentSession>,
    /// As they were set last.
    pub preferences: Preferences,
    /// Whether there is something to play on.
    pub sound: Sound,
    /// Files given when the program was started.
    pub open_paths: Vec<PathBuf>,
    /// Playback systems in the order in which they are shown.
    pub systems: Vec<SystemInfo>,
    /// What platforms and media ask for, as in `models/delivery`.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub deliveries: Vec<plumbline::models::delivery::Delivery>,
    /// Formats for settings.
    pub exports: Vec<ExportFormat>,
    /// The session at start.
    pub session: SessionView,
}

/// A session that was open before.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RecentSession {
    /// Its file.
    pub path: PathBuf,
    /// Its name.
    pub title: String,
    /// When it was open last, ISO 8601.
    pub opened: String,
    /// Whether the file is gone.
    pub missing: bool,
}

/// What the window keeps between starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Preferences {
    /// A, B and R at one loudness.
    pub level_match: bool,
    /// Shortcuts of a single key.
    pub single_keys: bool,
    /// Keys chosen for actions, by the action's name.
    pub keys: BTreeMap<String, String>,
    /// Format of the last render.
    pub render: RenderPreference,
    /// Targets that were ticked, by name.
    pub targets: Vec<String>,
    /// Whether a finding is heard on its playback system.
    pub follow_system: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            level_match: true,
            single_keys: true,
            keys: BTreeMap::new(),
            render: RenderPreference { format: AudioFormat::Wav, depth: 24 },
            targets: Vec::new(),
            follow_system: true,
        }
    }
}

/// Format of the last render.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RenderPreference {
    /// Kind of file.
    pub format: AudioFormat,
    /// Bits a sample; 32 is floating point.
    pub depth: u32,
}

/// Kinds of files that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudioFormat {
    /// WAV.
    Wav,
    /// AIFF.
    Aiff,
    /// FLAC.
    Flac,
}

/// Whether there is something to play on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sound {
    /// Whether there is something to play on.
    pub state: SoundState,
    /// Its name.
    pub device: Option<String>,
    /// One line for people.
    pub message: String,
    /// Times that silence was played because reading was late or the card was not served in time, since the mix was opened.
    pub gaps: Gaps,
}

/// Where gaps in what was heard came from, as far as can be told from within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gaps {
    /// The files were not read in time.
    pub read_late: u64,
    /// The system let the sound card run dry.
    pub ran_dry: u64,
}

/// Whether there is something to play on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SoundState {
    /// It plays, or would.
    Ready,
    /// There is none.
    Absent,
    /// It went away.
    Lost,
}

/// A playback system.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SystemInfo {
    /// As findings name it.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// As it stands in a sentence: "on a phone".
    pub place: String,
    /// Kind of place.
    pub group: system::Group,
    /// How far it rests on measurement.
    pub basis: system::Basis,
    /// What it rests on.
    pub note: String,
}

/// A format for settings.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ExportFormat {
    /// Name for `export_settings`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Ending of the file, without the dot.
    pub extension: String,
}

/// Where a render goes, and in which form.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct RenderOptions {
    /// The file.
    pub path: PathBuf,
    /// Its kind; the ending is added where the path has another.
    pub format: AudioFormat,
    /// Bits a sample: 16, 24, or 32 (floating point, WAV alone).
    pub depth: u32,
    /// Whether a file of that name may be replaced.
    pub overwrite: bool,
}

/// A render.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rendered {
    /// The file.
    pub path: PathBuf,
    /// The file as it was written, read and measured again.
    pub document: Document,
    /// What was done to the samples, in words.
    pub steps: Vec<String>,
}

/// What is drawn or saved: the mix, the mix with its settings, or a reference.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Which {
    /// `"A"` or `"B"`.
    Side(MixSide),
    /// A reference by its id.
    Reference {
        /// The id.
        r: String,
    },
}

/// The mix without and with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum MixSide {
    /// As it is.
    A,
    /// With its settings.
    B,
}

/// What is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Side {
    /// The mix.
    A,
    /// The mix with its settings.
    B,
    /// A reference.
    R,
}

/// A mix was bounced again.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Bounce {
    /// Id of the new version.
    pub mix: Option<String>,
    /// Its file.
    pub path: PathBuf,
}

/// Files that another program asks to open.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Open {
    /// The files.
    pub paths: Vec<PathBuf>,
}

/// Everything that crosses, as one schema.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Wire {
    fault: Fault,
    session: SessionView,
    start: StartInfo,
    preferences: Preferences,
    progress: ProgressEvent,
    guess: Guess,
    files: Sorted,
    changes: Changes,
    document: Document,
    settings: Settings,
    render_options: RenderOptions,
    rendered: Rendered,
    which: Which,
    side: Side,
    bounce: Bounce,
    open: Open,
    sound: Sound,
    master: Master,
    outlooks: Outlooks,
}
