//! The range of every setting, in one table that also writes the error.

use super::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, SCHEMA, Settings, Stereo};
use crate::error::{Error, Result};

/// Highest frequency of a filter, as a share of the sample rate.
pub const HIGHEST_FREQ: f64 = 0.49;
/// Most bands of an equaliser list: far beyond use; a guard against files made to exhaust the machine.
pub const MOST_EQ_BANDS: usize = 64;
/// Most bands of the dynamics.
pub const MOST_DYNAMICS_BANDS: usize = 6;

/// A setting and what it may be.
struct Range {
    name: &'static str,
    min: f64,
    max: f64,
    unit: &'static str,
}

const fn range(name: &'static str, min: f64, max: f64, unit: &'static str) -> Range {
    Range { name, min, max, unit }
}

const GAIN: Range = range("gain_db", -48.0, 48.0, " dB");
const EQ_GAIN: Range = range("gain_db", -24.0, 24.0, " dB");
const EQ_Q: Range = range("q", 0.1, 20.0, "");
const CONFIDENCE: Range = range("confidence", 0.0, 1.0, "");
const SIDE_GAIN: Range = range("side_gain_db", -96.0, 24.0, " dB");
const THRESHOLD: Range = range("threshold_db", -96.0, 24.0, " dB");
const RATIO: Range = range("ratio", 0.2, 20.0, "");
const KNEE: Range = range("knee_db", 0.0, 48.0, " dB");
const ATTACK: Range = range("attack_ms", 0.1, 1000.0, " ms");
const RELEASE: Range = range("release_ms", 1.0, 10_000.0, " ms");
const MAKEUP: Range = range("makeup_db", -24.0, 24.0, " dB");
const CEILING: Range = range("ceiling_dbtp", -48.0, 12.0, " dBTP");
const LOOKAHEAD: Range = range("lookahead_ms", 0.5, 50.0, " ms");
const LIMITER_RELEASE: Range = range("release_ms", 1.0, 10_000.0, " ms");
const SAMPLE_RATE: Range = range("sample rate", 4000.0, 768_000.0, " Hz");

impl Range {
    /// `place` is where the setting stands, as `eq[2].`; `name` replaces the table's if it says more.
    fn check(&self, place: &str, name: &str, value: f64) -> Result<()> {
        // A comparison that NaN fails.
        if value >= self.min && value <= self.max {
            return Ok(());
        }
        let Self { min, max, unit, .. } = self;
        Err(Error::setting(format!("{place}{name}"), format!("{value} is out of range"), format!("give a value from {min} to {max}{unit}")))
    }

    fn check_at(&self, place: &str, value: f64) -> Result<()> {
        self.check(place, self.name, value)
    }
}

/// Range of filter frequencies at a sample rate; at an unknown rate only the lower end and common sense hold.
fn check_freq(place: &str, name: &'static str, value: f64, sample_rate: Option<f64>) -> Result<()> {
    let max = sample_rate.map_or(192_000.0, |rate| HIGHEST_FREQ * rate);
    range(name, 10.0, max, " Hz").check_at(place, value)
}

fn check_count(name: &str, count: usize, most: usize) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    Err(Error::setting(name, format!("{count} bands are too many"), format!("give at most {most}")))
}

impl Settings {
    /// Checks every value against its range.
    ///
    /// With a `sample_rate` (Hz), filter frequencies are held against it as well: 10 Hz to 0.49 of the rate. Without one (settings just
    /// read from a file) they may go to 192 kHz.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] that names the first setting out of range and the range.
    pub fn validate(&self, sample_rate: Option<f64>) -> Result<()> {
        if self.schema != SCHEMA {
            let problem = format!("{} is not a kind of settings this version reads", self.schema);
            return Err(Error::setting("schema", problem, format!("use settings with schema {SCHEMA}")));
        }
        if let Some(rate) = sample_rate {
            SAMPLE_RATE.check_at("", rate)?;
        }
        GAIN.check("", "input_gain_db", self.input_gain_db)?;
        GAIN.check("", "output_gain_db", self.output_gain_db)?;
        check_eq("eq", &self.eq, sample_rate)?;
        self.dynamics.as_ref().map_or(Ok(()), |d| check_dynamics(d, sample_rate))?;
        self.stereo.as_ref().map_or(Ok(()), |s| check_stereo(s, sample_rate))?;
        self.limiter.as_ref().map_or(Ok(()), check_limiter)
    }
}

