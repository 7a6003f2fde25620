//! Short files for unit tests of the jobs.

use crate::audio::Block;
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use std::path::Path;

/// Writes a stereo WAV (44.1 kHz, 24 bit) of a 440 Hz tone of this length (seconds) and amplitude, replacing one of that name.
pub fn tone(path: &Path, length_s: f64, amplitude: f64) {
    let rate = 44_100;
    let frames = (length_s * f64::from(rate)) as usize;
    let wave: Vec<f64> = (0..frames).map(|n| amplitude * (n as f64 * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin()).collect();
    let spec = Spec {
        format: Format::Wav,
        depth: Depth::Int24,
        sample_rate: rate,
        channels: 2,
        dither: Dither::None,
        frames: Some(frames as u64),
    };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(&Block::from_channels(vec![wave.clone(), wave])).unwrap();
    writer.finish().unwrap();
}
