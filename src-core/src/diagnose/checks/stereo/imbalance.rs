//! `stereo.imbalance`

use super::picture::{IMAGE_HZ, Picture, Whole};
use crate::compare::equal_loudness::K_POWER;
use crate::diagnose::{CheckDef, Context, Help, Outcome, Place, Story};
use crate::measure::EnergyMap;
use crate::measure::stereo::{BandImage, band_range};
use crate::units::{number, power_to_db};

/// One side louder than the other.
pub const CHECK: CheckDef = CheckDef {
    code: "stereo.imbalance",
    help: Help {
        finds: "One channel louder than the other throughout.",
        why: "The whole picture leans to one side; on headphones that tires within a song.",
        no_fault: "An instrument panned to one side makes that side louder while it plays; a duo may sit left and right for good.",
        decided: "Two numbers must agree: right against left in K-weighted energy over the file, and the median of right against left over all \
                  loud cells of the map (third octave × 93 ms). A channel gain moves both alike, a panned instrument only the first. \
                  The smaller counts; over 2.5 dB a warning (master: 2 dB), over 6 dB a failure.",
        remedy: "Turn the louder channel down by the difference, or find the fader, pan or plug-in input that leans.",
        safety: "If one panned part causes it, move that part instead: a channel gain would pull the centre off the middle.",
        references: "K-weighting: ITU-R BS.1770-5. A difference of 1.2 dB is named as a fault sign by mastering engineers.",
    },
    run,
};

/// Cells this far below their band's loudest are noise and reverb, dB.
const CELL_DB: f64 = 30.0;

fn run(context: &Context<'_>) -> Outcome {
    judge(context).unwrap_or_else(|skipped| skipped)
}

fn judge(context: &Context<'_>) -> Result<Outcome, Outcome> {
    let picture = Picture::of(context)?;
    picture.unless(&[Whole::Dead, Whole::Same])?;
    let energy = energy_db(&picture.bands);
    let median = median_db(picture.map);
    let lean = if energy * median <= 0.0 { 0.0 } else { energy.abs().min(median.abs()) * energy.signum() };
    let limit = context.limit(CHECK.code);
    Ok(Outcome::judge(lean, "dB", &limit).told(|_| {
        let (side, other) = if lean > 0.0 { ("right", "left") } else { ("left", "right") };
        let place = if lean.abs() <= 3.0 { Place::Master } else { Place::Mix };
        Story::new(format!("The picture leans {side}"), format!("Everything in the {side} channel is louder than in the {other}."), place)
            .evidence("Right against left, energy", energy, "dB")
            .evidence("Right against left, median of all cells", median, "dB")
            .evidence("Left, RMS", picture.image.left.db(), "dBFS")
            .evidence("Right, RMS", picture.image.right.db(), "dBFS")
            .remedy(format!("Turn the {side} channel down {}\u{a0}dB", number(lean.abs(), 1)))
    }))
}

/// Right against left in K-weighted energy, dB.
fn energy_db(bands: &[BandImage]) -> f64 {
    let (mut left, mut right) = (0.0, 0.0);
    for (band, weight) in bands.iter().zip(K_POWER.iter()) {
        let ratio = crate::units::db_to_power(band.balance.db());
        let share = if ratio.is_infinite() { 1.0 } else { ratio / (1.0 + ratio) };
        right += weight * band.power * share;
        left += weight * band.power * (1.0 - share);
    }
    power_to_db(right / left)
}

/// Median over the loud cells of the map of right against left, dB.
fn median_db(map: &EnergyMap) -> f64 {
    let judged = band_range(IMAGE_HZ.0, IMAGE_HZ.1);
    let mut values: Vec<f32> = Vec::new();
    for band in judged {
        let power =
            |frame: usize| map.mid_frame(frame).get(band).copied().unwrap_or(0.0) + map.side_frame(frame).get(band).copied().unwrap_or(0.0);
        let loudest = (0..map.frames()).map(power).fold(0.0f32, f32::max);
        let gate = loudest * 10f32.powf(-(CELL_DB as f32) / 10.0);
        for frame in 0..map.frames() {
            let (p, c) = (power(frame), map.cross_frame(frame).get(band).copied().unwrap_or(0.0));
            if p > gate && p > 0.0 {
                let (left, right) = ((p + 2.0 * c).max(p * 1e-6), (p - 2.0 * c).max(p * 1e-6));
                values.push(10.0 * (right / left).log10());
            }
        }
    }
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    f64::from(*values.select_nth_unstable_by(middle, f32::total_cmp).1)
}
