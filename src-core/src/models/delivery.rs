//! What platforms and media ask of a master: loudness, true peak, format. One dated file each in `models/delivery`,
//! with its sources, because services change their numbers.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Schema name of the files.
pub const SCHEMA: &str = "plumbline-delivery/1";

/// The files, embedded so that the tool is one binary.
const FILES: [(&str, &str); 12] = [
    ("spotify", include_str!("../../../models/delivery/spotify.json")),
    ("apple-music", include_str!("../../../models/delivery/apple-music.json")),
    ("youtube", include_str!("../../../models/delivery/youtube.json")),
    ("tidal", include_str!("../../../models/delivery/tidal.json")),
    ("amazon-music", include_str!("../../../models/delivery/amazon-music.json")),
    ("deezer", include_str!("../../../models/delivery/deezer.json")),
    ("soundcloud", include_str!("../../../models/delivery/soundcloud.json")),
    ("aes-td1008", include_str!("../../../models/delivery/aes-td1008.json")),
    ("ebu-r128", include_str!("../../../models/delivery/ebu-r128.json")),
    ("atsc-a85", include_str!("../../../models/delivery/atsc-a85.json")),
    ("cd", include_str!("../../../models/delivery/cd.json")),
    ("vinyl", include_str!("../../../models/delivery/vinyl.json")),
];

/// Kind of place a master goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A music service.
    Streaming,
    /// A recommendation that no single service enforces.
    Guideline,
    /// Radio or television.
    Broadcast,
    /// A physical disc.
    Disc,
}

/// What the loudness is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasuredOn {
    /// Each track by itself.
    Track,
    /// The album, by its loudest track.
    Album,
    /// The whole programme.
    Programme,
    /// The speech in the programme.
    Dialogue,
}

/// Whether a quieter master is turned up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnedUp {
    /// Turned down only.
    Never,
    /// Until its true peak reaches the ceiling.
    UntilPeak,
    /// Always brought to the target.
    Always,
    /// Not published.
    Unknown,
}

/// Loudness asked for, or played back at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoudnessRule {
    /// Integrated loudness, LUFS.
    pub target_lufs: f64,
    /// Distance from the target that is still accepted, LU; none where nothing is published.
    #[serde(default)]
    pub tolerance_lu: Option<f64>,
    /// What it is measured on.
    pub measured_on: MeasuredOn,
    /// True if a file off the target is refused; false if it is merely played louder or softer.
    pub required: bool,
    /// What happens to a quieter master.
    pub turned_up: TurnedUp,
    /// For albums: loudness of the loudest track, LUFS.
    #[serde(default)]
    pub album_loudest_lufs: Option<f64>,
}

/// Peaks allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruePeakRule {
    /// Ceiling, dBTP.
    pub ceiling_dbtp: f64,
    /// A master louder than this, LUFS, …
    #[serde(default)]
    pub louder_than_lufs: Option<f64>,
    /// … has this ceiling instead, dBTP.
    #[serde(default)]
    pub louder_ceiling_dbtp: Option<f64>,
}

/// File format asked for. A missing field asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatRule {
    /// Channel counts accepted; empty accepts all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<u32>,
    /// Sample rates accepted, Hz; empty leaves it to the range below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates_hz: Vec<u32>,
    /// Lowest sample rate, Hz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_rate_hz: Option<u32>,
    /// Highest sample rate, Hz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rate_hz: Option<u32>,
    /// Fewest bits a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_bits: Option<u32>,
    /// Most bits a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bits: Option<u32>,
    /// WAV format tags accepted; empty accepts all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wav_format_tags: Vec<u16>,
    /// Shortest track, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_track_s: Option<f64>,
    /// Longest disc, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total_s: Option<f64>,
    /// Most tracks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tracks: Option<u32>,
    /// Track boundaries fall on multiples of this many frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames_per_sector: Option<u32>,
}

/// Level that a side of a record can carry at a given length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VinylSide {
    /// Diameter, inches.
    pub inches: u32,
    /// Speed, nominal turns a minute (33 is 33⅓).
    pub rpm: u32,
    /// Length of the side, minutes.
    pub minutes: f64,
    /// Level relative to the plant's normal cut, dB.
    pub level_db: f64,
}

