//! One episode as the host wrote it: every value beside the place where it stands.

use serde_yaml::Value;

use super::frontmatter::{self, Field, FrontMatterError};
use super::source::{Given, Located, Malformed, Source, Span};
use super::values::{self, AudioName, Trouble, WrittenDate};

/// The keys that a front matter may have. `publication` is a later name of `date`, `guests` of `guest`.
pub const KEYS: [&str; 29] = [
    "layout",
    "title",
    "subtitle",
    "description",
    "guest",
    "guests",
    "links",
    "episode",
    "season",
    "episodeType",
    "explicit",
    "duration",
    "size",
    "file",
    "date",
    "publication",
    "author",
    "category",
    "background",
    "social-background",
    "image",
    "appleEpisodeId",
    "guid",
    "guidIsPermaLink",
    "enclosure",
    "chapters",
    "transcript",
    "persons",
    "draft",
];

/// Somebody who takes part in an episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person's name.
    pub name: String,
    /// A page about the person.
    pub link: Option<String>,
    /// The address of a picture.
    pub image: Option<String>,
    /// What the person does, in the host's words.
    pub title: Option<String>,
    /// The part taken, as the podcast namespace's taxonomy names it (`guest`, `host`, `editor`, …).
    pub role: Option<String>,
}

/// What kind of item an episode is (Apple's `itunes:episodeType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EpisodeType {
    /// An episode proper.
    #[default]
    Full,
    /// A teaser for the show or an episode.
    Trailer,
    /// Extra content.
    Bonus,
}

impl EpisodeType {
    /// The value as the feed has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Trailer => "trailer",
            Self::Bonus => "bonus",
        }
    }
}

/// Where an episode's chapters are written.
#[derive(Debug, Clone, PartialEq)]
pub enum ChaptersGiven {
    /// In a file of the show: Podcasting 2.0 JSON, WebVTT or Audacity labels.
    File(String),
    /// In the front matter itself.
    List(Value),
}

/// A key that onair does not know. It stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// The key.
    pub key: String,
    /// Where it stands.
    pub span: Span,
    /// The known key that it may be a slip for.
    pub nearest: Option<&'static str>,
}

/// One episode.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// Its file.
    pub source: Source,
    /// The file's name without `.md`: the last part of its page's address.
    pub slug: String,
    /// Every key as it stands, unknown ones included.
    pub fields: Vec<Field>,
    /// Keys that mean nothing to onair.
    pub unknown: Vec<UnknownKey>,
    /// Where the notes stand in the file.
    pub notes: Span,
    /// `layout`, which only a static site generator needs.
    pub layout: Given<String>,
    /// `title`
    pub title: Given<String>,
    /// `subtitle`
    pub subtitle: Given<String>,
    /// `description`: a short text, HTML allowed.
    pub description: Given<String>,
    /// `guest`: a line of text, HTML allowed.
    pub guest: Given<String>,
    /// `guests`: a list.
    pub guests: Given<Vec<Person>>,
    /// `persons`: a list of everybody who takes part, in place of guests and host.
    pub persons: Given<Vec<Person>>,
    /// `links`: a list of pages.
    pub links: Given<Vec<Person>>,
    /// `episode`: the number.
    pub number: Given<u32>,
    /// `season`
    pub season: Given<u32>,
    /// `episodeType`
    pub episode_type: Given<EpisodeType>,
    /// `explicit`
    pub explicit: Given<bool>,
    /// `duration`, in seconds.
    pub duration: Given<u64>,
    /// `size`, in bytes.
    pub size: Given<u64>,
    /// `file`
    pub file: Given<AudioName>,
    /// `date`, or `publication`.
    pub date: Given<WrittenDate>,
    /// `author`
    pub author: Given<String>,
    /// `category`
    pub category: Given<String>,
    /// `background`: the page's banner.
    pub background: Given<String>,
    /// `social-background`: the picture that social networks show.
    pub social_background: Given<String>,
    /// `image`: the episode's own artwork, square as the show's.
    pub image: Given<String>,
    /// `appleEpisodeId`
    pub apple_id: Given<u64>,
    /// `guid`, where it is not the file's name.
    pub guid: Given<String>,
    /// `guidIsPermaLink`: whether the feed says so of the guid, as it did elsewhere before.
    pub guid_is_permalink: Given<bool>,
    /// `enclosure`: the address of the audio in the feed, where it is not media.url and `file`.
    pub enclosure: Given<String>,
    /// `chapters`
    pub chapters: Given<ChaptersGiven>,
    /// `transcript`: a file of the show.
    pub transcript: Given<String>,
    /// `draft`: not published at all.
    pub draft: Given<bool>,
}

