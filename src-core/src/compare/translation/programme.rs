//! What translation needs of a file: spectra by loudness class, and short passages in order of time.

use crate::audio::TimeRange;
use crate::compare::equal_loudness::k_weighted;
use crate::measure::Measurements;
use crate::measure::energy_map::{BANDS, BANDS_HZ, EnergyMap};
use crate::measure::spectrum::Bins;
use crate::playback::{self, BandGains, Model, Spectrum};
use crate::units::power_to_db;
use std::sync::Arc;

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

    fn mean(map: &EnergyMap, frames: &mut dyn ExactSizeIterator<Item = usize>) -> Self {
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
    pub fn under(&self, mid: &[f64; BANDS], side: &[f64; BANDS]) -> Self {
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
    /// Integrated loudness, LUFS.
    pub lufs: f64,
    map: &'a EnergyMap,
    /// Frames of the map that sound, softest first.
    sounding: Arc<[usize]>,
    /// See [`resolved`].
    resolved: ([f64; BANDS], [f64; BANDS]),
}

/// Frames of one class.
fn of_class(sounding: &[usize], class: usize) -> &[usize] {
    // Alike in size to a frame, so that each counts the same.
    sounding.get(class * sounding.len() / CLASSES..(class + 1) * sounding.len() / CLASSES).unwrap_or(&[])
}

impl<'a> Programme<'a> {
    /// None for silence.
    pub fn of(m: &'a Measurements) -> Option<Self> {
        let map = &m.map;
        let resolved = resolved(map, &m.spectrum.bins);
        let mean = |frames: &mut dyn ExactSizeIterator<Item = usize>| Powers::mean(map, frames).under(&resolved.0, &resolved.1);
        let level = |frame: usize| {
            let both: Vec<f64> = map.mid_frame(frame).iter().zip(map.side_frame(frame)).map(|(m, s)| f64::from(m + s)).collect();
            power_to_db(k_weighted(&both))
        };
        let levels: Vec<f64> = (0..map.frames()).map(level).collect();
        let mut order: Vec<usize> = (0..levels.len()).filter(|f| levels[*f].is_finite()).collect();
        order.sort_by(|a, b| levels[*a].total_cmp(&levels[*b]).then(a.cmp(b)));
        let loud = levels[*order.get(order.len().saturating_sub(1) * 95 / 100)?];
        order.retain(|f| levels[*f] > loud + GATE_DB);
        let classes = (0..CLASSES).map(|c| of_class(&order, c)).filter(|f| !f.is_empty()).map(|f| mean(&mut f.iter().copied())).collect();
        let per_passage = if map.hop_s > 0.0 { (PASSAGE_S / map.hop_s).round() as usize } else { 1 };
        let per_passage = per_passage.max(map.frames().div_ceil(MOST_PASSAGES)).max(1);
        let passage = |first: usize| {
            let frames = first..(first + per_passage).min(map.frames());
            let (from, to) = (map.time_s(frames.start) - 0.5 * map.hop_s, map.time_s(frames.end) - 0.5 * map.hop_s);
            // A pause is a passage in which nothing is; one that is merely soft may be what sinks.
            let loudest = frames.clone().map(|f| levels[f]).fold(f64::NEG_INFINITY, f64::max);
            Passage { powers: mean(&mut frames.into_iter()), time: TimeRange::new(from.max(0.0), to), sounds: loudest > loud + PAUSE_DB }
        };
        let passages = (0..map.frames()).step_by(per_passage).map(passage).collect();
        let lufs = m.loudness.integrated.lufs();
        Some(Self { classes, passages, bins: &m.spectrum.bins, lufs, map, sounding: order.into(), resolved })
    }

    /// Where in the bands its energy lies.
    pub fn spectrum(&self) -> Spectrum<'a> {
        let Bins { width_hz, mid, side, low, .. } = self.bins;
        let all = playback::Bins { width_hz: *width_hz, mid, side };
        Spectrum { all, low: playback::Bins { width_hz: low.width_hz, mid: &low.mid, side: &low.side } }
    }

    /// The file under gains of mid and side (power ratios). Where in a band its energy lies stays as it is: broad moves are even within
    /// a third octave. What is a pause stays one.
    pub fn under(&self, mid: &[f64; BANDS], side: &[f64; BANDS]) -> Self {
        Self {
            classes: self.classes.iter().map(|c| c.under(mid, side)).collect(),
            passages: self.passages.iter().map(|p| Passage { powers: p.powers.under(mid, side), ..*p }).collect(),
            sounding: Arc::clone(&self.sounding),
            ..*self
        }
    }

    /// The loudness classes behind the limiter of a small driver, which works on every frame by itself; none where it does not work.
    ///
    /// What the gains of [`Self::under`] change in how it works is left out: the limiter is held to what the file asks of it.
    pub fn limited(&self, model: &Model) -> Option<Self> {
        let limiter = model.limiter_on(&self.spectrum())?;
        let left = |frames: &[usize]| -> [f64; BANDS] {
            let (mut before, mut after) = ([0.0; BANDS], [0.0; BANDS]);
            for frame in frames {
                let Powers { mid, side, .. } =
                    Powers::mean(self.map, &mut std::iter::once(*frame)).under(&self.resolved.0, &self.resolved.1);
                let powers = std::array::from_fn(|b| mid[b] + side[b]);
                let gains = limiter.gains(&powers);
                for b in 0..BANDS {
                    (before[b], after[b]) = (before[b] + powers[b], after[b] + gains[b] * powers[b]);
                }
            }
            std::array::from_fn(|b| if before[b] > 0.0 { after[b] / before[b] } else { 1.0 })
        };
        let frames = (0..CLASSES).map(|c| of_class(&self.sounding, c)).filter(|f| !f.is_empty());
        let limited =
            self.classes.iter().zip(frames).map(|(class, frames)| (class, left(frames))).map(|(class, left)| class.under(&left, &left));
        Some(Self { classes: limited.collect(), ..self.clone() })
    }
}

/// Power ratios that give the bands of mid and side what the long-term spectrum says is theirs. Frames of 186 ms cannot tell the lowest bands
/// apart: what belongs to a strong note runs into the bands beside it, and a system that gives those in full would be said to play it.
/// Bins four times as narrow can, and in the lows sixteen times. Levels over time stay the map's.
fn resolved(map: &EnergyMap, bins: &Bins) -> ([f64; BANDS], [f64; BANDS]) {
    let sixth = 2f64.powf(1.0 / 6.0);
    let powers = BANDS_HZ.map(|hz| bins.between(hz / sixth, hz * sixth));
    let coarse = Powers::mean(map, &mut (0..map.frames()));
    let (mid, side) = (powers.map(|p| p[0]), powers.map(|p| p[1]));
    let total = |powers: [&[f64; BANDS]; 2]| powers.iter().flat_map(|p| p.iter()).sum::<f64>();
    // The two leave out different pauses, which is one factor for all bands.
    let level = total([&coarse.mid, &coarse.side]) / total([&mid, &side]);
    let ratios = |fine: &[f64; BANDS], coarse: &[f64; BANDS]| {
        std::array::from_fn(|b| if coarse[b] > 0.0 && fine[b] > 0.0 && level.is_finite() { level * fine[b] / coarse[b] } else { 1.0 })
    };
    (ratios(&mid, &coarse.mid), ratios(&side, &coarse.side))
}

/// A passage this far below the loud ones is a pause, a fade or a tail, dB.
const PAUSE_DB: f64 = -45.0;
