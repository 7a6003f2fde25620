//! Settings tried without a render: one light pass through everything before the limiter, what comes out of it reckoned from that.
//!
//! A render costs the limiter and every measurement; a rehearsal keeps what a comparison needs of both. The energy map is measured before
//! the limiter and then turned down by what the limiter takes from each stretch; loudness and its spread come from the K-weighted energies of
//! [`Forecast`].
//!
//! Against a render: loudness within 0.05 LU. What the limiter takes from a stretch is known for the lows and for the whole, not band by band.
//! A render is measured all the same before its moves are kept.

use super::Host;
use super::ahead::read_ahead;
use super::drive::ROOM_DB;
use crate::audio::{Block, Source};
use crate::chain::{Forecast, Limited, Probe, STRETCHES_PER_S, Settings, part_response_db, settings};
use crate::decode;
use crate::error::Result;
use crate::measure::energy_map::{self, BANDS_HZ, EnergyMap};
use crate::measure::{Measurements, loudness, peak_to_loudness};
use crate::units::{Dbtp, db_to_power, gain_to_db, power_to_db};
use std::path::Path;

/// What a rehearsal keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// What the limiter and the loudness hang on.
    Levels,
    /// The energy map too.
    LevelsAndMap,
}

/// What came of a pass through the settings up to the limiter.
pub struct Rehearsal {
    /// What reaches the limiter.
    pub forecast: Forecast,
    /// Energy before the limiter, output gain left out; empty unless asked for.
    map: EnergyMap,
    /// Highest sample before the limiter, output gain left out.
    highest_sample: f64,
}

/// Passes the mix through the settings up to the limiter; none where the settings have no limiter.
///
/// # Errors
/// Those of reading and of the settings' ranges, and [`crate::Error::Cancelled`].
pub fn rehearse(mix: &Path, settings: &Settings, keep: Keep, host: Host<'_>) -> Result<Option<Rehearsal>> {
    let mut source = decode::open(mix)?;
    let info = source.info().clone();
    let channels = info.layout.channel_count();
    let Some(mut probe) = Probe::new(settings, info.sample_rate, channels, settings.output_gain_db + ROOM_DB)? else { return Ok(None) };
    let mut meter = (keep == Keep::LevelsAndMap).then(|| energy_map::Meter::new(info.sample_rate, &info.layout));
    let mut highest_sample = 0.0f64;
    let expected = info.frames.filter(|&n| n > 0).map(|n| n as f64);
    host.step(&format!("Rehearsing {}", info.name), |report| {
        read_ahead(&mut source, |source| {
            let (mut block, mut work) = (Block::default(), Block::<f64>::default());
            let mut frames = 0u64;
            while source.read(&mut block)? > 0 {
                work.resize(channels, block.frames());
                for (to, from) in work.channels_mut().iter_mut().zip(block.channels()) {
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = f64::from(*from);
                    }
                }
                frames += block.frames() as u64;
                probe.push(&mut work);
                for (to, from) in block.channels_mut().iter_mut().zip(work.channels()) {
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = *from as f32;
                        highest_sample = highest_sample.max(from.abs());
                    }
                }
                if let Some(meter) = &mut meter {
                    meter.push(&block);
                }
                report(expected.map_or(0.0, |all| frames as f64 / all))?;
            }
            Ok(())
        })
    })?;
    Ok(Some(Rehearsal { forecast: probe.finish(), map: meter.map(energy_map::Meter::finish).unwrap_or_default(), highest_sample }))
}

impl Rehearsal {
    /// What a render of the settings, with the gain before the limiter that they hold, would measure: energy map, loudness, highest true
    /// peak and the level below 25 Hz. All else is as in the mix.
    pub fn foreseen(&self, mix: &Measurements, settings: &Settings) -> Measurements {
        let gain_db = settings.output_gain_db;
        let loudness = loudness::of_mean_squares(&self.forecast.mean_squares(gain_db));
        let mut after = Measurements { loudness, ..mix.without_map() };
        let reaches_db = self.forecast.highest_dbtp().unwrap_or_else(|| gain_to_db(self.highest_sample)) + gain_db;
        let ceiling_dbtp = settings.limiter.as_ref().map_or(f64::INFINITY, |limiter| limiter.ceiling_dbtp);
        after.true_peak.max.level = Dbtp::new(reaches_db.min(ceiling_dbtp));
        after.peak_to_loudness = peak_to_loudness::of(&after.loudness, &after.true_peak);
        let limited = self.forecast.limited(gain_db);
        after.map = turned(self.map.clone(), gain_db, &limited);
        let frames = limited.windows(FRAME_STRETCHES.min(limited.len().max(1)));
        let limited_db =
            frames.clone().map(|frame| power_to_db(Limited::over(frame).left_at(LOW_HZ))).sum::<f64>() / frames.len().max(1) as f64;
        shift_lows(&mut after, mix, settings, limited_db);
        after
    }
}

