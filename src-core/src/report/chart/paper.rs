//! The sheet that charts are drawn on: plotters' SVG backend at ten units a pixel, because it draws on whole units only.

use crate::diagnose::Status;
use crate::{Error, Result};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// Units a pixel.
const FINE: f64 = 10.0;

/// plotters takes a font size for the height of a line and writes it divided by this into SVG.
const LINE_OF_FONT: f64 = 1.24;

/// A print colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    fn at(self, opacity: f64) -> RGBAColor {
        RGBColor(self.0, self.1, self.2).mix(opacity)
    }

    /// As CSS writes it.
    pub(crate) fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// The print tokens: all text colours have a contrast of 5 or more on white.
pub(crate) mod ink {
    use super::Colour;
    /// Text and the mix.
    pub(crate) const INK: Colour = Colour(0x15, 0x18, 0x1c);
    /// Secondary text.
    pub(crate) const T2: Colour = Colour(0x4a, 0x52, 0x5c);
    /// Axis and captions.
    pub(crate) const T3: Colour = Colour(0x65, 0x6e, 0x79);
    /// Hairlines.
    pub(crate) const LINE: Colour = Colour(0xd9, 0xdd, 0xe2);
    /// The axis at zero.
    pub(crate) const ZERO: Colour = Colour(0xa9, 0xb0, 0xb8);
    /// The plumb line: a limit or the middle.
    pub(crate) const BRASS: Colour = Colour(0x8a, 0x6a, 0x1f);
    /// References.
    pub(crate) const REFERENCE: Colour = Colour(0x93, 0x40, 0x7c);
    /// After a match.
    pub(crate) const AFTER: Colour = Colour(0x0b, 0x69, 0x9c);
    /// The waveform.
    pub(crate) const WAVE: Colour = Colour(0x9a, 0xa3, 0xad);
    /// Faults.
    pub(crate) const FAULT: Colour = Colour(0xb3, 0x20, 0x2f);
    /// Warnings.
    pub(crate) const WARNING: Colour = Colour(0xb2, 0x54, 0x00);
    /// Notes.
    pub(crate) const NOTE: Colour = Colour(0x3d, 0x64, 0x88);
    /// The page.
    pub(crate) const PAPER: Colour = Colour(0xff, 0xff, 0xff);
}

/// Colour of a status.
pub(crate) fn of_status(status: Status) -> Colour {
    match status {
        Status::Fail => ink::FAULT,
        Status::Warn => ink::WARNING,
        Status::Note => ink::NOTE,
        Status::Pass => ink::T2,
        Status::Skipped => ink::T3,
    }
}

/// Where a text stands against its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Middle,
    Right,
}

/// Size, weight and colour of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub size: f64,
    pub bold: bool,
    pub colour: Colour,
}

impl Type {
    /// Axis figures.
    pub(super) const AXIS: Self = Self { size: 11.0, bold: false, colour: ink::T3 };

    /// A label on a line.
    pub(super) fn label(colour: Colour) -> Self {
        Self { size: 11.0, bold: true, colour }
    }
}

type Root<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn fault(problem: impl std::fmt::Display) -> Error {
    Error::Bug { place: "report::chart", problem: problem.to_string() }
}

fn fine(px: f64) -> i32 {
    (px * FINE).round() as i32
}

/// A sheet of a size in pixels.
pub(super) struct Sheet<'a> {
    root: Root<'a>,
}

