//! Masking estimated from a mix alone: what of it covers what else, without knowing the sources.

mod picture;

pub use picture::picture;

use super::comparison::{Basis, Comparison};
use super::explain::ToneEvidence;
use crate::audio::TimeRange;
use crate::hearing::fast::{MaskedThreshold, Step};
use crate::hearing::{FastHearing, Field, KOffset};
use crate::measure::EnergyMap;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::stems::PLAYBACK_DB_SPL;
use crate::units::db_to_power;
use std::ops::Range;
use std::sync::LazyLock;

/// Frames of the map whose mean is looked at: together a third of a second.
const FRAMES: usize = 4;
/// What builds up, Hz.
pub const LOW_MID_HZ: (f64, f64) = (150.0, 560.0);
/// What it covers of a voice, Hz: fundamentals, their first harmonics and the first formant.
const COVERED_HZ: (f64, f64) = (150.0, 700.0);
/// What the low mids are held against when a file is compared with a reference, Hz: all that is heard above them.
const ABOVE_HZ: (f64, f64) = (560.0, 5_000.0);
/// Where a lead lives, Hz.
pub const CENTRE_HZ: (f64, f64) = (280.0, 4_500.0);
/// Parts softer than this are not judged, sones.
const LEAST_SONES: f64 = 1.0;
/// Frames further than this below the mean are pauses, dB (the relative gate of ITU-R BS.1770).
const PAUSE_DB: f64 = 10.0;
/// A passage stands out from this many LU over the file's own mean.
const STANDS_OUT_LU: f64 = 2.0;

/// Level of a voice in a mix, LU relative to the mix: mean of mixes by students of mixing (De Man et al., ISMIR 2014).
const VOICE_LU: f64 = -2.7;
/// A voice in third octaves from 63 Hz, dB: the long-term average of speech of both sexes in many languages (D. Byrne et al.,
/// JASA 96(4), 1994, table II, as it stands for 70 dB in all).
const VOICE_DB: [f64; 25] = [
    38.6, 43.5, 54.4, 57.7, 56.8, 60.2, 60.3, 59.0, 62.1, 62.1, 60.5, 56.8, 53.7, 53.0, 52.0, 48.7, 48.1, 46.8, 45.6, 44.5, 44.3, 43.7,
    43.4, 41.3, 40.7,
];
/// Its level in all, dB.
const VOICE_ALL_DB: f64 = 70.0;
/// Its first band among [`BANDS_HZ`].
const VOICE_FROM: usize = 5;

static HEARING: LazyLock<(FastHearing, MaskedThreshold)> = LazyLock::new(|| {
    let hearing = FastHearing::third_octaves(&BANDS_HZ, Field::Free, Step::Whole);
    let threshold = hearing.masked_threshold(KOffset::STEADY);
    (hearing, threshold)
});

/// The voice at its level beside a mix at its own.
static VOICE: LazyLock<[f32; BANDS]> = LazyLock::new(|| {
    let band = |b: usize| b.checked_sub(VOICE_FROM).and_then(|i| VOICE_DB.get(i));
    std::array::from_fn(|b| band(b).map_or(0.0, |db| db_to_power(db - VOICE_ALL_DB + PLAYBACK_DB_SPL + VOICE_LU) as f32))
});

/// What is estimated of one file.
///
/// # Definition
/// Partial loudness (Moore, Glasberg and Baer 1997) at 76 dB SPL for the integrated loudness, on
/// frames of a third of a second; loudness lost is 10 log2 of loudness in quiet over what is left, in LU, over the whole file.
/// *Low mids*: what a voice at its usual level would lose between 150 and 700 Hz beside all that lies between 150 and 560 Hz,
/// pauses aside; where a voice sings already it is counted as its own cover, so that the figure is for comparing, and is hardly 0.
/// *Centre*: the mid from 280 Hz to 4.5 kHz beside the side there. *Transients*: what rises out of the steady level (the median of
/// 1.5 s around), beside that level.
///
/// # On silence, short, mono
/// None where there is nothing to hear; the centre of a mono file loses nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Lost of a voice to the low mids, LU.
    pub low_mid_lu: Option<f64>,
    /// Lost of the centre to the sides, LU.
    pub centre_lu: Option<f64>,
    /// Lost of transients to what is sustained, LU.
    pub transient_lu: Option<f64>,
    /// Where the low mids cover clearly more than in the rest of the file.
    pub low_mid_time: Vec<TimeRange>,
    /// Where the sides do.
    pub centre_time: Vec<TimeRange>,
}

