//! How much of a measured difference to believe: a Gaussian process over log frequency.

use super::Bands;
use super::windows::{MATCH_BANDS, octaves};

/// Square matrix over the bands.
type Matrix = [[f64; MATCH_BANDS]; MATCH_BANDS];

/// Prior of a correction: detail and tilt (reach in octaves, standard deviation in dB, share), and a free level.
const PRIOR: [(f64, f64, f64); 2] = [(0.7, 2.0, 0.7), (2.0, 2.5, 0.7)];

/// Prior variance of the level, dB².
const LEVEL_VARIANCE: f64 = 4.0;

/// Variance of the measurement itself, dB².
const FINE_NOISE: f64 = 0.05;

/// Content noise: variance in dB² = (`NOISE_SCALE` · roughness^`NOISE_POWER`)² + (`SCATTER_SHARE` · scatter of the matched windows)².
/// Over pairs of one song the log of the error goes with the log of the roughness; the scatter adds what a smooth but thin
/// match hides. The result hardly depends on them: chosen on half of the authors they do as well on the other half.
const NOISE_SCALE: f64 = 0.4;
const NOISE_POWER: f64 = 1.5;
const SCATTER_SHARE: f64 = 0.4;

/// Reach of the correlation of the content noise between bands, octaves.
const CONTENT_REACH_OCT: f64 = 0.7;

/// The posterior standard deviation is this much too small against the truth: RMS of the errors in its units over 190 pairs whose
/// truth is known, half of them with a compressor in the way.
const SD_CALIBRATION: f64 = 1.5;

/// How strongly small corrections are doubted. The prior expects some everywhere; a mix that needs none, or one in few bands, is
/// common too. From 0.25 to 0.5 the harm to mixes that need little halves, at 0.01 dB of the mean error.
const DOUBT: f64 = 0.25;

/// Variance given to bands that say nothing, dB².
const UNKNOWN_VARIANCE: f64 = 1e6;

/// Mean and covariance of the correction.
pub(super) struct Belief {
    mean_db: Bands,
    covariance: Box<Matrix>,
}

/// A belief about the shape of the correction alone.
pub(super) struct Neutral {
    pub mean_db: Bands,
    pub sd_db: Bands,
    prior_sd_db: Bands,
}

/// RMS second difference over neighbouring active bands, dB.
pub(super) fn roughness(difference_db: &Bands, active: &[usize]) -> f64 {
    let bends: Vec<f64> = active
        .windows(3)
        .filter(|w| w[2] - w[0] == 2)
        .map(|w| difference_db[w[2]] - 2.0 * difference_db[w[1]] + difference_db[w[0]])
        .collect();
    if bends.is_empty() { f64::INFINITY } else { (bends.iter().map(|b| b * b).sum::<f64>() / bends.len() as f64).sqrt() }
}

/// Posterior mean of a smooth correction for a difference with the given variances.
pub(super) fn smooth(difference_db: &Bands, variance: &Bands, reach_oct: f64, active: &[usize]) -> Option<Bands> {
    let noise = noise(&variance.map(f64::sqrt), reach_oct, active);
    Some(posterior(difference_db, &noise)?.mean_db)
}

/// Posterior of the correction, the noise scaled by the roughness of the difference.
pub(super) fn weigh(difference_db: &Bands, sd_db: &Bands, roughness_db: f64, active: &[usize]) -> Option<Belief> {
    if !roughness_db.is_finite() {
        return None;
    }
    let typical = (active.iter().map(|&b| sd_db[b].powi(2)).sum::<f64>() / active.len() as f64).sqrt();
    let content_db = (NOISE_SCALE * roughness_db.powf(NOISE_POWER)).hypot(SCATTER_SHARE * typical);
    let scaled = sd_db.map(|s| s / typical * content_db);
    posterior(difference_db, &noise(&scaled, CONTENT_REACH_OCT, active))
}

impl Belief {
    /// The belief about the shape, the level chosen so that a mix with these band shares keeps its loudness.
    ///
    /// What is small against its own uncertainty is drawn towards 0: a band's correction e of variance v becomes e·e²/(e² + [`DOUBT`]·v).
    pub fn without_level(&self, share: &Bands) -> Neutral {
        let mean = self.mean_db.iter().sum::<f64>() / MATCH_BANDS as f64;
        let sd_db = shape_sd(&self.covariance, &[1.0 / MATCH_BANDS as f64; MATCH_BANDS]);
        let drawn = |b: usize| {
            let square = (self.mean_db[b] - mean).powi(2);
            let doubt = DOUBT * sd_db[b].powi(2);
            if square > 0.0 { (self.mean_db[b] - mean) * square / (square + doubt) } else { 0.0 }
        };
        let mean_db = neutral_in_loudness(std::array::from_fn(drawn), share);
        Neutral { mean_db, sd_db: shape_sd(&self.covariance, share).map(|sd| sd * SD_CALIBRATION), prior_sd_db: shape_sd(&prior(), share) }
    }
}

