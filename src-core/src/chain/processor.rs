//! The chain itself: the stages that the settings ask for, in order.

use super::dynamics::{BandProcessors, BandStatistics};
use super::eq::Equaliser;
use super::limiter::{LimiterStatistics, TruePeakLimiter};
use super::ranges::MOST_DYNAMICS_BANDS;
use super::settings::Settings;
use super::stereo::Width;
use crate::audio::Block;
use crate::dsp::Frame;
use crate::error::{Error, Result};

/// Frames worked on at a time: small enough that all stages find them in the first cache.
const CHUNK: usize = 256;
/// Samples beyond this (the largest `f32`) count as not a number: their squares could overflow in the filters.
const LARGEST_SAMPLE: f64 = f32::MAX as f64;

/// What the chain did, for the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChainStatistics {
    /// Frames with a sample that was not a number, infinite or absurdly large, and was taken as silence so that no
    /// filter could be spoilt for good by it.
    pub bad_frames: u64,
    /// What each band of the dynamics did, lowest first; empty if there are none or nothing to do.
    pub dynamics: Vec<BandStatistics>,
    /// What the limiter did; none if there is no limiter.
    pub limiter: Option<LimiterStatistics>,
}

/// What the chain does at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GainsNow {
    /// Change of gain per band of the dynamics, lowest first, without make-up, dB; 0 for bands that there are not.
    pub dynamics_db: [f32; MOST_DYNAMICS_BANDS],
    /// Gain of the limiter where it was lowest since this was last asked, dB (0 or below).
    pub limiter_db: f32,
}

/// Carries out [`Settings`] on a stream, block by block.
///
/// **Exactness.** Results are bit for bit the same however the stream is cut into blocks. Stages whose settings change nothing
/// are left out, so the default settings return their input bit for bit. A mono stream is treated as left = right.
///
/// **Real time.** Nothing is allocated or locked after [`Chain::new`].
///
/// **Latency.** Only the limiter delays: see [`Chain::latency_frames`]. To get the last frames out, feed that many silent ones;
/// [`render`](super::render()) does so.
///
/// **Bad samples.** If any stage is active, NaN, infinities and values above the `f32` range are taken as silence and counted
/// in [`ChainStatistics::bad_frames`]: a recursive filter would otherwise return NaN for ever.
pub struct Chain {
    channels: usize,
    input_gain: f64,
    equaliser: Option<Equaliser>,
    dynamics: Option<BandProcessors>,
    width: Option<Width>,
    output_gain: f64,
    limiter: Option<TruePeakLimiter>,
    idle: bool,
    position: u64,
    bad_frames: u64,
    chunk: Box<[Frame; CHUNK]>,
}

fn gain_of(db: f64) -> f64 {
    // Exactly 1 at 0 dB, by the definition of powf.
    10f64.powf(db / 20.0)
}

impl Chain {
    /// A chain for streams of one or two channels.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for a setting out of range at this rate, or for more than two channels.
    pub fn new(settings: &Settings, sample_rate: u32, channels: usize) -> Result<Self> {
        let rate = f64::from(sample_rate);
        settings.validate(Some(rate))?;
        if !(1..=2).contains(&channels) {
            return Err(Error::setting(
                "channels",
                format!("settings cannot be applied to {channels} channels"),
                "give a mono or stereo file",
            ));
        }
        let equaliser = Equaliser::new(&settings.eq, rate);
        let dynamics = settings.dynamics.as_ref().and_then(|d| BandProcessors::new(d, rate, CHUNK));
        let width = settings.stereo.as_ref().filter(|_| channels == 2).and_then(|s| Width::new(s, rate));
        let limiter = settings.limiter.as_ref().map(|l| TruePeakLimiter::new(l, rate));
        let (input_gain, output_gain) = (gain_of(settings.input_gain_db), gain_of(settings.output_gain_db));
        let idle =
            equaliser.is_none() && dynamics.is_none() && width.is_none() && limiter.is_none() && input_gain == 1.0 && output_gain == 1.0;
        Ok(Self {
            channels,
            input_gain,
            equaliser,
            dynamics,
            width,
            output_gain,
            limiter,
            idle,
            position: 0,
            bad_frames: 0,
            chunk: Box::new([[0.0; 2]; CHUNK]),
        })
    }

    /// Frames by which the output lags behind the input. Constant for a chain.
    pub fn latency_frames(&self) -> usize {
        self.limiter.as_ref().map_or(0, TruePeakLimiter::latency_frames)
    }

