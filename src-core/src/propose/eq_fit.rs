//! A target curve realised by few parametric bands.
//!
//! # Method
//! Bands are added one at a time. For each, every shape on a grid of kinds, frequencies and Qs is held against what is
//! left of the curve; the best few are each refined together with all bands so far by Levenberg-Marquardt over gain, log
//! frequency and log Q, and the best of these stays. A band that lowers the weighted RMS error by less than `pays_db` is not kept (unless the
//! next one makes the two of them pay). At the end each band is tried for removal.
//! Weak priors keep moves small and Q near 1 where the curve does not say otherwise, so that no two bands fight each other.
//!
//! # References
//! R. Bristow-Johnson, Audio EQ Cookbook (filters); the limit of gain by Q follows J. Pasanen, AutoEq (18 dB an octave at
//! gain × Q = 20.6).

use crate::chain::band_filter;
use crate::chain::settings::{EqBand, EqKind, Part};
use crate::dsp::biquad::Coefficients;
use crate::dsp::least_squares::{Problem, minimise};
use crate::error::{Error, Result};

/// What to realise: a curve at rising frequencies.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Frequencies, Hz, above 0 and below half the sample rate.
    pub freq_hz: Vec<f64>,
    /// Wanted gain at each, dB.
    pub gain_db: Vec<f64>,
    /// Weight of each, 0 (does not matter) to 1 (certain).
    pub weight: Vec<f64>,
}

/// Whether the level of the result matters or only its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The curve is to be met as it is.
    Fixed,
    /// A constant may be added to all of it, as when loudness is set afterwards.
    Free,
}

/// Limits of the fit.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// Sample rate that the bands will run at, Hz.
    pub sample_rate: f64,
    /// Most bands.
    pub max_bands: usize,
    /// Most gain or cut of one band, dB.
    pub max_gain_db: f64,
    /// A band must lower the weighted RMS error by at least this, dB.
    pub pays_db: f64,
    /// Below this weighted RMS error no further band is tried, dB.
    pub enough_db: f64,
    /// Highest Q of a cut.
    pub max_cut_q: f64,
    /// Highest Q of a boost: narrow boosts ring and are heard.
    pub max_boost_q: f64,
    /// Steepest slope of a band, dB an octave.
    pub max_slope_db_oct: f64,
    /// Whether level matters.
    pub level: Level,
}

impl FitOptions {
    /// Gentle limits for music: 8 bands, ±12 dB, cuts to Q 4, boosts to Q 2, 12 dB an octave; a band must pay 0.04 dB.
    pub fn new(sample_rate: f64) -> Self {
        Self {
            sample_rate,
            max_bands: 8,
            max_gain_db: 12.0,
            pays_db: 0.04,
            enough_db: 0.05,
            max_cut_q: 4.0,
            max_boost_q: 2.0,
            max_slope_db_oct: 12.0,
            level: Level::Fixed,
        }
    }
}

/// The result of a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct EqFit {
    /// The bands from low to high, on left and right alike, without reasons; `confidence` is the mean weight of the target under the band.
    pub bands: Vec<EqBand>,
    /// What is left at each frequency of the target: wanted − realised, dB.
    pub residual_db: Vec<f64>,
    /// Weighted RMS of the residual, dB.
    pub rms_db: f64,
    /// Constant that [`Level::Free`] left aside: wanted ≈ realised + this, dB; 0 with [`Level::Fixed`]. Contained in the residual's zero.
    pub level_db: f64,
}

/// Strength of the priors, as a share of the mean weight per point: small enough to cost less than 0.01 dB of error.
const GAIN_PRIOR: f64 = 2e-3;
const Q_PRIOR: f64 = 4e-3;
/// Q towards which the prior pulls.
const NATURAL_Q: f64 = 0.9;
/// Lowest Q of any band, and the range for shelves (above 0.71 they begin to overshoot).
const LOWEST_Q: f64 = 0.3;
const SHELF_Q: [f64; 2] = [0.35, 0.9];
/// Most shelves of each kind.
const SHELVES: usize = 1;
/// Gain times Q of a bell per dB an octave of its steepest slope.
const GAIN_Q_PER_SLOPE: f64 = 20.6 / 18.0;
/// How many starting points are refined for each new band.
const STARTS: usize = 4;