/// The curve at the level at which a programme with these band shares keeps its loudness.
fn neutral_in_loudness(curve_db: Bands, share: &Bands) -> Bands {
    let power: f64 = (0..MATCH_BANDS).map(|b| share[b] * crate::units::db_to_power(curve_db[b])).sum();
    let level_db = crate::units::power_to_db(power);
    curve_db.map(|c| c - level_db)
}

impl Neutral {
    /// 0 to 1: share of the prior's uncertainty that is gone.
    pub fn confidence(&self) -> Bands {
        std::array::from_fn(|b| (1.0 - self.sd_db[b] / self.prior_sd_db[b]).clamp(0.0, 1.0))
    }
}

/// Standard deviation per band once the level (weighted by `share`) is taken out.
fn shape_sd(covariance: &Matrix, share: &Bands) -> Bands {
    let with_level: Bands = std::array::from_fn(|a| (0..MATCH_BANDS).map(|b| covariance[a][b] * share[b]).sum());
    let level: f64 = (0..MATCH_BANDS).map(|a| with_level[a] * share[a]).sum();
    std::array::from_fn(|b| (covariance[b][b] - 2.0 * with_level[b] + level).max(0.0).sqrt())
}

fn prior() -> Box<Matrix> {
    let mut k = Box::new([[0.0; MATCH_BANDS]; MATCH_BANDS]);
    for (a, row) in k.iter_mut().enumerate() {
        for (b, value) in row.iter_mut().enumerate() {
            let d = octaves(a, b);
            *value =
                LEVEL_VARIANCE + PRIOR.iter().map(|(reach, sd, share)| share * sd * sd * (-0.5 * (d / reach).powi(2)).exp()).sum::<f64>();
        }
    }
    k
}

fn noise(sd_db: &Bands, reach_oct: f64, active: &[usize]) -> Box<Matrix> {
    let mut n = Box::new([[0.0; MATCH_BANDS]; MATCH_BANDS]);
    for (b, row) in n.iter_mut().enumerate() {
        row[b] = UNKNOWN_VARIANCE;
    }
    for &a in active {
        for &b in active {
            n[a][b] = sd_db[a] * sd_db[b] * (-octaves(a, b) / reach_oct).exp() + if a == b { FINE_NOISE } else { 0.0 };
        }
    }
    n
}

/// Gaussian posterior for the prior K, noise N and data d: mean K (K+N)⁻¹ d, covariance K − K (K+N)⁻¹ K.
/// None if the sum is not positive definite, which finite data cannot bring about.
fn posterior(d: &Bands, noise: &Matrix) -> Option<Belief> {
    let k = prior();
    let mut sum = k.clone();
    for (row, n) in sum.iter_mut().zip(noise) {
        for (v, n) in row.iter_mut().zip(n) {
            *v += n;
        }
    }
    let factor = cholesky(&sum)?;
    let solved = solve(&factor, d);
    let mean_db = std::array::from_fn(|a| (0..MATCH_BANDS).map(|b| k[a][b] * solved[b]).sum());
    let mut covariance = k.clone();
    for (b, column) in k.iter().enumerate() {
        let gain = solve(&factor, column);
        for (a, row) in covariance.iter_mut().enumerate() {
            row[b] -= (0..MATCH_BANDS).map(|i| k[a][i] * gain[i]).sum::<f64>();
        }
    }
    Some(Belief { mean_db, covariance })
}

/// Lower triangular factor of a positive definite matrix.
fn cholesky(a: &Matrix) -> Option<Box<Matrix>> {
    let mut l = Box::new([[0.0; MATCH_BANDS]; MATCH_BANDS]);
    for i in 0..MATCH_BANDS {
        for j in 0..=i {
            let rest: f64 = a[i][j] - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
            if i == j {
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                l[i][i] = rest.sqrt();
            } else {
                l[i][j] = rest / l[j][j];
            }
        }
    }
    Some(l)
}

/// Solves L Lᵀ x = d.
fn solve(l: &Matrix, d: &Bands) -> Bands {
    let mut x = *d;
    for i in 0..MATCH_BANDS {
        x[i] = (x[i] - (0..i).map(|k| l[i][k] * x[k]).sum::<f64>()) / l[i][i];
    }
    for i in (0..MATCH_BANDS).rev() {
        x[i] = (x[i] - (i + 1..MATCH_BANDS).map(|k| l[k][i] * x[k]).sum::<f64>()) / l[i][i];
    }
    x
}
