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

/// Whether a text is an address that a browser opens.
pub fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// The address that a text without a scheme likely means: `www.show.example`.
pub fn web_address_of(text: &str) -> Option<String> {
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let is_top = top.len() > 1 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    Some(format!("https://{text}")).filter(|url| is_host && is_top && is_web_address(url))
}
