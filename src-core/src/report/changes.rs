//! Two versions of a mix: what was mended, what is new, what remains.

use crate::diagnose::{Finding, Place, Status};
use serde::{Deserialize, Serialize};

/// What separates two checks of versions of one mix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Changes {
    /// Findings of the older version that the newer one does not have.
    pub mended: Vec<Change>,
    /// Findings of the newer version that the older one did not have.
    pub new: Vec<Change>,
    /// Findings of both.
    pub remaining: Vec<Change>,
}

/// A finding in one or both versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Change {
    /// Code of the finding.
    pub code: String,
    /// Playback system, for findings about translation.
    pub system: Option<String>,
    /// What a listener hears.
    pub title: String,
    /// Where it is best mended.
    #[serde(rename = "where")]
    pub place: Place,
    /// Frequencies, \[low, high\] Hz.
    pub band_hz: Option<[f64; 2]>,
    /// Unit of the values.
    pub unit: String,
    /// Note, warn or fail: in the newer version, or, for what was mended, in the older one.
    pub status: Status,
    /// Value in the older version; none where it was not found there.
    pub before: Option<f64>,
    /// Value in the newer version; none where it is not found there.
    pub after: Option<f64>,
    /// Which way it went.
    pub trend: Trend,
}

/// Which way a finding went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Less of it, or none.
    Better,
    /// As it was.
    Same,
    /// More of it, or new.
    Worse,
}

/// A change of lean that nobody would act on, range widths.
const SAME_LEAN: f64 = 0.1;

/// Bands whose centres lie within this many octaves are the same finding in two versions: the grain of the checks that name a band.
const SAME_OCTAVES: f64 = 0.5;

/// Holds the findings of a newer version against those of an older one. Findings are the same if code and playback system are and, where a
/// code was found in several bands, the bands lie near each other. The order is that of the findings.
pub fn changes(older: &[Finding], newer: &[Finding]) -> Changes {
    let (mut new, mut remaining) = (Vec::new(), Vec::new());
    let mut left: Vec<&Finding> = older.iter().collect();
    for after in newer {
        let same = left.iter().enumerate().filter(|(_, before)| before.code == after.code && before.system == after.system);
        let nearest = same.map(|(at, before)| (at, octaves_apart(before, after))).min_by(|a, b| a.1.total_cmp(&b.1));
        match nearest.filter(|(_, octaves)| *octaves <= SAME_OCTAVES) {
            Some((at, _)) => remaining.push(change(after, Some(left.remove(at)), Some(after))),
            None => new.push(change(after, None, Some(after))),
        }
    }
    Changes { mended: left.into_iter().map(|before| change(before, Some(before), None)).collect(), new, remaining }
}

/// Distance between the centres of the bands, octaves; 0 where either is about no band.
fn octaves_apart(a: &Finding, b: &Finding) -> f64 {
    let centre = |f: &Finding| f.band_hz.map(|[low, high]| 0.5 * (low.max(1.0).log2() + high.max(1.0).log2()));
    centre(a).zip(centre(b)).map_or(0.0, |(a, b)| (a - b).abs())
}

fn change(told: &Finding, before: Option<&Finding>, after: Option<&Finding>) -> Change {
    Change {
        code: told.code.clone(),
        system: told.system.clone(),
        title: told.title.clone(),
        place: told.place,
        band_hz: told.band_hz,
        unit: told.unit.clone(),
        status: told.status,
        before: before.and_then(|f| f.value),
        after: after.and_then(|f| f.value),
        trend: trend(before, after),
    }
}

fn trend(before: Option<&Finding>, after: Option<&Finding>) -> Trend {
    let (Some(before), Some(after)) = (before, after) else { return if before.is_some() { Trend::Better } else { Trend::Worse } };
    let leans = before.lean.zip(after.lean).map_or(0.0, |(before, after)| after.abs() - before.abs());
    match after.status.cmp(&before.status) {
        std::cmp::Ordering::Less => Trend::Better,
        std::cmp::Ordering::Greater => Trend::Worse,
        std::cmp::Ordering::Equal if leans < -SAME_LEAN => Trend::Better,
        std::cmp::Ordering::Equal if leans > SAME_LEAN => Trend::Worse,
        std::cmp::Ordering::Equal => Trend::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, band_hz: Option<[f64; 2]>, status: Status, lean: f64) -> Finding {
        Finding {
            code: code.into(),
            status,
            title: code.into(),
            why: String::new(),
            place: Place::Mix,
            time: Vec::new(),
            band_hz,
            system: None,
            value: Some(lean),
            unit: "dB".into(),
            limit: None,
            limit_source: String::new(),
            lean: Some(lean),
            confidence: 1.0,
            evidence: Vec::new(),
            fix: None,
        }
    }

    fn codes(changes: &[Change]) -> Vec<&str> {
        changes.iter().map(|c| c.code.as_str()).collect()
    }

    #[test]
    fn findings_are_mended_new_or_remain() {
        let older = [finding("a", None, Status::Fail, 2.0), finding("b", None, Status::Warn, 1.0)];
        let newer = [finding("b", None, Status::Warn, 1.05), finding("c", None, Status::Note, 0.6)];
        let found = changes(&older, &newer);
        assert_eq!((codes(&found.mended), codes(&found.new), codes(&found.remaining)), (vec!["a"], vec!["c"], vec!["b"]));
        assert_eq!(found.remaining[0].trend, Trend::Same);
        assert_eq!(found.mended[0].trend, Trend::Better);
        assert!(found.mended[0].after.is_none() && found.new[0].before.is_none());
        let back = changes(&newer, &older);
        assert_eq!(back.mended, [Change { trend: Trend::Better, before: Some(0.6), after: None, ..found.new[0].clone() }]);
    }

    #[test]
    fn what_remains_went_one_way_or_the_other() {
        let trend = |before: (Status, f64), after: (Status, f64)| {
            let of = |(status, lean)| [finding("a", None, status, lean)];
            changes(&of(before), &of(after)).remaining[0].trend
        };
        assert_eq!(trend((Status::Fail, 2.0), (Status::Warn, 2.0)), Trend::Better);
        assert_eq!(trend((Status::Warn, -2.0), (Status::Warn, -1.0)), Trend::Better);
        assert_eq!(trend((Status::Warn, -1.0), (Status::Warn, 1.5)), Trend::Worse, "from too little to far too much");
    }

    #[test]
    fn a_code_in_several_bands_is_several_findings() {
        let ring = |hz: f64| finding("tonal.resonance", Some([hz * 0.95, hz * 1.05]), Status::Warn, 1.0);
        let found = changes(&[ring(148.0), ring(900.0)], &[ring(905.0), ring(3000.0)]);
        assert_eq!(found.mended[0].band_hz.unwrap()[0], 148.0 * 0.95);
        assert_eq!(found.remaining.len(), 1);
        assert_eq!(found.new[0].band_hz.unwrap()[1], 3000.0 * 1.05);
        let mut elsewhere = ring(148.0);
        elsewhere.system = Some("tv".into());
        assert_eq!(changes(&[ring(148.0)], &[elsewhere]).new.len(), 1, "on another system it is another finding");
    }

    #[test]
    fn a_version_against_itself_changes_nothing() {
        let same = [finding("a", Some([100.0, 200.0]), Status::Warn, 1.0), finding("a", Some([300.0, 500.0]), Status::Note, 0.7)];
        let found = changes(&same, &same);
        assert!(found.mended.is_empty() && found.new.is_empty());
        assert!(found.remaining.iter().all(|c| c.trend == Trend::Same && c.before == c.after));
    }
}
