//! The keys of a front matter: what other generators call onair's own.
//!
//! One table, from which reading, the rules and `docs/keys.md` take.

use super::frontmatter::Field;
use super::own_keys;
pub use super::own_keys::OWN;
use super::yaml::Content;

/// A key that other generators, or earlier forms of a show, have.
#[derive(Debug, PartialEq)]
pub struct Foreign {
    /// The key; behind a dot what stands in a mapping: `itunes.duration`.
    pub key: &'static str,
    /// Who writes it.
    pub by: &'static str,
    /// What it means here.
    pub means: Means,
}

/// What a key of others means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The same as this key, which goes first where both stand.
    Same(&'static str),
    /// The same as this key, and goes before it.
    Before(&'static str),
    /// Some of its values hold the episode back, as `draft: true` does.
    HoldsBack(&'static str),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// Declares the table, a line a key.
macro_rules! foreign {
    ($($key:literal $by:literal $means:ident $what:literal;)*) => {
        /// Keys of others, those that go first in front.
        pub const FOREIGN: &[Foreign] =
            &[$(Foreign { key: $key, by: $by, means: Means::$means($what) }),*];
    };
}

foreign! {
    "publication" "Toucan" Before "date";
    "publishDate" "Hugo" Before "date";
    "pubDate" "Astro" Same "date";
    "publish_date" "others" Same "date";
    "published_at" "others" Same "date";
    "datum" "Octopod" Same "date";
    "published" "Jekyll" HoldsBack "`false`; a date is the episode's `date`";
    "status" "Pelican" HoldsBack "`draft`, `hidden`, `pending`, `private` and `unpublished`";
    "private" "others" HoldsBack "`true`";
    "hidden" "others" HoldsBack "`true`";
    "unlisted" "Docusaurus" HoldsBack "`true`";
    "publish" "Obsidian" HoldsBack "`false`";
    "permalink" "Jekyll, Eleventy" HoldsBack "`false`; an address is where the page stands, unless it has placeholders";
    "podcast_file" "Castanet" Same "file";
    "audio.mp3" "Octopod" Same "file";
    "audio.ogg" "Octopod" Nothing "an episode has one MP3";
    "audio.opus" "Octopod" Nothing "an episode has one MP3";
    "audio.m4a" "Octopod" Nothing "an episode has one MP3";
    "enclosure.type" "others" Nothing "an episode's audio is `audio/mpeg`";
    "audio" "Jekyll themes" Same "file";
    "audio_file" "Jekyll themes" Same "file";
    "audio_file_path" "Jekyll themes" Same "file";
    "mp3" "Jekyll themes" Same "file";
    "podcast_link" "Jekyll-Podcast-Feed" Same "file";
    "audio_link" "others" Same "file";
    "enclosure.url" "others" Same "enclosure";
    "mp3.url" "others" Same "enclosure";
    "audio_url" "others" Same "enclosure";
    "podcast.url" "others" Same "enclosure";
    "podcast_bytes" "Castanet" Same "size";
    "podcast_length" "Jekyll-Podcast-Feed" Same "size";
    "enclosure.length" "others" Same "size";
    "enclosure.size" "others" Same "size";
    "mp3.length" "others" Same "size";
    "mp3.size" "others" Same "size";
    "episode.size" "eleventy-plugin-podcaster" Same "size";
    "audio_size" "others" Same "size";
    "audio_bytes" "others" Same "size";
    "audio_file_size" "Yattecast" Same "size";
    "file_size" "others" Same "size";
    "length" "Jekyll themes" Same "size";
    "podcast.size" "others" Same "size";
    "podcast_duration" "Castanet" Same "duration";
    "itunes.duration" "others" Same "duration";
    "episode.duration" "eleventy-plugin-podcaster" Same "duration";
    "audio_duration" "others" Same "duration";
    "itunes.episode" "others" Same "episode";
    "podcast.episode" "others" Same "episode";
    "episode_number" "others" Same "episode";
    "number" "others" Same "episode";
    "episode.episodeNumber" "eleventy-plugin-podcaster" Same "episode";
    "episode.seasonNumber" "eleventy-plugin-podcaster" Same "season";
    "episode.episodeType" "eleventy-plugin-podcaster" Same "episodeType";
    "episode.filename" "eleventy-plugin-podcaster" Same "file";
    "episode.file" "Staticast" Same "file";
    "itunes.season" "others" Same "season";
    "podcast.season" "others" Same "season";
    "season_number" "others" Same "season";
    "itunes.episodeType" "others" Same "episodeType";
    "itunes.episode_type" "others" Same "episodeType";
    "episode_type" "others" Same "episodeType";
    "itunes.explicit" "others" Same "explicit";
    "episode.explicit" "eleventy-plugin-podcaster" Same "explicit";
    "itunes.title" "others" Same "title";
    "itunes.subtitle" "others" Same "subtitle";
    "summary" "Octopod, Hugo" Same "description";
    "excerpt" "Jekyll" Same "description";
    "itunes.summary" "others" Same "description";
    "itunes.author" "others" Same "author";
    "authors" "Hugo, Zola" Same "author";
    "episode_image" "Castanet" Same "image";
    "episode-cover" "Octopod" Same "image";
    "itunes.image" "others" Same "image";
    "image.path" "Jekyll SEO" Same "image";
    "image.url" "others" Same "image";
    "cover.image" "Hugo themes" Same "image";
    "episode_banner" "Castanet" Same "background";
    "podcast.guid" "others" Same "guid";
    "episode_guid" "others" Same "guid";
    "podcast.chapters" "others" Same "chapters";
    "podcast.transcript" "others" Same "transcript";
    "lastmod" "Hugo" Nothing "a feed says when an episode came out";
    "updated" "Zola" Nothing "a feed says when an episode came out";
    "last_modified_at" "Jekyll" Nothing "a feed says when an episode came out";
    "expiryDate" "Hugo" Nothing "an episode stays until it is taken out";
    "redirect_from" "Jekyll" Same "aliases";
    "keywords" "Hugo" Nothing "apps do not read them";
    "news_keywords" "Castanet" Nothing "apps do not read them";
    "taxonomies" "Zola" Nothing "apps do not read them";
    "categories" "Jekyll, Hugo" Nothing "a show has categories, in onair.toml";
    "podcast_file_size" "Jekyll-Podcast-Feed" Nothing "`size` has the bytes";
    "template" "Zola, Toucan" Nothing "templates are named in onair.toml";
    "type" "Hugo" Nothing "every file in the folder is an episode";
    "weight" "Hugo, Zola" Nothing "episodes are in the order of their dates";
    "comments" "Jekyll" Nothing "pages have no comments";
    "toc" "Hugo, Jekyll themes" Nothing "pages have no table of contents";
    "images" "Hugo" Nothing "`social-background` is what networks show";
    "hosts" "Castanet" Nothing "hosts are in onair.toml, or in `persons`";
    "sponsors" "Castanet" Nothing "name them in the notes";
    "youtube" "Castanet" Nothing "put it among the `links`";
    "eleventyExcludeFromCollections" "Eleventy" Nothing "`draft: true` holds an episode back";
}

/// Mappings whose entries are keys of their own.
const GROUPS: [&str; 8] =
    ["itunes", "podcast", "enclosure", "audio", "mp3", "episode", "image", "cover"];

/// The table as Markdown: `docs/keys.md`, which a test holds to this.
pub fn markdown() -> String {
    let mut out = format!(
        "# Front matter\n\n\
        An episode is a Markdown file below `episodes/` that starts with keys between two lines of `---`.\n\
        These are onair's own; an empty value is the same as none, and any other key is kept, and reported once.\n\
        Editors know them by the schema that `onair init --schema` writes.\n\n{}\n\
        ## Keys of other generators\n\n\
        An episode's file may come from another generator as it is: these keys mean what they meant there.\n\
        A key's case does not matter, nor whether `_`, `-`, `:`, a mapping or nothing joins its words:\n\
        `itunes_duration`, `itunesDuration`, `itunes:duration` and `duration` below `itunes` are one. Where onair's own key stands too, it goes first,\n\
        but for those that say so.\n\nThis page is written by `onair explain --keys`.\n\n\
        | key | of | here |\n| --- | --- | --- |\n",
        own_keys::markdown()
    );
    for foreign in FOREIGN {
        let here = match foreign.means {
            Means::Same(key) => format!("`{key}`"),
            Means::Before(key) => format!("`{key}`, and goes before it"),
            Means::HoldsBack(values) => format!("holds the episode back: {values}"),
            Means::Nothing(why) => format!("nothing: {why}"),
        };
        out.push_str(&format!("| `{}` | {} | {here} |\n", foreign.key, foreign.by));
    }
    out
}

/// The fields of a front matter, with those in the mappings of `GROUPS`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// As they stand, in the host's order.
    pub all: Vec<Field>,
    inner: Vec<Field>,
    /// Which of them, in this order, stand for which key of onair's; the best one first.
    roles: Vec<Role>,
}

/// A key of onair's by its place in [`OWN`], how near a field's name is to it, and the field's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Role {
    key: usize,
    rank: usize,
    at: usize,
}

impl Fields {
    /// Makes them ready to be asked.
    pub fn new(all: Vec<Field>) -> Self {
        let grouped = all.iter().filter(|field| is_group(&field.key));
        let inner: Vec<Field> = grouped.flat_map(Field::inner).collect();
        let both = all.iter().chain(&inner).enumerate();
        let of = |(at, field): (usize, &Field)| {
            let (key, rank) = role(&field.key).filter(|_| !is_group_of_keys(field))?;
            Some(Role { key: OWN.iter().position(|own| *own == key)?, rank, at })
        };
        let mut roles: Vec<Role> = both.filter_map(of).collect();
        roles.sort_unstable();
        Self { all, inner, roles }
    }

    /// The field that gives a key its value: under onair's own name, or another's.
    pub fn get(&self, key: &str) -> Option<&Field> {
        let of_key = self.roles.iter().filter(|role| OWN[role.key] == key);
        let mut found = of_key.filter_map(|role| {
            self.all.get(role.at).or_else(|| self.inner.get(role.at.checked_sub(self.all.len())?))
        });
        found.next().or_else(|| {
            let named = self.all.iter().find(|field| field.key == key);
            named.filter(|_| !OWN.contains(&key))
        })
    }

    /// The field of this name alone.
    pub fn named(&self, name: &str) -> Option<&Field> {
        let exact = self.all.iter().find(|field| field.key == name);
        exact.or_else(|| self.all.iter().chain(&self.inner).find(|field| alike(&field.key, name)))
    }

    /// Every field of another's name, with what it means.
    pub fn foreign(&self) -> impl Iterator<Item = (&Field, &'static Foreign)> {
        let both = self.all.iter().chain(&self.inner).filter(|field| !is_group_of_keys(field));
        both.filter_map(|field| Some((field, &FOREIGN[foreign_at(&field.key)?])))
    }

    /// The fields that mean nothing to anybody, or say again what another spelling of their key has said.
    pub fn unknown(&self) -> impl Iterator<Item = &Field> {
        let is_known = |field: &&Field| {
            own(&field.key).is_some_and(|key| {
                field.key == key || self.all.iter().all(|other| other.key != key)
            }) || foreign_at(&field.key).is_some()
                || is_group_of_keys(field)
        };
        self.all.iter().chain(&self.inner).filter(move |field| !is_known(field))
    }
}

/// The key of onair's that a name spells.
pub fn own(name: &str) -> Option<&'static str> {
    own_by(name, alike)
        .or_else(|| own_by(name, of_one_sound).filter(|_| foreign_by(name, alike).is_none()))
}