/// What cutting a lacquer asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VinylRule {
    /// The side should be silent below this, Hz.
    pub mono_below_hz: f64,
    /// Stricter plants ask for this, Hz.
    pub mono_below_strict_hz: f64,
    /// Plants remove what lies below, \[from, to\] Hz.
    pub low_cut_hz: [f64; 2],
    /// Plants remove what lies above, Hz.
    pub high_cut_hz: f64,
    /// Level by length of side.
    pub sides: Vec<VinylSide>,
}

/// What one platform or medium asks of a master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// [`SCHEMA`].
    pub schema: String,
    /// Name on the command line, as `apple-music`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Kind of place.
    pub medium: Medium,
    /// Addresses that the facts were read at.
    pub origin: Vec<String>,
    /// Licence of the file.
    pub licence: String,
    /// Day on which the facts were last looked at, `YYYY-MM-DD`.
    pub date: String,
    /// Loudness; none where there is no rule (CD, vinyl).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loudness: Option<LoudnessRule>,
    /// Peaks; none where there is no number (vinyl).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_peak: Option<TruePeakRule>,
    /// File format.
    pub format: FormatRule,
    /// Cutting, for vinyl.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vinyl: Option<VinylRule>,
    /// What else the sender should know.
    pub notes: Vec<String>,
}

impl Delivery {
    /// Ceiling for a master of the given integrated loudness, dBTP; none where the medium names none.
    /// Some services ask for more room where the master is loud, because lossy coding then overshoots further.
    pub fn ceiling_dbtp(&self, integrated_lufs: f64) -> Option<f64> {
        let rule = self.true_peak.as_ref()?;
        match (rule.louder_than_lufs, rule.louder_ceiling_dbtp) {
            (Some(limit), Some(ceiling)) if integrated_lufs > limit => Some(ceiling),
            _ => Some(rule.ceiling_dbtp),
        }
    }

    /// Integrated loudness to bring a single track to, LUFS; none where there is no rule.
    pub fn target_lufs(&self) -> Option<f64> {
        self.loudness.as_ref().map(|l| l.target_lufs)
    }
}

/// Names that [`find`] knows, in the order in which they are shown.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// What the platform or medium of that name asks for. Case does not matter.
///
/// # Errors
/// An unknown name, with the list of those known.
pub fn find(name: &str) -> Result<Delivery> {
    let wanted = name.trim().to_ascii_lowercase();
    let Some((name, text)) = FILES.iter().find(|(known, _)| *known == wanted) else {
        let known: Vec<&str> = names().collect();
        return Err(Error::setting(name, "is no platform or medium that this tool knows", format!("known are {}", known.join(", "))));
    };
    parse(name, text)
}

/// All platforms and media.
///
/// # Errors
/// Only if an embedded file is damaged, which is a fault of the program.
pub fn all() -> Result<Vec<Delivery>> {
    FILES.iter().map(|(name, text)| parse(name, text)).collect()
}

/// Reads and checks one file.
fn parse(name: &str, text: &str) -> Result<Delivery> {
    let bug = |problem: String| Error::Bug { place: "models/delivery", problem: format!("{name}: {problem}") };
    let delivery: Delivery = serde_json::from_str(text).map_err(|e| bug(e.to_string()))?;
    if delivery.name != name {
        return Err(bug(format!("calls itself {:?}", delivery.name)));
    }
    validate(&delivery).map_err(bug)?;
    Ok(delivery)
}

