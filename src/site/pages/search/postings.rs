//! In which episodes a word stands, and where in them; written so that a browser loads the few words
//! that it asks for.

use std::collections::HashMap;

/// Where a word counts, strongest first: bits of [`Entry::fields`].
pub const TITLE: u8 = 1;
/// Guests and topics.
pub const PEOPLE: u8 = 2;
/// Subtitle, description, notes, chapters.
pub const NOTES: u8 = 4;
/// What is said.
pub const SPOKEN: u8 = 8;

/// Passages of an episode that are kept for a word.
const PASSAGES: usize = 3;
/// A word of so many episodes tells little: one passage is enough.
const COMMON: usize = 64;
/// A chunk is closed when it has reached this length before compression, in bytes.
const CHUNK: usize = 20_000;
/// Passages are named by their place in the text, in steps of so many bytes.
pub const STEP: usize = 64;

/// A word in an episode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub fields: u8,
    /// The passages that hold it: where they start in the group's text, in steps.
    pub passages: Vec<usize>,
}

/// The words of one episode.
pub type Words = HashMap<String, Entry>;

/// Notes a word of a field, in a passage that starts at `passage` in the group's text, in bytes.
pub fn note(words: &mut Words, word: &str, field: u8, passage: Option<usize>) {
    let entry = match words.get_mut(word) {
        Some(entry) => entry,
        None => words.entry(word.to_owned()).or_default(),
    };
    entry.fields |= field;
    let Some(step) = passage.map(|at| at / STEP) else { return };
    if entry.passages.len() < PASSAGES && entry.passages.last() != Some(&step) {
        entry.passages.push(step);
    }
}

/// A run of words in order, with their episodes.
#[derive(Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The first word.
    pub first: String,
    /// All of it: for each word the length that it shares with the one before, the rest's length, the
    /// rest (UTF-8), the number of bytes of its episodes, and these: the distance from the last
    /// episode, the fields and the number of passages as one number, and the distances of the
    /// passages. Numbers are LEB128.
    pub bytes: Vec<u8>,
}

/// The words of many episodes, oldest first.
#[derive(Debug, Default)]
pub struct Postings {
    episodes: usize,
    words: HashMap<String, Posting>,
}

/// In which episodes a word stands.
#[derive(Debug, Default)]
struct Posting {
    count: usize,
    /// The last episode.
    last: usize,
    /// All episodes, as a chunk has them.
    bytes: Vec<u8>,
    /// The same with one passage each at most.
    brief: Vec<u8>,
}

impl Postings {
    /// Adds the words of the next episode.
    pub fn add(&mut self, words: &Words) {
        for (word, entry) in words {
            let posting = match self.words.get_mut(word) {
                Some(posting) => posting,
                None => self.words.entry(word.clone()).or_default(),
            };
            posting.add(self.episodes, entry);
        }
        self.episodes += 1;
    }

    /// All words in chunks; and every word by itself, in order.
    pub fn chunks(self) -> (Vec<Chunk>, Vec<String>) {
        let mut all: Vec<(String, Posting)> = self.words.into_iter().collect();
        // As JavaScript compares texts.
        all.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut last = "";
        for (word, posting) in &all {
            if chunks.last().is_none_or(|chunk| chunk.bytes.len() >= CHUNK) {
                chunks.push(Chunk { first: word.clone(), bytes: Vec::new() });
                last = "";
            }
            let Some(chunk) = chunks.last_mut() else { continue };
            let shared = word.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
            number(&mut chunk.bytes, shared);
            number(&mut chunk.bytes, word.len() - shared);
            chunk.bytes.extend_from_slice(&word.as_bytes()[shared..]);
            let episodes = if posting.count > COMMON { &posting.brief } else { &posting.bytes };
            number(&mut chunk.bytes, episodes.len());
            chunk.bytes.extend(episodes);
            last = word;
        }
        (chunks, all.into_iter().map(|(word, _)| word).collect())
    }
}

impl Posting {
    fn add(&mut self, at: usize, entry: &Entry) {
        // Once it is common it stays so.
        if self.count <= COMMON {
            write(&mut self.bytes, at - self.last, entry, PASSAGES);
        }
        write(&mut self.brief, at - self.last, entry, 1);
        self.count += 1;
        self.last = at;
    }
}

/// Writes the entry of an episode, which comes so many behind the one before.
fn write(bytes: &mut Vec<u8>, distance: usize, entry: &Entry, keep: usize) {
    number(bytes, distance);
    let passages = &entry.passages[..entry.passages.len().min(keep)];
    bytes.push(entry.fields | u8::try_from(passages.len()).unwrap_or(0) << 4);
    let mut last = 0;
    for &passage in passages {
        number(bytes, passage.saturating_sub(last));
        last = passage;
    }
}

/// LEB128, unsigned.
#[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
fn number(bytes: &mut Vec<u8>, mut value: usize) {
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(episodes: &[Words]) -> (Vec<Chunk>, Vec<String>) {
        let mut postings = Postings::default();
        episodes.iter().for_each(|words| postings.add(words));
        postings.chunks()
    }

    #[test]
    fn a_common_word_names_one_passage_of_each_episode() {
        let mut words = Words::new();
        (0..3).for_each(|at| note(&mut words, "a", NOTES, Some(at * STEP)));
        let length = |count: usize| chunks(&vec![words.clone(); count]).0[0].bytes.len();
        // The word, how long its entries are, and for each a distance, the fields and the passages.
        assert_eq!(length(COMMON), 3 + 2 + COMMON * 5);
        assert_eq!(length(COMMON + 1), 3 + 2 + (COMMON + 1) * 3);
    }

    #[test]
    fn words_and_their_episodes_are_written_as_the_script_reads_them() {
        let mut first = Words::new();
        note(&mut first, "lamp", TITLE, None);
        note(&mut first, "lamp", SPOKEN, Some(640));
        note(&mut first, "lamp", SPOKEN, Some(650));
        note(&mut first, "lamp", SPOKEN, Some(64 * 300));
        let mut third = Words::new();
        note(&mut third, "lampe", NOTES, Some(0));
        note(&mut third, "lamp", NOTES, None);
        let (chunks, words) = chunks(&[first, Words::new(), third]);
        assert_eq!(words, ["lamp", "lampe"]);
        assert_eq!(chunks.len(), 1);
        let lamp = [0, 4, b'l', b'a', b'm', b'p', 7, 0, 0x29, 10, 0xa2, 2, 2, 4];
        let lampe = [4, 1, b'e', 3, 2, 0x14, 0];
        assert_eq!(chunks[0].bytes, [&lamp[..], &lampe].concat());
    }

    #[test]
    fn chunks_are_of_a_size_and_in_order() {
        let mut words = Words::new();
        for at in 0..20_000 {
            note(&mut words, &format!("word{at}"), SPOKEN, Some(at * 64));
        }
        let (chunks, words) = chunks(&[words]);
        assert!(chunks.len() > 3 && chunks.iter().all(|chunk| chunk.bytes.len() < CHUNK + 100));
        assert!(chunks.is_sorted_by(|a, b| a.first < b.first) && words.is_sorted());
    }
}
