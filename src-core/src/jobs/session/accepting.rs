//! A report without what is meant to be so.

use super::Accepted;
use crate::diagnose::decide;
use crate::report::Document;

/// The document without the findings that were accepted: the verdict is that on the rest, and a step names each that was left out.
pub fn without_accepted(mut document: Document, accepted: &[Accepted]) -> Document {
    let (meant, findings): (Vec<_>, Vec<_>) = document.findings.into_iter().partition(|f| accepted.iter().any(|a| a.means(f)));
    document.findings = findings;
    for finding in &meant {
        document.steps.push(format!("accepted as intended: {} [{}]", finding.title, finding.code));
    }
    if !meant.is_empty() {
        let judged = decide(&document.findings, document.judgement.stage, document.judgement.stage_reason.clone());
        document.verdict = judged.level;
        document.judgement = judged;
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{StageChoice, VerdictLevel};
    use crate::jobs::test_files::tone;
    use crate::jobs::{Cancel, CheckRequest, Host, Silent, check};

    #[test]
    fn what_is_accepted_leaves_the_list_and_the_verdict_and_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tone.wav");
        tone(&path, 2.0, 0.5);
        let cancel = Cancel::default();
        let request = CheckRequest { mix: path, references: Vec::new(), stage: StageChoice::Mix, stems: None, systems: Vec::new() };
        let document = check(&request, Host::new(&Silent, &cancel)).unwrap();
        assert_ne!(document.verdict, VerdictLevel::Ready, "a bare tone is no mix");
        assert_eq!(without_accepted(document.clone(), &[]), document);
        let all: Vec<Accepted> = document.findings.iter().map(|f| Accepted { code: f.code.clone(), system: f.system.clone() }).collect();
        let rest = without_accepted(document.clone(), &all);
        assert!(rest.findings.is_empty() && rest.verdict == VerdictLevel::Ready, "{:?}", rest.judgement);
        let first = &document.findings[0];
        assert!(rest.steps.iter().any(|s| s.contains(&first.code) && s.contains(&first.title)), "{:?}", rest.steps);
        let other = Accepted { code: all[0].code.clone(), system: Some("tv".into()) };
        assert_eq!(without_accepted(document.clone(), &[other]), document, "another system is another finding");
    }
}
