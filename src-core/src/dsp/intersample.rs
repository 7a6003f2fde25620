//! Peaks between samples, found only where they can matter.

use super::interpolate::fractional_weights;

/// A maximum below this share of the highest point so far cannot become the highest: true of tones up to 0.45 of the rate.
const RIVAL: f32 = 0.75;
/// Intervals between samples that are looked at together.
pub const GROUP: usize = 16;
/// Points a sample at which the waveform is interpolated; a parabola through the highest three does the rest.
const PHASES: usize = 8;
/// Taps of the exact interpolator: flat to 0.47 of the sample rate with 1e-3 of ripple.
const TAPS: usize = 64;
/// Taps of the cheap one that gives the point halfway.
const COARSE_TAPS: usize = 24;
/// Samples by which the looked-at group lies behind the newest group.
const LAG: usize = 2 * GROUP;
const HISTORY: usize = TAPS + GROUP;
/// Halfway points of a group and its neighbours; a multiple of four, as vectors want it.
const HALVES: usize = GROUP + 4;

/// Kaiser shape of the exact interpolator: 60 dB of image rejection.
const BETA: f64 = 5.65;
/// Taps and Kaiser shape of a gentler interpolator, as resamplers and many meters use: near the Nyquist frequency it lets images
/// through and so reads some waveforms higher. The higher reading counts, since nobody knows which one the listener's converter has.
const GENTLE_TAPS: usize = 20;
const GENTLE_BETA: f64 = 12.0;
/// Cut-off of the exact interpolator, cycles a sample. A little above one half, so that what lies next to the Nyquist frequency is read
/// slightly too high rather than too low: for a limiter the safe side.
const CUTOFF: f64 = 0.505;

/// If no sample within a group's length reaches this share of the limit, none between them can pass it: the exact waveform
/// exceeds its samples by that much only for signals built for the purpose.
const GATE: f32 = 0.4;
/// A maximum among the samples and the points halfway that does not reach this share of a level has no peak of that level beside it:
/// sampled twice as fast, a wave lies at most 1/cos(π/4) above its samples (0.707), less room for the cheap interpolator.
const COARSE_GATE: f32 = 0.66;

/// Follows one channel and tells the highest value of the waveform in each group of [`GROUP`] intervals.
#[derive(Clone, Debug)]
pub struct IntersamplePeaks {
    /// Rows by tap, columns by phase.
    exact: Vec<[f32; PHASES]>,
    gentle: Vec<[f32; PHASES]>,
    coarse: [f32; COARSE_TAPS],
    history: [f32; HISTORY],
    group_max: [f32; 4],
}

impl Default for IntersamplePeaks {
    fn default() -> Self {
        Self::new()
    }
}

impl IntersamplePeaks {
    /// Frames from a sample to the group in which its peak is told: the result of a push belongs to the group pushed
    /// `LAG_GROUPS` pushes before.
    pub const LAG_GROUPS: usize = LAG / GROUP;

    /// A detector that has heard silence so far.
    pub fn new() -> Self {
        let exact = by_tap(TAPS, CUTOFF, BETA);
        let gentle = by_tap(GENTLE_TAPS, 0.5, GENTLE_BETA);
        let halfway = fractional_weights(COARSE_TAPS, 0.5, 0.5, 4.0);
        let coarse = std::array::from_fn(|tap| halfway.get(tap).map_or(0.0, |w| *w as f32));
        Self { exact, gentle, coarse, history: [0.0; HISTORY], group_max: [0.0; 4] }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.history = [0.0; HISTORY];
        self.group_max = [0.0; 4];
    }

    /// Takes the next group of samples and returns the highest magnitude of the waveform from each sample of the group
    /// [`LAG_GROUPS`](Self::LAG_GROUPS) before to its next; 0 if it surely stays below `limit`.
    pub fn push(&mut self, samples: &[f32; GROUP], limit: f32) -> f32 {
        self.history.copy_within(GROUP.., 0);
        if let Some(newest) = self.history.last_chunk_mut::<GROUP>() {
            *newest = *samples;
        }
        self.group_max.copy_within(1.., 0);
        self.group_max[3] = samples.iter().fold(0.0, |max, x| max.max(x.abs()));
        let [before, this, after, _] = self.group_max;
        if before.max(this).max(after) < GATE * limit {
            return 0.0;
        }
        self.peak(limit)
    }

