//! Packet-wise decoding by symphonia, with libopus for Opus.

use super::gapless::{self, Trim};
use super::guard::guarded;
use super::opus_surround::OpusSurround;
use super::{MAX_CHANNELS, layouts, malformed, name, sniff, too_many_channels, unsupported, within_limits};
use crate::audio::{Block, SourceInfo};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::Seek;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use symphonia::core::audio::conv::IntoSample;
use symphonia::core::audio::{Audio, GenericAudioBufferRef};
use symphonia::core::codecs::audio::well_known::{CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

mod seek;

/// Most frames that one packet can stand for: FLAC's largest block.
const MAX_PACKET_FRAMES: u64 = 65_535;
/// Most frames of silence that stand in for damaged packets in one file, so that a file of nothing but damage
/// does not grow without end.
const MAX_REPLACED_FRAMES: u64 = 1 << 20;
/// Packets that may fail one after the other before a file counts as undecodable.
const MAX_FAILURES_AT_START: u32 = 64;

/// A file read packet by packet.
pub(super) struct Packets {
    path: PathBuf,
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    sample_rate: u32,
    channels: usize,
    gain: f32,
    trim: Trim,
    /// Frames given out, for telling where damage lies.
    position: u64,
    damage: Damage,
    /// The first packet, decoded when the file was opened.
    pending: Block<f32>,
    ended: bool,
    /// What is needed to go to another place; none where packets cannot be counted in frames.
    index: Option<seek::Index>,
}

/// Packets that could not be decoded.
#[derive(Default)]
struct Damage {
    packets: u64,
    replaced_frames: u64,
    first: Option<(u64, String)>,
}

fn codecs() -> &'static CodecRegistry {
    static CODECS: OnceLock<CodecRegistry> = OnceLock::new();
    CODECS.get_or_init(|| {
        let mut registry = CodecRegistry::new();
        symphonia::default::register_enabled_codecs(&mut registry);
        registry.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
        registry
    })
}

impl Packets {
    /// Opens a file, finds its first audio track and decodes the first packet of it.
    pub(super) fn open(path: &Path, file: File, steps: &mut Vec<String>) -> Result<(Self, SourceInfo)> {
        let mut second = file.try_clone().map_err(|e| Error::io(path, "cannot read", e))?;
        let reader = guarded(path, || probe(path, file))??;
        let track = audio_track(path, reader.as_ref())?;
        let mut params = track_params(path, &track)?.clone();
        let head = (params.codec == CODEC_ID_OPUS).then(|| params.extra_data.as_deref_mut().and_then(gapless::take_opus_head)).flatten();
        let decoder = guarded(path, || make_decoder(path, &params))??;
        let container = container(reader.as_ref());
        let mut packets = Self {
            path: path.to_owned(),
            reader,
            decoder,
            track: track.id,
            sample_rate: 0,
            channels: 0,
            gain: head.map_or(1.0, |h| h.gain),
            trim: Trim { start: head.map_or(0, |h| u64::from(h.pre_skip)), keep: None },
            position: 0,
            damage: Damage::default(),
            pending: Block::default(),
            ended: false,
            index: None,
        };
        packets.first_packet(steps)?;
        let codec = packets.decoder.codec_info().short_name;
        if container == "mp4" && codec == "aac" {
            // The clone shares its position with the reader, which must find the file as it left it.
            let at = second.stream_position().map_err(|e| Error::io(path, "cannot read", e))?;
            packets.trim = gapless::of_mp4(&mut second, track.id, packets.sample_rate);
            // The sample table ends where the music does, even if the last packet decodes to more.
            let start = packets.trim.start;
            packets.trim.keep = packets.trim.keep.or(track.num_frames.map(|n| n.saturating_sub(start)));
            second.seek(std::io::SeekFrom::Start(at)).map_err(|e| Error::io(path, "cannot read", e))?;
        }
        packets.index = packets.index.take().and_then(|index| index.complete(&track, container, packets.sample_rate, packets.trim));
        let info = packets.describe(&track, container)?;
        Ok((packets, info))
    }

