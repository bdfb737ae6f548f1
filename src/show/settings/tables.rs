//! The tables of `onair.toml`, and what stands for a key that is left out.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde::Deserialize;
use toml::Spanned;

/// `[show]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShowSettings {
    /// The show's name.
    pub title: Spanned<String>,
    /// One line under the name.
    pub subtitle: Option<String>,
    /// What the show is about; at most 4,000 bytes.
    pub description: Spanned<String>,
    /// Who makes the show.
    pub author: Spanned<String>,
    /// Whom a platform may write to.
    pub owner: Option<Owner>,
    /// ISO 639 code: `fr`, `en-us`.
    pub language: Spanned<String>,
    /// The IANA zone that dates without an offset are in: `Europe/Paris`.
    #[serde(default = "utc")]
    pub time_zone: Spanned<String>,
    /// Apple's category, or `[category, subcategory]`; several as a list of these.
    pub category: Spanned<Categories>,
    /// Square JPEG or PNG of 1,400 to 3,000 pixels: a path in the show's folder.
    pub artwork: Spanned<String>,
    /// `episodic` (newest first) or `serial` (in order).
    #[serde(default, rename = "type")]
    pub kind: ShowKind,
    /// Whether the show holds explicit language.
    #[serde(default)]
    pub explicit: bool,
    /// Who holds the rights.
    pub copyright: Option<String>,
    /// The show's id at Apple Podcasts: the digits behind `id` in its address.
    pub apple_id: Option<Spanned<u64>>,
    /// The storefront whose pages are linked.
    #[serde(default = "us")]
    pub apple_country: Spanned<String>,
    /// The value that Apple asks for to verify ownership (`podcast:txt`).
    pub apple_verify: Option<String>,
    /// The show's `podcast:guid`, a UUID. It is derived from the feed's address unless given, and
    /// must be given before that address changes.
    pub guid: Option<Spanned<String>>,
    /// Whether other platforms may import the feed (`podcast:locked`).
    #[serde(default = "yes")]
    pub locked: bool,
    /// Where listeners can support the show.
    pub funding: Option<Funding>,
    /// How often episodes appear, in words (`podcast:updateFrequency`).
    pub update_frequency: Option<String>,
    /// Who hosts every episode.
    #[serde(default)]
    pub hosts: Vec<Host>,
    /// Addresses of the show elsewhere, by name: `spotify = "https://…"`.
    #[serde(default)]
    pub links: BTreeMap<String, Spanned<String>>,
    /// Whether directories are to leave the show out (`itunes:block`).
    #[serde(default)]
    pub block: bool,
    /// Whether no more episodes will come (`itunes:complete`).
    #[serde(default)]
    pub complete: bool,
    /// What the feed holds (`podcast:medium`): `podcast` unless given.
    #[serde(default = "podcast")]
    pub medium: Spanned<String>,
    /// The show's licence (`podcast:license`): an SPDX id, or `name` and `url`.
    pub license: Option<Spanned<toml::Value>>,
    /// The places that the show is about or made in (`podcast:location`).
    pub location: Option<Spanned<toml::Value>>,
    /// Whom listeners' payments go to (`podcast:value`).
    pub value: Option<Spanned<toml::Value>>,
    /// Where listeners talk (`podcast:chat`).
    pub chat: Option<Spanned<toml::Value>>,
    /// Texts that services ask for (`podcast:txt`).
    pub txt: Option<Spanned<toml::Value>>,
    /// Shows that this one recommends (`podcast:podroll`).
    pub podroll: Option<Spanned<toml::Value>>,
    /// The feed of who publishes the show (`podcast:publisher`).
    pub publisher: Option<Spanned<toml::Value>>,
    /// Read chapters from time-coded lines of the notes.
    #[serde(default)]
    pub chapters_from_notes: bool,
}

/// `[show.owner]`
#[derive(Debug, Clone, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table, as in `{ name = \"Ada Quay\", email = \"ada@show.example\" }`,"
)]
pub struct Owner {
    /// A name.
    pub name: Spanned<String>,
    /// An e-mail address; it stands in the feed for all to see.
    pub email: Spanned<String>,
}

