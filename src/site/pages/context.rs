//! What templates are given. `docs/templates.md` is the host's view of the same.
//!
//! Texts are plain and escaped by the template; fields that end in `_html` are clean HTML.
//! Addresses within the site are site paths as links have them ([`Addresses::link`]), to be put behind
//! `root`.

use minijinja::Value;
use serde::Serialize;

use super::groups::{self, GroupLink};
use super::pictures::Pictures;
use super::transcripts::{self, Paragraph};
use super::{beside, times};
use crate::model::waveform::Waveform;
use crate::show::Settings;
use crate::show::page::{ABOUT, ARCHIVE, HOME};
use crate::show::settings::ThemeScheme;
use crate::site::address::Addresses;
use crate::site::apps::Link;
use crate::site::item::Item;
use crate::site::lang::{self, Language};
use crate::site::people::{self, Credit};
use crate::site::{apple, apps, chapters, chapters_path, text, transcript, transcript_path};

/// What all pages are made with.
pub(super) struct Frame<'a> {
    pub(super) settings: &'a Settings,
    pub(super) addresses: &'a Addresses,
    pub(super) language: &'a Language,
    pub(super) pictures: &'a Pictures,
}

/// `show`: the same on every page.
#[derive(Debug, Serialize)]
pub(super) struct Show {
    title: String,
    subtitle: Option<String>,
    description: String,
    author: String,
    language: String,
    copyright: Option<String>,
    /// The public address of the site.
    url: String,
    /// The public address of the feed.
    feed_url: String,
    /// The feed's site path.
    feed: String,
    /// The site path of the JSON Feed.
    json_feed: String,
    /// The site paths of pages that every page leads to.
    paths: Paths,
    /// The artwork's site path, and its public address.
    artwork: String,
    artwork_url: String,
    /// The artwork in its sizes.
    picture: Value,
    /// Site paths of icons made of the artwork.
    icon: Option<String>,
    touch_icon: Option<String>,
    /// `ltr` or `rtl`.
    direction: &'static str,
    /// `light` or `dark`, if settings say so.
    scheme: Option<&'static str>,
    /// Where else the show is, Apple first, the feed left out.
    links: Vec<Link>,
    /// Apps that follow any show by its feed, where `links` does not name them.
    apps: Vec<Link>,
    /// Whether there are pages of these.
    has_guests: bool,
    has_topics: bool,
    hosts: Vec<Person>,
    funding: Option<Link>,
}

#[derive(Debug, Serialize)]
struct Paths {
    home: String,
    archive: String,
    topics: String,
    guests: String,
    about: String,
}

#[derive(Debug, Serialize)]
struct Person {
    name: String,
    url: Option<String>,
    image: Option<String>,
}

impl Show {
    pub(super) fn new(frame: &Frame<'_>, hosts: &[Credit], groups: &groups::Groups) -> Self {
        let Frame { settings, addresses, language, pictures } = *frame;
        let show = &settings.show;
        let artwork = addresses.artwork(settings);
        let artwork_url = addresses.url(artwork);
        let icons = pictures.icons();
        Self {
            title: show.title.get_ref().trim().to_owned(),
            subtitle: show.subtitle.clone(),
            description: show.description.get_ref().trim().to_owned(),
            author: show.author.get_ref().clone(),
            language: show.language.get_ref().clone(),
            copyright: show.copyright.clone(),
            url: addresses.site_url().to_owned(),
            feed_url: settings.feed_url(),
            feed: addresses.link(addresses.feed()),
            json_feed: addresses.link(&beside::json_feed_path(addresses)),
            paths: Paths {
                home: addresses.link(HOME),
                archive: addresses.link(ARCHIVE),
                topics: addresses.link("topics/index.html"),
                guests: addresses.link("guests/index.html"),
                about: addresses.link(ABOUT),
            },
            picture: pictures.at(&artwork_url),
            icon: icons.map(|(icon, _)| icon.to_owned()),
            touch_icon: icons.map(|(_, icon)| icon.to_owned()),
            direction: language.direction(),
            scheme: settings.site.theme.scheme.map(|scheme| match scheme {
                ThemeScheme::Light => "light",
                ThemeScheme::Dark => "dark",
            }),
            has_guests: !groups.guests.is_empty(),
            has_topics: !groups.topics.is_empty(),
            artwork: addresses.link(artwork),
            artwork_url,
            links: apps::links(settings),
            apps: apps::derived(settings),
            hosts: hosts
                .iter()
                .map(|host| Person {
                    name: host.name.clone(),
                    url: host.href.clone(),
                    image: host.img.clone(),
                })
                .collect(),
            funding: show.funding.as_ref().and_then(|funding| {
                Some(Link::new(&funding.text, people::web(funding.url.get_ref())?))
            }),
        }
    }
}

