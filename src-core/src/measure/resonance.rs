//! The floor between the notes: where a resonance shows, because it rings under whatever is played.

use super::spectrum::Bins;

/// Bands per octave.
pub const PER_OCTAVE: usize = 24;

/// Centre of the lowest band, Hz. Below, a band holds too few bins to tell its floor from its notes.
pub const FIRST_HZ: f64 = 300.0;

/// Number of bands: up to 5.9 kHz. Above, cymbals and lossy codecs shape the spectrum.
pub const COUNT: usize = 104;

/// Part of a band's bins that lies below its floor: the bins of notes lie above, and a few are low by chance.
const FLOOR_QUANTILE: f64 = 0.05;

/// Half width of the stretch whose bins count for a band, in bands: neighbours overlap a little.
const REACH: f64 = 0.6;

/// Centre of a band, Hz.
pub fn centre_hz(band: usize) -> f64 {
    FIRST_HZ * 2f64.powf(band as f64 / PER_OCTAVE as f64)
}

/// Floor of each twenty-fourth of an octave, dB, lowest first.
///
/// # What it measures
/// The level between the notes. Music puts lines into the spectrum where its notes are; a resonance, of a room, an instrument or a
/// filter, lifts everything in a narrow range, the floor between the lines too, through changing notes.
/// # Definition
/// Mean over the frames of the level in dB of each bin of the long-term spectrum (bins of 1.35 Hz at 44.1 kHz); in each band the 5 %
/// quantile of its bins, by linear interpolation between ranks.
/// # Unit and range
/// dB; only differences between bands and between files mean anything.
/// # On silence, short, mono
/// Silence: empty. Mono is measured like stereo.
/// # Limits
/// A single sustained note whose vibrato fills a band looks like a resonance; music of few notes has more such bands.
/// # References
/// None known for the quantile; the idea is that of a noise floor by minimum statistics (R. Martin, IEEE Trans. Speech and Audio
/// Processing 9(5), 2001), taken over frequency instead of time.
pub fn floor_db(bins: &Bins) -> Vec<f64> {
    if bins.width_hz <= 0.0 || !bins.mean_db.iter().any(|db| *db > f32::NEG_INFINITY) {
        return Vec::new();
    }
    let floors = (0..COUNT).map(|band| {
        let edge = 2f64.powf(REACH / PER_OCTAVE as f64);
        let (low, high) = (centre_hz(band) / edge / bins.width_hz, centre_hz(band) * edge / bins.width_hz);
        let mut levels = bins.mean_db.get(low as usize..high.ceil() as usize + 1).unwrap_or(&[]).to_vec();
        quantile(&mut levels, FLOOR_QUANTILE)
    });
    floors.collect::<Option<_>>().unwrap_or_default()
}

fn quantile(values: &mut [f32], part: f64) -> Option<f64> {
    values.sort_by(f32::total_cmp);
    let position = part * values.len().checked_sub(1)? as f64;
    let (below, rest) = (position as usize, position.fract());
    let low = f64::from(*values.get(below)?);
    let high = values.get(below + 1).map_or(low, |v| f64::from(*v));
    Some(low + rest * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(of: impl Fn(f64) -> f32) -> Bins {
        Bins { width_hz: 1.35, mean_db: (0..16_385).map(|k| of(f64::from(k) * 1.35)).collect(), ..Bins::default() }
    }

    #[test]
    fn notes_leave_the_floor_and_a_resonance_lifts_it() {
        let notes = |hz: f64| if (hz / 110.0).fract() < 0.03 { -20.0 } else { -60.0 };
        let quiet = floor_db(&bins(notes));
        assert_eq!(quiet.len(), COUNT);
        assert!(quiet.iter().all(|db| (db + 60.0).abs() < 0.1));
        let ringing = floor_db(&bins(|hz| notes(hz) + if (hz - 1_000.0).abs() < 40.0 { 12.0 } else { 0.0 }));
        let highest = (0..COUNT).max_by(|a, b| ringing[*a].total_cmp(&ringing[*b])).unwrap();
        assert!((centre_hz(highest) - 1_000.0).abs() < 40.0);
        assert!((ringing[highest] + 48.0).abs() < 0.1);
    }

    #[test]
    fn silence_and_low_rates_have_no_floor() {
        assert!(floor_db(&Bins::default()).is_empty());
        assert!(floor_db(&bins(|_| f32::NEG_INFINITY)).is_empty());
        assert!(floor_db(&Bins { width_hz: 1.35, mean_db: vec![-30.0; 1_000], ..Bins::default() }).is_empty());
    }
}