/// Fits bands to the target.
///
/// On a target of zero, or with no weight anywhere, no band is returned.
///
/// # Errors
/// [`Error::InvalidSetting`] if the lists differ in length, or a value is not finite, a frequency out of range or a weight negative.
pub fn fit(target: &Target, options: &FitOptions) -> Result<EqFit> {
    check(target, options)?;
    let curve = Curve::new(target, options);
    let mut best = Candidate::empty(&curve);
    if curve.weight_sum <= 0.0 {
        return Ok(curve.finish(&best));
    }
    let mut ahead = best.clone();
    while ahead.shapes.len() < options.max_bands && best.rms > options.enough_db {
        let Some(next) = curve.with_one_more(&ahead) else { break };
        let more = (next.shapes.len() - best.shapes.len()) as f64;
        if best.rms - next.rms >= more * options.pays_db {
            best = next.clone();
        } else if more >= 2.0 {
            break;
        }
        ahead = next;
    }
    let polished = curve.refine(best.clone(), 60);
    Ok(curve.finish(&curve.prune(if polished.rms < best.rms { polished } else { best })))
}

fn check(target: &Target, options: &FitOptions) -> Result<()> {
    let Target { freq_hz, gain_db, weight } = target;
    let bad = |problem: &str| Err(Error::setting("EQ target", problem, "give one finite gain and weight for each frequency"));
    if freq_hz.len() != gain_db.len() || freq_hz.len() != weight.len() {
        return bad("the lists differ in length");
    }
    if !freq_hz.iter().all(|f| *f > 0.0 && *f < 0.5 * options.sample_rate) {
        return bad("a frequency is not between 0 and half the sample rate");
    }
    if !gain_db.iter().all(|g| g.is_finite()) || !weight.iter().all(|w| w.is_finite() && *w >= 0.0) {
        return bad("a gain or weight is not usable");
    }
    Ok(())
}

/// One band as the search sees it.
#[derive(Clone, Copy, Debug)]
struct Shape {
    kind: EqKind,
    gain_db: f64,
    ln_freq: f64,
    ln_q: f64,
}

impl Shape {
    fn band(&self) -> EqBand {
        let &Self { kind, gain_db, ln_freq, ln_q } = self;
        EqBand { kind, part: Part::Stereo, freq_hz: ln_freq.exp(), gain_db, q: ln_q.exp(), reason: String::new(), confidence: 1.0 }
    }
}

#[derive(Clone, Debug)]
struct Candidate {
    shapes: Vec<Shape>,
    level_db: f64,
    rms: f64,
}

impl Candidate {
    fn empty(curve: &Curve<'_>) -> Self {
        let mut this = Self { shapes: Vec::new(), level_db: 0.0, rms: 0.0 };
        if curve.options.level == Level::Free && curve.weight_sum > 0.0 {
            let weighted = curve.target.gain_db.iter().zip(&curve.target.weight);
            this.level_db = weighted.map(|(g, w)| g * w).sum::<f64>() / curve.weight_sum;
        }
        this.rms = curve.rms(&this);
        this
    }
}

/// The target with what the search needs of it.
struct Curve<'a> {
    target: &'a Target,
    options: &'a FitOptions,
    /// sin²(π f / rate) of each frequency.
    phi: Vec<f64>,
    root_weight: Vec<f64>,
    weight_sum: f64,
    /// Range of ln frequency for bands.
    ln_range: [f64; 2],
}

impl<'a> Curve<'a> {
    fn new(target: &'a Target, options: &'a FitOptions) -> Self {
        let phi = |f: &f64| (std::f64::consts::PI * f / options.sample_rate).sin().powi(2);
        let low = target.freq_hz.iter().copied().fold(f64::INFINITY, f64::min).max(10.0);
        let high = target.freq_hz.iter().copied().fold(0.0, f64::max).min(0.45 * options.sample_rate);
        Self {
            target,
            options,
            phi: target.freq_hz.iter().map(phi).collect(),
            root_weight: target.weight.iter().map(|w| w.sqrt()).collect(),
            weight_sum: target.weight.iter().sum(),
            ln_range: [low.ln().min(high.ln()), high.ln()],
        }
    }

