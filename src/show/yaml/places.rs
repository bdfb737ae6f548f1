//! Where things stand, and what a parser's refusal means to a host.

use saphyr_parser::ScanError;

use super::Refusal;
use super::scalar::Style;
use crate::show::source::Span;

pub(super) const NO_TABS: &str = "indent with spaces: YAML does not allow tabs there";
pub(super) const NOT_YAML: &str = "the front matter is not YAML";
/// A scalar's own span: the parser's may take in white space and a comment behind it.
pub(super) fn place(yaml: &str, base: usize, span: Span, style: Style, text: &str) -> Span {
    let from = &yaml[span.start - base..];
    let len = match style {
        Style::Quoted => closing_quote(from),
        _ if from.starts_with(text) => Some(text.len()),
        _ => None,
    };
    // The last line break of a block's text is not its own place.
    let end = len.map_or(span.end, |len| span.start + len);
    trim(yaml, base, span.start..end)
}

/// The length of the quoted scalar that `text` starts with, quotes included.
pub(super) fn closing_quote(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        if c == '\\' && quote == '"' {
            rest.next();
        } else if c == quote {
            if quote == '\'' && rest.peek().is_some_and(|&(_, next)| next == '\'') {
                rest.next();
            } else {
                return Some(at + 1);
            }
        }
    }
    None
}

/// A span without what YAML takes for white space at its end.
pub(super) fn trim(yaml: &str, base: usize, span: Span) -> Span {
    // Of broken YAML, the parser may see an end behind the text's.
    let end = (span.end - base).min(yaml.len());
    let text = yaml.get(span.start - base..end).unwrap_or_default();
    span.start..span.start + text.trim_end_matches([' ', '\t', '\n', '\r']).len()
}

/// The empty place right behind a key's colon, where a value would stand.
pub(super) fn behind_colon(yaml: &str, base: usize, key: &Span) -> Span {
    let after = yaml.get(key.end - base..).unwrap_or_default();
    let at = key.end + after.find(':').map_or(0, |found| found + 1);
    at..at
}

/// Turns a parser's character counts into byte offsets of the file.
pub(super) struct Offsets {
    bytes: Vec<usize>,
    base: usize,
}

impl Offsets {
    pub(super) fn new(yaml: &str, base: usize) -> Self {
        let bytes = yaml.char_indices().map(|(at, _)| at).chain([yaml.len()]).collect();
        Self { bytes, base }
    }

    pub(super) fn byte(&self, character: usize) -> usize {
        self.base + self.bytes.get(character).or(self.bytes.last()).copied().unwrap_or(0)
    }

    pub(super) fn error(&self, yaml: &str, error: &ScanError) -> Refusal {
        let at = self.byte(error.marker().index());
        let line_start = yaml[..at - self.base].rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let line_end =
            yaml[line_start..].find(['\n', '\r']).map_or(yaml.len(), |len| line_start + len);
        Refusal::At {
            span: at..at,
            reason: format!("{NOT_YAML}: {}", error.info()),
            help: help(&yaml[line_start..line_end]).map(str::to_owned),
        }
    }
}

/// What a host most often got wrong in a line that is no YAML.
fn help(line: &str) -> Option<&'static str> {
    let value = line.split_once(": ").map_or("", |(_, value)| value.trim_start());
    if line.trim_start_matches(' ').starts_with('\t') {
        Some(NO_TABS)
    } else if value.starts_with(['@', '%', '`', '*', '&', '!', '|', '>', '[', '{', ','])
        || value.starts_with("- ")
        || value.starts_with("? ")
    {
        Some("put quotes around the value: its first character means something to YAML")
    } else if line.matches(": ").count() > 1 || value.ends_with(':') {
        Some("put quotes around a value that holds `: `")
    } else if line.contains(['"', '\'']) {
        Some("look for a quote that is not closed, or that closes too early")
    } else {
        None
    }
}