impl Settings {
    /// The settings as they can be carried out at a sample rate (Hz) other than the one they were made for: bells, high shelves and low-passes
    /// above 0.49 of the rate, where the file holds nothing, are left out. Second, a sentence for each.
    pub fn at_rate(&self, sample_rate: f64) -> (Self, Vec<String>) {
        let mut settings = self.clone();
        let mut steps = Vec::new();
        let mut sort_out = |bands: &mut Vec<EqBand>| {
            bands.retain(|band| {
                let above = matches!(band.kind, EqKind::Bell | EqKind::HighShelf | EqKind::LowPass);
                let fits = !above || band.freq_hz <= HIGHEST_FREQ * sample_rate;
                if !fits {
                    let hz = crate::units::number(band.freq_hz, 0);
                    steps.push(format!("the band at {hz} Hz was left out: a file at {sample_rate} Hz holds nothing there"));
                }
                fits
            });
        };
        sort_out(&mut settings.eq);
        if let Some(stereo) = &mut settings.stereo {
            sort_out(&mut stereo.side_bands);
        }
        (settings, steps)
    }
}

fn check_eq(list: &str, bands: &[EqBand], sample_rate: Option<f64>) -> Result<()> {
    check_count(list, bands.len(), MOST_EQ_BANDS)?;
    for (index, band) in bands.iter().enumerate() {
        let place = format!("{list}[{index}].");
        check_freq(&place, "freq_hz", band.freq_hz, sample_rate)?;
        EQ_GAIN.check_at(&place, band.gain_db)?;
        EQ_Q.check_at(&place, band.q)?;
        CONFIDENCE.check_at(&place, band.confidence)?;
    }
    Ok(())
}

fn check_dynamics(dynamics: &Dynamics, sample_rate: Option<f64>) -> Result<()> {
    let Dynamics { crossovers_hz, bands } = dynamics;
    check_count("dynamics.bands", bands.len(), MOST_DYNAMICS_BANDS)?;
    if bands.len() != crossovers_hz.len() + 1 {
        return Err(Error::setting(
            "dynamics.crossovers_hz",
            format!("{} crossovers do not fit {} bands", crossovers_hz.len(), bands.len()),
            "give one crossover fewer than bands",
        ));
    }
    for &crossover_hz in crossovers_hz {
        check_freq("dynamics.", "crossovers_hz", crossover_hz, sample_rate)?;
    }
    if crossovers_hz.windows(2).any(|pair| matches!(pair, [a, b] if a >= b)) {
        return Err(Error::setting("dynamics.crossovers_hz", "the crossovers do not rise", "order them from low to high"));
    }
    bands.iter().enumerate().try_for_each(|(index, band)| check_band_dynamics(&format!("dynamics.bands[{index}]."), band))
}

fn check_band_dynamics(place: &str, band: &BandDynamics) -> Result<()> {
    THRESHOLD.check_at(place, band.threshold_db)?;
    RATIO.check_at(place, band.ratio)?;
    KNEE.check_at(place, band.knee_db)?;
    ATTACK.check_at(place, band.attack_ms)?;
    RELEASE.check_at(place, band.release_ms)?;
    MAKEUP.check_at(place, band.makeup_db)
}

fn check_stereo(stereo: &Stereo, sample_rate: Option<f64>) -> Result<()> {
    SIDE_GAIN.check_at("stereo.", stereo.side_gain_db)?;
    check_eq("stereo.side_bands", &stereo.side_bands, sample_rate)?;
    if let Some(index) = stereo.side_bands.iter().position(|band| band.part == Part::Mid) {
        return Err(Error::setting(
            format!("stereo.side_bands[{index}].part"),
            "a side band cannot work on the mid",
            "move the band to eq",
        ));
    }
    stereo.mono_below_hz.map_or(Ok(()), |hz| check_freq("stereo.", "mono_below_hz", hz, sample_rate))
}

fn check_limiter(limiter: &Limiter) -> Result<()> {
    CEILING.check_at("limiter.", limiter.ceiling_dbtp)?;
    LOOKAHEAD.check_at("limiter.", limiter.lookahead_ms)?;
    LIMITER_RELEASE.check_at("limiter.", limiter.release_ms)
}
