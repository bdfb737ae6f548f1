//! `onair.toml`: what is true of the whole show.
//!
//! Every key is documented where it is declared, in `tables`; `docs/settings.md` is the host's view of
//! the same.

mod tables;
mod words;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use tables::is_medium;
pub use tables::{
    Allowance, Categories, Funding, Host, Id3Version, MediaSettings, Owner, PageName, RuleSetting,
    ShowKind, ShowSettings, SiteSettings, TagSettings, TargetSettings, ThemeFont, ThemeScheme,
    ThemeSettings,
};

use super::addresses::web_address;
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

/// The texts of all settings but `[[allow]]` together, in bytes: many of them stand again on every page.
const MOST_TEXT: usize = 64 << 10;
/// So many hosts, links and tracking prefixes.
const MOST_LISTED: usize = 100;

/// Why settings could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SettingsError {
    /// Where in the file.
    pub span: Span,
    /// What is wrong, and what was expected.
    pub reason: String,
    /// How to fix it.
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
            let span = error.span().unwrap_or(0..0);
            let value = source.text.get(span.clone()).unwrap_or_default();
            let (reason, help) = words::in_words(error.message(), value);
            SettingsError { span, reason, help }
        })?;
        settings.check()?;
        if let Some(span) = too_much(&source.text) {
            let reason = format!("the texts of {FILE} are longer than {} KiB", MOST_TEXT >> 10);
            let help = "most of them stand again on every page: keep long ones in notes and files";
            return Err(SettingsError { span, reason, help: Some(help.to_owned()) });
        }
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
        // An empty site.url was not thought of yet: the checks say so, and nothing is released.
        let said = |url: &&Spanned<String>| {
            url.span() != self.site.url.span() || !url.get_ref().is_empty()
        };
        for url in urls.into_iter().flatten().chain(&self.media.tracking).filter(said) {
            let text = url.get_ref();
            if web_address(text).is_err() || text.contains(['?', '#']) {
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
            return Err(wrong(
                &self.show.medium,
                reason,
                &format!("one of {}", tables::MEDIA.join(", ")),
            ));
        }
        for (count, key) in [
            (self.show.hosts.len(), "show.hosts"),
            (self.show.links.len(), "show.links"),
            (self.media.tracking.len(), "media.tracking"),
        ] {
            if count > MOST_LISTED {
                let reason = format!("`{key}` lists {count}; the limit is {MOST_LISTED}");
                let help = Some("each of them stands again with every episode".to_owned());
                return Err(SettingsError { span: 0..0, reason, help });
            }
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
        if let Some(after) = &self.tags.after
            && let Err(trouble) = super::date::date(after.get_ref())
        {
            let help = "write it as an episode's `date`: `2024-05-02 07:00:00 +0200`";
            return Err(wrong(after, format!("`tags.after`: {}", trouble.reason), help));
        }
        self.check_mapping()
    }

    /// The elements of the podcast namespace that the settings give as they are.
    ///
    /// # Errors
    /// [`SettingsError`] for one that cannot be read.
    pub fn namespace_elements(&self) -> Result<Vec<Element>, SettingsError> {
        let show = &self.show;
        let given = [
            &show.license,
            &show.location,
            &show.value,
            &show.chat,
            &show.txt,
            &show.podroll,
            &show.publisher,
        ];
        let mut elements = Vec::new();
        for (key, value) in namespace::SHOW_KEYS.into_iter().zip(given) {
            let Some(value) = value else { continue };
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

    /// Whether an episode's MP3 is published with a tag of onair's, and not byte for byte as it is.
    pub fn writes_tag(&self, episode: &super::Episode) -> bool {
        let TagSettings { write, after, .. } = &self.tags;
        let instant = |date: &super::date::WrittenDate| date.at(&self.zone()).timestamp();
        let after = after.as_ref().and_then(|after| super::date::date(after.get_ref()).ok());
        let is_later = |after| episode.date.value().is_none_or(|date| instant(date) > after);
        *write && after.as_ref().map(instant).is_none_or(is_later)
    }

    /// Whether some MP3s are published byte for byte.
    pub fn publishes_as_it_is(&self) -> bool {
        !self.tags.write || self.tags.after.is_some()
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
        self.tracked(&format!("{}{file}", self.media_url()))
    }

    /// The tracking prefixes as they stand before an address of https.
    pub fn tracking(&self) -> String {
        self.tracked("")
    }

    fn tracked(&self, own: &str) -> String {
        self.media.tracking.iter().rev().fold(own.to_owned(), |inner, prefix| {
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

/// The longest text of settings that hold more of it than they may.
fn too_much(text: &str) -> Option<Span> {
    if text.len() <= MOST_TEXT {
        return None;
    }
    let table = DeTable::parse(text).ok()?;
    let own = table.get_ref().iter().filter(|(key, _)| key.get_ref() != "allow");
    let mut values: Vec<&Spanned<DeValue<'_>>> = own.map(|(_, value)| value).collect();
    let (mut held, mut longest) = (0, 0..0);
    while let Some(value) = values.pop() {
        match value.get_ref() {
            DeValue::String(text) => {
                held += text.len();
                if value.span().len() > longest.len() {
                    longest = value.span();
                }
            }
            DeValue::Array(inside) => values.extend(inside.iter()),
            DeValue::Table(inside) => {
                held += inside.keys().map(|key| key.get_ref().len()).sum::<usize>();
                values.extend(inside.values());
            }
            _ => {}
        }
    }
    (held > MOST_TEXT).then_some(longest)
}

fn wrong(value: &Spanned<String>, reason: String, help: &str) -> SettingsError {
    SettingsError { span: value.span(), reason, help: Some(help.to_owned()) }
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
    fn what_stands_on_every_page_is_bounded() {
        let long = "x".repeat(40 << 10);
        let author = format!("author = \"{long}\"");
        assert!(parse(&GOOD.replace("author = \"C\"", &author)).is_ok());
        let both = GOOD.replace("author = \"C\"", &format!("{author}\ncopyright = \"{long}\""));
        let error = parse(&both).unwrap_err();
        assert_eq!(error.reason, "the texts of onair.toml are longer than 64 KiB");
        assert!(both[error.span].starts_with("\"xxx"));
        // Thousands of episodes may each have something that is known and accepted.
        let allowed =
            format!("[[allow]]\nrule = \"owner\"\nepisode = \"1.md\"\nreason = \"{long}\"\n")
                .repeat(3);
        assert!(parse(&format!("{GOOD}{allowed}")).is_ok());
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
