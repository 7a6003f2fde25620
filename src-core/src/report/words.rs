//! How numbers, times and bands are put into words, the same in every format.

use crate::audio::{SourceInfo, TimeRange};
use crate::diagnose::Status;
use crate::units::{exact_moment, moment, number};

/// A no-break space, between a number and its unit.
pub(crate) const NBSP: char = '\u{a0}';

/// Units that count things.
const COUNTED: [&str; 6] = ["runs", "places", "clicks", "samples", "gaps", "dropouts"];

/// Decimals that mean something for a unit.
fn decimals(unit: &str, value: f64) -> usize {
    match unit {
        "s" if value.abs() < 10.0 => 2,
        "dB" | "dBTP" | "dBFS" | "LUFS" | "LU" | "dB/oct" | "kHz" | "s" => 1,
        "" | "correlation" => 2,
        "bit" | "Hz" | "%" | "runs" | "places" | "clicks" | "samples" | "gaps" => 0,
        _ if value.fract() == 0.0 => 0,
        _ if value.abs() >= 100.0 => 0,
        _ => 1,
    }
}

/// A number as [`number`] writes it, with a plus sign where the number is a difference.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = number(value, decimals);
    let zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// Whether values of a check are differences or peaks, for which the sign is part of the reading.
fn is_difference(code: &str, unit: &str) -> bool {
    let family = code.split('.').next().unwrap_or_default();
    let level = matches!(unit, "dB" | "LU");
    unit == "dBTP" || unit == "corr." || (level && matches!(family, "tonal" | "translation" | "masking"))
}

/// Number and unit of a measured value, apart, because they are set in different weights.
pub(crate) fn value_and_unit(code: &str, value: Option<f64>, unit: &str) -> (String, String) {
    // In documents minus infinity is null, and only levels can be that: anything else was not measured.
    let Some(value) = value else {
        let silent = matches!(unit, "dB" | "dBFS" | "dBTP" | "LUFS" | "LU");
        return if silent { ("\u{2212}\u{221e}".into(), unit.into()) } else { ("\u{2013}".into(), String::new()) };
    };
    let (value, unit) = match unit {
        "Hz" if value.abs() >= 1000.0 => (value / 1000.0, "kHz"),
        "correlation" => (value, "corr."),
        other => (value, other),
    };
    let places = if unit == "corr." { 2 } else { decimals(unit, value) };
    let text = if is_difference(code, unit) { signed(value, places) } else { number(value, places) };
    let one = if value == 1.0 && COUNTED.contains(&unit) { unit.trim_end_matches('s') } else { unit };
    (text, one.into())
}

/// Number and unit in one string.
pub fn quantity(code: &str, value: Option<f64>, unit: &str) -> String {
    joined(&value_and_unit(code, value, unit))
}

/// Number and unit with the right space between them.
pub(crate) fn joined((value, unit): &(String, String)) -> String {
    match unit.as_str() {
        "" => value.clone(),
        _ => format!("{value}{NBSP}{unit}"),
    }
}

/// The limit in words: "at most −1.0", "none allowed". The side is the one that the value leans to.
pub fn limit(code: &str, value: Option<f64>, limit: Option<f64>, unit: &str, lean: Option<f64>) -> Option<String> {
    let limit = limit?;
    let (mut text, limit_unit) = value_and_unit(code, Some(limit), unit);
    let (_, value_unit) = value_and_unit(code, value, unit);
    if limit == 0.0 && COUNTED.contains(&unit) {
        return Some("none allowed".into());
    }
    if limit_unit != value_unit && !limit_unit.is_empty() {
        text = joined(&(text, limit_unit));
    }
    // A note may stand inside its limit, so the side is that of the lean and only without one that of the value.
    let above = match (lean, value) {
        (Some(lean), _) if lean != 0.0 => lean > 0.0,
        (_, Some(value)) => value >= limit,
        _ => true,
    };
    Some(if above { format!("at most {text}") } else { format!("at least {text}") })
}

/// A length of time for a heading: 3:52, 0.10 s.
pub(crate) fn length(seconds: f64) -> String {
    if seconds < 10.0 { format!("{}{NBSP}s", number(seconds, 2)) } else { moment(seconds) }
}

