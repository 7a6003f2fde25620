//! Tonal targets: a level and a tolerance per third octave, for when there is no reference.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Schema name of the files.
pub const SCHEMA: &str = "plumbline-target/1";

/// The neutral range, embedded so that the tool is one binary.
const NEUTRAL: &str = include_str!("../../../models/targets/neutral.json");

/// One band of a target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetBand {
    /// Nominal centre of the third octave, Hz.
    pub hz: f64,
    /// Level, dB; only differences between bands mean anything.
    pub level_db: f64,
    /// How far records lie from it as a matter of course, ± dB.
    pub tolerance_db: f64,
}

/// A tonal target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// [`SCHEMA`].
    pub schema: String,
    /// Short name.
    pub name: String,
    /// As it is called in a sentence.
    pub label: String,
    /// Where the levels come from.
    pub origin: String,
    /// Where the tolerances come from.
    pub tolerance_origin: String,
    /// Licence of the file.
    pub licence: String,
    /// Date of the file.
    pub date: String,
    /// The bands, lowest first.
    pub bands: Vec<TargetBand>,
}

impl Target {
    /// Reads a target from JSON and checks it. `name` is what errors call it.
    pub fn parse(name: &str, json: &str) -> Result<Self> {
        let malformed =
            |problem: String| Error::Malformed { path: name.into(), problem, hint: "compare it with models/targets/neutral.json" };
        let target: Self = serde_json::from_str(json).map_err(|e| malformed(e.to_string()))?;
        if target.schema != SCHEMA {
            return Err(malformed(format!("its schema is {:?}, not {SCHEMA:?}", target.schema)));
        }
        let rising = target.bands.windows(2).all(|pair| matches!(pair, [a, b] if a.hz < b.hz));
        let sound = target.bands.iter().all(|b| b.hz > 0.0 && b.level_db.is_finite() && b.tolerance_db > 0.0);
        if !rising || !sound || target.bands.is_empty() {
            return Err(malformed("its bands are not in order, or hold values out of range".into()));
        }
        Ok(target)
    }

    /// The neutral range: the mean spectrum of popular music with honest tolerances.
    pub fn neutral() -> Result<Self> {
        Self::parse("models/targets/neutral.json", NEUTRAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The polynomials of the source, evaluated here once more: the file must say what they say.
    #[test]
    fn the_neutral_range_is_that_of_its_source() {
        let neutral = Target::neutral().unwrap();
        assert_eq!(neutral.bands.len(), 28);
        let level = |hz: f64| {
            let x = 1.0 + 60.0 * (hz / 30.0).log2();
            let density = if hz < 94.0 { -0.000907 * x * x + 0.256 * x - 32.942 } else { -0.000183 * x * x + 0.0213 * x - 16.735 };
            density + 10.0 * (0.2316 * hz).log10()
        };
        let at = |hz: f64| neutral.bands.iter().find(|b| b.hz == hz).unwrap().level_db;
        for (a, b) in [(100.0, 1000.0), (250.0, 4000.0), (63.0, 8000.0)] {
            assert!(((at(a) - at(b)) - (level(a) - level(b))).abs() < 0.011, "{a} against {b}");
        }
        // Slope at 400 Hz as printed for the power density: −3.67 dB an octave, so −0.66 in third-octave bands.
        assert!((at(500.0) - at(315.0) - 2.0 / 3.0 * (-3.668 + 3.0103)).abs() < 0.1);
    }

    #[test]
    fn a_damaged_target_is_refused_with_its_name() {
        for json in ["", "{}", &NEUTRAL.replace("plumbline-target/1", "other/9"), &NEUTRAL.replace("\"hz\": 100.0", "\"hz\": 1.0")] {
            let error = Target::parse("mine.json", json).unwrap_err().to_string();
            assert!(error.starts_with("mine.json: "), "{error}");
        }
    }
}
