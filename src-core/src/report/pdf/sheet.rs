//! A display list of pages in pixels at 96 to the inch, and its way into a PDF. Pages are first laid out and only then
//! written, because the footer of the first page already says how many there are.

use super::structure::{Part, Structure};
use super::text::{Cut, Type};
use crate::report::chart::{Colour, ink};
use crate::report::fonts;
use crate::{Error, Result};
use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::text::TextDirection;
use krilla_svg::{SurfaceExt, SvgSettings};
use std::sync::Arc;

/// A4 in pixels.
pub(super) const PAGE: (f64, f64) = (794.0, 1123.0);
/// Points a pixel.
const POINTS: f64 = 0.75;

/// Size and look of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub cut: Cut,
    pub size: f64,
    pub colour: Colour,
}

/// A look.
pub(super) const fn look(cut: Cut, size: f64, colour: Colour) -> Look {
    Look { cut, size, colour }
}

/// One thing drawn.
pub(super) enum Mark {
    /// Text from its left end, on its baseline.
    Text { at: (f64, f64), look: Look, text: String },
    /// A filled shape.
    Shape { points: Vec<(f64, f64)>, colour: Colour, opacity: f64 },
    /// A line.
    Line { from: (f64, f64), to: (f64, f64), colour: Colour, width: f64, opacity: f64 },
    /// A ring, white inside.
    Ring { at: (f64, f64), radius: f64, colour: Colour },
    /// A chart, its upper left corner and its size.
    Svg { at: (f64, f64), size: (f64, f64), svg: String },
}

/// A place that the outline of the PDF points to.
pub(super) struct Bookmark {
    pub title: String,
    pub page: usize,
    pub y: f64,
}

/// A thing drawn, and the part of the document that it belongs to; none for what only adorns the page.
pub(super) struct Placed {
    pub part: Option<Part>,
    pub mark: Mark,
}

/// Pages laid out.
#[derive(Default)]
pub(super) struct Pages {
    pub pages: Vec<Vec<Placed>>,
    pub bookmarks: Vec<Bookmark>,
    pub structure: Structure,
}

fn fault(problem: impl std::fmt::Display) -> Error {
    Error::Bug { place: "report::pdf", problem: problem.to_string() }
}

impl Pages {
    /// Writes the pages.
    pub(super) fn to_pdf(&self, kind: &Type, title: &str, creator: &str) -> Result<Vec<u8>> {
        let mut document = krilla::Document::new();
        let charts = svg_options();
        let mut content = vec![Vec::new(); self.structure.len()];
        for placed in &self.pages {
            let size = PageSettings::from_wh((PAGE.0 * POINTS) as f32, (PAGE.1 * POINTS) as f32).ok_or_else(|| fault("page size"))?;
            let mut page = document.start_page_with(size);
            let mut surface = page.surface();
            surface.push_transform(&Transform::from_scale(POINTS as f32, POINTS as f32));
            for run in placed.chunk_by(|a, b| a.part == b.part) {
                let part = run.first().and_then(|p| p.part);
                let id = surface.start_tagged(content_tag(run));
                for p in run {
                    draw(&mut surface, &p.mark, kind, &charts)?;
                }
                surface.end_tagged();
                if let Some(pieces) = part.and_then(|p| content.get_mut(p)) {
                    pieces.push(id);
                }
            }
            surface.pop();
            surface.finish();
            page.finish();
        }
        let mut outline = Outline::new();
        for b in &self.bookmarks {
            let there = XyzDestination::new(b.page, Point::from_xy(0.0, (b.y * POINTS) as f32));
            outline.push_child(OutlineNode::new(b.title.clone(), there));
        }
        document.set_outline(outline);
        document.set_tag_tree(self.structure.tree(&content));
        let metadata = Metadata::new().title(title.into()).creator(creator.into()).language("en".into());
        document.set_metadata(metadata);
        document.finish().map_err(|e| fault(format!("{e:?}")))
    }
}

/// How a run of things of one part is marked on the page.
fn content_tag(run: &[Placed]) -> ContentTag<'static> {
    match run.first() {
        Some(Placed { part: Some(_), mark: Mark::Text { .. } }) => ContentTag::Span(SpanTag::empty()),
        Some(Placed { part: Some(_), .. }) => ContentTag::Other,
        _ => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
    }
}

