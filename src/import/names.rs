//! Names of files, made from what a stranger wrote: plain letters and digits, each only once.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use crate::model::slug::LONGEST;
use crate::show::values::audio_name;

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
            let stem = audio_stem(&text).map(|stem| format!("{stem}.mp3"));
            prop_assert!(stem.is_none_or(|name| audio_name(&name).is_ok()));
        }
    }
}