/// One stretch: "1:57–2:09", "2:17.304".
pub(crate) fn stretch(range: &TimeRange) -> String {
    if range.duration_s() < 1.0 {
        return exact_moment(range.start_s);
    }
    format!("{}\u{2013}{}", moment(range.start_s), moment(range.end_s))
}

/// Places in time, short: up to two in full, more as a count with the first and last.
pub(crate) fn places(times: &[TimeRange], duration_s: f64) -> String {
    match times {
        [] => "throughout".into(),
        [one] if one.start_s <= 0.5 && one.end_s >= duration_s - 0.5 && duration_s > 1.0 => "throughout".into(),
        few if few.len() <= 2 => few.iter().map(stretch).collect::<Vec<_>>().join(", "),
        [first, .., last] => format!("{} places, {}\u{2013}{}", times.len(), moment(first.start_s), moment(last.end_s)),
        _ => String::new(),
    }
}

/// All places in time, up to a number that a person will read.
pub fn all_places(times: &[TimeRange], most: usize) -> String {
    let mut text = times.iter().take(most).map(stretch).collect::<Vec<_>>().join(", ");
    if times.len() > most {
        text.push_str(&format!(" and {} more", times.len() - most));
    }
    text
}

/// The format of a file: "44.1 kHz, 24 bit, stereo".
pub fn format(f: &SourceInfo) -> String {
    let rate = f64::from(f.sample_rate) / 1000.0;
    let rate = number(rate, if rate.fract().abs() < 0.05 { 0 } else { 1 });
    let depth = match (f.float, f.bits_per_sample) {
        (true, Some(bits)) => format!("{bits} bit float"),
        (false, Some(bits)) => format!("{bits} bit"),
        _ => f.codec.to_uppercase(),
    };
    let channels = match f.layout.channel_count() {
        1 => "mono".into(),
        2 => "stereo".into(),
        6 => "5.1".into(),
        n => format!("{n} channels"),
    };
    format!("{rate}{NBSP}kHz, {depth}, {channels}")
}

/// A frequency: "232 Hz", "6.8 kHz".
pub(crate) fn frequency(hz: f64) -> String {
    if hz >= 1000.0 {
        format!("{}{NBSP}kHz", kilo(hz))
    } else {
        format!("{}{NBSP}Hz", number(hz, if hz < 30.0 && hz.fract() > 0.05 { 1 } else { 0 }))
    }
}

fn kilo(hz: f64) -> String {
    let text = number(hz / 1000.0, 1);
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A band: "180–320 Hz", "1.8–4.2 kHz", "800 Hz–1.2 kHz".
pub fn band(band: [f64; 2]) -> String {
    let [low, high] = band;
    if low.round() == high.round() {
        return frequency(low);
    }
    match (low >= 1000.0, high >= 1000.0) {
        (true, true) => format!("{}\u{2013}{}{NBSP}kHz", kilo(low), kilo(high)),
        (false, false) => format!("{}\u{2013}{}{NBSP}Hz", number(low, 0), number(high, 0)),
        _ => format!("{}\u{2013}{}", frequency(low), frequency(high)),
    }
}

/// The lean as a sentence fragment: "2.1 range widths too much".
pub(crate) fn lean(lean: Option<f64>) -> String {
    match lean {
        None => "no lean measured".into(),
        Some(l) if l.abs() <= 0.5 => "inside the range".into(),
        Some(l) => {
            let side = if l > 0.0 { "too much" } else { "too little" };
            let more = if l.abs() >= 3.2 { " or more" } else { "" };
            format!("{} range widths{more} {side}", number(l.abs(), 1))
        }
    }
}

/// The word for a status.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Fail => "fault",
        Status::Warn => "warning",
        Status::Note => "note",
        Status::Pass => "pass",
        Status::Skipped => "not run",
    }
}

