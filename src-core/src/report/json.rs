//! The document as JSON, and the schemas of what is written and read as JSON.

use super::Document;
use crate::chain::Settings;
use crate::{Error, Result};

/// The document as indented JSON with a newline at its end. Minus infinity (silence) is `null`.
///
/// # Errors
/// [`Error::Bug`] if the document cannot be serialised.
pub fn to_json(document: &Document) -> Result<String> {
    json(document)
}

/// JSON Schema (draft 2020-12) of [`Document`], generated from the types.
///
/// # Errors
/// [`Error::Bug`] if the schema cannot be serialised.
pub fn document_schema() -> Result<String> {
    json(&schemars::schema_for!(Document))
}

/// JSON Schema (draft 2020-12) of [`Settings`], generated from the types.
///
/// # Errors
/// [`Error::Bug`] if the schema cannot be serialised.
pub fn settings_schema() -> Result<String> {
    json(&schemars::schema_for!(Settings))
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Error::Bug { place: "report::json", problem: e.to_string() })?;
    Ok(text + "\n")
}
