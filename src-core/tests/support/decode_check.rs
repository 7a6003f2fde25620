//! Any bytes as a file, decoded and checked: what the fuzz target and the test of damaged files have in common, so that both are built by `./test`.

use plumbline::audio::{Block, Source};
use plumbline::decode;
use plumbline::diagnose::StageChoice;
use plumbline::jobs::{self, Cancel, CheckRequest, Host, Silent};
use std::path::Path;

/// Files that decode to more than this are not checked: a few bytes of FLAC can stand for hours of silence, which is no fault.
const MOST_FRAMES: u64 = 200_000;

/// Decodes and checks; whatever comes out is right as long as it comes.
pub fn run(path: &Path) -> &'static str {
    let Ok(mut source) = decode::open(path) else { return "refused" };
    let channels = source.info().layout.channel_count();
    assert!((1..=decode::MAX_CHANNELS).contains(&channels));
    assert!((decode::MIN_SAMPLE_RATE..=decode::MAX_SAMPLE_RATE).contains(&source.info().sample_rate));
    let mut block = Block::default();
    loop {
        match source.read(&mut block) {
            Ok(0) => break,
            Ok(frames) => assert!(block.channel_count() == channels && block.channels().iter().all(|c| c.len() == frames)),
            Err(_) => return "given up",
        }
        if source.frames_read() > MOST_FRAMES {
            return "too long to check";
        }
    }
    let request =
        CheckRequest { mix: path.to_path_buf(), references: Vec::new(), stage: StageChoice::Auto, systems: Vec::new(), stems: None };
    match jobs::check(&request, Host::new(&Silent, &Cancel::default())) {
        Ok(document) => assert!(!document.checks.is_empty()),
        Err(_) => return "not checked",
    }
    "checked"
}
