//! A session as plain data: what the user has put together and decided. Nothing in it is measured but [`Checked`], which is kept so that
//! a version whose file has been written over can still be compared with the one that replaced it.

mod accepting;
mod demo;
mod desk;
mod edits;
mod file;
mod history;
mod watch;

pub use accepting::without_accepted;
pub use demo::demo;
pub use desk::Desk;
pub use edits::Sorted;
pub use file::{ENDING, MOST_BYTES};
pub use history::{History, Join, STEPS};
pub use watch::Watch;

use super::CheckRequest;
use super::memory::Stamp;
use super::unmask::StemsRequest;
use crate::audio::{Source, SourceInfo};
use crate::chain::Settings;
use crate::decode;
use crate::diagnose::{Finding, StageChoice, VerdictLevel};
use crate::error::Result;
use crate::models::system::System;
use crate::propose::Amounts;
use crate::report::Document;
use crate::stems::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Schema name written into saved sessions.
pub const SCHEMA: &str = "plumbline-session/1";

/// Settings that can be kept beside each other to compare them.
pub const SNAPSHOTS: usize = 4;

/// What the user has put together and decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Name of the session; empty until it is given one.
    #[serde(default)]
    pub title: String,
    /// The mix and its versions, the newest first.
    pub mixes: Vec<Version>,
    /// The version that is looked at.
    pub current_mix: Option<String>,
    /// What it is held against, in order: R1, R2, …
    pub references: Vec<ReferenceFile>,
    /// Stems of the mix.
    pub stems: Option<StemSet>,
    /// Judged as what.
    pub stage: StageChoice,
    /// Findings that are meant to be so.
    pub accepted: Vec<Accepted>,
    /// What the fixed version is made with.
    pub settings: Settings,
    /// How much of a proposal to carry out.
    pub amounts: Amounts,
    /// Loudness to reach, as [`super::Target::parse`] takes it: LUFS or the name of a platform; none follows the references.
    pub target: Option<String>,
    /// Highest true peak to reach, dBTP; none takes that of the target, or the usual one.
    pub ceiling_dbtp: Option<f64>,
    /// Settings kept beside each other.
    pub snapshots: [Option<Snapshot>; SNAPSHOTS],
    /// The snapshot that the settings came from or were kept as last.
    pub active_snapshot: Option<usize>,
    /// The playback system that is listened through, by name; none listens direct.
    pub playback_system: Option<String>,
    /// Number of the next version or reference: ids are never used twice.
    next_id: u64,
}

/// One state of a mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Names the version within the session.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// The state of the file that this version stands for.
    pub stamp: Stamp,
    /// Length, seconds; none where the file does not say before it has been read.
    pub duration_s: Option<f64>,
    /// Format of the file.
    pub format: SourceInfo,
}

/// A reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceFile {
    /// Names the reference within the session.
    pub id: String,
    /// A file or a profile.
    pub path: PathBuf,
}

/// The stems of a mix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StemSet {
    /// Their files.
    pub files: Vec<PathBuf>,
    /// Roles that the user has set, by file name.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
}

/// A finding that is meant to be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Code of the finding.
    pub code: String,
    /// Playback system of the finding, if it has one.
    #[serde(default)]
    pub system: Option<String>,
}

impl Accepted {
    /// Whether it is this finding that is meant.
    pub fn means(&self, finding: &Finding) -> bool {
        self.code == finding.code && self.system == finding.system
    }
}

/// Settings under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The name.
    pub name: String,
    /// The settings.
    pub settings: Settings,
}

/// What a check said about a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// The verdict.
    pub verdict: VerdictLevel,
    /// The verdict in a sentence.
    pub sentence: String,
    /// Integrated loudness, LUFS; none for silence.
    pub integrated_lufs: Option<f64>,
    /// What was not passed.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// What is kept of a check.
    pub fn of(document: &Document) -> Self {
        let lufs = document.measurements.loudness.integrated.lufs();
        Self {
            verdict: document.verdict,
            sentence: document.judgement.sentence.clone(),
            integrated_lufs: Some(lufs).filter(|l| l.is_finite()),
            findings: document.findings.clone(),
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self {
            title: String::new(),
            mixes: Vec::new(),
            current_mix: None,
            references: Vec::new(),
            stems: None,
            stage: StageChoice::default(),
            accepted: Vec::new(),
            settings: Settings::default(),
            amounts: Amounts::default(),
            target: None,
            ceiling_dbtp: None,
            snapshots: [const { None }; SNAPSHOTS],
            active_snapshot: None,
            playback_system: None,
            next_id: 1,
        }
    }
}

impl Version {
    /// Looks at a file, reading no more than its head.
    fn of(id: String, path: &Path) -> Result<Self> {
        let stamp = Stamp::of(path)?;
        let format = decode::open(path)?.info().clone();
        let duration_s = format.frames.map(|frames| frames as f64 / f64::from(format.sample_rate.max(1)));
        Ok(Self { id, path: path.to_owned(), stamp, duration_s, format })
    }

    /// Whether the file is there, in the state that the version stands for.
    pub fn is_there(&self) -> bool {
        Stamp::of(&self.path).is_ok_and(|now| now == self.stamp)
    }
}

impl Session {
    /// The version that is looked at.
    pub fn current(&self) -> Option<&Version> {
        self.version(self.current_mix.as_deref()?)
    }

    /// A version by its id.
    pub fn version(&self, id: &str) -> Option<&Version> {
        self.mixes.iter().find(|v| v.id == id)
    }

    /// Paths of the references, in order.
    pub fn reference_paths(&self) -> Vec<PathBuf> {
        self.references.iter().map(|r| r.path.clone()).collect()
    }

    /// What a check of the current mix on these systems has to look at; none without a mix.
    pub fn check_request(&self, systems: Vec<System>) -> Option<CheckRequest> {
        let stems = self.stems.as_ref().map(|set| StemsRequest {
            stems: set.files.clone(),
            roles: set.roles.iter().map(|(name, role)| (name.clone(), *role)).collect(),
        });
        Some(CheckRequest { mix: self.current()?.path.clone(), references: self.reference_paths(), stage: self.stage, stems, systems })
    }

    fn new_id(&mut self, letter: char) -> String {
        let id = format!("{letter}{}", self.next_id);
        self.next_id += 1;
        id
    }
}
