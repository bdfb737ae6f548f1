//! Which language codes platforms take.

use isolang::Language;

/// ISO 639, with script and region if there are any (`zh-Hans-CN`; RFC 5646): two letters where the
/// language has two, else three.
pub fn is_language(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    let mut parts = code.split('-');
    let language = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let known = match language.len() {
        2 => Language::from_639_1(language).is_some(),
        _ => Language::from_639_3(language).is_some_and(|known| known.to_639_1().is_none()),
    };
    let plain = |part: &&str| {
        (2..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    known && rest.len() <= 2 && rest.iter().all(plain)
}

/// The code that another spelling means: `en_US`, `English`, `eng`.
pub fn language_of(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    if is_language(&text) {
        return Some(text);
    }
    // What stands behind a language that is known may be anything: `en-US.UTF-8`, `English (US)`.
    let lower = text.to_lowercase();
    let first = lower.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let named = NAMES.iter().find(|(_, names)| names.contains(&first)).map(|(code, _)| *code);
    let known = named.and_then(Language::from_639_1);
    let known = known
        .or_else(|| Language::from_639_1(first))
        .or_else(|| Language::from_639_3(first))
        .or_else(|| Language::from_name_lowercase(first))?;
    Some(known.to_639_1().unwrap_or(known.to_639_3()).to_owned())
}

/// Languages by their own names, and by the bibliographic codes of ISO 639-2.
const NAMES: [(&str, &[&str]); 27] = [
    ("ar", &["العربية"]),
    ("ca", &["català"]),
    ("cs", &["čeština", "cze"]),
    ("da", &["dansk"]),
    ("de", &["deutsch", "ger"]),
    ("el", &["ελληνικά", "greek", "gre"]),
    ("es", &["español", "espanol", "castellano"]),
    ("eu", &["euskara", "baq"]),
    ("fi", &["suomi"]),
    ("fr", &["français", "francais", "fre"]),
    ("he", &["עברית", "iw"]),
    ("hi", &["हिन्दी"]),
    ("hu", &["magyar"]),
    ("id", &["indonesia"]),
    ("it", &["italiano"]),
    ("ja", &["日本語", "jp"]),
    ("ko", &["한국어"]),
    ("nl", &["nederlands", "dut"]),
    ("no", &["norsk"]),
    ("pl", &["polski"]),
    ("pt", &["português", "portugues"]),
    ("ro", &["română", "rum"]),
    ("ru", &["русский"]),
    ("sv", &["svenska"]),
    ("tr", &["türkçe"]),
    ("uk", &["українська"]),
    ("zh", &["中文", "chi"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for good in ["fr", "en-us", "EN-GB", "zh-Hans", "zh-Hans-CN", "fil", "yue-hk", "haw"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["français", "xx", "", "fr-", "fra", "qqq", "engl", "en-us-x-y"] {
            assert!(!is_language(bad), "{bad}");
        }
        for (text, code) in [
            ("en_US", "en-US"),
            (" FR ", "FR"),
            ("English", "en"),
            ("English (US)", "en"),
            ("Français", "fr"),
            ("fra", "fr"),
            ("German", "de"),
            ("ger", "de"),
            ("en-US.UTF-8", "en"),
            ("日本語", "ja"),
            ("Hawaiian", "haw"),
        ] {
            assert_eq!(language_of(text).as_deref(), Some(code), "{text}");
        }
        for nothing in ["Klingonese", "", "-", "xx"] {
            assert_eq!(language_of(nothing), None, "{nothing}");
        }
        for (code, _) in NAMES {
            assert!(is_language(code), "{code}");
        }
    }
}
