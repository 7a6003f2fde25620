//! Mains hum in the quiet parts.

use super::framer::{Framer, Stretch, rate_scale};
use super::noise::{Spectrum, mean_square};
use super::quietest::{Kept, Quietest};
use crate::audio::{Block, Layout, TimeRange};
use crate::units::{Db, Hz};
use serde::{Deserialize, Serialize};

/// Rate to which the signal is brought down, about, Hz.
const LOW_RATE_HZ: f64 = 1500.0;
/// Windows, seconds.
const WINDOW_S: f64 = 1.0;
/// Windows that begin within one window length.
const OVERLAP: usize = 4;
/// Quiet windows that are kept.
const KEPT: usize = 24;
/// Windows below this power in the low band are digital silence: −120 dBFS.
const SILENT: f64 = 1e-12;
/// Windows of one quiet passage lie within this of the quietest, dB.
const STEADY_DB: f64 = 3.0;
/// Least windows: a passage of 1.5 s.
const LEAST_WINDOWS: usize = 3;
/// Mains frequencies, Hz, and how far they stray.
const MAINS_HZ: [f64; 2] = [50.0, 60.0];
const STRAY: f64 = 0.005;
/// Harmonics looked at.
const HARMONICS: usize = 8;
/// A line stands this far over what lies around it, dB.
const STANDS_OUT_DB: f64 = 12.0;
/// A line is steady when it varies by less than this between windows, dB.
const SAME_DB: f64 = 3.0;

/// Mains hum.
///
/// # What it measures
/// Steady narrow lines at 50 or 60 Hz and their multiples in the quietest low-frequency passage.
/// # Definition
/// All channels, low-passed and brought down to about 1.5 kHz; Hann windows of 1 s every 0.25 s. Of the 24 quietest windows those within
/// 3 dB of the quietest make the passage (three at least). For a mains frequency f within ±0.5 % of 50 or 60 Hz, a harmonic k·f
/// up to k = 8 is a line where its power (over ±2 Hz) in every window of the passage varies by less than 3 dB and stands 12 dB over
/// the median within ±22 Hz around it. f is the one of strongest lines. `level` sums the lines.
/// # Unit and range
/// dB re full scale (RMS), Hz.
/// # On silence, short, mono
/// Digital silence, files under 1.5 s and files without a quiet passage have no lines; `passage` is empty when none could be judged.
/// # Limits
/// A held note exactly on the mains frequency, alone in a quiet passage, looks the same: three lines are therefore asked for in `diagnose`.
/// # References
/// Brandt and Bitzer, "Automatic detection of hum in audio signals", JAES 62(9), 2014, 584–595.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Data {
    /// The passage that was judged; empty if there was none.
    pub passage: Vec<TimeRange>,
    /// Power of the passage below about 600 Hz.
    pub power: Db,
    /// Mains frequency found; 0 if none.
    pub mains: Hz,
    /// Power of all lines; −∞ if none.
    pub level: Db,
    /// Multiples of the mains frequency at which lines stand.
    pub harmonics: Vec<u32>,
    /// How far the strongest line stands over what lies around it.
    pub prominence: Db,
}

impl Default for Data {
    /// No passage, no lines.
    fn default() -> Self {
        let silence = Db::new(f64::NEG_INFINITY);
        Self { passage: Vec::new(), power: silence, mains: Hz::new(0.0), level: silence, harmonics: Vec::new(), prominence: silence }
    }
}

