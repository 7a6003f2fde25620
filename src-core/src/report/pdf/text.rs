//! Measuring and wrapping text, with the shaping that the PDF will use.

use crate::report::fonts;
use crate::{Error, Result};
use krilla::text::Font;
use rustybuzz::{Face, UnicodeBuffer};

/// The four embedded faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Regular,
    Bold,
    Display,
    Mono,
}

/// One face, to measure and to draw with.
struct Loaded {
    shaper: Face<'static>,
    font: Font,
}

/// All faces.
pub(super) struct Type {
    faces: [Loaded; 4],
}

impl Type {
    /// Loads the embedded faces.
    pub(super) fn new() -> Result<Self> {
        let load = |face: &fonts::Face| {
            let shaper = Face::from_slice(face.ttf, 0).ok_or("its tables cannot be read");
            let font = Font::new(face.ttf.to_vec().into(), 0).ok_or("it cannot be embedded");
            match (shaper, font) {
                (Ok(shaper), Ok(font)) => Ok(Loaded { shaper, font }),
                (Err(problem), _) | (_, Err(problem)) => {
                    Err(Error::Bug { place: "report::pdf", problem: format!("font {} {}: {problem}", face.family, face.weight) })
                }
            }
        };
        let faces = [load(&fonts::REGULAR)?, load(&fonts::SEMIBOLD)?, load(&fonts::DISPLAY)?, load(&fonts::MONO)?];
        Ok(Self { faces })
    }

    fn loaded(&self, cut: Cut) -> &Loaded {
        let [regular, bold, display, mono] = &self.faces;
        match cut {
            Cut::Regular => regular,
            Cut::Bold => bold,
            Cut::Display => display,
            Cut::Mono => mono,
        }
    }

    /// The face to draw a text with: the wished one, or, where that lacks a character, the one with the most.
    pub(super) fn cut_for(&self, wished: Cut, text: &str) -> Cut {
        let face = &self.loaded(wished).shaper;
        let complete = text.chars().all(|c| face.glyph_index(c).is_some());
        match wished {
            Cut::Mono if !complete => Cut::Regular,
            Cut::Display if !complete => Cut::Bold,
            other => other,
        }
    }

    /// The font that krilla embeds.
    pub(super) fn font(&self, cut: Cut) -> Font {
        self.loaded(cut).font.clone()
    }

    /// Width of a text in pixels.
    pub(super) fn width(&self, cut: Cut, size: f64, text: &str) -> f64 {
        let face = &self.loaded(self.cut_for(cut, text)).shaper;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        let shaped = rustybuzz::shape(face, &[], buffer);
        let advance: i64 = shaped.glyph_positions().iter().map(|p| i64::from(p.x_advance)).sum();
        advance as f64 / f64::from(face.units_per_em().max(1)) * size
    }

    /// Lines of at most `width` pixels. A word that is longer than a line is broken where it must be.
    pub(super) fn wrap(&self, cut: Cut, size: f64, text: &str, width: f64) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|w| !w.is_empty()) {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(cut, size, &joined) <= width {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.broken(cut, size, word, width, &mut lines);
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Pushes all but the last piece of a word that does not fit a line, and hands back that last piece.
    fn broken(&self, cut: Cut, size: f64, word: &str, width: f64, lines: &mut Vec<String>) -> String {
        if self.width(cut, size, word) <= width {
            return word.to_owned();
        }
        let mut piece = String::new();
        for c in word.chars() {
            piece.push(c);
            if self.width(cut, size, &piece) > width && piece.chars().count() > 1 {
                piece.pop();
                lines.push(std::mem::replace(&mut piece, c.to_string()));
            }
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let kind = Type::new().unwrap();
        let text = format!("Take the drum-bus clipper off, lower the bus 3\u{a0}dB {}", "x".repeat(200));
        let lines = kind.wrap(Cut::Regular, 12.0, &text, 160.0);
        assert!(lines.len() > 5);
        assert!(lines.iter().all(|l| kind.width(Cut::Regular, 12.0, l) <= 160.0));
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }

    #[test]
    fn figures_are_tabular() {
        let kind = Type::new().unwrap();
        for cut in [Cut::Regular, Cut::Bold, Cut::Display, Cut::Mono] {
            assert_eq!(kind.width(cut, 10.0, "1"), kind.width(cut, 10.0, "8"));
        }
    }

    #[test]
    fn a_name_in_another_script_finds_a_face_that_has_it() {
        let kind = Type::new().unwrap();
        assert_eq!(kind.cut_for(Cut::Mono, "\u{41f}\u{435}\u{441}\u{43d}\u{44f}.wav"), Cut::Regular);
        assert_eq!(kind.cut_for(Cut::Mono, "song.wav"), Cut::Mono);
    }
}
