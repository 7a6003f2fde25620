//! Time of each measurement on ten seconds of stereo at 44.1 kHz, and of all together.

// A bench that cannot start has nothing to measure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plumbline::audio::{Block, Layout, SourceInfo};
use plumbline::measure::{Measurer, band_levels, dynamics, energy_map, loudness, sample_peak, spectrum, true_peak};
use std::hint::black_box;

const RATE: u32 = 44_100;
const SECONDS: usize = 10;
const BLOCK: usize = 8192;

/// Tones with beats and noise, close to full scale, so that the true-peak meter has something to do.
fn music() -> Vec<Block<f32>> {
    let mut seed = 1u64;
    let mut noise = || {
        seed = seed * 48_271 % 0x7fff_ffff;
        seed as f32 / 1_073_741_824.0 - 1.0
    };
    let sample = |n: usize, detune: f32| {
        let t = n as f32 / RATE as f32;
        let tone = |hz: f32, gain: f32| gain * (std::f32::consts::TAU * (hz * detune * t).fract()).sin();
        tone(55.0, 0.4) + tone(220.0, 0.2) + tone(3000.0, 0.1)
    };
    (0..RATE as usize * SECONDS / BLOCK)
        .map(|b| {
            let channel = |detune: f32, noise: &mut dyn FnMut() -> f32| -> Vec<f32> {
                (0..BLOCK).map(|i| (sample(b * BLOCK + i, detune) + 0.3 * noise()).clamp(-0.95, 0.95)).collect()
            };
            Block::from_channels(vec![channel(1.0, &mut noise), channel(1.003, &mut noise)])
        })
        .collect()
}

macro_rules! meter {
    ($group:ident, $blocks:ident, $($module:ident),*) => {
        $($group.bench_function(stringify!($module), |b| b.iter(|| {
            let mut meter = $module::Meter::new(RATE, &Layout::stereo());
            for block in &$blocks {
                meter.push(black_box(block));
            }
            black_box(meter.finish())
        }));)*
    };
}

fn meters(criterion: &mut Criterion) {
    let blocks = music();
    let mut group = criterion.benchmark_group("measure");
    group.throughput(Throughput::Elements((RATE as usize * SECONDS) as u64)).sample_size(20);
    meter!(group, blocks, loudness, sample_peak, true_peak, dynamics, energy_map, spectrum, band_levels);
    let info = SourceInfo {
        name: "bench".into(),
        container: "memory".into(),
        codec: "pcm_f32le".into(),
        lossy: false,
        sample_rate: RATE,
        layout: Layout::stereo(),
        bits_per_sample: None,
        float: true,
        wav_format_tag: None,
        frames: None,
    };
    group.bench_function("all", |b| {
        b.iter(|| {
            let mut measurer = Measurer::new(&info);
            for block in &blocks {
                measurer.push(black_box(block));
            }
            black_box(measurer.finish())
        })
    });
    group.finish();
}

criterion_group!(benches, meters);
criterion_main!(benches);