/// An episode in a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    /// Its page's site path.
    path: String,
    title: String,
    subtitle: Option<String>,
    /// The start of the short text, where there is no subtitle.
    summary: String,
    number: Option<u32>,
    kind: &'static str,
    /// `2022-05-27`
    date: String,
    /// `27 mai 2022`
    date_text: String,
    /// `27 mai`
    day_text: String,
    duration_text: String,
    guid: String,
    /// The enclosure.
    audio_url: String,
    /// Of playing time.
    seconds: u64,
    /// The episode's own picture, where it has one.
    picture: Option<Value>,
}

impl Row {
    pub(super) fn new(item: &Item<'_>, frame: &Frame<'_>) -> Self {
        let Frame { addresses, language, .. } = *frame;
        let date = item.entry.published.date();
        Self {
            path: addresses.link(&item.page),
            title: item.entry.title.to_owned(),
            subtitle: item.subtitle.map(str::to_owned),
            summary: match *item.summary == *item.entry.title {
                // Where there is no text about it, its title is enough said once.
                true => String::new(),
                false => text::cut(&item.summary, 200),
            },
            number: item.entry.given.episode.number.value().copied(),
            kind: item.episode_type().as_str(),
            date: date.to_string(),
            date_text: language.date(date),
            day_text: language.day(date),
            duration_text: language.playing_time(item.seconds()),
            guid: item.entry.guid.0.clone(),
            audio_url: item.entry.enclosure_url.0.clone(),
            seconds: item.seconds(),
            picture: item.image.as_deref().map(|url| frame.pictures.at(url)),
        }
    }
}

/// `episode`: everything that its page says of it.
#[derive(Debug, Serialize)]
pub(super) struct Episode {
    #[serde(flatten)]
    row: Row,
    season: Option<u32>,
    explicit: bool,
    author: Option<String>,
    guid: String,
    /// The date for machines, with time and offset.
    published: String,
    description_html: String,
    guest_html: String,
    notes_html: String,
    people: Vec<Credited>,
    links: Vec<Link>,
    /// The page's public address.
    url: String,
    /// This and the playing time: empty where they are not known.
    size_text: String,
    audio_type: String,
    audio_kind: &'static str,
    /// The playing time as players show it.
    clock: String,
    /// How loud it is from start to end, a digit to the base of 36 for each bar; empty if that is not
    /// known.
    peaks: String,
    iso_duration: String,
    /// The episode at Apple Podcasts, and the player to embed.
    apple_url: Option<String>,
    apple_embed_url: Option<String>,
    chapters: Vec<Chapter>,
    /// Their starts (in seconds) and titles as JSON, for the player.
    chapters_json: String,
    /// The chapter list's site path.
    chapters_path: Option<String>,
    transcripts: Vec<Transcript>,
    /// The site path of its season's page.
    season_path: Option<String>,
    topics: Vec<GroupLink>,
    guests: Vec<GroupLink>,
    /// The page as Markdown: a site path.
    markdown_path: String,
    /// What describes its embedded player: an address.
    oembed_url: String,
    /// The address of that player.
    embed_url: String,
    next: Option<Row>,
    previous: Option<Row>,
    related: Vec<Row>,
}

/// A transcript in one language.
#[derive(Debug, Serialize)]
struct Transcript {
    /// ISO 639 code, where it is not the show's.
    language: Option<String>,
    /// `ltr` or `rtl`.
    direction: &'static str,
    /// What stands before `t=` in the anchors of its lines: empty for the first.
    anchor: String,
    /// The file's site path.
    path: String,
    paragraphs: Vec<Paragraph>,
}

/// What stands around an episode.
#[derive(Default)]
pub(super) struct Around<'a> {
    pub(super) newer: Option<&'a Item<'a>>,
    pub(super) older: Option<&'a Item<'a>>,
    pub(super) related: Vec<&'a Item<'a>>,
    pub(super) groups: (Vec<GroupLink>, Vec<GroupLink>),
}

