//! Explains the windows of one file by those of another, up to one correction: expectation–maximisation.
//!
//! The correction is as good as the pairs it is read from. A window counts the more the better its counterpart fits once
//! corrected, by a high power of the misfit, and the more the two choose each other: where an instrument is missing from
//! one file, most windows have no counterpart, and the few that have one decide.

use super::Bands;
use super::posterior;
use super::windows::{FEWEST_INDEPENDENT, MATCH_BANDS, Windows, independent};
use rayon::prelude::*;

/// Assumed scatter of a band level between matching windows, dB, from coarse to fine: starting wide and narrowing slowly
/// keeps the match from locking on to a wrong correction.
const SCATTER_DB: [f32; 8] = [6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 2.0, 2.0];

/// Prior standard deviation of the level difference of two matching windows, dB.
const GAIN_SD_DB: f32 = 3.0;

/// Weight of a window = (misfit + [`LEAST_MISFIT`])^−[`MISFIT_POWER`], where the misfit is the mean squared difference (dB²) that
/// is left of it over the bands. Powers from 3 to 6 do alike.
const MISFIT_POWER: f64 = 4.0;
const LEAST_MISFIT: f64 = 0.5;

/// Windows that fit better than this share of all have full weight.
const FULL_WEIGHT_QUANTILE: f64 = 0.9;

/// Rounds of the robust mean over windows.
const ROBUST_ROUNDS: usize = 3;

/// Reach of the correlation of the noise between bands while matching, octaves.
const NOISE_REACH_OCT: f64 = 0.35;

/// Nats below the likeliest counterpart from which on one adds less than 0.0001 dB to any sum.
const NEGLIGIBLE_NATS: f32 = 18.0;

/// What one direction found.
pub(super) struct OneWay {
    /// Weighted mean difference, dB per band (explaining file minus explained file); 0 in inactive bands.
    pub difference_db: Bands,
    /// Variance of its error, dB².
    pub variance: Bands,
    /// Weight of each explained window, 0 to 1.
    pub window_weight: Vec<f64>,
    /// Weight of each explained window and active band; inactive bands hold 0. Window-major.
    pub weight: Vec<f64>,
    /// How well windows are explained, 1/dB²: the mean of 1/(misfit + [`LEAST_MISFIT`]), in which those that fit decide.
    pub fit: f64,
    /// Pairing probabilities, explained-window-major.
    pairing: Vec<f32>,
    explaining: usize,
}

impl OneWay {
    /// Expected value, for each explained window, of something known for each explaining window (`columns` values each).
    pub fn carry(&self, values: &[f64], columns: usize) -> Vec<f64> {
        let rows = self.pairing.par_chunks_exact(self.explaining.max(1));
        rows.flat_map_iter(|p| {
            let mut out = vec![0.0; columns];
            for (p, row) in p.iter().zip(values.chunks_exact(columns)).filter(|(p, _)| **p > 0.0) {
                for (o, v) in out.iter_mut().zip(row) {
                    *o += f64::from(*p) * v;
                }
            }
            out
        })
        .collect()
    }
}

/// Levels in single precision, 0 in inactive bands: a row of fixed length is compared several values at a time.
struct Rows {
    levels: Vec<[f32; MATCH_BANDS]>,
    /// Sum of each row.
    sums: Vec<f32>,
    /// Number of active bands.
    bands: f32,
}

impl Rows {
    fn new(w: &Windows, active: &[usize], correction_db: &Bands) -> Self {
        let (rows, _) = w.level_db.as_chunks::<MATCH_BANDS>();
        let level = |row: &Bands| {
            let mut out = [0.0; MATCH_BANDS];
            for &b in active {
                out[b] = (row[b] + correction_db[b]) as f32;
            }
            out
        };
        let levels: Vec<[f32; MATCH_BANDS]> = rows.iter().map(level).collect();
        Self { sums: levels.iter().map(|row| row.iter().sum()).collect(), bands: active.len() as f32, levels }
    }
}

/// The Gaussian that a pair of windows is judged by, in one round.
#[derive(Clone, Copy)]
struct Likeness {
    /// dB² of scatter, twice.
    scatter2: f32,
    /// Expected gain of a pair per dB of the summed differences.
    per_gain: f32,
    bands: f32,
}

impl Likeness {
    fn new(scatter_db: f32, bands: f32) -> Self {
        let tau2 = GAIN_SD_DB * GAIN_SD_DB;
        Self { scatter2: 2.0 * scatter_db * scatter_db, per_gain: tau2 / (bands * tau2 + scatter_db * scatter_db), bands }
    }

    /// Log-likelihood of a pair, its gain integrated out.
    fn nats(self, x: &[f32; MATCH_BANDS], r: &[f32; MATCH_BANDS], sum: f32) -> f32 {
        let mut square = [0.0f32; 4];
        for (x, r) in x.as_chunks::<4>().0.iter().zip(r.as_chunks::<4>().0) {
            for lane in 0..4 {
                let d = x[lane] - r[lane];
                square[lane] += d * d;
            }
        }
        let g = sum * self.per_gain;
        let distance = square.iter().sum::<f32>() - 2.0 * g * sum + self.bands * g * g;
        -distance / self.scatter2 - g * g / (2.0 * GAIN_SD_DB * GAIN_SD_DB)
    }
}

