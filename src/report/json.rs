//! Findings for programs. The form is documented in `docs/json.md`; `version` counts its changes.

use serde::Serialize;

use super::{Counts, Sources};
use crate::rules::Finding;

/// The version of every JSON that onair writes. It rises when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// What every answer starts with.
#[derive(Serialize)]
struct Answer<'a, T> {
    version: u32,
    command: &'a str,
    #[serde(flatten)]
    body: T,
}

/// A command's answer as one JSON value; `body` is a structure, whose fields stand beside `version` and
/// `command`.
pub fn answer(command: &str, body: impl Serialize) -> serde_json::Value {
    // Strings, numbers and lists only: nothing here can fail to be JSON.
    serde_json::to_value(Answer { version: VERSION, command, body }).unwrap_or_default()
}

/// Why a command gave no answer, as an answer: who has to act, what is wrong, and how to fix it.
pub fn failure(command: &str, class: &str, message: &str, help: Option<&str>) -> serde_json::Value {
    #[derive(Serialize)]
    struct Failure<'a> {
        class: &'a str,
        message: &'a str,
        help: Option<&'a str>,
    }
    #[derive(Serialize)]
    struct Failed<'a> {
        error: Failure<'a>,
    }
    answer(command, Failed { error: Failure { class, message, help } })
}

#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<Entry<'a>>,
    summary: Counts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    rule: &'a str,
    severity: &'a str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    message: &'a str,
    found: Option<&'a str>,
    expected: Option<&'a str>,
    help: Option<&'a str>,
    fix: Option<FixEntry<'a>>,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    offset: usize,
    length: usize,
    replacement: &'a str,
    safe: bool,
}

/// Findings as one JSON value.
pub fn value(command: &str, findings: &[Finding], sources: &Sources<'_>) -> serde_json::Value {
    let entries = findings.iter().map(|finding| {
        let place = sources.place(finding);
        Entry {
            rule: finding.rule.id,
            severity: finding.severity.as_str(),
            path: &finding.path,
            line: place.map(|place| place.start.0),
            column: place.map(|place| place.start.1),
            end_line: place.map(|place| place.end.0),
            end_column: place.map(|place| place.end.1),
            message: &finding.message,
            found: finding.found.as_deref(),
            expected: finding.expected.as_deref(),
            help: finding.help.as_deref(),
            fix: finding.fix.as_ref().map(|fix| FixEntry {
                offset: fix.edit.span.start,
                length: fix.edit.span.len(),
                replacement: &fix.edit.replacement,
                safe: fix.safe,
            }),
        }
    });
    answer(command, Report { findings: entries.collect(), summary: Counts::of(findings) })
}

/// JSON in which nothing turns the direction of what is shown of it, or speaks to a terminal: such
/// characters are escaped.
pub fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Between values.
            '\n' => out.push(c),
            c if super::is_harmful(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_to_a_terminal_is_escaped() {
        let json = "{\n  \"a\": \"\u{9b}1m \u{7f}\u{202e}é\"\n}";
        assert_eq!(inert(json), "{\n  \"a\": \"\\u009b1m \\u007f\\u202eé\"\n}");
    }
}