/// `[show.funding]`
#[derive(Debug, Clone, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table, as in `{ url = \"https://…\", text = \"Support the show\" }`,"
)]
pub struct Funding {
    /// The page.
    pub url: Spanned<String>,
    /// What the link says.
    pub text: String,
}

/// An entry of `show.hosts`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table, as in `{ name = \"Ada Quay\" }`,")]
pub struct Host {
    /// A name.
    pub name: String,
    /// A page about the host.
    pub link: Option<String>,
    /// A picture.
    pub image: Option<String>,
}

/// `show.category` in its three forms.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "a category is a text or a list: `\"News\"`, `[\"News\", \"Tech News\"]`"
)]
pub enum Categories {
    /// `"Technology"`
    One(String),
    /// `["Society & Culture", "Documentary"]`
    Path(Vec<String>),
    /// `[["News", "Tech News"], ["Education"]]`
    Many(Vec<Vec<String>>),
}

impl Categories {
    /// Each category with its subcategory, in order.
    pub fn paths(&self) -> Vec<(&str, Option<&str>)> {
        match self {
            Self::One(name) => vec![(name.as_str(), None)],
            Self::Path(path) => split_path(path).into_iter().collect(),
            Self::Many(paths) => paths.iter().filter_map(|path| split_path(path)).collect(),
        }
    }

    /// Names that are left out: a category has one subcategory at most.
    pub fn left_out(&self) -> Vec<&str> {
        let paths = match self {
            Self::One(_) => &[][..],
            Self::Path(path) => std::slice::from_ref(path),
            Self::Many(paths) => paths,
        };
        paths.iter().flat_map(|path| path.iter().skip(2)).map(String::as_str).collect()
    }
}

fn split_path(path: &[String]) -> Option<(&str, Option<&str>)> {
    Some((path.first()?.as_str(), path.get(1).map(String::as_str)))
}

/// `show.type`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShowKind {
    /// Newest first, any order of listening.
    #[default]
    Episodic,
    /// From the first to the last.
    Serial,
}

/// `[site]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SiteSettings {
    /// The public address under which pages and feed stand: `https://show.example/web`.
    pub url: Spanned<String>,
    /// Where that address points to in the target; nothing for its root.
    #[serde(default)]
    pub path: Option<Spanned<String>>,
    /// The feed's place below `url`.
    #[serde(default = "feed_path")]
    pub feed: Spanned<String>,
    /// The folder of episode pages below `url`.
    #[serde(default = "pages_path")]
    pub pages: Spanned<String>,
    /// What names the folder of an episode's page: its `file`, or its `number`.
    #[serde(default)]
    pub page_name: PageName,
    /// Whether the addresses of pages end in `index.html`, as every store serves them; a server that
    /// adds it itself needs none.
    #[serde(default = "yes")]
    pub index_html: bool,
    /// How many episodes the feed lists; older ones go to archive pages. All unless given.
    pub feed_limit: Option<NonZeroU32>,
    /// Where the feed has moved to (`itunes:new-feed-url`).
    pub new_feed_url: Option<Spanned<String>>,
    /// A file of elements that the feed has and onair has no key for, put back into it.
    pub extra: Option<Spanned<String>>,
    /// Whether each episode without a `social-background` gets a card, drawn from artwork and title, for
    /// networks to show. A show of very many episodes gets them only if this says so.
    pub cards: Option<bool>,
    /// A folder of templates in the show's folder that replace onair's own, one by one.
    pub templates: Option<Spanned<String>>,
    /// A WebSub hub: the feed names it, and a release tells it.
    pub hub: Option<Spanned<String>>,
    /// The address of Podping's HTTP API, which a release tells: `https://podping.cloud/`.
    pub podping: Option<Spanned<String>>,
    /// Colour, type and corners of the pages.
    #[serde(default)]
    pub theme: ThemeSettings,
    /// Words of the pages, by name, in place of onair's or beside them.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// `site.page-name`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageName {
    /// `episode_109` of `episode_109.md`
    #[default]
    File,
    /// `109`
    Number,
}

/// `[site.theme]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ThemeSettings {
    /// The colour of links and buttons, `#b02e17`; taken from the artwork unless given.
    pub accent: Option<Spanned<String>>,
    /// The type of texts and headings.
    pub font: Option<ThemeFont>,
    /// How round corners are, in pixels.
    pub corners: Option<u8>,
    /// Light or dark for everybody; as each listener's device has it unless given.
    pub scheme: Option<ThemeScheme>,
}

