//! Lays things out from top to bottom and turns the page when they no longer fit.

use super::sheet::{Bookmark, Look, Mark, PAGE, Pages, Placed, look};
use super::structure::{Part, Role};
use super::text::{Cut, Type};
use crate::diagnose::Status;
use crate::report::chart::{Chart, Colour, ink, of_status};

/// Left and right edge of what is printed.
pub(super) const LEFT: f64 = 52.0;
pub(super) const RIGHT: f64 = 742.0;
/// First and last line that content may use; below the last stands the footer.
const TOP: f64 = 52.0;
const BOTTOM: f64 = 1056.0;

pub(super) const BODY: Look = look(Cut::Regular, 12.0, ink::T2);
pub(super) const STRONG: Look = look(Cut::Bold, 12.0, ink::INK);
pub(super) const SMALL: Look = look(Cut::Regular, 11.0, ink::T3);
pub(super) const HEADING: Look = look(Cut::Bold, 13.0, ink::INK);
pub(super) const CODE: Look = look(Cut::Mono, 11.0, ink::T2);

/// Which end of a text its point names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// A column of a table: its heading, its share of the width, its alignment and look.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    pub head: &'a str,
    pub share: f64,
    pub align: Align,
    pub look: Look,
}

/// Pages in the making.
pub(super) struct Flow<'a> {
    kind: &'a Type,
    pages: Pages,
    /// The part that is being written, and those around it.
    open: Vec<Part>,
    /// Where the next thing begins.
    pub y: f64,
}

impl<'a> Flow<'a> {
    /// An empty first page.
    pub(super) fn new(kind: &'a Type) -> Self {
        Self { kind, pages: Pages { pages: vec![Vec::new()], ..Pages::default() }, open: Vec::new(), y: TOP }
    }

    /// The pages, with a footer on each.
    pub(super) fn finish(mut self, footer: &str) -> Pages {
        let count = self.pages.pages.len();
        let footer = footer.chars().map(plain).collect::<String>();
        for (i, page) in self.pages.pages.iter_mut().enumerate() {
            let number = format!("{} / {count}", i + 1);
            let x = RIGHT - self.kind.width(SMALL.cut, 10.5, &number);
            let quiet = Look { size: 10.5, ..SMALL };
            let adorn = |at, text| Placed { part: None, mark: Mark::Text { at, look: quiet, text } };
            page.push(adorn((LEFT, 1093.0), footer.clone()));
            page.push(adorn((x, 1093.0), number));
        }
        self.pages
    }

    /// Index of the page being filled.
    pub(super) fn page(&self) -> usize {
        self.pages.pages.len() - 1
    }

    /// Writes a part of the document; parts written meanwhile lie inside it.
    pub(super) fn part<T>(&mut self, role: Role, write: impl FnOnce(&mut Self) -> T) -> T {
        let part = self.pages.structure.add(role, self.open.last().copied());
        self.continue_part(part, write)
    }

    /// A part to be written piece by piece, see [`Flow::continue_part`].
    pub(super) fn begin_part(&mut self, role: Role) -> Part {
        self.pages.structure.add(role, self.open.last().copied())
    }

    /// Writes more of a part.
    pub(super) fn continue_part<T>(&mut self, part: Part, write: impl FnOnce(&mut Self) -> T) -> T {
        self.open.push(part);
        let out = write(self);
        self.open.pop();
        out
    }

    /// Writes with nothing open: what stands there has been said before.
    fn adornment(&mut self, write: impl FnOnce(&mut Self)) {
        let open = std::mem::take(&mut self.open);
        let first = self.pages.pages.last().map_or(0, Vec::len);
        write(self);
        for placed in self.pages.pages.last_mut().into_iter().flat_map(|p| p.iter_mut().skip(first)) {
            placed.part = None;
        }
        self.open = open;
    }

    /// Draws on the page being filled. Text belongs to the part being written, or is a paragraph of its own; pictures belong to it too,
    /// while lines and shapes only adorn.
    pub(super) fn mark(&mut self, mark: Mark) {
        let open = self.open.last().copied();
        let part = match mark {
            Mark::Text { .. } => Some(open.unwrap_or_else(|| self.begin_part(Role::Paragraph))),
            Mark::Svg { .. } => open,
            Mark::Shape { .. } | Mark::Line { .. } | Mark::Ring { .. } => None,
        };
        if let Some(page) = self.pages.pages.last_mut() {
            page.push(Placed { part, mark });
        }
    }