/// What the way in which a file sounds unlike what it was compared with costs.
///
/// # Definition
/// The loss of [`Estimate`] less what it would be with the sound that was expected in its place. *Low mids*: their level against
/// that of what is above them, as the evidence on the tone has it ([`Comparison::evidence`]); *centre*: side against mid as matched
/// passages of one session differ. The music itself hardly enters: both losses are of the same passages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Beyond {
    /// Lost to low mids that were not expected, LU; negative where there are fewer.
    pub low_mid: Option<Excess>,
    /// Lost to sides that the reference does not have, LU; none without a reference of the same session.
    pub centre: Option<Excess>,
}

/// A cause and what it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excess {
    /// How much more than expected the file has of what covers, dB.
    pub cause_db: f64,
    /// Standard deviation of the error of that, dB.
    pub sd_db: f64,
    /// Loudness that it costs, LU.
    pub lost_lu: f64,
}

/// Loudness in quiet and left of a part, frame by frame.
#[derive(Default)]
struct Loss {
    frames: Vec<(f64, f64)>,
}

impl Loss {
    fn add(&mut self, quiet: f64, left: f64) {
        self.frames.push(if quiet > LEAST_SONES { (quiet, left) } else { (0.0, 0.0) });
    }

    fn lu(&self) -> Option<f64> {
        let (quiet, left) = self.frames.iter().fold((0.0, 0.0), |(q, l), f| (q + f.0, l + f.1));
        (quiet > 0.0).then(|| lost_lu(left / quiet))
    }

    /// Passages of a second or more that lose clearly more than the whole.
    fn times(&self, frame_s: f64) -> Vec<TimeRange> {
        let Some(mean) = self.lu() else { return Vec::new() };
        let worse = |(_, f): &(usize, &(f64, f64))| f.0 > 0.0 && lost_lu(f.1 / f.0) > mean + STANDS_OUT_LU;
        let ranges =
            self.frames.iter().enumerate().filter(worse).map(|(i, _)| TimeRange::new(i as f64 * frame_s, (i + 1) as f64 * frame_s));
        let joined = TimeRange::merged(ranges.collect(), 1.0);
        joined.into_iter().filter(|t| t.duration_s() >= 1.0).collect()
    }
}

fn lost_lu(ratio: f64) -> f64 {
    (-10.0 * ratio.max(1e-4).log2()).max(0.0)
}

/// Estimates masking in a file of a loudness (LUFS).
pub fn estimate(map: &EnergyMap, lufs: f64) -> Estimate {
    if !lufs.is_finite() {
        return Estimate::default();
    }
    let scene = Scene::new(map, lufs);
    let (low_mid, centre) = (scene.low_mid(&[1.0; BANDS]), scene.centre(1.0));
    let mut transient = Loss::default();
    for frame in 0..scene.frames() {
        if let Some(steady) = scene.steady(frame) {
            let all = sum(&scene.frame(frame));
            let rise: [f32; BANDS] = std::array::from_fn(|b| (all[b] - steady[b]).max(0.0));
            let (quiet, left) = scene.beside(&rise, &steady, CENTRE_HZ);
            transient.add(quiet, left);
        }
    }
    let frame_s = FRAMES as f64 * map.hop_s;
    Estimate {
        low_mid_lu: low_mid.lu(),
        centre_lu: centre.lu(),
        transient_lu: transient.lu(),
        low_mid_time: low_mid.times(frame_s),
        centre_time: centre.times(frame_s),
    }
}

