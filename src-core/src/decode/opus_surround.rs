//! Opus with three to six channels: several mono and stereo streams in one.
//!
//! A packet holds one packet of each stream, all but the last in a form that tells its own length (RFC 6716, appendix B). They are
//! taken apart here, each stream is decoded by libopus, and the channels are put in the order of speaker positions (RFC 7845, 5.1.1).

use symphonia::core::audio::{Audio, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef, layouts};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult};
use symphonia::core::codecs::registry::RegisterableAudioDecoder;
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::Duration;
use symphonia_adapter_libopus::OpusDecoder;

/// Most frames of a packet: 120 ms at 48 kHz.
const MOST_FRAMES: usize = 5760;
/// Opus always decodes to this rate, Hz.
const RATE: u32 = 48_000;

/// Decodes the streams of surround Opus.
pub(super) struct OpusSurround {
    params: AudioCodecParameters,
    streams: Vec<Box<dyn AudioDecoder>>,
    /// For each channel in the order of positions its stream and channel there; none for a silent one.
    sources: Vec<Option<(usize, usize)>>,
    buffer: AudioBuffer<f32>,
}

/// What the identification header says about streams (RFC 7845, 5.1.1).
#[derive(Debug, PartialEq)]
struct Streams {
    count: usize,
    coupled: usize,
    /// Per channel in the order of the file.
    mapping: Vec<u8>,
}

impl Streams {
    /// From a header with channel mapping family 1; none if it says anything else or contradicts itself.
    fn of(head: &[u8]) -> Option<Self> {
        let channels = usize::from(*head.get(9)?);
        let (family, count, coupled) = (*head.get(18)?, usize::from(*head.get(19)?), usize::from(*head.get(20)?));
        let mapping = head.get(21..21 + channels)?.to_vec();
        let sound = family == 1 && (3..=6).contains(&channels) && (1..=channels).contains(&count) && coupled <= count;
        let known = mapping.iter().all(|m| *m == u8::MAX || usize::from(*m) < count + coupled);
        (head.starts_with(b"OpusHead") && sound && known).then_some(Self { count, coupled, mapping })
    }

    /// Stream and channel of each output channel. Files hold left, centre, right, …, low frequencies last; positions begin with left,
    /// right, centre, low frequencies.
    fn sources(&self) -> Vec<Option<(usize, usize)>> {
        let order: &[usize] = match self.mapping.len() {
            3 => &[0, 2, 1],
            5 => &[0, 2, 1, 3, 4],
            6 => &[0, 2, 1, 5, 3, 4],
            _ => &[0, 1, 2, 3],
        };
        let source = |m: u8| {
            let index = usize::from(m);
            let pairs = 2 * self.coupled;
            (m != u8::MAX).then(|| if index < pairs { (index / 2, index % 2) } else { (index - self.coupled, 0) })
        };
        order.iter().map(|channel| self.mapping.get(*channel).copied().and_then(source)).collect()
    }
}

impl OpusSurround {
    /// A decoder for the streams that the parameters tell of.
    pub(super) fn new(params: &AudioCodecParameters) -> Result<Self> {
        let streams = params.extra_data.as_deref().and_then(Streams::of);
        let streams = streams.ok_or(Error::Unsupported("opus: channel mapping"))?;
        let channels = params.channels.clone().filter(|c| c.count() == streams.mapping.len());
        let channels = channels.ok_or(Error::DecodeError("opus: channel count"))?;
        let decoder = |index: usize| {
            let layout = if index < streams.coupled { layouts::CHANNEL_LAYOUT_STEREO } else { layouts::CHANNEL_LAYOUT_MONO };
            let mut own = AudioCodecParameters::new();
            own.for_codec(CODEC_ID_OPUS).with_sample_rate(RATE).with_channels(layout);
            OpusDecoder::try_registry_new(&own, &AudioDecoderOptions::default())
        };
        Ok(Self {
            params: params.clone(),
            streams: (0..streams.count).map(decoder).collect::<Result<_>>()?,
            sources: streams.sources(),
            buffer: buffer(channels),
        })
    }

    fn decode_streams(&mut self, packet: &PacketRef<'_>) -> Result<()> {
        let mut planes: Vec<Vec<Vec<f32>>> = Vec::with_capacity(self.streams.len());
        let mut rest = packet.data;
        let last = self.streams.len().saturating_sub(1);
        for (index, stream) in self.streams.iter_mut().enumerate() {
            let own = if index == last {
                rest.to_vec()
            } else {
                let (own, after) = undelimited(rest).ok_or(Error::DecodeError("opus: streams of a packet"))?;
                rest = after;
                own
            };
            match stream.decode_ref(&PacketRef::new(packet.track_id, packet.pts, packet.dur, &own))? {
                GenericAudioBufferRef::F32(decoded) => planes.push(decoded.iter_planes().map(<[f32]>::to_vec).collect()),
                _ => return Err(Error::DecodeError("opus: sample format")),
            }
        }
        let frames = planes.first().and_then(|p| p.first()).map_or(0, Vec::len).min(MOST_FRAMES);
        self.buffer.render_silence(Some(frames));
        for (plane, source) in self.buffer.iter_planes_mut().zip(&self.sources) {
            let Some((stream, channel)) = *source else { continue };
            let samples = planes.get(stream).and_then(|p| p.get(channel)).filter(|s| s.len() == plane.len());
            plane.copy_from_slice(samples.ok_or(Error::DecodeError("opus: streams of different length"))?);
        }
        let trim = |duration: Duration| usize::try_from(duration.get()).unwrap_or(usize::MAX);
        self.buffer.trim(trim(packet.trim_start), trim(packet.trim_end));
        Ok(())
    }
}