impl<'b> Sheet<'b> {
    /// Draws and hands back the SVG, with `summary` as its text alternative.
    pub(super) fn draw(width: f64, height: f64, summary: &str, paint: impl FnOnce(&Sheet<'_>) -> Result<()>) -> Result<String> {
        let mut text = String::new();
        {
            let root = SVGBackend::with_string(&mut text, (fine(width) as u32, fine(height) as u32)).into_drawing_area();
            let sheet = Sheet { root };
            paint(&sheet)?;
            sheet.root.present().map_err(fault)?;
        }
        let body = text.split_once('>').map(|(_, body)| body).ok_or_else(|| fault("an SVG without a root"))?;
        let summary = escaped(summary);
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{summary}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\">{body}",
            fine(width),
            fine(height)
        ))
    }

    /// A straight line.
    pub(super) fn line(&self, from: (f64, f64), to: (f64, f64), colour: Colour, width: f64) -> Result<()> {
        self.path(&[from, to], colour, width)
    }

    /// A line through points.
    pub(super) fn path(&self, points: &[(f64, f64)], colour: Colour, width: f64) -> Result<()> {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (fine(x), fine(y))).collect();
        self.root.draw(&PathElement::new(points, colour.at(1.0).stroke_width(fine(width) as u32))).map_err(fault)
    }

    /// A filled shape.
    pub(super) fn fill(&self, points: &[(f64, f64)], colour: Colour, opacity: f64) -> Result<()> {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (fine(x), fine(y))).collect();
        self.root.draw(&Polygon::new(points, colour.at(opacity).filled())).map_err(fault)
    }

    /// A filled rectangle.
    pub(super) fn rect(&self, from: (f64, f64), to: (f64, f64), colour: Colour, opacity: f64) -> Result<()> {
        self.root
            .draw(&Rectangle::new([(fine(from.0), fine(from.1)), (fine(to.0), fine(to.1))], colour.at(opacity).filled()))
            .map_err(fault)
    }

    /// A filled dot.
    pub(super) fn dot(&self, at: (f64, f64), radius: f64, colour: Colour) -> Result<()> {
        self.root.draw(&Circle::new((fine(at.0), fine(at.1)), fine(radius), colour.at(1.0).filled())).map_err(fault)
    }

    /// The glyph of a status: diamond, triangle, ring.
    pub(super) fn glyph(&self, status: Status, (x, y): (f64, f64), r: f64) -> Result<()> {
        let colour = of_status(status);
        match status {
            Status::Fail => self.fill(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)], colour, 1.0),
            Status::Warn => self.fill(&[(x, y - r * 0.95), (x + r, y + r * 0.8), (x - r, y + r * 0.8)], colour, 1.0),
            _ => {
                let radius = r * 0.78;
                self.dot((x, y), radius, ink::PAPER)?;
                let style = colour.at(1.0).stroke_width(fine(1.6) as u32);
                self.root.draw(&Circle::new((fine(x), fine(y)), fine(radius), style)).map_err(fault)
            }
        }
    }

    /// Text, its middle line at `y`.
    pub(super) fn text(&self, (x, y): (f64, f64), text: &str, kind: Type, side: Side) -> Result<()> {
        let horizontal = match side {
            Side::Left => HPos::Right,
            Side::Middle => HPos::Center,
            Side::Right => HPos::Left,
        };
        let weight = if kind.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::Name("Inter"), kind.size * FINE * LINE_OF_FONT, weight);
        let colour = kind.colour.at(1.0);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Bottom));
        // SVG viewers do not agree on what the middle of a text is; the baseline they agree on. The backend lifts a
        // bottom-anchored text by half an x-height.
        let lift = kind.size * 0.36 + kind.size * EX / 2.0;
        self.root.draw_text(text, &style, (fine(x), fine(y + lift))).map_err(fault)
    }

    /// A plot with axes in units of the data inside a rectangle in pixels.
    pub(super) fn plot<'s, X>(&'s self, x: X, y: Range<f64>, left: f64, top: f64, width: f64, height: f64) -> Plot<'s, 'b, X::CoordDescType>
    where
        X: AsRangedCoord<Value = f64>,
    {
        let frame = (fine(left)..fine(left + width), fine(top + height)..fine(top));
        Plot { sheet: self, coord: Cartesian2d::new(x, y.clone(), frame), y, left, top, width, height }
    }
}

/// x-height of Inter in parts of the font size.
const EX: f64 = 0.546;

/// A sheet with axes.
pub(super) struct Plot<'s, 'b, X: Ranged<ValueType = f64>> {
    sheet: &'s Sheet<'b>,
    coord: Cartesian2d<X, RangedCoordf64>,
    y: Range<f64>,
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl<X: Ranged<ValueType = f64>> Plot<'_, '_, X> {
    /// Where a point of the data lies, in pixels.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        use plotters::coord::CoordTranslate;
        let (px, py) = self.coord.translate(&(x, y));
        (f64::from(px) / FINE, f64::from(py) / FINE)
    }

    /// A horizontal grid line with its label at the left.
    pub(super) fn level(&self, y: f64, label: &str, colour: Colour) -> Result<()> {
        let (_, py) = self.at(0.0f64.max(f64::MIN_POSITIVE), y);
        self.sheet.line((self.left, py), (self.left + self.width, py), colour, 1.0)?;
        self.sheet.text((self.left - 8.0, py), label, Type::AXIS, Side::Left)
    }

    /// A vertical grid line.
    pub(super) fn upright(&self, x: f64, colour: Colour) -> Result<()> {
        let (px, _) = self.at(x, self.y.start);
        self.sheet.line((px, self.top), (px, self.top + self.height), colour, 1.0)
    }

    /// A curve, cut where it leaves the axes.
    pub(super) fn curve(&self, points: &[(f64, f64)], colour: Colour, width: f64) -> Result<()> {
        for piece in inside(points, &self.y) {
            let px: Vec<_> = piece.iter().map(|&(x, y)| self.at(x, y)).collect();
            self.sheet.path(&px, colour, width)?;
        }
        Ok(())
    }