impl Episode {
    /// Reads an episode from its file's text.
    ///
    /// # Errors
    /// [`FrontMatterError`] if there is no front matter to read. Values that mean nothing are no
    /// error here: they are [`Given::Bad`].
    pub fn parse(source: Source) -> Result<Self, FrontMatterError> {
        let matter = frontmatter::parse(&source.text)?;
        let name = source.path.rsplit('/').next().unwrap_or_default();
        let slug = name.strip_suffix(".md").unwrap_or(name).to_owned();
        let keys = Keys { fields: &matter.fields };
        let unknown = matter
            .fields
            .iter()
            .filter(|field| !KEYS.contains(&field.key.as_str()))
            .map(|field| UnknownKey {
                key: field.key.clone(),
                span: field.key_span.clone(),
                nearest: nearest(&field.key, &KEYS),
            })
            .collect();
        let date = match keys.given(
            "publication",
            "YYYY-MM-DD HH:MM:SS +HHMM, as in 2022-05-27 07:00:00 +0200",
            values::date,
        ) {
            Given::Missing => keys.given(
                "date",
                "YYYY-MM-DD HH:MM:SS +HHMM, as in 2022-05-27 07:00:00 +0200",
                values::date,
            ),
            publication => publication,
        };
        Ok(Self {
            slug,
            unknown,
            notes: matter.notes.clone(),
            layout: keys.text("layout"),
            title: keys.text("title"),
            subtitle: keys.text("subtitle"),
            description: keys.text("description"),
            guest: keys.text("guest"),
            guests: keys.people("guests"),
            persons: keys.people("persons"),
            links: keys.people("links"),
            number: keys.given("episode", "a whole number, as in 109", |text| {
                values::positive(text, "an episode number")
            }),
            season: keys.given("season", "a whole number, as in 2", |text| {
                values::positive(text, "a season number")
            }),
            episode_type: keys.given("episodeType", "full, trailer or bonus", episode_type),
            explicit: keys.given("explicit", "true or false", truth),
            duration: keys.given("duration", "HH:MM:SS, as in 00:58:48", values::duration),
            size: keys.given(
                "size",
                "a number of bytes in plain digits, as in 112899891",
                values::size,
            ),
            file: keys.given(
                "file",
                "the name of an MP3 in the audio folder, as in 109.mp3",
                values::audio_name,
            ),
            date,
            author: keys.text("author"),
            category: keys.text("category"),
            background: keys.text("background"),
            social_background: keys.text("social-background"),
            image: keys.text("image"),
            apple_id: keys.given(
                "appleEpisodeId",
                "the digits behind `?i=` in the episode's address at Apple Podcasts",
                values::apple_id,
            ),
            guid: keys.text("guid"),
            guid_is_permalink: keys.given("guidIsPermaLink", "true or false", truth),
            enclosure: keys.given(
                "enclosure",
                "the address of an MP3, as in https://show.example/media/109.mp3",
                web_address,
            ),
            chapters: keys.chapters(),
            transcript: keys.given(
                "transcript",
                "the path of a .vtt, .srt or .json file in the show's folder",
                inside,
            ),
            draft: keys.given("draft", "true or false", truth),
            fields: matter.fields,
            source,
        })
    }

    /// The item's guid: `guid` if given, else the value of `file`.
    pub fn effective_guid(&self) -> Option<&str> {
        self.guid.value().map(String::as_str).or_else(|| self.file.value().map(AudioName::as_str))
    }

    /// Whether the feed says that the guid is an address (`isPermaLink`).
    pub fn is_permalink(&self) -> bool {
        self.guid_is_permalink.value() == Some(&true)
    }

    /// Whether the host holds the episode back altogether.
    pub fn is_draft(&self) -> bool {
        self.draft.value() == Some(&true)
    }

    /// The notes, Markdown.
    pub fn notes_text(&self) -> &str {
        &self.source.text[self.notes.clone()]
    }

    /// The field of this key, if it is there.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// How a person calls the episode: `#109`, or its slug where it has no number.
    pub fn label(&self) -> String {
        self.number.value().map_or_else(|| self.slug.clone(), |number| format!("#{number}"))
    }
}

