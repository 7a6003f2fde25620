//! Broad faults of tone, told from other music: a few known bumps and shelves, estimated together.
//!
//! # What it measures
//! By how many dB a file has too much or too little of each of [`Fault`], and how sure that is.
//!
//! # Definition
//! As in [`super::explain`], but all shapes that were found are estimated anew whenever one is added (orthogonal matching pursuit), so
//! that a bump that lies beside another is neither shared out between them nor given to the stronger one. A shape whose amount turns
//! round when another is added was that other one, and is left out.
//!
//! How sure an amount is follows from the noise that the evidence names, and from what is left over: where the shapes leave more than
//! that noise explains, it is too small, and the standard deviations grow by the root of the ratio (R. T. Birge, "The calculation of
//! errors by the method of least squares", Phys. Rev. 40, 1932).
//!
//! # Unit and range
//! dB, from [`LEAST_Z`] standard deviations on. More than [`MOST_DB`] is no fault of tone: an equaliser hardly gives it, an instrument that
//! one of the two files is without does. What lies within [`BESIDE_OCT`] of it is not told either, for there the two cannot be compared.
//!
//! # On silence, short, mono
//! Nothing is found where the evidence holds fewer than eight bands.
//!
//! # References
//! Y. C. Pati, R. Rezaiifar, P. S. Krishnaprasad, "Orthogonal matching pursuit", 27th Asilomar Conference, 1993.

use super::explain::{Shape, ShapeKind, ToneEvidence, Whitened, dot, whitened};
use super::linear::{cholesky, solve};

/// A broad fault of tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Too much of the lowest octave.
    Sub,
    /// Too much around 90 Hz.
    Boomy,
    /// Too little below 160 Hz.
    BassLight,
    /// Too little of the low mids.
    Thin,
    /// Too much of the low mids.
    Muddy,
    /// Too much around 550 Hz.
    Boxy,
    /// Too much of the upper mids.
    Harsh,
    /// Too much around 7 kHz.
    Sibilant,
    /// Too little treble.
    Dull,
    /// Too much treble.
    Bright,
}

/// The shapes that stand for each: kind, Q, centres or corners that are tried (Hz), gain for which the response is taken (dB). Those of the
/// tonal checks, with a low shelf for the sub and a dip that is the other side of mud.
const SHAPES: [(Fault, ShapeKind, f64, &[f64], f64); 10] = [
    (Fault::Sub, ShapeKind::LowShelf, 0.7, &[40.0, 50.0, 60.0], 10.0),
    (Fault::Boomy, ShapeKind::Bell, 1.0, &[70.0, 90.0, 115.0], 8.0),
    (Fault::BassLight, ShapeKind::LowShelf, 0.7, &[110.0, 160.0, 220.0], -8.0),
    (Fault::Thin, ShapeKind::Bell, 0.9, &[130.0, 180.0, 250.0, 350.0], -8.0),
    (Fault::Muddy, ShapeKind::Bell, 0.9, &[220.0, 300.0, 380.0], 7.0),
    (Fault::Boxy, ShapeKind::Bell, 1.2, &[480.0, 550.0, 680.0], 7.0),
    (Fault::Harsh, ShapeKind::Bell, 1.0, &[2400.0, 3200.0, 4000.0], 7.0),
    (Fault::Sibilant, ShapeKind::Bell, 1.2, &[6000.0, 7000.0, 8200.0], 8.0),
    (Fault::Dull, ShapeKind::HighShelf, 0.7, &[3200.0, 4500.0, 6500.0], -8.0),
    (Fault::Bright, ShapeKind::HighShelf, 0.7, &[5000.0, 7000.0, 9000.0], 8.0),
];

/// At most so many faults explain one file.
const MOST: usize = 4;

/// An amount must be this many standard deviations strong.
pub const LEAST_Z: f64 = 2.0;

/// The knobs of most equalisers end at 15 or 18 dB.
pub const MOST_DB: f64 = 18.0;

/// How far the music of a range that cannot be compared reaches, octaves.
pub const BESIDE_OCT: f64 = 1.0;

/// A fault with its amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// What it is.
    pub fault: Fault,
    /// Its response at one gain.
    pub shape: Shape,
    /// Amount in the shape's own direction, dB; positive.
    pub db: f64,
    /// Standard deviation of the amount, dB.
    pub sd_db: f64,
}

