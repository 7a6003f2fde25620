//! Any bytes as a file: decoding and the whole check must end, with a result or an error, never with a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::OnceLock;

#[path = "../../src-core/tests/support/decode_check.rs"]
mod decode_check;

/// The file that each input is written to; one for each process.
fn path() -> &'static PathBuf {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::temp_dir().join(format!("plumbline-fuzz-{}.bin", std::process::id())))
}

fuzz_target!(|data: &[u8]| {
    if std::fs::write(path(), data).is_ok() {
        decode_check::run(path());
    }
});
