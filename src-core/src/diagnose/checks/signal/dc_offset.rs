//! `signal.dc_offset`

use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::units::{gain_to_db, number};

/// A waveform that does not stand around zero.
pub const CHECK: CheckDef = CheckDef {
    code: "signal.dc_offset",
    help: Help {
        finds: "A constant offset of a channel from zero.",
        why: "It takes headroom on one side, clicks at every start, stop and edit, and makes compressors and saturators work unevenly.",
        no_fault: "Clips shorter than a second, in which a low note can look like an offset.",
        decided: "Mean of all samples of the channel, in percent of full scale: over 1 % a warning, over 5 % a failure, over 0.5 % a note; in a quiet \
                  file also a warning where the offset is over a tenth of the RMS and 0.1 % of full scale.",
        remedy: "High-pass at 10 Hz on the channel that carries it, or remove the offset from the recording.",
        safety: "A high-pass that low changes nothing that can be heard.",
        references: "IEC 61606-1:2009 (converter offset); common limit of 1 % of full scale among analysis tools.",
    },
    run,
};

/// Offset re RMS from which a quiet file is warned of.
const OF_RMS: f64 = 0.1;
/// Least offset of full scale for that.
const LEAST: f64 = 0.001;
/// Files shorter than this cannot tell an offset from a low note, seconds.
const LEAST_S: f64 = 0.5;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let Some((channel, offset)) = m.dc.worst().filter(|_| m.duration.s() >= LEAST_S) else {
        return Outcome::skipped("shorter than half a second");
    };
    let mut limit = context.limit(CHECK.code);
    let rms = m.dc.rms.get(channel).copied().unwrap_or(0.0);
    if offset.abs() > LEAST && offset.abs() > OF_RMS * rms {
        limit.warn = limit.warn.min(100.0 * (OF_RMS * rms).max(LEAST));
        limit.note = limit.warn;
    }
    Outcome::judge(100.0 * offset.abs(), "%", &limit).told(|_| {
        Story::new("Waveform sits off centre", "A constant offset takes headroom and clicks at every edit.", Place::Master)
            .evidence(format!("Offset of channel {}", channel + 1), 100.0 * offset, "%")
            .evidence("Offset against the programme", gain_to_db(offset / rms.max(1e-12)), "dB")
            .remedy(format!(
                "High-pass 10\u{a0}Hz on the track that carries it; it takes {}\u{a0}% of the scale",
                number(100.0 * offset.abs(), 1)
            ))
    })
}
