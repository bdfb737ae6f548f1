//! Why a value cannot be read, and how a character is called.

use std::ops::Range;

/// A value that could not be read: which characters of the text are in the way, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The characters in the way, as bytes of the text.
    pub culprit: Range<usize>,
    /// What is wrong with them.
    pub reason: String,
    /// What was surely meant.
    pub meant: Option<String>,
}

impl Trouble {
    /// All of a text is in the way.
    pub(super) fn whole(text: &str, reason: impl Into<String>) -> Self {
        Self { culprit: 0..text.len(), reason: reason.into(), meant: None }
    }
}

/// What a test sees of a value that could not be read.
#[cfg(test)]
pub(super) fn said<T: std::fmt::Debug>(result: Result<T, Trouble>, text: &str) -> String {
    let trouble = result.unwrap_err();
    format!("[{}] {} -> {:?}", &text[trouble.culprit], trouble.reason, trouble.meant)
}

/// A character as a person can tell it from its look-alikes.
pub fn name_of(c: char) -> String {
    let name = match c {
        ' ' => return "a space".to_owned(),
        '\t' => return "a tab".to_owned(),
        '\u{a0}' => "a no-break space",
        '\u{202f}' => "a narrow no-break space",
        '\u{2009}' => "a thin space",
        '\u{200b}' | '\u{feff}' => "an invisible space",
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => "a typographic quote",
        '\'' | '"' | '&' | '.' | ',' | ':' | '_' | '-' | '/' | '\\' => return format!("`{c}`"),
        _ if c.is_whitespace() => "an unusual space",
        _ if c.is_control() => "a control character",
        _ => "",
    };
    let code = format!("U+{:04X}", u32::from(c));
    match name {
        "" => format!("`{c}` ({code})"),
        _ if c.is_whitespace() || c.is_control() || c == '\u{200b}' => format!("{name} ({code})"),
        _ => format!("{name} `{c}` ({code})"),
    }
}

/// Names the first character that a value of digits and `allowed` cannot hold.
pub(super) fn stray(text: &str, allowed: &str, kind: &str) -> Option<Trouble> {
    let (at, c) =
        text.char_indices().find(|&(_, c)| !c.is_ascii_digit() && !allowed.contains(c))?;
    // In `50603073 bytes` the word is what is wrong, not the space before it.
    let word = text[at..].trim_start_matches(' ');
    let at = if word.starts_with(char::is_alphabetic) { text.len() - word.len() } else { at };
    let letters = text[at..].find(|c: char| !c.is_alphabetic()).map_or(text.len(), |len| at + len);
    if letters > at {
        let word = &text[at..letters];
        let reason = format!("the word `{word}` is not part of {kind}");
        return Some(Trouble { culprit: at..letters, reason, meant: None });
    }
    let reason = format!("{} is not part of {kind}", name_of(c));
    Some(Trouble { culprit: at..at + c.len_utf8(), reason, meant: None })
}

pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '″' | '′')
}
