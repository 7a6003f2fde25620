//! One document, told as HTML, PDF, Markdown and JSON.

mod document;
mod json;

pub use document::{Document, Input, SCHEMA};
pub use json::{document_schema, settings_schema, to_json};