/// What the difference in sound between a file and what it was compared with costs.
pub fn beyond(map: &EnergyMap, lufs: f64, comparison: &Comparison) -> Beyond {
    if !lufs.is_finite() {
        return Beyond::default();
    }
    let scene = Scene::new(map, lufs);
    let cost = |with: &Loss, without: &Loss| Some(with.lu()? - without.lu()?);
    let low_mid = comparison.evidence.as_ref().and_then(low_mid_excess).and_then(|(cause_db, sd_db, gains)| {
        Some(Excess { cause_db, sd_db, lost_lu: cost(&scene.low_mid(&[1.0; BANDS]), &scene.low_mid(&gains))? })
    });
    let matched = comparison.matched.as_ref().filter(|_| comparison.basis == Basis::SameSession);
    let centre = matched.and_then(|m| m.side_excess_db.zip(m.side_sd_db)).and_then(|(cause_db, sd_db)| {
        Some(Excess { cause_db, sd_db, lost_lu: cost(&scene.centre(1.0), &scene.centre(db_to_power(-cause_db) as f32))? })
    });
    Beyond { low_mid, centre }
}

/// How much further the low mids stand above what is above them than was expected: mean and its standard deviation, dB, and the
/// power gains that undo it.
fn low_mid_excess(tone: &ToneEvidence) -> Option<(f64, f64, [f32; BANDS])> {
    let n = tone.hz.len();
    let inside = |(low_hz, high_hz): (f64, f64)| -> Vec<usize> { (0..n).filter(|b| (low_hz..high_hz).contains(&tone.hz[*b])).collect() };
    let (low, above) = (inside(LOW_MID_HZ), inside(ABOVE_HZ));
    if low.is_empty() || above.is_empty() {
        return None;
    }
    // The difference of two means is linear in the bands; its variance follows from their covariance.
    let mut weights = vec![0.0; n];
    low.iter().for_each(|b| weights[*b] = 1.0 / low.len() as f64);
    above.iter().for_each(|b| weights[*b] = -1.0 / above.len() as f64);
    let mean: f64 = weights.iter().zip(&tone.excess_db).map(|(w, e)| w * e).sum();
    let variance: f64 =
        tone.covariance.iter().enumerate().map(|(k, c)| c * weights.get(k / n).unwrap_or(&0.0) * weights.get(k % n).unwrap_or(&0.0)).sum();
    let overall = above.iter().map(|b| tone.excess_db[*b]).sum::<f64>() / above.len() as f64;
    let excess = |hz: f64| low.iter().find(|b| tone.hz[**b] == hz).map(|b| tone.excess_db[*b] - overall);
    let gains = std::array::from_fn(|b| excess(BANDS_HZ[b]).map_or(1.0, |db| db_to_power(-db) as f32));
    Some((mean, variance.max(0.0).sqrt(), gains))
}

/// The map at its playback level in frames of a third of a second.
struct Scene<'a> {
    map: &'a EnergyMap,
    to_spl: f32,
}

impl<'a> Scene<'a> {
    fn new(map: &'a EnergyMap, lufs: f64) -> Self {
        Self { map, to_spl: db_to_power(PLAYBACK_DB_SPL - lufs) as f32 }
    }

    fn frames(&self) -> usize {
        self.map.frames() / FRAMES
    }

