//! What templates are given. `docs/templates.md` is the host's view of the same.
//!
//! Texts are plain and escaped by the template; fields that end in `_html` are clean HTML.
//! Addresses within the site are site paths, to be put behind `root`.

use serde::Serialize;

use crate::show::{Settings, in_address};
use crate::site::address::Addresses;
use crate::site::item::Item;
use crate::site::lang::{self, Language};
use crate::site::people::{self, Credit};
use crate::site::{apple, chapters_path, text, transcript, transcript_path};

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
    /// The artwork's site path, and its public address.
    artwork: String,
    artwork_url: String,
    /// Where else the show is, Apple first, the feed left out.
    links: Vec<Link>,
    hosts: Vec<Person>,
    funding: Option<Link>,
}

/// A link with its words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    label: String,
    url: String,
}

#[derive(Debug, Serialize)]
struct Person {
    name: String,
    url: Option<String>,
    image: Option<String>,
}

impl Show {
    pub(super) fn new(settings: &Settings, addresses: &Addresses, hosts: &[Credit]) -> Self {
        let show = &settings.show;
        let apple = apple::show_page(settings).map(|url| link("apple", &url));
        let others = show.links.iter().filter(|(name, _)| apple.is_none() || *name != "apple");
        let others = others.filter_map(|(name, url)| Some(link(name, &people::web(url)?)));
        let artwork = addresses.artwork(settings);
        Self {
            title: show.title.get_ref().trim().to_owned(),
            subtitle: show.subtitle.clone(),
            description: show.description.get_ref().trim().to_owned(),
            author: show.author.get_ref().clone(),
            language: show.language.get_ref().clone(),
            copyright: show.copyright.clone(),
            url: addresses.site_url().to_owned(),
            feed_url: settings.feed_url(),
            feed: addresses.feed().to_owned(),
            artwork: in_address(artwork),
            artwork_url: addresses.url(artwork),
            links: apple.clone().into_iter().chain(others).collect(),
            hosts: hosts
                .iter()
                .map(|host| Person {
                    name: host.name.clone(),
                    url: host.href.clone(),
                    image: host.img.clone(),
                })
                .collect(),
            funding: show.funding.as_ref().and_then(|funding| {
                Some(Link { label: funding.text.clone(), url: people::web(&funding.url)? })
            }),
        }
    }
}

/// A platform's name as it writes it, or the host's key with a capital.
fn link(name: &str, url: &str) -> Link {
    let label = match name.to_lowercase().as_str() {
        "apple" => "Apple Podcasts".to_owned(),
        "spotify" => "Spotify".to_owned(),
        "youtube" => "YouTube".to_owned(),
        "deezer" => "Deezer".to_owned(),
        "pocketcasts" | "pocket-casts" => "Pocket Casts".to_owned(),
        "antennapod" => "AntennaPod".to_owned(),
        "amazon" | "amazon-music" => "Amazon Music".to_owned(),
        "castbox" => "Castbox".to_owned(),
        "github" => "GitHub".to_owned(),
        "linkedin" => "LinkedIn".to_owned(),
        _ => {
            let mut letters = name.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            format!("{first}{}", letters.as_str()).replace('-', " ")
        }
    };
    Link { label, url: url.to_owned() }
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
}

