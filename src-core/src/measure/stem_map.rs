//! The map of a stem: finer in frequency and coarser in time than that of a mix, for hearing models.

use super::energy_map::transform_points;
use super::mid_side::MidSideFrames;
use crate::audio::{Block, Layout, TimeRange};
use crate::dsp::band_bins::BandBins;
use crate::dsp::fft::{PairPower, PairSpectrum};
use std::collections::VecDeque;

/// Bands an octave.
const PER_OCTAVE: i32 = 6;
/// Lowest band, in bands from 1 kHz: 31 Hz.
const LOWEST: i32 = -30;
/// Number of bands, up to 17.8 kHz.
pub const BANDS: usize = 56;
/// Spectra whose mean makes one frame: half a second is what loudness takes to be heard as steady, and masking with it.
const SPECTRA: usize = 4;
/// Spectra from one frame to the next: half a frame, so that a beat that falls on the border of two frames is whole in a third.
const STEP: usize = SPECTRA / OVERLAP;
/// Frames in which a moment is seen.
pub const OVERLAP: usize = 2;
/// Length of a spectrum, about, s.
const SPECTRUM_S: f64 = 0.18;

/// Centres of the bands, Hz: sixth octaves, narrower than the ear's filters below 4 kHz and about as wide above.
pub fn centres_hz() -> [f64; BANDS] {
    std::array::from_fn(|i| 1000.0 * 2f64.powf(f64::from(LOWEST + i as i32) / f64::from(PER_OCTAVE)))
}

/// Edges of the bands, Hz.
pub fn edges_hz() -> [(f64, f64); BANDS] {
    let half = 2f64.powf(0.5 / f64::from(PER_OCTAVE));
    centres_hz().map(|hz| (hz / half, hz * half))
}

/// Power of a stem over time and frequency.
///
/// # Definition
/// Hann-windowed spectra of about 186 ms every half of that; the mean of four, 0.46 s from end to end, makes a frame, and a
/// frame begins every 0.19 s. Mid = (L+R)/2, side = (L−R)/2, scaled so that a full-scale sine in both channels has mid power
/// 0.5. Mono has side 0; bands above Nyquist hold 0; the last frame may be the mean of fewer spectra.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StemMap {
    /// Time between frames, s.
    pub hop_s: f64,
    /// Power of the mid, frame after frame, [`BANDS`] each.
    pub mid: Vec<f32>,
    /// Power of the side.
    pub side: Vec<f32>,
    /// Real part of mid × conj(side): left and right power are mid + side ± 2·cross.
    pub cross: Vec<f32>,
}

impl StemMap {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.mid.len() / BANDS
    }

    /// Mid powers of one frame; empty past the end.
    pub fn mid_frame(&self, frame: usize) -> &[f32] {
        self.mid.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }

    /// Side powers of one frame; empty past the end.
    pub fn side_frame(&self, frame: usize) -> &[f32] {
        self.side.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }

    /// Cross powers of one frame; empty past the end.
    pub fn cross_frame(&self, frame: usize) -> &[f32] {
        self.cross.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }

    /// The time that a frame stands for, s: all of it but the faded edges of its first and last window.
    pub fn span_s(frame: usize, hop_s: f64) -> TimeRange {
        let start_s = frame as f64 * hop_s;
        TimeRange::new(start_s, start_s + OVERLAP as f64 * hop_s)
    }
}

/// See [`StemMap`].
pub struct Meter {
    frames: MidSideFrames,
    state: State,
}

struct State {
    spectrum: PairSpectrum,
    bands: Vec<BandBins>,
    /// Spectra of the frame that is being gathered.
    gathered: VecDeque<[PairPower; BANDS]>,
    map: StemMap,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32, layout: &Layout) -> Self {
        let points = transform_points(rate, SPECTRUM_S);
        let hop_s = STEP as f64 * 0.5 * points as f64 / f64::from(rate.max(1));
        let state = State {
            spectrum: PairSpectrum::new(points),
            bands: edges_hz().iter().map(|(low, high)| BandBins::new(rate, points, *low, *high)).collect(),
            gathered: VecDeque::with_capacity(SPECTRA),
            map: StemMap { hop_s, ..StemMap::default() },
        };
        Self { frames: MidSideFrames::new(layout, points, points / 2), state }
    }

    /// Measures the next block.
    pub fn push(&mut self, block: &Block<f32>) {
        let Self { frames, state } = self;
        frames.push(block, |mid, side| state.spectrum(mid, side));
    }

    /// The result.
    pub fn finish(self) -> StemMap {
        let Self { frames, mut state } = self;
        frames.finish(|mid, side| state.spectrum(mid, side));
        // What no whole frame has seen yet.
        if state.gathered.len() > SPECTRA - STEP || state.map.mid.is_empty() {
            state.close();
        }
        state.map
    }
}

