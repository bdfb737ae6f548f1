//! Findings as GitHub workflow commands, which show them on the lines of a pull request.
//!
//! Texts come from strangers. In a command, whatever could end a property or start a command of its
//! own is escaped (GitHub Actions toolkit, `command.ts`: `%`, CR and LF in messages, `:` and `,` too
//! in properties). Everything else that is printed goes through [`inert`].

use std::fmt::Write as _;

use super::repeats::{PLACES, kinds};
use super::{Sources, clipped, counted, is_harmful, printable};
use crate::rules::{Finding, Severity};

/// GitHub shows this many annotations of a kind for one step; the rest stays in the log.
pub const SHOWN: usize = 10;

/// Something to show on a line of a file, or on a run.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// How much it matters.
    pub severity: Severity,
    /// The file, from the repository's root.
    pub path: Option<String>,
    /// Line and column of its start and end, from 1.
    pub place: Option<super::Place>,
    /// A heading in a word.
    pub title: String,
    /// What is to be said; may have lines.
    pub text: String,
}

impl Annotation {
    fn of(finding: &Finding, sources: &Sources<'_>) -> Self {
        let mut text = finding.message.clone();
        for (word, said) in finding.details() {
            let _ = write!(text, "\n{word}: {said}");
        }
        Self {
            severity: finding.severity,
            path: Some(sources.in_repository(&finding.path)),
            place: sources.place(finding),
            title: finding.rule.id.to_owned(),
            text,
        }
    }

    fn command(&self) -> String {
        let command = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = String::new();
        if let Some(path) = &self.path {
            let _ = write!(properties, "file={},", property(path));
        }
        if let Some(place) = self.place {
            let (line, column) = place.start;
            let _ = write!(properties, "line={line},col={column},");
            let _ = write!(properties, "endLine={},endColumn={},", place.end.0, place.end.1);
        }
        let _ = write!(properties, "title={}", property(&self.title));
        format!("::{command} {properties}::{}", message(&clipped(&self.text)))
    }

    /// The same as one line of a log, which is no command.
    fn line(&self) -> String {
        let mut line = format!("{}[{}]", self.severity.as_str(), self.title);
        if let Some(path) = &self.path {
            let _ = write!(line, " {path}");
        }
        if let Some(place) = self.place {
            let _ = write!(line, ":{}:{}", place.start.0, place.start.1);
        }
        let _ = write!(line, " {}", clipped(&self.text).replace('\n', "; "));
        inert(&printable(&line))
    }
}

/// Findings as annotations, as [`annotate`] writes them.
pub fn render(findings: &[Finding], sources: &Sources<'_>) -> String {
    annotate(findings.iter().map(|finding| Annotation::of(finding, sources)).collect())
}

/// The same, with a few places of each kind of finding, and how many more there are.
///
/// `all` is the command that shows them all.
pub fn render_counted(findings: &[Finding], sources: &Sources<'_>, all: &str) -> String {
    let kinds = kinds(findings);
    let annotations = kinds.iter().flat_map(|kind| {
        let shown = &kind[..kind.len().min(PLACES)];
        let mut shown: Vec<Annotation> =
            shown.iter().map(|finding| Annotation::of(finding, sources)).collect();
        let more = kind.len() - shown.len();
        if let Some(last) = shown.last_mut().filter(|_| more > 0) {
            let _ = write!(last.text, "\nand {more} more like it (`{all}` shows them)");
        }
        shown
    });
    annotate(annotations.collect())
}

/// One workflow command a line, errors first, as many of each kind as GitHub shows; the rest as lines
/// for the log.
pub fn annotate(mut annotations: Vec<Annotation>) -> String {
    annotations.sort_by_key(|annotation| std::cmp::Reverse(annotation.severity));
    let (mut out, mut rest) = (String::new(), String::new());
    let mut left = 0;
    for kind in annotations.chunk_by(|a, b| a.severity == b.severity) {
        let (shown, others) = kind.split_at(kind.len().min(SHOWN));
        for annotation in shown {
            out.push_str(&annotation.command());
            out.push('\n');
        }
        for annotation in others {
            rest.push_str(&annotation.line());
            rest.push('\n');
        }
        left += others.len();
    }
    if left > 0 {
        let findings = counted(left, "finding");
        let _ = writeln!(out, "GitHub shows {SHOWN} of a kind. In this log only: {findings}");
    }
    out + &rest
}