    /// Draws under everything else of a page.
    pub(super) fn mark_below(&mut self, page: usize, mark: Mark) {
        if let Some(page) = self.pages.pages.get_mut(page) {
            page.insert(0, Placed { part: None, mark });
        }
    }

    /// Turns the page unless `height` still fits.
    pub(super) fn room(&mut self, height: f64) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.pages.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Notes the current place for the outline.
    pub(super) fn bookmark(&mut self, title: &str) {
        let bookmark = Bookmark { title: title.chars().map(plain).collect(), page: self.page(), y: (self.y - 20.0).max(0.0) };
        self.pages.bookmarks.push(bookmark);
    }

    /// One line of text with its baseline at `y`.
    pub(super) fn line(&mut self, x: f64, y: f64, text: &str, look: Look, align: Align) {
        let text: String = text.chars().map(plain).collect();
        let x = if align == Align::Right { x - self.width(&text, look) } else { x };
        self.mark(Mark::Text { at: (x, y), look, text });
    }

    /// Width of a text.
    pub(super) fn width(&self, text: &str, look: Look) -> f64 {
        self.kind.width(look.cut, look.size, text)
    }

    /// Lines that a text takes in a width.
    pub(super) fn wrap(&self, text: &str, look: Look, width: f64) -> Vec<String> {
        let text: String = text.chars().map(plain).collect();
        self.kind.wrap(look.cut, look.size, &text, width)
    }

    /// A paragraph between `x` and `to`, line by line, over as many pages as it takes.
    pub(super) fn paragraph(&mut self, x: f64, to: f64, text: &str, look: Look, leading: f64) {
        let lines = self.wrap(text, look, to - x);
        let write = |flow: &mut Self| {
            for (n, line) in lines.iter().enumerate() {
                flow.room(leading);
                // A space at the end of a line keeps its last word apart from the next line's first where text is taken out.
                let line = if n + 1 < lines.len() { format!("{line} ") } else { line.clone() };
                flow.line(x, flow.y + leading * 0.72, &line, look, Align::Left);
                flow.y += leading;
            }
        };
        if self.open.is_empty() { self.part(Role::Paragraph, write) } else { write(self) }
    }

    /// A heading with a caption behind it; `keep` is how much must fit below it.
    pub(super) fn heading(&mut self, title: &str, caption: &str, keep: f64) {
        self.y += 22.0;
        self.room(24.0 + keep);
        self.bookmark(title);
        self.part(Role::Heading(2, title.into()), |flow| flow.line(LEFT, flow.y + 13.0, title, HEADING, Align::Left));
        let x = LEFT + self.width(title, HEADING) + 10.0;
        for part in self.wrap(caption, Look { size: 11.5, ..SMALL }, RIGHT - x).first().into_iter() {
            self.line(x, self.y + 13.0, part, Look { size: 11.5, ..SMALL }, Align::Left);
        }
        self.y += 24.0;
    }

    /// A hairline across the page.
    pub(super) fn rule(&mut self, from: f64, to: f64) {
        let y = self.y;
        self.mark(Mark::Line { from: (from, y), to: (to, y), colour: ink::LINE, width: 1.0, opacity: 1.0 });
    }

