//! What a person or a program is told: findings in four forms, and the summary of a job.
//!
//! Every form is a function from values to text; nothing here prints.

pub mod checkup;
pub mod colour;
pub mod github;
pub mod human;
pub mod json;
pub mod plan;
mod repeats;
pub mod sarif;
pub mod summary;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use crate::rules::{Finding, Severity};
use crate::show::{Lines, Show, Source, Span};

/// The texts that findings point into, by path.
#[derive(Debug, Default)]
pub struct Sources<'a> {
    texts: BTreeMap<&'a str, Text<'a>>,
    /// The show's folder below the repository's root, with a `/` behind it; empty if it is the root.
    folder: String,
}

/// A text, and its lines once something asks for them.
#[derive(Debug)]
struct Text<'a> {
    source: &'a Source,
    lines: OnceLock<Lines>,
}

impl<'a> Text<'a> {
    fn of(source: &'a Source) -> (&'a str, Self) {
        (source.path.as_str(), Self { source, lines: OnceLock::new() })
    }
}

impl<'a> Sources<'a> {
    /// All texts of a show.
    pub fn of(show: &'a Show) -> Self {
        let episodes = show.episodes.iter().map(|episode| &episode.source);
        let unreadable = show.unreadable.iter().map(|file| &file.source);
        let all = episodes.chain(unreadable).chain([&show.settings_source]);
        Self { texts: all.map(Text::of).collect(), folder: String::new() }
    }

    /// Says where in a repository the show stands: `shows/tide/`.
    pub fn below(mut self, folder: String) -> Self {
        self.folder = folder;
        self
    }

    /// A path of the show as a path of its repository.
    pub fn in_repository(&self, path: &str) -> String {
        format!("{}{path}", self.folder)
    }

    /// More texts; one that is there already stays.
    pub fn add(&mut self, more: impl IntoIterator<Item = &'a Source>) {
        for source in more {
            let (path, text) = Text::of(source);
            self.texts.entry(path).or_insert(text);
        }
    }

    /// One text.
    pub fn one(source: &'a Source) -> Self {
        Self { texts: BTreeMap::from([Text::of(source)]), folder: String::new() }
    }

    /// The text at `path`.
    pub fn get(&self, path: &str) -> Option<&'a Source> {
        self.texts.get(path).map(|text| text.source)
    }

    /// Where a finding starts and ends.
    pub fn place(&self, finding: &Finding) -> Option<Place> {
        self.place_of(&finding.path, finding.span.as_ref()?)
    }

    /// Where a part of a text starts and ends: line and column, from 1; the end is just behind it.
    fn place_of(&self, path: &str, span: &Span) -> Option<Place> {
        let (text, lines) = self.lines(path)?;
        let at = |offset| lines.line_column(text, offset);
        Some(Place { start: at(span.start), end: at(span.end) })
    }

    /// A text and its lines.
    fn lines(&self, path: &str) -> Option<(&'a str, &Lines)> {
        let text = self.texts.get(path)?;
        Some((&text.source.text, text.lines.get_or_init(|| Lines::of(&text.source.text))))
    }
}

/// A range of a text, as lines and columns from 1; the end is just behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line and column of the first character.
    pub start: (usize, usize),
    /// Line and column just behind the last character.
    pub end: (usize, usize),
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// At error level.
    pub errors: usize,
    /// At warning level.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Findings that `check --fix` can fix.
    pub fixable: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(findings: &[Finding]) -> Self {
        let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Self {
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            notes: of(Severity::Note),
            fixable: findings
                .iter()
                .filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe))
                .count(),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let said: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|&(count, what)| counted(count, what))
            .collect();
        f.write_str(&if said.is_empty() { "no findings".to_owned() } else { said.join(", ") })
    }
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A number of bytes as a person reads it: `112.9 MB`.
pub fn bytes(count: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.iter().find(|(unit, _)| count >= *unit) {
        Some((unit, name)) => {
            let tenths = (u128::from(count) * 10 + u128::from(*unit) / 2) / u128::from(*unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{count} B"),
    }
}

/// The start of a text that is longer than anybody reads.
fn clipped(text: &str) -> String {
    const MOST: usize = 4000;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Text from a host's file, made safe for a terminal: no control characters but spaces, and none that
/// turn the order of what follows (Unicode Annex 9, "explicit directional formatting").
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if is_harmful(c) { '\u{fffd}' } else { c }).collect()
}

/// Whether a character does something to the text around it where it is shown.
pub fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_as_people_say_them() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(112_899_891), "112.9 MB");
        assert_eq!(bytes(1_949), "1.9 kB");
        assert_eq!(Counts::default().to_string(), "no findings");
        assert_eq!(
            Counts { errors: 1, notes: 2, ..Counts::default() }.to_string(),
            "1 error, 2 notes"
        );
        assert_eq!(printable("a\u{1b}[31m"), "a\u{fffd}[31m");
        assert_eq!(printable("a\u{202e}b\u{2069}é"), "a\u{fffd}b\u{fffd}é");
    }
}
