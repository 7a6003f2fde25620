//! Settings written for other tools.
//!
//! Gains, equaliser bands and side settings go over exactly where the tool runs the same cookbook filters (Equalizer APO,
//! CamillaDSP, ffmpeg); what a format cannot carry is said in the export itself, never dropped silently.

mod camilladsp;
mod equalizer_apo;
mod ffmpeg;
mod plan;
mod reaper;
mod text;

#[cfg(test)]
mod tests;

use crate::chain::Settings;
use crate::error::{Error, Result};
use plan::Plan;

/// A format to write settings in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people to dial in by hand.
    Text,
    /// As the tool itself saves them.
    Json,
    /// REAPER FX chain (`.RfxChain`) with one ReaEQ.
    Reaper,
    /// CamillaDSP configuration, version 3.
    CamillaDsp,
    /// Equalizer APO configuration.
    EqualizerApo,
    /// Filter string for ffmpeg's `-af`.
    Ffmpeg,
}

/// What a format is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The format.
    pub format: Format,
    /// Name on the command line.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Ending of its files, without the dot.
    pub ending: &'static str,
}

const fn named(format: Format, name: &'static str, title: &'static str, ending: &'static str) -> Named {
    Named { format, name, title, ending }
}

/// Every format.
pub const FORMATS: [Named; 6] = [
    named(Format::Text, "text", "Text, to dial in by hand", "txt"),
    named(Format::Json, "json", "Plumbline settings", "json"),
    named(Format::Reaper, "reaper", "REAPER (ReaEQ)", "RfxChain"),
    named(Format::CamillaDsp, "camilladsp", "CamillaDSP", "yml"),
    named(Format::EqualizerApo, "equalizerapo", "Equalizer APO", "txt"),
    named(Format::Ffmpeg, "ffmpeg", "ffmpeg filter", "txt"),
];

impl Format {
    /// The format of that name. Case does not matter.
    ///
    /// # Errors
    /// An unknown name, with the list of those known.
    pub fn find(name: &str) -> Result<Self> {
        let wanted = name.trim().to_ascii_lowercase();
        FORMATS.iter().find(|known| known.name == wanted).map(|known| known.format).ok_or_else(|| {
            let known: Vec<&str> = FORMATS.iter().map(|known| known.name).collect();
            Error::setting(name, "is no export format", format!("known are {}", known.join(", ")))
        })
    }
}

/// The settings in another tool's format, ending in a newline. `sample_rate`, Hz, is written where the format names one
/// (CamillaDSP); the filters themselves are given by frequency, gain and Q and fit any rate.
///
/// # Errors
/// Settings out of range, as [`Settings::validate`] has them.
pub fn export(settings: &Settings, format: Format, sample_rate: u32) -> Result<String> {
    settings.validate(None)?;
    let plan = Plan::new(settings);
    Ok(match format {
        Format::Text => text::write(settings),
        Format::Json => {
            let json = serde_json::to_string_pretty(settings).map_err(|e| Error::Bug { place: "export", problem: e.to_string() })?;
            json + "\n"
        }
        Format::Reaper => reaper::write(&plan),
        Format::CamillaDsp => camilladsp::write(&plan, sample_rate),
        Format::EqualizerApo => equalizer_apo::write(&plan),
        Format::Ffmpeg => ffmpeg::write(&plan),
    })
}

/// A number for a machine: at most `decimals` digits after the point, no trailing zeros, no "-0".
fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".into() } else { text.into() }
}
