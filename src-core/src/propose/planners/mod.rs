//! From comparisons and findings to settings: one planner per dimension, one file each; tone, width and dynamics have one for references
//! of the mix's session and one (`record_…`) for other records.

mod dynamics;
mod loudness;
mod outlook;
mod record_dynamics;
mod record_sound;
mod record_tone;
mod record_width;
mod response;
mod search;
mod tone;
mod translation;
mod width;

#[cfg(test)]
mod record_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod translation_tests;

pub use loudness::{Allowed, LimiterLoad, LoudnessTarget, MOST_REDUCTION_DB, expect_loudness, limiter_load};
pub use record_dynamics::{LOUDNESS_RANGE, PEAK_TO_LOUDNESS};
pub use translation::{Serve, translation_bands, translation_gains};

use crate::chain::Settings;
use crate::compare::matched::{MatchedDifference, other_record_unlikeness_db};
use crate::compare::{Comparison, median};
use crate::diagnose::Finding;
use crate::error::Result;
use crate::measure::energy_map::BANDS_HZ;
use crate::measure::{Measurements, stereo};
use crate::propose::{Amounts, Dimension, MatchMode, Move, Proposal};
use crate::units::number;

/// One reference as planners see it.
#[derive(Clone, Debug)]
pub struct ReferenceEvidence<'a> {
    /// Label, "R1".
    pub label: String,
    /// Its measurements.
    pub measurements: &'a Measurements,
    /// What separates the mix from it, music aside; none if they cannot be compared that way.
    pub matched: Option<MatchedDifference>,
    /// Whether the evidence says that it is of the mix's session.
    pub same_session: bool,
}

/// What dynamics and limiter did to a render that its plan could not foresee, dB: measured less foreseen. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drift {
    /// Level per third octave at equal loudness.
    pub tone_db: Vec<f64>,
    /// Side against mid per third octave.
    pub width_db: Vec<f64>,
    /// Side against mid of the whole.
    pub whole_width_db: f64,
}

impl Drift {
    /// What lies between this and another, which counts with `share`.
    #[must_use]
    pub fn between(&self, other: &Self, share: f64) -> Self {
        let mix = |a: f64, b: f64| a + share * (b - a);
        let curves = |a: &[f64], b: &[f64]| -> Vec<f64> {
            let at = |of: &[f64], i: usize| of.get(i).copied().unwrap_or(0.0);
            (0..a.len().max(b.len())).map(|i| mix(at(a, i), at(b, i))).collect()
        };
        Self {
            tone_db: curves(&self.tone_db, &other.tone_db),
            width_db: curves(&self.width_db, &other.width_db),
            whole_width_db: mix(self.whole_width_db, other.whole_width_db),
        }
    }
}

/// Everything that planners decide from.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// The mix.
    pub mix: &'a Measurements,
    /// References that were measured now.
    pub references: &'a [ReferenceEvidence<'a>],
    /// Mix against all references, also those from a profile.
    pub comparison: &'a Comparison,
    /// What was found in the mix.
    pub findings: &'a [Finding],
    /// How much of each dimension is wanted.
    pub amounts: Amounts,
    /// Loudness asked for.
    pub target: LoudnessTarget,
    /// Highest true peak of the result, dBTP.
    pub ceiling_dbtp: f64,
    /// What settings did to an earlier render beyond what its plan foresaw.
    pub drift: &'a Drift,
    /// Playback systems to serve beside the references; none leaves them out.
    pub serve: Option<Serve<'a>>,
}

impl Situation<'_> {
    /// References of the mix's own session with what separates the mix from them.
    fn session(&self) -> impl Iterator<Item = (&ReferenceEvidence<'_>, &MatchedDifference)> {
        self.references.iter().filter(|r| r.same_session).filter_map(|r| Some((r, r.matched.as_ref()?)))
    }

    /// Which case the evidence points to.
    pub fn mode(&self) -> MatchMode {
        if self.session().next().is_some() { MatchMode::SameSession } else { MatchMode::OtherRecord }
    }

    /// Codes of findings that begin with one of the prefixes and that a move within `band_hz` could answer.
    fn answered(&self, prefix: &str, band_hz: [f64; 2]) -> Vec<String> {
        let overlaps = |f: &&Finding| f.band_hz.is_none_or(|[low, high]| low < band_hz[1] && high > band_hz[0]);
        self.findings.iter().filter(|f| f.code.starts_with(prefix)).filter(overlaps).map(|f| f.code.clone()).collect()
    }
}

/// What one planner contributes.
#[derive(Clone, Debug, Default)]
struct Part {
    moves: Vec<Move>,
    notes: Vec<String>,
}