struct Keys<'a> {
    fields: &'a [Field],
}

impl Keys<'_> {
    fn get(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// A scalar that `read` makes sense of.
    fn given<T>(
        &self,
        key: &str,
        expected: &'static str,
        read: impl Fn(&str) -> Result<T, Trouble>,
    ) -> Given<T> {
        let Some(field) = self.get(key) else { return Given::Missing };
        let Some(text) = &field.text else {
            return Given::Bad(bad(
                field,
                "a list or mapping stands where one value belongs",
                expected,
            ));
        };
        // `null` and `~` are YAML's words for no value.
        if text.trim().is_empty() || field.value.is_null() {
            return Given::Empty(field.span.clone());
        }
        match read(text) {
            Ok(value) => Given::Good(Located { value, span: field.span.clone() }),
            Err(trouble) => Given::Bad(malformed(field, trouble, expected)),
        }
    }

    /// A text, without white space around it, and without characters that XML cannot hold.
    fn text(&self, key: &str) -> Given<String> {
        self.given(key, "a text", |text| {
            match text.char_indices().find(|&(_, c)| !legal_in_xml(c)) {
                Some((at, c)) => Err(Trouble {
                    culprit: at..at + c.len_utf8(),
                    reason: format!("{} cannot stand in a feed", values::name_of(c)),
                    meant: Some(text.chars().filter(|&c| legal_in_xml(c)).collect()),
                }),
                None => Ok(text.trim().to_owned()),
            }
        })
    }

    fn people(&self, key: &str) -> Given<Vec<Person>> {
        const EXPECTED: &str =
            "a list of mappings with `name`, and `link`, `title` and `role` if you like";
        let Some(field) = self.get(key) else { return Given::Missing };
        match &field.value {
            Value::Null => Given::Empty(field.span.clone()),
            Value::Sequence(entries) => match entries.iter().map(person).collect() {
                Some(people) => Given::Good(Located { value: people, span: field.span.clone() }),
                None => Given::Bad(bad(field, "an entry of this list has no `name`", EXPECTED)),
            },
            _ => Given::Bad(bad(field, "this is not a list", EXPECTED)),
        }
    }

    fn chapters(&self) -> Given<ChaptersGiven> {
        let Some(field) = self.get("chapters") else { return Given::Missing };
        match &field.value {
            Value::Sequence(_) => Given::Good(Located {
                value: ChaptersGiven::List(field.value.clone()),
                span: field.span.clone(),
            }),
            _ => match self.given(
                "chapters",
                "a list of chapters, or the path of a chapter file in the show's folder",
                inside,
            ) {
                Given::Good(path) => {
                    Given::Good(Located { value: ChaptersGiven::File(path.value), span: path.span })
                }
                Given::Bad(malformed) => Given::Bad(malformed),
                Given::Empty(span) => Given::Empty(span),
                Given::Missing => Given::Missing,
            },
        }
    }
}

fn person(entry: &Value) -> Option<Person> {
    let text = |key: &str| {
        let text: String = entry.get(key)?.as_str()?.chars().filter(|&c| legal_in_xml(c)).collect();
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    };
    if let Some(name) = entry.as_str() {
        return Some(Person {
            name: name.trim().to_owned(),
            link: None,
            image: None,
            title: None,
            role: None,
        });
    }
    let title = text("title");
    let name = text("name").or_else(|| text("text")).or_else(|| title.clone())?;
    let link = text("link").or_else(|| text("url"));
    Some(Person { name, link, image: text("image"), title, role: text("role") })
}

fn bad(field: &Field, reason: &str, expected: &'static str) -> Malformed {
    let span = field.span.clone();
    Malformed { culprit: span.clone(), span, reason: reason.to_owned(), expected, meant: None }
}

/// Places a trouble of a value's text in its file.
fn malformed(field: &Field, trouble: Trouble, expected: &'static str) -> Malformed {
    let culprit = match field.verbatim {
        Some(from) => from + trouble.culprit.start..from + trouble.culprit.end,
        None => field.span.clone(),
    };
    Malformed {
        span: field.span.clone(),
        culprit,
        reason: trouble.reason,
        expected,
        meant: trouble.meant,
    }
}

