//! The model on band spectra: power gains for mid and side per third octave.

use super::Model;
use crate::dsp::band_bins::BandBins;
use crate::models::system::{BANDS, Bands};
use crate::units::{THIRD_OCTAVES_HZ, db_to_power};

/// Points per band at which a gain is averaged where a programme says nothing.
const POINTS: i32 = 8;

/// The long-term power spectrum of a programme: where in a band its energy lies.
#[derive(Clone, Copy, Debug)]
pub struct Spectrum<'a> {
    /// All of it.
    pub all: Bins<'a>,
    /// The lows in narrower bins, as far as they reach.
    pub low: Bins<'a>,
}

/// Power in bins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bins<'a> {
    /// They are this far apart, from 0 Hz, Hz; 0 where there is nothing.
    pub width_hz: f64,
    /// Power of the mid per bin.
    pub mid: &'a [f32],
    /// Power of the side per bin.
    pub side: &'a [f32],
}

/// Neighbouring bins as one.
pub(super) struct Line {
    pub hz: f64,
    pub mid: f64,
    pub side: f64,
}

impl<'a> Spectrum<'a> {
    /// The energy of a third octave at some two dozen frequencies, which tell a slope; spread evenly where there is none.
    pub(super) fn lines(&self, third: usize) -> Vec<Line> {
        let hz = THIRD_OCTAVES_HZ.get(third).copied().unwrap_or(0.0);
        let even = |i: i32| Line { hz: hz * 2f64.powf((f64::from(i) + 0.5) / f64::from(POINTS) / 3.0 - 1.0 / 6.0), mid: 1.0, side: 1.0 };
        let upper = hz * 2f64.powf(1.0 / 6.0);
        let lines = if upper < self.low.reach_hz() { self.low.lines(hz) } else { self.all.lines(hz) };
        if lines.iter().any(|line| line.mid + line.side > 0.0) { lines } else { (0..POINTS).map(even).collect() }
    }

    /// Without the lows in narrower bins.
    pub fn of_bins(all: Bins<'a>) -> Self {
        Self { all, low: Bins::default() }
    }
}

impl Bins<'_> {
    fn reach_hz(&self) -> f64 {
        self.width_hz * self.mid.len().min(self.side.len()) as f64
    }

    fn lines(&self, hz: f64) -> Vec<Line> {
        const LINES: usize = 24;
        if self.width_hz <= 0.0 {
            return Vec::new();
        }
        let sixth = 2f64.powf(1.0 / 6.0);
        let bins = BandBins::of_width(self.width_hz, self.mid.len().min(self.side.len()), hz / sixth, hz * sixth);
        let step = bins.shares.len().div_ceil(LINES).max(1);
        let line = |(group, shares): (usize, &[f32])| {
            let start = bins.first + group * step;
            let power = |x: &[f32]| {
                let inside = x.get(start..).unwrap_or(&[]).iter();
                inside.zip(shares).map(|(p, share)| f64::from(*p) * f64::from(*share)).sum::<f64>()
            };
            let middle = start as f64 + 0.5 * (shares.len() - 1) as f64;
            Line { hz: middle * self.width_hz, mid: power(self.mid), side: power(self.side) }
        };
        bins.shares.chunks(step).enumerate().map(line).collect()
    }
}

/// What a system does to the bands of a programme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandGains {
    /// Power gain of the mid.
    pub mid: Bands,
    /// Power gain of the side.
    pub side: Bands,
    /// Difference of the power gains of left and right over twice their mean: weighs the cross power. Mid and side stay in phase.
    pub tilt: f64,
}

impl BandGains {
    /// Gains for a programme whose energy is spread evenly over each band.
    pub fn even(model: &Model) -> Self {
        Self::of_programme(model, &Spectrum::of_bins(Bins::default()))
    }

    /// Gains for a programme: where a response is steep it matters where in the band the music lies.
    pub fn of_programme(model: &Model, programme: &Spectrum<'_>) -> Self {
        let mut gains = Self { mid: [0.0; BANDS], side: [0.0; BANDS], tilt: tilt(model) };
        let bands = gains.mid.iter_mut().zip(&mut gains.side).enumerate();
        for (third, (mid, side)) in bands {
            let lines = programme.lines(third);
            let responses: Vec<[f64; 2]> = lines.iter().map(|line| response(model, line.hz)).collect();
            let mean = |channel: usize, power: &dyn Fn(&Line) -> f64| {
                let whole: f64 = lines.iter().map(power).sum();
                let passed: f64 = lines.iter().zip(&responses).map(|(line, r)| power(line) * r[channel]).sum();
                // A channel that holds nothing has the gain of an even one.
                if whole > 0.0 { passed / whole } else { responses.iter().map(|r| r[channel]).sum::<f64>() / responses.len().max(1) as f64 }
            };
            *mid = mean(0, &|line| line.mid);
            *side = mean(1, &|line| line.side);
        }
        gains
    }

    /// Power at the listener of a band's mid, side and cross power: mean over both ears.
    pub fn heard(&self, band: usize, mid: f64, side: f64, cross: f64) -> f64 {
        let (Some(m), Some(s)) = (self.mid.get(band), self.side.get(band)) else { return 0.0 };
        // The mean of two powers; rounding in the cross power must not make it negative.
        (m * mid + s * side + self.tilt * cross * (m * s).sqrt()).max(0.0)
    }
}

/// Power gains of mid and side.
fn response(model: &Model, hz: f64) -> [f64; 2] {
    let mid = db_to_power(model.response_db(hz));
    [mid, mid * model.side_share(hz)]
}

/// (gL² − gR²)/2 · 2: left and right power are mid + side ± 2 cross.
fn tilt(model: &Model) -> f64 {
    model.balance[0] - model.balance[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::system::find;

    #[test]
    fn a_mono_system_hears_no_side_and_headphones_hear_all_of_it() {
        let gains = |name: &str| BandGains::even(&Model::new(&find(name).unwrap().unwrap()));
        assert!(gains("kitchen_radio").side.iter().all(|g| *g == 0.0));
        let headphones = gains("studio_headphones");
        for band in 0..BANDS {
            assert!((headphones.mid[band] - headphones.side[band]).abs() < 1e-12);
        }
        let club = gains("club_pa");
        assert!(club.side[5] < 0.02 * club.mid[5], "the sub of a club is mono");
    }

    #[test]
    fn a_low_note_in_a_steep_band_is_lost_more_than_a_high_one() {
        let phone = Model::new(&find("smartphone").unwrap().unwrap());
        let at = |hz: f64| {
            let mut mid = vec![0.0f32; 4000];
            mid[(hz / 1.0) as usize] = 1.0;
            BandGains::of_programme(&phone, &Spectrum::of_bins(Bins { width_hz: 1.0, mid: &mid, side: &vec![0.0; 4000] })).mid[9]
        };
        let even = BandGains::even(&phone).mid[9];
        assert!(at(146.0) < 0.7 * even && at(174.0) > 1.3 * even, "{} {even} {}", at(146.0), at(174.0));
    }
}
