//! Meters of what is heard, computed when they are asked.

use super::BLOCK;
use super::chunk::Decoded;
use super::controls::MOST_SOURCES;
use super::types::Side;
use crate::chain::{GainsNow, MOST_DYNAMICS_BANDS};
use crate::dsp::fft::PairSpectrum;
use crate::dsp::k_weighting::KWeighting;
use crate::dsp::peak_interpolator::{CONTEXT, PeakInterpolator};
use crate::units::{gain_to_db, power_to_db};
use rtrb::Consumer;
use std::collections::VecDeque;

/// Bands of the spectrum.
pub const SPECTRUM_BANDS: usize = 60;
/// Bands of the dynamics that the wire form carries.
const WIRE_DYNAMICS: usize = 4;
/// What stands for silence in the wire form, dB.
const WIRE_SILENCE_DB: f64 = -200.0;
/// Part of a second in which powers are summed.
const SLICES_PER_S: usize = 10;
/// Slices of the short-term window (EBU Tech 3341: 3 s).
const SHORT_TERM_SLICES: usize = 3 * SLICES_PER_S;
/// Slices that peak and correlation look back.
const RECENT_SLICES: usize = 4;
/// Length of the transform, s, about: 8192 points at 44.1 and 48 kHz.
const TRANSFORM_S: f64 = 0.18;
/// The spectrum falls by 1/e in this time, s.
const SPECTRUM_S: f64 = 0.12;

/// Centres of the bands of the spectrum, Hz: 20 Hz to 20 kHz in equal steps of log frequency (6 bands an octave).
pub fn spectrum_hz() -> [f64; SPECTRUM_BANDS] {
    std::array::from_fn(|i| 20.0 * 1000f64.powf(i as f64 / (SPECTRUM_BANDS - 1) as f64))
}

/// What is heard now.
#[derive(Clone, Debug, PartialEq)]
pub struct Meters {
    /// Position in the mix, s.
    pub position_s: f64,
    /// Whether it plays.
    pub playing: bool,
    /// What is listened to.
    pub side: Side,
    /// Loudness of the last 3 s (EBU Tech 3341), LUFS; minus infinity in silence.
    pub short_term_lufs: f64,
    /// Highest true peak of the last 0.4 s, dBTP.
    pub true_peak_dbtp: f64,
    /// Highest true peak since playing last began, dBTP.
    pub max_true_peak_dbtp: f64,
    /// Correlation of left and right over the last 0.4 s, −1 to 1; 0 where one of them is silent.
    pub correlation: f64,
    /// Gain of the mix for equal loudness, dB.
    pub gain_a_db: f64,
    /// Gain of the fixed mix, dB.
    pub gain_b_db: f64,
    /// Gain of the reference that is heard, or else of the first, dB.
    pub gain_r_db: f64,
    /// Change of gain per band of the dynamics of B, make-up not counted, dB.
    pub dynamics_db: [f32; MOST_DYNAMICS_BANDS],
    /// Gain of the limiter of B where it was lowest, dB (0 or below).
    pub limiter_db: f32,
    /// Power per band, mean of left and right, dB re full scale (a sine of full scale gives −3).
    pub spectrum_db: [f32; SPECTRUM_BANDS],
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            position_s: 0.0,
            playing: false,
            side: Side::A,
            short_term_lufs: f64::NEG_INFINITY,
            true_peak_dbtp: f64::NEG_INFINITY,
            max_true_peak_dbtp: f64::NEG_INFINITY,
            correlation: 0.0,
            gain_a_db: 0.0,
            gain_b_db: 0.0,
            gain_r_db: 0.0,
            dynamics_db: [0.0; MOST_DYNAMICS_BANDS],
            limiter_db: 0.0,
            spectrum_db: [f32::NEG_INFINITY; SPECTRUM_BANDS],
        }
    }
}

