//! RIFF WAVE, plain PCM (tag 1) or float (tag 3).

use super::{Depth, Sample, Spec};
use crate::audio::Block;
use std::io::{self, Seek, SeekFrom, Write};

/// Writes WAV to anything that can seek.
pub(super) struct WavWriter<W> {
    out: W,
    depth: Depth,
    bytes: Vec<u8>,
    data_len: u64,
    clamped: u64,
}

impl<W: Write + Seek> WavWriter<W> {
    pub(super) fn new(mut out: W, spec: &Spec) -> io::Result<Self> {
        let (tag, bits): (u16, u16) = match spec.depth {
            Depth::Int16 => (1, 16),
            Depth::Int24 => (1, 24),
            Depth::Float32 => (3, 32),
        };
        let channels = spec.channels as u16;
        let align = channels * bits / 8;
        out.write_all(b"RIFF\0\0\0\0WAVEfmt ")?;
        out.write_all(&16u32.to_le_bytes())?;
        out.write_all(&tag.to_le_bytes())?;
        out.write_all(&channels.to_le_bytes())?;
        out.write_all(&spec.sample_rate.to_le_bytes())?;
        out.write_all(&(spec.sample_rate * u32::from(align)).to_le_bytes())?;
        out.write_all(&align.to_le_bytes())?;
        out.write_all(&bits.to_le_bytes())?;
        out.write_all(b"data\0\0\0\0")?;
        Ok(Self { out, depth: spec.depth, bytes: Vec::new(), data_len: 0, clamped: 0 })
    }

    pub(super) fn clamped(&self) -> u64 {
        self.clamped
    }

    pub(super) fn write<T: Sample>(&mut self, block: &Block<T>) -> io::Result<()> {
        self.bytes.clear();
        for frame in 0..block.frames() {
            for channel in block.channels() {
                let sample = channel.get(frame).copied().unwrap_or_default().to_f64();
                let full = match self.depth {
                    Depth::Float32 => {
                        self.bytes.extend_from_slice(&(sample as f32).to_le_bytes());
                        continue;
                    }
                    Depth::Int16 => 32_768.0,
                    Depth::Int24 => 8_388_608.0,
                };
                let rounded = (sample * full).round();
                if !(-full..full).contains(&rounded) {
                    self.clamped += 1;
                }
                let value = rounded.clamp(-full, full - 1.0) as i32;
                let width = if self.depth == Depth::Int16 { 2 } else { 3 };
                self.bytes.extend(value.to_le_bytes().iter().take(width));
            }
        }
        self.data_len += self.bytes.len() as u64;
        self.out.write_all(&self.bytes)
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.data_len % 2 == 1 {
            self.out.write_all(&[0])?;
        }
        let data = self.data_len as u32;
        self.out.seek(SeekFrom::Start(4))?;
        self.out.write_all(&(data + data % 2 + 36).to_le_bytes())?;
        self.out.seek(SeekFrom::Start(40))?;
        self.out.write_all(&data.to_le_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}
