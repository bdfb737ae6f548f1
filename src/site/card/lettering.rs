//! Words as outlines: the letters of one typeface, shaped, broken into lines that fit.
//!
//! The typeface is Noto Sans Bold, cut down to Latin, Greek and Cyrillic (SIL Open Font License 1.1:
//! see `OFL.txt` beside it).

use std::sync::LazyLock;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use rustybuzz::{Face, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;

static FACE: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::from_slice(include_bytes!("noto-sans-bold.ttf"), 0));

/// The text on one line, without signs that are no letters and that the typeface lacks, such as
/// emoji; nothing if it lacks a letter or a digit. At most `most` characters are looked at.
pub(super) fn readable(text: &str, most: usize) -> Option<String> {
    let face = FACE.as_ref()?;
    let mut out = String::new();
    for c in text.nfc().take(most) {
        if c.is_whitespace() {
            out.push(' ');
        } else if face.glyph_index(c).is_some() {
            out.push(c);
        } else if c.is_alphanumeric() {
            return None;
        }
    }
    Some(out.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A run of glyphs that no line is broken in.
#[derive(Debug, Clone, Default)]
struct Word {
    /// Glyph, and where it stands from the word's start; in units of the typeface.
    glyphs: Vec<(GlyphId, f32, f32)>,
    width: f32,
}

fn shape(face: &Face<'_>, text: &str) -> Word {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    let shaped = rustybuzz::shape(face, &[], buffer);
    let mut word = Word::default();
    for (info, at) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
        let Ok(glyph) = u16::try_from(info.glyph_id) else { continue };
        word.glyphs.push((GlyphId(glyph), word.width + at.x_offset as f32, at.y_offset as f32));
        word.width += at.x_advance as f32;
    }
    word
}

/// A text in lines of one size.
#[derive(Debug)]
pub(super) struct Block {
    lines: Vec<Word>,
    /// Pixels a unit of the typeface.
    scale: f32,
    /// From one line to the next, in pixels.
    leading: f32,
}

/// The text in the largest of these sizes (pixels, largest first) in which it fits, word for word; in
/// the smallest, long words are broken and what is too much is cut.
pub(super) fn fit(text: &str, sizes: &[f32], width: f32, height: f32) -> Option<Block> {
    let face = FACE.as_ref()?;
    let space = shape(face, " ").width;
    let words: Vec<Word> = text.split(' ').map(|word| shape(face, word)).collect();
    for (at, &size) in sizes.iter().enumerate() {
        let scale = size / f32::from(u16::try_from(face.units_per_em()).ok()?);
        let leading = size * 1.18;
        let room = width / scale;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines")]
        let most = (height / leading).floor().max(1.0) as usize;
        let is_last = at + 1 == sizes.len();
        let fits = words.iter().all(|word| word.width <= room);
        if !fits && !is_last {
            continue;
        }
        let words = match fits {
            true => words.clone(),
            false => broken(face, text, room),
        };
        let count = lines(&words, space, room).len();
        if count > most && !is_last {
            continue;
        }
        // As many lines as must be, each about as long as the others.
        let narrowest = (1..=12).rev().map(|step| room * (1.0 - 0.04 * step as f32));
        let even = narrowest.into_iter().find(|&room| {
            words.iter().all(|word| word.width <= room) && lines(&words, space, room).len() == count
        });
        let mut lines = lines(&words, space, even.unwrap_or(room));
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                cut(face, last, room);
            }
        }
        return Some(Block { lines, scale, leading });
    }
    None
}

/// The words, those that are too long in parts.
fn broken(face: &Face<'_>, text: &str, room: f32) -> Vec<Word> {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let mut part = String::new();
        for c in word.chars() {
            part.push(c);
            if part.chars().count() > 1 && shape(face, &part).width > room {
                part.pop();
                words.push(shape(face, &part));
                part = c.to_string();
            }
        }
        words.push(shape(face, &part));
    }
    words
}

