//! Cuts an energy map into the windows that are compared.

use super::{Bands, Programme};
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::units::{db_to_power, power_to_db};

/// Bands compared: those of the energy map from 31.5 Hz to 16 kHz.
pub const MATCH_BANDS: usize = 28;

/// First band of the map that is compared. 20 and 25 Hz are left out: a window of 186 ms cannot tell them apart.
const FIRST_BAND: usize = 2;

/// Frames averaged to one window: two frames of 186 ms at half overlap.
const FRAMES_PER_WINDOW: usize = 2;

/// Windows more than this below the loudest, K-weighted, are left out: fades and pauses say little about tone.
pub const GATE_DB: f64 = 20.0;

/// Levels are limited to this far below the highest of all windows and bands, so that digital silence in a band does not
/// outweigh everything audible.
const FLOOR_DB: f64 = 90.0;

/// Least power that is told from silence, relative to full scale.
const LEAST_POWER: f64 = 1e-12;

/// Loudness at which both files are compared, LUFS. Only differences matter; the value keeps numbers readable.
const COMMON_LUFS: f64 = -18.0;

/// At most so many windows apart, evenly thinned (and twice as many overlapping ones): work grows with the product, and beyond
/// this the result hardly moves.
const MOST_WINDOWS: usize = 512;

/// Span of a window, seconds.
const WINDOW_S: f64 = 0.186;

/// Span after which music says something new, seconds (chosen leave-one-author-out on 29 tracks).
const INDEPENDENT_S: f64 = 5.6;

/// Least number of independent observations that is ever assumed.
pub(super) const FEWEST_INDEPENDENT: f64 = 0.7;

/// Centre frequencies of the bands compared, Hz.
pub fn match_bands_hz() -> &'static [f64; MATCH_BANDS] {
    const HZ: [f64; MATCH_BANDS] = {
        let mut out = [0.0; MATCH_BANDS];
        let mut i = 0;
        while i < MATCH_BANDS {
            out[i] = BANDS_HZ[i + FIRST_BAND];
            i += 1;
        }
        out
    };
    &HZ
}

/// Distance of two bands, octaves.
pub(super) fn octaves(a: usize, b: usize) -> f64 {
    let hz = match_bands_hz();
    (hz[a] / hz[b]).log2().abs()
}

/// How many independent observations a sum of window weights stands for, at least `fewest`.
pub(super) fn independent(weight: f64, fewest: f64) -> f64 {
    (weight * WINDOW_S / INDEPENDENT_S).max(fewest)
}

/// How windows follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    /// Each begins where the one before ends: the windows to explain.
    Apart,
    /// One with every frame: the windows that explain. A sound that began in the middle between two windows of one file finds its
    /// counterpart all the same.
    Overlapping,
}

impl Spacing {
    fn frames(self) -> usize {
        match self {
            Self::Apart => FRAMES_PER_WINDOW,
            Self::Overlapping => 1,
        }
    }

    fn most_windows(self) -> usize {
        MOST_WINDOWS * FRAMES_PER_WINDOW / self.frames()
    }
}

/// The windows of one file, all levels in dB at [`COMMON_LUFS`], window-major.
pub(super) struct Windows {
    /// Mid and side together.
    pub level_db: Vec<f64>,
    /// Mid alone.
    pub mid_db: Vec<f64>,
    /// Side alone.
    pub side_db: Vec<f64>,
}

impl Windows {
    /// Windows of a file; none if its loudness is not finite or no window holds sound.
    pub fn of(programme: Programme<'_>, spacing: Spacing) -> Option<Self> {
        if !programme.integrated_lufs.is_finite() {
            return None;
        }
        let scale = db_to_power(COMMON_LUFS - programme.integrated_lufs);
        let pool = Pool { programme, scale, spacing };
        let loudness: Vec<f64> = (0..pool.len()).filter_map(|i| pool.window(i)).map(|(mid, side)| k_weighted_db(&mid, &side)).collect();
        let loudest = loudness.iter().copied().filter(|l| l.is_finite()).fold(f64::NEG_INFINITY, f64::max);
        if loudest <= power_to_db(LEAST_POWER) {
            return None;
        }
        let heard: Vec<usize> = loudness.iter().enumerate().filter(|(_, l)| **l > loudest - GATE_DB).map(|(i, _)| i).collect();
        let mut out = Self { level_db: Vec::new(), mid_db: Vec::new(), side_db: Vec::new() };
        for (mid, side) in evenly(&heard, spacing.most_windows()).filter_map(|i| pool.window(i)) {
            for (m, s) in mid.iter().zip(&side) {
                out.level_db.push(level(2.0 * (m + s)));
                out.mid_db.push(level(2.0 * m));
                out.side_db.push(level(2.0 * s));
            }
        }
        let floor = out.level_db.iter().copied().fold(f64::NEG_INFINITY, f64::max) - FLOOR_DB;
        for value in &mut out.level_db {
            *value = value.max(floor);
        }
        Some(out)
    }

    /// Number of windows.
    pub fn len(&self) -> usize {
        self.level_db.len() / MATCH_BANDS
    }

