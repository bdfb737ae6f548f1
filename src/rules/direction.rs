//! Hidden characters that turn the direction of a text: a title reads as another one.

use super::finding::Finding;
use super::registry as rule;
use crate::show::{Source, Span};

/// The first such character in a part of a text: one is enough for a person to look at the whole.
/// `escapes` says whether `\u202e` stands for one there, as in YAML, TOML and JSON.
pub fn turned(source: &Source, part: Span, escapes: bool) -> Option<Finding> {
    let text = source.text.get(part.clone())?;
    let mut at = 0;
    while let Some(next) = text[at..].find(|c| turns(c) || matches!(c, '\\' | '&')) {
        at += next;
        let rest = &text[at..];
        let (length, found) = match rest.as_bytes()[0] {
            // What stands behind a backslash is escaped by it, another backslash too.
            b'\\' if escapes => escaped(rest).unwrap_or((2, None)),
            b'\\' => (1, None),
            b'&' => referred(rest).unwrap_or((1, None)),
            _ => (0, rest.chars().next()),
        };
        if let Some(c) = found.filter(|c| turns(*c)) {
            let start = part.start + at;
            let span = start..start + length.max(c.len_utf8());
            let found = u32::from(c);
            let message =
                format!("a hidden character (U+{found:04X}) turns the direction of this text");
            return Some(
                Finding::at(&rule::TEXT_DIRECTION, source, span, message)
                    .help("take it out; a text in Arabic or Hebrew needs none"),
            );
        }
        at = text.ceil_char_boundary(at + length);
    }
    None
}

/// Embeddings, overrides and isolates (Unicode Standard Annex #9, section 2).
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How long an escaped character is, and which it is.
fn escaped(text: &str) -> Option<(usize, Option<char>)> {
    let digits = match text.as_bytes().get(1)? {
        b'u' => 4,
        b'U' => 8,
        _ => return None,
    };
    let code = u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?;
    Some((2 + digits, char::from_u32(code)))
}

/// The same of a reference of HTML by number.
fn referred(text: &str) -> Option<(usize, Option<char>)> {
    let number = text.strip_prefix("&#")?;
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let length = digits.bytes().take(12).take_while(u8::is_ascii_hexdigit).count();
    let code = u32::from_str_radix(&digits[..length], radix).ok()?;
    Some((text.len() - digits.len() + length, char::from_u32(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_found_however_it_is_written() {
        let span = |text: &str, escapes| {
            let source = Source::new("a.md", text);
            turned(&source, 2..text.len(), escapes).and_then(|finding| finding.span)
        };
        for (text, place) in [
            ("a: x\u{202e}y", Some(4..7)),
            ("a: \"\\\\ \\u202Ey\"", Some(7..13)),
            ("a: \\U0000202ey", Some(3..13)),
            ("a: &amp;&#x202E;", Some(8..15)),
            ("a: &#8294;", Some(3..9)),
            ("a: \\\\u202e &#x41; é\\", None),
            ("a: \\é \\u20 &#; &#xfffffffff; \u{200f}", None),
            ("\u{202e}no part of it", None),
        ] {
            assert_eq!(span(text, true), place, "{text}");
        }
        assert_eq!(span("no \\u202e in Markdown", false), None);
    }
}
