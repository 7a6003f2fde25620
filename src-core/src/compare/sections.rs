//! Sections of a file by energy, so that loud parts are compared with loud parts.

use super::equal_loudness::{k_weighted, tone_db};
use crate::audio::TimeRange;
use crate::measure::EnergyMap;
use crate::measure::energy_map::BANDS;
use crate::models::profile::SectionPortrait;
use crate::units::power_to_db;

/// Energy is averaged over this long: a bar or two, so that a section is not a drum hit.
const WINDOW_S: f64 = 3.0;

/// A section that is shorter than this joins its louder neighbour.
const LEAST_S: f64 = 4.0;

/// Classes by level below the file's loud level (95th percentile of the averaged levels), dB: name and lower edge.
const CLASSES: [(&str, f64); 3] = [("loud", -4.0), ("middle", -10.0), ("quiet", -25.0)];

/// All stretches of one file that have about the same energy.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// "loud", "middle" or "quiet".
    pub energy: &'static str,
    /// Where.
    pub time: Vec<TimeRange>,
    /// What is compared.
    pub portrait: SectionPortrait,
}

/// Splits a file into sections by its K-weighted energy over [`WINDOW_S`]: within 4 dB of the loud level, within 10 dB,
/// within 25 dB. What is softer is in no section; classes that do not occur are left out; silence gives none.
pub fn sections(map: &EnergyMap) -> Vec<Section> {
    let levels = smoothed_db(map);
    let mut sorted: Vec<f64> = levels.iter().copied().filter(|l| l.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let Some(loud_db) = sorted.get((sorted.len().saturating_sub(1)) * 95 / 100).copied() else { return Vec::new() };
    let mut classes: Vec<Option<usize>> = levels.iter().map(|l| CLASSES.iter().position(|(_, edge)| l - loud_db >= *edge)).collect();
    join_short(&mut classes, if map.hop_s > 0.0 { (LEAST_S / map.hop_s) as usize } else { 0 });
    let sounding = classes.iter().flatten().count();
    let mut out: Vec<Section> = (0..CLASSES.len()).filter_map(|class| section(map, &classes, class, sounding)).collect();
    let top = out.iter().map(|s| s.portrait.level_db).fold(f64::NEG_INFINITY, f64::max);
    for section in &mut out {
        section.portrait.level_db -= top;
    }
    out
}

/// K-weighted level of each frame, averaged over [`WINDOW_S`] around it, dB.
fn smoothed_db(map: &EnergyMap) -> Vec<f64> {
    let powers: Vec<f64> = (0..map.frames()).map(|f| k_weighted(&frame_powers(map, f))).collect();
    let half = if map.hop_s > 0.0 { (0.5 * WINDOW_S / map.hop_s) as usize } else { 0 };
    let mut sums = vec![0.0];
    for p in &powers {
        sums.push(sums.last().unwrap_or(&0.0) + p);
    }
    let mean = |frame: usize| {
        let (from, to) = (frame.saturating_sub(half), (frame + half + 1).min(powers.len()));
        let sum = |i: usize| sums.get(i).copied().unwrap_or(0.0);
        power_to_db((sum(to) - sum(from)) / (to - from).max(1) as f64)
    };
    (0..powers.len()).map(mean).collect()
}

/// Mid and side powers of a frame added up.
fn frame_powers(map: &EnergyMap, frame: usize) -> Vec<f64> {
    map.mid_frame(frame).iter().zip(map.side_frame(frame)).map(|(m, s)| f64::from(m + s)).collect()
}

/// Gives runs shorter than `least` frames the class of the louder of their neighbours.
fn join_short(classes: &mut [Option<usize>], least: usize) {
    let mut start = 0;
    while start < classes.len() {
        let class = classes[start];
        let end = start + classes[start..].iter().take_while(|c| **c == class).count();
        if end - start < least {
            let before = start.checked_sub(1).and_then(|i| classes.get(i).copied().flatten());
            let after = classes.get(end).copied().flatten();
            if let Some(neighbour) = before.into_iter().chain(after).min() {
                classes[start..end].fill(Some(neighbour));
            }
        }
        start = end;
    }
}

fn section(map: &EnergyMap, classes: &[Option<usize>], class: usize, sounding: usize) -> Option<Section> {
    let frames: Vec<usize> = (0..classes.len()).filter(|f| classes[*f] == Some(class)).collect();
    let mut powers = vec![0.0; BANDS];
    for frame in &frames {
        for (sum, p) in powers.iter_mut().zip(frame_powers(map, *frame)) {
            *sum += p / frames.len() as f64;
        }
    }
    let ranges = frames.iter().map(|f| TimeRange::new(map.time_s(*f) - 0.5 * map.hop_s, map.time_s(*f) + 0.5 * map.hop_s));
    let portrait = SectionPortrait {
        level_db: power_to_db(k_weighted(&powers)),
        share: frames.len() as f64 / sounding.max(1) as f64,
        tone_db: tone_db(&powers),
    };
    let energy = CLASSES.get(class)?.0;
    (!frames.is_empty()).then(|| Section { energy, time: TimeRange::merged(ranges.collect(), 0.6 * map.hop_s), portrait })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map whose frames have one power in every band.
    fn map(levels_db: &[(f64, usize)]) -> EnergyMap {
        let mut map = EnergyMap { hop_s: 0.1, first_s: 0.1, ..EnergyMap::default() };
        for (db, frames) in levels_db {
            let power = 10f32.powf(*db as f32 / 10.0);
            map.mid.extend(std::iter::repeat_n(power, frames * BANDS));
        }
        map.side = vec![0.0; map.mid.len()];
        map.cross = vec![0.0; map.mid.len()];
        map
    }

    #[test]
    fn a_quiet_verse_and_a_loud_chorus_are_two_sections() {
        let found = sections(&map(&[(-37.0, 200), (-30.0, 300), (-37.0, 100)]));
        let names: Vec<_> = found.iter().map(|s| s.energy).collect();
        assert_eq!(names, ["loud", "middle"]);
        let chorus = &found[0];
        assert_eq!(chorus.time.len(), 1);
        assert!((chorus.time[0].start_s - 20.0).abs() < 2.0 && (chorus.time[0].end_s - 50.0).abs() < 2.0, "{:?}", chorus.time);
        assert!((found[1].portrait.level_db + 7.0).abs() < 1.0);
        assert!((found.iter().map(|s| s.portrait.share).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_single_hit_makes_no_section() {
        assert_eq!(sections(&map(&[(-30.0, 200), (-20.0, 3), (-30.0, 200)])).len(), 1);
    }

    #[test]
    fn silence_and_nothing_have_no_sections() {
        assert!(sections(&EnergyMap::default()).is_empty());
        assert!(sections(&map(&[(f64::NEG_INFINITY, 50)])).is_empty());
    }
}
