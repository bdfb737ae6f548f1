//! Small things about texts: what XML can hold, and which word was meant.

/// XML 1.0, production 2 (`Char`).
pub fn legal_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A longer word, in bytes, is a slip for nothing.
const LONGEST: usize = 64;

/// The candidate that `word` may be a slip for: close in spelling, case and `-`/`_` aside.
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let word = plain(word);
    if word.len() > LONGEST {
        return None;
    }
    candidates
        .iter()
        .map(|candidate| (strsim::levenshtein(&word, &plain(candidate)), *candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.len() + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether a text can be an e-mail address.
pub fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        let plain = |part: &str| !part.contains(|c: char| c == '@' || c.is_whitespace());
        !name.is_empty() && plain(name) && plain(host) && host.contains('.') && !host.ends_with('.')
    })
}
