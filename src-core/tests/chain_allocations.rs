//! A running chain must not allocate: a sound card's thread cannot wait for memory.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::Block;
use plumbline::chain::Chain;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[path = "support/every_stage.rs"]
mod every_stage;
use every_stage::everything;

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

#[test]
fn a_running_chain_allocates_nothing() {
    let mut chain = Chain::new(&everything(3.0), 44_100, 2).expect("the settings are in range");
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
