//! Time of the chain for ten seconds of stereo at 44.1 kHz; four minutes take 24 times as long.

// A bench that cannot start has nothing to measure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use criterion::{Criterion, criterion_group, criterion_main};
use plumbline::audio::Block;
use plumbline::chain::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Stereo};
use plumbline::chain::{Chain, Settings};
use plumbline::propose::eq_fit::{FitOptions, Target, fit};

const RATE: u32 = 44_100;

/// Decaying chords over low noise: dense enough to keep the limiter at work.
fn music() -> Block<f64> {
    let at = |n: u32, detune: f64| {
        let t = f64::from(n) / f64::from(RATE);
        let decay = (-6.0 * (t * 2.0).fract()).exp();
        [55.0, 220.0, 277.2, 329.6, 1318.5, 5274.0].iter().map(|f| 0.25 * (std::f64::consts::TAU * f * detune * t).sin()).sum::<f64>()
            * decay
    };
    let channel = |detune| (0..10 * RATE).map(|n| at(n, detune)).collect();
    Block::from_channels(vec![channel(1.0), channel(1.003)])
}

fn ten_bands() -> Vec<EqBand> {
    let band = |i: i32| EqBand {
        kind: EqKind::Bell,
        part: Part::Stereo,
        freq_hz: 60.0 * 1.8f64.powi(i),
        gain_db: 1.0,
        q: 1.0,
        reason: String::new(),
        confidence: 1.0,
    };
    (0..10).map(band).collect()
}

fn chain(criterion: &mut Criterion) {
    let input = music();
    let limiter = Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 100.0 });
    let stereo = Some(Stereo { side_gain_db: 1.0, ..Stereo::default() });
    let compressor = BandDynamics {
        threshold_db: -24.0,
        ratio: 2.0,
        knee_db: 6.0,
        attack_ms: 20.0,
        release_ms: 200.0,
        makeup_db: 0.0,
        reason: String::new(),
    };
    let dynamics = Some(Dynamics { crossovers_hz: vec![150.0, 2500.0], bands: vec![compressor; 3] });
    let cases = [
        ("ten bands", Settings { eq: ten_bands(), ..Settings::default() }),
        ("limiter", Settings { output_gain_db: 6.0, limiter: limiter.clone(), ..Settings::default() }),
        ("dynamics", Settings { dynamics, ..Settings::default() }),
        ("ten bands, width, limiter", Settings { eq: ten_bands(), stereo, output_gain_db: 3.0, limiter, ..Settings::default() }),
    ];
    let mut group = criterion.benchmark_group("chain, 10 s");
    group.sample_size(20);
    for (name, settings) in cases {
        group.bench_function(name, |bencher| {
            let mut chain = Chain::new(&settings, RATE, 2).expect("the settings are in range");
            bencher.iter_batched(|| input.clone(), |mut block| chain.process(&mut block), criterion::BatchSize::LargeInput);
        });
    }
}

fn eq_fit(criterion: &mut Criterion) {
    let freq_hz: Vec<f64> = (0..28).map(|i| 31.5 * 2f64.powf(f64::from(i) / 3.0)).collect();
    let gain_db = freq_hz.iter().map(|f| 3.0 * (1.1 * f.log2()).sin() + 2.0 * (2.3 * f.log2()).cos()).collect();
    let target = Target { weight: vec![1.0; freq_hz.len()], freq_hz, gain_db };
    criterion.bench_function("EQ fit, 28 points", |bencher| bencher.iter(|| fit(&target, &FitOptions::new(f64::from(RATE)))));
}

criterion_group!(benches, chain, eq_fit);
criterion_main!(benches);
