//! The same music with the references' sound.

use super::draws::{DRAWS, Draws};
use super::programme::{Powers, Programme};
use crate::compare::Comparison;
use crate::compare::explain::ToneEvidence;
use crate::compare::faults::{self, Amount, Fault, Faults};
use crate::compare::linear::cholesky;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::units::db_to_power;

/// Side against mid where nothing is known of the references, dB: bass in the middle, the rest at a usual width; the side of a mix that
/// is narrower is kept.
const USUAL_WIDTH_DB: [(f64, f64); 3] = [(160.0, -15.0), (500.0, -9.0), (f64::INFINITY, -4.0)];

/// Spread of the width of a band between parts of one record, dB.
const WIDTH_SD_DB: f64 = 3.0;

/// How the references' sound differs from the mix's.
#[derive(Clone)]
pub(super) struct Expected {
    evidence: ToneEvidence,
    /// Level of the mix less what was expected, dB per band: the middle, and each draw.
    tone_db: Vec<[f64; BANDS]>,
    /// Side against mid to expect, as a power ratio: the middle, and each draw.
    width: Vec<[f64; BANDS]>,
    /// Power gains that undo a fault: the middle, and each draw; for each of [`UNDONE`] that was found.
    undone: Vec<(Fault, Vec<[f64; BANDS]>)>,
}

/// The faults of tone that are asked about one by one.
const UNDONE: [Fault; 3] = [Fault::Harsh, Fault::Muddy, Fault::Sub];

/// Which parts of the references' sound to put on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sound {
    /// As the mix is.
    Mix,
    /// The mix with the references' width.
    Width,
    /// The references' tone and width.
    Both,
    /// The mix without one of its faults of tone.
    Without(Fault),
}

impl Expected {
    /// None where the comparison holds no evidence.
    pub fn of(own: &Programme<'_>, comparison: &Comparison) -> Option<Self> {
        let width = widths(own, comparison);
        let spread = Draws::new("width");
        let drawn = |d: usize| {
            let shift = spread.smooth(d);
            std::array::from_fn(|b| width[b] * db_to_power(WIDTH_SD_DB * shift[b]))
        };
        let width = std::iter::once(width).chain((0..DRAWS).map(drawn)).collect();
        let evidence = comparison.evidence.clone()?;
        let n = evidence.hz.len();
        let factor = cholesky(evidence.covariance.clone(), n)?;
        let draws = Draws::new("tone");
        let row = |draw: Option<usize>| {
            let noise = draw.map(|d| draws.normals(d, n));
            let known: Vec<f64> = (0..n)
                .map(|i| {
                    let noise = noise.as_ref().map_or(0.0, |z| (0..=i).map(|k| factor[i * n + k] * z[k]).sum());
                    evidence.excess_db[i] + noise
                })
                .collect();
            let mean = known.iter().sum::<f64>() / n.max(1) as f64;
            BANDS_HZ.map(|hz| nearest(&evidence.hz, &known, hz) - mean)
        };
        Some(Self {
            tone_db: std::iter::once(row(None)).chain((0..DRAWS).map(|d| row(Some(d)))).collect(),
            width,
            undone: undone(&faults::find(&evidence)),
            evidence,
        })
    }

    /// What is left to expect of a mix whose bands were changed: the references' sound stays where it is.
    pub fn changed(&self, by_db: &[f64; BANDS]) -> Self {
        let mut evidence = self.evidence.clone();
        for (excess_db, hz) in evidence.excess_db.iter_mut().zip(&self.evidence.hz) {
            *excess_db += nearest(&BANDS_HZ, by_db, *hz);
        }
        let row = |tone: &[f64; BANDS]| std::array::from_fn(|b| tone[b] + by_db[b]);
        Self {
            tone_db: self.tone_db.iter().map(row).collect(),
            width: self.width.clone(),
            undone: undone(&faults::find(&evidence)),
            evidence,
        }
    }

    /// Whether a fault was found.
    pub fn has(&self, fault: Fault) -> bool {
        self.undone.iter().any(|(f, _)| *f == fault)
    }

    /// A spectrum of the mix with another sound; `draw` 0 is the middle.
    pub fn apply(&self, powers: &Powers, sound: Sound, draw: usize) -> Powers {
        match sound {
            Sound::Mix => *powers,
            Sound::Without(fault) => {
                let gains = self.undone.iter().find(|(f, _)| *f == fault).and_then(|(_, draws)| draws.get(draw));
                gains.map_or(*powers, |gains| powers.under(gains, gains))
            }
            Sound::Width | Sound::Both => self.with_width(powers, sound, draw),
        }
    }

    fn with_width(&self, powers: &Powers, sound: Sound, draw: usize) -> Powers {
        let (Some(tone), Some(width)) = (self.tone_db.get(draw), self.width.get(draw)) else { return *powers };
        let mut out = *powers;
        for b in 0..BANDS {
            let total = powers.mid[b] + powers.side[b];
            let gain = if sound == Sound::Both { db_to_power(-tone[b]) } else { 1.0 };
            out.mid[b] = gain * total / (1.0 + width[b]);
            out.side[b] = out.mid[b] * width[b];
            let before = powers.mid[b] * powers.side[b];
            let after = out.mid[b] * out.side[b];
            out.cross[b] = if before > 0.0 { powers.cross[b] * (after / before).sqrt() } else { 0.0 };
        }
        out
    }
}

/// Power gains that undo each fault: by its amount, and by each draw of it; no draw makes the contrary fault of it.
fn undone(found: &Faults) -> Vec<(Fault, Vec<[f64; BANDS]>)> {
    let draws = Draws::new("fault");
    let of = |amount: &Amount| {
        let per_db = BANDS_HZ.map(|hz| amount.per_db(hz));
        let drawn = |d: usize| (amount.db + amount.sd_db * draws.normals(d, 1).first().copied().unwrap_or(0.0)).max(0.0);
        std::iter::once(amount.db).chain((0..DRAWS).map(drawn)).map(|db| per_db.map(|each| db_to_power(-db * each))).collect()
    };
    UNDONE.iter().filter_map(|fault| Some((*fault, of(found.get(*fault)?)))).collect()
}

/// Value of the band nearest to a frequency.
fn nearest(hz: &[f64], values: &[f64], at: f64) -> f64 {
    let distance = |f: f64| (f / at).ln().abs();
    let best = hz.iter().zip(values).min_by(|a, b| distance(*a.0).total_cmp(&distance(*b.0)));
    best.map_or(0.0, |(_, v)| *v)
}

/// Side against mid to expect, as power ratios.
fn widths(own: &Programme<'_>, comparison: &Comparison) -> [f64; BANDS] {
    std::array::from_fn(|b| {
        let hz = BANDS_HZ[b];
        let sum = |of: fn(&Powers) -> &[f64; BANDS]| own.classes.iter().map(|c| of(c)[b]).sum::<f64>();
        let (mid, side) = (sum(|p| &p.mid), sum(|p| &p.side));
        let own = if mid > 0.0 { side / mid } else { f64::INFINITY };
        let known = comparison.width.iter().find(|w| w.hz == hz).map(|w| db_to_power(w.range.centre));
        let usual = USUAL_WIDTH_DB.iter().find(|(to, _)| hz < *to).map_or(1.0, |(_, db)| db_to_power(*db));
        known.unwrap_or_else(|| own.min(usual)).clamp(0.0, 4.0)
    })
}