impl Meters {
    /// The form for the screen, 74 little-endian `f32`: position s, playing 0/1, side 0/1/2, short-term LUFS, true peak dBTP, correlation, gains
    /// of A, B, R dB, four bands of dynamics dB, limiter dB, 60 bands of spectrum dB. Silence is sent as −200.
    pub fn to_bytes(&self) -> Vec<u8> {
        let side = match self.side {
            Side::A => 0.0,
            Side::B => 1.0,
            Side::R(_) => 2.0,
        };
        let head = [self.position_s, f64::from(u8::from(self.playing)), side, self.short_term_lufs, self.true_peak_dbtp, self.correlation];
        let gains = [self.gain_a_db, self.gain_b_db, self.gain_r_db];
        let dynamics = self.dynamics_db.iter().take(WIRE_DYNAMICS).copied().chain([self.limiter_db]);
        let rest = dynamics.chain(self.spectrum_db).map(f64::from);
        let all = head.into_iter().chain(gains).chain(rest);
        all.flat_map(|value| (value.max(WIRE_SILENCE_DB) as f32).to_le_bytes()).collect()
    }
}

/// A block that the graph played.
pub(super) struct Heard {
    pub generation: u64,
    /// Frame of the mix of its first frame.
    pub position: u64,
    /// When its first frame is heard, on the engine's clock.
    pub due_ns: u64,
    pub playing: bool,
    pub count: usize,
    /// Amplitude ratios of mix, fixed mix and reference.
    pub gains: [f64; 3],
    pub now: GainsNow,
    pub frames: [Decoded; BLOCK],
}

/// Sums of one slice of time.
#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    frames: usize,
    weighted: f64,
    left: f64,
    right: f64,
    cross: f64,
    peak: f64,
}

/// Reads what the graph played and measures it.
pub(super) struct Bank {
    heard: Consumer<Heard>,
    waiting: VecDeque<Heard>,
    rate: f64,
    /// What was heard last, without its frames' values being needed any more.
    current: Option<Heard>,
    weighting: KWeighting,
    interpolator: PeakInterpolator,
    /// The last frames, left and right, as many as the transform takes or more.
    recent: [Vec<f32>; 2],
    transform: PairSpectrum,
    slices: VecDeque<Slice>,
    running: Slice,
    max_peak: f64,
    limiter_db: f32,
    spectrum: [f64; SPECTRUM_BANDS],
    fresh: usize,
}

impl Bank {
    pub fn new(heard: Consumer<Heard>, sample_rate: u32) -> Self {
        let rate = f64::from(sample_rate.max(1));
        let points = 1usize << (rate * TRANSFORM_S).log2().round().clamp(8.0, 17.0) as u32;
        Self {
            heard,
            waiting: VecDeque::new(),
            rate,
            current: None,
            weighting: KWeighting::new(rate),
            interpolator: PeakInterpolator::new(),
            recent: [vec![0.0; points], vec![0.0; points]],
            transform: PairSpectrum::new(points),
            slices: VecDeque::new(),
            running: Slice::default(),
            max_peak: 0.0,
            limiter_db: 0.0,
            spectrum: [0.0; SPECTRUM_BANDS],
            fresh: 0,
        }
    }

    /// The frame of the mix that is heard at a moment of the engine's clock, of a generation or a later one; none if none of it was.
    pub fn position(&mut self, generation: u64, now_ns: u64) -> Option<f64> {
        self.advance(now_ns);
        let current = self.current.as_ref().filter(|c| c.generation >= generation)?;
        let since = now_ns.saturating_sub(current.due_ns) as f64 * 1e-9 * self.rate;
        let since = if current.playing { since.min(current.count as f64) } else { 0.0 };
        Some(current.position as f64 + since)
    }

    /// Measures all that was heard until `now_ns`.
    fn advance(&mut self, now_ns: u64) {
        while let Ok(heard) = self.heard.pop() {
            self.waiting.push_back(heard);
        }
        while self.waiting.front().is_some_and(|heard| heard.due_ns <= now_ns) {
            let Some(heard) = self.waiting.pop_front() else { return };
            self.measure(&heard);
            self.current = Some(heard);
        }
    }

