//! From findings to a verdict: hard faults decide, warnings become notes, headroom alone never decides.

use super::{Finding, Place, Stage, Status, Verdict, VerdictLevel};

/// Codes that may be worth a word but never decide whether a file is ready: a clean file with high peaks only
/// needs turning down (see "Mix-readiness criteria": engineers disagree on any amount of headroom).
const NEVER_DECIDES: &[&str] = &["headroom.none"];

/// The verdict on a list of findings.
pub fn decide(findings: &[Finding], stage: Stage, stage_reason: String) -> Verdict {
    let counts = |f: &&Finding| !NEVER_DECIDES.contains(&f.code.as_str());
    let faults = findings.iter().filter(counts).filter(|f| f.status == Status::Fail).count();
    let for_the_mix = findings.iter().filter(counts).filter(|f| f.status == Status::Fail && f.place == Place::Mix).count();
    let notes = findings.iter().filter(|f| f.status >= Status::Warn).count();
    let level = match (faults, notes) {
        (1.., _) => VerdictLevel::NotReady,
        (0, 1..) => VerdictLevel::ReadyWithNotes,
        (0, 0) => VerdictLevel::Ready,
    };
    Verdict { level, sentence: sentence(level, faults, for_the_mix, notes, stage), stage, stage_reason }
}

/// One short sentence ("Not ready" counts as one word of eight).
fn sentence(level: VerdictLevel, faults: usize, for_the_mix: usize, notes: usize, stage: Stage) -> String {
    match level {
        VerdictLevel::Ready => match stage {
            Stage::Mix => "Ready for mastering".into(),
            Stage::Master => "Ready for release".into(),
        },
        VerdictLevel::ReadyWithNotes => format!("Ready, with {} {}", count(notes), plural(notes, "note")),
        VerdictLevel::NotReady if stage == Stage::Mix && for_the_mix == faults => {
            format!("Not ready: {} {} to mend in the mix", count(faults), plural(faults, "fault"))
        }
        VerdictLevel::NotReady => format!("Not ready: {} {} to mend", count(faults), plural(faults, "fault")),
    }
}

/// Small numbers as words.
fn count(n: usize) -> String {
    const WORDS: [&str; 13] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

fn plural(n: usize, word: &str) -> String {
    if n == 1 { word.to_owned() } else { format!("{word}s") }
}

/// How much a finding weighs: status first, then how far it leans and how sure that is.
pub fn weight(finding: &Finding) -> f64 {
    let status = match finding.status {
        Status::Fail => 20.0,
        Status::Warn => 10.0,
        Status::Note => 0.0,
        Status::Pass | Status::Skipped => -10.0,
    };
    status + finding.lean.map_or(1.0, f64::abs) * finding.confidence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, status: Status) -> Finding {
        Finding {
            code: code.into(),
            status,
            title: String::new(),
            why: String::new(),
            place: Place::Mix,
            time: vec![],
            band_hz: None,
            system: None,
            value: None,
            unit: String::new(),
            limit: None,
            limit_source: String::new(),
            lean: Some(1.0),
            confidence: 1.0,
            evidence: vec![],
            fix: None,
        }
    }

    fn level(findings: &[Finding]) -> VerdictLevel {
        decide(findings, Stage::Mix, String::new()).level
    }

    #[test]
    fn hard_faults_decide_and_headroom_alone_never_does() {
        assert_eq!(level(&[]), VerdictLevel::Ready);
        assert_eq!(level(&[finding("tonal.muddy", Status::Note)]), VerdictLevel::Ready);
        assert_eq!(level(&[finding("tonal.muddy", Status::Warn)]), VerdictLevel::ReadyWithNotes);
        assert_eq!(level(&[finding("headroom.none", Status::Fail)]), VerdictLevel::ReadyWithNotes);
        assert_eq!(level(&[finding("headroom.clipped", Status::Fail)]), VerdictLevel::NotReady);
    }

    #[test]
    fn the_sentence_stays_short() {
        let many = vec![finding("a.b", Status::Fail); 40];
        for findings in [&many[..0], &many[..1], &many[..]] {
            let sentence = decide(findings, Stage::Mix, String::new()).sentence;
            assert!(sentence.split(' ').count() <= 9, "{sentence}");
        }
        assert_eq!(decide(&many[..2], Stage::Mix, String::new()).sentence, "Not ready: two faults to mend in the mix");
    }

    #[test]
    fn a_fault_outweighs_any_warning() {
        let mut warning = finding("a.b", Status::Warn);
        warning.lean = Some(3.2);
        let mut fault = finding("c.d", Status::Fail);
        fault.confidence = 0.1;
        assert!(weight(&fault) > weight(&warning));
    }
}
