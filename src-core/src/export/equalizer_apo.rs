//! Equalizer APO configuration (<https://sourceforge.net/p/equalizerapo/wiki/Configuration%20reference/>). Mid and side are
//! two virtual channels made with `Copy`.

use super::plain;
use super::plan::Plan;
use crate::chain::settings::{EqBand, EqKind};
use std::fmt::Write as _;

/// The configuration file.
pub fn write(plan: &Plan) -> String {
    let mut out = format!("# Plumbline {} for Equalizer APO\n", crate::VERSION);
    out += &plan.comment("# ");
    // Writing to a String cannot fail.
    let _ = writeln!(out, "Preamp: {} dB", plain(plan.gain_db, 4));
    bands(&mut out, &plan.both);
    if plan.needs_mid_side() {
        out += "Copy: MID=0.5*L+0.5*R SIDE=0.5*L+-0.5*R\n";
        out += "Channel: MID\n";
        bands(&mut out, &plan.mid);
        out += "Channel: SIDE\n";
        if plan.side_gain_db != 0.0 {
            let _ = writeln!(out, "Preamp: {} dB", plain(plan.side_gain_db, 4));
        }
        bands(&mut out, &plan.side);
        out += "Channel: all\n";
        out += "Copy: L=MID+SIDE R=MID+-1.0*SIDE\n";
    }
    out
}

fn bands(out: &mut String, bands: &[EqBand]) {
    for band in bands {
        let (kind, with_gain) = match band.kind {
            EqKind::Bell => ("PK", true),
            EqKind::LowShelf => ("LSC", true),
            EqKind::HighShelf => ("HSC", true),
            EqKind::HighPass => ("HPQ", false),
            EqKind::LowPass => ("LPQ", false),
        };
        let gain = if with_gain { format!(" Gain {} dB", plain(band.gain_db, 4)) } else { String::new() };
        if !band.reason.is_empty() {
            let _ = writeln!(out, "# {}", band.reason.replace(['\r', '\n'], " "));
        }
        let _ = writeln!(out, "Filter: ON {kind} Fc {} Hz{gain} Q {}", plain(band.freq_hz, 4), plain(band.q, 6));
    }
}
