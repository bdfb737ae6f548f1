//! Names of files, made from what a stranger wrote: plain letters and digits, each only once.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use crate::show::values::audio_name;

const LONGEST: usize = 80;

/// Names that are taken already, whatever their case: some file systems know no case.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
    /// The number to try next behind a name: a feed may have a hundred thousand of one title.
    next: BTreeMap<String, u32>,
}

impl Names {
    /// Takes the first of these that is free; the last with letters behind it if none is.
    pub fn take(&mut self, candidates: impl IntoIterator<Item = String>, ending: &str) -> String {
        let mut last = String::new();
        for candidate in candidates {
            if self.taken.insert(candidate.to_lowercase()) {
                return format!("{candidate}{ending}");
            }
            last = candidate;
        }
        let at = self.next.entry(last.to_lowercase()).or_insert(1);
        loop {
            // A number would be taken for the episode's.
            let candidate = format!("{last}-{}", letters(*at));
            *at += 1;
            if self.taken.insert(candidate.to_lowercase()) {
                return format!("{candidate}{ending}");
            }
        }
    }
}

/// 1 is `b`, 25 `z`, 26 `ba`.
fn letters(mut number: u32) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
    }
    letters.iter().rev().collect()
}

/// The number that a name ends in, as the rules on names read it.
pub fn number_of(stem: &str) -> Option<u32> {
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    stem[stem.len() - digits..].parse().ok().filter(|_| digits > 0 && digits < 9)
}

/// A title as a file's name: `the-harbour-at-six`, in plain letters whatever its script. Nothing if no
/// letter of it can stand there.
pub fn slug(title: &str) -> Option<String> {
    let mut slug = String::new();
    let mut part = |text: &str| {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.ends_with('-') && !slug.is_empty() && c != '\'' {
                slug.push('-');
            }
        }
        slug.len() < LONGEST
    };
    for c in title.chars() {
        let goes_on = match c {
            c if c.is_ascii() => part(c.encode_utf8(&mut [0; 4])),
            '’' => true,
            // A picture has a name, which is none of the title.
            c if !c.is_alphanumeric() => part("-"),
            c => part(unaccented(c).or_else(|| deunicode::deunicode_char(c)).unwrap_or("-")),
        };
        if !goes_on {
            break;
        }
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_end_matches('-').to_owned();
    (slug.chars().filter(char::is_ascii_alphanumeric).count() > 1).then_some(slug)
}

/// Letters of Europe without their accents.
fn unaccented(c: char) -> Option<&'static str> {
    Some(match c.to_lowercase().next()? {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ł' => "l",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ö' | 'œ' => "oe",
        'ś' | 'š' => "s",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ů' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

/// Whether the last part of a page's address can be an episode file's name as it is.
pub fn is_plain(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|c| c.is_ascii_alphanumeric())
        && name.len() <= LONGEST
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The name that an enclosure's address ends in, without `.mp3`, as the audio folder can have it.
pub fn audio_stem(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let name = percent_decode_str(path.rsplit('/').next()?).decode_utf8_lossy().into_owned();
    let plain: String = name
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .collect();
    let stem = plain.strip_suffix(".mp3").or_else(|| plain.strip_suffix(".MP3"))?;
    let stem = stem.trim_matches(['-', '.']);
    (!stem.is_empty() && audio_name(&format!("{stem}.mp3")).is_ok()).then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_names() {
        assert_eq!(slug("L’été à Nîmes: « 42 »!").as_deref(), Some("lete-a-nimes-42"));
        assert_eq!(slug("../../etc/passwd").as_deref(), Some("etc-passwd"));
        assert_eq!(slug("第2回 東京の夜").as_deref(), Some("di-2hui-dong-jing-noye"));
        assert_eq!(slug("Выпуск №1: Начало").as_deref(), Some("vypusk-1-nachalo"));
        assert_eq!((slug("🎙️ 🎧"), slug("…"), slug("")), (None, None, None));
        assert_eq!(slug(&"ab ".repeat(100)).map(|slug| slug.len() <= LONGEST + 2), Some(true));
    }

    #[test]
    fn addresses_become_names_of_audio() {
        let name = |url: &str| audio_stem(url);
        assert_eq!(name("https://a.example/x/109.mp3?y=/z.mp3").as_deref(), Some("109"));
        assert_eq!(
            name("https://a.example/%C3%A9t%C3%A9%20%2F..%2F1.MP3").as_deref(),
            Some("t---..-1")
        );
        for none in
            ["https://a.example/play", "https://a.example/.mp3", "", "https://a.example/a.m4a"]
        {
            assert_eq!(name(none), None, "{none}");
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        let mut take = |name: &str| names.take([name.to_owned(), "b".to_owned()], ".md");
        assert_eq!(
            [take("a"), take("A"), take("a"), take("b")],
            ["a.md", "b.md", "b-b.md", "b-c.md"]
        );
    }

    proptest! {
        #[test]
        fn names_are_harmless(text in "\\PC{0,60}") {
            let slug = slug(&text).map(|slug| format!("episodes/{slug}.md"));
            prop_assert!(slug.is_none_or(|path| crate::show::is_inside(&path)));
            let stem = audio_stem(&text).map(|stem| format!("{stem}.mp3"));
            prop_assert!(stem.is_none_or(|name| audio_name(&name).is_ok()));
        }
    }
}
