//! `stereo.mono_loss`

use super::picture::{IMAGE_HZ, Picture, Whole};
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::measure::energy_map::BANDS_HZ;
use crate::measure::stereo::{band_range, stretches, sum};
use crate::units::{number, power_to_db};

/// A range of frequencies that vanishes in mono.
pub const CHECK: CheckDef = CheckDef {
    code: "stereo.mono_loss",
    help: Help {
        finds: "A range of frequencies above the bass that loses much of its level when left and right are added.",
        why: "On phones, in shops and at the far end of a club people hear the sum: what cancels there is missing from the song.",
        no_fault: "Reverb and wide pads lose about 3 dB, as two unrelated sides do. A little more in one narrow range does no harm.",
        decided: "Loss of level in mono 10 lg(M/(M + S)) over each span of an octave from 160 Hz to 10 kHz that carries sound (within \
                  24 dB of the loudest octave); the worst span counts. Below −5 dB a warning, below −9 dB a failure.",
        remedy: "Find the layer: mute tracks in mono. Undo its widener or polarity-flipped double, or bring back some of its centre.",
        safety: "Narrowing a layer changes the picture; do it on that layer, not on the mix bus.",
        references: "Mono compatibility problems stand in 12 % of masters and 17 % of mixes: S. Mourgela et al., arXiv 2412.03373, 2024.",
    },
    run,
};

/// Bands of one span: an octave in thirds.
const SPAN: usize = 3;

/// A span this far below the loudest one carries nothing that could be missed, dB.
const QUIET_DB: f64 = -24.0;

fn run(context: &Context<'_>) -> Outcome {
    judge(context).unwrap_or_else(|skipped| skipped)
}

fn judge(context: &Context<'_>) -> Result<Outcome, Outcome> {
    let picture = Picture::of(context)?;
    picture.unless(&[Whole::Dead, Whole::Same, Whole::Inverted])?;
    let judged = band_range(160.0, 10_000.0);
    let spans = (judged.start..judged.end.saturating_sub(SPAN - 1)).map(|start| start..start + SPAN);
    let images: Vec<_> = spans.map(|span| (span.clone(), sum(picture.map, 0..picture.map.frames(), span))).collect();
    let loudest = images.iter().map(|(_, image)| image.power).fold(0.0, f64::max);
    let heard = images.iter().filter(|(_, image)| power_to_db(image.power / loudest) > QUIET_DB);
    let Some((span, worst)) = heard.min_by(|a, b| a.1.mono.db().total_cmp(&b.1.mono.db())) else {
        return Err(Outcome::skipped("no sound between 160 Hz and 10 kHz"));
    };
    let limit = context.limit(CHECK.code);
    Ok(Outcome::judge(worst.mono.db(), "dB", &limit).told(|_| {
        let low = BANDS_HZ.get(span.start).copied().unwrap_or(160.0) * 0.89;
        let high = BANDS_HZ.get(span.end - 1).copied().unwrap_or(10_000.0) * 1.12;
        let lost = number(-worst.mono.db(), 0);
        Story::new(
            "Part of the mix vanishes in mono",
            format!("{lost}\u{a0}dB of this range are gone when left and right are added."),
            Place::Mix,
        )
        .at(stretches(picture.map, span.clone(), 2.0, |image| image.mono.db() < limit.warn))
        .band(low, high)
        .evidence("Correlation in the range", worst.correlation.unwrap_or(f64::NAN), "")
        .evidence("Level change of the whole in mono", picture.range(IMAGE_HZ).mono.db(), "dB")
        .remedy(format!(
            "Take the widener off what plays at {}–{}\u{a0}Hz, back to 100\u{a0}% mono",
            number(low, 0),
            number(high, 0)
        ))
    }))
}