    /// Processes the block in place. The output is [`latency_frames`](Self::latency_frames) behind.
    ///
    /// The block must have the channel count given to [`Chain::new`]; another one is a fault of the caller, which debug builds
    /// assert, and leaves the block as it is.
    pub fn process(&mut self, block: &mut Block<f64>) {
        debug_assert_eq!(block.channel_count(), self.channels, "channel count differs from the chain's");
        if self.idle || block.channel_count() != self.channels {
            return;
        }
        match block.channels_mut() {
            [mono] => self.process_mono(mono),
            [left, right] => self.process_stereo(left, right),
            _ => {}
        }
    }

    fn process_mono(&mut self, mut mono: &mut [f64]) {
        while !mono.is_empty() {
            let (now, later) = mono.split_at_mut(self.frames_to_grid().min(mono.len()));
            for (frame, sample) in self.chunk.iter_mut().zip(&*now) {
                *frame = [*sample, *sample];
            }
            self.process_chunk(now.len());
            for (frame, sample) in self.chunk.iter().zip(now) {
                *sample = frame[0];
            }
            mono = later;
        }
    }

    fn process_stereo(&mut self, mut left: &mut [f64], mut right: &mut [f64]) {
        while !left.is_empty() && !right.is_empty() {
            let frames = self.frames_to_grid().min(left.len()).min(right.len());
            let (left_now, left_later) = left.split_at_mut(frames);
            let (right_now, right_later) = right.split_at_mut(frames);
            for (frame, (l, r)) in self.chunk.iter_mut().zip(left_now.iter().zip(&*right_now)) {
                *frame = [*l, *r];
            }
            self.process_chunk(frames);
            for (frame, (l, r)) in self.chunk.iter().zip(left_now.iter_mut().zip(right_now)) {
                [*l, *r] = *frame;
            }
            (left, right) = (left_later, right_later);
        }
    }

    /// Frames up to the next multiple of [`CHUNK`] of the stream: what happens on that grid does not depend on block size.
    fn frames_to_grid(&self) -> usize {
        CHUNK - (self.position % CHUNK as u64) as usize
    }

    fn process_chunk(&mut self, frames: usize) {
        let Some(chunk) = self.chunk.get_mut(..frames) else { return };
        self.bad_frames += silence_bad_frames(chunk);
        scale(chunk, self.input_gain);
        if let Some(equaliser) = &mut self.equaliser {
            equaliser.process(chunk);
        }
        if let Some(dynamics) = &mut self.dynamics {
            dynamics.process(chunk);
        }
        if let Some(width) = &mut self.width {
            width.process(chunk);
        }
        scale(chunk, self.output_gain);
        if let Some(limiter) = &mut self.limiter {
            limiter.process(chunk);
        }
        self.position += frames as u64;
        if self.position.is_multiple_of(CHUNK as u64) {
            if let Some(stage) = &mut self.equaliser {
                stage.flush_tiny();
            }
            if let Some(stage) = &mut self.dynamics {
                stage.flush_tiny();
            }
            if let Some(stage) = &mut self.width {
                stage.flush_tiny();
            }
        }
    }

    /// Forgets all audio and statistics, as if new.
    pub fn reset(&mut self) {
        if let Some(stage) = &mut self.equaliser {
            stage.reset();
        }
        if let Some(stage) = &mut self.dynamics {
            stage.reset();
        }
        if let Some(stage) = &mut self.width {
            stage.reset();
        }
        if let Some(stage) = &mut self.limiter {
            stage.reset();
        }
        (self.position, self.bad_frames) = (0, 0);
    }

    /// What the chain does just now, for meters; real-time safe.
    pub fn gains_now(&mut self) -> GainsNow {
        let mut gains = GainsNow::default();
        if let Some(dynamics) = &self.dynamics {
            dynamics.changes_now(&mut gains.dynamics_db);
        }
        gains.limiter_db = self.limiter.as_mut().map_or(0.0, |limiter| -limiter.take_most_reduction_db());
        gains
    }

    /// What the chain has done since it was made or reset.
    pub fn statistics(&self) -> ChainStatistics {
        let dynamics = self.dynamics.as_ref().map(BandProcessors::statistics).unwrap_or_default();
        ChainStatistics { bad_frames: self.bad_frames, dynamics, limiter: self.limiter.as_ref().map(TruePeakLimiter::statistics) }
    }
}

fn scale(frames: &mut [Frame], gain: f64) {
    if gain != 1.0 {
        for sample in frames.as_flattened_mut() {
            *sample *= gain;
        }
    }
}

/// Returns how many frames were bad.
fn silence_bad_frames(frames: &mut [Frame]) -> u64 {
    let fine = |sample: f64| sample.abs() <= LARGEST_SAMPLE;
    if frames.as_flattened().iter().fold(true, |all, sample| all & fine(*sample)) {
        return 0;
    }
    let mut bad = 0;
    for frame in frames {
        if !frame.iter().all(|sample| fine(*sample)) {
            *frame = frame.map(|sample| if fine(sample) { sample } else { 0.0 });
            bad += 1;
        }
    }
    bad
}
