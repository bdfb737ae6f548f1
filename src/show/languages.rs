//! Which language codes platforms take.

use isolang::Language;

/// ISO 639, with a region or script if there is one: two letters where the language has two, else three.
pub fn is_language(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    let (language, region) = code.split_once('-').unwrap_or((&code, "us"));
    let known = match language.len() {
        2 => Language::from_639_1(language).is_some(),
        _ => Language::from_639_3(language).is_some_and(|known| known.to_639_1().is_none()),
    };
    known && (2..=4).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The code that stands for what somebody wrote: `fra`, `French`, `en_US`.
pub fn meant_language(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let (language, region) = text.split_once('-').unwrap_or((&text, ""));
    let lower = language.to_ascii_lowercase();
    let name = || {
        let mut letters = language.chars();
        let first = letters.next()?.to_uppercase();
        Language::from_name(&first.chain(letters).collect::<String>())
    };
    let meant =
        Language::from_639_3(&lower).or_else(|| Language::from_639_1(&lower)).or_else(name)?;
    let code = meant.to_639_1().unwrap_or(meant.to_639_3());
    let code = if region.is_empty() { code.to_owned() } else { format!("{code}-{region}") };
    is_language(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for good in ["fr", "en-us", "EN-GB", "zh-Hans", "fil", "yue-hk", "haw"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["français", "xx", "", "fr-", "fra", "qqq", "engl"] {
            assert!(!is_language(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_no_code_may_mean_one() {
        for (text, code) in [
            ("fra", "fr"),
            ("French", "fr"),
            ("german", "de"),
            ("en_US", "en-US"),
            ("Hawaiian", "haw"),
        ] {
            assert_eq!(meant_language(text).as_deref(), Some(code), "{text}");
        }
        for nothing in ["", "français", "xx", "-", "klingonese"] {
            assert_eq!(meant_language(nothing), None, "{nothing}");
        }
    }
}
