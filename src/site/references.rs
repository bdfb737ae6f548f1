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

/// Whether this name counts without its semicolon, as in `&copy 2020` (HTML, "Named character references").
pub fn counts_without_semicolon(name: &str) -> bool {
    WITHOUT_SEMICOLON.binary_search(&name).is_ok()
}

/// The longest of these names, in bytes.
pub const LONGEST_WITHOUT_SEMICOLON: usize = 6;

const WITHOUT_SEMICOLON: [&str; 106] = [
    "AElig", "AMP", "Aacute", "Acirc", "Agrave", "Aring", "Atilde", "Auml", "COPY", "Ccedil",
    "ETH", "Eacute", "Ecirc", "Egrave", "Euml", "GT", "Iacute", "Icirc", "Igrave", "Iuml", "LT",
    "Ntilde", "Oacute", "Ocirc", "Ograve", "Oslash", "Otilde", "Ouml", "QUOT", "REG", "THORN",
    "Uacute", "Ucirc", "Ugrave", "Uuml", "Yacute", "aacute", "acirc", "acute", "aelig", "agrave",
    "amp", "aring", "atilde", "auml", "brvbar", "ccedil", "cedil", "cent", "copy", "curren", "deg",
    "divide", "eacute", "ecirc", "egrave", "eth", "euml", "frac12", "frac14", "frac34", "gt",
    "iacute", "icirc", "iexcl", "igrave", "iquest", "iuml", "laquo", "lt", "macr", "micro",
    "middot", "nbsp", "not", "ntilde", "oacute", "ocirc", "ograve", "ordf", "ordm", "oslash",
    "otilde", "ouml", "para", "plusmn", "pound", "quot", "raquo", "reg", "sect", "shy", "sup1",
    "sup2", "sup3", "szlig", "thorn", "times", "uacute", "ucirc", "ugrave", "uml", "uuml",
    "yacute", "yen", "yuml",
];