fn own_by(name: &str, is_one: fn(&str, &str) -> bool) -> Option<&'static str> {
    OWN.iter().copied().find(|own| is_one(own, name))
}

/// The place of another's key that a name spells.
fn foreign_at(name: &str) -> Option<usize> {
    // Most keys are onair's own.
    if OWN.contains(&name) {
        return None;
    }
    foreign_by(name, alike).or_else(|| foreign_by(name, of_one_sound))
}

fn foreign_by(name: &str, is_one: fn(&str, &str) -> bool) -> Option<usize> {
    FOREIGN.iter().position(|foreign| is_one(foreign.key, name))
}

/// The key of onair's that a name stands for, and how near: what goes first has the lowest rank.
fn role(name: &str) -> Option<(&'static str, usize)> {
    if let Some(own) = own(name) {
        return Some((own, FOREIGN.len() + usize::from(own != name)));
    }
    let at = foreign_at(name)?;
    match FOREIGN[at].means {
        Means::Before(key) => Some((key, at)),
        Means::Same(key) => Some((key, FOREIGN.len() + 2 + at)),
        Means::HoldsBack(_) | Means::Nothing(_) => None,
    }
}

/// Whether two keys are one: their case, and which sign joins their words, tell nothing.
fn alike(a: &str, b: &str) -> bool {
    let plain = |byte: u8| match byte {
        b'_' | b':' | b'.' => b'-',
        other => other.to_ascii_lowercase(),
    };
    a.len() == b.len() && a.bytes().map(plain).eq(b.bytes().map(plain))
}

