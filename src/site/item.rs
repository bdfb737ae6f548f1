//! An episode with everything that feed and pages say of it, so that both say the same.

use std::sync::Arc;

use jiff::{Timestamp, ZonedDateTime};

use super::address::{Addresses, Target};
use super::edition::{EditionEpisode, EnclosureUrl, Guid, SharedNumbers};
use super::html::Clean;
use super::lang::Language;
use super::people::{self, Credit};
use super::references::read_references;
use super::{EpisodeIn, Inputs, SiteError, html, text};
use crate::model::audio::MP3_TYPE;
use crate::show::episode::EpisodeType;
use crate::show::{Given, Settings, enclosure};

/// An episode whose identity is whole, due or not.
#[derive(Debug)]
pub struct Entry<'a> {
    /// What it was made from.
    pub given: &'a EpisodeIn<'a>,
    /// The title.
    pub title: &'a str,
    /// The guid.
    pub guid: Guid,
    /// The enclosure's address.
    pub enclosure_url: EnclosureUrl,
    /// When it is published, with the offset that the host wrote.
    pub published: ZonedDateTime,
    /// Whether that time has come.
    pub due: bool,
}

/// Every episode that is not a draft, newest first.
///
/// # Errors
/// [`SiteError::Incomplete`] for one without title, file or date: the checks were not heeded.
pub fn entries<'a>(inputs: &'a Inputs<'a>) -> Result<Vec<Entry<'a>>, SiteError> {
    let mut entries = inputs
        .episodes
        .iter()
        .filter(|given| !given.episode.is_draft())
        .map(|given| entry(inputs.show, given, inputs.now))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort_by(|a, b| {
        let key = |entry: &Entry<'_>| {
            let episode = entry.given.episode;
            (entry.published.timestamp(), episode.number.value().copied())
        };
        key(b).cmp(&key(a)).then_with(|| b.given.episode.slug.cmp(&a.given.episode.slug))
    });
    Ok(entries)
}

fn entry<'a>(
    show: &Settings,
    given: &'a EpisodeIn<'a>,
    now: Timestamp,
) -> Result<Entry<'a>, SiteError> {
    let episode = given.episode;
    let missing = |key| SiteError::Incomplete { source_path: episode.source.path.clone(), key };
    let published = episode.date.value().ok_or(missing("date"))?.at(&show.zone());
    let guid = Guid(episode.effective_guid().ok_or(missing("file"))?.to_owned());
    let elsewhere = episode.enclosure.value().filter(|_| given.audio.is_elsewhere());
    let key = given.audio.key.as_str();
    let name = key.strip_prefix(&show.media_prefix()).unwrap_or(key);
    // Audio that takes the place of published audio stands elsewhere than `enclosure` says.
    let url = match (elsewhere, enclosure::place(show, episode)) {
        (Some(url), _) => url.clone(),
        (None, Some(place)) if place.name == name => place.url,
        _ => show.enclosure_url(name),
    };
    Ok(Entry {
        given,
        title: episode.title.value().ok_or(missing("title"))?,
        guid,
        enclosure_url: EnclosureUrl(url),
        due: published.timestamp() <= now,
        published,
    })
}

impl Entry<'_> {
    /// The enclosure's type, where it is not an MP3: only what stands elsewhere may be something else.
    pub fn mime_type(&self) -> Option<&str> {
        let given = self.given.episode.enclosure_type.value();
        given.filter(|_| self.given.audio.is_elsewhere()).map(String::as_str)
    }

    /// The enclosure's type.
    pub fn media_type(&self) -> &str {
        self.mime_type().unwrap_or(MP3_TYPE)
    }

    /// What people call audio of that type.
    pub fn kind(&self) -> &'static str {
        match self.media_type() {
            MP3_TYPE => "MP3",
            "audio/mp4" | "audio/x-m4a" | "audio/m4a" | "audio/aac" => "M4A",
            "audio/ogg" => "Ogg",
            "audio/opus" => "Opus",
            kind if kind.starts_with("video/") => "Video",
            _ => "Audio",
        }
    }

    /// What a release promises of this episode.
    pub fn promise(&self, shared: &SharedNumbers) -> EditionEpisode {
        let EpisodeIn { episode, audio, tag_chapters, .. } = self.given;
        EditionEpisode {
            guid: self.guid.clone(),
            permalink: episode.is_permalink(),
            number: shared.name(episode),
            title: self.title.to_owned(),
            source: episode.source.path.clone(),
            enclosure_url: self.enclosure_url.clone(),
            audio: audio.clone(),
            mime_type: self.mime_type().map(str::to_owned),
            published: self.published.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            apple_episode_id: episode.apple_id.value().copied(),
            tag_chapters: tag_chapters.clone(),
            listed: self.due,
            page: None,
        }
    }
}

