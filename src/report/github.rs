//! Findings as GitHub workflow commands, which show them on the lines of a pull request.
//!
//! Texts come from strangers: whatever could end a command's property or start a command of its own
//! is escaped (GitHub Actions toolkit, `command.ts`: `%`, CR and LF in messages, `:` and `,` too in
//! properties).

use std::fmt::Write as _;

use super::Sources;
use crate::rules::{Finding, Severity};

/// GitHub shows this many annotations of a kind for one step; the rest stays in the log.
pub const SHOWN: usize = 10;

/// One workflow command a line, errors first.
pub fn render(findings: &[Finding], sources: &Sources<'_>) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut out = String::new();
    for finding in sorted {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = format!("file={}", property(&finding.path));
        if let Some(place) = sources.place(finding) {
            let (line, column) = place.start;
            let _ = write!(properties, ",line={line},col={column}");
            let _ = write!(properties, ",endLine={},endColumn={}", place.end.0, place.end.1);
        }
        let _ = write!(properties, ",title={}", property(finding.rule.id));
        let mut text = finding.message.clone();
        for (word, said) in
            [("found", &finding.found), ("expected", &finding.expected), ("help", &finding.help)]
        {
            if let Some(said) = said {
                let _ = write!(text, "\n{word}: {said}");
            }
        }
        let _ = writeln!(out, "::{command} {properties}::{}", message(&text));
    }
    out
}

/// A text as a command's message.
pub fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_forge_a_command() {
        assert_eq!(message("a\n::set-output name=x::1"), "a%0A::set-output name=x::1");
        assert_eq!(property("a,b:c%\r"), "a%2Cb%3Ac%25%0D");
    }
}
