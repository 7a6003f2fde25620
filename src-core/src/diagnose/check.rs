//! What a check is made of: its definition, the limit it holds a value against, and its outcome.

use super::{Check, Context, Evidence, Finding, Fix, Place, Status};
use crate::audio::TimeRange;
use serde::Serialize;

/// Furthest lean that is shown; what lies beyond is clamped.
pub const MAX_LEAN: f64 = 3.2;

/// The text of a check, shown in the app and by `plumb explain CODE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Help {
    /// What it finds.
    pub finds: &'static str,
    /// Why that matters to a listener.
    pub why: &'static str,
    /// When it is no fault.
    pub no_fault: &'static str,
    /// How it is decided: quantity, window, limit.
    pub decided: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// What the remedy can cost.
    pub safety: &'static str,
    /// Author, title, year, section; or the standard.
    pub references: &'static str,
}

/// One check: its stable code, its help, and the function that runs it.
#[derive(Clone, Copy, Debug)]
pub struct CheckDef {
    /// Stable code, as `tonal.muddy`.
    pub code: &'static str,
    /// What is shown when somebody asks about the code.
    pub help: Help,
    /// Judges one file. Pure: same context, same outcome.
    pub run: fn(&Context<'_>) -> Outcome,
}

impl CheckDef {
    /// Everything there is to say about the check: its code, then a heading and a paragraph for each part of its help.
    pub fn explanation(&self) -> String {
        let h = &self.help;
        let parts = [
            ("What it finds", h.finds),
            ("Why it matters to a listener", h.why),
            ("When it is no fault", h.no_fault),
            ("How it is decided", h.decided),
            ("Remedy", h.remedy),
            ("What the remedy can cost", h.safety),
            ("References", h.references),
        ];
        let body: String = parts.iter().map(|(title, text)| format!("\n{title}\n  {text}\n")).collect();
        format!("{}\n{body}", self.code)
    }
}

/// Which values are allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Allowed {
    /// Everything up to the limit.
    AtMost,
    /// Everything from the limit up.
    AtLeast,
    /// Everything within ± the limit of zero.
    Within,
}

/// A limit with its source and its step from warning to failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Which side of the limit is allowed.
    pub allowed: Allowed,
    /// Where a note begins; the same as `warn` where there is none.
    pub note: f64,
    /// Where a warning begins.
    pub warn: f64,
    /// Where a failure begins; infinite (in the limit's direction) for checks that never fail a file.
    pub fail: f64,
    /// One lean width, in the unit of the limit: the step from warn to fail, or the check's own where it never fails.
    pub width: f64,
    /// Whose limit it is, in a few words.
    pub source: &'static str,
}

impl Limit {
    /// At most `warn`; failing from `fail`.
    pub const fn at_most(warn: f64, fail: f64, source: &'static str) -> Self {
        Self { allowed: Allowed::AtMost, note: warn, warn, fail, width: fail - warn, source }
    }

    /// At least `warn`; failing below `fail`.
    pub const fn at_least(warn: f64, fail: f64, source: &'static str) -> Self {
        Self { allowed: Allowed::AtLeast, note: warn, warn, fail, width: warn - fail, source }
    }

    /// Within ±`warn`; failing beyond ±`fail`.
    pub const fn within(warn: f64, fail: f64, source: &'static str) -> Self {
        Self { allowed: Allowed::Within, note: warn, warn, fail, width: 2.0 * warn, source }
    }

    /// The same limit, with a note from `note` on.
    pub const fn noting_from(self, note: f64) -> Self {
        Self { note, ..self }
    }

    /// The same limit, but it never fails a file; one lean width is `width`.
    pub const fn never_failing(self, width: f64) -> Self {
        let fail = match self.allowed {
            Allowed::AtLeast => f64::NEG_INFINITY,
            Allowed::AtMost | Allowed::Within => f64::INFINITY,
        };
        Self { fail, width, ..self }
    }

    /// How a value comes out. NaN passes: what could not be measured is skipped before it gets here.
    pub fn status(&self, value: f64) -> Status {
        let beyond = |edge: f64| match self.allowed {
            Allowed::AtMost => value > edge,
            Allowed::AtLeast => value < edge,
            Allowed::Within => value.abs() > edge,
        };
        if beyond(self.fail) {
            Status::Fail
        } else if beyond(self.warn) {
            Status::Warn
        } else if beyond(self.note) {
            Status::Note
        } else {
            Status::Pass
        }
    }

