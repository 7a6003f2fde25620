//! All stereo faults seen together.

use crate::diagnose::{Context, Outcome};
use crate::measure::stereo::{BandImage, Image, band_range, bands, sum};
use crate::measure::{EnergyMap, Measurements};

/// Below this level nothing is judged, dBFS.
const SILENT_DBFS: f64 = -90.0;

/// One side this far below the other is dead, dB.
pub const DEAD_DB: f64 = -60.0;

/// Sides whose difference lies this far below their level are the same signal (24-bit dither of two bounces lies at −140).
pub const SAME_DB: f64 = -80.0;

/// Bands that a listener locates by, Hz: below, waves are longer than the head; above, level and codecs vary.
pub const IMAGE_HZ: (f64, f64) = (100.0, 12_500.0);

/// Range of the bass, Hz (vinyl plants ask for a mono bass below 150, club systems sum below 100 to 120).
pub const BASS_HZ: (f64, f64) = (31.5, 125.0);

/// A correlation from which a range surely is in phase; unrelated sides scatter around 0.
const CLEARLY_POSITIVE: f64 = 0.15;

/// Which fault explains the image as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// Two sides that can be judged one by one.
    Sound,
    /// One side is silent.
    Dead,
    /// Both sides are the same.
    Same,
    /// One side has the wrong polarity.
    Inverted,
}

/// What the checks of the family share.
pub struct Picture<'a> {
    /// The sample-domain image.
    pub image: &'a Image,
    /// The energy map.
    pub map: &'a EnergyMap,
    /// Image of each band of the map over the file.
    pub bands: Vec<BandImage>,
    /// How far all ranges of frequency pull the same way, −1 to +1.
    pub phase: f64,
    /// What explains the image as a whole.
    pub whole: Whole,
}

impl<'a> Picture<'a> {
    /// The picture of a file, or why there is none.
    pub fn of(context: &Context<'a>) -> Result<Self, Outcome> {
        let m: &'a Measurements = context.measurements;
        let Some(image) = &m.stereo else { return Err(Outcome::skipped("mono file")) };
        if image.left.db().max(image.right.db()) < SILENT_DBFS {
            return Err(Outcome::skipped("silent file"));
        }
        let bands = bands(&m.map);
        let phase = phase(&bands);
        let louder = image.left.db().max(image.right.db());
        let whole = if image.left.db().min(image.right.db()) - louder < DEAD_DB {
            Whole::Dead
        } else if image.difference.db() - louder < SAME_DB {
            Whole::Same
        } else if phase < context.limit("stereo.inverted").warn {
            Whole::Inverted
        } else {
            Whole::Sound
        };
        Ok(Self { image, map: &m.map, bands, phase, whole })
    }

    /// Skips a check that has nothing to say because another fault explains the image.
    pub fn unless(&self, faults: &[Whole]) -> Result<(), Outcome> {
        match faults.contains(&self.whole).then_some(self.whole) {
            None | Some(Whole::Sound) => Ok(()),
            Some(Whole::Dead) => Err(Outcome::skipped("see stereo.dead_channel")),
            Some(Whole::Same) => Err(Outcome::skipped("both sides are the same")),
            Some(Whole::Inverted) => Err(Outcome::skipped("see stereo.inverted")),
        }
    }

    /// Image of a range of frequencies over the whole file.
    pub fn range(&self, (low_hz, high_hz): (f64, f64)) -> BandImage {
        sum(self.map, 0..self.map.frames(), band_range(low_hz, high_hz))
    }
}

/// How far all of the spectrum pulls the same way: the mean correlation of the bass, the low middle and the rest if none of
/// them is clearly positive, else that of the most positive one. A single range in opposite polarity is not the whole.
fn phase(bands: &[BandImage]) -> f64 {
    const REGIONS_HZ: [(f64, f64); 3] = [(BASS_HZ.0, BASS_HZ.1), (160.0, 800.0), (1_000.0, IMAGE_HZ.1)];
    let regions: Vec<f64> = REGIONS_HZ.iter().filter_map(|(low, high)| mean_correlation(bands.get(band_range(*low, *high))?)).collect();
    let most = regions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if regions.is_empty() {
        1.0
    } else if most > CLEARLY_POSITIVE {
        most
    } else {
        regions.iter().sum::<f64>() / regions.len() as f64
    }
}

/// Mean correlation over bands, each weighted by the fourth root of its power: loud bands count more, but one does not
/// decide alone.
fn mean_correlation(bands: &[BandImage]) -> Option<f64> {
    let weighted = bands.iter().filter_map(|b| Some((b.correlation?, b.power.powf(0.25))));
    let (sum, weight) = weighted.fold((0.0, 0.0), |(s, w), (c, p)| (s + c * p, w + p));
    (weight > 0.0).then(|| sum / weight)
}
