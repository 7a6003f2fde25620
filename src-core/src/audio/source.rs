//! Where blocks come from: a file, or memory in a test. The core asks, it never opens.

use super::{Block, Layout};
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// What is known of a stream before (and, for some fields, only after) it has been read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SourceInfo {
    /// Name to show, without folders.
    pub name: String,
    /// Container, as "wav", "rf64", "flac", "mp4"; "memory" in tests.
    pub container: String,
    /// Codec, as "pcm_s24le", "flac", "mp3", "aac".
    pub codec: String,
    /// Whether the codec throws information away.
    pub lossy: bool,
    /// Sample rate, Hz.
    pub sample_rate: u32,
    /// Channels in file order.
    pub layout: Layout,
    /// Bits a sample as the file declares them; none for lossy codecs.
    pub bits_per_sample: Option<u32>,
    /// Whether samples are stored as floating point.
    pub float: bool,
    /// WAV format tag as written (1 PCM, 3 float, 0xFFFE extensible); none for other containers.
    pub wav_format_tag: Option<u16>,
    /// Frames that the file announces; none where it does not say.
    pub frames: Option<u64>,
}

/// Something that yields audio block by block.
pub trait Source: Send {
    /// What is known of the stream.
    fn info(&self) -> &SourceInfo;

    /// Reads the next block into `block` (resized as needed) and returns its frames; 0 at the end.
    /// Samples are what the file holds: peaks above full scale, NaN and infinities are passed on.
    fn read(&mut self, block: &mut Block<f32>) -> Result<usize>;
}
