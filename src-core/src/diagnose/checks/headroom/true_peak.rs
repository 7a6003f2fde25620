//! `headroom.true_peak`

use crate::audio::TimeRange;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Stage, Status, Story};
use crate::units::number;

/// Peaks between the samples above the ceiling.
pub const CHECK: CheckDef = CheckDef {
    code: "headroom.true_peak",
    help: Help {
        finds: "Points of the reconstructed waveform above the ceiling, though no sample may show them.",
        why: "Converters and lossy coders clip there; the listener hears it as harshness that the studio did not have.",
        no_fault: "A floating-point mix above full scale can be turned down without loss, as long as nobody writes it to 24 bit.",
        decided: "True peak, oversampled. Mix: over −0.1 dBTP a warning, a note where the mix is clipped at full scale, which is then the finding. Master: over −1 dBTP a warning. Never a failure: it can be mended by gain alone.",
        remedy: "Mix: lower the master fader. Master: set the limiter's ceiling to −1 dBTP with true-peak detection.",
        safety: "Lowering by the excess costs that much level and nothing else.",
        references: "ITU-R BS.1770-5 Annex 2; AES TD1008 (2021): at most −1 dBTP at the input of a lossy coder.",
    },
    run,
};

/// Time shown around a peak, seconds.
const SHOWN_S: f64 = 0.1;

fn run(context: &Context<'_>) -> Outcome {
    let m = context.measurements;
    let peak = m.true_peak.max.level.dbtp();
    if !peak.is_finite() {
        return Outcome::skipped("silence");
    }
    let limit = context.limit(CHECK.code);
    let outcome = Outcome::judge(peak, "dBTP", &limit);
    let consequence = context.stage == Stage::Mix && super::cut_at_full_scale(context);
    let outcome = if consequence { outcome.capped(Status::Note) } else { outcome };
    outcome.told(|_| {
        let series = &m.true_peak.series;
        let over = series.values.iter().enumerate().filter(|(_, v)| f64::from(**v) > limit.warn);
        let times = over.map(|(i, _)| TimeRange::new((series.time_s(i) - SHOWN_S).max(0.0), series.time_s(i) + SHOWN_S)).collect();
        let over_db = peak - limit.warn;
        let (remedy, place) = match context.stage {
            Stage::Mix => (format!("Lower the master fader {}\u{a0}dB", number(over_db + 1.0, 1)), Place::Mix),
            Stage::Master => (format!("Lower the limiter's ceiling {}\u{a0}dB, true-peak detection on", number(over_db, 1)), Place::Master),
        };
        Story::new(
            "Peaks above the ceiling",
            "Between its samples the waveform passes the ceiling; converters and coders clip there.",
            place,
        )
        .at(TimeRange::merged(times, 0.5))
        .evidence("Sample peak", m.sample_peak.max.level.db(), "dBFS")
        .remedy(remedy)
    })
}