    /// Mean mid and side powers.
    fn frame(&self, frame: usize) -> ([f32; BANDS], [f32; BANDS]) {
        let mean = |of: &dyn Fn(usize) -> &'a [f32]| {
            let mut out = [0.0; BANDS];
            for part in frame * FRAMES..(frame + 1) * FRAMES {
                for (out, p) in out.iter_mut().zip(of(part)) {
                    *out += p * self.to_spl / FRAMES as f32;
                }
            }
            out
        };
        (mean(&|f| self.map.mid_frame(f)), mean(&|f| self.map.side_frame(f)))
    }

    /// What a voice loses to the low mids, their bands changed by power gains.
    fn low_mid(&self, gains: &[f32; BANDS]) -> Loss {
        let frames: Vec<[f32; BANDS]> = (0..self.frames()).map(|f| sum(&self.frame(f))).collect();
        let power = |all: &[f32; BANDS]| f64::from(within(all, (LOW_MID_HZ.0, ABOVE_HZ.1)).iter().sum::<f32>());
        let mean = frames.iter().map(power).sum::<f64>() / frames.len().max(1) as f64;
        let mut loss = Loss::default();
        for all in &frames {
            let paused = power(all) < mean * db_to_power(-PAUSE_DB);
            let noise = std::array::from_fn(|b| all[b] * gains[b]);
            let (quiet, left) = if paused { (0.0, 0.0) } else { self.beside(&VOICE, &within(&noise, LOW_MID_HZ), COVERED_HZ) };
            loss.add(quiet, left);
        }
        loss
    }

    /// What the centre loses to the sides, those changed by a power gain.
    fn centre(&self, gain: f32) -> Loss {
        let mut loss = Loss::default();
        for frame in 0..self.frames() {
            let (mid, side) = self.frame(frame);
            let (quiet, left) = self.beside(&mid, &side.map(|p| p * gain), CENTRE_HZ);
            loss.add(quiet, left);
        }
        loss
    }

    /// Median power of the frames around one; none at the ends.
    fn steady(&self, frame: usize) -> Option<[f32; BANDS]> {
        const AROUND: usize = 2;
        let first = frame.checked_sub(AROUND)?;
        (frame + AROUND < self.frames()).then_some(())?;
        let near: Vec<[f32; BANDS]> = (first..=frame + AROUND).map(|f| sum(&self.frame(f))).collect();
        Some(std::array::from_fn(|b| {
            let mut values: Vec<f32> = near.iter().map(|f| f[b]).collect();
            values.sort_by(f32::total_cmp);
            values.get(AROUND).copied().unwrap_or(0.0)
        }))
    }

    /// Specific loudness of a signal in quiet and beside a noise.
    fn filters(&self, signal: &[f32; BANDS], noise: &[f32; BANDS]) -> (Vec<f32>, Vec<f32>) {
        let (hearing, threshold) = &*HEARING;
        let mut work = vec![vec![0.0; hearing.len()]; 4];
        if let [s, n, quiet, left] = work.as_mut_slice() {
            hearing.excitation(signal, s);
            hearing.excitation(noise, n);
            hearing.specific(s, quiet);
            hearing.partial(s, n, threshold, left);
        }
        let left = work.pop().unwrap_or_default();
        (work.pop().unwrap_or_default(), left)
    }

    /// Loudness of a signal in quiet and beside a noise between two frequencies, sones.
    fn beside(&self, signal: &[f32; BANDS], noise: &[f32; BANDS], (low_hz, high_hz): (f64, f64)) -> (f64, f64) {
        let (quiet, left) = self.filters(signal, noise);
        let sum = |v: &[f32]| HEARING.0.loudness_between(v, low_hz, high_hz);
        (sum(&quiet), sum(&left))
    }
}

/// Mid and side together.
fn sum((mid, side): &([f32; BANDS], [f32; BANDS])) -> [f32; BANDS] {
    std::array::from_fn(|b| mid[b] + side[b])
}

