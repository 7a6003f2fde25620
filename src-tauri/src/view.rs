//! The session as the window shows it: names, marks and counts put together from what the core says.

use crate::papers::Papers;
use crate::wire::{MixVerdict, MixVersion, ReferenceFile, SessionView, StemFile, Stems};
use plumbline::diagnose::Status;
use plumbline::jobs::moment;
use plumbline::jobs::session::{Desk, ReferenceFile as Reference, StemSet, Version};
use plumbline::report::{Document, changes, words};
use plumbline::stems::role_of_name;
use std::path::Path;

/// The session as the window shows it.
pub fn session(desk: &Desk, papers: &Papers) -> SessionView {
    let session = desk.session();
    let checked = papers.checked(session);
    let document = checked.as_deref();
    let (undo, redo) = (desk.history().undo_label(), desk.history().redo_label());
    SessionView {
        title: desk.title(),
        saved_to: desk.saved_to().map(Path::to_owned),
        dirty: desk.is_dirty(),
        mixes: session.mixes.iter().enumerate().map(|(at, v)| mix(desk, v, session.mixes.len() - at)).collect(),
        current_mix: session.current_mix.clone(),
        references: session.references.iter().enumerate().map(|(at, r)| reference(r, at, document)).collect(),
        stems: session.stems.as_ref().map(|set| stems(set, document)),
        stage: session.stage,
        accepted: session.accepted.clone(),
        settings: session.settings.clone(),
        amounts: session.amounts,
        target: session.target.clone(),
        ceiling_dbtp: session.ceiling_dbtp,
        snapshots: session.snapshots.clone(),
        active_snapshot: session.active_snapshot,
        can_undo: undo.is_some(),
        can_redo: redo.is_some(),
        undo_label: undo.map(str::to_owned),
        redo_label: redo.map(str::to_owned),
        playback_system: session.playback_system.clone(),
        document_ready: document.is_some(),
        // Settings that came with a session are the user's own by now.
        proposal_ready: papers.proposed(session).is_some() || !session.settings.changes_nothing(),
    }
}

fn mix(desk: &Desk, version: &Version, number: usize) -> MixVersion {
    let file = file_name(&version.path);
    let verdict = desk.checked(&version.id).map(|checked| {
        let against = desk.checked_before(&version.id).map(|older| changes(&older.findings, &checked.findings));
        MixVerdict {
            level: checked.verdict,
            sentence: checked.sentence.clone(),
            faults: checked.findings.iter().filter(|f| f.status == Status::Fail).count(),
            mended: against.as_ref().map(|c| c.mended.len()),
            added: against.as_ref().map(|c| c.new.len()),
        }
    });
    MixVersion {
        id: version.id.clone(),
        path: version.path.clone(),
        name: if desk.session().mixes.len() > 1 { format!("v{number}") } else { file.clone() },
        file,
        format: words::format(&version.format),
        duration_s: version.duration_s.unwrap_or(0.0),
        modified: moment(version.stamp.modified_ms),
        missing: !version.is_there(),
        verdict,
    }
}

fn reference(reference: &Reference, at: usize, document: Option<&Document>) -> ReferenceFile {
    let label = format!("R{}", at + 1);
    let outliers = document.and_then(|d| d.comparison.as_ref()).map(|c| c.outliers.as_slice()).unwrap_or_default();
    ReferenceFile {
        id: reference.id.clone(),
        path: reference.path.clone(),
        name: reference.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        odd: outliers.iter().find(|o| o.label == label).map(|o| o.text.clone()),
        label,
        missing: !reference.path.exists(),
    }
}

fn stems(set: &StemSet, document: Option<&Document>) -> Stems {
    let found = document.and_then(|d| d.masking.as_ref());
    let role = |name: &str| {
        let set_by_user = set.roles.get(name).copied();
        let heard = || found.and_then(|m| m.stems.iter().find(|s| s.name == name)).map(|s| s.role);
        set_by_user.or_else(heard).or_else(|| role_of_name(name)).map_or("", plumbline::stems::Role::name)
    };
    let file = |path: &std::path::PathBuf| {
        let name = file_name(path);
        StemFile { path: path.clone(), role: role(&name).to_owned(), name }
    };
    let first = set.files.first().and_then(|f| f.parent());
    let resum = found.and_then(|m| m.sum.as_ref());
    Stems {
        folder: first.filter(|folder| set.files.iter().all(|f| f.parent() == Some(folder))).map(Path::to_owned),
        files: set.files.iter().map(file).collect(),
        null_db: resum.and_then(|r| r.residual_db),
        sums: resum.map(|r| r.nulls),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