/// See [`Data`].
pub struct Meter {
    rate: f64,
    factor: usize,
    taps: Vec<f32>,
    framer: Option<Framer>,
    low: Vec<Vec<f32>>,
    window: usize,
    index: u64,
    kept: Quietest<Vec<f32>>,
    fft: Spectrum,
    size: usize,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let rate_hz = f64::from(rate.max(1));
        let factor = ((rate_hz / LOW_RATE_HZ).round() as usize).max(1);
        let hop = ((rate_hz / factor as f64 * WINDOW_S / OVERLAP as f64).round() as usize).max(1);
        let window = hop * OVERLAP;
        let size = window.next_power_of_two() * 2;
        let channels = layout.channel_count();
        Self {
            rate: rate_hz,
            factor,
            taps: low_pass(factor),
            framer: Some(Framer::new(channels, 8192 * rate_scale(rate), 4 * factor)),
            low: vec![Vec::with_capacity(2 * window); channels],
            window,
            index: 0,
            kept: Quietest::new(KEPT),
            fft: Spectrum::new(window, size),
            size,
        }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        if let Some(mut framer) = self.framer.take() {
            framer.push(block, |stretch| self.look(stretch));
            self.framer = Some(framer);
        }
    }

    fn look(&mut self, stretch: &Stretch<'_>) {
        let behind = (stretch.start + stretch.core.start as u64) % self.factor as u64;
        let first = stretch.core.start + (self.factor - behind as usize) % self.factor;
        for (low, samples) in self.low.iter_mut().zip(stretch.samples) {
            for centre in (first..stretch.core.end).step_by(self.factor) {
                low.push(filtered(samples, centre, &self.taps));
            }
        }
        while self.low.first().is_some_and(|l| l.len() >= self.window) {
            self.judge();
        }
    }

    fn judge(&mut self) {
        let (window, channels) = (self.window, self.low.len() as f64);
        let power = self.low.iter().map(|l| mean_square(l.get(..window).unwrap_or(&[]))).sum::<f64>() / channels;
        if power > SILENT {
            let (fft, low) = (&mut self.fft, &self.low);
            self.kept.offer(power, self.index, || {
                let mut sum = vec![0.0; fft.bins()];
                for samples in low {
                    fft.add(samples.get(..window).unwrap_or(&[]), 1.0 / channels as f32, &mut sum);
                }
                sum
            });
        }
        self.index += 1;
        for low in &mut self.low {
            low.drain(..window / OVERLAP);
        }
    }

    /// The result.
    pub fn finish(mut self) -> Data {
        if let Some(framer) = self.framer.take() {
            framer.finish(|stretch| self.look(stretch));
        }
        let nothing = Data::default();
        let kept = self.kept.finish();
        let Some(quietest) = kept.first().map(|k| k.power) else { return nothing };
        let count = kept.iter().take_while(|k| k.power <= quietest * 10f64.powf(STEADY_DB / 10.0)).count();
        let passage = kept.get(..count).unwrap_or(&[]);
        if count < LEAST_WINDOWS {
            return nothing;
        }
        let low_rate = self.rate / self.factor as f64;
        let hop_s = self.window as f64 / OVERLAP as f64 / low_rate;
        let times = passage.iter().map(|k| TimeRange::new(k.index as f64 * hop_s, k.index as f64 * hop_s + WINDOW_S)).collect();
        let lines = Lines { passage, bin_hz: low_rate / self.size as f64, top_hz: 0.3 * low_rate };
        let found = MAINS_HZ.iter().flat_map(|mains| (-4..=4).map(move |i| mains * (1.0 + STRAY * f64::from(i) / 4.0)));
        let found = found.map(|f| lines.series(f)).fold(nothing, |best, this| if this.level > best.level { this } else { best });
        Data {
            passage: TimeRange::merged(times, 0.3),
            power: Db::from_power(passage.iter().map(|k| k.power).sum::<f64>() / count as f64),
            ..found
        }
    }
}

/// Spectra of the quiet passage, in which lines are looked for.
struct Lines<'a> {
    passage: &'a [Kept<Vec<f32>>],
    bin_hz: f64,
    top_hz: f64,
}

