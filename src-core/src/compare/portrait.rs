//! From the measurements of a file to what comparisons need of it.

use super::equal_loudness::tone_db;
use super::sections::sections;
use crate::measure::energy_map::BANDS_HZ;
use crate::measure::{Measurements, resonance, stereo};
use crate::models::profile::Portrait;
use crate::units::{db_to_power, power_to_db};
use std::collections::BTreeMap;

/// A quantity that is compared: its names, and how far apart two good records lie in it as a matter of course.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kind {
    /// Stable name.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Least half width of a range: what no listener would call a difference between records.
    pub least: f64,
    /// What a reference is called that has more of it than the others, and less: "brighter", "darker".
    pub words: [&'static str; 2],
}

/// Side against mid at and below this is taken as this, dB: the side is as good as silent, and nobody hears by how much.
pub const MONO_DB: f64 = -40.0;

/// Quantities that sum levels of bands: name, and the lowest and highest centre, Hz.
pub const SUMMED_BANDS: [(&str, [f64; 2]); 2] = [("bass", [30.0, 160.0]), ("brightness", [4_000.0, 16_000.0])];

/// Every quantity that is compared.
pub const KINDS: &[Kind] = &[
    Kind { id: "loudness", label: "Integrated loudness", unit: "LUFS", least: 1.0, words: ["louder", "softer"] },
    Kind { id: "loudness_range", label: "Loudness range", unit: "LU", least: 2.0, words: ["wider in loudness", "more even in loudness"] },
    Kind { id: "plr", label: "Peak to loudness", unit: "dB", least: 1.5, words: ["more open", "more compressed"] },
    Kind {
        id: "level_spread",
        label: "Loud passages above the middle",
        unit: "dB",
        least: 1.0,
        words: ["livelier in level", "denser in level"],
    },
    Kind { id: "bass", label: "Level below 160 Hz", unit: "dB", least: 2.0, words: ["heavier in the bass", "lighter in the bass"] },
    Kind { id: "brightness", label: "Level above 4 kHz", unit: "dB", least: 2.0, words: ["brighter", "darker"] },
    Kind { id: "width", label: "Side against mid", unit: "dB", least: 1.5, words: ["wider", "narrower"] },
    Kind { id: "low_mid_masking", label: "Voice covered by the low mids", unit: "LU", least: 3.0, words: ["more covered", "less covered"] },
    Kind { id: "centre_masking", label: "Centre covered by the sides", unit: "LU", least: 4.0, words: ["more covered", "less covered"] },
    Kind { id: "rumble", label: "Steady level below 25 Hz", unit: "dB", least: 3.0, words: ["fuller below 25 Hz", "emptier below 25 Hz"] },
];

/// What comparisons need to know of a file.
///
/// Quantities that cannot be measured (silence, mono) are left out of `numbers`.
pub fn portrait(name: impl Into<String>, m: &Measurements) -> Portrait {
    let images = stereo::bands(&m.map);
    let powers: Vec<f64> = images.iter().map(|image| image.power / m.map.frames().max(1) as f64).collect();
    let tone = tone_db(&powers);
    let mono = m.stereo.is_none();
    let width = images.iter().map(|image| (image.power > 0.0).then(|| image.side_mid.db().clamp(MONO_DB, -MONO_DB)));
    Portrait {
        name: name.into(),
        duration_s: m.duration.s(),
        width_db: if mono { Vec::new() } else { width.collect() },
        // Two decimals are more than the floor is exact to, and keep profiles small.
        floor_db: resonance::floor_db(&m.spectrum.bins).iter().map(|db| (db * 100.0).round() / 100.0).collect(),
        numbers: numbers(m, &tone),
        sections: sections(&m.map).into_iter().map(|s| (s.energy.to_owned(), s.portrait)).collect(),
        tone_db: tone,
    }
}

