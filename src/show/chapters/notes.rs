//! Chapters as time-coded lines of the notes:
//!
//! ```markdown
//! - 02'15" - [What is new](https://example.org/new)
//! - (1:02:15) Your questions
//! ```
//!
//! A line is a chapter if it begins with a time of at least minutes and seconds, alone or in brackets;
//! the rest of it is the title, its first link the chapter's page. Lines of code blocks and comments
//! are none.

use std::time::Duration;

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::{Fault, Read, all, time, title};
use crate::model::chapter::Chapter;
use crate::show::source::{Located, Malformed, Span};

const EXPECTED: &str = "a time and a title, as in - 02:15 - [title](https://…)";

/// What may stand between a time and its title.
const BETWEEN: [char; 12] = ['-', '–', '—', '−', ':', '|', '·', '•', '=', '>', '→', ','];

/// Reads the chapters in the notes, which stand at `notes` of an episode's file.
///
/// # Errors
/// Every line that begins with a time and yet is no chapter, with its place in `text`.
pub fn in_notes(text: &str, notes: &Span) -> Read {
    let markdown = &text[notes.clone()];
    let places: Vec<Span> = places(markdown, notes.start);
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &Options::default());
    let mut lines = Vec::new();
    for node in root.descendants() {
        if matches!(node.data().value, NodeValue::Paragraph | NodeValue::Heading(_)) {
            collect(node, &mut lines);
        }
    }
    all(lines.into_iter().filter_map(|line| {
        let span =
            places.get(line.number.saturating_sub(1)).cloned().unwrap_or_else(|| notes.clone());
        chapter(&line, span)
    }))
}

/// A line of the notes as a reader sees it.
struct Line {
    /// Counted from 1.
    number: usize,
    text: String,
    /// Its first link to a web page.
    url: Option<String>,
}

/// Takes a paragraph apart into its lines. A link that goes over a line's end is not cut.
fn collect<'a>(paragraph: Node<'a>, lines: &mut Vec<Line>) {
    let mut new_line = true;
    for child in paragraph.children() {
        let breaks = match &child.data().value {
            NodeValue::SoftBreak | NodeValue::LineBreak => true,
            NodeValue::HtmlInline(html) => html.to_ascii_lowercase().starts_with("<br"),
            _ => false,
        };
        if breaks {
            new_line = true;
            continue;
        }
        if new_line {
            let number = child.data().sourcepos.start.line;
            lines.push(Line { number, text: String::new(), url: None });
            new_line = false;
        }
        let Some(line) = lines.last_mut() else { continue };
        for node in child.descendants() {
            match &node.data().value {
                NodeValue::Text(text) => line.text.push_str(text),
                NodeValue::Code(code) => line.text.push_str(&code.literal),
                NodeValue::SoftBreak | NodeValue::LineBreak => line.text.push(' '),
                NodeValue::Link(link) if line.url.is_none() => {
                    line.url = super::url(&link.url).ok();
                }
                _ => {}
            }
        }
    }
}

/// The chapter that a line is; `None` if it is text like any other.
fn chapter(line: &Line, span: Span) -> Option<Result<Located<Chapter>, Malformed>> {
    let text = line.text.trim_start();
    let (text, bracket) = in_brackets(text);
    let code = match time::read(text) {
        Ok(code) => code.filter(|code| code.parts > 1)?,
        Err(Fault { reason, .. }) => return Some(Err(Fault::new(reason, EXPECTED).at(span))),
    };
    let rest = &text[code.len..];
    let rest = match bracket {
        Some(bracket) => rest.strip_prefix(bracket)?,
        None => rest,
    };
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || BETWEEN.contains(&c));
    if rest.contains("](") {
        let fault = Fault::new("the link is not closed", "[title](https://…), with both brackets");
        return Some(Err(fault.at(span)));
    }
    Some(match title(rest) {
        Ok(title) => {
            let value = Chapter { url: line.url.clone(), ..Chapter::new(code.time, title) };
            Ok(Located { value, span })
        }
        Err(Fault { reason, .. }) => Err(Fault::new(reason, EXPECTED).at(span)),
    })
}

/// A text behind the bracket that it starts with, and what closes that.
pub(super) fn in_brackets(text: &str) -> (&str, Option<char>) {
    match text.chars().next() {
        Some('(') => (&text[1..], Some(')')),
        Some('[') => (&text[1..], Some(']')),
        Some('（') => (&text['（'.len_utf8()..], Some('）')),
        _ => (text, None),
    }
}

/// The times in a piece of a line of notes that a listener may want to go to, each with its place:
/// the one that the line begins with, and those alone in brackets.
///
/// `at_start` tells whether the piece is the line's first.
pub fn times_of_line(text: &str, at_start: bool) -> Vec<(Duration, Span)> {
    let indent = text.len() - text.trim_start().len();
    let first = at_start.then_some(indent);
    let brackets = text.match_indices(['(', '[', '（']).map(|(at, _)| at);
    let mut found: Vec<(Duration, Span)> = Vec::new();
    for at in first.into_iter().chain(brackets) {
        let (inner, bracket) = in_brackets(&text[at..]);
        let Ok(Some(code)) = time::read(inner) else { continue };
        let behind = &inner[code.len..];
        let whole = match bracket {
            Some(bracket) => behind.starts_with(bracket),
            None => !behind.starts_with(char::is_alphanumeric),
        };
        let from = at + text[at..].len() - inner.len();
        if code.parts > 1 && whole && found.last().is_none_or(|(_, last)| last.end <= from) {
            found.push((code.time, from..from + code.len));
        }
    }
    found
}

/// Where each line of the notes stands in the file, without white space around it.
///
/// Lines as CommonMark has them (section 2.1): ended by `\n`, `\r\n` or `\r`.
fn places(markdown: &str, base: usize) -> Vec<Span> {
    let mut places = Vec::new();
    let mut rest = markdown;
    while !rest.is_empty() {
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = &rest[..end];
        let start = base + (markdown.len() - rest.len()) + (line.len() - line.trim_start().len());
        places.push(start..start + line.trim().len());
        let ended = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = rest.get(end + ended..).unwrap_or_default();
    }
    places
}