    /// Only where the points on and between the samples have a local maximum can the waveform have its highest peak; of those, only
    /// the ones that can still pass the limit and the highest so far are looked at closely.
    fn peak(&self, limit: f32) -> f32 {
        // The group's first sample has LAG samples and its own group after it.
        const START: usize = HISTORY - GROUP - LAG;
        let halfway = self.halfway::<{ START - 1 }>();
        // Magnitudes at half-sample steps, from half a sample before the group to half a sample after the next one's first.
        let mut points = [0f32; 2 * GROUP + 3];
        for (point, half) in points.iter_mut().step_by(2).zip(halfway) {
            *point = half.abs();
        }
        for (point, sample) in points.iter_mut().skip(1).step_by(2).zip(&self.history[START..]) {
            *point = sample.abs();
        }
        let mut peak = points[1..2 * GROUP + 2].iter().fold(0f32, |max, x| max.max(*x));
        let mut maxima = [(0f32, 0usize); GROUP + 1];
        let mut count = 0;
        for (i, around) in points.windows(3).enumerate() {
            if around[1] > (COARSE_GATE * limit).max(RIVAL * peak) && around[1] >= around[0] && around[1] > around[2] {
                // Point i + 1 is a sample if i is even; then the peak lies on the side of its higher neighbour.
                let to_the_left = i % 2 == 0 && around[0] > around[2];
                let interval = (START + i / 2).saturating_sub(usize::from(to_the_left));
                if (START..START + GROUP).contains(&interval) && count < maxima.len() {
                    maxima[count] = (around[1], interval);
                    count += 1;
                }
            }
        }
        let maxima = &mut maxima[..count];
        maxima.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        for &mut (value, interval) in maxima {
            if value > (COARSE_GATE * limit).max(RIVAL * peak) {
                peak = peak.max(self.interval_peak(interval));
            }
        }
        peak
    }

    /// The waveform halfway after each of the samples from `START` on.
    fn halfway<const START: usize>(&self) -> [f32; HALVES] {
        let mut sum = [0f32; HALVES];
        let first = START + 1 - COARSE_TAPS / 2;
        for (window, weight) in self.history[first..].windows(HALVES).zip(&self.coarse) {
            for (sum, x) in sum.iter_mut().zip(window) {
                *sum += weight * x;
            }
        }
        sum
    }

    /// The highest magnitude from sample `index` to the next.
    fn interval_peak(&self, index: usize) -> f32 {
        let ends = [self.history[index], self.history[index + 1]];
        let read = |rows: &[[f32; PHASES]]| vertex(&curve(rows, &self.history[index + 1 - rows.len() / 2..], ends));
        read(&self.exact).max(read(&self.gentle))
    }
}

/// Weights of an interpolator, a row for each tap.
fn by_tap(taps: usize, cutoff: f64, beta: f64) -> Vec<[f32; PHASES]> {
    let phases: Vec<Vec<f64>> = (0..PHASES).map(|p| fractional_weights(taps, p as f64 / PHASES as f64, cutoff, beta)).collect();
    (0..taps).map(|tap| std::array::from_fn(|p| phases.get(p).and_then(|w| w.get(tap)).map_or(0.0, |w| *w as f32))).collect()
}

/// The waveform between two samples: the samples themselves and the points between.
fn curve(rows: &[[f32; PHASES]], samples: &[f32], ends: [f32; 2]) -> [f32; PHASES + 1] {
    // Two sums, so that an addition need not wait for the one before.
    let (mut even, mut odd) = ([0f32; PHASES], [0f32; PHASES]);
    for ([x, y], [a, b]) in samples.as_chunks::<2>().0.iter().zip(rows.as_chunks::<2>().0) {
        for i in 0..PHASES {
            even[i] += a[i] * x;
            odd[i] += b[i] * y;
        }
    }
    let sum: [f32; PHASES] = std::array::from_fn(|i| even[i] + odd[i]);
    let mut points = [0f32; PHASES + 1];
    points[..PHASES].copy_from_slice(&sum);
    [points[0], points[PHASES]] = ends;
    points
}

/// Highest magnitude of a curve given at equal steps: the vertex of the parabola about its highest point. At the ends the parabola
/// is continued by up to a step, so that a peak between two intervals is seen from both.
fn vertex(points: &[f32; PHASES + 1]) -> f32 {
    let mut best = 0;
    for (i, x) in points.iter().enumerate() {
        if x.abs() > points[best].abs() {
            best = i;
        }
    }
    let sign = points[best].signum();
    let centre = best.clamp(1, PHASES - 1);
    let [before, here, after] = [points[centre - 1], points[centre], points[centre + 1]].map(|x| x * sign);
    let bend = before - 2.0 * here + after;
    if bend >= 0.0 {
        return points[best].abs();
    }
    let offset = (0.5 * (before - after) / bend).clamp(-1.5, 1.5);
    (here - 0.25 * (before - after) * offset).max(points[best].abs())
}