    fn filter(&self, shape: &Shape) -> Coefficients {
        band_filter(&shape.band(), self.options.sample_rate).unwrap_or(Coefficients::IDENTITY)
    }

    /// Adds the response of the band to `sum`.
    fn add_response(&self, shape: &Shape, sum: &mut [f64]) {
        let filter = self.filter(shape);
        for (sum, phi) in sum.iter_mut().zip(&self.phi) {
            *sum += 10.0 * filter.power_at_phi(*phi).log10();
        }
    }

    /// Wanted − realised at each frequency.
    fn residual(&self, candidate: &Candidate) -> Vec<f64> {
        let mut realised = vec![candidate.level_db; self.phi.len()];
        for shape in &candidate.shapes {
            self.add_response(shape, &mut realised);
        }
        self.target.gain_db.iter().zip(realised).map(|(wanted, got)| wanted - got).collect()
    }

    fn rms(&self, candidate: &Candidate) -> f64 {
        let residual = self.residual(candidate);
        let sum: f64 = residual.iter().zip(&self.target.weight).map(|(r, w)| w * r * r).sum();
        if self.weight_sum > 0.0 { (sum / self.weight_sum).sqrt() } else { 0.0 }
    }

    fn refine(&self, mut candidate: Candidate, iterations: usize) -> Candidate {
        let problem = BandProblem { curve: self, kinds: candidate.shapes.iter().map(|s| s.kind).collect() };
        let mut parameters: Vec<f64> = candidate.shapes.iter().flat_map(|s| [s.gain_db, s.ln_freq, s.ln_q]).collect();
        parameters.push(candidate.level_db);
        minimise(&problem, &mut parameters, iterations);
        candidate.shapes = problem.shapes(&parameters).collect();
        candidate.level_db = parameters.last().copied().unwrap_or(0.0);
        candidate.rms = self.rms(&candidate);
        candidate
    }

    /// The best set with one band more; none if no shape helps.
    fn with_one_more(&self, so_far: &Candidate) -> Option<Candidate> {
        let tries = self.starts(so_far).into_iter().map(|shape| {
            let mut candidate = so_far.clone();
            candidate.shapes.push(shape);
            self.refine(candidate, 8)
        });
        let best = tries.min_by(|a, b| a.rms.total_cmp(&b.rms))?;
        Some(self.refine(best, 20))
    }

    /// The shapes that take most from what is left, no two of a kind within half an octave.
    fn starts(&self, so_far: &Candidate) -> Vec<Shape> {
        let residual = self.residual(so_far);
        let mut scored: Vec<(f64, Shape)> = self.grid(so_far).filter_map(|shape| self.score(&residual, shape)).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut chosen: Vec<Shape> = Vec::new();
        for (_, shape) in scored {
            let apart = |c: &Shape| c.kind != shape.kind || (c.ln_freq - shape.ln_freq).abs() > 0.35;
            if chosen.iter().all(apart) {
                chosen.push(shape);
                if chosen.len() == STARTS {
                    break;
                }
            }
        }
        chosen
    }

    fn grid(&self, so_far: &Candidate) -> impl Iterator<Item = Shape> {
        let [low, high] = self.ln_range;
        let steps = ((high - low) / 0.116).ceil().max(1.0) as usize; // sixths of an octave
        let room = |kind: EqKind| so_far.shapes.iter().filter(|s| s.kind == kind).count() < SHELVES;
        let (low_shelf, high_shelf) = (room(EqKind::LowShelf), room(EqKind::HighShelf));
        (0..=steps).flat_map(move |i| {
            let ln_freq = low + (high - low) * i as f64 / steps as f64;
            let bells = [0.5f64, 0.9, 1.6, 2.8].map(|q| (EqKind::Bell, q, true));
            let shelves = [(EqKind::LowShelf, 0.65, low_shelf), (EqKind::HighShelf, 0.65, high_shelf)];
            bells.into_iter().chain(shelves).filter(|(_, _, may)| *may).map(move |(kind, q, _)| Shape {
                kind,
                gain_db: 1.0,
                ln_freq,
                ln_q: q.ln(),
            })
        })
    }