fn truth(text: &str) -> Result<bool, Trouble> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" | "clean" => Ok(false),
        _ => Err(Trouble {
            culprit: 0..text.len(),
            reason: "this says neither yes nor no".into(),
            meant: None,
        }),
    }
}

fn episode_type(text: &str) -> Result<EpisodeType, Trouble> {
    match text.to_ascii_lowercase().as_str() {
        "full" => Ok(EpisodeType::Full),
        "trailer" => Ok(EpisodeType::Trailer),
        "bonus" => Ok(EpisodeType::Bonus),
        _ => Err(Trouble {
            culprit: 0..text.len(),
            reason: "there is no such type of episode".into(),
            meant: None,
        }),
    }
}

/// An address as it may stand in a feed.
fn web_address(text: &str) -> Result<String, Trouble> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
        let reason = "an address starts with `https://` and a server's name".to_owned();
        return Err(Trouble { culprit: 0..text.len(), reason, meant: None });
    }
    let stray = |c: char| !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>');
    match text.char_indices().find(|&(_, c)| stray(c)) {
        None => Ok(text.to_owned()),
        Some((at, c)) => Err(Trouble {
            culprit: at..at + c.len_utf8(),
            reason: format!("{} does not belong in an address", values::name_of(c)),
            meant: None,
        }),
    }
}

/// A path that stays inside the show's folder.
fn inside(text: &str) -> Result<String, Trouble> {
    if super::is_inside(text) {
        return Ok(text.to_owned());
    }
    Err(Trouble {
        culprit: 0..text.len(),
        reason: "this path leaves the show's folder".into(),
        meant: None,
    })
}

/// XML 1.0, production 2 (`Char`).
pub fn legal_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The candidate that `word` may be a slip for: close in spelling, case and `-`/`_` aside.
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let word = plain(word);
    candidates
        .iter()
        .map(|candidate| (distance(&word, &plain(candidate)), *candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.len() + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance between two words; long ones are never near.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 64 {
        return usize::MAX / 8;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn episode(yaml: &str) -> Episode {
        Episode::parse(Source::new("episodes/episode_007.md", format!("---\n{yaml}\n---\nNotes")))
            .unwrap()
    }

    #[test]
    fn every_value_is_read() {
        let episode = episode(
            "title: ' A '\nepisode: 7\nsize: 12\nduration: 00:00:07\nfile: 007.mp3\ndate: 2022-05-27 07:00:00 +0200\ndraft: no\nguests: [{name: A, link: https://a.example}]\nappleEpisodeId: 12",
        );
        assert_eq!(episode.title.value().unwrap(), "A");
        assert_eq!(
            (episode.number.value(), episode.size.value(), episode.duration.value()),
            (Some(&7), Some(&12), Some(&7))
        );
        assert_eq!(episode.effective_guid(), Some("007.mp3"));
        assert_eq!((episode.slug.as_str(), episode.label().as_str()), ("episode_007", "#7"));
        assert_eq!(episode.guests.value().unwrap()[0].link.as_deref(), Some("https://a.example"));
        assert!(!episode.is_draft() && episode.unknown.is_empty());
        assert_eq!(episode.subtitle, Given::Missing);
    }

    #[test]
    fn the_culprit_is_placed_in_the_file() {
        let episode = episode("size: 50603073 bytes \nduration: \"“00:33:05\"");
        let malformed = episode.size.malformed().unwrap();
        assert_eq!(
            &episode.source.text[malformed.culprit.start..],
            "bytes \nduration: \"“00:33:05\"\n---\nNotes"
        );
        assert_eq!(
            &episode.source.text[episode.duration.malformed().unwrap().culprit.clone()],
            "“"
        );
    }

    #[test]
    fn unknown_keys_name_the_nearest_known() {
        let episode = episode("titel: a\napple_episode_id: 1\nmood: b");
        let nearest: Vec<_> = episode.unknown.iter().map(|unknown| unknown.nearest).collect();
        assert_eq!(nearest, [Some("title"), Some("appleEpisodeId"), None]);
    }

    #[test]
    fn paths_stay_inside_and_texts_stay_legal() {
        let episode =
            episode("transcript: ../../etc/passwd\nchapters: /etc/passwd\ntitle: \"a\\u000bb\"");
        assert!(episode.transcript.malformed().is_some() && episode.chapters.malformed().is_some());
        assert_eq!(episode.title.malformed().unwrap().meant.as_deref(), Some("ab"));
    }
}
