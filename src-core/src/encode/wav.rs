//! RIFF WAVE, plain PCM (tag 1) or float (tag 3), and RF64 for more than 4 GiB (EBU Tech 3306 v1.1, 2009).

use super::quantise::Sample;
use super::{Depth, Spec};
use crate::audio::Block;
use std::io::{self, Seek, SeekFrom, Write};

/// Content of a `ds64` chunk, and of the room kept for it: three sizes and the length of an empty table.
const DS64_BYTES: u32 = 28;
/// Bytes of `RIFF`, the sizes, `WAVE`, the format chunk and the head of the data chunk.
const HEAD_BYTES: u64 = 44;

/// Writes WAV to anything that can seek.
pub(super) struct WavWriter<W> {
    out: W,
    head: Head,
    bytes: Vec<u8>,
    data_len: u64,
}

/// What the head of the file says.
#[derive(Clone, Copy)]
struct Head {
    tag: u16,
    bits: u16,
    channels: u16,
    rate: u32,
    /// Whether there is room for a `ds64` chunk: not for files known to be short, which stay as plain as can be.
    room: bool,
}

impl Head {
    fn align(self) -> u16 {
        self.channels * self.bits / 8
    }

    /// The bytes before the samples, for so many bytes of samples; none if they exceed 4 GiB and there is no room to say so.
    fn bytes(self, data_len: u64) -> Option<Vec<u8>> {
        let padded = data_len + data_len % 2;
        let room = if self.room { u64::from(DS64_BYTES) + 8 } else { 0 };
        let riff_len = HEAD_BYTES - 8 + room + padded;
        // All ones mean "see ds64", so that value itself is long already.
        let short = u32::try_from(riff_len).ok().filter(|&n| n != u32::MAX);
        if short.is_none() && !self.room {
            return None;
        }
        let mut head = Vec::new();
        head.extend_from_slice(if short.is_some() { b"RIFF" } else { b"RF64" });
        head.extend_from_slice(&short.unwrap_or(u32::MAX).to_le_bytes());
        head.extend_from_slice(b"WAVE");
        if self.room {
            head.extend_from_slice(if short.is_some() { b"JUNK" } else { b"ds64" });
            head.extend_from_slice(&DS64_BYTES.to_le_bytes());
            let long = if short.is_some() { [0; 3] } else { [riff_len, data_len, data_len / u64::from(self.align().max(1))] };
            head.extend(long.iter().flat_map(|n| n.to_le_bytes()));
            head.extend_from_slice(&0u32.to_le_bytes());
        }
        head.extend_from_slice(b"fmt ");
        head.extend_from_slice(&16u32.to_le_bytes());
        head.extend_from_slice(&self.tag.to_le_bytes());
        head.extend_from_slice(&self.channels.to_le_bytes());
        head.extend_from_slice(&self.rate.to_le_bytes());
        head.extend_from_slice(&(self.rate * u32::from(self.align())).to_le_bytes());
        head.extend_from_slice(&self.align().to_le_bytes());
        head.extend_from_slice(&self.bits.to_le_bytes());
        head.extend_from_slice(b"data");
        head.extend_from_slice(&short.map_or(u32::MAX, |_| data_len as u32).to_le_bytes());
        Some(head)
    }
}

impl<W: Write + Seek> WavWriter<W> {
    pub(super) fn new(mut out: W, spec: &Spec) -> io::Result<Self> {
        let planned = spec.frames.map(|n| n.saturating_mul(spec.frame_bytes()));
        let mut head = Head {
            tag: if spec.depth == Depth::Float32 { 3 } else { 1 },
            bits: spec.depth.bits(),
            channels: spec.channels as u16,
            rate: spec.sample_rate,
            room: false,
        };
        head.room = planned.is_none_or(|len| head.bytes(len).is_none());
        let start = head.bytes(0).unwrap_or_default();
        out.write_all(&start)?;
        Ok(Self { out, head, bytes: Vec::new(), data_len: 0 })
    }

    pub(super) fn write_integers(&mut self, interleaved: &[i32]) -> io::Result<()> {
        self.bytes.clear();
        if self.head.bits == 16 {
            self.bytes.extend(interleaved.iter().flat_map(|&v| (v as i16).to_le_bytes()));
        } else {
            self.bytes.extend(interleaved.iter().flat_map(|&v| {
                let [a, b, c, _] = v.to_le_bytes();
                [a, b, c]
            }));
        }
        self.write_bytes()
    }

    pub(super) fn write_floats<T: Sample>(&mut self, block: &Block<T>) -> io::Result<()> {
        let channels = block.channel_count();
        self.bytes.clear();
        self.bytes.resize(block.frames() * channels * 4, 0);
        for (c, channel) in block.channels().iter().enumerate() {
            for (sample, four) in channel.iter().zip(self.bytes.chunks_exact_mut(4).skip(c).step_by(channels)) {
                four.copy_from_slice(&(sample.to_f64() as f32).to_le_bytes());
            }
        }
        self.write_bytes()
    }

    fn write_bytes(&mut self) -> io::Result<()> {
        self.data_len += self.bytes.len() as u64;
        self.out.write_all(&self.bytes)
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.data_len % 2 == 1 {
            self.out.write_all(&[0])?;
        }
        let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, "the file grew past 4 GiB though it was announced shorter");
        let head = self.head.bytes(self.data_len).ok_or_else(too_long)?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEREO_24: Head = Head { tag: 1, bits: 24, channels: 2, rate: 96_000, room: true };

    #[test]
    fn past_four_gibibytes_the_room_becomes_ds64() {
        let data: u64 = 6 * 1_000_000_000;
        let head = STEREO_24.bytes(data).unwrap();
        assert_eq!(&head[..4], b"RF64");
        assert_eq!(head[4..8], [0xff; 4]);
        assert_eq!(&head[12..16], b"ds64");
        let long = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
        assert_eq!(long(20), head.len() as u64 - 8 + data, "size of the whole file less 8");
        assert_eq!(long(28), data);
        assert_eq!(long(36), 1_000_000_000, "frames");
        assert_eq!(&head[48..52], b"fmt ");
        assert_eq!(head[head.len() - 4..], [0xff; 4]);
        let short = STEREO_24.bytes(600).unwrap();
        assert_eq!((&short[..4], &short[12..16]), (b"RIFF".as_slice(), b"JUNK".as_slice()));
        assert_eq!(short.len(), head.len(), "one takes the place of the other");
    }

    #[test]
    fn the_last_length_that_fits_is_riff_and_the_next_is_not() {
        let plain = Head { room: false, ..STEREO_24 };
        let longest = u64::from(u32::MAX) - 1 - (HEAD_BYTES - 8);
        assert!(plain.bytes(longest).is_some());
        assert!(plain.bytes(longest + 1).is_none());
        assert!(STEREO_24.bytes(longest + 1).unwrap().starts_with(b"RF64"));
    }

    #[test]
    fn a_short_file_is_the_plainest_wav_there_is() {
        let head = Head { room: false, ..STEREO_24 }.bytes(6).unwrap();
        assert_eq!(head.len(), 44);
        assert_eq!(&head[12..16], b"fmt ");
        assert_eq!(head[20..22], [1, 0]);
    }
}
