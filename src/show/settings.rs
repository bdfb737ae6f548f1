//! `onair.toml`: what is true of the whole show.
//!
//! Every key is documented where it is declared; `docs/settings.md` is the host's view of the same.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use super::namespace::{self, Element};
use super::sound_settings::SoundSettings;
use super::source::{Source, Span};
use super::{in_address, with_slash};
use crate::model::object::Key;

/// The settings' file, in the show's folder.
pub const FILE: &str = "onair.toml";

/// Settings as the host wrote them, checked for shape.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The show itself.
    pub show: ShowSettings,
    /// Pages and feed.
    pub site: SiteSettings,
    /// The audio as published.
    #[serde(default)]
    pub media: MediaSettings,
    /// Where a release goes unless `--target` says otherwise.
    #[serde(default)]
    pub target: TargetSettings,
    /// ID3 tags.
    #[serde(default)]
    pub tags: TagSettings,
    /// What is expected of the sound.
    #[serde(default)]
    pub sound: SoundSettings,
    /// A rule's severity, by its id.
    #[serde(default)]
    pub rules: BTreeMap<Spanned<String>, Spanned<RuleSetting>>,
    /// Findings that are known and accepted.
    #[serde(default)]
    pub allow: Vec<Allowance>,
}

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
    pub links: BTreeMap<String, String>,
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
    /// Read chapters from time-coded lines of the notes.
    #[serde(default)]
    pub chapters_from_notes: bool,
}

/// `[show.owner]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// A name.
    pub name: String,
    /// An e-mail address; it stands in the feed for all to see.
    pub email: String,
}

/// `[show.funding]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funding {
    /// The page.
    pub url: String,
    /// What the link says.
    pub text: String,
}

/// An entry of `show.hosts`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(untagged)]
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
    pub feed_limit: Option<u32>,
    /// Where the feed has moved to (`itunes:new-feed-url`).
    pub new_feed_url: Option<Spanned<String>>,
    /// A file of elements that the feed has and onair has no key for, put back into it.
    pub extra: Option<Spanned<String>>,
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
#[derive(Debug, Clone, Default, Deserialize)]
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
const MEDIA: [&str; 9] =
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

