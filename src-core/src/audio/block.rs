//! Planar blocks of samples.

/// A stretch of audio, planar: one run of samples per channel, all of one length. Full scale is 1.0;
/// values above it are kept.
///
/// `f32` is what files are decoded to; the processing chain works on `Block<f64>`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block<T> {
    channels: Vec<Vec<T>>,
}

impl<T: Copy + Default> Block<T> {
    /// A silent block of `channels` channels and `frames` frames.
    pub fn silent(channels: usize, frames: usize) -> Self {
        Self { channels: vec![vec![T::default(); frames]; channels] }
    }

    /// A block of the given channels. Shorter channels are filled with silence to the longest.
    pub fn from_channels(mut channels: Vec<Vec<T>>) -> Self {
        let frames = channels.iter().map(Vec::len).max().unwrap_or(0);
        for channel in &mut channels {
            channel.resize(frames, T::default());
        }
        Self { channels }
    }

    /// Number of channels.
    pub fn channel_count(&self) -> usize {
        self.channels.len()
    }

    /// Number of frames (samples per channel).
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Whether the block holds no frames.
    pub fn is_empty(&self) -> bool {
        self.frames() == 0
    }

    /// Samples of one channel; empty if there is no such channel.
    pub fn channel(&self, index: usize) -> &[T] {
        self.channels.get(index).map_or(&[], Vec::as_slice)
    }

    /// Samples of one channel to write to; empty if there is no such channel.
    pub fn channel_mut(&mut self, index: usize) -> &mut [T] {
        self.channels.get_mut(index).map_or(&mut [], Vec::as_mut_slice)
    }

    /// All channels.
    pub fn channels(&self) -> &[Vec<T>] {
        &self.channels
    }

    /// All channels, to write to. The caller keeps their lengths equal.
    pub fn channels_mut(&mut self) -> &mut [Vec<T>] {
        &mut self.channels
    }

    /// Makes the block `channels` × `frames`, keeping allocations; the content of new frames is silence.
    pub fn resize(&mut self, channels: usize, frames: usize) {
        self.channels.resize_with(channels, Vec::new);
        for channel in &mut self.channels {
            channel.resize(frames, T::default());
        }
    }
}
