//! All stems heard together at a playback level: how much of each is left beside the others.

use crate::hearing::fast::{MaskedThreshold, Step};
use crate::hearing::{FastHearing, Field, KOffset};
use crate::measure::StemMap;
use crate::measure::stem_map::{BANDS, centres_hz, edges_hz};
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
/// A stem softer than this is not counted as sounding, sones.
const LEAST_SONES: f64 = 0.33;
/// Share of frames, and least and most number, that stand for a stem's strongest moments in an octave: where not even these
/// come through, the stem is lost there. The most is for speed alone.
const MOMENTS: (f64, usize, usize) = (0.045, 4, 48);

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
        (heard.whole > LEAST_SONES && quiet > LEAST_SHARE * whole).then(|| f64::from(sum(left) / quiet))
    }

    /// Gains that change nothing.
    pub fn untouched(&self) -> Vec<Band> {
        vec![[1.0; BANDS]; self.stems()]
    }

    /// The masked-to-unmasked ratio of every stem in every octave, with the stems changed by `gains`: the median over the stem's
    /// strongest moments there. None where the octave does not matter to the stem.
    pub fn ratios(&self, gains: &[Band]) -> Vec<[Option<f64>; OCTAVES]> {
        (0..self.stems()).into_par_iter().map(|stem| self.ratios_of(stem, gains)).collect()
    }

    /// The ratio of one stem in one octave, as [`Scene::ratios`] has it.
    pub fn ratio_at(&self, place: Place, gains: &[Band]) -> Option<f64> {
        let at = |frame: &usize| {
            let heard = self.heard(place.stem, &self.powers(*frame, gains));
            self.ratio(place.octave, &heard, &heard.left)
        };
        median(&self.moments(place).iter().filter_map(at).collect::<Vec<_>>())
    }

    fn ratios_of(&self, stem: usize, gains: &[Band]) -> [Option<f64>; OCTAVES] {
        let mut found: [Vec<f64>; OCTAVES] = Default::default();
        for frame in self.moments_of(stem) {
            let heard = self.heard(stem, &self.powers(frame, gains));
            for (octave, found) in found.iter_mut().enumerate() {
                if self.moments(Place { stem, octave }).contains(&frame) {
                    found.extend(self.ratio(octave, &heard, &heard.left));
                }
            }
        }
        found.map(|ratios| median(&ratios))
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

/// Middle of some ratios; none for none.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len().saturating_sub(1)) / 2)?;
    Some(0.5 * (upper + lower))
}

/// The frames of most power in each octave, latest last.
fn moments(map: &StemMap) -> Vec<Vec<usize>> {
    let hz = centres_hz();
    let (share, least, most) = MOMENTS;
    let count = ((share * map.frames() as f64) as usize).clamp(least, most);
    let of = |octave: usize| {
        let [low, high] = Place { stem: 0, octave }.band_hz();
        let power =
            |frame: usize| -> f32 { hz.iter().zip(map.mid_frame(frame)).filter(|(hz, _)| (low..high).contains(*hz)).map(|(_, p)| p).sum() };
        let mut frames: Vec<(f32, usize)> = (0..map.frames()).map(|f| (power(f), f)).filter(|(p, _)| *p > 0.0).collect();
        frames.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut strongest: Vec<usize> = frames.into_iter().take(count).map(|(_, f)| f).collect();
        strongest.sort_unstable();
        strongest
    };
    (0..OCTAVES).map(of).collect()
}
