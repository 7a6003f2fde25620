//! A quantity over time at an even step.

use crate::units::{db_to_power, power_to_db};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most values of a series in JSON: finer than any screen is wide. Every 0.1 s of a three-hour file would take megabytes.
pub const MOST_WRITTEN: usize = 4_000;

/// Values at an even step in time. In JSON values have two decimals, and `null` stands for minus infinity (silence). A series of more than
/// 4000 values is joined there: its step is a multiple of the one measured, and each value is the highest of those in its step, unless
/// the series says otherwise.
///
/// Single precision: ten values a second of a three-hour file take 430 kB.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, schemars::JsonSchema)]
pub struct Series {
    /// Time of the first value (the middle of the stretch it describes), seconds from the start of the file.
    pub start_s: f64,
    /// Time from one value to the next, seconds.
    pub step_s: f64,
    /// The values.
    #[serde(deserialize_with = "read_values")]
    #[schemars(with = "Vec<Option<f32>>")]
    pub values: Vec<f32>,
}

impl Series {
    /// Time of the value at `index`, seconds from the start of the file.
    pub fn time_s(&self, index: usize) -> f64 {
        self.start_s + index as f64 * self.step_s
    }
}

/// A series as it is written.
#[derive(Serialize)]
struct Written {
    start_s: f64,
    step_s: f64,
    values: Vec<Option<f64>>,
}

impl Written {
    /// At most [`MOST_WRITTEN`] values; `join` makes one of several.
    fn of(series: &Series, join: impl Fn(&[f32]) -> f64) -> Self {
        let together = series.values.len().div_ceil(MOST_WRITTEN).max(1);
        let rounded = |value: f64| value.is_finite().then(|| (value * 100.0).round() / 100.0);
        Self {
            start_s: series.start_s + 0.5 * (together - 1) as f64 * series.step_s,
            step_s: together as f64 * series.step_s,
            values: series.values.chunks(together).map(|values| rounded(join(values))).collect(),
        }
    }
}

impl Serialize for Series {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::of(self, |values| f64::from(values.iter().copied().fold(f32::NEG_INFINITY, f32::max))).serialize(serializer)
    }
}

/// Writes a series whose low values matter: the lowest of each step.
pub(super) fn lowest<S: Serializer>(series: &Series, serializer: S) -> Result<S::Ok, S::Error> {
    Written::of(series, |values| f64::from(values.iter().copied().fold(f32::INFINITY, f32::min))).serialize(serializer)
}

/// Writes a series of levels in dB: the level of each step as a whole.
pub(super) fn mean_power<S: Serializer>(series: &Series, serializer: S) -> Result<S::Ok, S::Error> {
    let mean = |values: &[f32]| power_to_db(values.iter().map(|v| db_to_power(f64::from(*v))).sum::<f64>() / values.len().max(1) as f64);
    Written::of(series, mean).serialize(serializer)
}

fn read_values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    let values = Vec::<Option<f32>>::deserialize(deserializer)?;
    Ok(values.into_iter().map(|v| v.unwrap_or(f32::NEG_INFINITY)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_two_decimals_and_silence() {
        let series = Series { start_s: 0.2, step_s: 0.1, values: vec![-23.004, f32::NEG_INFINITY] };
        let json = serde_json::to_string(&series).unwrap();
        assert_eq!(json, r#"{"start_s":0.2,"step_s":0.1,"values":[-23.0,null]}"#);
        assert_eq!(serde_json::from_str::<Series>(&json).unwrap().values, vec![-23.0, f32::NEG_INFINITY]);
    }

    #[test]
    fn a_long_series_is_joined_and_says_so_in_its_step() {
        #[derive(Serialize)]
        struct All<'a> {
            highest: &'a Series,
            #[serde(serialize_with = "lowest_of")]
            lowest: &'a Series,
            #[serde(serialize_with = "mean_of")]
            mean: &'a Series,
        }
        fn lowest_of<S: Serializer>(series: &&Series, serializer: S) -> Result<S::Ok, S::Error> {
            lowest(series, serializer)
        }
        fn mean_of<S: Serializer>(series: &&Series, serializer: S) -> Result<S::Ok, S::Error> {
            mean_power(series, serializer)
        }
        // Three values to a step, the last step short: 0, −10 and silence in turns.
        let values: Vec<f32> = (0..2 * MOST_WRITTEN + 2).map(|i| [0.0, -10.0, f32::NEG_INFINITY][i % 3]).collect();
        let series = Series { start_s: 0.05, step_s: 0.1, values };
        let json = serde_json::to_value(All { highest: &series, lowest: &series, mean: &series }).unwrap();
        for (name, value) in [("highest", Some(0.0)), ("lowest", None), ("mean", Some(-4.36))] {
            let read: Series = serde_json::from_value(json[name].clone()).unwrap();
            assert_eq!(read.values.len(), (2 * MOST_WRITTEN + 2).div_ceil(3), "{name}");
            assert!((read.step_s - 0.3).abs() < 1e-12 && (read.start_s - 0.15).abs() < 1e-12, "{name}: {} {}", read.step_s, read.start_s);
            assert_eq!(json[name]["values"][0].as_f64(), value, "{name}");
            // The last step may reach beyond the end, by less than itself.
            assert!(read.time_s(read.values.len() - 1) < series.time_s(series.values.len() - 1) + read.step_s);
        }
        let short = Series { values: vec![-1.0; MOST_WRITTEN], ..series };
        assert_eq!(serde_json::from_str::<Series>(&serde_json::to_string(&short).unwrap()).unwrap(), short);
    }
}
