//! A text file of the host, and places within it.

use std::sync::Arc;

/// A range of bytes within a file's text. Ends are always on character boundaries.
pub type Span = std::ops::Range<usize>;

/// A host's text file: where it is, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path below the show's folder, with `/` between its parts: `episodes/109.md`.
    pub path: String,
    /// The text, byte for byte as it stands on disk (a byte order mark included).
    pub text: Arc<str>,
}

impl Source {
    /// A source of this path and text.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// The line and column of a byte offset, both counted from 1; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// The first of the lines that git leaves around what it could not merge.
pub fn unfinished_merge(text: &str) -> Option<Span> {
    let line = |mark: &str, from: usize| {
        let starts_line = |at: usize| at == 0 || matches!(text.as_bytes()[at - 1], b'\n' | b'\r');
        let found = memchr::memmem::find_iter(&text.as_bytes()[from..], mark);
        found.map(|at| from + at).find(|at| starts_line(*at))
    };
    let start = line("<<<<<<< ", 0)?;
    line(">>>>>>> ", start)?;
    let len = text[start..].find(['\n', '\r']).unwrap_or(text.len() - start);
    Some(start..start + len)
}

/// What is to be said of a file that has them.
pub const UNFINISHED_MERGE: &str = "git could not merge this file, and both sides stand in it";

/// Where the lines of a text are, found once for many places in it.
#[derive(Debug)]
pub struct Lines {
    /// The first byte of each.
    starts: Vec<usize>,
    /// How many characters start before each [`STEP`] of bytes: a line may be as long as the text.
    characters: Vec<usize>,
}

const STEP: usize = 1024;

impl Lines {
    /// The lines of a text.
    pub fn of(text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let mut before = 0;
        let steps = text.as_bytes().chunks(STEP).map(|step| {
            before += characters(step);
            before
        });
        Self {
            starts: std::iter::once(0).chain(ends).collect(),
            characters: std::iter::once(0).chain(steps).collect(),
        }
    }

    /// As [`Source::line_column`].
    pub fn line_column(&self, text: &str, offset: usize) -> (usize, usize) {
        let offset = text.floor_char_boundary(offset);
        let before = |at: usize| {
            let step = at / STEP;
            self.characters[step] + characters(&text.as_bytes()[step * STEP..at])
        };
        let line = self.starts.partition_point(|&start| start <= offset);
        (line, before(offset) - before(self.starts[line - 1]) + 1)
    }

    /// The whole lines that hold a part of a text, and the number of the first, from 1.
    pub fn around(&self, text: &str, part: &Span) -> (Span, usize) {
        let line = |offset: usize| self.starts.partition_point(|&start| start <= offset);
        let start = part.start.min(text.len());
        let (first, last) = (line(start), line(part.end.clamp(start, text.len())));
        let end = self.starts.get(last).copied().unwrap_or(text.len());
        (self.starts[first - 1]..end, first)
    }
}

/// How many characters start in a part of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// A value, and where it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where the host wrote it (quotes included).
    pub span: Span,
}

/// A value that the host wrote and that does not mean what it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The whole value (quotes included).
    pub span: Span,
    /// The characters that are in the way, if it is not the whole value.
    pub culprit: Span,
    /// What is wrong: `a typographic quote (U+201C) is not part of a time`.
    pub reason: String,
    /// What a good value looks like: `HH:MM:SS, as in 00:58:48`.
    pub expected: &'static str,
    /// The value that was surely meant, in place of `span`.
    pub meant: Option<String>,
}

impl Malformed {
    /// A value that means nothing as a whole.
    pub fn whole(span: Span, reason: impl Into<String>, expected: &'static str) -> Self {
        Self { culprit: span.clone(), span, reason: reason.into(), expected, meant: None }
    }
}

/// A front matter value as the host gave it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Given<T> {
    /// The key is not there.
    #[default]
    Missing,
    /// The key is there, without a value.
    Empty(Span),
    /// The value does not mean what it must.
    Bad(Box<Malformed>),
    /// The value.
    Good(Located<T>),
}

impl<T> Given<T> {
    /// The value, if it is good.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Good(located) => Some(&located.value),
            _ => None,
        }
    }

    /// The value and its place, if it is good.
    pub fn located(&self) -> Option<(T, Span)>
    where
        T: Clone,
    {
        match self {
            Self::Good(located) => Some((located.value.clone(), located.span.clone())),
            _ => None,
        }
    }

    /// Where the value stands, if the key is there.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Missing => None,
            Self::Empty(span) => Some(span.clone()),
            Self::Bad(malformed) => Some(malformed.span.clone()),
            Self::Good(located) => Some(located.span.clone()),
        }
    }

    /// What is wrong with the value, if anything is.
    pub fn malformed(&self) -> Option<&Malformed> {
        match self {
            Self::Bad(malformed) => Some(malformed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let source = Source::new("a.md", "é: 1\nbêta: 2\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(2), (1, 2));
        assert_eq!(source.line_column(source.text.find('2').unwrap()), (2, 7));
        assert_eq!(source.line_column(999), (3, 1));
        let long = source.text.repeat(300);
        let (lines, source) = (Lines::of(&long), Source::new("a", long.as_str()));
        for at in 0..=long.len() {
            assert_eq!(lines.line_column(&long, at), source.line_column(at), "{at}");
        }
        assert_eq!(Lines::of("ab\ncd\n").around("ab\ncd\n", &(1..4)), (0..6, 1));
        assert_eq!(Lines::of("ab\ncd").around("ab\ncd", &(3..5)), (3..5, 2));
        assert_eq!(Lines::of("").around("", &Span { start: 3, end: 2 }), (0..0, 1));
    }
}