    /// The glyph of a status.
    pub(super) fn glyph(&mut self, status: Status, (x, y): (f64, f64)) {
        let colour = of_status(status);
        let shape =
            |points: &[(f64, f64)]| Mark::Shape { points: points.iter().map(|(a, b)| (x + a, y + b)).collect(), colour, opacity: 1.0 };
        let stroke = |from: (f64, f64), to: (f64, f64)| Mark::Line {
            from: (x + from.0, y + from.1),
            to: (x + to.0, y + to.1),
            colour,
            width: 1.8,
            opacity: 1.0,
        };
        let mark = match status {
            Status::Fail => shape(&[(0.0, -6.0), (6.0, 0.0), (0.0, 6.0), (-6.0, 0.0)]),
            Status::Warn => shape(&[(0.0, -5.4), (5.8, 4.8), (-5.8, 4.8)]),
            Status::Note => Mark::Ring { at: (x, y), radius: 4.0, colour },
            Status::Pass => stroke((0.0, -5.0), (0.0, 5.0)),
            Status::Skipped => stroke((-5.0, 0.0), (-1.0, 0.0)),
        };
        self.mark(mark);
        if status == Status::Skipped {
            self.mark(stroke((1.5, 0.0), (5.0, 0.0)));
        }
    }

    /// A filled rectangle.
    pub(super) fn fill(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, opacity: f64) {
        self.mark(Mark::Shape { points: vec![from, (to.0, from.1), to, (from.0, to.1)], colour, opacity });
    }

    /// A chart with its heading, never parted.
    pub(super) fn chart(&mut self, chart: &Chart) {
        let width = RIGHT - LEFT;
        let height = width * chart.height / chart.width;
        self.heading(&chart.title, &chart.caption, height);
        let picture = Mark::Svg { at: (LEFT, self.y), size: (width, height), svg: chart.svg.clone() };
        self.part(Role::Figure(chart.summary.clone()), |flow| flow.mark(picture));
        self.y += height;
    }

    /// A table that breaks between rows and repeats its head on every page.
    pub(super) fn table(&mut self, columns: &[Column<'_>], rows: &[Vec<String>]) {
        self.part(Role::Table, |flow| flow.rows(columns, rows));
    }

    fn rows(&mut self, columns: &[Column<'_>], rows: &[Vec<String>]) {
        const LEADING: f64 = 15.0;
        let mut headed_page = None;
        for row in rows {
            let wrap = |((c, text), (_, width)): ((&Column<'_>, &String), (f64, f64))| self.wrap(text, c.look, width);
            let cells: Vec<Vec<String>> = columns.iter().zip(row).zip(places(columns)).map(wrap).collect();
            let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
            let height = lines as f64 * LEADING + 8.0;
            self.room(if headed_page.is_none() { height + 22.0 } else { height });
            if headed_page != Some(self.page()) {
                let head = |flow: &mut Self| flow.part(Role::Row, |flow| flow.table_head(columns));
                // Repeated on further pages for the eye alone.
                if headed_page.is_none() {
                    head(self)
                } else {
                    self.adornment(|flow| flow.table_head(columns))
                }
                self.y += 18.0;
                headed_page = Some(self.page());
            }
            self.rule(LEFT, RIGHT);
            self.part(Role::Row, |flow| {
                for ((c, (x, width)), cell) in columns.iter().zip(places(columns)).zip(&cells) {
                    let at = if c.align == Align::Right { x + width } else { x };
                    flow.part(Role::Cell, |flow| {
                        for (n, text) in cell.iter().enumerate() {
                            flow.line(at, flow.y + 4.0 + LEADING * (n as f64 + 0.72), text, c.look, c.align);
                        }
                    });
                }
            });
            self.y += height;
        }
    }

    fn table_head(&mut self, columns: &[Column<'_>]) {
        for (c, (x, width)) in columns.iter().zip(places(columns)) {
            let at = if c.align == Align::Right { x + width } else { x };
            self.part(Role::Head, |flow| flow.line(at, flow.y + 11.0, c.head, SMALL, c.align));
        }
    }

    /// Height of a page in pixels.
    pub(super) const fn page_height() -> f64 {
        PAGE.1
    }
}

/// Left end and width of each column.
fn places(columns: &[Column<'_>]) -> impl Iterator<Item = (f64, f64)> {
    const GAP: f64 = 12.0;
    let total: f64 = columns.iter().map(|c| c.share).sum();
    let usable = RIGHT - LEFT - GAP * (columns.len().saturating_sub(1)) as f64;
    columns.iter().scan(LEFT, move |x, c| {
        let (at, width) = (*x, usable * c.share / total);
        *x += width + GAP;
        Some((at, width))
    })
}

/// A character that cannot end a line or confuse a viewer.
fn plain(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}