/// A window explained.
struct Explained {
    /// Expected level of the counterpart and expected gain of the pair together, dB, and the variance of the level; one per band.
    mean_db: [f64; MATCH_BANDS],
    variance: [f64; MATCH_BANDS],
    /// Mean squared difference left once corrected, dB².
    misfit: f64,
    /// How surely window and counterparts choose each other, 0 to 1.
    mutual: f64,
}

/// A correction to begin with: the smoothed difference of the levels that each band reaches in its loudest tenth of windows.
///
/// Loud windows of a band are those in which its instrument plays, so this is near to the truth where it plays in both files, in however
/// many windows of each. Begun with nothing, passages with it may pair with passages without it, and an equaliser that brings the two
/// together is found. Where an instrument is missing from one file altogether, to begin with nothing is better.
pub(super) fn loud_difference(r: &Windows, m: &Windows, active: &[usize]) -> Bands {
    const LOUD: f64 = 0.9;
    /// Variance of that difference, dB².
    const VARIANCE: f64 = 0.5;
    const REACH_OCT: f64 = 0.7;
    let (r, m) = (r.quantile_db(LOUD), m.quantile_db(LOUD));
    let mean = active.iter().map(|&b| r[b] - m[b]).sum::<f64>() / active.len().max(1) as f64;
    let mut difference_db = [0.0; MATCH_BANDS];
    for &b in active {
        difference_db[b] = r[b] - m[b] - mean;
    }
    posterior::smooth(&difference_db, &[VARIANCE; MATCH_BANDS], REACH_OCT, active).unwrap_or([0.0; MATCH_BANDS])
}

/// Explains every window of `m` by windows of `r`, beginning with a correction of `m`.
pub(super) fn one_way(r: &Windows, m: &Windows, active: &[usize], beginning_db: &Bands) -> OneWay {
    let reference = Rows::new(r, active, &[0.0; MATCH_BANDS]);
    let mut correction_db = *beginning_db;
    let mut out = OneWay {
        difference_db: [0.0; MATCH_BANDS],
        variance: [0.0; MATCH_BANDS],
        window_weight: Vec::new(),
        weight: Vec::new(),
        fit: 0.0,
        pairing: vec![0.0; r.len() * m.len()],
        explaining: r.len(),
    };
    for (round, scatter) in SCATTER_DB.into_iter().enumerate() {
        let corrected = Rows::new(m, active, &correction_db);
        let explained = explain_all(&reference, &corrected, scatter, active, &mut out.pairing);
        out.window_weight = window_weights(&explained);
        out.fit = explained.iter().map(|e| 1.0 / (e.misfit + LEAST_MISFIT)).sum::<f64>() / explained.len().max(1) as f64;
        average(&mut out, &explained, &m.level_db, active);
        if round + 1 < SCATTER_DB.len()
            && let Some(mean) = posterior::smooth(&out.difference_db, &out.variance, NOISE_REACH_OCT, active)
        {
            correction_db = mean;
        }
    }
    out
}

/// Posterior of the counterparts of all windows. `pairing` is filled with the probability of each pair.
///
/// Rows are independent and come back in order, so no sum depends on the number of threads.
fn explain_all(reference: &Rows, corrected: &Rows, scatter: f32, active: &[usize], pairing: &mut [f32]) -> Vec<Explained> {
    let explaining = reference.levels.len().max(1);
    let likeness = Likeness::new(scatter, reference.bands);
    let windows = || corrected.levels.par_iter().zip(&corrected.sums);
    pairing.par_chunks_exact_mut(explaining).zip(windows()).for_each(|(nats, (x, sum))| {
        for ((n, r), r_sum) in nats.iter_mut().zip(&reference.levels).zip(&reference.sums) {
            *n = likeness.nats(x, r, sum - r_sum);
        }
    });
    let chosen = log_sums_of_columns(pairing, explaining);
    let rows = pairing.par_chunks_exact_mut(explaining).zip(windows());
    rows.map(|(row, (x, sum))| {
        let mutual = to_probabilities(row, &chosen);
        explain(reference, likeness, row, x, *sum, mutual, active)
    })
    .collect()
}

/// Log of the sum over all explained windows of the likelihood of each explaining window.
fn log_sums_of_columns(nats: &[f32], columns: usize) -> Vec<f32> {
    let mut highest = vec![f32::NEG_INFINITY; columns];
    for row in nats.chunks_exact(columns) {
        for (h, n) in highest.iter_mut().zip(row) {
            *h = h.max(*n);
        }
    }
    let mut sums = vec![0.0f32; columns];
    for row in nats.chunks_exact(columns) {
        for ((s, n), h) in sums.iter_mut().zip(row).zip(&highest) {
            if n - h > -NEGLIGIBLE_NATS {
                *s += (n - h).exp();
            }
        }
    }
    highest.iter().zip(sums).map(|(h, s)| h + s.ln()).collect()
}

