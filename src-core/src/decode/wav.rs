//! RIFF WAVE, RF64 and BW64 with plain integer or float samples.
//!
//! References: Microsoft, *Multimedia Programming Interface and Data Specifications 1.0* (1991), and
//! WAVEFORMATEXTENSIBLE; EBU Tech 3306 v1.1 (2009) for RF64; Rec. ITU-R BS.2088-1 (2019) for BW64.

use super::{layouts, malformed, name, unsupported, within_limits};
use crate::audio::{Block, SourceInfo};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Most chunks looked at before the samples.
const MAX_CHUNKS: usize = 4096;
/// Bytes of a format chunk that are read: WAVEFORMATEXTENSIBLE has 40.
const FMT_BYTES: u64 = 40;
/// Bytes of a `ds64` chunk that are read: sizes of the file, the samples, and the frame count.
const DS64_BYTES: u64 = 24;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;

/// What the head of a file turned out to be.
pub(super) enum Found {
    /// Plain samples, read by [`WavReader`].
    Plain(Box<PcmLayout>, Box<SourceInfo>),
    /// A WAV with coded samples (ADPCM, A-law …), with its format tag.
    Coded(u16),
    /// No WAV.
    Other,
}

/// Where the samples lie and how they are written.
pub(super) struct PcmLayout {
    encoding: Encoding,
    /// Bytes of one frame of all channels.
    frame_bytes: usize,
    channels: usize,
    start: u64,
    /// Bytes of whole frames that are there.
    len: u64,
}

/// How one sample is written, little endian.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Encoding {
    U8,
    S16,
    S24,
    S32,
    F32,
    F64,
}

impl Encoding {
    fn codec(self) -> &'static str {
        match self {
            Self::U8 => "pcm_u8",
            Self::S16 => "pcm_s16le",
            Self::S24 => "pcm_s24le",
            Self::S32 => "pcm_s32le",
            Self::F32 => "pcm_f32le",
            Self::F64 => "pcm_f64le",
        }
    }
}

#[derive(Clone, Copy)]
struct Fmt {
    /// Tag as written.
    tag: u16,
    /// Tag that says what the samples are: the sub-format of an extensible header.
    kind: u16,
    channels: u16,
    rate: u32,
    align: u16,
    /// Bits that carry the sample; the rest of its bytes is zero.
    bits: u16,
    mask: u32,
}

/// Reads the head of a file that may be a WAV.
pub(super) fn open(path: &Path, file: &mut File, steps: &mut Vec<String>) -> Result<Found> {
    let cannot = |e| Error::io(path, "cannot read", e);
    let file_len = file.metadata().map_err(cannot)?.len();
    let mut head = [0u8; 12];
    let got = read_up_to(file, &mut head).map_err(cannot)?;
    let long = matches!(&head[..4], b"RF64" | b"BW64");
    if got < 12 || !(long || &head[..4] == b"RIFF") || &head[8..] != b"WAVE" {
        file.rewind().map_err(cannot)?;
        return Ok(Found::Other);
    }
    let (mut fmt, mut long_len) = (None, None);
    let mut at = 12u64;
    for _ in 0..MAX_CHUNKS {
        let mut chunk = [0u8; 8];
        file.seek(SeekFrom::Start(at)).map_err(cannot)?;
        if read_up_to(file, &mut chunk).map_err(cannot)? < 8 {
            return Err(malformed(path, "the file ends before its samples begin"));
        }
        let size = le32(&chunk, 4).unwrap_or(0);
        at += 8;
        match &chunk[..4] {
            b"ds64" => {
                let body = read_some(file, u64::from(size).min(DS64_BYTES)).map_err(cannot)?;
                long_len = body.get(8..16).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
            }
            b"fmt " => {
                let body = read_some(file, u64::from(size).min(FMT_BYTES)).map_err(cannot)?;
                fmt = Some(parse_fmt(&body).ok_or_else(|| malformed(path, "the WAV format chunk is cut short"))?);
            }
            b"data" => {
                let Some(fmt) = fmt else {
                    return Err(malformed(path, "the WAV has samples but no format chunk before them"));
                };
                let announced = match size {
                    u32::MAX => long_len.filter(|_| long),
                    0 => None,
                    size => Some(u64::from(size)),
                };
                return samples(path, file, &fmt, at, announced, file_len, &head[..4], steps);
            }
            _ => {}
        }
        at += u64::from(size) + u64::from(size % 2);
    }
    Err(malformed(path, "the WAV has too many chunks before its samples"))
}