    fn measure(&mut self, heard: &Heard) {
        if heard.playing && self.current.as_ref().is_some_and(|c| !c.playing || c.generation != heard.generation) {
            // What was measured before playing began says nothing about what plays now.
            self.slices.clear();
            (self.running, self.max_peak) = (Slice::default(), 0.0);
        }
        self.limiter_db = self.limiter_db.min(heard.now.limiter_db);
        let frames = heard.frames.get(..heard.count).unwrap_or_default();
        let new = [0, 1].map(|c| frames.iter().map(|frame| frame[c]).collect::<Vec<f32>>());
        let weighted = self.weighting.sum_of_squares(&new[0], &new[1]);
        self.running.weighted += weighted[0] + weighted[1];
        for frame in frames {
            let [l, r] = frame.map(f64::from);
            self.running.left += l * l;
            self.running.right += r * r;
            self.running.cross += l * r;
        }
        self.running.frames += frames.len();
        let mut peak = 0f64;
        for (recent, new) in self.recent.iter_mut().zip(&new) {
            let count = new.len().min(recent.len());
            recent.rotate_left(count);
            let length = recent.len();
            if let Some(end) = recent.get_mut(length - count..) {
                end.copy_from_slice(&new[..count]);
            }
            let looked_at = recent.get(length.saturating_sub(count + 2 * CONTEXT)..).unwrap_or_default();
            peak = peak.max(self.interpolator.peak(looked_at).gain);
        }
        self.running.peak = self.running.peak.max(peak);
        self.max_peak = self.max_peak.max(peak);
        self.fresh += frames.len();
        if self.running.frames as f64 >= self.rate / SLICES_PER_S as f64 {
            self.slices.push_back(std::mem::take(&mut self.running));
            while self.slices.len() > SHORT_TERM_SLICES {
                self.slices.pop_front();
            }
        }
    }

    /// Fills in what was measured; position, side and playing are for the caller to say.
    pub fn read(&mut self, now_ns: u64) -> Meters {
        self.advance(now_ns);
        self.follow_spectrum();
        let mut meters = Meters::default();
        let all = || self.slices.iter().chain([&self.running]);
        let (power, frames) = all().fold((0.0, 0), |(power, frames), s| (power + s.weighted, frames + s.frames));
        if power > 0.0 {
            meters.short_term_lufs = -0.691 + power_to_db(power / frames as f64);
        }
        let last = || all().skip(self.slices.len().saturating_sub(RECENT_SLICES));
        meters.true_peak_dbtp = gain_to_db(last().map(|s| s.peak).fold(0.0, f64::max));
        meters.max_true_peak_dbtp = gain_to_db(self.max_peak);
        let sum = |part: fn(&Slice) -> f64| last().map(part).sum::<f64>();
        let both = (sum(|s| s.left) * sum(|s| s.right)).sqrt();
        if both > 0.0 {
            meters.correlation = (sum(|s| s.cross) / both).clamp(-1.0, 1.0);
        }
        if let Some(current) = &self.current {
            meters.playing = current.playing;
            [meters.gain_a_db, meters.gain_b_db, meters.gain_r_db] = current.gains.map(gain_to_db);
            meters.dynamics_db = current.now.dynamics_db;
        }
        meters.limiter_db = std::mem::take(&mut self.limiter_db);
        meters.spectrum_db = self.spectrum.map(|power| power_to_db(power) as f32);
        meters
    }

    fn follow_spectrum(&mut self) {
        if self.fresh == 0 {
            return;
        }
        let keep = (-(self.fresh as f64) / self.rate / SPECTRUM_S).exp();
        self.fresh = 0;
        let [left, right] = &self.recent;
        let half = |sign: f32| left.iter().zip(right).map(|(l, r)| 0.5 * (l + sign * r)).collect::<Vec<f32>>();
        let (mid, side) = (half(1.0), half(-1.0));
        let width_hz = self.rate / self.transform.len() as f64;
        let powers = self.transform.powers(&mid, &side);
        let step = 1000f64.powf(0.5 / (SPECTRUM_BANDS - 1) as f64);
        for (band, hz) in self.spectrum.iter_mut().zip(spectrum_hz()) {
            // In bins; a bin reaches half a bin to either side.
            let (low, high) = (hz / step / width_hz + 0.5, hz * step / width_hz + 0.5);
            let mut power = 0.0;
            for bin in low as usize..=high as usize {
                let Some(p) = powers.get(bin) else { break };
                let share = (high.min(bin as f64 + 1.0) - low.max(bin as f64)).max(0.0);
                power += share * f64::from(p.a + p.b);
            }
            *band = keep * *band + (1.0 - keep) * power;
            if *band < 1e-20 {
                *band = 0.0;
            }
        }
    }
}

/// The side of a source.
pub(super) fn side_of(source: usize) -> Side {
    match source {
        super::voices::MIX => Side::A,
        super::voices::FIXED => Side::B,
        other => Side::R(other.min(MOST_SOURCES) - 2),
    }
}
