//! The curves of a system, from which both forms are made.

use super::ears;
use crate::models::system::{BANDS, Bands, Heard, System};
use crate::units::{THIRD_OCTAVES_HZ, db_to_power};

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
    pub(super) limiter: Option<super::limiter::BandLimiter>,
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
            limiter: system.limiter.as_ref().map(super::limiter::BandLimiter::new),
        }
    }

    /// Response of the mid, dB; straight lines in dB over log frequency between the bands, level beyond them.
    pub fn response_db(&self, hz: f64) -> f64 {
        between_bands(&self.response_db, hz)
    }

    /// How much of the side's power is left beside the mid's, 0 to 1.
    pub fn side_share(&self, hz: f64) -> f64 {
        // A mono system is mono at every frequency, not up to some.
        if self.mono_below_hz >= 20_000.0 {
            return 0.0;
        }
        let fold = if self.mono_below_hz > 0.0 {
            // The side is left by a Linkwitz-Riley high-pass of fourth order, as crossovers to a mono woofer are built.
            let x = (hz / self.mono_below_hz).powi(4);
            (x / (1.0 + x)).powi(2)
        } else {
            1.0
        };
        fold * between_bands(&self.side_share, hz)
    }

    /// Holds the third-octave powers of one frame to what small drivers are held to; `drive_db` as in [`super::Drive`].
    pub fn limit(&self, powers: &mut Bands, drive_db: f64) {
        if let Some(limiter) = &self.limiter {
            limiter.limit(powers, db_to_power(drive_db));
        }
    }

    /// The highest gain at any frequency, dB.
    pub fn highest_db(&self) -> f64 {
        self.response_db.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// A value given per third octave, at any frequency.
fn between_bands(values: &Bands, hz: f64) -> f64 {
    let hz = hz.clamp(THIRD_OCTAVES_HZ[0], THIRD_OCTAVES_HZ[BANDS - 1]);
    let above = THIRD_OCTAVES_HZ.partition_point(|f| *f <= hz).clamp(1, BANDS - 1);
    let (low, high) = (THIRD_OCTAVES_HZ[above - 1], THIRD_OCTAVES_HZ[above]);
    let part = (hz / low).log2() / (high / low).log2();
    values[above - 1] + part * (values[above] - values[above - 1])
}