/// Stretches that a frame of the fine spectrum hears: 0.74 s under a window that counts half of it.
const FRAME_STRETCHES: usize = 4;

/// Nothing above is read from the fine spectrum of a rehearsal, Hz.
const LOW_HZ: f64 = 30.0;

/// The map under a gain, and under what the limiter leaves of each stretch, from the middle of one to the middle of the next.
fn turned(mut map: EnergyMap, gain_db: f64, limited: &[Limited]) -> EnergyMap {
    let gain = db_to_power(gain_db);
    let at = |stretch: usize| limited.get(stretch.min(limited.len().saturating_sub(1))).copied().unwrap_or_default();
    for frame in 0..map.frames() {
        let position = (map.time_s(frame) * STRETCHES_PER_S as f64 - 0.5).max(0.0);
        let before = position as usize;
        let here = at(before).between(&at(before + 1), position.fract());
        let powers = BANDS_HZ.map(|hz| (gain * here.left_at(hz)) as f32);
        for values in [&mut map.mid, &mut map.side, &mut map.cross] {
            let reach = frame * energy_map::BANDS..(frame + 1) * energy_map::BANDS;
            values.get_mut(reach).unwrap_or(&mut []).iter_mut().zip(powers).for_each(|(value, power)| *value *= power);
        }
    }
    map
}

