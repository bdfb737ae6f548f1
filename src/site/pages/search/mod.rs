//! What the search reads: an index in many small files, of which a query loads the few it needs.
//!
//! - `assets/search.json`: what there is, and which words are in which file
//! - `assets/search/words-N.gz`: words, and where they stand ([`postings`])
//! - `assets/search/list-N.gz`: words alone, for those that are misspelt
//! - `assets/search/episodes-N.gz`: what a result shows of 64 episodes
//! - `assets/search/text-N.txt`: the texts of 16 episodes, of which a browser loads ranges: a line
//!   for a passage, its time in front
//!
//! Episodes are counted from the oldest, so that a new one changes few files. The files with the
//! ending `gz` are unpacked by the script, since object stores serve bytes as they are.

mod postings;
mod words;

use std::collections::BTreeSet;
use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::model::hash::Sha256;
use crate::show::Settings;
use crate::site::address::Addresses;
use crate::site::item::Item;
use crate::site::lang::{self, Language};
use crate::site::transcript::{self, Cue};
use crate::site::{chapters, text};
use postings::{NOTES, PEOPLE, Postings, SPOKEN, TITLE, Words};
pub(super) use words::{fold, gap, is_vowel_sign};

/// Episodes in a file of what results show.
const PER_LIST: usize = 64;
/// Episodes in a file of texts.
const PER_TEXT: usize = 16;
/// Episodes whose words are in memory each for themselves at a time: a multiple of [`PER_TEXT`].
const AT_ONCE: usize = 512;
/// A passage's length, in bytes: a line or three of a result.
const PASSAGE: usize = 220;
/// A file of words alone is closed at this length, in bytes, at the next first letter.
const LIST: usize = 24_000;

/// A file of the index.
#[derive(Debug)]
pub(super) struct File {
    /// Its site path.
    pub path: String,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The index of items that come newest first.
pub(super) fn index(
    items: &[Item<'_>],
    show: &Settings,
    addresses: &Addresses,
    language: &Language,
) -> Vec<File> {
    let oldest_first: Vec<&Item<'_>> = items.iter().rev().collect();
    let (mut postings, mut texts) = (Postings::default(), Vec::new());
    for some in oldest_first.chunks(AT_ONCE) {
        let groups = some.par_chunks(PER_TEXT).map(|items| group(items, show));
        for (words, text) in groups.collect::<Vec<_>>() {
            words.iter().for_each(|words| postings.add(words));
            texts.push(text);
        }
    }
    let (chunks, all) = postings.chunks();
    let lists = lists(&all);
    let shown: Vec<String> = oldest_first
        .chunks(PER_LIST)
        .map(|items| {
            Value::from(items.iter().map(|item| row(item, addresses, language)).collect::<Vec<_>>())
                .to_string()
        })
        .collect();

    let packed = |name: &str, parts: Vec<&[u8]>| -> Vec<File> {
        let parts = parts.into_par_iter().enumerate();
        let file = parts.map(|(at, bytes)| File {
            path: format!("assets/search/{name}-{at}.gz"),
            content_type: "application/gzip",
            bytes: gzip(bytes),
        });
        file.collect()
    };
    let words = packed("words", chunks.iter().map(|chunk| chunk.bytes.as_slice()).collect());
    let alone = packed("list", lists.iter().map(|list| list.as_bytes()).collect());
    let rows = packed("episodes", shown.iter().map(String::as_bytes).collect());
    let texts = texts.into_iter().enumerate().map(|(at, text)| File {
        path: format!("assets/search/text-{at}.txt"),
        // Not a text to a network that would pack it, and then serve other ranges.
        content_type: "application/octet-stream",
        bytes: text.into_bytes(),
    });
    let texts: Vec<File> = texts.collect();
    // What is cached is told from what is new by what stands behind its address.
    let versions = |files: &[File]| -> Vec<String> {
        files.iter().map(|file| Sha256::of(&file.bytes).to_string()[..8].to_owned()).collect()
    };
    let firsts =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(str::to_owned).collect::<Vec<_>>();
    let contents = json!({
        "count": items.len(),
        "words": [firsts(&mut chunks.iter().map(|chunk| chunk.first.as_str())), versions(&words)],
        "list": [firsts(&mut lists.iter().filter_map(|list| list.lines().next())), versions(&alone)],
        "episodes": [PER_LIST, versions(&rows)],
        "text": [PER_TEXT, versions(&texts)],
    });
    let contents = File {
        path: "assets/search.json".to_owned(),
        content_type: "application/json; charset=utf-8",
        bytes: contents.to_string().into_bytes(),
    };
    [vec![contents], words, alone, rows, texts].into_iter().flatten().collect()
}

/// The words of a few episodes, and their texts as one.
fn group(items: &[&Item<'_>], show: &Settings) -> (Vec<Words>, String) {
    let mut text = String::new();
    let words = items.iter().map(|item| episode(item, show, &mut text)).collect();
    (words, text)
}

fn episode(item: &Item<'_>, show: &Settings, text: &mut String) -> Words {
    let mut found = Words::new();
    let given = item.entry.given;
    let mut take = |folded: &str, field, passage| {
        words::each_word(folded, |word| postings::note(&mut found, word, field, passage));
    };
    take(&words::fold(item.entry.title), TITLE, None);
    if let Some(number) = given.episode.number.value() {
        take(&number.to_string(), TITLE, None);
    }
    let guest = text::from_clean_html(&item.guest);
    let people = item.credits.iter().map(|credit| credit.name.as_str());
    let topics = given.episode.tags.value().into_iter().flatten().map(String::as_str);
    people.chain(topics).chain([&*guest]).for_each(|words| take(&words::fold(words), PEOPLE, None));
    let mut passage = |time: Option<u64>, words: &str, field| {
        let at = text.len();
        if let Some(time) = time {
            text.push_str(&lang::fragment(time));
        }
        text.push('\t');
        text.push_str(words);
        text.push('\n');
        take(&words::fold(words), field, Some(at));
    };
    let notes = [item.subtitle.unwrap_or(""), &item.summary, &item.notes_text];
    let mut seen = BTreeSet::new();
    for words in notes.into_iter().filter(|words| seen.insert(*words)) {
        pieces(words).for_each(|piece| passage(None, piece, NOTES));
    }
    for chapter in chapters::listed(&given.chapters) {
        let start = u64::try_from(chapter.start.as_millis()).unwrap_or(u64::MAX);
        passage(Some(start), &text::one_line(&chapter.title), NOTES);
    }
    for at in transcript::by_language(&given.transcripts, show.show.language.get_ref()) {
        for (start, said) in spoken(&given.transcripts[at].file.cues) {
            passage(Some(start), &said, SPOKEN);
        }
    }
    found
}

/// A text of one line in pieces of a passage's length, parted between words where there are any.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim_end();
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.floor_char_boundary(PASSAGE);
        if end < rest.len() {
            let space = rest[..end].rfind(char::is_whitespace).filter(|&at| at > PASSAGE / 2);
            end = space.unwrap_or(end);
        }
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some(piece)
    })
}

