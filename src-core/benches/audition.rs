//! Time that the sound card's callback takes for 512 frames of stereo at 44.1 kHz, which are heard for 11.6 ms.

// A bench that cannot start has nothing to measure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use criterion::{Criterion, criterion_group, criterion_main};
use plumbline::audio::TimeRange;
use plumbline::audition::{Listening, Offline, Side};
use plumbline::chain::Settings;
use plumbline::chain::settings::{EqBand, EqKind, Limiter, Part, Stereo};
use plumbline::encode::Overwrite;
use plumbline::models::system;
use plumbline::playback::Model;
use std::time::{Duration, Instant};

const FRAMES: usize = 512;

fn settings() -> Settings {
    let band = |i: i32| EqBand {
        kind: EqKind::Bell,
        part: Part::Stereo,
        freq_hz: 60.0 * 1.8f64.powi(i),
        gain_db: 1.0,
        q: 1.0,
        reason: String::new(),
        confidence: 1.0,
    };
    Settings {
        eq: (0..10).map(band).collect(),
        stereo: Some(Stereo { side_gain_db: 1.0, ..Stereo::default() }),
        output_gain_db: 6.0,
        limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 100.0 }),
        ..Settings::default()
    }
}

fn callback(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let files = plumbline::demo::write(folder.path(), Overwrite::Refuse).unwrap();
    let phone = Model::new(&system::find("smartphone").unwrap().unwrap());
    let mut group = criterion.benchmark_group("callback, 512 frames");
    group.sample_size(20);
    for (name, settings, model) in
        [("mix", Settings::default(), None), ("EQ, width, limiter", settings(), None), ("the same on a phone", settings(), Some(&phone))]
    {
        let mut offline = Offline::open(&Listening { mix: files.mix.clone(), settings, references: Vec::new() }).unwrap();
        offline.controls().listen(Side::B);
        offline.controls().set_system(model);
        offline.controls().set_loop(Some(TimeRange::new(5.0, 15.0)));
        offline.play();
        let mut out = [[0.0; 2]; FRAMES];
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    offline.read_ahead().unwrap();
                    let begun = Instant::now();
                    offline.fill(std::hint::black_box(&mut out));
                    spent += begun.elapsed();
                }
                spent
            });
        });
    }
}

criterion_group!(benches, callback);
criterion_main!(benches);