fn numbers(m: &Measurements, tone: &[Option<f64>]) -> BTreeMap<String, f64> {
    let loudness = heard_lufs(m);
    let width = stereo::sum(&m.map, 0..m.map.frames(), stereo::band_range(100.0, 16_000.0));
    let [bass, brightness] = SUMMED_BANDS.map(|(id, [low, high])| (id, range_level_db(tone, low, high)));
    let masking = super::masking::estimate(&m.map, loudness);
    let values = [
        ("low_mid_masking", masking.low_mid_lu.unwrap_or(f64::NAN)),
        ("centre_masking", if m.stereo.is_some() { masking.centre_lu.unwrap_or(f64::NAN) } else { f64::NAN }),
        ("loudness", loudness),
        ("loudness_range", if loudness.is_finite() { m.loudness.range.lu() } else { f64::NAN }),
        ("plr", m.true_peak.max.level.dbtp() - loudness),
        ("level_spread", level_spread_db(m).unwrap_or(f64::NAN)),
        bass,
        brightness,
        ("rumble", rumble_db(m)),
        ("width", if m.stereo.is_some() { width.side_mid.db().max(MONO_DB) } else { f64::NAN }),
    ];
    values.into_iter().filter(|(_, v)| v.is_finite()).map(|(id, v)| (id.to_owned(), v)).collect()
}

/// Integrated loudness as two loudspeakers play it, LUFS: mono counts as one channel to BS.1770, but players send it to both, which
/// is 3.01 LU more. What is compared between files is this.
pub fn heard_lufs(m: &Measurements) -> f64 {
    m.loudness.integrated.lufs() + if m.layout.channel_count() == 1 { power_to_db(2.0) } else { 0.0 }
}

/// Momentary loudness further than this below the highest is a pause, LU.
const PAUSE_LU: f64 = 40.0;

/// Fewer momentary values than this (3 s) have no spread.
const FEWEST_VALUES: usize = 30;

/// How far the loud passages stand above the middle: 95th less 50th percentile of momentary loudness within 40 LU of its highest, dB. None
/// for silence and for less than 3 s.
pub fn level_spread_db(m: &Measurements) -> Option<f64> {
    let mut levels: Vec<f64> = m.loudness.momentary.values.iter().map(|v| f64::from(*v)).collect();
    levels.sort_by(f64::total_cmp);
    let highest = levels.last().copied().filter(|h| h.is_finite())?;
    levels.retain(|l| *l > highest - PAUSE_LU);
    let at = |q: f64| levels.get(((levels.len() as f64 - 1.0) * q) as usize).copied();
    if levels.len() < FEWEST_VALUES { None } else { Some(at(0.95)? - at(0.5)?) }
}

/// Frequencies of rumble, Hz: below what music uses and above what a file of common length can tell from an offset.
const RUMBLE_HZ: std::ops::Range<f64> = 8.0..25.0;

/// Level below 25 Hz that is there all the time, against the level of the whole, dB.
///
/// Mean of the levels in dB of each bin, summed: a kick drum that reaches down now and then hardly counts.
pub fn rumble_db(m: &Measurements) -> f64 {
    let bins = &m.spectrum.bins;
    let within = bins.mean_db.iter().enumerate().filter(|(k, _)| RUMBLE_HZ.contains(&(*k as f64 * bins.width_hz)));
    let steady: f64 = within.map(|(_, db)| db_to_power(f64::from(*db))).sum();
    let whole: f64 = bins.mid.iter().chain(&bins.side).map(|p| f64::from(*p)).sum();
    power_to_db(steady / whole)
}

/// Summed level of the bands within two frequencies.
fn range_level_db(tone: &[Option<f64>], low_hz: f64, high_hz: f64) -> f64 {
    let bands = BANDS_HZ.iter().zip(tone).filter(|(hz, _)| (low_hz..=high_hz).contains(*hz));
    power_to_db(bands.filter_map(|(_, db)| *db).map(db_to_power).sum())
}