    /// Decodes up to the first packet that gives frames, and takes rate and channels from it.
    fn first_packet(&mut self, steps: &mut Vec<String>) -> Result<()> {
        let mut failures = 0;
        while let Some(packet) = self.next_packet(steps)? {
            let pending = &mut self.pending;
            let decoder = &mut self.decoder;
            let outcome = guarded(&self.path, || {
                decoder.decode(&packet).map(|audio| {
                    let spec = audio.spec();
                    let (rate, channels) = (spec.rate(), spec.channels().count());
                    // Beyond the limits nothing is kept: the file is refused below.
                    if within_limits(Path::new(""), rate, channels).is_ok() {
                        pending.resize(channels, 0);
                        append_planes(&audio, pending);
                    }
                    (rate, channels, audio.frames())
                })
            })?;
            match outcome {
                Ok((_, _, 0)) => {}
                Ok((rate, channels, _)) => {
                    within_limits(&self.path, rate, channels)?;
                    (self.sample_rate, self.channels) = (rate, channels);
                    self.index = (self.damage.packets == 0).then(|| seek::Index::new(&packet));
                    return Ok(());
                }
                Err(fault) => {
                    self.damage.note(0, &fault);
                    failures += 1;
                    if failures == MAX_FAILURES_AT_START {
                        break;
                    }
                }
            }
        }
        match &self.damage.first {
            Some((_, fault)) => Err(malformed(&self.path, format!("the audio cannot be decoded ({fault})"))),
            None => Err(malformed(&self.path, "the file holds no audio")),
        }
    }

