//! Explains the windows of one file by those of another, up to one correction: expectation–maximisation.

use super::Bands;
use super::posterior;
use super::windows::{FEWEST_INDEPENDENT, MATCH_BANDS, Windows, independent};
use rayon::prelude::*;

/// Assumed scatter of a band level between matching windows, dB, from coarse to fine: starting wide keeps the match from
/// locking on to a wrong correction.
const SCATTER_DB: [f64; 6] = [6.0, 4.0, 3.0, 2.0, 2.0, 2.0];

/// Prior standard deviation of the level difference of two matching windows, dB.
const GAIN_SD_DB: f64 = 3.0;

/// Log-likelihood below the median at which a window is half left out.
const OUTLIER_NATS: f64 = 2.0;

/// Rounds of the robust mean over windows.
const ROBUST_ROUNDS: usize = 3;

/// Reach of the correlation of the noise between bands while matching, octaves.
const NOISE_REACH_OCT: f64 = 0.35;

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
            for (p, row) in p.iter().zip(values.chunks_exact(columns)) {
                for (o, v) in out.iter_mut().zip(row) {
                    *o += f64::from(*p) * v;
                }
            }
            out
        })
        .collect()
    }
}

/// Levels of the active bands alone, with the sums that the distances need.
struct Rows {
    values: Vec<f64>,
    bands: usize,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Rows {
    fn new(w: &Windows, active: &[usize], correction_db: &Bands) -> Self {
        let bands = active.len();
        let values: Vec<f64> =
            w.level_db.chunks_exact(MATCH_BANDS).flat_map(|row| active.iter().map(|&b| row[b] + correction_db[b])).collect();
        let rows = || values.chunks_exact(bands.max(1));
        let sums = rows().map(|r| r.iter().sum()).collect();
        let squares = rows().map(|r| r.iter().map(|v| v * v).sum()).collect();
        Self { bands, sums, squares, values }
    }

    fn row(&self, i: usize) -> &[f64] {
        self.values.get(i * self.bands..(i + 1) * self.bands).unwrap_or(&[])
    }
}

/// A window explained.
struct Explained {
    likelihood: f64,
    /// Expected level of the counterpart, dB per active band, and its variance.
    mean: Vec<f64>,
    variance: Vec<f64>,
    /// Expected gain of the pair, dB.
    gain_db: f64,
    pairing: Vec<f32>,
}

/// Explains every window of `m` by windows of `r`.
pub(super) fn one_way(r: &Windows, m: &Windows, active: &[usize]) -> OneWay {
    let reference = Rows::new(r, active, &[0.0; MATCH_BANDS]);
    let plain = Rows::new(m, active, &[0.0; MATCH_BANDS]);
    let mut correction_db = [0.0; MATCH_BANDS];
    let mut out = OneWay {
        difference_db: [0.0; MATCH_BANDS],
        variance: [0.0; MATCH_BANDS],
        window_weight: Vec::new(),
        weight: Vec::new(),
        pairing: Vec::new(),
        explaining: r.len(),
    };
    for (round, scatter) in SCATTER_DB.into_iter().enumerate() {
        let corrected = Rows::new(m, active, &correction_db);
        // Rows are independent and come back in order, so the sums below do not depend on the number of threads.
        let explained: Vec<Explained> = (0..m.len()).into_par_iter().map(|i| explain(&reference, &corrected, i, scatter)).collect();
        out.window_weight = outlier_weights(&explained);
        average(&mut out, &explained, &plain, active);
        if round + 1 == SCATTER_DB.len() {
            out.pairing = explained.into_iter().flat_map(|e| e.pairing).collect();
        } else if let Some(mean) = posterior::smooth(&out.difference_db, &out.variance, NOISE_REACH_OCT, active) {
            correction_db = mean;
        }
    }
    out
}

/// Posterior of the counterpart of one window.
fn explain(reference: &Rows, corrected: &Rows, i: usize, scatter: f64) -> Explained {
    let (row, bands) = (corrected.row(i), corrected.bands as f64);
    let (sum, square) = (corrected.sums[i], corrected.squares[i]);
    let tau2 = GAIN_SD_DB * GAIN_SD_DB;
    let per_gain = tau2 / (bands * tau2 + scatter * scatter);
    let gains: Vec<f64> = reference.sums.iter().map(|s| (sum - s) * per_gain).collect();
    let mut weights: Vec<f64> = (0..gains.len())
        .map(|j| {
            let dot: f64 = row.iter().zip(reference.row(j)).map(|(x, r)| x * r).sum();
            let g = gains[j];
            let distance = square + reference.squares[j] - 2.0 * dot - 2.0 * g * (sum - reference.sums[j]) + bands * g * g;
            -distance / (2.0 * scatter * scatter) - g * g / (2.0 * tau2)
        })
        .collect();
    let highest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    for w in &mut weights {
        *w = (*w - highest).exp();
        total += *w;
    }
    let (mut mean, mut variance, mut gain_db) = (vec![0.0; corrected.bands], vec![0.0; corrected.bands], 0.0);
    for (j, w) in weights.iter_mut().enumerate() {
        *w /= total;
        // Below this a counterpart adds less than 0.0001 dB to any sum.
        if *w > 1e-8 {
            gain_db += *w * gains[j];
            for ((m, v), r) in mean.iter_mut().zip(&mut variance).zip(reference.row(j)) {
                *m += *w * r;
                *v += *w * r * r;
            }
        }
    }
    for (v, m) in variance.iter_mut().zip(&mean) {
        *v = (*v - m * m).max(0.0);
    }
    Explained { likelihood: highest + total.ln(), mean, variance, gain_db, pairing: weights.into_iter().map(|w| w as f32).collect() }
}

/// Badly explained windows drop out.
fn outlier_weights(explained: &[Explained]) -> Vec<f64> {
    let mut sorted: Vec<f64> = explained.iter().map(|e| e.likelihood).collect();
    sorted.sort_by(f64::total_cmp);
    let median = (sorted[sorted.len() / 2] + sorted[(sorted.len() - 1) / 2]) / 2.0;
    explained.iter().map(|e| 1.0 / (1.0 + (-(e.likelihood - median + OUTLIER_NATS)).clamp(-50.0, 50.0).exp())).collect()
}

/// Robust weighted mean of the differences over windows, band by band, with the variance of its error.
fn average(out: &mut OneWay, explained: &[Explained], plain: &Rows, active: &[usize]) {
    out.weight = vec![0.0; explained.len() * MATCH_BANDS];
    out.difference_db = [0.0; MATCH_BANDS];
    out.variance = [0.0; MATCH_BANDS];
    for (k, &b) in active.iter().enumerate() {
        let samples: Vec<(f64, f64)> =
            explained.iter().enumerate().map(|(i, e)| (e.mean[k] + e.gain_db - plain.row(i)[k], e.variance[k])).collect();
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