    /// The shape with the gain that takes most from the residual, and by how much it lowers the sum of squares.
    fn score(&self, residual: &[f64], mut shape: Shape) -> Option<(f64, Shape)> {
        let mut response = vec![0.0; self.phi.len()];
        self.add_response(&shape, &mut response);
        let (mut along, mut own) = (0.0, 0.0);
        for ((response, residual), weight) in response.iter().zip(residual).zip(&self.target.weight) {
            along += weight * response * residual;
            own += weight * response * response;
        }
        if own <= 1e-9 {
            return None;
        }
        shape.gain_db = along / own;
        Some((along * along / own, shape))
    }

    /// Drops bands whose loss costs less than they must pay, dearest last.
    fn prune(&self, mut best: Candidate) -> Candidate {
        while best.shapes.len() > 1 {
            let without = (0..best.shapes.len()).map(|i| {
                let mut fewer = best.clone();
                fewer.shapes.remove(i);
                self.refine(fewer, 20)
            });
            match without.min_by(|a, b| a.rms.total_cmp(&b.rms)) {
                Some(fewer) if fewer.rms - best.rms < self.options.pays_db => best = fewer,
                _ => break,
            }
        }
        best
    }

    fn finish(&self, candidate: &Candidate) -> EqFit {
        let mut bands: Vec<EqBand> = candidate.shapes.iter().map(|shape| self.tidy(shape)).collect();
        bands.sort_by(|a, b| a.freq_hz.total_cmp(&b.freq_hz));
        let mut residual_db = self.target.gain_db.clone();
        for (residual, freq_hz) in residual_db.iter_mut().zip(&self.target.freq_hz) {
            *residual -= candidate.level_db + crate::chain::response_db(&bands, *freq_hz, self.options.sample_rate);
        }
        let sum: f64 = residual_db.iter().zip(&self.target.weight).map(|(r, w)| w * r * r).sum();
        let rms_db = if self.weight_sum > 0.0 { (sum / self.weight_sum).sqrt() } else { 0.0 };
        EqFit { bands, residual_db, rms_db, level_db: candidate.level_db }
    }

    /// The band with no more digits than mean anything, and its confidence.
    fn tidy(&self, shape: &Shape) -> EqBand {
        let mut band = shape.band();
        band.gain_db = (band.gain_db * 100.0).round() / 100.0;
        let digit = 10f64.powf(band.freq_hz.log10().floor() - 3.0);
        band.freq_hz = (band.freq_hz / digit).round() * digit;
        band.q = (band.q * 1000.0).round() / 1000.0;
        let mut response = vec![0.0; self.phi.len()];
        self.add_response(shape, &mut response);
        let (mut sure, mut all) = (0.0, 0.0);
        for (response, weight) in response.iter().zip(&self.target.weight) {
            sure += response.abs() * weight.min(1.0);
            all += response.abs();
        }
        band.confidence = if all > 0.0 { sure / all } else { 0.0 };
        band
    }
}

/// Gain, ln frequency and ln Q of each band, then the level: the parameters of the search.
struct BandProblem<'a> {
    curve: &'a Curve<'a>,
    kinds: Vec<EqKind>,
}

impl BandProblem<'_> {
    fn shapes<'b>(&'b self, parameters: &'b [f64]) -> impl Iterator<Item = Shape> + 'b {
        let (triples, _) = parameters.as_chunks::<3>();
        self.kinds.iter().zip(triples).map(|(&kind, &[gain_db, ln_freq, ln_q])| Shape { kind, gain_db, ln_freq, ln_q })
    }

    fn prior_scale(&self) -> f64 {
        self.curve.weight_sum.sqrt()
    }

    fn points(&self) -> usize {
        self.curve.phi.len()
    }
}

