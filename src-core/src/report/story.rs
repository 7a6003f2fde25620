//! What a report says, in the order in which it says it: plain text and numbers, still without a format.

use super::figures::{Figures, KeyNumber, ReferenceLine};
use super::{Document, words};
use crate::audio::TimeRange;
use crate::diagnose::{Finding, Place, Stage, Status};

/// One finding, ready to print.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Running number, the same wherever the finding is mentioned.
    pub number: usize,
    pub code: String,
    pub status: Status,
    pub title: String,
    /// Time and band, short.
    pub place: String,
    pub value: (String, String),
    /// Limit in words; none where there is none.
    pub limit: Option<String>,
    /// Whose limit it is.
    pub source: String,
    pub remedy: Option<String>,
    pub why: String,
    pub lean: Option<f64>,
    pub confidence: f64,
    pub evidence: Vec<(String, String)>,
    pub times: Vec<TimeRange>,
    /// Every place in time, in words.
    pub all_times: String,
}

/// Findings that are mended at the same place.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub title: &'static str,
    pub rows: Vec<Row>,
}

/// One check of the full table.
#[derive(Clone, Debug)]
pub(crate) struct CheckRow {
    pub code: String,
    pub status: Status,
    pub value: String,
    pub limit: String,
    pub lean: String,
    pub source: String,
    pub confidence: String,
}

/// One move of a proposal with what became of it.
#[derive(Clone, Debug)]
pub(crate) struct MoveRow {
    pub what: String,
    pub why: String,
    pub quantity: String,
    pub before: String,
    pub expected: String,
    pub measured: String,
    pub target: String,
    pub outcome: String,
    pub reason: String,
}

/// What a match did.
#[derive(Clone, Debug)]
pub(crate) struct MatchStory {
    pub mode: &'static str,
    pub mode_reason: String,
    pub amounts: String,
    pub moves: Vec<MoveRow>,
    pub notes: Vec<String>,
    /// Loudness, true peak, limiter: label and value.
    pub result: Vec<(String, String)>,
    /// Reference; tone, loudness, width, each before and after.
    pub residuals: Vec<[String; 7]>,
    pub mended: Vec<String>,
    pub new_findings: Vec<String>,
    pub steps: Vec<String>,
}

/// The whole report in words.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    /// File name and format.
    pub file: String,
    pub format: String,
    /// The verdict.
    pub sentence: String,
    /// What stands under it.
    pub summary: String,
    pub judged: String,
    pub keys: Vec<KeyNumber>,
    pub groups: Vec<Group>,
    /// Checks passed, and checks that could be judged.
    pub passed: usize,
    pub judged_checks: usize,
    pub checks: Vec<CheckRow>,
    pub note: Note,
    pub references: Vec<ReferenceLine>,
    pub matched: Option<MatchStory>,
    /// Stems: their sum, moves and results; none without stems.
    pub masking: Option<super::story_masking::MaskingStory>,
    pub steps: Vec<String>,
    pub footer: String,
    pub duration_s: f64,
}

/// The note that goes to whoever mixed it.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// First sentence.
    pub lead: String,
    /// What to do, in order.
    pub items: Vec<String>,
    /// Last sentence: what to leave alone.
    pub close: String,
}

impl Story {
    /// The story of a document.
    pub(crate) fn of(doc: &Document, figures: &Figures) -> Self {
        let groups = groups(doc);
        let passed = doc.checks.iter().filter(|c| c.status == Status::Pass).count();
        let judged_checks = doc.checks.iter().filter(|c| c.status != Status::Skipped).count();
        Self {
            file: doc.input.format.name.clone(),
            format: format_line(doc),
            sentence: doc.judgement.sentence.clone(),
            summary: summary(&groups, passed, judged_checks),
            judged: judged(doc, figures.references.len()),
            keys: figures.keys.clone(),
            note: note(doc, &groups),
            groups,
            passed,
            judged_checks,
            checks: checks(doc),
            references: figures.references.clone(),
            matched: super::story_match::of(doc),
            masking: super::story_masking::of(doc),
            steps: doc.steps.clone(),
            footer: format!("Plumbline {} \u{b7} every number measured on this computer \u{b7} same input, same report", doc.tool_version),
            duration_s: doc.input.duration_s,
        }
    }

    /// All findings in the order of their numbers.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.groups.iter().flat_map(|g| &g.rows)
    }
}

fn format_line(doc: &Document) -> String {
    format!("{} \u{b7} {}", words::format(&doc.input.format), words::length(doc.input.duration_s))
}

fn judged(doc: &Document, references: usize) -> String {
    let stage = match doc.judgement.stage {
        Stage::Mix => "Judged as a mix for mastering",
        Stage::Master => "Judged as a finished master",
    };
    let reason = match doc.judgement.stage_reason.trim() {
        "" => String::new(),
        reason => format!(" ({reason})"),
    };
    let against = match references {
        0 => "the neutral range, no reference given".into(),
        1 => "one reference".into(),
        n => format!("{} references", words::count(n)),
    };
    format!("{stage}{reason} \u{b7} against {against}")
}

fn summary(groups: &[Group], passed: usize, judged: usize) -> String {
    let size = |n: usize| groups.get(n).map_or(0, |g| g.rows.len());
    let (mix, master) = (size(0), size(1));
    let points = |n: usize| if n == 1 { "point".to_owned() } else { "points".to_owned() };
    let mut parts = Vec::new();
    if mix > 0 {
        parts.push(format!("{} {} {} back to the mix", words::count(mix), points(mix), if mix == 1 { "goes" } else { "go" }));
    }
    if master > 0 {
        let noun = if mix > 0 { String::new() } else { format!(" {}", points(master)) };
        parts.push(format!("{}{noun} can be mended in mastering", words::count(master)));
    }
    parts.push(format!("{passed} of {judged} checks hang true"));
    words::capital(&parts.join(", ")) + "."
}

