//! One document, told as HTML, PDF, Markdown and JSON.

mod document;

pub use document::{Document, Input};
