//! AIFF (Apple, *Audio Interchange File Format 1.3*, 1989): 16 or 24 bit, big endian, up to 4 GiB.

use super::Spec;
use std::io::{self, Seek, SeekFrom, Write};

/// Bytes before the samples: FORM, COMM (18) and the head of SSND.
const HEAD_BYTES: u64 = 12 + 8 + 18 + 16;

/// Writes AIFF to anything that can seek.
pub(super) struct AiffWriter<W> {
    out: W,
    spec: Spec,
    bytes: Vec<u8>,
    data_len: u64,
}

impl<W: Write + Seek> AiffWriter<W> {
    pub(super) fn new(mut out: W, spec: &Spec) -> io::Result<Self> {
        let planned = spec.frames.unwrap_or(0).saturating_mul(spec.frame_bytes());
        // A length that does not fit is refused before hours of work, not after.
        head(spec, planned)?;
        out.write_all(&head(spec, 0)?)?;
        Ok(Self { out, spec: spec.clone(), bytes: Vec::new(), data_len: 0 })
    }

    pub(super) fn write_integers(&mut self, interleaved: &[i32]) -> io::Result<()> {
        self.bytes.clear();
        if self.spec.depth.bits() == 16 {
            self.bytes.extend(interleaved.iter().flat_map(|&v| (v as i16).to_be_bytes()));
        } else {
            self.bytes.extend(interleaved.iter().flat_map(|&v| {
                let [_, a, b, c] = v.to_be_bytes();
                [a, b, c]
            }));
        }
        self.data_len += self.bytes.len() as u64;
        self.out.write_all(&self.bytes)
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.data_len % 2 == 1 {
            self.out.write_all(&[0])?;
        }
        let head = head(&self.spec, self.data_len)?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The bytes before the samples, for so many bytes of samples.
fn head(spec: &Spec, data_len: u64) -> io::Result<Vec<u8>> {
    let form_len = HEAD_BYTES - 8 + data_len + data_len % 2;
    let form_len = u32::try_from(form_len).map_err(|_| io::Error::new(io::ErrorKind::FileTooLarge, "AIFF holds at most 4 GiB"))?;
    let frames = (data_len / spec.frame_bytes().max(1)) as u32;
    let mut head = Vec::new();
    head.extend_from_slice(b"FORM");
    head.extend_from_slice(&form_len.to_be_bytes());
    head.extend_from_slice(b"AIFFCOMM");
    head.extend_from_slice(&18u32.to_be_bytes());
    head.extend_from_slice(&(spec.channels as u16).to_be_bytes());
    head.extend_from_slice(&frames.to_be_bytes());
    head.extend_from_slice(&spec.depth.bits().to_be_bytes());
    head.extend_from_slice(&extended(spec.sample_rate));
    head.extend_from_slice(b"SSND");
    head.extend_from_slice(&(data_len as u32 + 8).to_be_bytes());
    head.extend_from_slice(&[0; 8]);
    Ok(head)
}

/// An integer as an 80-bit extended float: biased exponent, then the fraction with its leading one.
fn extended(value: u32) -> [u8; 10] {
    /// Bias of the exponent plus the 63 places that the fraction stands above one.
    const EXPONENT: u32 = 16_383 + 63;
    let mut out = [0; 10];
    if value == 0 {
        return out;
    }
    let shift = u64::from(value).leading_zeros();
    let (exponent, fraction) = out.split_at_mut(2);
    exponent.copy_from_slice(&((EXPONENT - shift) as u16).to_be_bytes());
    fraction.copy_from_slice(&(u64::from(value) << shift).to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_rate_is_the_extended_float_of_the_standard() {
        // The value that every 44.1 kHz AIFF carries.
        assert_eq!(extended(44_100), [0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0]);
        assert_eq!(extended(1), [0x3f, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn more_than_four_gibibytes_are_refused() {
        use super::super::{Depth, Dither, Format};
        let spec = Spec { format: Format::Aiff, depth: Depth::Int24, sample_rate: 96_000, channels: 2, dither: Dither::None, frames: None };
        assert_eq!(head(&spec, 1 << 32).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(head(&spec, 600).unwrap().len() as u64, HEAD_BYTES);
    }
}