/// An episode that is due, its texts rendered.
#[derive(Debug)]
pub struct Item<'a> {
    /// Its identity.
    pub entry: &'a Entry<'a>,
    /// `subtitle`
    pub subtitle: Option<&'a str>,
    /// The site path of its page.
    pub page: String,
    /// The short text about it, plain.
    pub summary: Arc<str>,
    /// The short text as HTML without blocks; empty if the host wrote none.
    pub description: Clean,
    /// The guest line, HTML; empty if there is none.
    pub guest: Clean,
    /// Notes for the page, HTML.
    pub notes: Clean,
    /// Notes as plain text.
    pub notes_text: Arc<str>,
    /// `links`: pages that belong to the episode.
    pub links: Vec<Link>,
    /// Who takes part, if the channel's persons do not say it already.
    pub credits: Vec<Credit>,
    /// The address of its own artwork.
    pub image: Option<String>,
    /// What networks are to show, where there is more than artwork.
    pub social_image: Option<SocialImage>,
}

/// A picture for networks; its address.
#[derive(Debug)]
pub enum SocialImage {
    /// The host's own.
    Given(String),
    /// One that onair drew.
    Card(String),
}

impl<'a> Item<'a> {
    /// Renders an entry's texts.
    pub fn render(
        entry: &'a Entry<'a>,
        show: &Settings,
        addresses: &Addresses,
        hosts: &[Credit],
    ) -> Self {
        let episode = entry.given.episode;
        let page = addresses.page(episode);
        let root = Addresses::root_from(&page);
        let on_page = |link: &str| {
            Some(match addresses.resolve(link, &episode.source.path, &page)? {
                Target::Own(path) => format!("{root}{path}"),
                Target::Absolute(url) => url,
            })
        };
        let end = entry.given.audio.time();
        let mut notes = html::notes(episode.notes_text(), end, &on_page);
        if notes.text.is_empty() && !notes.page.contains("<img") {
            // Such as `&nbsp;` alone.
            notes.page = Clean::default();
        }
        let description = episode.description.value().map_or("", String::as_str);
        let description = Some(html::inline(description, &on_page))
            .filter(|description| !text::from_clean_html(description).is_empty())
            .unwrap_or_default();
        let subtitle = episode.subtitle.value().map(String::as_str);
        let notes_text: Arc<str> = notes.text.into();
        let summary = [text::from_clean_html(&description).into(), Arc::clone(&notes_text)]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_else(|| subtitle.unwrap_or(entry.title).into());
        let guest = guest_line(episode, &on_page);
        let own = |given: &str| addresses.given(given, &episode.source.path);
        let credits =
            people::credits(episode, Some(&guest), show.show.language.get_ref(), hosts, own);
        let image = episode.image.value().and_then(|given| own(given));
        let given = |given: &Given<String>| own(given.value()?).map(SocialImage::Given);
        let card = entry.given.card.as_ref();
        let social_image = given(&episode.social_background)
            .or_else(|| Some(SocialImage::Card(addresses.url(&card?.path()))))
            .or_else(|| given(&episode.background));
        Self {
            entry,
            subtitle,
            page,
            summary,
            description,
            guest,
            notes: notes.page.without_room(),
            notes_text,
            links: links(episode),
            credits,
            image,
            social_image,
        }
    }

    /// What the feed says in place of the summary: HTML where there is any markup, a plain text otherwise.
    pub fn feed_description(&self, addresses: &Addresses, language: &Language) -> String {
        let absolute = self.absolute(addresses);
        let Self { description, notes, links, .. } = self;
        let marked_up = if description.is_empty() { notes } else { description };
        let html = match marked_up.contains('<') {
            true => html::description(marked_up, &absolute, text::DESCRIPTION_LIMIT),
            false => String::new(),
        };
        let heading = language.word("links");
        // Nothing comes of a picture alone.
        match html.is_empty() {
            true if description.is_empty() => with_lines(plain(&self.summary), links, heading),
            true => with_lines(plain(&read_references(description)), links, heading),
            false => with_list(html, links, heading),
        }
    }

    /// `content:encoded`.
    pub fn content(&self, addresses: &Addresses, language: &Language) -> String {
        let absolute = self.absolute(addresses);
        let mut content = String::new();
        for part in self.description.paragraphs().into_iter().chain(self.guest.paragraphs()) {
            content.push_str(&format!("<p>{}</p>\n", html::feed(&part, &absolute)));
        }
        content.push_str(&format!(
            "{}{}",
            html::feed(&self.notes, &absolute),
            link_list(&self.links, language.word("links")),
        ));
        content.trim().to_owned()
    }

