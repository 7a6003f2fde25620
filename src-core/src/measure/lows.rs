//! The lows in bins four times as narrow as those of the long-term spectrum.
//!
//! Where a playback system falls off steeply, it matters on which side of a band's edge a note lies. In frames of 0.7 s its skirts reach over
//! the edge of the lowest third octaves; in frames of 3 s they do not. The lows are enough for that, so the rate is brought down first.

use super::mid_side::MidSideFrames;
use super::{front_pair, spectrum};
use crate::audio::{Block, Layout};
use crate::dsp::fft::PairSpectrum;
use crate::dsp::half_band::HalfBand;

/// The rate is halved to the one nearest to this, Hz.
const RATE_HZ: f64 = 2_756.25;
/// Length of a frame at that rate: 3 s.
const POINTS: usize = 8192;
/// Bins are kept up to here, Hz: so far halving the rate leaves levels as they are.
const REACH_HZ: f64 = 280.0;
/// Levels are those of the long-term spectrum between these, Hz.
const LEVEL_HZ: [f64; 2] = [40.0, 220.0];

/// Power per bin of the lows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lows {
    /// Distance of the bins, Hz (0.34 at 44.1 kHz); 0 where there is nothing.
    pub width_hz: f64,
    /// Mean power of the mid.
    pub mid: Vec<f32>,
    /// Mean power of the side.
    pub side: Vec<f32>,
}

/// See [`Lows`].
pub(super) struct Meter {
    /// One chain of halvings for each channel that counts.
    halvings: Vec<Vec<HalfBand>>,
    channels: Vec<usize>,
    frames: MidSideFrames,
    state: State,
}

struct State {
    spectrum: PairSpectrum,
    width_hz: f64,
    mid: Vec<f64>,
    side: Vec<f64>,
}

impl Meter {
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let halvings = (f64::from(rate) / RATE_HZ).log2().round().clamp(0.0, 12.0) as usize;
        let (left, right) = front_pair(layout);
        let channels: Vec<usize> = [left].into_iter().chain(right).collect();
        let pair = if channels.len() > 1 { Layout::stereo() } else { Layout::mono() };
        let width_hz = f64::from(rate) / (1usize << halvings) as f64 / POINTS as f64;
        let bins = ((REACH_HZ / width_hz) as usize).min(POINTS / 2 + 1);
        Self {
            halvings: vec![vec![HalfBand::default(); halvings]; channels.len()],
            channels,
            frames: MidSideFrames::new(&pair, POINTS, POINTS / 2),
            state: State { spectrum: PairSpectrum::new(POINTS), width_hz, mid: vec![0.0; bins], side: vec![0.0; bins] },
        }
    }

    pub fn push(&mut self, block: &Block<f32>) {
        let Self { halvings, channels, frames, state } = self;
        let halved = channels.iter().zip(halvings).map(|(channel, chain)| {
            chain.iter_mut().fold(block.channel(*channel).to_vec(), |signal, half| {
                let mut out = Vec::with_capacity(signal.len() / 2 + 1);
                half.process(&signal, &mut out);
                out
            })
        });
        let mut halved: Vec<Vec<f32>> = halved.collect();
        // Channels go through the same steps and so are alike in length.
        let length = halved.iter().map(Vec::len).min().unwrap_or(0);
        halved.iter_mut().for_each(|channel| channel.truncate(length));
        frames.push(&Block::from_channels(halved), |mid, side| state.frame(mid, side));
    }

    /// The result, at the level of the long-term spectrum.
    pub fn finish(self, bins: &spectrum::Bins) -> Lows {
        let Self { frames, mut state, .. } = self;
        frames.finish(|mid, side| state.frame(mid, side));
        let State { width_hz, mid, side, .. } = state;
        let within = |width: f64| (LEVEL_HZ[0] / width) as usize..(LEVEL_HZ[1] / width) as usize;
        let wanted = bins.mid.iter().zip(&bins.side).map(|(mid, side)| f64::from(mid + side));
        let wanted: f64 = wanted.take(within(bins.width_hz).end).skip(within(bins.width_hz).start).sum();
        let here = mid.iter().zip(&side).map(|(mid, side)| mid + side);
        let here: f64 = here.take(within(width_hz).end).skip(within(width_hz).start).sum();
        let scale = wanted / here;
        if !(scale.is_finite() && scale > 0.0) {
            return Lows::default();
        }
        let scaled = |x: &[f64]| x.iter().map(|p| (p * scale) as f32).collect();
        Lows { width_hz, mid: scaled(&mid), side: scaled(&side) }
    }
}

impl State {
    fn frame(&mut self, mid: &[f32], side: &[f32]) {
        for ((power, mid), side) in self.spectrum.powers(mid, side).iter().zip(&mut self.mid).zip(&mut self.side) {
            *mid += f64::from(power.a);
            *side += f64::from(power.b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(rate: u32, hz: f64) -> spectrum::Bins {
        let tone: Vec<f32> =
            (0..rate * 8).map(|n| (0.5 * (std::f64::consts::TAU * hz * f64::from(n) / f64::from(rate)).sin()) as f32).collect();
        let mut meter = spectrum::Meter::new(rate, &Layout::stereo());
        let half: Vec<f32> = tone.iter().map(|x| 0.5 * x).collect();
        for (left, right) in tone.chunks(5000).zip(half.chunks(5000)) {
            meter.push(&Block::from_channels(vec![left.to_vec(), right.to_vec()]));
        }
        meter.finish().bins
    }

    #[test]
    fn a_note_beside_the_edge_of_a_band_stays_on_its_side_at_its_level() {
        for rate in [44_100, 48_000, 96_000] {
            let bins = measured(rate, 138.6);
            let lows = &bins.low;
            let power = |x: &[f32], width: f64, hz: [f64; 2]| -> f64 {
                x[(hz[0] / width) as usize..(hz[1] / width) as usize].iter().map(|p| f64::from(*p)).sum()
            };
            let beyond = power(&lows.mid, lows.width_hz, [140.3, 180.0]) / power(&lows.mid, lows.width_hz, [100.0, 180.0]);
            assert!(beyond < 1e-3, "{rate}: {beyond}");
            let all = power(&bins.mid, bins.width_hz, [100.0, 180.0]);
            assert!((power(&lows.mid, lows.width_hz, [100.0, 180.0]) / all - 1.0).abs() < 0.01);
            // Left at full, right at half: the side has a ninth of the mid's power.
            let side = power(&lows.side, lows.width_hz, [100.0, 180.0]) / power(&lows.mid, lows.width_hz, [100.0, 180.0]);
            assert!((side * 9.0 - 1.0).abs() < 0.01, "{rate}: {side}");
        }
    }
}