/// `site.theme.font`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeFont {
    /// With serifs, as books have them.
    Serif,
    /// Without, as the device's own.
    Sans,
    /// Round and friendly, where the device has such a one.
    Round,
    /// Of one width, as typewriters.
    Mono,
}

/// `site.theme.scheme`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeScheme {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

/// `[media]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MediaSettings {
    /// What stands before a file's name in an enclosure's address, tracking prefixes left out;
    /// below `site.url` unless given.
    pub url: Option<Spanned<String>>,
    /// Where that address points to in the target; `media` unless given.
    pub path: Option<Spanned<String>>,
    /// Tracking prefixes, outermost first: `["https://op3.dev/e/"]`.
    #[serde(default)]
    pub tracking: Vec<Spanned<String>>,
    /// The folder of MP3s in the show's folder; `audio` unless given.
    pub folder: Option<Spanned<String>>,
}

/// `[target]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetSettings {
    /// A directory, or `s3://bucket/prefix`; `public` unless given.
    pub url: Option<Spanned<String>>,
    /// The bucket's region.
    pub region: Option<String>,
    /// The address of an S3-compatible store.
    pub endpoint: Option<String>,
    /// Whether the bucket stands in the path of requests, as some stores want it.
    pub path_style: Option<bool>,
    /// The AWS profile to use.
    pub profile: Option<String>,
    /// The CloudFront distribution in front of the bucket.
    pub cloudfront: Option<String>,
}

/// `[tags]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TagSettings {
    /// The ID3 version; 2.3 unless given, which more readers get right.
    #[serde(default)]
    pub version: Id3Version,
    /// The genre; `Podcast` unless given.
    pub genre: Option<String>,
    /// Who publishes the show; the author unless given.
    pub publisher: Option<String>,
    /// The cover in every tag: a path in the show's folder; the artwork unless given.
    pub cover: Option<Spanned<String>>,
    /// Whether MP3s are published with a tag of onair's; without one, they are published byte for byte.
    #[serde(default = "yes")]
    pub write: bool,
    /// Episodes of this date and of earlier ones are published byte for byte.
    pub after: Option<Spanned<String>>,
}

impl Default for TagSettings {
    fn default() -> Self {
        Self {
            version: Id3Version::default(),
            genre: None,
            publisher: None,
            cover: None,
            write: true,
            after: None,
        }
    }
}

/// `tags.version`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Id3Version {
    /// ID3v2.3
    #[default]
    #[serde(rename = "2.3")]
    V23,
    /// ID3v2.4
    #[serde(rename = "2.4")]
    V24,
}

/// A rule's severity as a host sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSetting {
    /// A release stops.
    Error,
    /// A release goes on.
    Warning,
    /// For information.
    Note,
    /// Not reported.
    Off,
}

/// `[[allow]]`: one finding of one episode that is known and accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// The rule's id.
    pub rule: Spanned<String>,
    /// The episode's file, without folder: `episode_023.md`.
    pub episode: Spanned<String>,
    /// Why it is accepted.
    pub reason: String,
}

fn utc() -> Spanned<String> {
    Spanned::new(0..0, "UTC".to_owned())
}

fn us() -> Spanned<String> {
    Spanned::new(0..0, "us".to_owned())
}

fn podcast() -> Spanned<String> {
    Spanned::new(0..0, "podcast".to_owned())
}

/// Podcast namespace 1.0, "medium"; each may have an `L` behind it, for a list.
pub(super) const MEDIA: [&str; 9] =
    ["podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course"];

/// Whether this is a medium of the podcast namespace.
pub fn is_medium(medium: &str) -> bool {
    MEDIA.contains(&medium.strip_suffix('L').unwrap_or(medium)) || medium == "mixed"
}

fn yes() -> bool {
    true
}

fn feed_path() -> Spanned<String> {
    Spanned::new(0..0, "podcasts/feed.xml".to_owned())
}

fn pages_path() -> Spanned<String> {
    Spanned::new(0..0, "podcasts".to_owned())
}
