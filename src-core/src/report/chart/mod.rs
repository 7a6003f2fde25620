//! Charts as SVG, drawn with plotters. Every chart comes with one sentence that says what it shows and with its
//! numbers as a table, so that nothing is told by a picture alone.

mod eq;
mod loudness;
mod masking;
mod paper;
mod stereo;
mod timeline;
mod tone;
mod translation;

pub(crate) use paper::{Colour, ink, of_status};

use super::figures::Figures;
use super::story::Story;
use crate::Result;

/// A table that says the same as a chart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// One drawn chart.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// Stable name, used for anchors.
    pub id: &'static str,
    pub title: String,
    /// What was done to the data, in a few words.
    pub caption: String,
    /// What the picture shows, in one sentence.
    pub summary: String,
    /// The SVG.
    pub svg: String,
    /// Its size in pixels.
    pub width: f64,
    pub height: f64,
    pub table: Table,
}

/// All charts that the document has data for, in the order in which they are shown.
pub(crate) struct Charts {
    pub timeline: Option<Chart>,
    pub loudness: Option<Chart>,
    pub tone: Option<Chart>,
    pub stereo: Option<Chart>,
    pub eq: Option<Chart>,
    pub translation: Option<Chart>,
    pub masking: Option<Chart>,
    pub matrix: Option<Chart>,
}

impl Charts {
    /// Draws what can be drawn.
    pub(crate) fn of(doc: &super::Document, story: &Story, figures: &Figures) -> Result<Self> {
        Ok(Self {
            timeline: timeline::draw(story, figures)?,
            loudness: loudness::draw(story, figures)?,
            tone: tone::draw(figures)?,
            stereo: stereo::draw(figures)?,
            eq: eq::draw(doc)?,
            translation: translation::draw(doc)?,
            masking: masking::picture(doc)?,
            matrix: masking::matrix(doc)?,
        })
    }
}
