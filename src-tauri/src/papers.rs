//! The documents at hand: what was checked, proposed and tried, each for as long as what it rests on stays as it was.

use plumbline::chain::Settings;
use plumbline::diagnose::StageChoice;
use plumbline::jobs::Stamp;
use plumbline::jobs::overview::Overview;
use plumbline::jobs::session::{Session, StemSet};
use plumbline::report::Document;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// What a document rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    version: String,
    stamp: Stamp,
    references: Vec<(PathBuf, Option<Stamp>)>,
    stems: Option<StemSet>,
    stage: StageChoice,
}

impl Basis {
    /// What a document about the current mix rests on now; none without a mix.
    pub fn of(session: &Session) -> Option<Self> {
        let current = session.current()?;
        let references = session.references.iter().map(|r| (r.path.clone(), Stamp::of(&r.path).ok()));
        Some(Self {
            version: current.id.clone(),
            stamp: current.stamp,
            references: references.collect(),
            stems: session.stems.clone(),
            stage: session.stage,
        })
    }

    /// Id of the version.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// The documents at hand.
#[derive(Default)]
pub struct Papers {
    checked: Option<(Basis, Arc<Document>)>,
    proposed: Option<(Basis, Arc<Document>)>,
    tried: Option<Tried>,
}

struct Tried {
    basis: Basis,
    settings: Settings,
    document: Arc<Document>,
    overview: Arc<Mutex<Overview>>,
}

impl Papers {
    /// The check of the current mix, if it still holds.
    pub fn checked(&self, session: &Session) -> Option<Arc<Document>> {
        of(self.checked.as_ref(), session)
    }

    /// The proposal for the current mix, if it still holds.
    pub fn proposed(&self, session: &Session) -> Option<Arc<Document>> {
        of(self.proposed.as_ref(), session)
    }

    /// What was measured of the session's settings, if it still holds.
    pub fn tried(&self, session: &Session) -> Option<Arc<Document>> {
        let basis = Basis::of(session)?;
        self.tried.as_ref().filter(|t| t.basis == basis && t.settings == session.settings).map(|t| t.document.clone())
    }

    /// The waveform of the current mix through settings that were tried last, whether or not they have been changed since.
    pub fn fixed(&self, session: &Session) -> Option<Arc<Mutex<Overview>>> {
        let basis = Basis::of(session)?;
        self.tried.as_ref().filter(|t| t.basis == basis).map(|t| t.overview.clone())
    }

    /// Keeps a check.
    pub fn keep_check(&mut self, basis: Basis, document: Arc<Document>) {
        self.checked = Some((basis, document));
    }

    /// Keeps a proposal.
    pub fn keep_proposal(&mut self, basis: Basis, document: Arc<Document>) {
        self.proposed = Some((basis, document));
    }

    /// Keeps what was measured of settings.
    pub fn keep_trial(&mut self, basis: Basis, settings: Settings, document: Arc<Document>, overview: Overview) {
        self.tried = Some(Tried { basis, settings, document, overview: Arc::new(Mutex::new(overview)) });
    }
}

fn of(paper: Option<&(Basis, Arc<Document>)>, session: &Session) -> Option<Arc<Document>> {
    let basis = Basis::of(session)?;
    paper.filter(|(of, _)| *of == basis).map(|(_, document)| document.clone())
}
