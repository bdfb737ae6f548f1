//! Character references: how clean HTML writes what would be markup.

use std::borrow::Cow;

/// A text or value as it was before the sanitiser, or comrak, escaped it.
pub fn read_references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    // The sign that starts them is read last: `&amp;lt;` was `&lt;`.
    replaced(
        text,
        &[
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&nbsp;", "\u{a0}"),
            ("&#x27;", "'"),
            ("&amp;", "&"),
        ],
    )
}

/// A text with each of `all` replaced, one after the other.
pub fn replaced<'a>(text: &'a str, all: &[(&str, &str)]) -> Cow<'a, str> {
    let replace = |text: Cow<'a, str>, &(from, to): &(&str, &str)| match text.contains(from) {
        true => Cow::Owned(text.replace(from, to)),
        false => text,
    };
    all.iter().fold(Cow::Borrowed(text), replace)
}