    /// The next packet of the track; none at the end.
    fn next_packet(&mut self, steps: &mut Vec<String>) -> Result<Option<Packet>> {
        while !self.ended {
            let reader = &mut self.reader;
            match guarded(&self.path, || reader.next_packet())? {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Some(packet)),
                Ok(Some(_)) => {}
                Ok(None) => self.ended = true,
                Err(Fault::ResetRequired) => self.next_stream(steps)?,
                Err(Fault::IoError(e)) if e.kind() != std::io::ErrorKind::UnexpectedEof => {
                    return Err(Error::io(&self.path, "cannot read", e));
                }
                Err(Fault::IoError(_)) => {
                    steps.push("the file ends in the middle of a packet, which is left out".into());
                    self.ended = true;
                }
                Err(fault) => {
                    steps.push(format!("reading stopped where the file is damaged ({fault})"));
                    self.ended = true;
                }
            }
        }
        Ok(None)
    }

    /// Goes on with the next stream of a chained file.
    fn next_stream(&mut self, steps: &mut Vec<String>) -> Result<()> {
        let track = audio_track(&self.path, self.reader.as_ref())?;
        let mut params = track_params(&self.path, &track)?.clone();
        if let Some(head) = params.extra_data.as_deref_mut().and_then(gapless::take_opus_head) {
            self.gain = head.gain;
            self.trim.start = u64::from(head.pre_skip);
        }
        self.decoder = guarded(&self.path, || make_decoder(&self.path, &params))??;
        self.track = track.id;
        self.index = None;
        steps.push("the file holds several streams one after the other; they are read as one".into());
        Ok(())
    }

    /// Appends the next packet's frames to `block`; false at the end of the file.
    pub(super) fn append(&mut self, block: &mut Block<f32>, steps: &mut Vec<String>) -> Result<bool> {
        let before = block.frames();
        if self.pending.is_empty() {
            let Some(packet) = self.next_packet(steps)? else { return Ok(false) };
            self.decode(&packet, block)?;
        } else {
            for (channel, pending) in block.channels_mut().iter_mut().zip(self.pending.channels()) {
                channel.extend_from_slice(pending);
            }
            self.pending = Block::default();
        }
        self.finish_frames(block, before);
        Ok(true)
    }

    fn decode(&mut self, packet: &Packet, block: &mut Block<f32>) -> Result<()> {
        let expected = (self.sample_rate, self.channels);
        let decoder = &mut self.decoder;
        let before = block.frames();
        let outcome = guarded(&self.path, || {
            let audio = decoder.decode(packet)?;
            if audio.frames() > 0 && (audio.spec().rate(), audio.spec().channels().count()) != expected {
                return Err(Fault::DecodeError("rate or channel count changes"));
            }
            append_planes(&audio, block);
            Ok(())
        });
        let outcome = outcome.inspect_err(|_| self.ended = true)?;
        if let Err(fault) = outcome {
            self.damage.note(self.position, &fault);
            let frames = packet.dur.get().min(MAX_PACKET_FRAMES).min(MAX_REPLACED_FRAMES.saturating_sub(self.damage.replaced_frames));
            self.damage.replaced_frames += frames;
            block.resize(self.channels, before + frames as usize);
        }
        Ok(())
    }

    /// Applies trim and gain to what was appended after `before`.
    fn finish_frames(&mut self, block: &mut Block<f32>, before: usize) {
        let added = block.frames().saturating_sub(before);
        let drop = (self.trim.start).min(added as u64) as usize;
        self.trim.start -= drop as u64;
        let mut kept = added - drop;
        if let Some(keep) = &mut self.trim.keep {
            kept = (*keep).min(kept as u64) as usize;
            *keep -= kept as u64;
            self.ended |= *keep == 0;
        }
        if kept < added {
            for channel in block.channels_mut() {
                channel.drain(before..before + drop);
                channel.truncate(before + kept);
            }
        }
        if self.gain != 1.0 {
            for sample in block.channels_mut().iter_mut().filter_map(|c| c.get_mut(before..)).flatten() {
                *sample *= self.gain;
            }
        }
        self.position += kept as u64;
    }

    /// Says at the end of the file which packets could not be decoded.
    pub(super) fn note_damage(&self, steps: &mut Vec<String>) {
        let Some((frame, fault)) = &self.damage.first else { return };
        let seconds = *frame as f64 / f64::from(self.sample_rate.max(1));
        let count = self.damage.packets;
        steps.push(format!(
            "{count} damaged {} replaced by silence, the first at {seconds:.2} s ({fault})",
            if count == 1 { "packet was" } else { "packets were" }
        ));
    }

    fn describe(&self, track: &Track, container: &str) -> Result<SourceInfo> {
        let params = self.decoder.codec_params();
        let codec = self.decoder.codec_info().short_name;
        let lossless = codec.starts_with("pcm_") && !codec.ends_with("law") || matches!(codec, "flac" | "alac");
        let channels = match params.channels.as_ref().filter(|c| c.count() == self.channels) {
            Some(channels) => layouts::of_channels(channels)
                .ok_or_else(|| unsupported(&self.path, format!("the channel layout {channels} is not handled"))),
            None => layouts::usual(self.channels).ok_or_else(|| malformed(&self.path, "the file has no channels")),
        };
        // The packet table of a CAF counts padding that the decoder leaves out.
        let exact = container != "caf" || codec.starts_with("pcm_");
        let frames = track.num_frames.filter(|_| exact).map(|n| n.saturating_sub(self.trim.start));
        Ok(SourceInfo {
            name: name(&self.path),
            container: container.to_owned(),
            codec: codec.to_owned(),
            lossy: !lossless,
            sample_rate: self.sample_rate,
            layout: channels?,
            bits_per_sample: lossless.then(|| bits(codec, params)).flatten(),
            float: codec.starts_with("pcm_f"),
            wav_format_tag: None,
            frames: self.trim.keep.or(frames),
        })
    }
}

impl Damage {
    fn note(&mut self, frame: u64, fault: &Fault) {
        self.packets += 1;
        self.first.get_or_insert_with(|| (frame, fault.to_string()));
    }
}

fn probe(path: &Path, file: File) -> Result<Box<dyn FormatReader>> {
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), MetadataOptions::default()).map_err(
        |fault| match fault {
            Fault::Unsupported(_) => sniff::refusal(path),
            Fault::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => malformed(path, "the file ends before its audio begins"),
            // A place that no file has: a length was read that is none.
            Fault::IoError(e) if e.kind() == std::io::ErrorKind::InvalidInput => {
                malformed(path, "a length in the head of the file cannot be used")
            }
            Fault::IoError(e) => Error::io(path, "cannot read", e),
            other => malformed(path, format!("the beginning of the file is damaged ({other})")),
        },
    )
}

fn audio_track(path: &Path, reader: &dyn FormatReader) -> Result<Track> {
    if let Some(track) = reader.default_track(TrackType::Audio) {
        return Ok(track.clone());
    }
    if reader.first_track(TrackType::Video).is_some() {
        return Err(malformed(path, "this is a video without sound"));
    }
    if reader.tracks().is_empty() {
        return Err(malformed(path, "the file holds no audio"));
    }
    Err(unsupported(path, "the audio in this file is coded in a way that is not known"))
}

