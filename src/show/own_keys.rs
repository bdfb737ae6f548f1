//! onair's own keys of a front matter: the one table from which reading, `docs/keys.md` and the schema
//! for editors take.

/// What a key's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A list of texts, or one with commas.
    Texts,
    /// A whole number from 1 on.
    Whole,
    /// `true` or `false`.
    Truth,
    /// `HH:MM:SS`, `MM:SS` or seconds.
    Time,
    /// A date, with time and offset if one likes.
    Date,
    /// The name of an MP3.
    AudioName,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A person, or a list of them, as text or as a mapping.
    People,
    /// A list of links.
    Links,
    /// A path, or a list of chapters.
    Chapters,
    /// A path, or a list of paths or mappings.
    Transcripts,
    /// A text, a mapping, or a list of these: an element of the podcast namespace.
    Element,
}

impl Kind {
    /// The kind in words, for the page of keys.
    fn words(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Texts => "list".to_owned(),
            Self::Whole => "number".to_owned(),
            Self::Truth => "`true` or `false`".to_owned(),
            Self::Time => "time".to_owned(),
            Self::Date => "date".to_owned(),
            Self::AudioName => "file name".to_owned(),
            Self::OneOf(words) => {
                words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
            }
            Self::People => "people".to_owned(),
            Self::Links => "links".to_owned(),
            Self::Chapters => "path or list".to_owned(),
            Self::Transcripts => "path or list".to_owned(),
            Self::Element => "text, mapping or list".to_owned(),
        }
    }
}

/// One key.
#[derive(Debug)]
pub struct OwnKey {
    /// The key.
    pub key: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// A value, as YAML has it in one line.
    pub example: &'static str,
    /// What it means, and what it becomes.
    pub means: &'static str,
}

macro_rules! own {
    ($($key:literal $kind:expr, $example:literal, $means:literal;)*) => {
        /// All of them, those first that an episode starts with.
        pub const OWN_KEYS: &[OwnKey] =
            &[$(OwnKey { key: $key, kind: $kind, example: $example, means: $means }),*];
    };
}

use Kind::*;

own! {
    "layout" Text, "podcast", "nothing; a static site generator may want it";
    "title" Text, "\"The harbour at six\"", "needed; the title in feed, page and tag";
    "subtitle" Text, "\"Winches, gulls\"", "one line under the title, in feed, page and tag";
    "description" Text, "\"A harbour wakes up.\"", "the short text in the feed, HTML allowed; the notes unless given";
    "guest" Text, "\"<a href='https://noor.example'>Noor</a>\"", "who is heard: a line, HTML allowed, or a list as in `guests`";
    "guests" People, "[{name: Noor, link: \"https://noor.example\"}]", "who is heard: `name`, and `link`, `title`, `image`, `role`; `podcast:person` in the feed";
    "links" Links, "[{text: The harbour, link: \"https://harbour.example\"}]", "pages, under a heading of their own on the page and in the feed";
    "episode" Whole, "12", "the number, in feed, page and tag";
    "season" Whole, "2", "the season's number, in feed, page and tag";
    "episodeType" OneOf(&["full", "trailer", "bonus"]), "trailer", "`full` unless given; an episode of another type needs no number";
    "explicit" Truth, "false", "whether it holds explicit language; as the show has it unless given";
    "duration" Time, "\"00:25:07\"", "needed; how long the MP3 plays, checked to the second";
    "size" Whole, "24117248", "needed; the bytes of your MP3, checked to the byte";
    "file" AudioName, "012.mp3", "needed; the MP3 in the audio folder, and the guid unless one is given";
    "date" Date, "2026-03-06 07:00:00 +0100", "needed; when it comes out: ahead, the episode stays out of the feed until then";
    "slug" Text, "harbour", "the name of the page; the file's name unless given";
    "aliases" Texts, "[/2026/harbour/]", "addresses at which the page stood before: a redirect is published at each";
    "author" Text, "Ada Quay", "who made it; the show's author unless given";
    "category" Text, "News", "the tag's category; a feed has the show's";
    "tags" Texts, "[sea, sound]", "topics, by which pages gather episodes";
    "background" Text, "img/harbour.jpg", "the picture behind the head of the page";
    "social-background" Text, "img/harbour.jpg", "the picture that networks show";
    "image" Text, "img/012.jpg", "the episode's own artwork, square as the show's, in feed, page and tag";
    "appleEpisodeId" Whole, "1000564197449", "the id at Apple Podcasts, for links; `onair apple sync --write` fills it in";
    "guid" Text, "tide-12", "the feed's `guid`, where it is not the value of `file`; never changes once published";
    "guidIsPermaLink" Truth, "false", "whether the guid is an address, as an episode that was published elsewhere may say";
    "enclosure" Text, "https://old.example/12.mp3", "the audio's address, where it stands elsewhere";
    "enclosureType" Text, "audio/x-m4a", "the type of what stands at `enclosure`, where it is not an MP3";
    "chapters" Chapters, "[{start: \"00:00\", title: Ebb}]", "a chapter file's path, or the list itself; in page, feed and tag; the MP3's own chapters unless given, none with `[]`";
    "transcript" Transcripts, "transcripts/012.vtt", "a transcript's path, or several; in page, feed and search";
    "persons" People, "[{name: Ada, role: host}]", "everybody who takes part, in place of guests and the show's hosts; without a `role`, a host";
    "draft" Truth, "true", "holds the episode back altogether";
    "transcripts" Transcripts, "[{file: fr.vtt, language: fr}]", "the same as `transcript`";
    "soundbite" Element, "{startTime: 73, duration: 60}", "`podcast:soundbite`";
    "socialInteract" Element, "{uri: \"https://sea.example/1\", protocol: activitypub}", "`podcast:socialInteract`";
    "license" Element, "cc-by-4.0", "`podcast:license`";
    "location" Element, "Brest", "`podcast:location`";
    "alternateEnclosure" Element, "{type: audio/opus, source: [{uri: \"https://sea.example/1.opus\"}]}", "`podcast:alternateEnclosure`";
    "value" Element, "{type: lightning, method: keysend, recipients: [{type: node, address: a1, split: 100}]}", "`podcast:value`";
    "chat" Element, "{server: irc.sea.example, protocol: irc, space: \"#tides\"}", "`podcast:chat`";
    "txt" Element, "{purpose: verify, text: a1b2}", "`podcast:txt`";
    "block" Truth, "true", "directories are to leave the episode out (`itunes:block`)";
}

/// Their names.
pub const OWN: [&str; OWN_KEYS.len()] = {
    let mut names = [""; OWN_KEYS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = OWN_KEYS[at].key;
        at += 1;
    }
    names
};

/// The table as Markdown.
pub fn markdown() -> String {
    let mut out =
        "| key | value | example | what it means |\n| --- | --- | --- | --- |\n".to_owned();
    for own in OWN_KEYS {
        let (kind, example) = (own.kind.words(), own.example);
        out.push_str(&format!("| `{}` | {kind} | `{example}` | {} |\n", own.key, own.means));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{Episode, Source};

    #[test]
    fn every_example_is_read_and_means_something() {
        for own in OWN_KEYS {
            let text = format!("---\n{}: {}\n---\n", own.key, own.example);
            let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
            assert!(episode.unknown.is_empty(), "{}", own.key);
            // The reader's own words where it cannot read a value stand beside it.
            let said = format!("{episode:?}");
            assert!(!said.contains("Bad("), "{}: {said}", own.key);
            assert!(episode.namespace_faults.is_empty(), "{}: {said}", own.key);
        }
    }
}
