//! A running chain must not allocate: a sound card's thread cannot wait for memory.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::Block;
use plumbline::chain::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Stereo};
use plumbline::chain::{Chain, Settings};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    // Of each thread for itself: what runs the tests allocates too.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system allocator unchanged.
#[allow(unsafe_code, reason = "an allocator can only be written with unsafe")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn everything() -> Settings {
    let bell = |part, freq_hz| EqBand { kind: EqKind::Bell, part, freq_hz, gain_db: 3.0, q: 1.0, reason: String::new(), confidence: 1.0 };
    let band = BandDynamics {
        threshold_db: -30.0,
        ratio: 3.0,
        knee_db: 6.0,
        attack_ms: 10.0,
        release_ms: 100.0,
        makeup_db: 1.0,
        reason: String::new(),
    };
    Settings {
        eq: vec![bell(Part::Stereo, 200.0), bell(Part::Mid, 900.0), bell(Part::Side, 4000.0)],
        dynamics: Some(Dynamics { crossovers_hz: vec![200.0, 3000.0], bands: vec![band.clone(), band.clone(), band] }),
        stereo: Some(Stereo { side_gain_db: 2.0, side_bands: vec![], mono_below_hz: Some(100.0), reason: String::new() }),
        output_gain_db: 12.0,
        limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 100.0 }),
        ..Settings::default()
    }
}

#[test]
fn a_running_chain_allocates_nothing() {
    let mut chain = Chain::new(&everything(), 44_100, 2).expect("the settings are in range");
    let channel = |step: f64| (0..1024).map(|n| 0.8 * (f64::from(n) * step).sin()).collect::<Vec<_>>();
    let mut block = Block::from_channels(vec![channel(0.031), channel(0.57)]);
    let most = (0..50)
        .map(|_| {
            let before = ALLOCATIONS.get();
            for _ in 0..20 {
                chain.process(&mut block);
            }
            ALLOCATIONS.get() - before
        })
        .max();
    assert_eq!(most, Some(0));
    assert!(chain.statistics().limiter.is_some_and(|limiter| limiter.max_reduction_db > 3.0), "the chain was not at work");
}