#[derive(Debug, Serialize)]
struct Credited {
    name: String,
    role: String,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Chapter {
    /// As a media fragment has it: `95.5`.
    seconds: String,
    clock: String,
    title: String,
    url: Option<String>,
    picture: Option<Value>,
}

impl Episode {
    pub(super) fn new(frame: &Frame<'_>, item: &Item<'_>, around: Around<'_>) -> Self {
        let Frame { settings, addresses, language, pictures } = *frame;
        let given = item.entry.given;
        let episode = given.episode;
        let show_language = settings.show.language.get_ref();
        Self {
            row: Row::new(item, frame),
            season: episode.season.value().copied(),
            explicit: *episode.explicit.value().unwrap_or(&settings.show.explicit),
            author: episode.author.value().cloned(),
            guid: item.entry.guid.0.clone(),
            published: item.entry.published.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            // Of several paragraphs, each a line of its own, within the one that the template writes.
            description_html: item
                .description
                .paragraphs()
                .iter()
                .map(|it| &**it)
                .collect::<Vec<_>>()
                .join("</p>\n<p>"),
            guest_html: item.guest.to_string(),
            notes_html: times::linked(&item.notes, &text::escape(&item.entry.enclosure_url.0)),
            people: item
                .credits
                .iter()
                .map(|credit| Credited {
                    name: credit.name.clone(),
                    role: credit.role.clone(),
                    url: credit.href.clone(),
                })
                .collect(),
            links: item.links.iter().map(|link| Link::new(&link.label, link.url.clone())).collect(),
            url: addresses.url(&item.page),
            size_text: language.size(given.audio.bytes),
            audio_type: item.entry.media_type().to_owned(),
            audio_kind: item.entry.kind(),
            clock: match item.seconds() {
                0 => String::new(),
                seconds => lang::clock(seconds),
            },
            peaks: given.audio.waveform.as_ref().map_or("", Waveform::as_str).to_owned(),
            iso_duration: lang::iso_duration(item.seconds()).unwrap_or_default(),
            apple_url: apple::episode_page(settings, episode),
            apple_embed_url: apple::episode_embed(settings, episode),
            chapters: chapters::listed(&given.chapters)
                .map(|chapter| Chapter {
                    seconds: lang::fragment(
                        u64::try_from(chapter.start.as_millis()).unwrap_or(u64::MAX),
                    ),
                    clock: lang::clock(chapter.start.as_secs()),
                    title: text::one_line(&chapter.title),
                    url: chapter.url.as_deref().and_then(people::web),
                    picture: chapter
                        .image
                        .as_deref()
                        .and_then(|image| addresses.given(image, &episode.source.path))
                        .map(|url| pictures.at(&url)),
                })
                .collect(),
            chapters_json: chapters_json(&given.chapters),
            chapters_path: (!given.chapters.is_empty())
                .then(|| addresses.link(&chapters_path(addresses, episode))),
            transcripts: transcript::by_language(&given.transcripts, show_language)
                .into_iter()
                .enumerate()
                .map(|(number, at)| {
                    let transcript::Transcript { file, language, .. } = &given.transcripts[at];
                    let other = language.as_deref();
                    let other = other.filter(|code| !code.eq_ignore_ascii_case(show_language));
                    Transcript {
                        language: other.map(str::to_owned),
                        direction: other.map_or(frame.language.direction(), lang::direction),
                        // Two transcripts of a page have lines of the same times.
                        anchor: if number == 0 {
                            String::new()
                        } else {
                            format!("{}-", number + 1)
                        },
                        path: addresses.link(&transcript_path(
                            addresses,
                            episode,
                            &given.transcripts,
                            at,
                        )),
                        paragraphs: transcripts::paragraphs(&file.cues),
                    }
                })
                .collect(),
            season_path: episode
                .season
                .value()
                .map(|&number| addresses.link(&groups::season_path(number))),
            topics: around.groups.0,
            guests: around.groups.1,
            markdown_path: addresses.link(&beside::markdown_path(addresses, episode)),
            oembed_url: addresses.url(&beside::oembed_path(addresses, episode)),
            embed_url: addresses.url(&beside::embed_path(addresses, episode)),
            next: around.newer.map(|item| Row::new(item, frame)),
            previous: around.older.map(|item| Row::new(item, frame)),
            related: around.related.into_iter().map(|item| Row::new(item, frame)).collect(),
        }
    }
}

/// `[[0,"Start"],[95.5,"On"]]`
fn chapters_json(chapters: &[crate::model::chapter::Chapter]) -> String {
    let listed = chapters::listed(chapters).map(|chapter| {
        serde_json::json!([chapter.start.as_secs_f64(), text::one_line(&chapter.title)])
    });
    serde_json::Value::from(listed.collect::<Vec<_>>()).to_string()
}

/// `page`: what a page says of itself in its head.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    /// `episode`, `embed`, `index`, `archive`, `topics`, `guests`, `seasons`, `about` or `404`.
    pub(super) kind: &'static str,
    /// What stands before the show's name in the title.
    pub(super) title: Option<String>,
    /// At most some 200 characters, for search engines and cards.
    pub(super) description: String,
    /// The one address of this page.
    pub(super) canonical: Option<String>,
    /// The picture for cards.
    pub(super) image: String,
    /// Its width and height in pixels, where they are known.
    pub(super) image_size: Option<(usize, usize)>,
    /// Whether it is a wide one.
    pub(super) image_is_wide: bool,
    /// Whether search engines are to leave it out.
    pub(super) hidden: bool,
    /// Structured data (schema.org), safe within a script element.
    pub(super) json_ld: Option<String>,
}