impl Amount {
    /// What a dB of the amount does to the spectrum at a frequency, dB.
    pub fn per_db(&self, hz: f64) -> f64 {
        self.shape.response_db(hz) / self.shape.gain_db.abs()
    }
}

/// What was found in a difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// The faults, each once.
    pub amounts: Vec<Amount>,
    /// By how much the standard deviation of the difference is larger than the evidence says, 1 or more.
    pub spread: f64,
}

impl Faults {
    /// Nothing found, nothing wrong with the evidence.
    const NONE: Self = Self { amounts: Vec::new(), spread: 1.0 };

    /// One of them.
    pub fn get(&self, fault: Fault) -> Option<&Amount> {
        self.amounts.iter().find(|a| a.fault == fault)
    }
}

/// Finds the broad faults in a tonal difference.
pub fn find(evidence: &ToneEvidence) -> Faults {
    let known: Vec<(Fault, Shape)> = SHAPES
        .iter()
        .flat_map(|&(fault, kind, q, freqs_hz, gain_db)| freqs_hz.iter().map(move |&freq_hz| (fault, Shape { kind, freq_hz, q, gain_db })))
        .collect();
    let shapes: Vec<Shape> = known.iter().map(|(_, shape)| *shape).collect();
    let Some(white) = whitened(evidence, &shapes) else { return Faults::NONE };
    let fit = choose(&white, &known);
    // The overall level takes one degree of freedom.
    let free = white.difference.len().saturating_sub(1 + fit.chosen.len()).max(1);
    let spread = (dot(&fit.rest, &fit.rest) / free as f64).sqrt().max(1.0);
    let all: Vec<Amount> = fit
        .chosen
        .iter()
        .zip(fit.amounts.iter().zip(&fit.variances))
        .filter_map(|(index, (db, variance))| {
            known.get(*index).map(|k| Amount { fault: k.0, shape: k.1, db: *db, sd_db: variance.sqrt() * spread })
        })
        .collect();
    let other_music: Vec<&Amount> = all.iter().filter(|a| a.db > MOST_DB).collect();
    let told = |a: &&Amount| a.db >= LEAST_Z * a.sd_db && !other_music.iter().any(|other| beside(&a.shape, &other.shape));
    Faults { amounts: all.iter().filter(told).copied().collect(), spread }
}

/// Whether a shape lies within the reach of another, or within [`BESIDE_OCT`] of it.
fn beside(shape: &Shape, other: &Shape) -> bool {
    let above = (shape.freq_hz / other.freq_hz).log2();
    match other.kind {
        ShapeKind::Bell => above.abs() <= BESIDE_OCT,
        ShapeKind::LowShelf => above < BESIDE_OCT,
        ShapeKind::HighShelf => above > -BESIDE_OCT,
    }
}

/// Least squares of some shapes at once.
struct Fit {
    chosen: Vec<usize>,
    amounts: Vec<f64>,
    variances: Vec<f64>,
    /// What they leave of the difference.
    rest: Vec<f64>,
}

impl Fit {
    /// None where two of them are one.
    fn of(white: &Whitened, chosen: Vec<usize>) -> Option<Self> {
        let n = chosen.len();
        let shapes: Vec<&[f64]> = chosen.iter().filter_map(|i| white.shapes.get(*i)).map(Vec::as_slice).collect();
        let products = shapes.iter().flat_map(|a| shapes.iter().map(|b| dot(a, b))).collect();
        let factor = cholesky(products, n)?;
        let amounts = solve(&factor, n, shapes.iter().map(|s| dot(s, &white.difference)).collect());
        let unit = |i: usize| -> Vec<f64> { (0..n).map(|k| if k == i { 1.0 } else { 0.0 }).collect() };
        let variances = (0..n).filter_map(|i| solve(&factor, n, unit(i)).get(i).copied()).collect();
        let mut rest = white.difference.clone();
        for (shape, amount) in shapes.iter().zip(&amounts) {
            rest.iter_mut().zip(*shape).for_each(|(r, s)| *r -= amount * s);
        }
        Some(Self { chosen, amounts, variances, rest })
    }
}

