//! What a file that no reader accepts looks like, so that the message can say so.

use super::{malformed, unsupported};
use crate::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes looked at.
const HEAD: u64 = 1024;

/// First bytes of kinds of file that people try and that are not handled.
const KNOWN: [(&[u8], &str); 18] = [
    (b"wvpk", "a WavPack file"),
    (b"MAC ", "a Monkey's Audio file"),
    (b"TTA1", "a True Audio file"),
    (b"MThd", "a MIDI file (notes, no audio)"),
    (b"DSD ", "a DSD file"),
    (b"FRM8", "a DSD file"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (b".snd", "a Sun audio file"),
    (b"riff\x2e\x91\xcf\x11", "a Wave64 file"),
    (b"#!AMR", "an AMR file"),
    (b"FLV\x01", "a Flash video"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
];

/// The error for a file that no reader accepts.
pub(super) fn refusal(path: &Path) -> Error {
    let mut head = Vec::new();
    if let Err(e) = File::open(path).and_then(|f| f.take(HEAD).read_to_end(&mut head)) {
        return Error::io(path, "cannot read", e);
    }
    if let Some((_, what)) = KNOWN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return unsupported(path, format!("this is {what}, which is not handled"));
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ") {
        return unsupported(path, "this is an AVI video, which is not handled");
    }
    if is_text(&head) {
        return malformed(path, "this is a text file, no audio");
    }
    malformed(path, "this is no audio file, or its beginning is damaged")
}

/// Whether the bytes read as text: no control characters but white space, and valid UTF-8 up to a cut at the end.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none(),
    };
    valid && head.iter().all(|&b| b >= 0x20 || matches!(b, b'\n' | b'\r' | b'\t' | 0x0c))
}
