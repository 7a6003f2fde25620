//! All stems heard together at a playback level: how much of each is left beside the others.

use super::ears::pan_gains;
use crate::hearing::fast::{MaskedThreshold, Step};
use crate::hearing::{FastHearing, Field, KOffset};
use crate::measure::StemMap;
use crate::measure::stem_map::{BANDS, OVERLAP, centres_hz, edges_hz};
use crate::units::db_to_power;
use rayon::prelude::*;
use std::ops::Range;

/// Level at which the mix is taken to play, dB SPL for its integrated loudness: a common level for mixing on near loudspeakers.
pub const PLAYBACK_DB_SPL: f64 = 76.0;

/// Octaves in which masking is told, Hz.
pub const OCTAVES_HZ: [f64; OCTAVES] = [63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0];
const OCTAVES: usize = 8;

/// An octave matters to a stem where it holds this share of the stem's loudness.
const LEAST_SHARE: f32 = 0.15;
/// A stem softer than this in its strongest moments is no more than a trace that nobody misses, sones.
const LEAST_SONES: f64 = 0.33;
/// Share of half seconds, and least and most number, that stand for a stem's strongest moments in an octave: where not even
/// these come through, the stem is lost there. The most is for speed alone.
const MOMENTS: (f64, usize, usize) = (0.1, 8, 48);
/// A stem counts as covered by as much as it is in this share of its strongest moments: what is lost in every fourth of them is missed,
/// however well the others come through. A beat covers on the beat alone.
const LOST_SHARE: f64 = 0.25;
/// A frame softer than this has nothing to cover, sones.
const SILENT_SONES: f64 = 0.05;

/// Power gain of each band of one stem.
pub type Band = [f32; BANDS];

/// A stem in an octave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Index of the stem.
    pub stem: usize,
    /// Index of the octave in [`OCTAVES_HZ`].
    pub octave: usize,
}

impl Place {
    /// Edges of the octave, Hz.
    pub fn band_hz(self) -> [f64; 2] {
        let centre = OCTAVES_HZ.get(self.octave).copied().unwrap_or(1000.0);
        [centre * std::f64::consts::FRAC_1_SQRT_2, centre * std::f64::consts::SQRT_2]
    }
}

/// The stems at the level at which they are heard. Judged on the mid: what comes through there comes through everywhere, while
/// a place to the side helps only who sits between the loudspeakers.
pub struct Scene<'a> {
    maps: &'a [StemMap],
    hearing: FastHearing,
    threshold: MaskedThreshold,
    /// Power gain from full scale to dB SPL.
    to_spl: f32,
    /// Filters of each octave.
    filters: Vec<Range<usize>>,
    frames: usize,
    /// Strongest frames of each stem in each octave.
    moments: Vec<Vec<Vec<usize>>>,
}

/// What one frame leaves of one stem.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    /// Loudness in quiet per filter.
    pub quiet: Vec<f32>,
    /// Loudness beside the others per filter.
    pub left: Vec<f32>,
    /// Loudness in quiet in all, sones.
    pub whole: f64,
}

impl<'a> Scene<'a> {
    /// A scene of stems whose sum has a loudness (LUFS).
    pub fn new(maps: &'a [StemMap], mix_lufs: f64) -> Self {
        let hearing = FastHearing::new(&edges_hz(), Field::Free, Step::Half);
        let filters = OCTAVES_HZ.iter().enumerate().map(|(octave, _)| {
            let [low, high] = Place { stem: 0, octave }.band_hz();
            let index = |hz: f64| hearing.filters().partition_point(|f| f.hz < hz);
            index(low)..index(high)
        });
        let filters = filters.collect();
        Self {
            threshold: hearing.masked_threshold(KOffset::MUSIC),
            filters,
            to_spl: if mix_lufs.is_finite() { db_to_power(PLAYBACK_DB_SPL - mix_lufs) as f32 } else { 0.0 },
            frames: maps.iter().map(StemMap::frames).max().unwrap_or(0),
            moments: maps.iter().map(moments).collect(),
            maps,
            hearing,
        }
    }

