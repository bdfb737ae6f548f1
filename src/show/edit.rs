//! Changes to a host's file that keep every other byte.

use std::fmt::Write as _;

use super::frontmatter::Field;
use super::source::Span;

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// The text with the edits made. Of edits that overlap, the one that comes first stands.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (Some(kept), Some(_)) = (text.get(at..edit.span.start), text.get(edit.span.clone()))
        else {
            continue;
        };
        out.push_str(kept);
        out.push_str(&edit.replacement);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The edit that takes a key out, with its value.
pub fn without(text: &str, field: &Field) -> Edit {
    let start = text[..field.key_span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = field.span().end;
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    Edit { span: start..end, replacement: String::new() }
}

/// A scalar's replacement in the quoting style that the host chose for it.
pub fn requote(written: &str, value: &str) -> String {
    match written.chars().next() {
        Some('"') if written.len() > 1 && written.ends_with('"') => quoted(value),
        // A line break within single quotes is a space.
        Some('\'') if written.len() > 1 && written.ends_with('\'') && !value.contains('\n') => {
            format!("'{}'", value.replace('\'', "''"))
        }
        _ if is_plain(value) => value.to_owned(),
        _ => quoted(value),
    }
}

/// A text in double quotes, on one line, as both YAML and TOML read it.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Line breaks of YAML 1.1 and 1.2, and what would be invisible.
            _ if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether YAML reads `value` back as itself without quotes around it.
pub fn is_plain(value: &str) -> bool {
    let starts_well = value.chars().next().is_some_and(|c| c.is_alphanumeric());
    starts_well
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.ends_with(':')
        && value.trim_end() == value
        && !value.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_bytes_change() {
        let edits = [
            Edit { span: 6..8, replacement: "99".into() },
            Edit { span: 0..0, replacement: "---\n".into() },
        ];
        assert_eq!(apply("size: 12  # c\r\n", &edits), "---\nsize: 99  # c\r\n");
        assert_eq!(apply("é", &[Edit { span: 1..2, replacement: "x".into() }]), "é");
    }

    #[test]
    fn the_host_s_quotes_stay() {
        assert_eq!(requote("\"“00:33:05\"", "00:33:05"), "\"00:33:05\"");
        assert_eq!(requote("'a'", "it's"), "'it''s'");
        assert_eq!(requote("50 bytes", "50"), "50");
        assert_eq!(requote("x", "a: b"), "\"a: b\"");
        assert_eq!(requote("'a\n\nb'", "a\nb"), "\"a\\nb\"");
    }
}
