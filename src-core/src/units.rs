//! Quantities with their units, as they cross module borders.
//!
//! Inside tight loops plain floats with a suffix (`_db`, `_hz`, `_s`, `_power`, `_gain`) are used instead.
//! Silence is minus infinity in every level type; in JSON it is `null`, because JSON has no infinity.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// Nominal centres of third octaves, Hz (ISO 266, 20 Hz to 20 kHz): the bands of the energy map, of targets and of playback systems.
pub const THIRD_OCTAVES_HZ: [f64; 31] = [
    20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0, 800.0, 1000.0, 1250.0, 1600.0,
    2000.0, 2500.0, 3150.0, 4000.0, 5000.0, 6300.0, 8000.0, 10_000.0, 12_500.0, 16_000.0, 20_000.0,
];

/// Defines a level-like newtype over `f64`: constructor and getter carry the unit, infinities become `null` in JSON.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $getter:ident, $unit:literal, $decimals:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// The quantity for a number in its own unit.
            pub const fn new(value: f64) -> Self {
                Self(value)
            }
            /// The number in its own unit.
            pub const fn $getter(self) -> f64 {
                self.0
            }
            /// Whether the number is finite (silence and "not measured" are not).
            pub const fn is_finite(self) -> bool {
                self.0.is_finite()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let decimals = f.precision().unwrap_or($decimals);
                write!(f, "{}\u{a0}{}", number(self.0, decimals), $unit)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if self.0.is_finite() { s.serialize_f64(self.0) } else { s.serialize_none() }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Ok(Self(Option::<f64>::deserialize(d)?.unwrap_or(f64::NEG_INFINITY)))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": ["number", "null"], "description": concat!("in ", $unit, "; null is minus infinity (silence)") })
            }
        }
    };
}

quantity!(
    /// A level or level difference in decibels.
    Db, db, "dB", 1
);
quantity!(
    /// Loudness after ITU-R BS.1770 / EBU R 128.
    Lufs, lufs, "LUFS", 1
);
quantity!(
    /// A loudness difference in loudness units (1 LU = 1 dB).
    Lu, lu, "LU", 1
);
quantity!(
    /// True peak level in dB relative to full scale, oversampled.
    Dbtp, dbtp, "dBTP", 1
);
quantity!(
    /// Frequency.
    Hz, hz, "Hz", 0
);
quantity!(
    /// Time or duration.
    Seconds, s, "s", 2
);

impl Db {
    /// Level of an amplitude ratio: 20 log10.
    pub fn from_gain(gain: f64) -> Self {
        Self(20.0 * gain.abs().log10())
    }
    /// Level of a power ratio: 10 log10.
    pub fn from_power(power: f64) -> Self {
        Self(10.0 * power.log10())
    }
    /// Amplitude ratio of the level.
    pub fn gain(self) -> f64 {
        10f64.powf(self.0 / 20.0)
    }
    /// Power ratio of the level.
    pub fn power(self) -> f64 {
        10f64.powf(self.0 / 10.0)
    }
}

/// Amplitude ratio to dB, for loops that work on plain floats.
pub fn gain_to_db(gain: f64) -> f64 {
    20.0 * gain.abs().log10()
}

/// Power ratio to dB, for loops that work on plain floats.
pub fn power_to_db(power: f64) -> f64 {
    10.0 * power.log10()
}

/// dB to amplitude ratio, for loops that work on plain floats.
pub fn db_to_gain(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// dB to power ratio, for loops that work on plain floats.
pub fn db_to_power(db: f64) -> f64 {
    10f64.powf(db / 10.0)
}

/// A number for people: a real minus sign, "−∞" for silence, no "−0.0".
pub fn number(value: f64, decimals: usize) -> String {
    if value == f64::NEG_INFINITY {
        return "\u{2212}\u{221e}".into();
    }
    if value == f64::INFINITY {
        return "\u{221e}".into();
    }
    if value.is_nan() {
        return "\u{2013}".into();
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        Some(rest) => format!("\u{2212}{rest}"),
        None => text,
    }
}

/// A moment: 0:16, 12:05, 1:02:03.
pub fn moment(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    clock(whole / 3600, whole / 60 % 60, whole % 60)
}

fn clock(hours: u64, minutes: u64, seconds: u64) -> String {
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A moment to the millisecond, for things shorter than a second.
pub fn exact_moment(seconds: f64) -> String {
    let ms = (seconds.max(0.0) * 1000.0).round() as u64;
    if ms == 0 {
        return moment(0.0);
    }
    format!("{}.{:03}", clock(ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60), ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_convert_both_ways() {
        assert!((Db::from_gain(0.5).db() + 6.0206).abs() < 1e-4);
        assert!((Db::new(-6.0206).gain() - 0.5).abs() < 1e-5);
        assert!((Db::from_power(0.5).db() + 3.0103).abs() < 1e-4);
    }

    #[test]
    fn moments_are_written_as_clocks_write_them() {
        assert_eq!([moment(0.0), moment(16.4), moment(725.0), moment(3723.0)], ["0:00", "0:16", "12:05", "1:02:03"]);
        assert_eq!([exact_moment(0.0), exact_moment(59.9996), exact_moment(9007.019)], ["0:00", "1:00.000", "2:30:07.019"]);
    }

    #[test]
    fn silence_is_minus_infinity_and_null_in_json() {
        let silent = Db::from_gain(0.0);
        assert_eq!(silent.db(), f64::NEG_INFINITY);
        assert_eq!(serde_json::to_string(&silent).unwrap(), "null");
        assert_eq!(serde_json::from_str::<Db>("null").unwrap(), silent);
    }

    #[test]
    fn people_read_a_real_minus_and_no_negative_zero() {
        assert_eq!(Lufs::new(-14.04).to_string(), "\u{2212}14.0\u{a0}LUFS");
        assert_eq!(Db::new(-0.01).to_string(), "0.0\u{a0}dB");
        assert_eq!(Db::new(f64::NEG_INFINITY).to_string(), "\u{2212}\u{221e}\u{a0}dB");
    }
}
