//! One episode as the host wrote it: every value beside the place where it stands.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use jiff::tz::Offset;
use serde_yaml::Value;

use super::addresses;
use super::date::{self, WrittenDate};
use super::frontmatter::{self, Field, FrontMatterError};
use super::given;
use super::keys::{Fields, Foreign, OWN};
use super::namespace::{self, Element};
use super::readings::{self, Reading};
use super::source::{Given, Located, Malformed, Source, Span};
use super::trouble::Trouble;
use super::values::{self, AudioName};
use super::words::nearest;
use super::yaml::{Content, CoreTag};

use super::page_link;
use super::person::ListOf;
pub use super::person::Person;

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

/// A transcript that an episode names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptGiven {
    /// Its file in the show's folder.
    pub file: String,
    /// Its language, where that is not the show's.
    pub language: Option<String>,
    /// Whether it is made to be shown as the audio plays (`rel="captions"`).
    pub captions: bool,
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
///
/// What most episodes do without stands in [`RareKeys`], and is reached as if it stood here.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// Its file.
    pub source: Source,
    /// The last part of its page's address: `slug`, or the name of its file or folder.
    pub slug: String,
    /// The files that lie beside its own, by their paths from there.
    pub beside: Arc<[String]>,
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
    /// `episode`: the number.
    pub number: Given<u32>,
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
    /// `appleEpisodeId`
    pub apple_id: Given<u64>,
    /// What its file says and its values do not.
    pub readings: Box<[Reading]>,
    /// Where keys of other generators stand, and what they mean.
    pub foreign: Box<[(Span, &'static Foreign)]>,
    /// `guid`, where it is not the file's name.
    pub guid: Given<String>,
    rare: Arc<RareKeys>,
}

/// What most episodes do without. It takes more room than all that they have, and a show may have a hundred
/// thousand of them: those that have nothing of it share one.
#[derive(Debug, PartialEq, Default)]
pub struct RareKeys {
    /// YAML's node properties that say nothing.
    pub idle_properties: Vec<Span>,
    /// `slug`: the page's name, where it is not the file's.
    pub page: Given<String>,
    /// `permalink`, as the site path of its page.
    pub permalink: Given<String>,
    /// `aliases`: site paths at which its page stood before.
    pub aliases: Given<Vec<String>>,
    /// Keys that mean nothing to onair.
    pub unknown: Vec<UnknownKey>,
    /// `guests`: a list.
    pub guests: Given<Vec<Person>>,
    /// `persons`: a list of everybody who takes part, in place of guests and host.
    pub persons: Given<Vec<Person>>,
    /// `links`: a list of pages.
    pub links: Given<Vec<Person>>,
    /// `season`
    pub season: Given<u32>,
    /// `episodeType`
    pub episode_type: Given<EpisodeType>,
    /// `explicit`
    pub explicit: Given<bool>,
    /// `tags`: topics, by which pages gather episodes.
    pub tags: Given<Vec<String>>,
    /// `image`: the episode's own artwork, square as the show's.
    pub image: Given<String>,
    /// `guidIsPermaLink`: whether the feed says so of the guid, as it did elsewhere before.
    pub guid_is_permalink: Given<bool>,
    /// `enclosure`: the address of the audio in the feed, where it is not media.url and `file`.
    pub enclosure: Given<String>,
    /// `enclosureType`: the type of what stands at `enclosure`, where it is not an MP3.
    pub enclosure_type: Given<String>,
    /// `chapters`
    pub chapters: Given<ChaptersGiven>,
    /// `transcript`, or `transcripts`: a file of the show, or several.
    pub transcripts: Given<Vec<TranscriptGiven>>,
    /// `draft`: not published at all.
    pub draft: Given<bool>,
    /// Elements of the podcast namespace: `soundbite`, `license` and the like.
    pub namespace: Vec<Element>,
    /// What cannot be read of them, by its key.
    pub namespace_faults: Vec<(&'static str, Malformed)>,
    /// `block`: directories are to leave the episode out (`itunes:block`).
    pub block: Given<bool>,
}

static NONE_OF_THEM: LazyLock<Arc<RareKeys>> = LazyLock::new(Arc::default);

impl RareKeys {
    fn shared(self) -> Arc<Self> {
        if self == Self::default() { Arc::clone(&NONE_OF_THEM) } else { Arc::new(self) }
    }
}

impl Deref for Episode {
    type Target = RareKeys;

    fn deref(&self) -> &RareKeys {
        &self.rare
    }
}

impl Episode {
    /// Reads an episode from its file's text.
    ///
    /// # Errors
    /// [`FrontMatterError`] if there is no front matter to read. Values that mean nothing are no
    /// error here: they are [`Given::Bad`].
    pub fn parse(source: Source) -> Result<Self, FrontMatterError> {
        Self::parse_beside(source, Arc::from([]))
    }

    /// The same, for a file that others lie beside: a transcript or picture that is named as it is
    /// called there is that file.
    ///
    /// # Errors
    /// As [`Episode::parse`].
    pub fn parse_beside(source: Source, beside: Arc<[String]>) -> Result<Self, FrontMatterError> {
        let matter = frontmatter::parse(&source.text)?;
        let keys = Fields::new(matter.fields);
        let own = super::layout::folder(&source.path).to_owned();
        let near = |path: String| {
            let is_there = beside.binary_search(&path).is_ok();
            if is_there { format!("{own}/{path}") } else { path }
        };
        let inside = |text: &str| addresses::inside(text).map(near);
        let picture = |key: &str| match keys.text(key) {
            Given::Good(mut path) => {
                if let Ok(found) = addresses::inside(&path.value)
                    && beside.binary_search(&found).is_ok()
                {
                    path.value = near(found);
                }
                Given::Good(path)
            }
            other => other,
        };
        let unknown = keys
            .unknown()
            .map(|field| UnknownKey {
                key: field.key.clone(),
                span: field.key_span.clone(),
                nearest: nearest(&field.key, &OWN),
            })
            .collect();
        let page = keys.given("slug", "letters, digits, `-` and `_`", addresses::page_name);
        let slug = page.value().cloned();
        let guest = match keys.get("guest").map(|field| &field.node.content) {
            Some(Content::List(_) | Content::Map(_)) => Given::Missing,
            _ => keys.text("guest"),
        };
        let guests = match (&guest, keys.list("guests", ListOf::People)) {
            (Given::Missing, Given::Missing) => keys.list("guest", ListOf::People),
            (_, guests) => guests,
        };
        let (namespace, namespace_faults) = namespace::of_fields(&keys.all);
        let foreign = keys.foreign().map(|(field, foreign)| (field.key_span.clone(), foreign));
        let rare = RareKeys {
            unknown,
            idle_properties: matter.idle_properties,
            page,
            permalink: page_link::permalink(&keys),
            aliases: page_link::aliases(&keys),
            guests,
            persons: keys.list("persons", ListOf::People),
            links: keys.list("links", ListOf::Links),
            season: keys.given("season", "a whole number, as in 2", |text| {
                values::positive(text, "a season number")
            }),
            episode_type: keys.given("episodeType", "full, trailer or bonus", episode_type),
            explicit: keys.given("explicit", "true or false", values::explicit),
            tags: keys.texts("tags"),
            image: picture("image"),
            guid_is_permalink: keys.given("guidIsPermaLink", "true or false", values::truth),
            enclosure: enclosure(&keys),
            enclosure_type: keys.given(
                "enclosureType",
                "a type of audio or video, as in audio/x-m4a",
                values::media_type,
            ),
            chapters: chapters(&keys, inside),
            transcripts: transcripts(&keys, inside),
            draft: draft(&keys),
            block: keys.given("block", "true or false", values::truth),
            namespace,
            namespace_faults,
        };
        Ok(Self {
            slug: slug.unwrap_or_else(|| super::layout::slug(&source.path).to_owned()),
            notes: matter.notes,
            layout: keys.text("layout"),
            title: keys.line("title"),
            subtitle: keys.line("subtitle"),
            description: keys.text("description"),
            guest,
            number: keys.given("episode", "a whole number, as in 109", |text| {
                values::positive(text, "an episode number")
            }),
            duration: keys.given("duration", "HH:MM:SS, as in 00:58:48", values::playing_time),
            size: keys.given(
                "size",
                "a number of bytes in plain digits, as in 112899891",
                values::size,
            ),
            file: file(&keys),
            date: date(&keys),
            author: keys.line("author"),
            category: keys.text("category"),
            background: picture("background"),
            social_background: picture("social-background"),
            apple_id: keys.given(
                "appleEpisodeId",
                "the digits behind `?i=` in the episode's address at Apple Podcasts",
                values::apple_id,
            ),
            readings: readings::of(&keys, &source.text),
            foreign: foreign.collect(),
            guid: keys.text("guid"),
            rare: rare.shared(),
            beside,
            source,
        })
    }

    /// The same episode with another text.
    ///
    /// # Errors
    /// As [`Episode::parse`].
    pub fn with_text(&self, text: impl Into<Arc<str>>) -> Result<Self, FrontMatterError> {
        Self::parse_beside(Source::new(self.source.path.as_str(), text), Arc::clone(&self.beside))
    }

    /// The texts of the show's folder that it names: transcripts and chapters.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let chapters = match self.chapters.value() {
            Some(ChaptersGiven::File(path)) => Some(path.as_str()),
            _ => None,
        };
        let transcripts = self.transcripts.value().map(Vec::as_slice).unwrap_or_default();
        transcripts.iter().map(|transcript| transcript.file.as_str()).chain(chapters)
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

    /// Every key as it stands, unknown ones included. Few ask, and a show has thousands of episodes: they
    /// are read again.
    pub fn fields(&self) -> Fields {
        let matter = frontmatter::parse(&self.source.text);
        Fields::new(matter.map(|matter| matter.fields).unwrap_or_default())
    }

    /// The field that gives a key its value, under onair's name or another's, if it is there.
    pub fn field(&self, key: &str) -> Option<Field> {
        self.fields().get(key).cloned()
    }

    /// How a person calls the episode: `#109`, or its slug where it has no number.
    pub fn label(&self) -> String {
        self.number.value().map_or_else(|| self.slug.clone(), |number| format!("#{number}"))
    }
}

fn date(keys: &Fields) -> Given<WrittenDate> {
    const EXPECTED: &str = "YYYY-MM-DD HH:MM:SS +HHMM, as in 2022-05-27 07:00:00 +0200";
    let field = keys.get("date").or_else(|| {
        // Some write the date where Jekyll says whether.
        let published = keys.named("published")?;
        published.node.text().is_some_and(date::starts_as_one).then_some(published)
    });
    let Some(field) = field else { return Given::Missing };
    let is_timestamp =
        field.node.scalar().is_some_and(|scalar| scalar.tag == Some(CoreTag::Timestamp));
    match given::scalar(field, EXPECTED, date::date) {
        Given::Good(mut date) => {
            if is_timestamp {
                date.value.offset = date.value.offset.or(Some(Offset::UTC));
            }
            Given::Good(date)
        }
        other => other,
    }
}

fn file(keys: &Fields) -> Given<AudioName> {
    const EXPECTED: &str = "the name of an MP3 in the audio folder, as in 109.mp3";
    let Some(field) = keys.get("file") else { return Given::Missing };
    let read = if field.key == "file" { values::audio_name } else { values::audio_named };
    given::scalar(field, EXPECTED, read)
}

/// The audio's address; other generators name the audio itself by it.
fn enclosure(keys: &Fields) -> Given<String> {
    const EXPECTED: &str = "the address of an MP3, as in https://show.example/media/109.mp3";
    let is_address = |field: &&Field| {
        field.key != "file" && field.node.text().is_some_and(|text| text.starts_with("http"))
    };
    // A path under another's name is a file's, below that site.
    let is_path = |field: &Field| {
        field.key != "enclosure" && field.node.text().is_some_and(|text| text.starts_with('/'))
    };
    let given = keys.get("enclosure").filter(|field| !is_path(field));
    match given.or_else(|| keys.get("file").filter(is_address)) {
        Some(field) => given::scalar(field, EXPECTED, addresses::web_address),
        None => Given::Missing,
    }
}

/// Whether the episode is held back, by `draft` or in the words of another generator.
fn draft(keys: &Fields) -> Given<bool> {
    const EXPECTED: &str = "true or false";
    const YES: &[&str] = &["true", "yes", "on", "1"];
    let own = keys.given("draft", EXPECTED, values::truth);
    if own.value() == Some(&true) {
        return own;
    }
    let held = |name: &str, values: &[&str]| {
        let field = keys.named(name)?;
        let text = field.node.text()?.trim().to_ascii_lowercase();
        values.contains(&text.as_str()).then(|| Located { value: true, span: field.span() })
    };
    let held = held("status", &["draft", "hidden", "pending", "private", "unpublished"])
        .or_else(|| ["private", "hidden", "unlisted"].iter().find_map(|name| held(name, YES)))
        .or_else(|| held("publish", &["false", "no", "off", "0"]))
        .or_else(|| held("permalink", &["false"]));
    if let Some(held) = held {
        return Given::Good(held);
    }
    let published = keys.named("published");
    let published = published
        .filter(|field| !field.node.text().is_some_and(date::starts_as_one))
        .map(|field| given::scalar(field, EXPECTED, values::truth));
    match published {
        Some(Given::Good(Located { value: false, span })) => {
            Given::Good(Located { value: true, span })
        }
        Some(Given::Bad(malformed)) => Given::Bad(malformed),
        _ => own,
    }
}

/// A path, a list of paths, or a list of mappings with `file`, `language` and `rel`.
fn transcripts(
    keys: &Fields,
    inside: impl Fn(&str) -> Result<String, Trouble>,
) -> Given<Vec<TranscriptGiven>> {
    const EXPECTED: &str = "the path of a .vtt, .srt, .json, .html or .txt file in the show's folder, \
        or a list of such paths, or of mappings with `file`, and `language` and `rel: captions` if you like";
    let Some(field) = keys.get("transcript").or_else(|| keys.get("transcripts")) else {
        return Given::Missing;
    };
    let plain = |file: String| TranscriptGiven { file, language: None, captions: false };
    let value = field.value();
    let entries = match &value {
        Value::Sequence(entries) => entries.iter().collect(),
        mapping @ Value::Mapping(_) => vec![mapping],
        _ => {
            return match given::scalar(field, EXPECTED, inside) {
                Given::Good(path) => {
                    Given::Good(Located { value: vec![plain(path.value)], span: path.span })
                }
                Given::Bad(malformed) => Given::Bad(malformed),
                Given::Empty(span) => Given::Empty(span),
                Given::Missing => Given::Missing,
            };
        }
    };
    let bad =
        |reason: String| Given::Bad(Box::new(Malformed::whole(field.span(), reason, EXPECTED)));
    let mut read = Vec::new();
    for entry in entries {
        let text = |keys: &[&str]| {
            let text = keys.iter().find_map(|key| entry.get(*key)?.as_str());
            text.map(|text| text.trim().to_owned())
        };
        let file = entry.as_str().map(str::to_owned);
        let file = file.or_else(|| text(&["file", "path", "src", "url"]));
        let Some(file) = file.filter(|file| !file.is_empty()) else {
            return bad("an entry of this list names no `file`".to_owned());
        };
        match inside(&file) {
            Ok(path) => read.push(TranscriptGiven {
                file: path,
                language: text(&["language", "lang"]),
                captions: text(&["rel"]).as_deref() == Some("captions"),
            }),
            Err(trouble) => return bad(format!("`{file}`: {}", trouble.reason)),
        }
    }
    match read.is_empty() {
        true => Given::Empty(field.span()),
        false => Given::Good(Located { value: read, span: field.span() }),
    }
}

fn chapters(
    keys: &Fields,
    inside: impl Fn(&str) -> Result<String, Trouble>,
) -> Given<ChaptersGiven> {
    let Some(field) = keys.get("chapters") else { return Given::Missing };
    let list = match &field.node.content {
        Content::List(_) => Some(&field.node),
        // As a file of Podcasting 2.0 has it.
        _ => field.node.get("chapters").filter(|it| matches!(it.content, Content::List(_))),
    };
    if let Some(list) = list {
        let value = ChaptersGiven::List(list.value());
        return Given::Good(Located { value, span: list.span.clone() });
    }
    let expected = "a list of chapters, or the path of a chapter file in the show's folder";
    match given::scalar(field, expected, inside) {
        Given::Good(path) => {
            Given::Good(Located { value: ChaptersGiven::File(path.value), span: path.span })
        }
        Given::Bad(malformed) => Given::Bad(malformed),
        Given::Empty(span) => Given::Empty(span),
        Given::Missing => Given::Missing,
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

#[cfg(test)]
mod tests;