/// Cues put together to passages, each with the start of its first, in milliseconds.
fn spoken(cues: &[Cue]) -> Vec<(u64, String)> {
    let mut passages: Vec<(u64, String)> = Vec::new();
    for cue in cues {
        match passages.last_mut() {
            Some((_, said)) if said.len() + cue.text.len() < PASSAGE => {
                said.push_str(gap(said, &cue.text));
                said.push_str(&cue.text);
            }
            _ => passages.push((cue.start, cue.text.clone())),
        }
    }
    passages
}

/// What a result shows: site path, number, title, date and playing time.
fn row(item: &Item<'_>, addresses: &Addresses, language: &Language) -> Value {
    json!([
        addresses.link(&item.page),
        item.entry.given.episode.number.value(),
        item.entry.title,
        language.date(item.entry.published.date()),
        language.playing_time(item.seconds()),
    ])
}

/// Words of scripts of letters, a line each, in files that end between first letters.
fn lists(all: &[String]) -> Vec<String> {
    let mut lists: Vec<String> = Vec::new();
    let mut first = None;
    for word in all.iter().filter(|word| word.chars().nth(3).is_some()) {
        let letter = word.chars().next();
        if lists.last().is_none_or(|list| list.len() > LIST && letter != first) {
            lists.push(String::new());
        }
        first = letter;
        if let Some(list) = lists.last_mut() {
            list.push_str(word);
            list.push('\n');
        }
    }
    lists
}

/// Packed, without a name or a time.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    match packer.write_all(bytes) {
        Ok(()) => packer.finish().unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parted_between_words_and_nothing_is_lost() {
        let long = "The lamp turns and the sea answers. ".repeat(30);
        let parts: Vec<&str> = pieces(&long).collect();
        assert!(parts.len() > 4 && parts.iter().all(|part| part.len() <= PASSAGE));
        assert_eq!(parts.join(" "), long.trim_end());
        assert_eq!(pieces(&"港".repeat(200)).map(|part| part.chars().count()).sum::<usize>(), 200);
        assert_eq!(pieces("  ").count(), 0);
    }

    #[test]
    fn a_list_ends_between_first_letters() {
        let word = |letter: char, at: usize| format!("{letter}{at:05}");
        let all: Vec<String> =
            "abc".chars().flat_map(|letter| (0..3000).map(move |at| word(letter, at))).collect();
        let lists = lists(&all);
        assert_eq!(lists.iter().map(|list| &list[..1]).collect::<String>(), ["a", "c"].concat());
        assert_eq!(lists.concat().lines().count(), 9000);
    }
}