    /// Number of stems.
    pub fn stems(&self) -> usize {
        self.maps.len()
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Time between frames, s.
    pub fn hop_s(&self) -> f64 {
        self.maps.iter().map(|m| m.hop_s).fold(0.0, f64::max)
    }

    /// Filters of the hearing model.
    pub(super) fn hearing(&self) -> &FastHearing {
        &self.hearing
    }

    /// Filters of an octave.
    pub(super) fn octave(&self, octave: usize) -> Range<usize> {
        self.filters.get(octave).cloned().unwrap_or(0..0)
    }

    /// Strongest frames of a stem in an octave.
    pub(super) fn moments(&self, place: Place) -> &[usize] {
        self.moments.get(place.stem).and_then(|m| m.get(place.octave)).map_or(&[], Vec::as_slice)
    }

    /// Mid powers of every stem in a frame at the playback level.
    pub(super) fn powers(&self, frame: usize, gains: &[Band]) -> Vec<Band> {
        let of = |(map, gain): (&StemMap, &Band)| {
            let mut out = [0.0; BANDS];
            for (out, (power, gain)) in out.iter_mut().zip(map.mid_frame(frame).iter().zip(gain)) {
                *out = power * gain * self.to_spl;
            }
            out
        };
        self.maps.iter().zip(gains).map(of).collect()
    }

    /// Powers of left and right of a stem in a frame at the playback level, its mid and side changed and panned.
    pub(super) fn channels(&self, stem: usize, frame: usize, mid: &Band, side: &Band, pan: f64) -> [Band; 2] {
        let mut out = [[0.0; BANDS]; 2];
        let Some(map) = self.maps.get(stem) else { return out };
        let powers = map.mid_frame(frame).iter().zip(map.side_frame(frame)).zip(map.cross_frame(frame));
        let gains = pan_gains(pan).map(|gain| (gain * gain) as f32 * self.to_spl);
        for (b, ((m, s), cross)) in powers.enumerate() {
            let (both, apart) = (m * mid[b] + s * side[b], 2.0 * cross * (mid[b] * side[b]).sqrt());
            out[0][b] = gains[0] * (both + apart).max(0.0);
            out[1][b] = gains[1] * (both - apart).max(0.0);
        }
        out
    }

    /// Share of the side in the power of a stem in an octave, over its strongest moments there; 0 where it is silent.
    pub fn side_share(&self, place: Place) -> f64 {
        let Some(map) = self.maps.get(place.stem) else { return 0.0 };
        let [low, high] = place.band_hz();
        let inside: Vec<usize> = centres_hz().iter().enumerate().filter(|(_, hz)| (low..high).contains(*hz)).map(|(b, _)| b).collect();
        let sum = |frame: &[f32]| inside.iter().filter_map(|b| frame.get(*b)).map(|p| f64::from(*p)).sum::<f64>();
        let mid: f64 = self.moments(place).iter().map(|f| sum(map.mid_frame(*f))).sum();
        let side: f64 = self.moments(place).iter().map(|f| sum(map.side_frame(*f))).sum();
        if mid + side > 0.0 { side / (mid + side) } else { 0.0 }
    }

    /// Excitation by powers.
    pub(super) fn excitation(&self, powers: &Band) -> Vec<f32> {
        let mut out = vec![0.0; self.hearing.len()];
        self.hearing.excitation(powers, &mut out);
        out
    }

    /// What is left of an excitation beside another.
    pub(super) fn left(&self, signal: &[f32], noise: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; self.hearing.len()];
        self.hearing.partial(signal, noise, &self.threshold, &mut out);
        out
    }

    /// A stem in quiet and beside all others.
    pub(super) fn heard(&self, stem: usize, powers: &[Band]) -> Heard {
        let own = powers.get(stem).copied().unwrap_or([0.0; BANDS]);
        let signal = self.excitation(&own);
        let noise = self.excitation(&others(powers, stem));
        let mut quiet = vec![0.0; self.hearing.len()];
        self.hearing.specific(&signal, &mut quiet);
        Heard { left: self.left(&signal, &noise), whole: self.hearing.loudness(&quiet), quiet }
    }

    /// Ratio of what is left to what there is in an octave; none where the octave does not matter to the stem.
    pub(super) fn ratio(&self, octave: usize, heard: &Heard, left: &[f32]) -> Option<f64> {
        let filters = self.octave(octave);
        let sum = |v: &[f32]| v.get(filters.clone()).map_or(0.0, |part| part.iter().sum::<f32>());
        let (quiet, whole) = (sum(&heard.quiet), heard.quiet.iter().sum::<f32>());
        (heard.whole > SILENT_SONES && quiet > LEAST_SHARE * whole).then(|| f64::from(sum(left) / quiet))
    }

    /// Gains that change nothing.
    pub fn untouched(&self) -> Vec<Band> {
        vec![[1.0; BANDS]; self.stems()]
    }

    /// The masked-to-unmasked ratio of every stem in every octave, with the stems changed by `gains`: what is left in the fourth part of the
    /// stem's strongest moments there that leaves least. None where the octave does not matter to the stem, and for traces.
    pub fn ratios(&self, gains: &[Band]) -> Vec<[Option<f64>; OCTAVES]> {
        (0..self.stems()).into_par_iter().map(|stem| self.ratios_of(stem, gains)).collect()
    }