/// The same, and whether a sign joins their words at all: `podcastFile` is `podcast_file`.
pub fn of_one_sound(a: &str, b: &str) -> bool {
    fn plain(key: &str) -> impl Iterator<Item = u8> {
        let letters = key.bytes().filter(|byte| !b"_:.-".contains(byte));
        letters.map(|byte| byte.to_ascii_lowercase())
    }
    plain(a).eq(plain(b))
}

/// Whether a field is no value of its own, but a mapping of others.
fn is_group_of_keys(field: &Field) -> bool {
    matches!(field.node.content, Content::Map(_)) && is_group(&field.key)
}

fn is_group(key: &str) -> bool {
    GROUPS.iter().any(|group| alike(group, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::frontmatter::parse;

    fn fields(yaml: &str) -> Fields {
        Fields::new(parse(&format!("---\n{yaml}\n---\n")).unwrap().fields)
    }

    #[test]
    fn the_documented_table_is_this_one() {
        let page = include_str!("../../docs/keys.md");
        assert!(page == markdown(), "run: cargo run -- explain --keys > docs/keys.md");
    }

    #[test]
    fn another_spelling_of_a_key_that_is_there_says_nothing() {
        let unknown =
            |yaml: &str| fields(yaml).unknown().map(|field| field.key.clone()).collect::<Vec<_>>();
        assert_eq!(unknown("title: A\nTitle: B\nkolor: red"), ["Title", "kolor"]);
        assert_eq!(unknown("Title: B\nfile: a.mp3"), Vec::<String>::new());
    }

    #[test]
    fn a_key_has_many_names() {
        let text = |yaml: &str, key: &str| {
            fields(yaml)
                .get(key)
                .and_then(|field| field.text().map(str::to_owned))
                .unwrap_or_default()
        };
        for yaml in [
            "itunes: {duration: 5}",
            "itunes_duration: 5",
            "\"itunes:duration\": 5",
            "Duration: 5",
            "podcast_duration: 5",
        ] {
            assert_eq!(text(yaml, "duration"), "5", "{yaml}");
        }
        assert_eq!(text("podcast_bytes: 1\nsize: 2", "size"), "2");
        assert_eq!(text("date: 1\npublishDate: 2\nlastmod: 3", "date"), "2");
        assert_eq!(text("enclosure: {url: a, length: 7}", "enclosure"), "a");
        assert_eq!(text("audio:\n  mp3: a.mp3\n  ogg: a.ogg", "file"), "a.mp3");
        assert_eq!(text("enclosure: {length: 7}", "enclosure"), "");
        assert_eq!(text("audio: {url: b, size: 7}", "enclosure"), "b");
        assert_eq!(text("audio: {url: b, size: 7}", "size"), "7");
        assert_eq!(text("mp3: {url: b, length: 7}", "size"), "7");
        assert!(fields("audio: {url: b}\nimage: {alt: c}").get("file").is_none());
        assert!(fields("image: {alt: c}").get("image").is_none());
        assert_eq!(text("number: 4", "episode"), "4");
        assert_eq!(text("podcastFile: a.mp3", "file"), "a.mp3");
        assert_eq!(text("episodeNumber: 4\nepisodeGuid: b", "episode"), "4");
        // Each by its own line of the table where two sound alike.
        assert_eq!(text("publish_date: 1\ndate: 2", "date"), "2");
        assert_eq!(text("publishDate: 1\ndate: 2", "date"), "1");
        let foreign = fields("audio: {url: b}");
        let foreign: Vec<&str> = foreign.foreign().map(|(field, _)| &*field.key).collect();
        assert_eq!(foreign, ["audio.url"]);
        let unknown = fields("itunes: {mood: 1}\naudio: {wav: b}\ntags: [a]\nmood: 2");
        let unknown: Vec<&str> = unknown.unknown().map(|field| &*field.key).collect();
        assert_eq!(unknown, ["mood", "itunes.mood", "audio.wav"]);
    }

    #[test]
    fn no_key_stands_twice_in_the_table() {
        let ours = OWN.iter().copied();
        let names: Vec<&str> = FOREIGN.iter().map(|foreign| foreign.key).chain(ours).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(names[..at].iter().all(|earlier| !alike(earlier, name)), "{name}");
        }
    }
}
