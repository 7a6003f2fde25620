//! What runs in the sound card's callback must not touch the heap: a card cannot wait for memory.
// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, TimeRange};
use plumbline::audition::{Controls, Gains, Listening, Offline, Reference, Side};
use plumbline::chain::Settings;
use plumbline::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use plumbline::models::system;
use plumbline::playback::{Drive, Model};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

#[path = "support/every_stage.rs"]
mod every_stage;
use every_stage::everything;

struct Watching;

static TOUCHED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

fn touch() {
    // A thread that is ending has no flag any more, and runs no callback.
    if IN_CALLBACK.try_with(Cell::get).unwrap_or(false) {
        TOUCHED.fetch_add(1, Ordering::SeqCst);
    }
}

// SAFETY: every call is passed on to the system allocator unchanged.
#[allow(unsafe_code, reason = "an allocator can only be written with unsafe")]
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        touch();
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        touch();
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

fn tones(path: &Path, rate: u32) {
    let channel = |hz: f64| (0..30 * rate).map(|n| 0.5 * (hz * f64::from(n) / f64::from(rate)).sin()).collect::<Vec<f64>>();
    let spec = Spec { format: Format::Wav, depth: Depth::Int24, sample_rate: rate, channels: 2, dither: Dither::None, frames: None };
    let mut writer = Writer::create(path, spec, Overwrite::Allow, &[]).unwrap();
    writer.write(&Block::from_channels(vec![channel(700.0), channel(2000.0)])).unwrap();
    writer.finish().unwrap();
}

/// Something to ask for, with its name.
type Step<'a> = (&'a str, &'a dyn Fn(&Controls));

/// Some seconds in which the callback runs with the reader at work between; odd sizes among them.
fn run(offline: &mut Offline, seconds: usize) -> bool {
    let mut out = [[0.0; 2]; 1024];
    let mut sounded = false;
    for turn in 0..seconds * 86 {
        offline.read_ahead().unwrap();
        let count = if turn % 7 == 0 { 333 } else { 512 };
        IN_CALLBACK.set(true);
        offline.fill(&mut out[..count]);
        IN_CALLBACK.set(false);
        sounded |= out[..count].iter().any(|frame| frame[0] != 0.0);
    }
    sounded
}

#[test]
fn the_callback_never_touches_the_heap() {
    let folder = tempfile::tempdir().unwrap();
    let (mix, reference) = (folder.path().join("mix.wav"), folder.path().join("r.wav"));
    tones(&mix, 44_100);
    tones(&reference, 48_000);
    // At full volume, so that its limiter works.
    let phone = Model::new(&system::find("smartphone").unwrap().unwrap()).driven(Drive { db: 0.0 });
    let car = Model::new(&system::find("car_parked").unwrap().unwrap());
    let references = vec![Reference { path: reference, offset_s: 0.5 }];
    let mut offline = Offline::open(&Listening { mix, settings: Settings::default(), references: references.clone() }).unwrap();
    offline.play();
    assert!(run(&mut offline, 1), "it plays");
    let steps: [Step<'_>; 15] = [
        ("B", &|c| c.listen(Side::B)),
        ("settings", &|c| c.set_settings(&everything(3.0)).unwrap()),
        ("settings again", &|c| {
            for gain_db in [1.0, 2.0, 4.0] {
                c.set_settings(&everything(gain_db)).unwrap();
            }
        }),
        ("gains", &|c| c.set_gains(&Gains { a_db: -3.0, b_db: -6.0, r_db: vec![-1.0] })),
        ("R", &|c| c.listen(Side::R(0))),
        ("phone", &|c| c.set_system(Some(&phone))),
        ("car", &|c| c.set_system(Some(&car))),
        ("solo", &|c| c.set_solo(Some([200.0, 2000.0]))),
        ("mono", &|c| c.set_mono(true)),
        ("seek", &|c| c.seek(2.0)),
        ("loop", &|c| c.set_loop(Some(TimeRange::new(1.0, 1.3)))),
        ("scrub", &|c| c.scrub(3.0, true)),
        ("no scrub", &|c| c.scrub(1.1, false)),
        ("references", &|c| {
            c.set_references(&[]).unwrap();
            c.set_references(&references).unwrap();
        }),
        ("back", &|c| {
            c.set_system(None);
            c.set_solo(None);
            c.set_loop(None);
            c.set_settings(&Settings::default()).unwrap();
        }),
    ];
    for (name, step) in steps {
        step(offline.controls());
        assert!(run(&mut offline, 1), "{name}: it plays");
        offline.controls().meters();
        assert_eq!(TOUCHED.load(Ordering::SeqCst), 0, "{name}");
    }
    offline.controls().pause();
    run(&mut offline, 1);
    offline.controls().set_settings(&everything(2.0)).unwrap();
    offline.controls().seek(29.8);
    run(&mut offline, 1);
    offline.play();
    assert!(run(&mut offline, 2), "up to the end");
    assert_eq!(TOUCHED.load(Ordering::SeqCst), 0);
    IN_CALLBACK.set(true);
    drop(std::hint::black_box(Box::new(1)));
    IN_CALLBACK.set(false);
    assert_eq!(TOUCHED.load(Ordering::SeqCst), 2, "the watch itself works");
}
