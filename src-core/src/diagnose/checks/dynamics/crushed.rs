//! `dynamics.crushed`

use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Stage, Story};
use crate::measure::Measurements;
use crate::units::number;

/// Peaks that hardly rise above the loudness.
pub const CHECK: CheckDef = CheckDef {
    code: "dynamics.crushed",
    help: Help {
        finds: "Music limited or compressed so hard that its attacks no longer rise above its loudness.",
        why: "Drums lose their strike and everything sounds equally near; the loudness gained is taken back by every streaming service.",
        no_fault: "Sounds without attacks (pads, drones, distorted guitars alone) have low peaks of themselves.",
        decided: "Peak to loudness ratio: true peak less integrated loudness; and the median over the loud 3 s windows (within 10 LU of the loudest) \
                  of true peak less short-term loudness. The smaller counts. Mix: under 8 dB a warning, under 6 dB a failure; \
                  master: under 7 and 4 dB.",
        remedy: "Take the limiter or clipper off the mix bus and bounce again; send the limited version along as a guide.",
        safety: "What a limiter has cut off cannot be put back in mastering; expanders lift the wrong things.",
        references: "EBU Tech 3341 (short-term loudness); AES e-Brief 373, 2017 (PSR); limits by mastering engineers, PLR 6 to 12 dB for mixes.",
    },
    run,
};

/// Windows this far below the loudest are not judged, LU.
const LOUD_LU: f64 = 10.0;

/// A short-term window, seconds.
const WINDOW_S: f64 = 3.0;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let plr = m.true_peak.max.level.dbtp() - m.loudness.integrated.lufs();
    if !plr.is_finite() {
        return Outcome::skipped("no sound above the loudness gate");
    }
    let windows = loud_windows(m);
    let psr = crate::compare::median(&windows.iter().map(|(_, psr)| *psr).collect::<Vec<_>>()).unwrap_or(plr);
    let value = plr.min(psr);
    let limit = context.limit(CHECK.code);
    Outcome::judge(value, "dB", &limit).told(|_| {
        let flat = windows.iter().filter(|(_, psr)| *psr < limit.warn);
        let ranges = flat.map(|(t, _)| TimeRange::new((t - 0.5 * WINDOW_S).max(0.0), t + 0.5 * WINDOW_S)).collect();
        let remedy = match context.stage {
            Stage::Mix => {
                format!("Take the limiter off the mix bus, or raise its threshold {}\u{a0}dB", number((limit.warn - value).max(1.0), 0))
            }
            Stage::Master => format!("Drive the limiter {}\u{a0}dB less", number((limit.warn - value).max(1.0), 0)),
        };
        Story::new("Transients are flattened", "Peaks hardly rise above the loudness, so attacks have lost their strike.", Place::Mix)
            .at(TimeRange::merged(ranges, 1.0))
            .evidence("Peak to loudness (PLR)", plr, "dB")
            .evidence("Peak to short-term loudness in loud parts (PSR)", psr, "dB")
            .evidence("Integrated loudness", m.loudness.integrated.lufs(), "LUFS")
            .remedy(remedy)
    })
}

/// Middle and peak-to-short-term ratio of the loud windows, one every second.
fn loud_windows(m: &Measurements) -> Vec<(f64, f64)> {
    let (short, peaks) = (&m.loudness.short_term, &m.true_peak.series);
    let loudest = short.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let windows = (0..short.values.len()).step_by(10).filter_map(|i| {
        let loudness = *short.values.get(i)?;
        let time = short.time_s(i);
        let index = |t: f64| if peaks.step_s > 0.0 { ((t - peaks.start_s) / peaks.step_s).round().max(0.0) as usize } else { 0 };
        let (from, to) = (index(time - 0.5 * WINDOW_S), index(time + 0.5 * WINDOW_S));
        let peak = peaks.values.get(from..to.min(peaks.values.len()))?.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let psr = f64::from(peak - loudness);
        (f64::from(loudest - loudness) <= LOUD_LU && psr.is_finite()).then_some((time, psr))
    });
    windows.collect()
}
