//! Packet-wise decoding by symphonia, with libopus for Opus.

use super::{MAX_CHANNELS, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, layouts};
use crate::audio::{Block, SourceInfo};
use crate::error::{Error, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use symphonia::core::audio::conv::IntoSample;
use symphonia::core::audio::{Audio, GenericAudioBufferRef};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// A file read packet by packet.
pub(super) struct Packets {
    path: PathBuf,
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    ended: bool,
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
    /// Opens a file and finds its first audio track.
    pub(super) fn open(path: &Path) -> Result<(Self, SourceInfo)> {
        let file = File::open(path).map_err(|e| Error::io(path, "cannot read", e))?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Err(Error::io(path, "cannot read", std::io::ErrorKind::IsADirectory.into()));
        }
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
        let reader = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|e| refused(path, &e))?;
        let Some(track) = reader.default_track(TrackType::Audio) else {
            return Err(malformed(path, "the file holds no audio track".into()));
        };
        let Some(params) = track.codec_params.as_ref().and_then(|p| p.audio()) else {
            return Err(malformed(path, "the audio track does not say how it is coded".into()));
        };
        let decoder = codecs()
            .make_audio_decoder(params, &AudioDecoderOptions::default())
            .map_err(|e| refused(path, &e))?;
        let info = describe(path, reader.as_ref(), decoder.as_ref(), params, track.num_frames)?;
        let id = track.id;
        Ok((Self { path: path.to_owned(), reader, decoder, track: id, ended: false }, info))
    }

    /// Appends the next packet's frames to `block`; false at the end of the file.
    pub(super) fn append(&mut self, block: &mut Block<f32>, steps: &mut Vec<String>) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let packet = match self.reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => {
                self.ended = true;
                return Ok(false);
            }
            Err(Fault::IoError(e)) if e.kind() != std::io::ErrorKind::UnexpectedEof => {
                return Err(Error::io(&self.path, "cannot read", e));
            }
            Err(fault) => {
                self.ended = true;
                steps.push(format!("reading stopped before the end of the file: {fault}"));
                return Ok(false);
            }
        };
        if packet.track_id != self.track {
            return Ok(true);
        }
        match self.decoder.decode(&packet) {
            Ok(audio) => append_planes(&audio, block),
            Err(fault) => steps.push(format!("a damaged packet was skipped: {fault}")),
        }
        Ok(true)
    }
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

fn describe(
    path: &Path,
    reader: &dyn FormatReader,
    decoder: &dyn AudioDecoder,
    params: &AudioCodecParameters,
    frames: Option<u64>,
) -> Result<SourceInfo> {
    let rate = params.sample_rate.unwrap_or(0);
    if !(MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE).contains(&rate) {
        return Err(unsupported(path, format!("a sample rate of {rate} Hz is not handled")));
    }
    let Some(channels) = params.channels.as_ref().filter(|c| c.count() > 0) else {
        return Err(malformed(path, "the file does not say how many channels it has".into()));
    };
    if channels.count() > MAX_CHANNELS {
        return Err(unsupported(path, format!("{} channels are more than 5.1", channels.count())));
    }
    let Some(layout) = layouts::of_channels(channels) else {
        return Err(unsupported(path, format!("the channel layout {channels} is not handled")));
    };
    let codec = decoder.codec_info().short_name;
    let lossless = codec.starts_with("pcm") || matches!(codec, "flac" | "alac");
    Ok(SourceInfo {
        name: path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        container: match reader.format_info().short_name {
            "wave" => "wav".into(),
            "isomp4" => "mp4".into(),
            other => other.to_owned(),
        },
        codec: codec.to_owned(),
        lossy: !lossless,
        sample_rate: rate,
        layout,
        bits_per_sample: params.bits_per_sample.filter(|_| lossless),
        float: codec.starts_with("pcm_f"),
        wav_format_tag: None,
        frames,
    })
}

fn malformed(path: &Path, problem: String) -> Error {
    Error::Malformed { path: path.to_owned(), problem, hint: "export it again from your workstation" }
}

fn unsupported(path: &Path, problem: String) -> Error {
    Error::Unsupported { path: path.to_owned(), problem, hint: "convert it to WAV or FLAC" }
}

fn refused(path: &Path, fault: &Fault) -> Error {
    match fault {
        Fault::Unsupported(what) => unsupported(path, format!("this kind of file is not handled ({what})")),
        other => malformed(path, format!("this is no audio file, or it is damaged ({other})")),
    }
}