/// Decides what the samples are and how many there are.
#[allow(clippy::too_many_arguments, reason = "one call, each argument a fact of the head")]
fn samples(
    path: &Path,
    file: &mut File,
    fmt: &Fmt,
    start: u64,
    announced: Option<u64>,
    file_len: u64,
    magic: &[u8],
    steps: &mut Vec<String>,
) -> Result<Found> {
    if !matches!(fmt.kind, PCM | FLOAT) {
        file.rewind().map_err(|e| Error::io(path, "cannot read", e))?;
        return Ok(Found::Coded(fmt.tag));
    }
    let channels = usize::from(fmt.channels);
    within_limits(path, fmt.rate, channels)?;
    let Some(encoding) = encoding(fmt) else {
        return Err(malformed(
            path,
            format!("{}-bit samples in frames of {} bytes for {channels} channels fit no known layout", fmt.bits, fmt.align),
        ));
    };
    let Some(layout) = layouts::of_wav_mask(fmt.mask, channels) else {
        return Err(unsupported(path, format!("the channel mask {:#x} for {channels} channels is not handled", fmt.mask)));
    };
    let frame_bytes = usize::from(fmt.align);
    let there = file_len.saturating_sub(start);
    let align = u64::from(fmt.align);
    if announced.is_none() && there > 0 {
        steps.push("the header gives no length; the file is read to its end".into());
    }
    let usable = announced.unwrap_or(there).min(there);
    if announced.is_none_or(|n| n <= there) && !usable.is_multiple_of(align) {
        steps.push(format!("the last {} bytes make no whole frame and are left out", usable % align));
    }
    let frames = announced.map_or(there / align, |n| n / align);
    if usable < align {
        return Err(malformed(path, "the file holds no audio"));
    }
    let info = SourceInfo {
        name: name(path),
        container: if magic == b"RIFF" {
            "wav"
        } else if magic == b"RF64" {
            "rf64"
        } else {
            "bw64"
        }
        .into(),
        codec: encoding.codec().into(),
        lossy: false,
        sample_rate: fmt.rate,
        layout,
        bits_per_sample: Some(u32::from(fmt.bits)),
        float: fmt.kind == FLOAT,
        wav_format_tag: Some(fmt.tag),
        frames: Some(frames),
    };
    file.seek(SeekFrom::Start(start)).map_err(|e| Error::io(path, "cannot read", e))?;
    let layout = PcmLayout { encoding, frame_bytes, channels, start, len: usable - usable % align };
    Ok(Found::Plain(Box::new(layout), Box::new(info)))
}

/// Width of a sample from the frame size, which is what the samples follow even where the bit count says less.
fn encoding(fmt: &Fmt) -> Option<Encoding> {
    let channels = usize::from(fmt.channels);
    let width = usize::from(fmt.align) / channels;
    if width * channels != usize::from(fmt.align) || fmt.bits == 0 || usize::from(fmt.bits) > 8 * width {
        return None;
    }
    Some(match (fmt.kind, width) {
        (PCM, 1) => Encoding::U8,
        (PCM, 2) => Encoding::S16,
        (PCM, 3) => Encoding::S24,
        (PCM, 4) => Encoding::S32,
        (FLOAT, 4) => Encoding::F32,
        (FLOAT, 8) => Encoding::F64,
        _ => return None,
    })
}

fn parse_fmt(body: &[u8]) -> Option<Fmt> {
    let tag = le16(body, 0)?;
    let mut fmt =
        Fmt { tag, kind: tag, channels: le16(body, 2)?, rate: le32(body, 4)?, align: le16(body, 12)?, bits: le16(body, 14)?, mask: 0 };
    if tag == EXTENSIBLE {
        let valid = le16(body, 18)?;
        if valid != 0 {
            fmt.bits = valid;
        }
        fmt.mask = le32(body, 20)?;
        fmt.kind = le16(body, 24)?;
    }
    Some(fmt)
}

fn le16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn le32(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn read_some(file: &mut File, len: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    file.take(len).read_to_end(&mut body)?;
    Ok(body)
}

/// Fills `buffer` as far as the file goes; returns the bytes read.
fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..).filter(|r| !r.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(got)
}

/// Yields plain samples.
pub(super) struct WavReader {
    file: File,
    layout: PcmLayout,
    at: u64,
    bytes: Vec<u8>,
}

impl WavReader {
    /// Continues a file that stands at its first sample.
    pub(super) fn new(file: File, layout: PcmLayout) -> Self {
        Self { file, at: layout.start, layout, bytes: Vec::new() }
    }

    /// Goes to a frame, or to the end if there are fewer; the frame it stands at.
    pub(super) fn seek(&mut self, frame: u64) -> io::Result<u64> {
        let bytes = frame.saturating_mul(self.layout.frame_bytes as u64).min(self.layout.len);
        self.at = self.layout.start + bytes;
        self.file.seek(SeekFrom::Start(self.at))?;
        Ok(bytes / self.layout.frame_bytes as u64)
    }

    /// Appends up to `frames` frames to `block`, none at the end.
    pub(super) fn append(&mut self, block: &mut Block<f32>, frames: usize) -> io::Result<()> {
        let left = (self.layout.start + self.layout.len).saturating_sub(self.at);
        let want = left.min((frames * self.layout.frame_bytes) as u64) as usize;
        self.bytes.resize(want, 0);
        let got = read_up_to(&mut self.file, &mut self.bytes)?;
        // A file that shrinks while it is read ends early; the caller notes the missing frames.
        self.bytes.truncate(got - got % self.layout.frame_bytes);
        self.at += self.bytes.len() as u64;
        match self.layout.encoding {
            Encoding::U8 => self.spread(block, |[b]: [u8; 1]| (f32::from(b) - 128.0) / 128.0),
            Encoding::S16 => self.spread(block, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0),
            Encoding::S24 => self.spread(block, |[a, b, c]| {
                // Shifted to the top of 32 bits, so that the sign comes by itself; exact in f32.
                i32::from_le_bytes([0, a, b, c]) as f32 / 2_147_483_648.0
            }),
            Encoding::S32 => self.spread(block, |b| i32::from_le_bytes(b) as f32 / 2_147_483_648.0),
            Encoding::F32 => self.spread(block, f32::from_le_bytes),
            Encoding::F64 => self.spread(block, |b| f64::from_le_bytes(b) as f32),
        }
        Ok(())
    }

    fn spread<const W: usize>(&self, block: &mut Block<f32>, convert: impl Fn([u8; W]) -> f32) {
        for (c, channel) in block.channels_mut().iter_mut().enumerate().take(self.layout.channels) {
            let frames = self.bytes.chunks_exact(self.layout.frame_bytes);
            channel.extend(frames.map(|frame| {
                let sample = frame.get(c * W..).and_then(|s| s.first_chunk::<W>());
                sample.map_or(0.0, |s| convert(*s))
            }));
        }
    }
}