fn track_params<'a>(path: &Path, track: &'a Track) -> Result<&'a AudioCodecParameters> {
    track.codec_params.as_ref().and_then(|p| p.audio()).ok_or_else(|| malformed(path, "the audio track does not say how it is coded"))
}

fn make_decoder(path: &Path, params: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>> {
    let channels = params.channels.as_ref().map_or(0, |c| c.count());
    // Decoders make their buffers from these two numbers, and a few damaged bytes can ask for gigabytes.
    if channels > MAX_CHANNELS {
        return Err(too_many_channels(path, channels));
    }
    if let Some(frames) = params.max_frames_per_packet.filter(|&n| n > MAX_PACKET_FRAMES) {
        return Err(malformed(path, format!("the file announces packets of {frames} samples")));
    }
    if params.codec == CODEC_ID_VORBIS && channels > 2 {
        // symphonia 0.6 undoes channel coupling in the wrong order (Vorbis I, 4.3.5): refused rather than read wrongly.
        return Err(unsupported(path, "Vorbis with more than two channels is not handled"));
    }
    let decoder = if params.codec == CODEC_ID_OPUS && channels > 2 {
        OpusSurround::new(params).map(|d| -> Box<dyn AudioDecoder> { Box::new(d) })
    } else {
        codecs().make_audio_decoder(params, &AudioDecoderOptions::default())
    };
    decoder.map_err(|fault| match fault {
        Fault::Unsupported("aac: aac too complex") => unsupported(path, "AAC of this kind (surround, HE-AAC or xHE-AAC) is not handled"),
        Fault::Unsupported(what) => unsupported(path, format!("the audio in this file is not handled ({what})")),
        other => malformed(path, format!("the description of the audio is damaged ({other})")),
    })
}

fn container(reader: &dyn FormatReader) -> &'static str {
    match reader.format_info().short_name {
        "wave" => "wav",
        "isomp4" => "mp4",
        other => other,
    }
}

/// Bits a sample of a lossless codec, from the header or from the kind of samples.
fn bits(codec: &str, params: &AudioCodecParameters) -> Option<u32> {
    let declared = match codec {
        "alac" => params.extra_data.as_deref().and_then(alac_bits),
        _ => params.bits_per_coded_sample.or(params.bits_per_sample),
    };
    declared.or_else(|| {
        let digits: String = codec.chars().skip("pcm_s".len()).take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}

/// Bit depth from an ALAC description (Apple, *ALAC Magic Cookie Description*), which in a CAF may stand
/// behind the two atoms of the older form.
fn alac_bits(cookie: &[u8]) -> Option<u32> {
    const DEPTH_AT: usize = 5;
    const OLD_ATOMS: usize = 24;
    let start = if cookie.get(4..8) == Some(b"frma") { OLD_ATOMS } else { 0 };
    cookie.get(start + DEPTH_AT).map(|&b| u32::from(b))
}

/// Appends decoded planes, converted to `f32` with full scale at 1.0.
fn append_planes(audio: &GenericAudioBufferRef<'_>, block: &mut Block<f32>) {
    macro_rules! append {
        ($buffer:expr) => {
            for (channel, plane) in block.channels_mut().iter_mut().zip($buffer.iter_planes()) {
                channel.extend(plane.iter().map(|&s| -> f32 { s.into_sample() }));
            }
        };
    }
    match audio {
        GenericAudioBufferRef::U8(b) => append!(b),
        GenericAudioBufferRef::U16(b) => append!(b),
        GenericAudioBufferRef::U24(b) => append!(b),
        GenericAudioBufferRef::U32(b) => append!(b),
        GenericAudioBufferRef::S8(b) => append!(b),
        GenericAudioBufferRef::S16(b) => append!(b),
        GenericAudioBufferRef::S24(b) => append!(b),
        GenericAudioBufferRef::S32(b) => append!(b),
        GenericAudioBufferRef::F32(b) => append!(b),
        GenericAudioBufferRef::F64(b) => append!(b),
    }
}