fn groups(doc: &Document) -> Vec<Group> {
    let mut number = 0;
    let mut group = |title, place| {
        let mut found: Vec<&Finding> = doc.findings.iter().filter(|f| f.place == place).collect();
        // The document's order is the order of weight; within it a fault never stands below a note.
        found.sort_by_key(|f| std::cmp::Reverse(f.status));
        let rows = one_per_fault(found)
            .into_iter()
            .map(|(f, others)| {
                number += 1;
                row(f, &others, number, doc)
            })
            .collect();
        Group { title, rows }
    };
    let mix = match doc.judgement.stage {
        Stage::Mix => "Back to the mix",
        Stage::Master => "Back to the mix or its master",
    };
    vec![group(mix, Place::Mix), group("Mastering can mend", Place::Master)]
}

/// A fault that is heard on several playback systems is one row: the worst of them, with the others.
fn one_per_fault(found: Vec<&Finding>) -> Vec<(&Finding, Vec<&Finding>)> {
    let mut out: Vec<(&Finding, Vec<&Finding>)> = Vec::new();
    for f in found {
        match out.iter_mut().find(|(first, _)| f.system.is_some() && first.code == f.code) {
            Some((_, others)) => others.push(f),
            None => out.push((f, Vec::new())),
        }
    }
    out
}

fn row(f: &Finding, others: &[&Finding], number: usize, doc: &Document) -> Row {
    let mut place = words::places(&f.time, doc.input.duration_s);
    if let Some(band) = f.band_hz {
        place = format!("{place} \u{b7} {}", words::band(band));
    }
    let title = |name: &str| doc.translation.as_ref().and_then(|t| t.system(name)).map_or(name.to_owned(), |s| s.title.clone());
    let mut evidence: Vec<(String, String)> =
        f.evidence.iter().map(|e| (e.label.clone(), words::quantity(&f.code, e.value, &e.unit))).collect();
    if !others.is_empty() {
        let names: Vec<String> = others.iter().filter_map(|o| o.system.as_deref()).map(title).collect();
        place = match names.as_slice() {
            [one] => format!("{place} \u{b7} also {one}"),
            many => format!("{place} \u{b7} and {} more systems", words::count(many.len())),
        };
        let values = others.iter().zip(&names).map(|(o, name)| (format!("Also: {name}"), words::quantity(&o.code, o.value, &o.unit)));
        evidence.extend(values);
    }
    Row {
        number,
        code: f.code.clone(),
        status: f.status,
        title: f.title.clone(),
        place,
        value: words::value_and_unit(&f.code, f.value, &f.unit),
        limit: words::limit(&f.code, f.value, f.limit, &f.unit, f.lean),
        source: f.limit_source.clone(),
        remedy: f.fix.as_ref().map(|fix| fix.text.clone()),
        why: f.why.clone(),
        lean: f.lean,
        confidence: f.confidence,
        evidence,
        times: f.time.clone(),
        all_times: words::all_places(&f.time, 40),
    }
}

fn checks(doc: &Document) -> Vec<CheckRow> {
    doc.checks
        .iter()
        .map(|c| CheckRow {
            code: c.code.clone(),
            status: c.status,
            value: match (c.status, c.value) {
                (Status::Skipped, None) => "\u{2013}".into(),
                _ => words::quantity(&c.code, c.value, &c.unit),
            },
            limit: c.limit.map_or_else(|| "\u{2013}".into(), |l| words::quantity(&c.code, Some(l), &c.unit)),
            lean: c.lean.map_or_else(|| "\u{2013}".into(), |l| words::signed(l, 1)),
            source: c.limit_source.clone(),
            confidence: if c.status == Status::Skipped { "\u{2013}".into() } else { crate::units::number(c.confidence, 2) },
        })
        .collect()
}

fn note(doc: &Document, groups: &[Group]) -> Note {
    let empty: &[Row] = &[];
    let rows = |n: usize| groups.get(n).map_or(empty, |g| g.rows.as_slice());
    let (mix, master) = (rows(0), rows(1));
    let faults: Vec<&Row> = mix.iter().filter(|r| r.status == Status::Fail).collect();
    let lead = match (mix.len(), faults.as_slice()) {
        (0, _) => match doc.judgement.stage {
            Stage::Mix => "Nothing has to change in the mix.".into(),
            Stage::Master => "Nothing has to go back.".into(),
        },
        (_, []) => format!(
            "Nothing is broken. {} worth a change before mastering:",
            if mix.len() == 1 { "One thing is".into() } else { format!("{} things are", words::capital(&words::count(mix.len()))) }
        ),
        (_, [one]) => format!("Mend this first: {}.", words::small(&one.title)),
        (_, many) => format!("Mend these first: {}.", many.iter().map(|r| words::small(&r.title)).collect::<Vec<_>>().join("; ")),
    };
    let items = mix
        .iter()
        .map(|r| {
            let told = format!("{} ({}): {}", r.title, r.place, words::joined(&r.value));
            let told = r.limit.as_ref().map_or(told.clone(), |limit| format!("{told}, {limit}"));
            r.remedy.as_ref().map_or(format!("{told}."), |remedy| format!("{told}. {}.", remedy.trim_end_matches('.')))
        })
        .collect();
    let close = match master {
        [] => String::new(),
        [one] => format!("Leave \u{201c}{}\u{201d} to mastering.", words::small(&one.title)),
        many => format!("Leave to mastering: {}.", many.iter().map(|r| words::small(&r.title)).collect::<Vec<_>>().join("; ")),
    };
    Note { lead, items, close }
}