/// Holds a file against what its fields mean.
fn validate(d: &Delivery) -> std::result::Result<(), String> {
    let ensure = |ok: bool, problem: &str| if ok { Ok(()) } else { Err(problem.to_owned()) };
    ensure(d.schema == SCHEMA, "schema is not the one this version reads")?;
    ensure(
        !d.origin.is_empty() && d.origin.iter().all(|o| o.starts_with("https://") || o.starts_with("http://")),
        "origin has no address",
    )?;
    ensure(!d.licence.is_empty() && !d.title.is_empty(), "licence or title is empty")?;
    ensure(is_date(&d.date), "date is not YYYY-MM-DD")?;
    if let Some(l) = &d.loudness {
        ensure((-40.0..=0.0).contains(&l.target_lufs), "target_lufs lies outside −40 to 0")?;
        ensure(l.tolerance_lu.is_none_or(|t| t > 0.0 && t <= 5.0), "tolerance_lu lies outside 0 to 5")?;
        ensure(l.album_loudest_lufs.is_none_or(|a| a >= l.target_lufs), "album_loudest_lufs is below the target")?;
    }
    if let Some(p) = &d.true_peak {
        ensure((-10.0..=0.0).contains(&p.ceiling_dbtp), "ceiling_dbtp lies outside −10 to 0")?;
        ensure(p.louder_than_lufs.is_some() == p.louder_ceiling_dbtp.is_some(), "only one half of the rule for loud masters is there")?;
        ensure(p.louder_ceiling_dbtp.is_none_or(|c| c <= p.ceiling_dbtp), "loud masters get a higher ceiling")?;
    }
    let f = &d.format;
    ensure(f.min_rate_hz.zip(f.max_rate_hz).is_none_or(|(lo, hi)| lo <= hi), "sample rate range is empty")?;
    ensure(f.min_bits.zip(f.max_bits).is_none_or(|(lo, hi)| lo <= hi), "bit depth range is empty")?;
    if let Some(v) = &d.vinyl {
        ensure(v.mono_below_hz <= v.mono_below_strict_hz, "the strict limit for mono bass is the lower one")?;
        ensure(v.sides.iter().all(|s| s.minutes > 0.0), "a side has no length")?;
    }
    Ok(())
}

/// Whether a text is a plausible `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |s: &str, digits: usize| if s.len() == digits { s.parse::<u32>().ok() } else { None };
    match parts.as_slice() {
        [y, m, d] => {
            number(y, 4).is_some_and(|y| y >= 2000)
                && number(m, 2).is_some_and(|m| (1..=12).contains(&m))
                && number(d, 2).is_some_and(|d| (1..=31).contains(&d))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_sound_and_every_file_is_embedded() {
        let all = all().unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/delivery");
        let mut on_disk: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
        let mut embedded: Vec<String> = all.into_iter().map(|d| d.name).collect();
        on_disk.sort();
        embedded.sort();
        assert_eq!(on_disk, embedded);
    }

    #[test]
    fn published_numbers_are_found_by_name() {
        let spotify = find("Spotify").unwrap();
        assert_eq!(spotify.target_lufs(), Some(-14.0));
        assert_eq!(spotify.ceiling_dbtp(-14.0), Some(-1.0));
        assert_eq!(spotify.ceiling_dbtp(-9.0), Some(-2.0), "loud masters need more room for the coder");
        assert_eq!(spotify.format.wav_format_tags, [1]);
        let ebu = find("ebu-r128").unwrap().loudness.unwrap();
        assert_eq!((ebu.target_lufs, ebu.tolerance_lu, ebu.required), (-23.0, Some(0.2), true));
        assert_eq!(find("vinyl").unwrap().target_lufs(), None);
        assert_eq!(find("cd").unwrap().format.frames_per_sector, Some(588));
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let message = find("napster").unwrap_err().to_string();
        assert!(message.contains("napster") && message.contains("apple-music") && message.contains("vinyl"), "{message}");
    }

    #[test]
    fn damaged_files_are_refused() {
        let text = FILES[0].1;
        let broken = [
            text.replace("plumbline-delivery/1", "plumbline-delivery/9"),
            text.replace("\"target_lufs\": -14.0", "\"target_lufs\": 14.0"),
            text.replace("\"louder_ceiling_dbtp\": -2.0", "\"louder_ceiling_dbtp\": -0.5"),
            text.replace("2026-11-23", "yesterday"),
            text.replace("https://", ""),
            text.replace("\"medium\"", "\"medum\""),
            text.replace("\"min_rate_hz\": 44100", "\"min_rate_hz\": 44100, \"max_rate_hz\": 8000"),
        ];
        for (nth, text) in broken.iter().enumerate() {
            assert_ne!(text, FILES[0].1, "case {nth} changes nothing");
            assert!(parse("spotify", text).is_err(), "case {nth} passes");
        }
        assert!(parse("tidal", text).is_err(), "a file under another's name");
    }
}
