//! A file as frames of left and right at the rate of the mix, from any place on.

use super::chunk::Decoded;
use super::resampling::{Resampler, common};
use crate::audio::{Block, ChannelRole, Layout, Source};
use crate::decode::{self, FileSource};
use crate::error::Result;
use std::f32::consts::FRAC_1_SQRT_2;
use std::path::Path;

/// Heard by a resampler before the wanted frame, at the new rate.
const RUN_UP_FRAMES: u64 = 2048;

/// Reads a file forward, and goes to where it is asked to.
pub(super) struct Cursor {
    file: FileSource,
    /// Left and right from each channel.
    fold: Vec<[f32; 2]>,
    block: Block<f32>,
    used: usize,
    /// The next frame of the file.
    next: u64,
    /// Length of the file in its own frames, once its end was seen.
    length: Option<u64>,
    rates: [u64; 2],
    resampler: Option<Resampler>,
    /// The next frame at the rate of the mix.
    at: u64,
}

impl Cursor {
    /// Opens a file, to be read at a rate; none is its own.
    ///
    /// # Errors
    /// As [`decode::open`].
    pub fn open(path: &Path, rate_hz: Option<u32>) -> Result<Self> {
        let file = decode::open(path)?;
        let own = file.info().sample_rate;
        let to = rate_hz.unwrap_or(own);
        let resampler = if own == to { None } else { Some(Resampler::new(own, to)?) };
        let fold = fold(&file.info().layout);
        let rates = [u64::from(own), u64::from(to)];
        Ok(Self { file, fold, block: Block::default(), used: 0, next: 0, length: None, rates, resampler, at: u64::MAX })
    }

    /// What is known of the file.
    pub fn info(&self) -> &crate::audio::SourceInfo {
        self.file.info()
    }

    /// Length in frames at the rate of the mix, if the end was seen.
    pub fn length(&self) -> Option<u64> {
        self.length.map(|frames| self.at_new_rate(frames))
    }

    /// Length in frames at the rate of the mix, as the file announces it or as its end was seen.
    pub fn announced(&self) -> Option<u64> {
        self.length().or_else(|| self.info().frames.map(|frames| self.at_new_rate(frames)))
    }

    fn at_new_rate(&self, frames: u64) -> u64 {
        let [own, to] = self.rates;
        if own == to { frames } else { (u128::from(frames) * u128::from(to) / u128::from(own)) as u64 }
    }

    /// Fills `out` with the frames from `at` on (at the rate of the mix); silence before the start and after the end.
    ///
    /// # Errors
    /// As [`Source::read`]; what could not be read is silent.
    pub fn fill(&mut self, at: i64, out: &mut [Decoded]) -> Result<()> {
        out.fill([0.0; 2]);
        let before = usize::try_from(at.min(0).unsigned_abs()).unwrap_or(usize::MAX).min(out.len());
        let Some(out) = out.get_mut(before..).filter(|out| !out.is_empty()) else { return Ok(()) };
        let at = u64::try_from(at).unwrap_or(0);
        if self.length().is_some_and(|length| at >= length) {
            return Ok(());
        }
        if at != self.at {
            self.go_to(at)?;
        }
        self.at = at + out.len() as u64;
        let read = if self.resampler.is_some() { self.resampled(out) } else { self.own(out).map(|_| ()) };
        if read.is_err() {
            // The next read begins anew.
            self.at = u64::MAX;
        }
        read
    }

    fn go_to(&mut self, at: u64) -> Result<()> {
        let Some(resampler) = &mut self.resampler else { return self.seek(at) };
        resampler.reset();
        // Frames of both rates fall together at multiples of these.
        let [own, to] = self.rates;
        let shared = common(own, to);
        let units = at.saturating_sub(RUN_UP_FRAMES) / (to / shared);
        let skip = resampler.delay() as u64 + at - units * (to / shared);
        self.seek(units * (own / shared))?;
        let mut nothing = [[0.0; 2]; 256];
        let mut left = skip;
        while left > 0 {
            let count = left.min(256) as usize;
            self.resampled(&mut nothing[..count])?;
            left -= count as u64;
        }
        Ok(())
    }

    fn seek(&mut self, frame: u64) -> Result<()> {
        self.used = 0;
        self.block.resize(0, 0);
        self.next = self.file.seek(frame)?;
        if self.next < frame {
            self.length = Some(self.next);
        }
        Ok(())
    }

    /// The next frames at the file's own rate; how many there were.
    fn own(&mut self, out: &mut [Decoded]) -> Result<usize> {
        let mut done = 0;
        while let Some(rest) = out.get_mut(done..).filter(|rest| !rest.is_empty()) {
            if self.used == self.block.frames() {
                self.used = 0;
                if self.file.read(&mut self.block)? == 0 {
                    self.length = Some(self.next);
                    break;
                }
            }
            let count = rest.len().min(self.block.frames() - self.used);
            for (channel, gains) in self.block.channels().iter().zip(&self.fold) {
                for (frame, sample) in rest.iter_mut().zip(channel.iter().skip(self.used).take(count)) {
                    for (side, gain) in frame.iter_mut().zip(gains) {
                        // A plain file must come through to the bit: nothing is added to what is not touched.
                        if *gain == 1.0 && *side == 0.0 {
                            *side = *sample;
                        } else if *gain != 0.0 {
                            *side += gain * sample;
                        }
                    }
                }
            }
            self.used += count;
            self.next += count as u64;
            done += count;
        }
        Ok(done)
    }

    fn resampled(&mut self, out: &mut [Decoded]) -> Result<()> {
        for frame in out {
            let wants = self.resampler.as_ref().map_or(0, Resampler::wants);
            let mut given = 0;
            while given < wants {
                let mut some = [[0.0; 2]; 64];
                let count = some.len().min(wants - given);
                if self.length.is_none_or(|length| self.next < length) {
                    self.own(&mut some[..count])?;
                }
                let Some(resampler) = &mut self.resampler else { return Ok(()) };
                some.iter().take(count).for_each(|frame| resampler.give(*frame));
                given += count;
            }
            *frame = self.resampler.as_mut().and_then(Resampler::take).unwrap_or_default();
        }
        Ok(())
    }
}

/// Left and right from each channel: as they are, mono on both, surround folded after Rec. ITU-R BS.775-4, Annex 4, table 2.
fn fold(layout: &Layout) -> Vec<[f32; 2]> {
    let gains = |role: &ChannelRole| match role {
        ChannelRole::Mono => [1.0, 1.0],
        ChannelRole::Left => [1.0, 0.0],
        ChannelRole::Right => [0.0, 1.0],
        ChannelRole::Centre => [FRAC_1_SQRT_2; 2],
        ChannelRole::Lfe => [0.0, 0.0],
        ChannelRole::LeftSurround => [FRAC_1_SQRT_2, 0.0],
        ChannelRole::RightSurround => [0.0, FRAC_1_SQRT_2],
    };
    layout.roles().iter().map(gains).collect()
}
