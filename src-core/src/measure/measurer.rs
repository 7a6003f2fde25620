//! All measurements in one pass.

use super::{
    band_levels, clipping, dc, dynamics, edges, energy_map, format_traces, glitch, hum, invalid, loudness, noise, peak_to_loudness,
    sample_peak, spectrum, stereo, true_peak,
};
use crate::audio::{Block, Layout, SourceInfo};
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// Frames of the blocks that meters see, whatever blocks come in: results cannot depend on the block size of a decoder.
const FRAMES: usize = 8192;

/// The value of a field, or an empty one for the energy map.
macro_rules! unless_map {
    (map, $value:expr) => {
        energy_map::EnergyMap::default()
    };
    ($field:ident, $value:expr) => {
        $value
    };
}

/// Lists the measurements: two groups of about the same cost (each runs on a thread of its own), in each a field and
/// its module. Makes the structs `Measurements`, `Levels` and `Spectra`.
macro_rules! measurements {
    (levels { $($(#[$l_attr:meta])* $l:ident: $l_module:ident,)* } spectra { $($(#[$s_attr:meta])* $s:ident: $s_module:ident,)* }) => {
        /// Everything measured of one file.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
        pub struct Measurements {
            /// Sample rate, Hz.
            pub sample_rate: u32,
            /// Channels in file order.
            pub layout: Layout,
            /// Frames measured.
            pub frames: u64,
            /// Duration.
            pub duration: Seconds,
            /// Samples that are no numbers; every other measurement takes them as 0.
            pub invalid: invalid::Data,
            /// How far peaks stand above the loudness.
            pub peak_to_loudness: peak_to_loudness::Data,
            $($(#[$l_attr])* pub $l: $l_module::Data,)*
            $($(#[$s_attr])* pub $s: $s_module::Data,)*
        }

        impl Measurements {
            /// A copy with an empty energy map, which is by far the largest part.
            pub fn without_map(&self) -> Self {
                Self {
                    sample_rate: self.sample_rate,
                    layout: self.layout.clone(),
                    frames: self.frames,
                    duration: self.duration,
                    invalid: self.invalid.clone(),
                    peak_to_loudness: self.peak_to_loudness.clone(),
                    $($l: self.$l.clone(),)*
                    $($s: unless_map!($s, self.$s.clone()),)*
                }
            }
        }

        /// Meters that work on samples.
        pub(super) struct Levels { $($l: $l_module::Meter,)* }

        /// Meters that work on spectra, and others that balance the cost.
        pub(super) struct Spectra { $($s: $s_module::Meter,)* }

        impl Levels {
            pub(super) fn new(rate: u32, layout: &Layout) -> Self {
                Self { $($l: $l_module::Meter::new(rate, layout),)* }
            }
            pub(super) fn push(&mut self, block: &Block<f32>) {
                $(self.$l.push(block);)*
            }
        }

        impl Spectra {
            pub(super) fn new(rate: u32, layout: &Layout) -> Self {
                Self { $($s: $s_module::Meter::new(rate, layout),)* }
            }
            pub(super) fn push(&mut self, block: &Block<f32>) {
                $(self.$s.push(block);)*
            }
        }

        /// Puts the results of both groups together.
        pub(super) fn join(input: Input, levels: Levels, spectra: Spectra) -> Measurements {
            let duration = Seconds::new(input.frames as f64 / f64::from(input.rate.max(1)));
            let mut all = Measurements {
                peak_to_loudness: peak_to_loudness::Data::default(),
                sample_rate: input.rate,
                layout: input.layout,
                frames: input.frames,
                duration,
                invalid: input.invalid,
                $($l: levels.$l.finish(),)*
                $($s: spectra.$s.finish(),)*
            };
            all.peak_to_loudness = peak_to_loudness::of(&all.loudness, &all.true_peak);
            all
        }
    };
}

measurements! {
    levels {
        /// Loudness after BS.1770 and EBU R 128.
        loudness: loudness,
        /// Highest sample.
        sample_peak: sample_peak,
        /// Highest point of the reconstructed signal.
        true_peak: true_peak,
        /// Flat tops.
        clipping: clipping,
        /// Constant offset.
        dc: dc,
        /// Beginning and end.
        edges: edges,
        /// Mean level, crest, dynamic range and how levels spread.
        dynamics: dynamics,
    }
    spectra {
        /// Energy over time, band, mid and side. Not part of the JSON.
        #[serde(skip)]
        map: energy_map,
        /// Long-term spectrum and its spread.
        spectrum: spectrum,
        /// Levels per octave and their spread.
        band_levels: band_levels,
        /// The stereo image; none for mono.
        stereo: stereo,
        /// Clicks and dropouts.
        glitch: glitch,
        /// Mains hum in the quiet parts.
        hum: hum,
        /// Noise floor in the quiet parts.
        noise: noise,
        /// Traces of lossy coding, fewer bits, a lower rate.
        format: format_traces,
    }
}

/// Gathers what comes in into blocks of even length and sets invalid samples to 0.
pub(super) struct Input {
    rate: u32,
    layout: Layout,
    frames: u64,
    invalid: invalid::Data,
    pending: Block<f32>,
    filled: usize,
}

impl Input {
    pub(super) fn new(info: &SourceInfo) -> Self {
        let layout = info.layout.clone();
        let pending = Block::silent(layout.channel_count(), FRAMES);
        Self { rate: info.sample_rate, layout, frames: 0, invalid: invalid::Data::default(), pending, filled: 0 }
    }

    /// Takes a block; hands every full block of [`FRAMES`] frames to `out`, which may swap it for another of any size.
    pub(super) fn push<E>(&mut self, block: &Block<f32>, mut out: impl FnMut(&mut Block<f32>) -> Result<(), E>) -> Result<(), E> {
        let frames = block.frames();
        let mut from = 0;
        while from < frames {
            let count = (FRAMES - self.filled).min(frames - from);
            for (index, channel) in self.pending.channels_mut().iter_mut().enumerate() {
                let (to, samples) = (&mut channel[self.filled..self.filled + count], block.channel(index));
                match samples.get(from..from + count) {
                    Some(samples) => to.copy_from_slice(samples),
                    None => to.fill(0.0),
                }
                if to.iter().any(|s| !(s.abs() <= invalid::LARGEST)) {
                    for (i, sample) in to.iter_mut().enumerate().filter(|(_, s)| !(s.abs() <= invalid::LARGEST)) {
                        *sample = 0.0;
                        self.invalid.note(self.frames + i as u64, f64::from(self.rate));
                    }
                }
            }
            self.frames += count as u64;
            self.filled += count;
            from += count;
            if self.filled == FRAMES {
                out(&mut self.pending)?;
                self.pending.resize(self.layout.channel_count(), FRAMES);
                self.filled = 0;
            }
        }
        Ok(())
    }

    /// What is left at the end, shorter than a full block; none if nothing is left.
    pub(super) fn rest(&mut self) -> Option<Block<f32>> {
        let mut rest = std::mem::take(&mut self.pending);
        rest.resize(self.layout.channel_count(), self.filled);
        (!rest.is_empty()).then_some(rest)
    }
}

/// Runs every measurement over the blocks of one file, on the calling thread. [`super::parallel`] does the same on two.
pub struct Measurer {
    input: Input,
    levels: Levels,
    spectra: Spectra,
}

impl Measurer {
    /// Meters at rest for a source.
    pub fn new(info: &SourceInfo) -> Self {
        Self {
            levels: Levels::new(info.sample_rate, &info.layout),
            spectra: Spectra::new(info.sample_rate, &info.layout),
            input: Input::new(info),
        }
    }

    /// Measures the next block, of any length.
    pub fn push(&mut self, block: &Block<f32>) {
        let (levels, spectra) = (&mut self.levels, &mut self.spectra);
        let done: Result<(), std::convert::Infallible> = self.input.push(block, |full| {
            levels.push(full);
            spectra.push(full);
            Ok(())
        });
        let Ok(()) = done;
    }

    /// The results.
    pub fn finish(mut self) -> Measurements {
        if let Some(rest) = self.input.rest() {
            self.levels.push(&rest);
            self.spectra.push(&rest);
        }
        join(self.input, self.levels, self.spectra)
    }
}
