//! Going to a frame of a file that is read packet by packet.
//!
//! The container leads to a packet some way before the frame; from there it is decoded and thrown away, so that the decoder has heard
//! what it needs (overlapping windows, bit reservoirs, predictors) when the frame comes.

use super::super::gapless::Trim;
use super::super::guard::guarded;
use super::{Packets, append_planes};
use crate::audio::Block;
use crate::error::Result;
use symphonia::core::formats::{SeekMode, SeekTo, Track};
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

/// Decoded and thrown away before the wanted frame, s: Opus converges within 80 ms (RFC 7845, 4.6), the others within a few packets.
const RUN_UP_S: f64 = 0.25;

/// How packets are counted in frames.
#[derive(Clone, Copy, Debug)]
pub(in crate::decode) struct Index {
    /// Time stamp of the first frame that is decoded.
    anchor: i64,
    /// What is left out of the whole stream.
    trim: Trim,
}

/// Frame at which what a packet decodes to begins, by its time stamp.
fn begins(packet: &Packet) -> i64 {
    packet.pts.get().saturating_add(i64::try_from(packet.trim_start.get()).unwrap_or(0))
}

impl Index {
    /// From the first packet that gave frames.
    pub(super) fn new(first: &Packet) -> Self {
        Self { anchor: begins(first), trim: Trim::default() }
    }

    /// With what is known once the file is open; none if its time stamps do not count frames.
    pub(super) fn complete(self, track: &Track, container: &str, sample_rate: u32, trim: Trim) -> Option<Self> {
        let by_frame = track.time_base.is_some_and(|base| base.numer.get() == 1 && base.denom.get() == sample_rate);
        // Found exact by test against reading from the start; other containers are read on instead.
        let known = matches!(container, "flac" | "mp3" | "mp4" | "ogg" | "wav" | "aiff" | "caf");
        (by_frame && known).then_some(Self { trim, ..self })
    }
}

impl Packets {
    /// Leaves out what lies before a frame, reading on from here.
    pub(in crate::decode) fn leave_out(&mut self, frame: u64) {
        self.trim.start = self.trim.start.saturating_add(frame);
        self.trim.keep = self.trim.keep.map(|keep| keep.saturating_sub(frame));
        self.position = frame;
        self.ended |= self.trim.keep == Some(0);
    }

    /// Goes to a frame by the container's index; false if that cannot be done exactly, and then the stream is of no more use.
    pub(in crate::decode) fn seek(&mut self, frame: u64) -> Result<bool> {
        let Some(index) = self.index else { return Ok(false) };
        let wanted = frame.saturating_add(index.trim.start);
        let run_up = (RUN_UP_S * f64::from(self.sample_rate)) as u64;
        // Near the start reading on costs nothing, and is exact whatever a reset leaves in a decoder.
        let Some(from) = wanted.checked_sub(run_up).and_then(|from| i64::try_from(from).ok()) else { return Ok(false) };
        let to = SeekTo::Timestamp { ts: Timestamp::new(index.anchor.saturating_add(from)), track_id: self.track };
        let Self { reader, decoder, path, .. } = self;
        let found = guarded(path, || {
            let found = reader.seek(SeekMode::Accurate, to);
            decoder.reset();
            found
        })?;
        self.pending = Block::default();
        (self.trim, self.position) = (index.trim, frame);
        self.trim.start = 0;
        self.trim.keep = index.trim.keep.map(|keep| keep.saturating_sub(frame));
        self.ended = self.trim.keep == Some(0);
        match found {
            Ok(_) => self.run_up_to(wanted, index),
            // Beyond the end, or damaged: reading on tells which.
            Err(_) => Ok(false),
        }
    }

    /// Decodes packets up to the one that holds the wanted frame (counted before trimming); the rest of it is left pending.
    fn run_up_to(&mut self, wanted: u64, index: Index) -> Result<bool> {
        let mut quiet = Vec::new();
        let mut block = Block::default();
        while let Some(packet) = self.next_packet(&mut quiet)? {
            let Ok(begins) = u64::try_from(begins(&packet).saturating_sub(index.anchor)) else { continue };
            if begins > wanted {
                return Ok(false);
            }
            block.resize(self.channels, 0);
            let (decoder, path) = (&mut self.decoder, &self.path);
            // A decoder that has not heard the packet before may fail on the first one.
            let decoded = guarded(path, || decoder.decode(&packet).map(|audio| append_planes(&audio, &mut block)))?;
            let ends = begins.saturating_add(block.frames() as u64);
            if decoded.is_ok() && ends > wanted {
                self.pending = block;
                self.trim.start = wanted - begins;
                return Ok(true);
            }
        }
        Ok(false)
    }
}
