//! Masking estimated from a mix alone: what of it covers what else, without knowing the sources.

use crate::audio::TimeRange;
use crate::hearing::fast::{MaskedThreshold, Step};
use crate::hearing::{FastHearing, Field, KOffset};
use crate::measure::EnergyMap;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::stems::{PLAYBACK_DB_SPL, Picture};
use crate::units::db_to_power;
use std::ops::Range;
use std::sync::LazyLock;

/// Frames of the map whose mean is looked at: together a third of a second.
const FRAMES: usize = 4;
/// What builds up, Hz.
pub const LOW_MID_HZ: (f64, f64) = (150.0, 560.0);
/// What it covers, Hz.
const ABOVE_HZ: (f64, f64) = (560.0, 1_400.0);
/// Where a lead lives, Hz.
pub const CENTRE_HZ: (f64, f64) = (280.0, 4_500.0);
/// Parts softer than this are not judged, sones.
const LEAST_SONES: f64 = 1.0;
/// A passage stands out from this many LU over the file's own mean.
const STANDS_OUT_LU: f64 = 2.0;
/// Most columns of the picture.
const COLUMNS: usize = 160;

static HEARING: LazyLock<(FastHearing, MaskedThreshold)> = LazyLock::new(|| {
    let hearing = FastHearing::third_octaves(&BANDS_HZ, Field::Free, Step::Whole);
    let threshold = hearing.masked_threshold(KOffset::STEADY);
    (hearing, threshold)
});

/// What is estimated of one file.
///
/// # Definition
/// Partial loudness (Moore, Glasberg and Baer 1997) at 76 dB SPL for the integrated loudness, on
/// frames of a third of a second; loudness lost is 10 log2 of loudness in quiet over what is left, in LU, over the whole file.
/// *Low mids*: what lies from 560 Hz to 1.4 kHz beside the upward spread of what lies between 150 and 560 Hz. *Centre*: the mid from 280 Hz to
/// 4.5 kHz beside the side there. *Transients*: what rises out of the steady level (the median of 1.5 s around), beside that level.
///
/// # On silence, short, mono
/// None where there is nothing to hear; the centre of a mono file loses nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Lost above the low mids, LU.
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
    let (mut low_mid, mut centre, mut transient) = (Loss::default(), Loss::default(), Loss::default());
    for frame in 0..scene.frames() {
        let (mid, side) = scene.frame(frame);
        let all: [f32; BANDS] = std::array::from_fn(|b| mid[b] + side[b]);
        let (quiet, left) = scene.beside(&within(&all, ABOVE_HZ), &within(&all, LOW_MID_HZ), ABOVE_HZ);
        low_mid.add(quiet, left);
        let (quiet, left) = scene.beside(&mid, &side, CENTRE_HZ);
        centre.add(quiet, left);
        if let Some(steady) = scene.steady(frame) {
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

/// The same as a picture: at each place the larger of what the sides take from the centre and the low mids from what is above.
pub fn picture(map: &EnergyMap, lufs: f64) -> Picture {
    if !lufs.is_finite() {
        return Picture::default();
    }
    let scene = Scene::new(map, lufs);
    let per_column = scene.frames().div_ceil(COLUMNS).max(1);
    let rows_hz: Vec<f64> = HEARING.0.filters().iter().map(|f| f.hz).collect();
    let mut lost = Vec::new();
    for from in (0..scene.frames()).step_by(per_column) {
        let mut sums = vec![[0.0f32; 4]; rows_hz.len()];
        for frame in from..(from + per_column).min(scene.frames()) {
            let (mid, side) = scene.frame(frame);
            let all: [f32; BANDS] = std::array::from_fn(|b| mid[b] + side[b]);
            for (at, (signal, noise)) in [(mid, side), (within(&all, ABOVE_HZ), within(&all, LOW_MID_HZ))].iter().enumerate() {
                let (quiet, left) = scene.filters(signal, noise);
                for (sum, (q, l)) in sums.iter_mut().zip(quiet.iter().zip(&left)) {
                    sum[2 * at] += q;
                    sum[2 * at + 1] += l;
                }
            }
        }
        let loss = |q: f32, l: f32| if q > 0.05 { lost_lu(f64::from(l / q)) } else { 0.0 };
        lost.extend(sums.iter().map(|s| loss(s[0], s[1]).max(loss(s[2], s[3])).min(Picture::MOST_LU).round() as u8));
    }
    Picture { column_s: (per_column * FRAMES) as f64 * map.hop_s, rows_hz, lost_lu: lost, regions: Vec::new() }
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

    /// Median power of the frames around one; none at the ends.
    fn steady(&self, frame: usize) -> Option<[f32; BANDS]> {
        const AROUND: usize = 2;
        let first = frame.checked_sub(AROUND)?;
        (frame + AROUND < self.frames()).then_some(())?;
        let near: Vec<[f32; BANDS]> = (first..=frame + AROUND)
            .map(|f| {
                let (mid, side) = self.frame(f);
                std::array::from_fn(|b| mid[b] + side[b])
            })
            .collect();
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

/// The powers within two frequencies, the others 0.
fn within(powers: &[f32; BANDS], (low_hz, high_hz): (f64, f64)) -> [f32; BANDS] {
    let Range { start, end } = BANDS_HZ.partition_point(|hz| *hz < low_hz)..BANDS_HZ.partition_point(|hz| *hz < high_hz);
    std::array::from_fn(|b| if (start..end).contains(&b) { powers[b] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map with levels per band (dB re full scale), mid and side.
    fn map(mid_db: impl Fn(f64) -> f32, side_db: impl Fn(f64) -> f32) -> EnergyMap {
        let frames = 80;
        let row = |f: &dyn Fn(f64) -> f32| BANDS_HZ.iter().map(|hz| 10f32.powf(f(*hz) / 10.0)).collect::<Vec<f32>>();
        let repeat = |row: Vec<f32>| row.iter().copied().cycle().take(frames * BANDS).collect::<Vec<f32>>();
        let (mid, side) = (repeat(row(&mid_db)), repeat(row(&side_db)));
        EnergyMap { hop_s: 0.093, first_s: 0.093, cross: vec![0.0; mid.len()], mid, side }
    }

    fn music(hz: f64) -> f32 {
        -30.0 - 3.0 * (hz / 100.0).log2().max(0.0) as f32
    }

    #[test]
    fn build_up_in_the_low_mids_costs_what_is_above() {
        let plain = estimate(&map(music, |_| -120.0), -20.0);
        let muddy = estimate(&map(|hz| music(hz) + if (150.0..560.0).contains(&hz) { 12.0 } else { 0.0 }, |_| -120.0), -20.0);
        let (plain, muddy) = (plain.low_mid_lu.unwrap(), muddy.low_mid_lu.unwrap());
        assert!(muddy > plain + 0.2, "{plain} {muddy}");
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
        assert!(picture(&map(|_| -160.0, |_| -160.0), -20.0).lost_lu.iter().all(|lu| *lu == 0));
    }
}
