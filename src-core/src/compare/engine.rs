//! Puts a comparison together.

use super::comparison::{BandTone, BandWidth, Basis, Comparison, MatchedTone, Quantity, Range, ReferenceName, SectionComparison};
use super::matched::{self, MatchedDifference, Programme};
use super::portrait::{KINDS, Kind, portrait};
use super::range::{median, outliers, range};
use super::sections::sections;
use super::{rings, tone_evidence};
use crate::error::Result;
use crate::measure::Measurements;
use crate::measure::energy_map::BANDS_HZ;
use crate::models::profile::Portrait;
use crate::models::target::Target;
use rayon::prelude::*;

/// One reference: what is known of it, and its energy map if it was measured now (a saved profile has none).
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// What comparisons need of it.
    pub portrait: &'a Portrait,
    /// Its measurements; none for references from a profile.
    pub measurements: Option<&'a Measurements>,
}

/// Least half width of a tonal range, dB: how far the same arrangement moves from song to song (long-term spectra
/// vary least between 200 Hz and 1 kHz, and more at both ends).
fn least_tone_db(hz: f64) -> f64 {
    match hz {
        ..=130.0 => 3.0,
        ..=170.0 => 2.5,
        ..=2_100.0 => 2.0,
        ..=5_100.0 => 2.5,
        _ => 3.0,
    }
}

/// Least half width of a range of width per band, dB.
const LEAST_WIDTH_DB: f64 = 3.0;