impl State {
    fn spectrum(&mut self, mid: &[f32], side: &[f32]) {
        let powers = self.spectrum.powers(mid, side);
        self.gathered.push_back(std::array::from_fn(|b| self.bands.get(b).map_or_else(PairPower::default, |band| band.sum(powers))));
        if self.gathered.len() == SPECTRA {
            self.close();
            self.gathered.drain(..STEP);
        }
    }

    /// Makes a frame of what is gathered.
    fn close(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let scale = 1.0 / self.gathered.len() as f32;
        for band in 0..BANDS {
            let mean = |of: fn(&PairPower) -> f32| scale * self.gathered.iter().map(|s| of(&s[band])).sum::<f32>();
            self.map.mid.push(mean(|p| p.a));
            self.map.side.push(mean(|p| p.b));
            self.map.cross.push(mean(|p| p.cross));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hz: f64, seconds: f64, right: f64) -> Block<f32> {
        let n = (f64::from(rate) * seconds) as usize;
        let wave: Vec<f32> = (0..n).map(|i| (std::f64::consts::TAU * hz * i as f64 / f64::from(rate)).sin() as f32).collect();
        let other = wave.iter().map(|s| s * right as f32).collect();
        Block::from_channels(vec![wave, other])
    }

    #[test]
    fn a_tone_lies_in_its_band_with_its_power() {
        for rate in [44_100, 96_000] {
            let mut meter = Meter::new(rate, &Layout::stereo());
            meter.push(&tone(rate, 1000.0, 2.0, 1.0));
            let map = meter.finish();
            assert!(map.frames() >= 4, "{}", map.frames());
            let at = 30;
            assert!((centres_hz()[at] - 1000.0).abs() < 1e-9);
            let total: f32 = map.mid_frame(1).iter().sum();
            assert!((total - 0.5).abs() < 0.01 && map.mid_frame(1)[at] / total > 0.98, "{total}");
            assert!(map.side_frame(1).iter().sum::<f32>() < 1e-6);
        }
    }

    #[test]
    fn opposite_sides_are_all_side_and_block_size_does_not_matter() {
        let whole = tone(44_100, 200.0, 1.5, -1.0);
        let mut once = Meter::new(44_100, &Layout::stereo());
        once.push(&whole);
        let once = once.finish();
        assert!(once.mid_frame(0).iter().sum::<f32>() < 1e-6 && once.side_frame(0).iter().sum::<f32>() > 0.45);
        let mut many = Meter::new(44_100, &Layout::stereo());
        for start in (0..whole.frames()).step_by(777) {
            let cut = |c: usize| whole.channel(c)[start..(start + 777).min(whole.frames())].to_vec();
            many.push(&Block::from_channels(vec![cut(0), cut(1)]));
        }
        assert_eq!(once, many.finish());
    }

    /// A burst as long as a frame, wherever it falls, keeps nearly all of its power in some frame.
    #[test]
    fn a_beat_on_the_border_of_two_frames_is_whole_in_a_third() {
        let rate = 44_100;
        let strongest = |start: usize| {
            let mut burst = tone(rate, 1000.0, 3.0, 1.0);
            let length = (0.35 * f64::from(rate)) as usize;
            for channel in burst.channels_mut() {
                channel.iter_mut().enumerate().filter(|(i, _)| !(start..start + length).contains(i)).for_each(|(_, s)| *s = 0.0);
            }
            let mut meter = Meter::new(rate, &Layout::stereo());
            meter.push(&burst);
            let map = meter.finish();
            (0..map.frames()).map(|f| map.mid_frame(f).iter().sum::<f32>()).fold(0.0, f32::max)
        };
        let powers: Vec<f32> = (0..12).map(|i| strongest(20_000 + i * 1700)).collect();
        let (least, most) = powers.iter().fold((f32::MAX, 0.0f32), |(a, b), p| (a.min(*p), b.max(*p)));
        assert!(least > 0.75 * most, "{powers:?}");
    }

    #[test]
    fn left_alone_has_mid_and_side_in_step() {
        let mut meter = Meter::new(44_100, &Layout::stereo());
        meter.push(&tone(44_100, 500.0, 1.5, 0.0));
        let map = meter.finish();
        let sum = |of: &[f32]| of.iter().sum::<f32>();
        let (mid, side, cross) = (sum(map.mid_frame(1)), sum(map.side_frame(1)), sum(map.cross_frame(1)));
        assert!((mid + side + 2.0 * cross - 0.5).abs() < 0.01 && (mid + side - 2.0 * cross).abs() < 1e-4, "{mid} {side} {cross}");
    }

    #[test]
    fn nothing_gives_no_frames() {
        assert_eq!(Meter::new(48_000, &Layout::mono()).finish().frames(), 0);
    }
}
