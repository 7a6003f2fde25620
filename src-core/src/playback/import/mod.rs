//! The user's own systems: measured curves of other tools, made into a [`System`].
//!
//! Read are AutoEq's CSV, parametric equaliser text (AutoEq, Equalizer APO), REW's text export, and impulse responses. All become third
//! octaves with 0 dB in the middle; what a curve does not say (listening level, noise, angle) is taken from a like class and marked as an estimate.

mod impulse;
mod parametric;
mod table;

pub use impulse::of_impulse;

use crate::error::{Error, Result};
use crate::models::system::{BANDS, Bands, Channels, Group, Heard, Level, Response, SCHEMA, System, find};
use crate::units::{THIRD_OCTAVES_HZ, db_to_power, power_to_db};
use std::path::Path;

/// A curve as read: frequency in Hz, gain in dB, rising in frequency.
pub type Curve = Vec<(f64, f64)>;

/// Largest text that is read, bytes: a curve with 100,000 points.
pub const MOST_BYTES: u64 = 16 << 20;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Comma-separated values with a heading that names `frequency`.
    AutoEqCsv,
    /// Lines `Filter N: ON PK Fc … Gain … Q …`: the correction of a headphone, so its response is the inverse.
    Parametric,
    /// Rows of frequency and level, comments with `*` or `#`.
    RewText,
    /// An impulse response.
    Impulse,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Self::AutoEqCsv => "AutoEq CSV",
            Self::Parametric => "parametric equaliser text (inverted: it corrects what the system does)",
            Self::RewText => "frequency response text",
            Self::Impulse => "impulse response",
        }
    }

    fn heard(self) -> Heard {
        match self {
            Self::AutoEqCsv | Self::Parametric => Heard::Headphones,
            Self::RewText | Self::Impulse => Heard::Loudspeakers,
        }
    }
}

/// Reads a curve from text, whichever of the known forms it has.
///
/// # Errors
/// [`Error::Malformed`] where it has none of them, or too few points.
pub fn read_text(path: &Path, text: &str) -> Result<(Kind, Curve)> {
    let read = if parametric::looks_like(text) {
        parametric::read(text).map(|curve| (Kind::Parametric, curve))
    } else if table::has_heading(text) {
        table::read_csv(text).map(|curve| (Kind::AutoEqCsv, curve))
    } else {
        table::read_rows(text).map(|curve| (Kind::RewText, curve))
    };
    let (kind, curve) = read.map_err(|problem| malformed(path, problem))?;
    Ok((kind, sorted(curve)))
}

fn malformed(path: &Path, problem: impl Into<String>) -> Error {
    Error::Malformed {
        path: path.to_owned(),
        problem: problem.into(),
        hint: "give an AutoEq CSV, a parametric equaliser text, a REW text export or an impulse response WAV",
    }
}

fn sorted(mut curve: Curve) -> Curve {
    curve.sort_by(|a, b| a.0.total_cmp(&b.0));
    curve.dedup_by(|b, a| a.0 == b.0);
    curve
}

/// Fewest points, and the frequencies that must lie within a curve, Hz.
const FEWEST_POINTS: usize = 8;
const MUST_COVER_HZ: [f64; 2] = [500.0, 2000.0];

/// Makes a system of a curve. `name` is its name on the command line, `title` its name for people.
///
/// # Errors
/// [`Error::Malformed`] where the curve does not cover the middle, or says what no system does.
pub fn system(path: &Path, name: &str, kind: Kind, curve: &[(f64, f64)], date: &str) -> Result<System> {
    let covers = matches!((curve.first(), curve.last()), (Some(a), Some(b)) if a.0 <= MUST_COVER_HZ[0] && b.0 >= MUST_COVER_HZ[1]);
    if curve.len() < FEWEST_POINTS || !covers {
        return Err(malformed(path, format!("it holds {} points, which do not cover 500 Hz to 2 kHz", curve.len())));
    }
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let source = format!("{} from {file}", kind.label());
    let like = match kind.heard() {
        Heard::Headphones => find("consumer_headphones")?,
        Heard::Loudspeakers => find("home_hifi")?,
    };
    let like = like.ok_or(Error::Bug { place: "playback::import", problem: "a class is missing".into() })?;
    let estimate = |what: &str| format!("{what} of the class {}", like.name);
    let system = System {
        schema: SCHEMA.into(),
        name: name.to_owned(),
        title: title(name),
        place: format!("on {}", title(name)),
        group: if kind.heard() == Heard::Headphones { Group::Headphones } else { Group::Room },
        description: file.clone(),
        origin: source.clone(),
        licence: "as the imported file".into(),
        date: date.to_owned(),
        measured_devices: 1,
        response: Response {
            mean_db: bands(curve),
            sd_db: THIRD_OCTAVES_HZ.map(repeat_sd_db),
            basis: "measured:1".into(),
            source,
            reference: like.response.reference.clone(),
        },
        channels: Channels { source: estimate("channels"), basis: "estimate".into(), ..like.channels.clone() },
        level: Level { source: estimate("listening level"), basis: "estimate".into(), ..like.level.clone() },
        noise: like.noise.clone(),
        noise_attenuation: like.noise_attenuation.clone(),
        limiter: None,
        bass_by_level: None,
        max_level: None,
        facts: Vec::new(),
    };
    // What is written must be read again.
    System::parse(path, &system.to_json()?)
}

