//! CamillaDSP configuration, version 3 (<https://github.com/HEnquist/camilladsp>). Reads from standard input and writes to
//! standard output until the user names their own devices; mid and side are made by two mixers.

use super::plain;
use super::plan::Plan;
use crate::chain::settings::{EqBand, EqKind};
use std::fmt::Write as _;

/// The configuration file.
pub fn write(plan: &Plan, sample_rate: u32) -> String {
    let mut out = format!("# Plumbline {} for CamillaDSP 3. Put your own devices in place of Stdin and Stdout.\n", crate::VERSION);
    out += &plan.comment("# ");
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "devices:\n  samplerate: {sample_rate}\n  chunksize: 1024\n  capture:\n    type: Stdin\n    channels: 2\n    format: FLOAT64LE\n  \
         playback:\n    type: Stdout\n    channels: 2\n    format: FLOAT64LE\n"
    );
    let mut filters = vec![("gain".to_owned(), gain(plan.gain_db), None)];
    let mut add = |group: &str, bands: &[EqBand]| -> Vec<String> {
        let names: Vec<String> = (1..=bands.len()).map(|n| format!("{group}_{n}")).collect();
        filters.extend(names.iter().zip(bands).map(|(name, b)| (name.clone(), biquad(b), Some(b.reason.clone()))));
        names
    };
    let mut both = add("eq", &plan.both);
    let mid = add("mid", &plan.mid);
    let mut side = add("side", &plan.side);
    both.insert(0, "gain".into());
    if plan.side_gain_db != 0.0 {
        filters.push(("side_gain".into(), gain(plan.side_gain_db), None));
        side.insert(0, "side_gain".into());
    }
    out += "filters:\n";
    for (name, body, reason) in &filters {
        let _ = writeln!(out, "  {name}:");
        if let Some(reason) = reason.as_ref().filter(|r| !r.is_empty()) {
            let _ = writeln!(out, "    # {}", reason.replace(['\r', '\n'], " "));
        }
        out += body;
    }
    if plan.needs_mid_side() {
        // Half of the sum and of the difference going in, whole sum and difference coming out.
        out += "mixers:\n";
        out += &mixer("to_mid_side", plain(20.0 * 0.5f64.log10(), 9).as_str());
        out += &mixer("from_mid_side", "0");
    }
    out += "pipeline:\n";
    step(&mut out, "[0, 1]", &both);
    if plan.needs_mid_side() {
        out += "  - type: Mixer\n    name: to_mid_side\n";
        step(&mut out, "[0]", &mid);
        step(&mut out, "[1]", &side);
        out += "  - type: Mixer\n    name: from_mid_side\n";
    }
    out
}

fn gain(gain_db: f64) -> String {
    format!("    type: Gain\n    parameters:\n      gain: {}\n", plain(gain_db, 4))
}

fn biquad(band: &EqBand) -> String {
    let kind = match band.kind {
        EqKind::Bell => "Peaking",
        EqKind::LowShelf => "Lowshelf",
        EqKind::HighShelf => "Highshelf",
        EqKind::HighPass => "Highpass",
        EqKind::LowPass => "Lowpass",
    };
    let gain = match band.kind {
        EqKind::HighPass | EqKind::LowPass => String::new(),
        _ => format!("      gain: {}\n", plain(band.gain_db, 4)),
    };
    let (freq, q) = (plain(band.freq_hz, 4), plain(band.q, 6));
    format!("    type: Biquad\n    parameters:\n      type: {kind}\n      freq: {freq}\n{gain}      q: {q}\n")
}

/// Sum into the first channel, difference into the second, both at the given gain.
fn mixer(name: &str, gain_db: &str) -> String {
    let source = |channel: u8, inverted: bool| {
        format!("          - channel: {channel}\n            gain: {gain_db}\n            inverted: {inverted}\n")
    };
    let dest = |channel: u8, invert: bool| format!("      - dest: {channel}\n        sources:\n{}{}", source(0, false), source(1, invert));
    format!("  {name}:\n    channels:\n      in: 2\n      out: 2\n    mapping:\n{}{}", dest(0, false), dest(1, true))
}

fn step(out: &mut String, channels: &str, names: &[String]) {
    if !names.is_empty() {
        let _ = writeln!(out, "  - type: Filter\n    channels: {channels}\n    names: [{}]", names.join(", "));
    }
}
