//! Any bytes as a file: decoding and the whole check must end, with a result or an error, never with a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plumbline::audio::{Block, Source};
use plumbline::decode;
use plumbline::diagnose::StageChoice;
use plumbline::jobs::{self, Cancel, CheckRequest, Host, Silent};
use std::path::PathBuf;
use std::sync::OnceLock;

/// Files that decode to more than this are not checked: a few bytes of FLAC can stand for hours of silence,
/// which is slow but no fault.
const MAX_CHECKED_FRAMES: u64 = 500_000;

/// The file that each input is written to; one for each process.
fn path() -> &'static PathBuf {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::temp_dir().join(format!("plumbline-fuzz-{}.bin", std::process::id())))
}

fuzz_target!(|data: &[u8]| {
    if std::fs::write(path(), data).is_err() {
        return;
    }
    let Ok(mut source) = decode::open(path()) else { return };
    let channels = source.info().layout.channel_count();
    assert!((1..=decode::MAX_CHANNELS).contains(&channels));
    assert!((decode::MIN_SAMPLE_RATE..=decode::MAX_SAMPLE_RATE).contains(&source.info().sample_rate));
    let mut block = Block::default();
    loop {
        match source.read(&mut block) {
            Ok(0) => break,
            Ok(frames) => {
                assert_eq!(block.channel_count(), channels);
                assert!(block.channels().iter().all(|c| c.len() == frames));
            }
            Err(_) => return,
        }
        if source.frames_read() > MAX_CHECKED_FRAMES {
            return;
        }
    }
    let request = CheckRequest { mix: path().clone(), references: Vec::new(), stage: StageChoice::Auto };
    let cancel = Cancel::default();
    if let Ok(document) = jobs::check(&request, Host::new(&Silent, &cancel)) {
        assert!(!document.checks.is_empty());
    }
});
