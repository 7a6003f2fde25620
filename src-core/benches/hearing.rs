//! Time of the fast form of the hearing model for one frame of a map; a 4-minute song has about 2,600 frames.

// A bench that cannot start has nothing to measure.
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use criterion::{Criterion, criterion_group, criterion_main};
use plumbline::hearing::fast::Step;
use plumbline::hearing::{FastHearing, Field, KOffset};
use plumbline::measure::energy_map::BANDS_HZ;
use std::hint::black_box;

fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hearing, one frame of 31 bands");
    for (name, step) in [("half a Cam", Step::Half), ("a whole Cam", Step::Whole)] {
        let hearing = FastHearing::third_octaves(&BANDS_HZ, Field::Free, step);
        let powers: Vec<f32> = (0..BANDS_HZ.len()).map(|b| 10f32.powf(7.0 - 0.1 * b as f32 + 0.5 * (b as f32 * 1.7).sin())).collect();
        let noise: Vec<f32> = powers.iter().rev().copied().collect();
        let (mut signal, mut masker, mut loud) = (vec![0.0; hearing.len()], vec![0.0; hearing.len()], vec![0.0; hearing.len()]);
        let k = hearing.masked_threshold(KOffset::MUSIC);
        hearing.excitation(&noise, &mut masker);
        group.bench_function(format!("excitation, {name}"), |b| b.iter(|| hearing.excitation(black_box(&powers), &mut signal)));
        group.bench_function(format!("specific loudness, {name}"), |b| b.iter(|| hearing.specific(black_box(&signal), &mut loud)));
        group.bench_function(format!("partial loudness, {name}"), |b| {
            b.iter(|| hearing.partial(black_box(&signal), black_box(&masker), &k, &mut loud))
        });
    }
    group.finish();
}

criterion_group!(benches, frame);
criterion_main!(benches);