/// Compares a file with its references; with none, with the neutral range.
///
/// A silent file gives a comparison without bands and quantities. Errors only if the built-in target is damaged.
pub fn compare(mix: &Measurements, references: &[Reference<'_>]) -> Result<Comparison> {
    compare_matched(mix, references, &differences(mix, references))
}

/// What separates the file from each reference, music aside, in their order; none for references from a profile and where the
/// two cannot be compared that way.
pub fn differences(mix: &Measurements, references: &[Reference<'_>]) -> Vec<Option<MatchedDifference>> {
    let programme = |m: &'_ Measurements| m.loudness.integrated.lufs();
    let own = Programme { map: &mix.map, integrated_lufs: programme(mix) };
    let of = |reference: &Reference<'_>| {
        let measured = reference.measurements?;
        matched::estimate(Programme { map: &measured.map, integrated_lufs: programme(measured) }, own)
    };
    references.par_iter().map(of).collect()
}

/// As [`compare`], with [`differences`] that are known already: they are most of the work.
pub fn compare_matched(mix: &Measurements, references: &[Reference<'_>], differences: &[Option<MatchedDifference>]) -> Result<Comparison> {
    let own = portrait("", mix);
    let neutral = Target::neutral()?;
    if references.is_empty() {
        return Ok(against_target(&own, &neutral));
    }
    let names: Vec<ReferenceName> =
        references.iter().enumerate().map(|(i, r)| ReferenceName { label: format!("R{}", i + 1), name: r.portrait.name.clone() }).collect();
    let portraits: Vec<&Portrait> = references.iter().map(|r| r.portrait).collect();
    let matched = closest(differences, &names);
    let same_session = most_alike(differences).is_some_and(|(_, m)| matched::same_session(m, references.len()));
    let labels: Vec<&str> = names.iter().map(|n| n.label.as_str()).collect();
    let tone = tone(&own.tone_db, |band| values(&portraits, |p| p.tone_db.get(band).copied().flatten()));
    let records = tone_evidence::of_records(&tone, &neutral, references.len());
    let evidence = match &matched {
        Some(matched) => tone_evidence::combine(tone_evidence::of_match(matched), &records),
        None => records,
    };
    Ok(Comparison {
        basis: if same_session { Basis::SameSession } else { Basis::References },
        against: match labels.as_slice() {
            [one] => (*one).to_owned(),
            [first, .., last] => format!("{first}–{last}"),
            [] => String::new(),
        },
        evidence: (!tone.is_empty()).then_some(evidence),
        tone,
        width: width(&own, &portraits),
        quantities: KINDS.iter().filter_map(|kind| quantity(kind, &own, &portraits)).collect(),
        rings: rings::find(&own.floor_db, &portraits.iter().map(|p| p.floor_db.as_slice()).collect::<Vec<_>>()),
        outliers: KINDS.iter().flat_map(|kind| odd_ones(kind, &labels, &portraits)).collect(),
        sections: compare_sections(mix, &portraits),
        roughness_db: matched.as_ref().map(|m| m.roughness_db),
        matched,
        references: names,
    })
}

/// The values that portraits have for something.
fn values(portraits: &[&Portrait], of: impl Fn(&Portrait) -> Option<f64>) -> Vec<f64> {
    portraits.iter().filter_map(|p| of(p)).collect()
}

fn tone(own: &[Option<f64>], of_references: impl Fn(usize) -> Vec<f64>) -> Vec<BandTone> {
    let band = |(index, hz): (usize, &f64)| {
        let range = range(&of_references(index), least_tone_db(*hz))?;
        Some(band_tone(*hz, own.get(index).copied().flatten()?, range))
    };
    BANDS_HZ.iter().enumerate().filter_map(band).collect()
}

fn band_tone(hz: f64, level_db: f64, range: Range) -> BandTone {
    BandTone { hz, level_db, range, difference_db: level_db - range.centre, outside_db: range.outside(level_db) }
}

fn width(own: &Portrait, portraits: &[&Portrait]) -> Vec<BandWidth> {
    let band = |(index, hz): (usize, &f64)| {
        let range = range(&values(portraits, |p| p.width_db.get(index).copied().flatten()), LEAST_WIDTH_DB)?;
        Some(BandWidth { hz: *hz, side_mid_db: own.width_db.get(index).copied().flatten()?, range })
    };
    BANDS_HZ.iter().enumerate().filter_map(band).collect()
}

fn quantity(kind: &Kind, own: &Portrait, portraits: &[&Portrait]) -> Option<Quantity> {
    let range = range(&values(portraits, |p| p.numbers.get(kind.id).copied()), kind.least)?;
    Some(Quantity { id: kind.id.into(), label: kind.label.into(), value: own.numbers.get(kind.id).copied(), range, unit: kind.unit.into() })
}

fn odd_ones(kind: &Kind, labels: &[&str], portraits: &[&Portrait]) -> Vec<super::Outlier> {
    let known = labels.iter().zip(portraits).filter_map(|(label, p)| Some((*label, p.numbers.get(kind.id).copied()?)));
    let (labels, values): (Vec<&str>, Vec<f64>) = known.unzip();
    outliers(kind, &labels, &values)
}

/// The reference whose music is most like the file's, by index; none if none can be compared that way.
fn most_alike(differences: &[Option<MatchedDifference>]) -> Option<(usize, &MatchedDifference)> {
    let known = differences.iter().enumerate().filter_map(|(index, difference)| Some((index, difference.as_ref()?)));
    known.min_by(|(_, a), (_, b)| a.unlikeness_db().total_cmp(&b.unlikeness_db()))
}

/// The matched difference to that reference.
fn closest(differences: &[Option<MatchedDifference>], names: &[ReferenceName]) -> Option<MatchedTone> {
    let (index, difference) = most_alike(differences)?;
    Some(matched_tone(&names.get(index)?.label, difference))
}

fn matched_tone(label: &str, m: &MatchedDifference) -> MatchedTone {
    let compared = || (0..matched::MATCH_BANDS).filter(|b| m.raw_sd_db[*b].is_finite());
    MatchedTone {
        label: label.to_owned(),
        hz: compared().map(|b| matched::match_bands_hz()[b]).collect(),
        excess_db: compared().map(|b| -m.raw_db[b]).collect(),
        sd_db: compared().map(|b| m.raw_sd_db[b]).collect(),
        roughness_db: m.roughness_db,
        side_excess_db: m.side_gain_db.map(|gain| -gain.value),
        side_sd_db: m.side_gain_db.map(|gain| gain.sd),
    }
}

/// Each class of sections against the same class of the references.
fn compare_sections(mix: &Measurements, portraits: &[&Portrait]) -> Vec<SectionComparison> {
    let compared = sections(&mix.map).into_iter().filter_map(|section| {
        let like: Vec<_> = portraits.iter().filter_map(|p| p.sections.get(section.energy)).collect();
        let difference = |band: usize| {
            let theirs: Vec<f64> = like.iter().filter_map(|s| s.tone_db.get(band).copied().flatten()).collect();
            Some(section.portrait.tone_db.get(band).copied().flatten()? - median(&theirs)?)
        };
        (!like.is_empty()).then(|| SectionComparison {
            energy: section.energy.to_owned(),
            time: section.time.clone(),
            level_db: section.portrait.level_db,
            difference_db: (0..BANDS_HZ.len()).map(difference).collect(),
        })
    });
    compared.collect()
}

/// A file against a target, which is set to the file's level by the median over the bands from 200 Hz to 2 kHz, where
/// records differ least.
fn against_target(own: &Portrait, target: &Target) -> Comparison {
    let level = |hz: f64| BANDS_HZ.iter().position(|b| *b == hz).and_then(|i| own.tone_db.get(i).copied().flatten());
    let middle = target.bands.iter().filter(|b| (200.0..=2_000.0).contains(&b.hz));
    let offsets: Vec<f64> = middle.filter_map(|b| Some(level(b.hz)? - b.level_db)).collect();
    let Some(offset) = median(&offsets) else { return Comparison { against: target.label.clone(), ..Comparison::default() } };
    let tone = target.bands.iter().filter_map(|b| {
        let centre = b.level_db + offset;
        Some(band_tone(b.hz, level(b.hz)?, Range { centre, low: centre - b.tolerance_db, high: centre + b.tolerance_db }))
    });
    let tone: Vec<BandTone> = tone.collect();
    Comparison {
        basis: Basis::Neutral,
        against: target.label.clone(),
        evidence: Some(tone_evidence::of_records(&tone, target, 0)),
        rings: rings::find(&own.floor_db, &[]),
        tone,
        ..Comparison::default()
    }
}
