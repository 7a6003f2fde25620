//! What is left of a mix elsewhere, as a table.

use super::{heading, one_finding};
use plumbline::compare::translation::{REGIONS, SystemHeard, Translation};
use plumbline::diagnose::Finding;
use plumbline::report::Document;
use plumbline::units::number;
use std::fmt::Write as _;

/// Values closer to zero than this lie on the line, LU.
const QUIET_LU: f64 = 1.0;

/// The table of systems and regions and the findings on them, as plain text.
pub fn translated(doc: &Document) -> String {
    let mut out = String::new();
    heading(&mut out, doc);
    match &doc.translation {
        Some(translation) => table(&mut out, translation),
        None => out.push_str("\nNothing is heard of this file anywhere: it is silent.\n"),
    }
    let found: Vec<&Finding> = doc.findings.iter().filter(|f| f.system.is_some()).collect();
    for finding in first_of_each(&found) {
        out.push('\n');
        one_finding(&mut out, finding);
        also(&mut out, doc, &found, finding);
    }
    if found.is_empty() && doc.translation.is_some() {
        out.push_str("\nNothing is lost there that the references keep.\n");
    }
    for step in &doc.steps {
        let _ = writeln!(out, "Step: {step}");
    }
    out
}

/// The worst finding of each code, in the order of weight.
pub(super) fn first_of_each<'a>(findings: &[&'a Finding]) -> Vec<&'a Finding> {
    let mut out: Vec<&Finding> = Vec::new();
    for finding in findings {
        if finding.system.is_none() || out.iter().all(|known| known.code != finding.code) {
            out.push(finding);
        }
    }
    out
}

/// The other systems on which the same was found.
pub(super) fn also(out: &mut String, doc: &Document, all: &[&Finding], finding: &Finding) {
    let title = |name: &str| doc.translation.as_ref().and_then(|t| t.system(name)).map_or(name.to_owned(), |s| s.title.clone());
    let others: Vec<String> = all
        .iter()
        .filter(|f| f.code == finding.code && f.system != finding.system)
        .filter_map(|f| {
            let value = f.value.map_or_else(String::new, |v| format!(" {}", number(v, 1)));
            Some(format!("{}{value}", title(f.system.as_deref()?)))
        })
        .collect();
    if !others.is_empty() {
        let _ = writeln!(out, "      also: {}", others.join("; "));
    }
}

fn table(out: &mut String, translation: &Translation) {
    let _ = writeln!(
        out,
        "\nHeard elsewhere, LU against {} there (softer \u{2212}, louder +, \u{b7} within 1 LU, \u{2013} nobody keeps it)",
        translation.against
    );
    let _ = write!(out, "{:<26}{:>5} ", "", "score");
    for region in REGIONS {
        let _ = write!(out, "{:>10}", region.label.to_lowercase());
    }
    out.push('\n');
    for system in &translation.systems {
        row(out, system);
    }
}

fn row(out: &mut String, system: &SystemHeard) {
    let _ = write!(out, "{:<26}{:>5} ", system.title, number(system.score, 0));
    for region in &system.regions {
        let value = region.beyond_lu.value;
        let cell = match (region.heard, value.abs() < QUIET_LU) {
            (false, _) => "\u{2013}".to_owned(),
            (true, true) => "\u{b7}".to_owned(),
            (true, false) if value > 0.0 => format!("+{}", number(value, 1)),
            (true, false) => number(value, 1),
        };
        let _ = write!(out, "{cell:>10}");
    }
    out.push('\n');
}