/// Brings the fine spectrum to where the settings put its lowest bins, against the whole as the map has it: what the level below 25 Hz
/// is read from. `limited_db` is the limiter's mean change of level.
fn shift_lows(after: &mut Measurements, mix: &Measurements, settings: &Settings, limited_db: f64) {
    let total = |map: &EnergyMap| map.mid.iter().chain(&map.side).map(|p| f64::from(*p)).sum::<f64>();
    let (before, now) = (total(&mix.map), total(&after.map));
    let whole = if before > 0.0 { (now / before) as f32 } else { 1.0 };
    let bins = &mut after.spectrum.bins;
    let powers = bins.mid.iter_mut().chain(&mut bins.side).chain(&mut bins.low.mid).chain(&mut bins.low.side);
    powers.for_each(|power| *power *= whole);
    let rate = f64::from(mix.sample_rate);
    for (bin, level) in bins.mean_db.iter_mut().enumerate() {
        let hz = bin as f64 * bins.width_hz;
        if hz > LOW_HZ {
            break;
        }
        *level += (part_response_db(&settings.eq, settings::Part::Mid, hz, rate) + settings.output_gain_db + limited_db) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::super::rendering::{Purpose, pass};
    use super::super::{Cancel, Silent, measuring};
    use super::*;
    use crate::chain::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Stereo};
    use crate::compare::{level_spread_db, portrait, rumble_db};
    use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};

    const RATE: u32 = 44_100;

    /// Noise of changing colour, level and width with a beat under it.
    fn song(path: &Path, channels: usize) {
        let mut state = 5u64;
        let mut random = move || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        let (mut level, mut colour, mut low) = (0.1, 0.3, 0.0);
        let frames: Vec<[f64; 2]> = (0..12 * RATE as usize)
            .map(|i| {
                if i % 11_025 == 0 {
                    (level, colour) = (0.05 + 0.25 * random().abs(), 0.05 + 0.8 * random().abs());
                }
                low += colour * (random() - low);
                let beat = 0.4 * (-((i % 22_050) as f64) / 3_000.0).exp() * (0.008 * (i % 22_050) as f64).sin();
                let side = 0.3 * level * random();
                [level * low + beat + side, level * low + beat - side]
            })
            .collect();
        let spec = Spec {
            format: Format::of_path(path).unwrap(),
            depth: Depth::Float32,
            sample_rate: RATE,
            channels,
            dither: Dither::None,
            frames: Some(frames.len() as u64),
        };
        let mut writer = Writer::create(path, spec, Overwrite::Refuse, &[]).unwrap();
        writer.write(&Block::from_channels((0..channels).map(|c| frames.iter().map(|f| f[c]).collect()).collect())).unwrap();
        writer.finish().unwrap();
    }

    fn settings() -> Settings {
        let band =
            |kind, freq_hz, gain_db| EqBand { kind, part: Part::Stereo, freq_hz, gain_db, q: 0.7, reason: String::new(), confidence: 1.0 };
        let compressor = BandDynamics {
            threshold_db: -20.0,
            ratio: 1.8,
            knee_db: 6.0,
            attack_ms: 10.0,
            release_ms: 120.0,
            makeup_db: 0.0,
            reason: String::new(),
        };
        let idle = BandDynamics { ratio: 1.0, ..compressor.clone() };
        Settings {
            eq: vec![band(EqKind::Bell, 300.0, -4.0), band(EqKind::LowShelf, 90.0, 3.0), band(EqKind::HighShelf, 5_000.0, 5.0)],
            dynamics: Some(Dynamics { crossovers_hz: vec![700.0], bands: vec![idle, compressor] }),
            stereo: Some(Stereo { side_gain_db: 2.0, ..Stereo::default() }),
            output_gain_db: 7.0,
            limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 120.0 }),
            ..Settings::default()
        }
    }

    #[test]
    fn what_a_rehearsal_foresees_is_what_a_render_measures() {
        let folder = tempfile::tempdir().unwrap();
        let cancel = Cancel::default();
        let host = Host { progress: &Silent, cancel: &cancel, memory: None };
        for channels in [2, 1] {
            let path = folder.path().join(format!("{channels}.wav"));
            song(&path, channels);
            let mix = measuring::measure_file(&path, host).unwrap().measurements;
            let rehearsal = rehearse(&path, &settings(), Keep::LevelsAndMap, host).unwrap().unwrap();
            let foreseen = rehearsal.foreseen(&mix, &settings());
            let rendered = pass(&path, &settings(), None, &[&path], Purpose::WriteAndMeasure, host).unwrap().measurements.unwrap();
            // The limiter and the compressor had work to do: they took loudness from what the gains alone would have brought.
            let (said, true_one) = (portrait("", &foreseen), portrait("", &rendered));
            let near = |what: &str, a: f64, b: f64, within: f64| assert!((a - b).abs() <= within, "{what}: {a} foreseen, {b} rendered");
            near("loudness", foreseen.loudness.integrated.lufs(), rendered.loudness.integrated.lufs(), 0.05);
            near("range", foreseen.loudness.range.lu(), rendered.loudness.range.lu(), 0.2);
            near("spread", level_spread_db(&foreseen).unwrap(), level_spread_db(&rendered).unwrap(), 0.2);
            near("peak", foreseen.true_peak.max.level.dbtp(), rendered.true_peak.max.level.dbtp(), 0.15);
            // A mean of levels over time, which limiting shifts.
            near("rumble", rumble_db(&foreseen), rumble_db(&rendered), 0.8);
            // The limiter takes most from the kick, 56 Hz, within a fraction of a stretch of the map: the lows about it are foreseen less well.
            const LOWS: usize = 12;
            let pairs = |said: &[Option<f64>], is: &[Option<f64>]| -> Vec<(f64, f64)> {
                said.iter().zip(is).map(|(a, b)| (a.unwrap(), b.unwrap())).collect()
            };
            for (band, (a, b)) in pairs(&said.tone_db, &true_one.tone_db).into_iter().enumerate() {
                near(&format!("tone {band}"), a, b, if band < LOWS { 0.9 } else { 0.25 });
            }
            assert_eq!(said.width_db.len(), true_one.width_db.len());
            let width = pairs(&said.width_db, &true_one.width_db);
            // A mono file has no width.
            let width: Vec<(f64, f64)> = width.into_iter().skip(LOWS).collect();
            let off = (width.iter().map(|(a, b)| (a - b).powi(2)).sum::<f64>() / width.len().max(1) as f64).sqrt();
            assert!(off < 0.5, "width is off by {off:.2} dB: {width:?}");
        }
    }

    #[test]
    fn settings_without_a_limiter_need_no_rehearsal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mix.wav");
        song(&path, 2);
        let cancel = Cancel::default();
        let host = Host { progress: &Silent, cancel: &cancel, memory: None };
        assert!(rehearse(&path, &Settings::default(), Keep::LevelsAndMap, host).unwrap().is_none());
        cancel.cancel();
        assert!(rehearse(&path, &settings(), Keep::Levels, host).is_err());
    }
}