/// The shape that explains most of what is left is added while it is significant and there is room.
fn choose(white: &Whitened, known: &[(Fault, Shape)]) -> Fit {
    let fault = |index: usize| known.get(index).map(|k| k.0);
    let mut fit = Fit { chosen: Vec::new(), amounts: Vec::new(), variances: Vec::new(), rest: white.difference.clone() };
    let mut refused: Vec<Fault> = Vec::new();
    while fit.chosen.len() < MOST {
        let taken =
            |index: usize| fit.chosen.iter().any(|c| fault(*c) == fault(index)) || fault(index).is_none_or(|f| refused.contains(&f));
        let strength = |index: usize, shape: &Vec<f64>| (index, dot(shape, &fit.rest) / dot(shape, shape).sqrt());
        let open = white.shapes.iter().enumerate().filter(|(index, _)| !taken(*index)).map(|(index, shape)| strength(index, shape));
        let Some((best, _)) = open.filter(|(_, z)| *z >= LEAST_Z).max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        let Some(next) = with(white, &fit, best) else {
            refused.extend(fault(best));
            continue;
        };
        // One that was taken for what the new one is cannot come back.
        refused.extend(fit.chosen.iter().filter(|c| !next.chosen.contains(c)).filter_map(|c| fault(*c)));
        fit = next;
    }
    fit
}

/// A fit with one more shape, less those that turn round beside it; none if it turns round itself.
fn with(white: &Whitened, fit: &Fit, new: usize) -> Option<Fit> {
    let next = Fit::of(white, fit.chosen.iter().copied().chain([new]).collect())?;
    let stays = |(_, amount): &(&usize, &f64)| **amount > 0.0;
    let kept: Vec<usize> = next.chosen.iter().zip(&next.amounts).filter(stays).map(|(index, _)| *index).collect();
    if !kept.contains(&new) {
        return None;
    }
    if kept.len() == next.chosen.len() { Some(next) } else { Fit::of(white, kept) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::energy_map::BANDS_HZ;

    const HARSH: Shape = Shape { kind: ShapeKind::Bell, freq_hz: 3200.0, q: 1.0, gain_db: 9.0 };
    const MUD: Shape = Shape { kind: ShapeKind::Bell, freq_hz: 250.0, q: 0.9, gain_db: 9.0 };

    fn evidence(of: impl Fn(f64) -> f64) -> ToneEvidence {
        let n = BANDS_HZ.len();
        let covariance = (0..n * n).map(|i| if i / n == i % n { 0.25 } else { 0.0 }).collect();
        ToneEvidence { hz: BANDS_HZ.to_vec(), excess_db: BANDS_HZ.iter().map(|hz| of(*hz)).collect(), covariance }
    }

    fn amount(found: &Faults, fault: Fault) -> f64 {
        found.get(fault).map_or(0.0, |a| a.db)
    }

    #[test]
    fn faults_that_lie_beside_each_other_are_told_apart_and_a_clean_file_has_none() {
        let found = find(&evidence(|hz| 3.0 + HARSH.response_db(hz) + MUD.response_db(hz)));
        assert!((amount(&found, Fault::Harsh) - 9.0).abs() < 0.6 && (amount(&found, Fault::Muddy) - 9.0).abs() < 1.0, "{found:?}");
        assert_eq!(find(&evidence(|_| 3.0)).amounts, []);
        assert_eq!(find(&evidence(|_| f64::NAN)).amounts, []);
    }

    #[test]
    fn what_no_equaliser_gives_is_other_music_and_so_is_what_lies_beside_it() {
        let bright = Shape { kind: ShapeKind::HighShelf, freq_hz: 5_000.0, q: 0.7, gain_db: 26.0 };
        let found = find(&evidence(|hz| bright.response_db(hz) + HARSH.response_db(hz) + MUD.response_db(hz)));
        assert!(found.get(Fault::Bright).is_none() && found.get(Fault::Harsh).is_none(), "{found:?}");
        assert!(amount(&found, Fault::Muddy) > 7.0, "what lies far from it can be told: {found:?}");
    }

    #[test]
    fn what_is_left_over_makes_all_less_sure() {
        let rough = |hz: f64| if (hz.log2() * 3.0).round() as i64 % 2 == 0 { 2.5 } else { -2.5 };
        let (smooth, rough) = (find(&evidence(|hz| HARSH.response_db(hz))), find(&evidence(|hz| HARSH.response_db(hz) + rough(hz))));
        assert!(smooth.spread < 1.2 && rough.spread > 3.0, "{smooth:?} {rough:?}");
        let sd = |f: &Faults| f.get(Fault::Harsh).map_or(f64::INFINITY, |a| a.sd_db);
        assert!(sd(&rough) > 3.0 * sd(&smooth));
    }
}
