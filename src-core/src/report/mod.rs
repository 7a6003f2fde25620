//! One document, told as HTML, PDF, Markdown and JSON.
//!
//! [`Document`] holds everything that is known about a file after a job. Each format is written from it alone, so the
//! same document gives the same bytes, on any day and any machine. Words are put together once (`story`, `words`),
//! charts are drawn once (`chart`); a format only lays them out.

mod changes;
mod chart;
mod definitions;
mod document;
mod figures;
mod fonts;
mod format;
mod html;
mod json;
mod markdown;
mod masking;
mod pdf;
mod story;
mod story_masking;
mod story_match;
pub mod words;

pub use changes::{Change, Changes, Trend, changes};
pub use document::{Document, Input, SCHEMA, joined};
pub use format::{Format, render};
pub use html::to_html;
pub use json::{document_schema, settings_schema, to_json};
pub use markdown::to_markdown;
pub use masking::{Masking, MaskingBasis};
pub use pdf::to_pdf;
pub use story_masking::cost;