/// A whole number in words up to twelve, as running text wants it.
pub(crate) fn count(n: usize) -> String {
    const WORDS: [&str; 13] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(n).map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

/// First letter as a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// First letter small, unless the word is a name or an abbreviation (a second capital, or a digit).
pub(crate) fn small(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(a), Some(b)) if a.is_uppercase() && b.is_lowercase() => a.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// The middle of a long name left out, so that both its beginning and its ending can be read.
pub(crate) fn shortened(name: &str, most: usize) -> String {
    let chars: Vec<char> = name.chars().collect();
    if chars.len() <= most {
        return name.to_owned();
    }
    let tail = most / 3;
    let head = most.saturating_sub(tail + 1);
    let first: String = chars.iter().take(head).collect();
    let last: String = chars.iter().skip(chars.len() - tail).collect();
    format!("{first}\u{2026}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_carry_their_sign_where_it_is_part_of_the_reading() {
        assert_eq!(quantity("tonal.muddy", Some(2.6), "dB"), "+2.6\u{a0}dB");
        assert_eq!(quantity("stereo.wide_bass", Some(-0.21), "correlation"), "\u{2212}0.21\u{a0}corr.");
        assert_eq!(quantity("dynamics.crushed", Some(5.8), "dB"), "5.8\u{a0}dB");
        assert_eq!(quantity("headroom.clipped", Some(14.0), "runs"), "14\u{a0}runs");
        assert_eq!(quantity("glitch.click", Some(1.0), "places"), "1\u{a0}place");
        assert_eq!(quantity("format.lossy_source", Some(16000.0), "Hz"), "16.0\u{a0}kHz");
        assert_eq!(quantity("stereo.dead_channel", None, "dBFS"), "\u{2212}\u{221e}\u{a0}dBFS");
        assert_eq!(quantity("format.low_rate", None, "Hz"), "\u{2013}");
    }

    #[test]
    fn limits_say_on_which_side_they_stand() {
        assert_eq!(limit("headroom.clipped", Some(14.0), Some(0.0), "runs", Some(2.0)).unwrap(), "none allowed");
        assert_eq!(limit("stereo.wide_bass", Some(-0.21), Some(0.3), "correlation", Some(-2.0)).unwrap(), "at least +0.30");
        // A note stands inside its limit and still leans towards it.
        assert_eq!(limit("stereo.wide_bass", Some(0.32), Some(0.3), "correlation", Some(-0.4)).unwrap(), "at least +0.30");
        assert_eq!(limit("headroom.true_peak", Some(0.3), Some(-1.0), "dBTP", Some(1.0)).unwrap(), "at most \u{2212}1.0");
        assert_eq!(limit("format.low_rate", Some(8000.0), Some(44100.0), "Hz", None).unwrap(), "at least 44.1");
        assert_eq!(limit("format.low_rate", Some(800.0), Some(44100.0), "Hz", None).unwrap(), "at least 44.1\u{a0}kHz");
        assert_eq!(limit("noise.floor", Some(1.0), None, "dB", None), None);
    }

    #[test]
    fn times_and_bands_read_as_a_mixer_says_them() {
        assert_eq!(places(&[TimeRange::new(117.0, 129.0)], 232.0), "1:57\u{2013}2:09");
        assert_eq!(places(&[TimeRange::new(137.304, 137.31)], 232.0), "2:17.304");
        assert_eq!(places(&[], 232.0), "throughout");
        assert_eq!(places(&[TimeRange::new(0.0, 232.0)], 232.0), "throughout");
        assert_eq!(places(&[TimeRange::new(1.0, 3.0); 11], 232.0), "11 places, 0:01\u{2013}0:03");
        assert_eq!(length(0.1), "0.10\u{a0}s");
        assert_eq!(band([180.0, 320.0]), "180\u{2013}320\u{a0}Hz");
        assert_eq!(band([1800.0, 4200.0]), "1.8\u{2013}4.2\u{a0}kHz");
        assert_eq!(band([800.0, 1200.0]), "800\u{a0}Hz\u{2013}1.2\u{a0}kHz");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let short = shortened(&format!("{}_final_v7.wav", "x".repeat(300)), 40);
        assert_eq!(short.chars().count(), 40);
        assert!(short.ends_with("nal_v7.wav"), "{short}");
        assert_eq!(shortened("mix.wav", 40), "mix.wav");
    }
}