    /// Signed lean of a value: ±0.5 is the limit, one more per width beyond it, clamped to ±[`MAX_LEAN`].
    /// On the allowed side of a one-sided limit it runs to 0 and stays there: far inside is not "too little".
    pub fn lean(&self, value: f64) -> f64 {
        let width = if self.width > 0.0 { self.width } else { 1.0 };
        let lean = match self.allowed {
            Allowed::AtMost => (0.5 + (value - self.warn) / width).max(0.0),
            Allowed::AtLeast => (-0.5 + (value - self.warn) / width).min(0.0),
            Allowed::Within => value / width,
        };
        if lean.is_nan() { 0.0 } else { lean.clamp(-MAX_LEAN, MAX_LEAN) }
    }
}

/// What a finding says beyond the numbers of its check.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// What a listener hears, at most six words.
    pub title: String,
    /// One sentence: why it matters here.
    pub why: String,
    /// Where it is best mended.
    pub place: Place,
    /// Where in time; empty means throughout.
    pub time: Vec<TimeRange>,
    /// Where in frequency, Hz.
    pub band_hz: Option<[f64; 2]>,
    /// Further numbers.
    pub evidence: Vec<Evidence>,
    /// What to do.
    pub fix: Option<Fix>,
}

impl Story {
    /// A story with its title, reason and place; the rest is added by the methods below.
    pub fn new(title: impl Into<String>, why: impl Into<String>, place: Place) -> Self {
        Self { title: title.into(), why: why.into(), place, time: Vec::new(), band_hz: None, evidence: Vec::new(), fix: None }
    }

    /// Where in time it is heard.
    pub fn at(mut self, time: Vec<TimeRange>) -> Self {
        self.time = time;
        self
    }

    /// Which band it concerns, Hz.
    pub fn band(mut self, low_hz: f64, high_hz: f64) -> Self {
        self.band_hz = Some([low_hz, high_hz]);
        self
    }

    /// One more labelled number; values that are not finite are kept as null.
    pub fn evidence(mut self, label: impl Into<String>, value: f64, unit: impl Into<String>) -> Self {
        self.evidence.push(Evidence { label: label.into(), value: value.is_finite().then_some(value), unit: unit.into() });
        self
    }

    /// What to do, in words.
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { text: text.into(), freq_hz: None, gain_db: None, q: None });
        self
    }

    /// What to do, with the numbers of the move where it has them.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How it came out.
    pub status: Status,
    /// Measured value.
    pub value: Option<f64>,
    /// Unit of value and limit.
    pub unit: &'static str,
    /// The limit.
    pub limit: Option<f64>,
    /// Whose limit; for a skipped check, why it was skipped.
    pub limit_source: String,
    /// Lean, see [`Check::lean`].
    pub lean: Option<f64>,
    /// 0 to 1.
    pub confidence: f64,
    /// The story, for checks not passed.
    pub story: Option<Story>,
    /// Playback system it was found on; none for checks of the file itself.
    pub system: Option<String>,
    /// The same check on other playback systems: each that is not passed becomes a finding of its own.
    pub also: Vec<Self>,
}

impl Outcome {
    /// Holds a value against a limit. The story is told by [`Outcome::told`] where the check is not passed.
    pub fn judge(value: f64, unit: &'static str, limit: &Limit) -> Self {
        Self {
            status: limit.status(value),
            value: value.is_finite().then_some(value),
            unit,
            limit: limit.warn.is_finite().then_some(limit.warn),
            limit_source: limit.source.to_owned(),
            lean: Some(limit.lean(value)),
            confidence: 1.0,
            story: None,
            system: None,
            also: Vec::new(),
        }
    }

    /// A fault that is there or not, without a number worth showing.
    pub fn flag(status: Status, source: impl Into<String>) -> Self {
        let lean = if status > Status::Pass { MAX_LEAN } else { 0.0 };
        Self {
            status,
            value: None,
            unit: "",
            limit: None,
            limit_source: source.into(),
            lean: Some(lean),
            confidence: 1.0,
            story: None,
            system: None,
            also: Vec::new(),
        }
    }

    /// Not judged, and why.
    pub fn skipped(reason: impl Into<String>) -> Self {
        Self {
            status: Status::Skipped,
            value: None,
            unit: "",
            limit: None,
            limit_source: reason.into(),
            lean: None,
            confidence: 0.0,
            story: None,
            system: None,
            also: Vec::new(),
        }
    }

