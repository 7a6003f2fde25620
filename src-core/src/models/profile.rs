//! Saved profiles: what a comparison needs to know of a set of references, without their audio.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Schema name of the files.
pub const SCHEMA: &str = "plumbline-profile/1";

/// Most references in one profile; a file that announces more is refused.
pub const MOST_REFERENCES: usize = 10_000;

/// One class of sections of a file: all stretches of about the same energy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SectionPortrait {
    /// Level relative to the file's loudest class, dB; null in JSON is minus infinity (silence).
    #[serde(deserialize_with = "null_is_silence")]
    #[schemars(with = "Option<f64>")]
    pub level_db: f64,
    /// Share of the file's sounding time, 0 to 1.
    pub share: f64,
    /// Tone at equal loudness, dB per third octave from 20 Hz to 20 kHz; null where the file has no sound.
    pub tone_db: Vec<Option<f64>>,
}

fn null_is_silence<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NEG_INFINITY))
}

fn nulls_are_silence<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Vec<f64>, D::Error> {
    let all = Vec::<Option<f64>>::deserialize(from)?;
    Ok(all.into_iter().map(|value| value.unwrap_or(f64::NEG_INFINITY)).collect())
}

fn without_nulls<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<BTreeMap<String, f64>, D::Error> {
    let all = BTreeMap::<String, Option<f64>>::deserialize(from)?;
    Ok(all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// What a comparison needs to know of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Portrait {
    /// File name without folders.
    pub name: String,
    /// Duration, seconds.
    pub duration_s: f64,
    /// Tone at equal loudness (K-weighted sum 0 dB), dB per third octave from 20 Hz to 20 kHz; null where there is no sound.
    pub tone_db: Vec<Option<f64>>,
    /// Side against mid, dB per third octave; null where there is no sound, empty for mono.
    pub width_db: Vec<Option<f64>>,
    /// Floor between the notes, dB per twenty-fourth of an octave from 300 Hz; empty where there is no sound.
    #[serde(default, deserialize_with = "nulls_are_silence")]
    #[schemars(with = "Vec<Option<f64>>")]
    pub floor_db: Vec<f64>,
    /// Everything that is one number, by its stable name. What JSON cannot hold (a level of silence) is left out on reading.
    #[serde(deserialize_with = "without_nulls")]
    #[schemars(with = "BTreeMap<String, Option<f64>>")]
    pub numbers: BTreeMap<String, f64>,
    /// Classes of sections by energy: "loud", "middle", "quiet".
    pub sections: BTreeMap<String, SectionPortrait>,
}

/// A set of references, as `plumb learn` saves it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the tool that made it.
    pub tool_version: String,
    /// What the user calls it.
    pub name: String,
    /// The references.
    pub references: Vec<Portrait>,
}

impl Profile {
    /// A profile of portraits.
    pub fn new(name: impl Into<String>, references: Vec<Portrait>) -> Self {
        Self { schema: SCHEMA.into(), tool_version: crate::VERSION.into(), name: name.into(), references }
    }

    /// Reads a profile from JSON and checks it. `path` is what errors call it.
    pub fn parse(path: &std::path::Path, json: &str) -> Result<Self> {
        let malformed = |problem: String| Error::Malformed { path: path.to_owned(), problem, hint: "make it again with `plumb learn`" };
        let profile: Self = serde_json::from_str(json).map_err(|e| malformed(e.to_string()))?;
        if profile.schema != SCHEMA {
            return Err(malformed(format!("its schema is {:?}, not {SCHEMA:?}", profile.schema)));
        }
        if profile.references.is_empty() || profile.references.len() > MOST_REFERENCES {
            return Err(malformed(format!("it holds {} references; 1 to {MOST_REFERENCES} are allowed", profile.references.len())));
        }
        Ok(profile)
    }

    /// The profile as JSON, the same bytes for the same content.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|e| Error::Bug { place: "models::profile", problem: e.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn profile() -> Profile {
        let portrait = Portrait {
            name: "a.wav".into(),
            duration_s: 10.0,
            tone_db: vec![Some(-3.5), None],
            numbers: BTreeMap::from([("plr".to_owned(), 11.25)]),
            ..Portrait::default()
        };
        Profile::new("mine", vec![portrait])
    }

    #[test]
    fn what_is_saved_is_read_again() {
        let json = profile().to_json().unwrap();
        assert_eq!(Profile::parse(Path::new("mine.json"), &json).unwrap(), profile());
    }

    #[test]
    fn a_silent_section_survives_being_saved() {
        let mut silent = profile();
        let section = SectionPortrait { level_db: f64::NEG_INFINITY, share: 0.1, tone_db: vec![None] };
        silent.references[0].sections.insert("quiet".into(), section);
        let json = silent.to_json().unwrap();
        assert_eq!(Profile::parse(Path::new("mine.json"), &json).unwrap(), silent);
        silent.references[0].numbers.insert("dr".into(), f64::NEG_INFINITY);
        let read = Profile::parse(Path::new("mine.json"), &silent.to_json().unwrap()).unwrap();
        assert!(!read.references[0].numbers.contains_key("dr"));
    }

    #[test]
    fn what_is_no_profile_is_refused_with_its_name() {
        let other = profile().to_json().unwrap().replace(SCHEMA, "plumbline-profile/99");
        let empty = Profile::new("none", vec![]).to_json().unwrap();
        for json in ["", "[]", "{}", &other, &empty] {
            let error = Profile::parse(Path::new("mine.json"), json).unwrap_err().to_string();
            assert!(error.starts_with("mine.json: "), "{error}");
        }
    }
}