/// Turns the log-likelihoods of one window into the probabilities of its counterparts; returns the expected probability
/// that a counterpart, asked the other way round, chooses this window.
fn to_probabilities(row: &mut [f32], chosen: &[f32]) -> f64 {
    let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut total, mut mutual) = (0.0f32, 0.0f32);
    for (n, chosen) in row.iter_mut().zip(chosen) {
        let below = *n - highest;
        let likelihood = if below > -NEGLIGIBLE_NATS { below.exp() } else { 0.0 };
        if likelihood > 0.0 {
            mutual += likelihood * (*n - chosen).min(0.0).exp();
        }
        total += likelihood;
        *n = likelihood;
    }
    for p in row.iter_mut() {
        *p /= total;
    }
    f64::from(mutual / total)
}

/// Expected counterpart of one window from the probabilities in `row`.
fn explain(
    reference: &Rows,
    likeness: Likeness,
    row: &[f32],
    x: &[f32; MATCH_BANDS],
    sum: f32,
    mutual: f64,
    active: &[usize],
) -> Explained {
    let (mut mean_db, mut variance, mut gain_db) = ([0.0; MATCH_BANDS], [0.0; MATCH_BANDS], 0.0);
    for ((p, levels), r_sum) in row.iter().zip(&reference.levels).zip(&reference.sums).filter(|((p, _), _)| **p > 0.0) {
        let p = f64::from(*p);
        gain_db += p * f64::from((sum - r_sum) * likeness.per_gain);
        for b in 0..MATCH_BANDS {
            let level = f64::from(levels[b]);
            mean_db[b] += p * level;
            variance[b] += p * level * level;
        }
    }
    let mut misfit = 0.0;
    for &b in active {
        variance[b] = (variance[b] - mean_db[b] * mean_db[b]).max(0.0);
        mean_db[b] += gain_db;
        misfit += (mean_db[b] - f64::from(x[b])).powi(2) + variance[b];
    }
    Explained { mean_db, variance, misfit: misfit / active.len().max(1) as f64, mutual }
}

/// Weights of the windows, 0 to 1. See [`MISFIT_POWER`].
fn window_weights(explained: &[Explained]) -> Vec<f64> {
    let fit = |e: &Explained| (e.misfit + LEAST_MISFIT).powf(-MISFIT_POWER);
    let mut sorted: Vec<f64> = explained.iter().map(fit).collect();
    sorted.sort_by(f64::total_cmp);
    let rank = (FULL_WEIGHT_QUANTILE * sorted.len().saturating_sub(1) as f64) as usize;
    let full = sorted.get(rank).copied().unwrap_or(1.0);
    explained.iter().map(|e| (fit(e) / full).min(1.0) * e.mutual.sqrt()).collect()
}

/// Robust weighted mean of the differences over windows, band by band, with the variance of its error.
fn average(out: &mut OneWay, explained: &[Explained], plain_db: &[f64], active: &[usize]) {
    out.weight = vec![0.0; explained.len() * MATCH_BANDS];
    out.difference_db = [0.0; MATCH_BANDS];
    out.variance = [0.0; MATCH_BANDS];
    let (plain_db, _) = plain_db.as_chunks::<MATCH_BANDS>();
    for &b in active {
        let samples: Vec<(f64, f64)> = explained.iter().zip(plain_db).map(|(e, row)| (e.mean_db[b] - row[b], e.variance[b])).collect();
        let mut weight = out.window_weight.clone();
        let mut mean = weighted(&weight, samples.iter().map(|s| s.0));
        for _ in 0..ROBUST_ROUNDS {
            let error: Vec<f64> = samples.iter().map(|(y, v)| (y - mean).powi(2) + v).collect();
            let typical = weighted(&weight, error.iter().copied()).max(1.0);
            for ((w, a), e) in weight.iter_mut().zip(&out.window_weight).zip(&error) {
                *w = a / (1.0 + e / typical);
            }
            mean = weighted(&weight, samples.iter().map(|s| s.0));
        }
        let scatter = weighted(&weight, samples.iter().map(|(y, v)| (y - mean).powi(2) + v)).max(0.1);
        out.difference_db[b] = mean;
        out.variance[b] = scatter / independent(weight.iter().sum(), FEWEST_INDEPENDENT);
        for (i, w) in weight.into_iter().enumerate() {
            out.weight[i * MATCH_BANDS + b] = w;
        }
    }
}

fn weighted(weights: &[f64], values: impl Iterator<Item = f64>) -> f64 {
    let (sum, total) = weights.iter().zip(values).fold((0.0, 0.0), |(s, t), (w, v)| (s + w * v, t + w));
    sum / total
}
