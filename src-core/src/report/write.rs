//! Writes a report to a file, whole or not at all.

use super::{Document, to_html, to_json, to_markdown};
use crate::{Error, Result};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One self-contained page.
    Html,
    /// GitHub-flavoured Markdown.
    Markdown,
    /// The document itself.
    Json,
}

impl Format {
    /// The format that a file name asks for by its extension, in any case.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] for any other extension, naming those that are known.
    pub fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "html" | "htm" => Ok(Self::Html),
            "md" | "markdown" => Ok(Self::Markdown),
            "json" => Ok(Self::Json),
            "" => Err(Error::setting(path.display().to_string(), "the report's name has no extension", "end it in .html, .md or .json")),
            other => Err(Error::setting(path.display().to_string(), format!("no report can be written as .{other}"), "end the name in .html, .md or .json")),
        }
    }
}

/// Writes `document` to `path` in the format of its extension.
///
/// The report is first written to a temporary file beside `path` and then renamed, so that an interrupted run leaves
/// neither half a report nor a damaged older one.
///
/// # Errors
/// [`Error::InvalidSetting`] for an unknown extension, [`Error::Io`] if the file cannot be written.
pub fn write(document: &Document, path: &Path) -> Result<()> {
    let bytes = match Format::of(path)? {
        Format::Html => to_html(document)?.into_bytes(),
        Format::Markdown => to_markdown(document)?.into_bytes(),
        Format::Json => to_json(document)?.into_bytes(),
    };
    let temporary = temporary_name(path);
    let written = std::fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|source| {
        // Nothing can be done about a failure here that the first failure does not already say.
        let _ = std::fs::remove_file(&temporary);
        Error::io(path, "cannot write the report", source)
    })
}

/// A name beside `path` that two runs at once do not share.
fn temporary_name(path: &Path) -> PathBuf {
    path.with_file_name(format!(".plumbline-report-{}.part", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_format() {
        assert_eq!(Format::of(Path::new("a/b.HTML")).unwrap(), Format::Html);
        assert_eq!(Format::of(Path::new("b.md")).unwrap(), Format::Markdown);
        let error = Format::of(Path::new("b.docx")).unwrap_err().to_string();
        assert_eq!(error, "b.docx: no report can be written as .docx; end the name in .html, .md or .json");
        assert!(Format::of(Path::new("report")).unwrap_err().to_string().contains("no extension"));
    }
}