/// A text as a command's message.
pub fn message(text: &str) -> String {
    let shown = |c| if !matches!(c, '\n' | '\r') && is_harmful(c) { '\u{fffd}' } else { c };
    let text: String = text.chars().map(shown).collect();
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    text.replace(OLD_COMMAND, BROKEN)
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

/// The runner takes a line for a command if this stands anywhere in it.
const OLD_COMMAND: &str = "##[";
const BROKEN: &str = "## [";

/// A text of which the runner takes no line for a command, and ends a line where it would.
///
/// GitHub's runner, `ActionCommand.cs`: a line is a command if `::` stands at its start, behind white
/// space or not, or `##[` anywhere. A carriage return ends a line, too.
pub fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.replace(OLD_COMMAND, BROKEN).split_inclusive(['\n', '\r']) {
        if line.trim_start().starts_with("::") {
            out.push('|');
        }
        out.push_str(line);
    }
    out
}

/// The same of a JSON text, which stays the same value.
pub fn inert_json(text: &str) -> String {
    // Outside of strings there is no `#`, and no line of indented JSON starts with a colon.
    text.replace(OLD_COMMAND, "##\\u005b")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the runner judges a line: `ActionCommand.TryParseV2` and `TryParse`.
    fn is_command(line: &str) -> bool {
        line.trim_start().starts_with("::") || line.contains("##[")
    }

    fn annotation(severity: Severity, text: &str) -> Annotation {
        let (path, title) = (Some("a.md".to_owned()), "rule".to_owned());
        Annotation { severity, path, place: None, title, text: text.to_owned() }
    }

    #[test]
    fn a_text_cannot_forge_a_command() {
        assert_eq!(message("a\n::set-output name=x::1"), "a%0A::set-output name=x::1");
        assert_eq!(property("a,b:c%\r"), "a%2Cb%3Ac%25%0D");
        assert_eq!(message("##[set-output name=x;]1"), "## [set-output name=x;]1");
    }

    #[test]
    fn a_line_of_the_log_is_no_command() {
        let nasty =
            "::error::a\n  ::add-mask::b\r::c\r\n\u{a0}::d ##[add-path]/tmp\nfine :: ###[x]";
        let text = inert(nasty);
        assert!(text.split(['\n', '\r']).all(|line| !is_command(line)), "{text:?}");
        assert_eq!(text.matches("::").count(), nasty.matches("::").count(), "nothing is lost");
        assert_eq!(inert("fine: a::b\n"), "fine: a::b\n");
        let value = serde_json::json!({ "a": "##[add-path]/tmp" });
        let json = inert_json(&value.to_string());
        assert!(!is_command(&json));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value);
    }

    #[test]
    fn as_many_as_github_shows_errors_first_and_the_rest_as_text() {
        let mut all: Vec<_> = (0..12).map(|_| annotation(Severity::Note, "n")).collect();
        all.extend((0..11).map(|n| annotation(Severity::Error, &format!("{n}\r\n::error::x"))));
        let out = annotate(all);
        let lines: Vec<&str> = out.split_terminator(['\n', '\r']).collect();
        let commands = |word: &str| lines.iter().filter(|line| line.starts_with(word)).count();
        assert!(lines[0].starts_with("::error file=a.md,title=rule::0%0D%0A::error"));
        assert_eq!((commands("::error "), commands("::notice "), commands("::")), (10, 10, 20));
        assert_eq!(lines[20], "GitHub shows 10 of a kind. In this log only: 3 findings");
        assert_eq!(lines[21], "error[rule] a.md 10\u{fffd}; ::error::x");
        assert_eq!(lines.len(), 24);
    }
}