impl Row {
    pub(super) fn new(item: &Item<'_>, language: Language, addresses: &Addresses) -> Self {
        let date = item.entry.published.date();
        Self {
            path: addresses.link(&item.page).to_owned(),
            title: item.entry.title.to_owned(),
            subtitle: item.subtitle.map(str::to_owned),
            summary: text::cut(&item.summary, 200),
            number: item.entry.given.episode.number.value().copied(),
            kind: item.episode_type().as_str(),
            date: date.to_string(),
            date_text: language.date(date),
            day_text: language.day(date),
            duration_text: language.playing_time(item.seconds()),
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
    /// The enclosure.
    audio_url: String,
    size_text: String,
    seconds: u64,
    iso_duration: String,
    /// The episode at Apple Podcasts, and the player to embed.
    apple_url: Option<String>,
    apple_embed_url: Option<String>,
    chapters: Vec<Chapter>,
    /// The chapter list's site path.
    chapters_path: Option<String>,
    transcript: Vec<Paragraph>,
    /// The transcript's site path.
    transcript_path: Option<String>,
    next: Option<Row>,
    previous: Option<Row>,
}

#[derive(Debug, Serialize)]
struct Credited {
    name: String,
    role: String,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Chapter {
    seconds: u64,
    clock: String,
    title: String,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Paragraph {
    seconds: u64,
    clock: String,
    speaker: Option<String>,
    text: String,
}

impl Episode {
    pub(super) fn new(
        settings: &Settings,
        addresses: &Addresses,
        item: &Item<'_>,
        newer: Option<&Item<'_>>,
        older: Option<&Item<'_>>,
    ) -> Self {
        let language = Language::of(settings.show.language.get_ref());
        let given = item.entry.given;
        let episode = given.episode;
        let shown = transcript::shown(&given.transcripts, settings.show.language.get_ref());
        let transcript = shown.map(|at| &given.transcripts[at].file);
        Self {
            row: Row::new(item, language, addresses),
            season: episode.season.value().copied(),
            explicit: *episode.explicit.value().unwrap_or(&settings.show.explicit),
            author: episode.author.value().cloned(),
            guid: item.entry.guid.0.clone(),
            published: item.entry.published.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            description_html: item.description.to_string(),
            guest_html: item.guest.to_string(),
            notes_html: item.notes.to_string(),
            people: item
                .credits
                .iter()
                .map(|credit| Credited {
                    name: credit.name.clone(),
                    role: credit.role.clone(),
                    url: credit.href.clone(),
                })
                .collect(),
            links: item
                .links
                .iter()
                .map(|link| Link { label: link.label.clone(), url: link.url.clone() })
                .collect(),
            url: addresses.url(&item.page),
            audio_url: item.entry.enclosure_url.0.clone(),
            size_text: language.size(given.audio.bytes),
            seconds: item.seconds(),
            iso_duration: lang::iso_duration(item.seconds()),
            apple_url: apple::episode_page(settings, episode),
            apple_embed_url: apple::episode_embed(settings, episode),
            chapters: given
                .chapters
                .iter()
                .filter(|chapter| !chapter.details.hidden)
                .map(|chapter| Chapter {
                    seconds: chapter.start.as_secs(),
                    clock: lang::clock(chapter.start.as_secs()),
                    title: text::one_line(&chapter.title),
                    url: chapter.url.as_deref().and_then(people::web),
                })
                .collect(),
            chapters_path: (!given.chapters.is_empty()).then(|| chapters_path(addresses, episode)),
            transcript: transcript
                .map(|transcript| transcript::paragraphs(&transcript.cues))
                .unwrap_or_default()
                .into_iter()
                .map(|paragraph| Paragraph {
                    seconds: paragraph.start,
                    clock: lang::clock(paragraph.start),
                    speaker: paragraph.speaker,
                    text: paragraph.text,
                })
                .collect(),
            transcript_path: shown
                .map(|at| transcript_path(addresses, episode, &given.transcripts, at)),
            next: newer.map(|item| Row::new(item, language, addresses)),
            previous: older.map(|item| Row::new(item, language, addresses)),
        }
    }
}

/// `page`: what a page says of itself in its head.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    /// `episode`, `index`, `archive`, `about` or `404`.
    pub(super) kind: &'static str,
    /// What stands before the show's name in the title.
    pub(super) title: Option<String>,
    /// At most some 200 characters, for search engines and cards.
    pub(super) description: String,
    /// The one address of this page.
    pub(super) canonical: Option<String>,
    /// The picture for cards.
    pub(super) image: String,
    /// Whether that is a wide one.
    pub(super) image_is_wide: bool,
    /// Structured data (schema.org), safe within a script element.
    pub(super) json_ld: Option<String>,
}
