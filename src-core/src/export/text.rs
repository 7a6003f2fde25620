//! Settings as a person dials them in, in the order in which the sound passes them.

use crate::chain::Settings;
use crate::chain::settings::{Dynamics, EqBand, EqKind, Part, Stereo};
use crate::units::number;
use std::fmt::Write as _;

/// The settings in words and numbers.
pub fn write(settings: &Settings) -> String {
    let mut out = format!("Plumbline {} settings, in the order in which the sound passes them\n", settings.tool_version);
    // Writing to a String cannot fail.
    if settings.input_gain_db != 0.0 {
        let _ = writeln!(out, "\nInput gain     {} dB", number(settings.input_gain_db, 2));
    }
    if !settings.eq.is_empty() {
        out += "\nEqualiser\n";
        bands(&mut out, &settings.eq);
    }
    if let Some(dynamics) = &settings.dynamics {
        write_dynamics(&mut out, dynamics);
    }
    if let Some(stereo) = &settings.stereo {
        write_stereo(&mut out, stereo);
    }
    if settings.output_gain_db != 0.0 {
        let _ = writeln!(out, "\nOutput gain    {} dB", number(settings.output_gain_db, 2));
    }
    if let Some(limiter) = &settings.limiter {
        let _ = writeln!(
            out,
            "\nLimiter        true peak, ceiling {} dBTP, look-ahead {} ms, release {} ms",
            number(limiter.ceiling_dbtp, 2),
            number(limiter.lookahead_ms, 1),
            number(limiter.release_ms, 0)
        );
    }
    if out.lines().count() == 1 {
        out += "\nNothing is changed.\n";
    }
    out
}

fn bands(out: &mut String, bands: &[EqBand]) {
    for (index, band) in bands.iter().enumerate() {
        let kind = match band.kind {
            EqKind::Bell => "bell",
            EqKind::LowShelf => "low shelf",
            EqKind::HighShelf => "high shelf",
            EqKind::HighPass => "high-pass",
            EqKind::LowPass => "low-pass",
        };
        let part = match band.part {
            Part::Stereo => "L+R",
            Part::Mid => "mid",
            Part::Side => "side",
        };
        let gain = match band.kind {
            EqKind::HighPass | EqKind::LowPass => "         ".to_owned(),
            _ => format!("{:>6} dB", number(band.gain_db, 2)),
        };
        let decimals = if band.freq_hz < 100.0 { 1 } else { 0 };
        let freq = number(band.freq_hz, decimals);
        let line = format!("  {:>2}  {part:<4}  {kind:<10}  {freq:>6} Hz  {gain}  Q {:<6} {}", index + 1, number(band.q, 3), band.reason);
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn write_dynamics(out: &mut String, dynamics: &Dynamics) {
    out.push_str("\nCompression by band\n");
    for (index, band) in dynamics.bands.iter().enumerate() {
        let edge = |at: Option<usize>| at.and_then(|i| dynamics.crossovers_hz.get(i)).map(|hz| number(*hz, 0));
        let range = match (edge(index.checked_sub(1)), edge(Some(index))) {
            (None, None) => "all".to_owned(),
            (None, Some(to)) => format!("below {to} Hz"),
            (Some(from), Some(to)) => format!("{from} to {to} Hz"),
            (Some(from), None) => format!("above {from} Hz"),
        };
        let line = format!(
            "  {range:<17}  threshold {} dBFS, ratio {}:1, knee {} dB, attack {} ms, release {} ms, make-up {} dB  {}",
            number(band.threshold_db, 1),
            number(band.ratio, 2),
            number(band.knee_db, 1),
            number(band.attack_ms, 1),
            number(band.release_ms, 0),
            number(band.makeup_db, 2),
            band.reason
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn write_stereo(out: &mut String, stereo: &Stereo) {
    out.push_str("\nStereo\n");
    if stereo.side_gain_db != 0.0 {
        let _ = writeln!(out, "  side gain    {} dB", number(stereo.side_gain_db, 2));
    }
    if let Some(hz) = stereo.mono_below_hz {
        let _ = writeln!(out, "  mono below   {} Hz (side high-passed, 24 dB an octave)", number(hz, 0));
    }
    bands(out, &stereo.side_bands);
    if !stereo.reason.is_empty() {
        let _ = writeln!(out, "  {}", stereo.reason);
    }
}