/// The fonts that charts may use: the embedded ones and no others.
fn svg_options() -> usvg::Options<'static> {
    let mut options = usvg::Options { font_family: "Inter".into(), ..usvg::Options::default() };
    let mut db = usvg::fontdb::Database::new();
    for face in &fonts::ALL {
        db.load_font_data(face.ttf.to_vec());
    }
    options.fontdb = Arc::new(db);
    options
}

fn fill(colour: Colour, opacity: f64) -> Fill {
    let opacity = NormalizedF32::new(opacity.clamp(0.0, 1.0) as f32).unwrap_or(NormalizedF32::ONE);
    Fill { paint: rgb::Color::new(colour.0, colour.1, colour.2).into(), opacity, ..Fill::default() }
}

fn point((x, y): (f64, f64)) -> Point {
    Point::from_xy(x as f32, y as f32)
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, kind: &Type, charts: &usvg::Options<'_>) -> Result<()> {
    match mark {
        Mark::Text { at, look, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(look.colour, 1.0)));
            let font = kind.font(kind.cut_for(look.cut, text));
            surface.draw_text(point(*at), font, look.size as f32, text, false, TextDirection::Auto);
        }
        Mark::Shape { points, colour, opacity } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour, *opacity)));
            path(surface, points, true);
        }
        Mark::Line { from, to, colour, width, opacity } => {
            stroke(surface, *colour, *width, *opacity);
            path(surface, &[*from, *to], false);
        }
        Mark::Ring { at, radius, colour } => {
            stroke(surface, *colour, 1.8, 1.0);
            surface.set_fill(Some(fill(ink::PAPER, 1.0)));
            circle(surface, *at, *radius);
        }
        Mark::Svg { at, size, svg } => {
            let tree = usvg::Tree::from_str(svg, charts).map_err(fault)?;
            let size = Size::from_wh(size.0 as f32, size.1 as f32).ok_or_else(|| fault("chart size"))?;
            surface.push_transform(&Transform::from_translate(at.0 as f32, at.1 as f32));
            surface.draw_svg(&tree, size, SvgSettings::default()).ok_or_else(|| fault("chart"))?;
            surface.pop();
        }
    }
    Ok(())
}

fn stroke(surface: &mut Surface<'_>, colour: Colour, width: f64, opacity: f64) {
    surface.set_fill(None);
    let paint = fill(colour, opacity);
    surface.set_stroke(Some(Stroke { paint: paint.paint, opacity: paint.opacity, width: width as f32, ..Stroke::default() }));
}

fn path(surface: &mut Surface<'_>, points: &[(f64, f64)], closed: bool) {
    let mut builder = PathBuilder::new();
    for (i, (x, y)) in points.iter().enumerate() {
        if i == 0 { builder.move_to(*x as f32, *y as f32) } else { builder.line_to(*x as f32, *y as f32) }
    }
    if closed {
        builder.close();
    }
    if let Some(path) = builder.finish() {
        surface.draw_path(&path);
    }
}

/// A circle of four cubic arcs; 0.5523 is the usual distance of their handles (error under 0.03 % of the radius).
fn circle(surface: &mut Surface<'_>, (x, y): (f64, f64), r: f64) {
    let handle = 0.5523 * r;
    let mut builder = PathBuilder::new();
    builder.move_to((x + r) as f32, y as f32);
    for [a, b, c] in [
        [(r, handle), (handle, r), (0.0, r)],
        [(-handle, r), (-r, handle), (-r, 0.0)],
        [(-r, -handle), (-handle, -r), (0.0, -r)],
        [(handle, -r), (r, -handle), (r, 0.0)],
    ] {
        let p = |d: (f64, f64)| ((x + d.0) as f32, (y + d.1) as f32);
        builder.cubic_to(p(a).0, p(a).1, p(b).0, p(b).1, p(c).0, p(c).1);
    }
    builder.close();
    if let Some(path) = builder.finish() {
        surface.draw_path(&path);
    }
}
