//! REAPER FX chain with one ReaEQ.
//!
//! The state of ReaEQ is binary and not documented by its maker. Layout as found in chains that REAPER 7 has saved, little endian:
//! a 60-byte VST header (magic "qeer", 2 inputs and 2 outputs with their pins, length of what follows), then `u32` 33, `u32`
//! number of bands; for each band `u32` type, `u32` enabled, `f64` Hz, `f64` linear gain, `f64` octaves, `u8` 1; then `u32` 1, `u32` 1,
//! `f64` overall linear gain and four words of window state. ReaEQ has no mid/side and no compression; the name that
//! the FX list shows says what is missing.

use super::plan::Plan;
use crate::chain::settings::{EqBand, EqKind};
use crate::units::db_to_gain;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// VST id of ReaEQ, "reeq" read as a number.
const REAEQ_ID: u32 = 0x7265_6571;
/// Words of the header before the length: magic, inputs, their pins, outputs, their pins.
const HEADER: [u32; 12] = [REAEQ_ID, 0xfeed_5eee, 2, 1, 0, 2, 0, 2, 1, 0, 2, 0];
/// Words of the header after the length.
const HEADER_END: [u32; 2] = [1, 0x0010_0000];
/// First word of the state.
const STATE_VERSION: u32 = 33;
/// Words after the overall gain: what REAPER writes for an untouched window.
const WINDOW: [u32; 4] = [0, 576, 363, 2];
/// An empty preset name and its flags, as REAPER writes it.
const PRESET: [u8; 6] = [0, 0, 0x10, 0, 0, 0];
/// Narrowest and widest band that ReaEQ takes, octaves.
const OCTAVES: (f64, f64) = (0.01, 4.0);

/// The `.RfxChain` file.
pub fn write(plan: &Plan) -> String {
    let mut missing = Vec::new();
    if plan.needs_mid_side() {
        missing.push("mid/side bands and width".to_owned());
    }
    missing.extend(plan.left_out.iter().map(|l| l.detail.clone()));
    let name = if missing.is_empty() { "Plumbline".to_owned() } else { format!("Plumbline (not carried: {})", missing.join("; ")) };
    let state = state(plan);
    let header: Vec<u8> = HEADER.iter().chain([&(state.len() as u32)]).chain(&HEADER_END).flat_map(|w| w.to_le_bytes()).collect();
    let mut out = format!(
        "BYPASS 0 0 0\n<VST \"VST: ReaEQ (Cockos)\" reaeq.dll 0 \"{name}\" {REAEQ_ID}<56535472656571726561657100000000> \"\"\n  {}\n",
        BASE64.encode(header)
    );
    // Lines of at most 128 characters, cut between whole groups of four so that each decodes by itself.
    for line in state.chunks(96) {
        out += &format!("  {}\n", BASE64.encode(line));
    }
    out += &format!("  {}\n>\nFLOATPOS 0 0 0 0\nWAK 0 0\n", BASE64.encode(PRESET));
    out
}

fn state(plan: &Plan) -> Vec<u8> {
    let mut state = Vec::new();
    state.extend(STATE_VERSION.to_le_bytes());
    state.extend((plan.both.len() as u32).to_le_bytes());
    for band in &plan.both {
        state.extend(kind_code(band.kind).to_le_bytes());
        state.extend(1u32.to_le_bytes());
        state.extend(band.freq_hz.to_le_bytes());
        state.extend(db_to_gain(band.gain_db).to_le_bytes());
        state.extend(octaves(band).to_le_bytes());
        state.push(1);
    }
    state.extend([1u32, 1].iter().flat_map(|w| w.to_le_bytes()));
    state.extend(db_to_gain(plan.gain_db).to_le_bytes());
    state.extend(WINDOW.iter().flat_map(|w| w.to_le_bytes()));
    state
}

fn kind_code(kind: EqKind) -> u32 {
    match kind {
        EqKind::LowShelf => 0,
        EqKind::HighShelf => 1,
        EqKind::LowPass => 3,
        EqKind::HighPass => 4,
        EqKind::Bell => 8,
    }
}

/// Bandwidth of a Q in octaves (cookbook: 1/Q = 2 sinh(ln 2 / 2 · BW)), held in what ReaEQ takes.
fn octaves(band: &EqBand) -> f64 {
    (2.0 / std::f64::consts::LN_2 * (0.5 / band.q).asinh()).clamp(OCTAVES.0, OCTAVES.1)
}