    /// Says whose limit it was, where that depends on the comparison.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.limit_source = source.into();
        self
    }

    /// How sure the check is, 0 to 1.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = if confidence.is_finite() { confidence.clamp(0.0, 1.0) } else { 0.0 };
        self
    }

    /// Lowers the status to at most `most`: for checks that know of a harmless explanation.
    pub fn capped(mut self, most: Status) -> Self {
        self.status = self.status.min(most);
        self
    }

    /// Adds the story if the check is not passed.
    pub fn told(mut self, story: impl FnOnce(&Self) -> Story) -> Self {
        if self.status > Status::Pass {
            self.story = Some(story(&self));
        }
        self
    }

    /// Says on which playback system it was found.
    pub fn on(mut self, system: impl Into<String>) -> Self {
        self.system = Some(system.into());
        self
    }

    /// Adds outcomes of the same check on other playback systems.
    pub fn also(mut self, others: Vec<Self>) -> Self {
        self.also = others;
        self
    }

    /// The check's row and, where it was not passed, its findings: one, or one per playback system.
    pub fn split(mut self, code: &str) -> (Check, Vec<Finding>) {
        let others = std::mem::take(&mut self.also);
        let (check, finding) = self.split_one(code);
        let findings = finding.into_iter().chain(others.into_iter().filter_map(|o| o.split_one(code).1)).collect();
        (check, findings)
    }

    fn split_one(self, code: &str) -> (Check, Option<Finding>) {
        let check = Check {
            code: code.to_owned(),
            status: self.status,
            value: self.value,
            unit: self.unit.to_owned(),
            limit: self.limit,
            limit_source: self.limit_source,
            lean: self.lean,
            confidence: self.confidence,
        };
        let finding = self.story.filter(|_| check.status > Status::Pass).map(|story| Finding {
            code: check.code.clone(),
            status: check.status,
            title: story.title,
            why: story.why,
            place: story.place,
            time: story.time,
            band_hz: story.band_hz,
            system: self.system,
            value: check.value,
            unit: check.unit.clone(),
            limit: check.limit,
            limit_source: check.limit_source.clone(),
            lean: check.lean,
            confidence: check.confidence,
            evidence: story.evidence,
            fix: story.fix,
        });
        (check, finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_sided_limit_leans_half_at_the_limit_and_never_the_other_way() {
        let limit = Limit::at_most(4.0, 8.0, "test");
        assert_eq!(limit.lean(4.0), 0.5);
        assert_eq!(limit.lean(8.0), 1.5);
        assert_eq!(limit.lean(-50.0), 0.0);
        assert_eq!(limit.lean(500.0), MAX_LEAN);
        let floor = Limit::at_least(12.0, 8.0, "test");
        assert_eq!(floor.lean(12.0), -0.5);
        assert_eq!(floor.lean(8.0), -1.5);
        assert_eq!(floor.lean(40.0), 0.0);
    }

    #[test]
    fn a_two_sided_limit_leans_both_ways() {
        let limit = Limit::within(2.0, 6.0, "test");
        assert_eq!(limit.lean(2.0), 0.5);
        assert_eq!(limit.lean(-6.0), -1.5);
        assert_eq!(limit.status(-2.5), Status::Warn);
        assert_eq!(limit.status(-6.5), Status::Fail);
    }

    #[test]
    fn a_limit_that_never_fails_stops_at_a_warning() {
        let limit = Limit::at_most(-6.0, -1.0, "test").never_failing(3.0);
        assert_eq!(limit.status(0.0), Status::Warn);
        assert_eq!(limit.lean(0.0), 2.5);
    }

    #[test]
    fn only_checks_not_passed_tell_a_story() {
        let limit = Limit::at_most(4.0, 8.0, "test");
        let story = |_: &Outcome| Story::new("Too much", "It is.", Place::Mix);
        assert!(Outcome::judge(3.0, "dB", &limit).told(story).split("a.b").1.is_empty());
        let (check, findings) = Outcome::judge(5.0, "dB", &limit).told(story).split("a.b");
        assert_eq!(check.status, Status::Warn);
        assert_eq!(findings.first().map(|f| f.code.as_str()), Some("a.b"));
        let on = |value: f64, system: &str| Outcome::judge(value, "dB", &limit).told(story).on(system);
        let (check, findings) = on(9.0, "tv").also(vec![on(5.0, "laptop"), on(1.0, "club_pa")]).split("a.b");
        let systems: Vec<_> = findings.iter().filter_map(|f| f.system.as_deref()).collect();
        assert_eq!((check.status, systems), (Status::Fail, vec!["tv", "laptop"]));
    }
}