/// The powers within two frequencies, the others 0.
fn within(powers: &[f32; BANDS], (low_hz, high_hz): (f64, f64)) -> [f32; BANDS] {
    let Range { start, end } = BANDS_HZ.partition_point(|hz| *hz < low_hz)..BANDS_HZ.partition_point(|hz| *hz < high_hz);
    std::array::from_fn(|b| if (start..end).contains(&b) { powers[b] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::super::comparison::MatchedTone;
    use super::*;

    /// A map with levels per band (dB re full scale), mid and side.
    pub(super) fn map(mid_db: impl Fn(f64) -> f32, side_db: impl Fn(f64) -> f32) -> EnergyMap {
        let frames = 80;
        let row = |f: &dyn Fn(f64) -> f32| BANDS_HZ.iter().map(|hz| 10f32.powf(f(*hz) / 10.0)).collect::<Vec<f32>>();
        let repeat = |row: Vec<f32>| row.iter().copied().cycle().take(frames * BANDS).collect::<Vec<f32>>();
        let (mid, side) = (repeat(row(&mid_db)), repeat(row(&side_db)));
        EnergyMap { hop_s: 0.093, first_s: 0.093, cross: vec![0.0; mid.len()], mid, side }
    }

    pub(super) fn music(hz: f64) -> f32 {
        -30.0 - 3.0 * (hz / 100.0).log2().max(0.0) as f32
    }

    #[test]
    fn build_up_in_the_low_mids_costs_what_is_above() {
        let plain = estimate(&map(music, |_| -120.0), -20.0);
        let muddy = estimate(&map(|hz| music(hz) + if (150.0..560.0).contains(&hz) { 12.0 } else { 0.0 }, |_| -120.0), -20.0);
        let (plain, muddy) = (plain.low_mid_lu.unwrap(), muddy.low_mid_lu.unwrap());
        assert!(muddy > plain + 6.0, "{plain} {muddy}");
    }

    /// Undoing what the evidence says brings the loss back to that of the file without it.
    #[test]
    fn what_build_up_costs_is_the_loss_with_it_less_the_loss_without() {
        let up = |hz: f64| if (LOW_MID_HZ.0..LOW_MID_HZ.1).contains(&hz) { 5.0 } else { 0.0 };
        let muddy = map(|hz| music(hz) + up(hz) as f32, |_| -120.0);
        let hz: Vec<f64> = BANDS_HZ.iter().copied().filter(|hz| (31.0..17_000.0).contains(hz)).collect();
        let n = hz.len();
        // An overall level in the evidence means nothing.
        let evidence = ToneEvidence {
            excess_db: hz.iter().map(|hz| up(*hz) - 1.7).collect(),
            covariance: (0..n * n).map(|k| if k % (n + 1) == 0 { 0.5 } else { 0.0 }).collect(),
            hz,
        };
        let comparison = Comparison { evidence: Some(evidence), ..Comparison::default() };
        let found = beyond(&muddy, -20.0, &comparison).low_mid.unwrap();
        let loss = |map: &EnergyMap| estimate(map, -20.0).low_mid_lu.unwrap();
        assert!((found.cause_db - 5.0).abs() < 1e-9 && found.sd_db > 0.1 && found.sd_db < 0.5, "{found:?}");
        assert!((found.lost_lu - (loss(&muddy) - loss(&map(music, |_| -120.0)))).abs() < 0.01, "{found:?}");
        assert!(found.lost_lu > 2.0, "{found:?}");
        assert_eq!(beyond(&muddy, -20.0, &Comparison::default()), Beyond::default());
    }

    #[test]
    fn wider_sides_than_those_of_the_session_cost_the_centre() {
        let wide = map(music, |hz| music(hz) - 2.0);
        let matched = MatchedTone { side_excess_db: Some(6.0), side_sd_db: Some(0.5), ..MatchedTone::default() };
        let same = Comparison { basis: Basis::SameSession, matched: Some(matched), ..Comparison::default() };
        let found = beyond(&wide, -20.0, &same).centre.unwrap();
        let loss = |side: f32| estimate(&map(music, |hz| music(hz) - side), -20.0).centre_lu.unwrap();
        assert!((found.lost_lu - (loss(2.0) - loss(8.0))).abs() < 0.01 && found.lost_lu > 2.0, "{found:?}");
        assert_eq!(beyond(&wide, -20.0, &Comparison { basis: Basis::References, ..same }).centre, None);
    }

    #[test]
    fn loud_sides_cover_the_centre_and_mono_has_none() {
        let mono = estimate(&map(music, |_| -160.0), -20.0).centre_lu.unwrap();
        let normal = estimate(&map(music, |hz| music(hz) - 8.0), -20.0).centre_lu.unwrap();
        let wide = estimate(&map(music, |hz| music(hz) + 4.0), -20.0).centre_lu.unwrap();
        assert!(mono < 0.2, "{mono}");
        assert!(wide > normal + 3.0, "{normal} {wide}");
    }

    #[test]
    fn silence_is_not_judged() {
        assert_eq!(estimate(&EnergyMap::default(), -20.0), Estimate::default());
        assert_eq!(estimate(&map(music, music), f64::NEG_INFINITY), Estimate::default());
        assert!(picture(&map(|_| -160.0, |_| -160.0), -20.0, &[]).lost_lu.iter().all(|lu| *lu == 0));
    }
}
