//! The formats of a report, and which one a file name asks for.

use super::{Document, to_html, to_json, to_markdown, to_pdf};
use crate::{Error, Result};
use std::path::Path;

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One self-contained page.
    Html,
    /// A4 pages.
    Pdf,
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
        let problem = match extension.as_str() {
            "html" | "htm" => return Ok(Self::Html),
            "pdf" => return Ok(Self::Pdf),
            "md" | "markdown" => return Ok(Self::Markdown),
            "json" => return Ok(Self::Json),
            "" => "the report's name has no extension".to_owned(),
            other => format!("no report can be written as .{other}"),
        };
        Err(Error::setting(path.display().to_string(), problem, "end the name in .html, .pdf, .md or .json"))
    }
}

/// The report in a format, as the bytes of a file.
///
/// # Errors
/// [`Error::Bug`] if a chart or page cannot be drawn.
pub fn render(document: &Document, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Html => to_html(document).map(String::into_bytes),
        Format::Pdf => to_pdf(document),
        Format::Markdown => to_markdown(document).map(String::into_bytes),
        Format::Json => to_json(document).map(String::into_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_format() {
        assert_eq!(Format::of(Path::new("a/b.HTML")).unwrap(), Format::Html);
        assert_eq!(Format::of(Path::new("b.md")).unwrap(), Format::Markdown);
        let error = Format::of(Path::new("b.docx")).unwrap_err().to_string();
        assert!(error.starts_with("b.docx: no report can be written as .docx; end the name in .html"), "{error}");
        assert!(Format::of(Path::new("report")).unwrap_err().to_string().contains("no extension"));
    }
}