/// Plans all dimensions. With all amounts at 0 the settings change nothing, bit for bit.
///
/// # Errors
/// Those of the EQ fit, which only unusable measurements bring about.
pub fn plan(situation: &Situation<'_>) -> Result<Proposal> {
    let mode = situation.mode();
    let mut settings = Settings::default();
    let mut parts = match mode {
        MatchMode::SameSession => vec![tone::plan(situation, &mut settings)?, width::plan(situation, &mut settings)],
        MatchMode::OtherRecord => record_sound::plan(situation, &mut settings).into(),
    };
    let (served, trade) = translation::plan(situation, mode, &mut settings);
    parts.push(served);
    // After the EQ, whose level the threshold follows.
    parts.push(match mode {
        MatchMode::SameSession => dynamics::plan(situation, &mut settings),
        MatchMode::OtherRecord => record_dynamics::plan(situation, &mut settings),
    });
    // Last, because loudness depends on everything before it.
    parts.push(loudness::plan(situation, mode, &mut settings));
    let mut proposal = Proposal {
        mode,
        mode_reason: mode_reason(situation, mode),
        amounts: situation.amounts,
        settings,
        moves: Vec::new(),
        translation: trade,
        notes: Vec::new(),
    };
    for part in parts {
        proposal.moves.extend(part.moves);
        proposal.notes.extend(part.notes);
    }
    if situation.mix.layout.channel_count() == 1 && proposal.moves.iter().any(|m| m.dimension == Dimension::Loudness) {
        proposal.notes.push(mono_note(situation.target));
    }
    Ok(proposal)
}

/// What a render of `settings`, measured and compared, holds beyond what they should have left of the mix.
pub fn drift(mix: &Measurements, settings: &Settings, after: &Comparison) -> Drift {
    /// More than this is no drift but something else, dB.
    const MOST_DB: f64 = 3.0;
    let foreseen = outlook::Outlook::of(&mix.map).after(settings, f64::from(mix.sample_rate));
    let beyond = |is: Option<f64>, should: Option<f64>| is.zip(should).map_or(0.0, |(is, should)| (is - should).clamp(-MOST_DB, MOST_DB));
    let tone = |(hz, should): (&f64, Option<f64>)| beyond(after.tone.iter().find(|b| b.hz == *hz).map(|b| b.level_db), should);
    let width = |(hz, should): (&f64, Option<f64>)| beyond(after.width.iter().find(|b| b.hz == *hz).map(|b| b.side_mid_db), should);
    let whole = foreseen.side_mid_db(stereo::band_range(100.0, 16_000.0));
    Drift {
        tone_db: BANDS_HZ.iter().zip(foreseen.tone_db()).map(tone).collect(),
        width_db: BANDS_HZ.iter().zip(foreseen.width_db()).map(width).collect(),
        whole_width_db: beyond(after.quantity("width").and_then(|q| q.value), Some(whole)),
    }
}

fn mono_note(target: LoudnessTarget) -> String {
    let what = match target {
        LoudnessTarget::References => "it is matched by what is heard, so its meter reads 3 LU less than that of a stereo reference",
        LoudnessTarget::Lufs(_) => "the loudness asked for is taken as what a meter reads",
    };
    format!("Loudness: the mix is mono. Players send it to both loudspeakers, where it is 3 LU louder than a meter reads; {what}.")
}

fn mode_reason(situation: &Situation<'_>, mode: MatchMode) -> String {
    let unlikeness = |same: bool| -> Vec<f64> {
        let of = situation.references.iter().filter(|r| r.same_session == same);
        of.filter_map(|r| Some(r.matched.as_ref()?.unlikeness_db())).collect()
    };
    let limit = number(other_record_unlikeness_db(situation.comparison.references.len()), 1);
    match mode {
        MatchMode::SameSession => {
            let labels: Vec<&str> = situation.session().map(|(r, _)| r.label.as_str()).collect();
            format!(
                "Same session as {}: passages that play alike differ smoothly over frequency, as by an equaliser (unlikeness {} dB, below {limit}); the mix is brought to their sound.",
                labels.join(", "),
                number(median(&unlikeness(true)).unwrap_or(f64::NAN), 1)
            )
        }
        MatchMode::OtherRecord => match median(&unlikeness(false)) {
            Some(r) => format!(
                "Other music than the mix (unlikeness {} dB, {limit} or more): only what lies outside the range of {} is moved, towards its edge.",
                number(r, 1),
                situation.comparison.against
            ),
            None => format!("Only what lies outside the range of {} is moved, towards its edge.", situation.comparison.against),
        },
    }
}

/// Combines estimates of one quantity: mean weighted by 1/sd², and the standard deviation of that mean.
fn combine(estimates: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    /// No estimate counts as surer than this, dB.
    const LEAST_SD: f64 = 0.05;
    let (sum, weight) = estimates.fold((0.0, 0.0), |(s, w), (value, sd)| {
        let precision = 1.0 / sd.max(LEAST_SD).powi(2);
        (s + value * precision, w + precision)
    });
    (weight > 0.0).then(|| (sum / weight, weight.sqrt().recip()))
}

/// "160–250 Hz", "4.0–8.0 kHz".
fn band_text([low, high]: [f64; 2]) -> String {
    if low >= 1000.0 {
        format!("{}–{} kHz", number(low / 1000.0, 1), number(high / 1000.0, 1))
    } else if high >= 1000.0 {
        format!("{} Hz–{} kHz", number(low, 0), number(high / 1000.0, 1))
    } else {
        format!("{}–{} Hz", number(low, 0), number(high, 0))
    }
}