/// "my_car" as "my car".
fn title(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// How far two measurements of one device lie apart, dB: placement matters little in the middle and much at the top (two sets of
/// measurements of the same headphones differ by 0.3 to 1 dB up to 6.3 kHz and by 1.7 to 3.8 dB above 8 kHz).
fn repeat_sd_db(hz: f64) -> f64 {
    if hz < 100.0 {
        1.5
    } else if hz < 7000.0 {
        1.0
    } else {
        2.5
    }
}

/// A curve as third octaves: mean power of what lies in each band, straight lines between points, held at both ends; the mean from
/// 500 Hz to 2 kHz becomes 0 dB.
fn bands(curve: &[(f64, f64)]) -> Bands {
    const POINTS: i32 = 16;
    let mut bands = THIRD_OCTAVES_HZ.map(|hz| {
        let point = |i: i32| hz * 2f64.powf((f64::from(i) + 0.5) / f64::from(POINTS) / 3.0 - 1.0 / 6.0);
        power_to_db((0..POINTS).map(|i| db_to_power(at(curve, point(i)))).sum::<f64>() / f64::from(POINTS))
    });
    let middle: Vec<f64> = (0..BANDS).filter(|b| (500.0..=2000.0).contains(&THIRD_OCTAVES_HZ[*b])).map(|b| bands[b]).collect();
    let zero = middle.iter().sum::<f64>() / middle.len() as f64;
    for band in &mut bands {
        // A microphone's own noise, not the system, is what lies far down.
        *band = ((*band - zero).clamp(-80.0, 40.0) * 100.0).round() / 100.0;
    }
    bands
}

fn at(curve: &[(f64, f64)], hz: f64) -> f64 {
    let above = curve.partition_point(|p| p.0 <= hz);
    match (above.checked_sub(1).and_then(|i| curve.get(i)), curve.get(above)) {
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (hz / a.0).ln() / (b.0 / a.0).ln(),
        (Some(p), None) | (None, Some(p)) => p.1,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Kind, System) {
        let path = Path::new("mine.txt");
        let (kind, curve) = read_text(path, text).unwrap();
        (kind, system(path, "mine", kind, &curve, "2026-11-27").unwrap())
    }

    #[test]
    fn an_autoeq_csv_gives_the_deviation_from_its_target() {
        let mut text = "frequency,raw,smoothed,error,error_smoothed,target\n".to_owned();
        for i in 0..=300 {
            let hz = 20.0 * 1000f64.powf(f64::from(i) / 300.0);
            let bass = if hz < 100.0 { 5.0 } else { 0.0 };
            text += &format!("{hz:.2},{:.2},0.0,{bass:.2},{bass:.2},3.0\n", bass + 3.0);
        }
        let (kind, mine) = read(&text);
        assert_eq!(kind, Kind::AutoEqCsv);
        assert_eq!((mine.response.mean_db[3], mine.response.mean_db[17]), (5.0, 0.0));
        assert_eq!(mine.channels.heard, Heard::Headphones);
    }

    #[test]
    fn a_correction_is_inverted() {
        let text = "Preamp: -6.0 dB\nFilter 1: ON PK Fc 100 Hz Gain -4.0 dB Q 1.00\nFilter 2: OFF PK Fc 3000 Hz Gain 9 dB Q 1\n\
                    Filter 3: ON HSC Fc 9000 Hz Gain 3.0 dB Q 0.70\n";
        let (kind, mine) = read(text);
        assert_eq!(kind, Kind::Parametric);
        assert!((mine.response.mean_db[7] - 4.0).abs() < 0.2, "{:?}", mine.response.mean_db);
        assert!((mine.response.mean_db[30] + 3.0).abs() < 0.3);
        assert!(mine.response.mean_db[22].abs() < 0.3, "a filter that is off does nothing");
    }

    #[test]
    fn a_text_export_is_a_loudspeaker() {
        let mut text = "* Measurement data measured by REW V5.20\n* Freq(Hz) SPL(dB) Phase(degrees)\n".to_owned();
        for i in 0..200 {
            let hz = 20.0 * 1000f64.powf(f64::from(i) / 199.0);
            text += &format!("{hz:.3} {:.3} {:.1}\n", 80.0 - if hz > 5000.0 { 6.0 } else { 0.0 }, 12.0);
        }
        let (kind, mine) = read(&text);
        assert_eq!(kind, Kind::RewText);
        assert_eq!((mine.response.mean_db[10], mine.response.mean_db[28]), (0.0, -6.0));
        assert_eq!(mine.channels.heard, Heard::Loudspeakers);
    }

    #[test]
    fn what_is_no_curve_is_refused_with_its_name() {
        for text in ["", "hello", "1 2\n3 4\n", "frequency,raw\nx,y\n", "Filter 1: ON PK Fc x Hz Gain y dB Q z", "20 nan\n100 inf\n"] {
            let error = read_text(Path::new("bad.txt"), text)
                .and_then(|(kind, curve)| system(Path::new("bad.txt"), "bad", kind, &curve, "2026-11-27"))
                .unwrap_err();
            assert!(error.to_string().starts_with("bad.txt: "), "{error}");
        }
    }
}