    /// K-weighted level of each window after a correction, dB.
    pub fn k_level_db(&self, correction_db: &Bands) -> Vec<f64> {
        let weight: Bands = std::array::from_fn(|b| db_to_power(k_weighting_db()[b] + correction_db[b]));
        let rows = self.level_db.chunks_exact(MATCH_BANDS);
        rows.map(|row| power_to_db(row.iter().zip(&weight).map(|(l, w)| db_to_power(*l) * w).sum())).collect()
    }

    /// Share of each band in the K-weighted power of the file.
    pub fn loudness_weights(&self) -> Bands {
        let mut share = [0.0; MATCH_BANDS];
        for row in self.level_db.chunks_exact(MATCH_BANDS) {
            for (b, s) in share.iter_mut().enumerate() {
                *s += db_to_power(row[b] + k_weighting_db()[b]);
            }
        }
        let total: f64 = share.iter().sum();
        share.map(|s| s / total)
    }

    /// Level of each band that a share of the windows lie below, dB.
    pub fn quantile_db(&self, share: f64) -> Bands {
        let rank = (share * self.len().saturating_sub(1) as f64).round() as usize;
        std::array::from_fn(|b| {
            let mut levels: Vec<f64> = self.level_db.iter().skip(b).step_by(MATCH_BANDS).copied().collect();
            levels.sort_by(f64::total_cmp);
            levels.get(rank).copied().unwrap_or(0.0)
        })
    }

    /// Highest level of each band, dB.
    fn highest_db(&self) -> Bands {
        let mut out = [f64::NEG_INFINITY; MATCH_BANDS];
        for row in self.level_db.chunks_exact(MATCH_BANDS) {
            for (o, l) in out.iter_mut().zip(row) {
                *o = o.max(*l);
            }
        }
        out
    }
}

/// Bands in which both files ever rise above their floor. The others (above a lower Nyquist frequency or the cut-off of a
/// lossy codec) say nothing and are left out.
pub(super) fn active_bands(r: &Windows, m: &Windows) -> Vec<usize> {
    /// A band counts as used from this much above the floor.
    const ABOVE_FLOOR_DB: f64 = 3.0;
    let used = |w: &Windows| -> [bool; MATCH_BANDS] {
        let highest = w.highest_db();
        let floor = highest.iter().copied().fold(f64::NEG_INFINITY, f64::max) - FLOOR_DB;
        highest.map(|h| h > floor + ABOVE_FLOOR_DB)
    };
    let (r, m) = (used(r), used(m));
    (0..MATCH_BANDS).filter(|&b| r[b] && m[b]).collect()
}

/// The windows of a file before any is chosen. They are summed up anew each time they are asked for: those of three hours would take more
/// memory than all that is known of the file.
struct Pool<'a> {
    programme: Programme<'a>,
    scale: f64,
    spacing: Spacing,
}

impl Pool<'_> {
    fn len(&self) -> usize {
        (self.programme.map.frames() + 1).saturating_sub(FRAMES_PER_WINDOW).div_ceil(self.spacing.frames())
    }

    /// Mid and side powers of a window; none past the last.
    fn window(&self, index: usize) -> Option<(Bands, Bands)> {
        let start = index * self.spacing.frames();
        let range = start * BANDS..(start + FRAMES_PER_WINDOW) * BANDS;
        let mean = |frames: &[f32]| -> Bands {
            std::array::from_fn(|b| {
                let sum: f64 = frames.chunks_exact(BANDS).map(|f| f64::from(f[b + FIRST_BAND])).sum();
                sum * self.scale / FRAMES_PER_WINDOW as f64
            })
        };
        Some((mean(self.programme.map.mid.get(range.clone())?), mean(self.programme.map.side.get(range)?)))
    }
}

/// At most `most` of the indices, evenly spread.
fn evenly(indices: &[usize], most: usize) -> impl Iterator<Item = usize> + '_ {
    let kept = indices.len().min(most);
    (0..kept).filter_map(move |i| indices.get(i * indices.len() / kept).copied())
}

fn level(power: f64) -> f64 {
    power_to_db(power.max(LEAST_POWER))
}

fn k_weighted_db(mid: &Bands, side: &Bands) -> f64 {
    let k = k_weighting_db();
    level((0..MATCH_BANDS).map(|b| 2.0 * (mid[b] + side[b]) * db_to_power(k[b])).sum())
}

/// K-weighting at the band centres, dB: both stages of ITU-R BS.1770-5, tables 1 and 2 (48 kHz).
pub(super) fn k_weighting_db() -> &'static Bands {
    static TABLE: std::sync::LazyLock<Bands> = std::sync::LazyLock::new(|| {
        match_bands_hz().map(|hz| {
            let w = std::f64::consts::TAU * hz / 48_000.0;
            let shelf = magnitude(
                [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
                [-1.690_659_293_182_41, 0.732_480_774_215_85],
                w,
            );
            let high_pass = magnitude([1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21], w);
            20.0 * (shelf * high_pass).log10()
        })
    });
    &TABLE
}

/// Magnitude of a second-order section with a0 = 1 at angular frequency `w`.
fn magnitude(b: [f64; 3], a: [f64; 2], w: f64) -> f64 {
    let polynomial = |c: [f64; 3]| {
        let re = c[0] + c[1] * w.cos() + c[2] * (2.0 * w).cos();
        let im = c[1] * w.sin() + c[2] * (2.0 * w).sin();
        re.hypot(im)
    };
    polynomial(b) / polynomial([1.0, a[0], a[1]])
}
