//! The curves of a system, from which both forms are made.

use super::ears;
use super::limiter::{BandLimiter, LimiterOn};
use super::spectra::Spectrum;
use crate::dsp::minimum_phase::Complex;
use crate::models::system::{BANDS, Bands, Heard, System};
use crate::units::{THIRD_OCTAVES_HZ, db_to_power};

/// How hard the system is driven: its volume, dB below full. Only its limiter looks at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drive {
    /// dB; 0 is full volume.
    pub db: f64,
}

/// The loudest that systems are said to get is that of pink noise whose peaks reach full scale (they lie 12 dB above its mean), as reviews
/// measure it. In both channels it reads −9 LUFS; the loudest records do too.
const LOUDEST_LUFS: f64 = -9.0;
const CREST_DB: f64 = 12.0;

impl Drive {
    /// Turned down so far that no limiter works.
    pub const SOFT: Self = Self { db: -200.0 };

    /// The volume at which a programme of that integrated loudness plays at the listening level of the system, at most full volume: a soft
    /// programme is turned up. [`Drive::SOFT`] where nothing is known of how loud the system gets, and for silence.
    pub fn usual(system: &System, programme_lufs: f64) -> Self {
        let loudest_dba = system.max_level.as_ref().map(|m| if m.kind == "peak" { m.value - CREST_DB } else { m.value });
        match loudest_dba {
            Some(loudest) if programme_lufs.is_finite() => {
                Self { db: (system.level.dba - loudest + LOUDEST_LUFS - programme_lufs).min(0.0) }
            }
            _ => Self::SOFT,
        }
    }
}

/// The curves of one system.
#[derive(Clone, Debug)]
pub struct Model {
    response_db: Bands,
    side_share: Bands,
    mono_below_hz: f64,
    /// Power gains of left and right, mean 1.
    pub(super) balance: [f64; 2],
    /// Delay of the farther loudspeaker, the right one, s.
    pub(super) delay_s: f64,
    pub(super) limiter: Option<BandLimiter>,
    pub(super) drive: Drive,
}

impl Model {
    /// The curves of a system.
    pub fn new(system: &System) -> Self {
        Self::with_response(system, system.response.mean_db)
    }

    /// A system of the class with a response of its own, dB per third octave.
    pub fn with_response(system: &System, response_db: Bands) -> Self {
        let c = &system.channels;
        let angle = c.half_angle_deg.unwrap_or(0.0);
        let share = |hz: f64| match c.heard {
            Heard::Headphones => 1.0,
            Heard::Loudspeakers => ears::side_share(hz, angle, system.level.distance_m),
        };
        let stereo = 1.0 - c.mono_share.as_ref().map_or(0.0, |f| f.value);
        let difference = db_to_power(c.balance_db.unwrap_or(0.0));
        let mean = 0.5 * (1.0 + difference);
        Self {
            response_db,
            side_share: THIRD_OCTAVES_HZ.map(|hz| stereo * share(hz)),
            mono_below_hz: c.mono_below_hz,
            balance: [difference / mean, 1.0 / mean],
            delay_s: c.delay_ms.unwrap_or(0.0) / 1000.0,
            limiter: system.limiter.as_ref().map(BandLimiter::new),
            drive: Drive::SOFT,
        }
    }

    /// The system at a volume: what its limiter does depends on it. Without one it is [`Drive::SOFT`].
    #[must_use]
    pub fn driven(self, drive: Drive) -> Self {
        Self { drive, ..self }
    }

    /// Response of the mid, dB; straight lines in dB over log frequency between the bands, level beyond them.
    pub fn response_db(&self, hz: f64) -> f64 {
        between_bands(&self.response_db, hz)
    }

    /// How much of the side's power is left beside the mid's, 0 to 1.
    pub fn side_share(&self, hz: f64) -> f64 {
        if self.is_mono() {
            return 0.0;
        }
        let fold = self.woofer_hz().map_or(1.0, |woofer| crossover(hz / woofer)[1].norm_sqr());
        fold * between_bands(&self.side_share, hz)
    }

    /// How much of the side's power is left by all but the crossover to a mono woofer.
    pub(super) fn side_share_above_woofer(&self, hz: f64) -> f64 {
        between_bands(&self.side_share, hz)
    }

    /// Whether less is left of the side at some frequencies than at others.
    pub(super) fn thins_side(&self) -> bool {
        !self.is_mono() && self.side_share.iter().any(|share| *share != self.side_share[0])
    }

    /// A mono system is mono at every frequency, not up to some.
    fn is_mono(&self) -> bool {
        self.mono_below_hz >= 20_000.0
    }

    /// Where a mono woofer takes over, Hz; none without one.
    fn woofer_hz(&self) -> Option<f64> {
        Some(self.mono_below_hz).filter(|hz| *hz > 0.0 && !self.is_mono())
    }

    /// What the crossover to a mono woofer does to mid and side, as a digital filter at a sample rate (bilinear transform).
    pub(super) fn crossover(&self, hz: f64, sample_rate: f64) -> [Complex<f64>; 2] {
        let warped = |hz: f64| (std::f64::consts::PI * hz / sample_rate).min(std::f64::consts::FRAC_PI_2).tan();
        self.woofer_hz().map_or([Complex::new(1.0, 0.0); 2], |woofer| crossover((warped(hz) / warped(woofer)).min(1e6)))
    }

    /// The limiter as it meets a programme; none where it cannot work.
    pub fn limiter_on(&self, programme: &Spectrum<'_>) -> Option<LimiterOn> {
        self.working_limiter().map(|l| l.on(programme, db_to_power(self.drive.db)))
    }

    /// The limiter, if it can work at this volume.
    pub(super) fn working_limiter(&self) -> Option<&BandLimiter> {
        self.limiter.as_ref().filter(|l| l.works_at(db_to_power(self.drive.db)))
    }

    /// The highest gain at any frequency, dB.
    pub fn highest_db(&self) -> f64 {
        self.response_db.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// A Linkwitz-Riley crossover of fourth order at `ratio` times its frequency: its high-pass is all that is left of the side, its sum, an
/// all-pass, is the mid. Both are in phase.
fn crossover(ratio: f64) -> [Complex<f64>; 2] {
    let s = Complex::new(0.0, ratio);
    let (square, slope) = (s * s, s * std::f64::consts::SQRT_2);
    let below = square + slope + 1.0;
    [(square - slope + 1.0) / below, (square / below).powi(2)]
}

/// A value given per third octave, at any frequency.
fn between_bands(values: &Bands, hz: f64) -> f64 {
    let hz = hz.clamp(THIRD_OCTAVES_HZ[0], THIRD_OCTAVES_HZ[BANDS - 1]);
    let above = THIRD_OCTAVES_HZ.partition_point(|f| *f <= hz).clamp(1, BANDS - 1);
    let (low, high) = (THIRD_OCTAVES_HZ[above - 1], THIRD_OCTAVES_HZ[above]);
    let part = (hz / low).log2() / (high / low).log2();
    values[above - 1] + part * (values[above] - values[above - 1])
}