/// Why settings could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SettingsError {
    /// Where in the file.
    pub span: Span,
    /// What is wrong, and what was expected.
    pub reason: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Settings {
    /// Reads settings from the text of `onair.toml`.
    ///
    /// # Errors
    /// [`SettingsError`] for the first thing that is wrong: syntax, an unknown key, a key that is
    /// missing or of the wrong type, a zone, address or path that cannot be.
    pub fn parse(source: &Source) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(&source.text).map_err(|error| {
            let message = error.message().trim_end().to_owned();
            let help = unknown_key(&message);
            SettingsError { span: error.span().unwrap_or(0..0), reason: message, help }
        })?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let zone = &self.show.time_zone;
        if TimeZone::get(zone.get_ref()).is_err() {
            let reason = format!("`{}` is not a time zone", zone.get_ref());
            return Err(wrong(zone, reason, "use an IANA name, as in `Europe/Paris`"));
        }
        let urls = [
            Some(&self.site.url),
            self.media.url.as_ref(),
            self.site.new_feed_url.as_ref(),
            self.site.hub.as_ref(),
            self.site.podping.as_ref(),
        ];
        for url in urls.into_iter().flatten().chain(&self.media.tracking) {
            let text = url.get_ref();
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            let plain = text
                .chars()
                .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '?' | '#'));
            if !plain || host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
                let reason = format!("`{text}` is not a web address");
                return Err(wrong(
                    url,
                    reason,
                    "an address starts with `https://` and has no spaces, `?` or `#`",
                ));
            }
        }
        let paths = [
            self.site.path.as_ref(),
            Some(&self.site.feed),
            Some(&self.site.pages),
            self.site.templates.as_ref(),
            self.site.extra.as_ref(),
            self.media.path.as_ref(),
            self.media.folder.as_ref(),
            self.tags.cover.as_ref(),
            Some(&self.show.artwork),
        ];
        for path in paths.into_iter().flatten() {
            if !super::is_inside(path.get_ref()) {
                let reason = format!("`{}` is not a path inside the show's folder", path.get_ref());
                return Err(wrong(
                    path,
                    reason,
                    "write it relative to the folder of onair.toml, without `..`",
                ));
            }
        }
        let medium = self.show.medium.get_ref();
        if !is_medium(medium) {
            let reason = format!("`{medium}` is no medium of the podcast namespace");
            return Err(wrong(&self.show.medium, reason, &format!("one of {}", MEDIA.join(", "))));
        }
        self.namespace_elements()?;
        if let Some((span, reason, help)) = self.sound.impossible() {
            return Err(SettingsError { span, reason, help: Some(help.to_owned()) });
        }
        if let Some(accent) = &self.site.theme.accent {
            let digits = accent.get_ref().strip_prefix('#').unwrap_or_default();
            let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !hex || !matches!(digits.len(), 3 | 6) {
                let reason = format!("`{}` is not a colour", accent.get_ref());
                return Err(wrong(accent, reason, "write it in hexadecimal, as in `#b02e17`"));
            }
        }
        if self.site.feed_limit == Some(0) {
            let reason = "a feed of no episodes is of no use".to_owned();
            return Err(SettingsError {
                span: 0..0,
                reason,
                help: Some("leave `site.feed-limit` out to list all".to_owned()),
            });
        }
        self.check_mapping()
    }

    /// The elements of the podcast namespace that the settings give as they are.
    ///
    /// # Errors
    /// [`SettingsError`] for one that cannot be read.
    pub fn namespace_elements(&self) -> Result<Vec<Element>, SettingsError> {
        let show = &self.show;
        let given =
            [("license", &show.license), ("location", &show.location), ("value", &show.value)];
        let mut elements = Vec::new();
        for (key, value) in given.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
            let read = namespace::of_setting(key, value.get_ref(), value.span());
            elements.extend(read.map_err(|fault| SettingsError {
                span: fault.span,
                reason: format!("`{key}`: {}", fault.reason),
                help: Some(fault.expected.to_owned()),
            })?);
        }
        Ok(elements)
    }

    /// The zone that dates without an offset are in.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(self.show.time_zone.get_ref()).unwrap_or(TimeZone::UTC)
    }

    /// The address that pages and feed stand under, with a `/` at its end.
    pub fn site_url(&self) -> String {
        with_slash(self.site.url.get_ref())
    }

    /// The feed's own address.
    pub fn feed_url(&self) -> String {
        format!("{}{}", self.site_url(), in_address(self.site.feed.get_ref()))
    }

    /// Where everybody finds what stands at `key` in the target, if anywhere.
    pub fn public_url(&self, key: &Key) -> Option<String> {
        let media = (self.media_prefix(), self.media_url());
        let site = (self.site_prefix(), self.site_url());
        [media, site].into_iter().find_map(|(prefix, url)| {
            let rest = key.as_str().strip_prefix(&prefix)?;
            Some(format!("{url}{}", in_address(rest)))
        })
    }

    /// The whole address of an enclosure: tracking prefixes, then the file's own address, without
    /// its scheme behind a prefix that wants none.
    pub fn enclosure_url(&self, file: &str) -> String {
        let own = format!("{}{file}", self.media_url());
        self.media.tracking.iter().rev().fold(own, |inner, prefix| {
            // A prefix may end with the scheme of what follows: `https://op3.dev/e/https://`.
            let prefix = match prefix.get_ref() {
                whole if whole.ends_with("://") => whole.clone(),
                part => with_slash(part),
            };
            // OP3 keeps the scheme of a plain-http address only; Podtrac and others want none.
            let bare = inner.strip_prefix("https://").unwrap_or(&inner);
            format!("{prefix}{bare}")
        })
    }

    /// An enclosure's address without the tracking prefixes of these settings: asking there counts
    /// as nobody's download.
    pub fn without_tracking(&self, enclosure: &str) -> String {
        match enclosure.strip_prefix(&self.enclosure_url("")) {
            Some(file) => format!("{}{file}", self.media_url()),
            None => enclosure.to_owned(),
        }
    }

    /// The folder of MP3s in the show's folder.
    pub fn audio_folder(&self) -> &str {
        self.media.folder.as_ref().map_or("audio", |folder| folder.get_ref())
    }

    /// The target's address.
    pub fn target_url(&self) -> &str {
        self.target.url.as_ref().map_or("public", |url| url.get_ref())
    }
}