    /// A dashed curve, cut where it leaves the axes. Lengths in pixels.
    pub(super) fn dashed(&self, points: &[(f64, f64)], colour: Colour, width: f64, dash: f64, gap: f64) -> Result<()> {
        for piece in inside(points, &self.y) {
            let px: Vec<_> = piece.iter().map(|&(x, y)| self.at(x, y)).collect();
            for stroke in dashes(&px, dash, gap) {
                self.sheet.path(&stroke, colour, width)?;
            }
        }
        Ok(())
    }

    /// A band between two curves of the same length.
    pub(super) fn band(&self, upper: &[(f64, f64)], lower: &[(f64, f64)], colour: Colour, opacity: f64) -> Result<()> {
        let clamp = |&(x, y): &(f64, f64)| self.at(x, y.clamp(self.y.start, self.y.end));
        let outline: Vec<_> = upper.iter().map(clamp).chain(lower.iter().rev().map(clamp)).collect();
        if outline.len() < 4 { Ok(()) } else { self.sheet.fill(&outline, colour, opacity) }
    }
}

/// The pieces of a curve that lie inside a range of y, with the crossing points worked out.
fn inside(points: &[(f64, f64)], y: &Range<f64>) -> Vec<Vec<(f64, f64)>> {
    let within = |v: f64| v >= y.start && v <= y.end;
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut piece: Vec<(f64, f64)> = Vec::new();
    let mut before: Option<(f64, f64)> = None;
    for &(x, v) in points {
        if let Some((x0, v0)) = before.filter(|p| p.1.is_finite() && v.is_finite() && within(p.1) != within(v)) {
            let edge = if v0.min(v) < y.start { y.start } else { y.end };
            let share = (edge - v0) / (v - v0);
            piece.push((x0 + (x - x0) * share, edge));
        }
        if within(v) {
            piece.push((x, v));
        } else if !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
        before = Some((x, v));
    }
    pieces.push(piece);
    pieces.retain(|p| p.len() > 1);
    pieces
}

/// Cuts a line into dashes.
fn dashes(points: &[(f64, f64)], dash: f64, gap: f64) -> Vec<Vec<(f64, f64)>> {
    let mut out = Vec::new();
    let mut stroke: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    let (mut on, mut left) = (true, dash);
    for pair in points.windows(2) {
        let &[(x0, y0), (x1, y1)] = pair else { continue };
        let length = (x1 - x0).hypot(y1 - y0);
        let mut gone = 0.0;
        while length - gone > left {
            gone += left;
            let here = (x0 + (x1 - x0) * gone / length, y0 + (y1 - y0) * gone / length);
            if on {
                stroke.push(here);
                out.push(std::mem::take(&mut stroke));
            } else {
                stroke = vec![here];
            }
            on = !on;
            left = if on { dash } else { gap };
        }
        left -= length - gone;
        if on {
            stroke.push((x1, y1));
        }
    }
    if on && stroke.len() > 1 {
        out.push(stroke);
    }
    out
}

/// Text made safe for an attribute or element.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Ticks of a frequency axis and whether they carry a label.
pub(super) const FREQUENCY_TICKS: [(f64, &str); 10] = [
    (20.0, "20"),
    (50.0, "50"),
    (100.0, "100"),
    (200.0, "200"),
    (500.0, "500"),
    (1000.0, "1k"),
    (2000.0, "2k"),
    (5000.0, "5k"),
    (10_000.0, "10k"),
    (20_000.0, "20k\u{a0}Hz"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_cut_where_they_leave_the_axes() {
        let pieces = inside(&[(0.0, -2.0), (1.0, 0.0), (2.0, 2.0), (3.0, 0.0)], &(-1.0..1.0));
        assert_eq!(pieces, vec![vec![(0.5, -1.0), (1.0, 0.0), (1.5, 1.0)], vec![(2.5, 1.0), (3.0, 0.0)]]);
    }

    #[test]
    fn dashes_have_their_length() {
        let strokes = dashes(&[(0.0, 0.0), (20.0, 0.0)], 5.0, 3.0);
        assert_eq!(strokes.len(), 3);
        assert_eq!(strokes[0], vec![(0.0, 0.0), (5.0, 0.0)]);
        assert_eq!(strokes[1], vec![(8.0, 0.0), (13.0, 0.0)]);
    }

    #[test]
    fn a_sheet_escapes_its_summary_and_its_texts() {
        let svg = Sheet::draw(100.0, 50.0, "a \"<b>\" & c", |s| s.text((1.0, 1.0), "<script>", Type::AXIS, Side::Right)).unwrap();
        assert!(svg.contains("aria-label=\"a &quot;&lt;b&gt;&quot; &amp; c\""), "{svg}");
        assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script>"));
        assert!(svg.contains("viewBox=\"0 0 1000 500\""));
    }
}
