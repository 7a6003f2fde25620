//! FLAC (RFC 9639), frame by frame through flacenc, so that memory does not grow with the length.

use super::Spec;
use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, StreamInfo};
use flacenc::config;
use flacenc::error::{Verified, Verify};
use flacenc::source::{Context, Fill, FrameBuf};
use std::io::{self, Seek, SeekFrom, Write};

/// Frames a block: the usual size, and within the subset that every player reads.
const BLOCK: usize = 4096;

/// Highest rate that flacenc takes, though the format holds up to 1 048 575 Hz.
const FLACENC_MAX_RATE: u32 = 96_000;
/// A rate given to flacenc for higher ones: no frame header can hold it, so the frames say "see STREAMINFO"
/// (RFC 9639, 9.1.2), where the true rate is then written.
const UNSPECIFIED_RATE: u32 = 65_537;

/// Writes FLAC to anything that can seek.
pub(super) struct FlacWriter<W> {
    out: W,
    config: Verified<config::Encoder>,
    info: StreamInfo,
    /// Running MD5 of the samples and their count.
    context: Context,
    frame: FrameBuf,
    /// Samples that do not fill a block yet, interleaved.
    waiting: Vec<i32>,
    channels: usize,
    rate: u32,
    number: usize,
}

fn fault(problem: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("the FLAC encoder failed: {problem}"))
}

impl<W: Write + Seek> FlacWriter<W> {
    pub(super) fn new(out: W, spec: &Spec) -> io::Result<Self> {
        let bits = usize::from(spec.depth.bits());
        let rate = if spec.sample_rate > FLACENC_MAX_RATE { UNSPECIFIED_RATE } else { spec.sample_rate };
        let config = config::Encoder::default().into_verified().map_err(|(_, e)| fault(e))?;
        let mut writer = Self {
            out,
            config,
            info: StreamInfo::new(rate as usize, spec.channels, bits).map_err(fault)?,
            context: Context::new(bits, spec.channels),
            frame: FrameBuf::with_size(spec.channels, BLOCK).map_err(fault)?,
            waiting: Vec::new(),
            channels: spec.channels,
            rate: spec.sample_rate,
            number: 0,
        };
        writer.write_head()?;
        Ok(writer)
    }

    pub(super) fn write_integers(&mut self, interleaved: &[i32]) -> io::Result<()> {
        self.waiting.extend_from_slice(interleaved);
        let whole = BLOCK * self.channels;
        let waiting = std::mem::take(&mut self.waiting);
        let mut blocks = waiting.chunks_exact(whole);
        for block in &mut blocks {
            self.write_frame(block)?;
        }
        self.waiting = blocks.remainder().to_vec();
        Ok(())
    }

    fn write_frame(&mut self, interleaved: &[i32]) -> io::Result<()> {
        self.frame.fill_interleaved(interleaved).map_err(fault)?;
        self.context.fill_interleaved(interleaved).map_err(fault)?;
        let frame = flacenc::encode_fixed_size_frame(&self.config, &self.frame, self.number, &self.info).map_err(fault)?;
        self.info.update_frame_info(&frame);
        self.number += 1;
        let mut sink = ByteSink::new();
        frame.write(&mut sink).map_err(fault)?;
        self.out.write_all(sink.as_slice())
    }

    /// The stream marker and STREAMINFO as the only metadata block.
    fn write_head(&mut self) -> io::Result<()> {
        // Of a stream with one block size the smallest is that size: the last block, which may be shorter,
        // does not count (RFC 9639, 8.2). flacenc counts it, and some players then refuse the file.
        self.info.set_block_sizes(BLOCK, BLOCK).map_err(fault)?;
        let mut sink = ByteSink::new();
        self.info.write(&mut sink).map_err(fault)?;
        let mut body = sink.into_inner();
        // The 20 bits of the rate, then the 4 that the channel and bit counts begin with.
        if let Some([a, b, c]) = body.get_mut(10..13) {
            *a = (self.rate >> 12) as u8;
            *b = (self.rate >> 4) as u8;
            *c = (self.rate << 4) as u8 | (*c & 0x0f);
        }
        self.out.write_all(b"fLaC\x80")?;
        self.out.write_all(&(body.len() as u32).to_be_bytes()[1..])?;
        self.out.write_all(&body)
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        let last = std::mem::take(&mut self.waiting);
        if !last.is_empty() {
            self.write_frame(&last)?;
        }
        self.info.set_total_samples(self.context.total_samples());
        self.info.set_md5_digest(&self.context.md5_digest());
        self.out.seek(SeekFrom::Start(0))?;
        self.write_head()?;
        self.out.flush()?;
        Ok(self.out)
    }
}