impl Lines<'_> {
    /// The lines at the multiples of one frequency.
    fn series(&self, mains_hz: f64) -> Data {
        let (mut power, mut prominence, mut harmonics) = (0.0, f64::NEG_INFINITY, Vec::new());
        for k in 1..=HARMONICS {
            let f = mains_hz * k as f64;
            if f > self.top_hz {
                break;
            }
            if let Some((line, over_db)) = self.line(f) {
                power += line;
                prominence = prominence.max(over_db);
                harmonics.push(k as u32);
            }
        }
        Data {
            mains: Hz::new(if harmonics.is_empty() { 0.0 } else { mains_hz }),
            level: Db::from_power(power),
            prominence: Db::new(prominence),
            harmonics,
            ..Data::default()
        }
    }

    /// Power of a line and how far it stands out, if there is one.
    fn line(&self, f_hz: f64) -> Option<(f64, f64)> {
        let bin = |hz: f64| (hz / self.bin_hz).round().max(1.0) as usize;
        let sum = |s: &[f32], low: f64, high: f64| s.get(bin(low)..=bin(high)).unwrap_or(&[]).iter().map(|&b| f64::from(b)).sum::<f64>();
        let (mut least, mut most, mut total, mut floor) = (f64::INFINITY, 0.0f64, 0.0, 0.0);
        for window in self.passage {
            let line = sum(&window.value, f_hz - 2.0, f_hz + 2.0);
            // The line must sit where it is looked for: its strongest bin within half a hertz.
            let strongest = (bin(f_hz - 3.0)..=bin(f_hz + 3.0))
                .max_by(|&a, &b| window.value.get(a).unwrap_or(&0.0).total_cmp(window.value.get(b).unwrap_or(&0.0)))?;
            if (strongest as f64 * self.bin_hz - f_hz).abs() > 0.5 + 0.002 * f_hz {
                return None;
            }
            let mut around: Vec<f32> = [(f_hz - 22.0, f_hz - 4.0), (f_hz + 4.0, f_hz + 22.0)]
                .iter()
                .flat_map(|(low, high)| window.value.get(bin(*low)..bin(*high)).unwrap_or(&[]))
                .copied()
                .collect();
            around.sort_by(f32::total_cmp);
            let bins = (bin(f_hz + 2.0) - bin(f_hz - 2.0) + 1) as f64;
            floor += f64::from(around.get(around.len() / 2).copied().unwrap_or(0.0)) * bins;
            least = least.min(line);
            most = most.max(line);
            total += line;
        }
        let over_db = 10.0 * (total / floor.max(1e-30)).log10();
        let steady = most <= least * 10f64.powf(SAME_DB / 10.0);
        (steady && over_db >= STANDS_OUT_DB).then(|| (total / self.passage.len() as f64, over_db))
    }
}

/// Low-pass for bringing the rate down by `factor`: sinc under a Hann window, 8 periods of the low rate long, −6 dB at half of it.
fn low_pass(factor: usize) -> Vec<f32> {
    let length = 8 * factor;
    let taps: Vec<f64> = (0..length)
        .map(|i| {
            let t = (i as f64 - (length as f64 - 1.0) / 2.0) / factor as f64;
            let sinc = if t == 0.0 { 1.0 } else { (std::f64::consts::PI * t).sin() / (std::f64::consts::PI * t) };
            sinc * (std::f64::consts::PI * t / 8.0).cos().powi(2)
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|t| (t / sum) as f32).collect()
}

/// The filter's output at one sample; what lies beyond the file is silence.
fn filtered(samples: &[f32], centre: usize, taps: &[f32]) -> f32 {
    let half = taps.len() / 2;
    match centre.checked_sub(half).and_then(|from| samples.get(from..from + taps.len())) {
        Some(part) => {
            let mut lanes = [0.0f32; 8];
            for (xs, ts) in part.chunks_exact(8).zip(taps.chunks_exact(8)) {
                for lane in 0..8 {
                    lanes[lane] += xs[lane] * ts[lane];
                }
            }
            lanes.iter().sum()
        }
        None => {
            let sample = |i: usize| (centre + i).checked_sub(half).and_then(|j| samples.get(j)).copied().unwrap_or(0.0);
            taps.iter().enumerate().map(|(i, t)| t * sample(i)).sum()
        }
    }
}