impl Problem for BandProblem<'_> {
    fn residual_count(&self) -> usize {
        self.points() + 2 * self.kinds.len()
    }

    fn residuals(&self, parameters: &[f64], residuals: &mut [f64]) {
        let (points, priors) = residuals.split_at_mut(self.points());
        points.fill(parameters.last().copied().unwrap_or(0.0));
        for shape in self.shapes(parameters) {
            self.curve.add_response(&shape, points);
        }
        for ((point, wanted), weight) in points.iter_mut().zip(&self.curve.target.gain_db).zip(&self.curve.root_weight) {
            *point = (*point - wanted) * weight;
        }
        let scale = self.prior_scale();
        for (prior, shape) in priors.as_chunks_mut::<2>().0.iter_mut().zip(self.shapes(parameters)) {
            *prior = [GAIN_PRIOR * scale * shape.gain_db, Q_PRIOR * scale * (shape.ln_q - NATURAL_Q.ln())];
        }
    }

    fn jacobian(&self, parameters: &[f64], jacobian: &mut [f64]) {
        const STEP: f64 = 1e-4;
        let rows = self.residual_count();
        let points = self.points();
        let scale = self.prior_scale();
        // The change of 10 lg |H|² over a small step is that of its relative change: no logarithm is needed.
        let per_step = 10.0 / std::f64::consts::LN_10 / STEP;
        jacobian.fill(0.0);
        let mut columns = jacobian.chunks_exact_mut(rows);
        for (band, shape) in self.shapes(parameters).enumerate() {
            let here = self.curve.filter(&shape);
            let moved = [
                Shape { gain_db: shape.gain_db + STEP, ..shape },
                Shape { ln_freq: shape.ln_freq + STEP, ..shape },
                Shape { ln_q: shape.ln_q + STEP, ..shape },
            ];
            for (which, (moved, column)) in moved.iter().zip(columns.by_ref()).enumerate() {
                let (column, priors) = column.split_at_mut(points);
                let there = self.curve.filter(moved);
                for ((value, phi), weight) in column.iter_mut().zip(&self.curve.phi).zip(&self.curve.root_weight) {
                    let ([n0, d0], [n1, d1]) = (here.power_parts_at_phi(*phi), there.power_parts_at_phi(*phi));
                    *value = (n1 * d0 / (d1 * n0) - 1.0) * per_step * weight;
                }
                if let Some([gain, q]) = priors.as_chunks_mut::<2>().0.get_mut(band) {
                    match which {
                        0 => *gain = GAIN_PRIOR * scale,
                        2 => *q = Q_PRIOR * scale,
                        _ => {}
                    }
                }
            }
        }
        if let (Some(column), Level::Free) = (columns.next(), self.curve.options.level) {
            column.iter_mut().zip(&self.curve.root_weight).for_each(|(value, weight)| *value = *weight);
        }
    }

    fn project(&self, parameters: &mut [f64]) {
        let FitOptions { max_gain_db, max_cut_q, max_boost_q, max_slope_db_oct, .. } = *self.curve.options;
        let [low, high] = self.curve.ln_range;
        for (kind, [gain_db, ln_freq, ln_q]) in self.kinds.iter().zip(parameters.as_chunks_mut::<3>().0) {
            *gain_db = gain_db.clamp(-max_gain_db, max_gain_db);
            *ln_freq = ln_freq.clamp(low, high);
            let [lowest, highest] = if *kind == EqKind::Bell {
                let by_sign = if *gain_db > 0.0 { max_boost_q } else { max_cut_q };
                let by_slope = GAIN_Q_PER_SLOPE * max_slope_db_oct / gain_db.abs().max(1e-3);
                [LOWEST_Q, by_sign.min(by_slope).max(LOWEST_Q)]
            } else {
                SHELF_Q
            };
            *ln_q = ln_q.clamp(lowest.ln(), highest.ln());
        }
        if let (Some(level), Level::Fixed) = (parameters.last_mut(), self.curve.options.level) {
            *level = 0.0;
        }
    }
}

#[cfg(test)]
mod tests;