    /// The whole address that a link of its page leads to.
    fn absolute(&self, addresses: &Addresses) -> impl Fn(&str) -> Option<String> {
        let base = ammonia::Url::parse(&addresses.url(&self.page)).ok();
        move |link: &str| Some(base.as_ref()?.join(link).ok()?.into())
    }

    /// Whole seconds of playing time.
    pub fn seconds(&self) -> u64 {
        self.entry.given.audio.milliseconds.saturating_add(500) / 1000
    }

    /// What kind of item it is.
    pub fn episode_type(&self) -> EpisodeType {
        self.entry.given.episode.episode_type.value().copied().unwrap_or_default()
    }
}

/// A plain text within the limit of a description.
pub(super) fn plain(text: &str) -> String {
    // Escaping may add a little to what was cut.
    let mut limit = text::DESCRIPTION_LIMIT;
    loop {
        let described = text::for_either_reader(&text::cut(text, limit));
        match described.len().checked_sub(text::DESCRIPTION_LIMIT) {
            None | Some(0) => return described,
            Some(excess) => limit = limit.saturating_sub(excess.max(1)),
        }
    }
}

/// A plain description with links below it as lines, as many as there is room for.
fn with_lines(mut text: String, links: &[Link], heading: &str) -> String {
    for (at, line) in link_lines(links, heading).lines().enumerate() {
        let line = text::for_either_reader(line);
        let gap = if at == 0 { "\n\n" } else { "\n" };
        if text.len() + gap.len() + line.len() > text::DESCRIPTION_LIMIT {
            break;
        }
        text.push_str(gap);
        text.push_str(&line);
    }
    text
}

/// A description of HTML with links below it as a list, as many as there is room for.
fn with_list(html: String, links: &[Link], heading: &str) -> String {
    let heading = format!("<p>{}</p><ul>", text::escape(heading));
    let mut room =
        text::DESCRIPTION_LIMIT.saturating_sub(html.len() + heading.len() + "</ul>".len());
    let mut list = String::new();
    for Link { label, url } in links {
        let (url, label) = (text::escape(url), text::escape(label));
        let line = format!("<li><a href=\"{url}\">{label}</a></li>");
        let Some(left) = room.checked_sub(line.len()) else { break };
        room = left;
        list.push_str(&line);
    }
    if list.is_empty() { html } else { format!("{html}{heading}{list}</ul>") }
}

/// A page that an episode names in its `links`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub label: String,
    /// The page.
    pub url: String,
}

/// The pages that an episode names in its `links`.
pub fn links(episode: &crate::show::Episode) -> Vec<Link> {
    let links = episode.links.value().map(Vec::as_slice).unwrap_or_default();
    let link = |link: &crate::show::episode::Person| {
        Some(Link { label: link.name.clone(), url: people::web(link.link.as_deref()?)? })
    };
    links.iter().filter_map(link).collect()
}

/// Links for `content:encoded`, under a heading.
fn link_list(links: &[Link], heading: &str) -> String {
    if links.is_empty() {
        return String::new();
    }
    let mut html = format!("<p><strong>{}</strong></p>\n<ul>\n", text::escape(heading));
    for Link { label, url } in links {
        let (url, label) = (text::escape(url), text::escape(label));
        html.push_str(&format!("<li><a href=\"{url}\" rel=\"noopener\">{label}</a></li>\n"));
    }
    html.push_str("</ul>\n");
    html
}

/// Links as plain lines, under a heading.
pub fn link_lines(links: &[Link], heading: &str) -> String {
    let lines = links.iter().map(|Link { label, url }| format!("\n{label}: {url}"));
    if links.is_empty() { String::new() } else { format!("{heading}{}", lines.collect::<String>()) }
}

/// The guest line: as the host wrote it, or made from the list of guests.
fn guest_line(episode: &crate::show::Episode, resolve: &html::Resolve<'_>) -> Clean {
    let Some(guests) = episode.guests.value() else {
        return html::inline(episode.guest.value().map_or("", String::as_str), resolve);
    };
    let line = |person: &crate::show::episode::Person| {
        let name = text::escape(&person.name);
        let name = match person.link.as_deref().and_then(people::web) {
            Some(link) => {
                format!("<a href=\"{}\" rel=\"noopener\">{name}</a>", text::escape(&link))
            }
            None => name,
        };
        match &person.title {
            Some(title) => format!("{name}, {}", text::escape(title)),
            None => name,
        }
    };
    html::inline(&guests.iter().map(line).collect::<Vec<_>>().join(" · "), resolve)
}