fn wrong(value: &Spanned<String>, reason: String, help: &str) -> SettingsError {
    SettingsError { span: value.span(), reason, help: Some(help.to_owned()) }
}

/// From "unknown field `x`, expected one of `a`, `b`": the nearest of them.
fn unknown_key(message: &str) -> Option<String> {
    let (unknown, expected) = message.strip_prefix("unknown field `")?.split_once('`')?;
    let candidates: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let nearest = super::words::nearest(unknown, &candidates)?;
    Some(format!("did you mean `{nearest}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[show]
title = "A"
description = "B"
author = "C"
language = "fr"
time-zone = "Europe/Paris"
category = ["News", "Tech News"]
artwork = "img/artwork.png"
[site]
url = "https://show.example/web"
path = "web"
"#;

    fn parse(text: &str) -> Result<Settings, SettingsError> {
        Settings::parse(&Source::new(FILE, text))
    }

    #[test]
    fn addresses_and_keys() {
        let settings = parse(GOOD).unwrap();
        assert_eq!(settings.feed_url(), "https://show.example/web/podcasts/feed.xml");
        assert_eq!(settings.enclosure_url("1.mp3"), "https://show.example/media/1.mp3");
        assert_eq!(
            (settings.site_prefix().as_str(), settings.media_prefix().as_str()),
            ("web/", "media/")
        );
        assert_eq!(settings.show.category.get_ref().paths(), [("News", Some("Tech News"))]);
        assert_eq!(settings.target_url(), "public");
    }

    #[test]
    fn tracking_prefixes_stand_before_the_file_s_own_address() {
        let text = format!(
            "{GOOD}[media]\ntracking = [\"https://op3.dev/e/\", \"https://dts.podtrac.com/redirect.mp3\"]\n"
        );
        let url = parse(&text).unwrap().enclosure_url("1.mp3");
        assert_eq!(url, "https://op3.dev/e/dts.podtrac.com/redirect.mp3/show.example/media/1.mp3");
        let own = parse(&text).unwrap().without_tracking(&url);
        assert_eq!(own, "https://show.example/media/1.mp3");
        let elsewhere = "https://old.example/1.mp3";
        assert_eq!(parse(&text).unwrap().without_tracking(elsewhere), elsewhere);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let place = |text: &str| {
            let error = parse(text).unwrap_err();
            format!(
                "{}: {} ({})",
                &text[error.span.clone()],
                error.reason,
                error.help.unwrap_or_default()
            )
        };
        assert!(place(&GOOD.replace("author", "autor")).contains("did you mean `author`?"));
        assert_eq!(
            place(&GOOD.replace("Europe/Paris", "Paris")),
            "\"Paris\": `Paris` is not a time zone (use an IANA name, as in `Europe/Paris`)"
        );
        assert!(place(&GOOD.replace("img/artwork.png", "../x.png")).contains("not a path inside"));
        assert!(
            place(&GOOD.replace("https://show.example/web", "ftp://x"))
                .contains("not a web address")
        );
        assert!(place(&GOOD.replace("language = \"fr\"", "language = 3")).starts_with("3: "));
        let themed = |theme: &str| place(&format!("{GOOD}[site.theme]\n{theme}\n"));
        assert_eq!(
            themed("accent = \"red\""),
            "\"red\": `red` is not a colour (write it in hexadecimal, as in `#b02e17`)"
        );
        assert!(themed("acent = \"#fff\"").contains("did you mean `accent`?"));
    }
}
