//! Plain texts as a feed and a page need them: without markup, cut to size, safe to put anywhere.

use std::borrow::Cow;

use super::html::clean;
use super::references::{LONGEST_WITHOUT_SEMICOLON, counts_without_semicolon, read_references};
use crate::show::words::legal_in_xml;

/// Apple's limit on a description, in bytes (podcast RSS requirements, "description").
pub const DESCRIPTION_LIMIT: usize = 4000;

/// Runs of white space as one space, none at either end, and nothing that XML cannot hold.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&legal(word));
    }
    line
}

/// A text without what XML cannot hold, and HTML should not.
pub fn legal(text: &str) -> Cow<'_, str> {
    match text.chars().all(legal_in_xml) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(|&c| legal_in_xml(c)).collect()),
    }
}

/// At most `limit` bytes of `text`, cut behind a word, an ellipsis in place of the rest.
pub fn cut(text: &str, limit: usize) -> String {
    const ELLIPSIS: &str = "…";
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit.saturating_sub(ELLIPSIS.len()));
    // Scripts without spaces have white space far apart, if any.
    let space = text[..end].rfind(char::is_whitespace).filter(|&at| at > limit / 2);
    let end = space.unwrap_or(end);
    let kept = text[..end].trim_end_matches(|c: char| c.is_whitespace() || ",;:.–-".contains(c));
    format!("{kept}{ELLIPSIS}")
}

/// A plain text for a place where some readers expect HTML and others do not (RSS `description`).
///
/// Only what would be taken for markup is escaped: `R&D` and `3 < 4` read the same to both kinds.
pub fn for_either_reader(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '<' if rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) => {
                out.push_str("&lt;");
            }
            '&' if looks_like_reference(rest) => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out
}

/// Whether what follows an `&` makes it a character reference (HTML, "Named character references"; some names
/// count without their semicolon: `&region=` is `®ion=`).
fn looks_like_reference(rest: &str) -> bool {
    if rest.starts_with('#') {
        return true;
    }
    let length = rest.chars().take_while(char::is_ascii_alphanumeric).count();
    let mut starts = (2..=length.min(LONGEST_WITHOUT_SEMICOLON)).map(|end| &rest[..end]);
    length > 1 && (rest[length..].starts_with(';') || starts.any(counts_without_semicolon))
}

/// Tags that part no words.
const WITHIN_A_WORD: [&str; 21] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "rp",
    "rt", "ruby", "s", "small", "strong", "sub", "sup",
];

/// The text of HTML that a sanitiser wrote, on one line: markup dropped, its references read.
pub fn from_clean_html(html: &str) -> String {
    one_line(&without_markup(html, ' '))
}

/// The same with a line for a block.
pub fn lines_of_clean_html(html: &str) -> String {
    let text = without_markup(html, '\n');
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// `gap` takes the place of tags that part words.
fn without_markup(html: &str, gap: char) -> String {
    let mut out = String::with_capacity(html.len());
    for (text, tag) in clean::parts(html) {
        out.push_str(text);
        if tag.is_some_and(|tag| !WITHIN_A_WORD.contains(&tag.name)) {
            out.push(gap);
        }
    }
    read_references(&out).into_owned()
}

/// A text as HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_text_is_cut_behind_a_word() {
        assert_eq!(cut("un deux trois", 13), "un deux trois");
        assert_eq!(cut("un deux trois", 12), "un deux…");
        assert_eq!(cut("un deux, trois", 12), "un deux…");
        assert_eq!(cut("ééééééé", 8), "éé…");
        assert_eq!(cut(&format!("第3回 {}", "港".repeat(99)), 60).chars().count(), 21);
    }

    #[test]
    fn both_kinds_of_reader_see_the_same() {
        assert_eq!(for_either_reader("R&D, 3 < 4, AT&T;"), "R&D, 3 < 4, AT&T;");
        assert_eq!(
            for_either_reader("?a=1&region=eu&lang=fr&section=2"),
            "?a=1&amp;region=eu&lang=fr&amp;section=2"
        );
        assert_eq!(for_either_reader("<b>&lt; &#60; <!-- a"), "&lt;b>&amp;lt; &amp;#60; &lt;!-- a");
    }

    #[test]
    fn clean_html_reads_back() {
        let html = r#"<p>a &amp;lt; <a href="x">b</a>c</p><p>d&nbsp;&lt;e<br>f</p>"#;
        assert_eq!(from_clean_html(html), "a &lt; bc d\u{a0}<e f".replace('\u{a0}', " "));
    }

    proptest! {
        #[test]
        fn a_cut_keeps_to_its_limit(text in "\\PC{0,60}", limit in 3_usize..40) {
            let cut = cut(&text, limit);
            prop_assert!(cut.len() <= limit);
        }

        #[test]
        fn one_line_is_legal_and_trimmed(text in any::<String>()) {
            let line = one_line(&text);
            prop_assert!(line.chars().all(legal_in_xml));
            prop_assert_eq!(line.trim(), line.as_str());
        }
    }
}