fn lines(words: &[Word], space: f32, room: f32) -> Vec<Word> {
    let mut lines: Vec<Word> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.width + space + word.width <= room => {
                let from = line.width + space;
                let moved = word.glyphs.iter().map(|&(glyph, x, y)| (glyph, from + x, y));
                line.glyphs.extend(moved);
                line.width = from + word.width;
            }
            _ => lines.push(word.clone()),
        }
    }
    lines
}

/// Ends the line in an ellipsis.
fn cut(face: &Face<'_>, line: &mut Word, room: f32) {
    let dots = shape(face, "…");
    while line.width + dots.width > room
        && let Some((_, x, _)) = line.glyphs.pop()
    {
        line.width = x;
    }
    let from = line.width;
    line.glyphs.extend(dots.glyphs.iter().map(|&(glyph, x, y)| (glyph, from + x, y)));
    line.width = from + dots.width;
}

/// What a letter may reach out of its line to the left, in pixels.
pub(super) const OUT: u32 = 16;

impl Block {
    /// In pixels.
    pub(super) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.leading
    }

    /// How much of each pixel its letters cover, in a picture of this size whose lines begin [`OUT`]
    /// pixels from the left. What reaches out of it is laid on its edge.
    pub(super) fn coverage(&self, width: u32, height: u32) -> Rasterizer {
        let mut pen = Rasterizer::new(width as usize, height as usize);
        let Some(face) = FACE.as_ref() else { return pen };
        let ascent = f32::from(face.ascender()) * self.scale;
        let descent = f32::from(face.descender()) * self.scale;
        // The letters stand in the middle of their line.
        let base = (self.leading + ascent + descent) / 2.0;
        for (at, line) in self.lines.iter().enumerate() {
            let baseline = at as f32 * self.leading + base;
            for &(glyph, x, y) in &line.glyphs {
                let from = point(OUT as f32 + x * self.scale, baseline - y * self.scale);
                let edge = point(width.saturating_sub(1) as f32, height as f32);
                let mut outline = Outline {
                    pen: &mut pen,
                    edge,
                    from,
                    scale: self.scale,
                    start: from,
                    last: from,
                };
                face.outline_glyph(glyph, &mut outline);
            }
        }
        pen
    }
}

struct Outline<'a> {
    pen: &'a mut Rasterizer,
    /// The rasterizer counts on points within it.
    edge: Point,
    from: Point,
    scale: f32,
    start: Point,
    last: Point,
}

impl Outline<'_> {
    fn at(&self, x: f32, y: f32) -> Point {
        let (x, y) = (self.from.x + x * self.scale, self.from.y - y * self.scale);
        point(x.clamp(0.0, self.edge.x), y.clamp(0.0, self.edge.y))
    }
}

impl OutlineBuilder for Outline<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.at(x, y);
        self.last = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.pen.draw_line(self.last, to);
        self.last = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (by, to) = (self.at(x1, y1), self.at(x, y));
        self.pen.draw_quad(self.last, by, to);
        self.last = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (by, and, to) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.pen.draw_cubic(self.last, by, and, to);
        self.last = to;
    }

    fn close(&mut self) {
        self.pen.draw_line(self.last, self.start);
        self.last = self.start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_can_be_drawn_at_the_start_and_at_the_end_of_a_line() {
        let mut drawn = 0;
        for c in ('!'..='\u{2fff}').filter(|c| readable(&c.to_string(), 1).is_some()) {
            let text = format!("{c}\u{300}{c} {c}{c}");
            let Some(text) = readable(&text, 10).filter(|text| !text.is_empty()) else { continue };
            let block = fit(&text, &[40.0], 60.0, 96.0).unwrap();
            let mut ink = 0.0;
            // Narrower and lower than the text.
            block.coverage(70, 60).for_each_pixel(|_, part| ink += part);
            drawn += usize::from(ink > 0.0);
        }
        assert!(drawn > 1_000, "{drawn}");
    }
}
