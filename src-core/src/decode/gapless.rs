//! Frames that an encoder added before and after the music, where the container tells and symphonia does not
//! pass it on: edit lists and iTunSMPB in MP4, pre-skip and output gain in Opus.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Largest movie header that is read, bytes. An hour of AAC needs about 1 MB.
const MAX_MOOV: u64 = 64 << 20;
/// Most boxes looked at on one level.
const MAX_BOXES: usize = 4096;
/// Most frames that are taken off the start: more than any encoder's delay, so that a hostile file cannot ask for all.
const MAX_DELAY: u64 = 1 << 16;

/// What to leave out of a decoded stream.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Trim {
    /// Frames to drop at the start.
    pub start: u64,
    /// Frames to keep after that; none for all.
    pub keep: Option<u64>,
}

/// Trim of an MP4 track with an AAC stream: from iTunSMPB if it is there, else the start of the first edit.
/// The end of an edit list is not used, because it is rounded to the movie's own clock.
pub(super) fn of_mp4(file: &mut File, track: u32, rate: u32) -> Trim {
    read_moov(file).and_then(|moov| smpb(&moov).or_else(|| edit(&moov, track, rate))).unwrap_or_default()
}

fn read_moov(file: &mut File) -> Option<Vec<u8>> {
    let mut at = 0u64;
    for _ in 0..MAX_BOXES {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut head = [0u8; 16];
        file.read_exact(&mut head[..8]).ok()?;
        let mut size = u64::from(be32(&head, 0)?);
        let mut header = 8;
        if size == 1 {
            file.read_exact(&mut head[8..]).ok()?;
            size = u64::from(be32(&head, 8)?) << 32 | u64::from(be32(&head, 12)?);
            header = 16;
        }
        if head.get(4..8) == Some(b"moov") && size <= MAX_MOOV {
            let mut moov = Vec::new();
            file.take(size.saturating_sub(header)).read_to_end(&mut moov).ok()?;
            return Some(moov);
        }
        if size < header {
            return None;
        }
        at = at.checked_add(size)?;
    }
    None
}

/// Boxes of one level: kind and content.
fn boxes(data: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let size = be32(rest, 0)? as usize;
        let kind = rest.get(4..8)?;
        let content = rest.get(8..size)?;
        rest = rest.get(size..)?;
        Some((kind, content))
    })
    .take(MAX_BOXES)
}

fn child<'a>(data: &'a [u8], kind: &[u8]) -> Option<&'a [u8]> {
    boxes(data).find(|(k, _)| *k == kind).map(|(_, content)| content)
}

fn be32(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

fn be64(data: &[u8], at: usize) -> Option<u64> {
    data.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_be_bytes)
}

/// Start of the first edit that plays media (ISO/IEC 14496-12, 8.6.6), in frames.
fn edit(moov: &[u8], track: u32, rate: u32) -> Option<Trim> {
    let trak = boxes(moov).filter(|(kind, _)| *kind == b"trak").map(|(_, t)| t).find(|t| {
        let id = child(t, b"tkhd").and_then(|h| be32(h, if h.first() == Some(&1) { 20 } else { 12 }));
        id == Some(track)
    })?;
    let mdhd = child(child(trak, b"mdia")?, b"mdhd")?;
    let timescale = be32(mdhd, if mdhd.first() == Some(&1) { 20 } else { 12 })?;
    let elst = child(child(trak, b"edts")?, b"elst")?;
    let long = elst.first() == Some(&1);
    let size = if long { 20 } else { 12 };
    let entries = (be32(elst, 4)? as usize).min(MAX_BOXES);
    let time = (0..entries).find_map(|i| {
        let at = 8 + i * size;
        let time = if long { be64(elst, at + 8)? as i64 } else { i64::from(be32(elst, at + 4)? as i32) };
        (time >= 0).then_some(time as u64)
    })?;
    let start = time.checked_mul(u64::from(rate))?.checked_div(u64::from(timescale))?;
    (start <= MAX_DELAY).then_some(Trim { start, keep: None })
}

/// iTunSMPB: text of hexadecimal words, of which the second to fourth are delay, padding and frames.
fn smpb(moov: &[u8]) -> Option<Trim> {
    let ilst = child(child(moov, b"udta")?, b"meta")?.get(4..).and_then(|meta| child(meta, b"ilst"))?;
    let item = boxes(ilst)
        .filter(|(kind, _)| *kind == b"----")
        .map(|(_, item)| item)
        .find(|item| child(item, b"name").and_then(|n| n.get(4..)) == Some(b"iTunSMPB"))?;
    let text = std::str::from_utf8(child(item, b"data")?.get(8..)?).ok()?;
    let mut words = text.split_ascii_whitespace().skip(1).map(|w| u64::from_str_radix(w, 16).ok());
    let (start, _padding, keep) = (words.next()??, words.next()??, words.next()??);
    (start <= MAX_DELAY && keep > 0).then_some(Trim { start, keep: Some(keep) })
}

/// Pre-skip and output gain of an Opus identification header (RFC 7845, 5.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OpusHead {
    /// Frames at 48 kHz to drop at the start.
    pub pre_skip: u16,
    /// Factor for every sample.
    pub gain: f32,
}

/// Takes pre-skip out of an Opus header, so that the decoder does not apply it as well, and reads the gain.
pub(super) fn take_opus_head(head: &mut [u8]) -> Option<OpusHead> {
    if head.get(..8)? != b"OpusHead" {
        return None;
    }
    let pre_skip = head.get_mut(10..12)?;
    let frames = u16::from_le_bytes([*pre_skip.first()?, *pre_skip.get(1)?]);
    pre_skip.fill(0);
    let gain = i16::from_le_bytes(head.get(16..18)?.try_into().ok()?);
    Some(OpusHead { pre_skip: frames, gain: 10f32.powf(f32::from(gain) / 256.0 / 20.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let mut out = (content.len() as u32 + 8).to_be_bytes().to_vec();
        out.extend_from_slice(kind);
        out.extend_from_slice(content);
        out
    }

    #[test]
    fn itunes_gapless_tag_gives_delay_and_length() {
        let text = " 00000000 00000840 000001C0 0000000000046E00 00000000";
        let data = boxed(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], text.as_bytes()].concat());
        let name = boxed(b"name", &[&[0; 4], b"iTunSMPB".as_slice()].concat());
        let ilst = boxed(b"ilst", &boxed(b"----", &[name, data].concat()));
        let meta = boxed(b"meta", &[[0; 4].to_vec(), ilst].concat());
        let moov = boxed(b"udta", &meta);
        assert_eq!(smpb(&moov), Some(Trim { start: 2112, keep: Some(0x46E00) }));
    }

    #[test]
    fn boxes_that_lie_about_their_size_end_the_walk() {
        assert_eq!(boxes(&[0, 0, 0, 0, b'm', b'o', b'o', b'v']).count(), 0);
        assert_eq!(boxes(&[0xff, 0xff, 0xff, 0xff, b'm', b'o', b'o', b'v']).count(), 0);
        assert_eq!(boxes(&[0, 0, 0, 8, b'm', b'o', b'o', b'v', 1]).count(), 1);
    }

    #[test]
    fn opus_header_gives_pre_skip_once_and_gain_in_q8_decibels() {
        let mut head = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\xfa\0".to_vec();
        let taken = take_opus_head(&mut head).unwrap();
        assert_eq!(taken.pre_skip, 312);
        assert!((20.0 * taken.gain.log10() + 6.0).abs() < 1e-4);
        assert_eq!(take_opus_head(&mut head).unwrap().pre_skip, 0);
    }
}
