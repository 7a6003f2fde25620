//! What translation needs of a file: spectra by loudness class, and short passages in order of time.

use crate::audio::TimeRange;
use crate::compare::equal_loudness::k_weighted;
use crate::measure::Measurements;
use crate::measure::energy_map::{BANDS, EnergyMap};
use crate::measure::spectrum::Bins;
use crate::playback::BandGains;
use crate::units::power_to_db;

/// Loudness classes: enough for the spread of levels within a song.
const CLASSES: usize = 16;

/// Frames this far below the loud ones (95th percentile) are pauses, dB.
const GATE_DB: f64 = -30.0;

/// Length of a passage, about, s, and the most of them: longer files have longer passages.
const PASSAGE_S: f64 = 0.4;
const MOST_PASSAGES: usize = 1500;

/// Mid, side and cross power of the bands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Powers {
    pub mid: [f64; BANDS],
    pub side: [f64; BANDS],
    pub cross: [f64; BANDS],
}

impl Powers {
    const SILENT: Self = Self { mid: [0.0; BANDS], side: [0.0; BANDS], cross: [0.0; BANDS] };

    fn mean(map: &EnergyMap, frames: impl ExactSizeIterator<Item = usize>) -> Self {
        let mut sum = Self::SILENT;
        let share = 1.0 / frames.len().max(1) as f64;
        for frame in frames {
            for (to, from) in
                [(&mut sum.mid, map.mid_frame(frame)), (&mut sum.side, map.side_frame(frame)), (&mut sum.cross, map.cross_frame(frame))]
            {
                for (to, from) in to.iter_mut().zip(from) {
                    *to += share * f64::from(*from);
                }
            }
        }
        sum
    }

    /// Powers under gains of mid and side (power ratios).
    fn under(&self, mid: &[f64; BANDS], side: &[f64; BANDS]) -> Self {
        Self {
            mid: std::array::from_fn(|b| self.mid[b] * mid[b]),
            side: std::array::from_fn(|b| self.side[b] * side[b]),
            cross: std::array::from_fn(|b| self.cross[b] * (mid[b] * side[b]).sqrt()),
        }
    }

    /// Power at the listener per band.
    pub fn heard(&self, gains: &BandGains) -> [f64; BANDS] {
        std::array::from_fn(|b| gains.heard(b, self.mid[b], self.side[b], self.cross[b]))
    }
}

/// A stretch of time.
#[derive(Clone)]
pub(super) struct Passage {
    pub powers: Powers,
    pub time: TimeRange,
    /// Loud enough to be no pause.
    pub sounds: bool,
}

/// A file.
#[derive(Clone)]
pub(super) struct Programme<'a> {
    /// Classes of equal duration, softest first.
    pub classes: Vec<Powers>,
    /// In order of time.
    pub passages: Vec<Passage>,
    /// Its long-term spectrum.
    pub bins: &'a Bins,
}

impl<'a> Programme<'a> {
    /// None for silence.
    pub fn of(m: &'a Measurements) -> Option<Self> {
        let map = &m.map;
        let level = |frame: usize| {
            let both: Vec<f64> = map.mid_frame(frame).iter().zip(map.side_frame(frame)).map(|(m, s)| f64::from(m + s)).collect();
            power_to_db(k_weighted(&both))
        };
        let levels: Vec<f64> = (0..map.frames()).map(level).collect();
        let mut order: Vec<usize> = (0..levels.len()).filter(|f| levels[*f].is_finite()).collect();
        order.sort_by(|a, b| levels[*a].total_cmp(&levels[*b]).then(a.cmp(b)));
        let loud = levels[*order.get(order.len().saturating_sub(1) * 95 / 100)?];
        order.retain(|f| levels[*f] > loud + GATE_DB);
        let size = order.len().div_ceil(CLASSES).max(1);
        let classes = order.chunks(size).map(|frames| Powers::mean(map, frames.iter().copied())).collect();
        let per_passage = if map.hop_s > 0.0 { (PASSAGE_S / map.hop_s).round() as usize } else { 1 };
        let per_passage = per_passage.max(map.frames().div_ceil(MOST_PASSAGES)).max(1);
        let passage = |first: usize| {
            let frames = first..(first + per_passage).min(map.frames());
            let (from, to) = (map.time_s(frames.start) - 0.5 * map.hop_s, map.time_s(frames.end) - 0.5 * map.hop_s);
            // A pause is a passage in which nothing is; one that is merely soft may be what sinks.
            let loudest = frames.clone().map(|f| levels[f]).fold(f64::NEG_INFINITY, f64::max);
            Passage { powers: Powers::mean(map, frames), time: TimeRange::new(from.max(0.0), to), sounds: loudest > loud + PAUSE_DB }
        };
        let passages = (0..map.frames()).step_by(per_passage).map(passage).collect();
        Some(Self { classes, passages, bins: &m.spectrum.bins })
    }

    /// The file under gains of mid and side (power ratios). Where in a band its energy lies stays as it is: broad moves are even within
    /// a third octave. What is a pause stays one.
    pub fn under(&self, mid: &[f64; BANDS], side: &[f64; BANDS]) -> Self {
        Self {
            classes: self.classes.iter().map(|c| c.under(mid, side)).collect(),
            passages: self.passages.iter().map(|p| Passage { powers: p.powers.under(mid, side), ..*p }).collect(),
            bins: self.bins,
        }
    }
}

/// A passage this far below the loud ones is a pause, a fade or a tail, dB.
const PAUSE_DB: f64 = -45.0;