impl AudioDecoder for OpusSurround {
    fn reset(&mut self) {
        self.streams.iter_mut().for_each(|s| s.reset());
    }

    fn codec_info(&self) -> &CodecInfo {
        static INFO: CodecInfo = CodecInfo { short_name: "opus", long_name: "Opus", profiles: &[] };
        &INFO
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        self.decode_streams(packet).inspect_err(|_| self.buffer.clear())?;
        Ok(self.last_decoded())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        GenericAudioBufferRef::F32(&self.buffer)
    }
}

fn buffer(channels: Channels) -> AudioBuffer<f32> {
    AudioBuffer::new(AudioSpec::new(RATE, channels), MOST_FRAMES)
}

/// Length of a frame as it is written (RFC 6716, 3.2.1): its value and the bytes it takes.
fn frame_length(data: &[u8]) -> Option<(usize, usize)> {
    match *data.first()? {
        short @ 0..=251 => Some((usize::from(short), 1)),
        long => Some((usize::from(long) + 4 * usize::from(*data.get(1)?), 2)),
    }
}

/// Takes a packet that tells its own length off the front of `data`: the packet in its usual form, and what follows it. The forms
/// differ by one length, that of the last frame (or of all, where they are alike), which stands before the frames.
fn undelimited(data: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let toc = *data.first()?;
    let (mut head, mut frames, mut padding) = (1, 0usize, 0usize);
    // Frames whose length stands in the usual form too, and those alike in length that one written length stands for.
    let (told, alike) = match toc & 3 {
        0 => (0, 1),
        1 => (0, 2),
        2 => (1, 1),
        _ => {
            let kind = *data.get(1)?;
            head = 2;
            if kind & 0x40 != 0 {
                loop {
                    let byte = usize::from(*data.get(head)?);
                    head += 1;
                    padding += byte.min(254);
                    if byte < 255 {
                        break;
                    }
                }
            }
            let count = usize::from(kind & 0x3f);
            if kind & 0x80 != 0 { (count.checked_sub(1)?, 1) } else { (0, count) }
        }
    };
    for _ in 0..told {
        let (length, bytes) = frame_length(data.get(head..)?)?;
        frames += length;
        head += bytes;
    }
    let (length, bytes) = frame_length(data.get(head..)?)?;
    let body = head + bytes;
    let end = body.checked_add(frames + length * alike + padding)?;
    let packet = [data.get(..head)?, data.get(body..end)?].concat();
    Some((packet, data.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_that_tell_their_length_come_apart() {
        // One frame of three bytes; then two alike of two; then two of one and two; then three of one with two bytes of padding.
        let cases: [(&[u8], &[u8]); 4] = [
            (&[0x08, 3, 1, 2, 3], &[0x08, 1, 2, 3]),
            (&[0x09, 2, 1, 2, 3, 4], &[0x09, 1, 2, 3, 4]),
            (&[0x0a, 1, 2, 9, 8, 7], &[0x0a, 1, 9, 8, 7]),
            (&[0x0b, 0x43, 2, 1, 7, 8, 9, 0, 0], &[0x0b, 0x43, 2, 7, 8, 9, 0, 0]),
        ];
        for (delimited, usual) in cases {
            let data = [delimited, b"rest"].concat();
            assert_eq!(undelimited(&data), Some((usual.to_vec(), b"rest".as_slice())));
            for cut in 0..delimited.len() {
                assert_eq!(undelimited(&delimited[..cut]), None, "{cut}");
            }
        }
        assert_eq!(frame_length(&[252, 10]), Some((292, 2)));
    }

    #[test]
    fn the_header_of_5_1_names_two_pairs_and_two_single_channels() {
        let mut head = b"OpusHead\x01\x06\0\0\x80\xbb\0\0\0\0\x01\x04\x02".to_vec();
        head.extend([0, 4, 1, 2, 3, 5]);
        let streams = Streams::of(&head).unwrap();
        assert_eq!((streams.count, streams.coupled), (4, 2));
        assert_eq!(streams.sources(), [Some((0, 0)), Some((0, 1)), Some((2, 0)), Some((3, 0)), Some((1, 0)), Some((1, 1))]);
        head[26] = 200;
        assert_eq!(Streams::of(&head), None, "a channel of no stream");
    }
}
