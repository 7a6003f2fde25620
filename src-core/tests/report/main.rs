//! Reports as files: what they say, that nothing in a name can break them, and that they are the same every time.

mod sample;

use plumbline::report::{Document, Format, document_schema, render, settings_schema, to_html, to_json, to_markdown, to_pdf};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set to write the sample reports into a folder, to look at them.
const LOOK_ENV: &str = "PLUMBLINE_LOOK";
/// Set to write the committed schemas anew instead of comparing with them.
const BLESS_ENV: &str = "PLUMBLINE_BLESS";

fn samples() -> [(&'static str, Document); 4] {
    [("mix", sample::mix()), ("matched", sample::matched()), ("clean", sample::clean()), ("crowded", sample::crowded())]
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Text of a PDF as poppler reads it.
fn pdf_text(pdf: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().expect("pdftotext (poppler-utils) must be installed");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// Pages of a PDF as poppler turns them.
fn pages(text: &str) -> usize {
    text.matches('\u{c}').count()
}

#[test]
fn every_format_is_the_same_every_time() {
    for (name, doc) in samples() {
        for format in [Format::Html, Format::Pdf, Format::Markdown, Format::Json] {
            let bytes = render(&doc, format).unwrap();
            assert_eq!(bytes, render(&doc.clone(), format).unwrap(), "{name} {format:?}");
            if let Ok(dir) = std::env::var(LOOK_ENV) {
                std::fs::write(Path::new(&dir).join(name).with_extension(format!("{format:?}").to_lowercase()), &bytes).unwrap();
            }
        }
    }
}