    /// The ratio of one stem in one octave, as [`Scene::ratios`] has it.
    pub fn ratio_at(&self, place: Place, gains: &[Band]) -> Option<f64> {
        let at = |frame: &usize| {
            let heard = self.heard(place.stem, &self.powers(*frame, gains));
            Some((self.ratio(place.octave, &heard, &heard.left)?, heard.whole))
        };
        lasting(&self.moments(place).iter().filter_map(at).collect::<Vec<_>>())
    }

    /// Loudness that a stem loses in an octave in its strongest moments, sones: the median.
    pub fn missed_sones(&self, place: Place) -> f64 {
        let untouched = self.untouched();
        let at = |frame: &usize| {
            let heard = self.heard(place.stem, &self.powers(*frame, &untouched));
            let sum = |v: &[f32]| v.get(self.octave(place.octave)).map_or(0.0, |part| f64::from(part.iter().sum::<f32>()));
            sum(&heard.quiet) - sum(&heard.left)
        };
        let lost: Vec<f64> = self.moments(place).iter().map(at).collect();
        let per_filter = self.hearing.loudness(&[1.0]);
        quantile(&lost, 0.5).unwrap_or(0.0) * per_filter
    }

    fn ratios_of(&self, stem: usize, gains: &[Band]) -> [Option<f64>; OCTAVES] {
        let mut found: [Vec<(f64, f64)>; OCTAVES] = Default::default();
        for frame in self.moments_of(stem) {
            let heard = self.heard(stem, &self.powers(frame, gains));
            for (octave, found) in found.iter_mut().enumerate() {
                if self.moments(Place { stem, octave }).contains(&frame) {
                    found.extend(self.ratio(octave, &heard, &heard.left).map(|ratio| (ratio, heard.whole)));
                }
            }
        }
        found.map(|moments| lasting(&moments))
    }

    /// All frames that are a moment of a stem in some octave.
    pub(super) fn moments_of(&self, stem: usize) -> Vec<usize> {
        let mut all: Vec<usize> = self.moments.get(stem).map(|m| m.iter().flatten().copied().collect()).unwrap_or_default();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Sum of the powers of all stems but one.
pub(super) fn others(powers: &[Band], stem: usize) -> Band {
    let mut sum = [0.0; BANDS];
    for (_, other) in powers.iter().enumerate().filter(|(i, _)| *i != stem) {
        for (sum, p) in sum.iter_mut().zip(other) {
            *sum += p;
        }
    }
    sum
}

/// The ratio of some moments, each with the loudness of the whole stem in quiet (sones); none for none and for a trace.
fn lasting(moments: &[(f64, f64)]) -> Option<f64> {
    let whole: Vec<f64> = moments.iter().map(|m| m.1).collect();
    quantile(&whole, 0.5).filter(|sones| *sones > LEAST_SONES)?;
    lost(&moments.iter().map(|m| m.0).collect::<Vec<_>>())
}

/// The ratio that stands for those of some moments; none for none.
pub(super) fn lost(ratios: &[f64]) -> Option<f64> {
    quantile(ratios, LOST_SHARE)
}

/// A quantile (0 to 1) of some values, between neighbours by a straight line; none for none.
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = share.clamp(0.0, 1.0) * sorted.len().saturating_sub(1) as f64;
    let (low, high) = (*sorted.get(at as usize)?, *sorted.get(at.ceil() as usize)?);
    Some(low + (high - low) * at.fract())
}

/// The frames of most power in each octave, latest last.
fn moments(map: &StemMap) -> Vec<Vec<usize>> {
    let hz = centres_hz();
    let (share, least, most) = MOMENTS;
    let count = ((share * (map.frames() / OVERLAP) as f64) as usize).clamp(least, most);
    let of = |octave: usize| {
        let [low, high] = Place { stem: 0, octave }.band_hz();
        let power =
            |frame: usize| -> f32 { hz.iter().zip(map.mid_frame(frame)).filter(|(hz, _)| (low..high).contains(*hz)).map(|(_, p)| p).sum() };
        let mut frames: Vec<(f32, usize)> = (0..map.frames()).map(|f| (power(f), f)).filter(|(p, _)| *p > 0.0).collect();
        frames.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut strongest: Vec<usize> = Vec::with_capacity(count);
        for (_, frame) in frames {
            // A moment counts once, in the frame that has most of it.
            if strongest.len() < count && strongest.iter().all(|s| s.abs_diff(frame) >= OVERLAP) {
                strongest.push(frame);
            }
        }
        strongest.sort_unstable();
        strongest
    };
    (0..OCTAVES).map(of).collect()
}
