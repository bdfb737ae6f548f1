//! What stands beside pages for machines: Markdown, the embedded player's description, JSON Feed and
//! `llms.txt`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::show::{Episode, Settings};
use crate::site::address::{Addresses, Target};
use crate::site::edition::EMBED;
use crate::site::item::Item;
use crate::site::lang::{self, Language};
use crate::site::{chapters, html, text, transcript, transcript_path};

/// The most episodes that a JSON Feed lists, unless settings limit the feed further: it is read whole.
const JSON_FEED_LIMIT: usize = 300;
/// The size of an embedded player, in CSS pixels.
const EMBED_SIZE: (u32, u32) = (640, 260);

/// The site path of an episode as Markdown.
pub(super) fn markdown_path(addresses: &Addresses, episode: &Episode) -> String {
    addresses.beside_page(episode, "index.md")
}

/// The site path of an episode's player for other sites.
pub(super) fn embed_path(addresses: &Addresses, episode: &Episode) -> String {
    addresses.beside_page(episode, EMBED)
}

/// The site path of what describes that player.
pub(super) fn oembed_path(addresses: &Addresses, episode: &Episode) -> String {
    addresses.beside_page(episode, "oembed.json")
}

/// The site path of the JSON Feed: `podcasts/feed.json` beside `podcasts/feed.xml`.
pub(super) fn json_feed_path(addresses: &Addresses) -> String {
    let feed = addresses.feed();
    format!("{}.json", feed.strip_suffix(".xml").unwrap_or(feed))
}

/// An episode as Markdown: what its page says, with the notes as the host wrote them.
pub(super) fn markdown(
    show: &Settings,
    addresses: &Addresses,
    item: &Item<'_>,
    language: &Language,
) -> String {
    let entry = item.entry;
    let (given, episode) = (entry.given, entry.given.episode);
    let mut out = format!("# {}\n", plain(entry.title));
    if let Some(subtitle) = item.subtitle {
        let _ = write!(out, "\n{}\n", plain(subtitle));
    }
    let mut facts =
        vec![language.date(entry.published.date()), language.playing_time(item.seconds())];
    if let Some(number) = episode.number.value() {
        facts.insert(0, format!("{} {number}", language.word("episode")));
    }
    facts.retain(|fact| !fact.is_empty());
    let guest = text::from_clean_html(&item.guest);
    if !guest.is_empty() {
        facts.push(plain(&guest));
    }
    let _ = write!(
        out,
        "\n{}\n\n- {}: <{}>\n- {}: <{}>\n",
        facts.join(" · "),
        language.word("page"),
        addresses.url(&item.page),
        entry.kind(),
        entry.enclosure_url.0
    );
    for paragraph in item.description.paragraphs() {
        let _ = write!(out, "\n{}\n", plain(&text::from_clean_html(&paragraph)));
    }
    if chapters::listed(&given.chapters).next().is_some() {
        let _ = write!(out, "\n## {}\n\n", language.word("chapters"));
        for chapter in chapters::listed(&given.chapters) {
            let clock = lang::clock(chapter.start.as_secs());
            let _ = writeln!(out, "- {clock} {}", plain(&text::one_line(&chapter.title)));
        }
    }
    let base = ammonia::Url::parse(&addresses.url(&item.page)).ok();
    let notes = html::portable(episode.notes_text(), &|link| match addresses.resolve(
        link,
        &episode.source.path,
        &item.page,
    )? {
        Target::Own(path) => Some(format!("{}{path}", addresses.site_url())),
        Target::Absolute(url) => Some(base.as_ref()?.join(&url).ok()?.into()),
    });
    let notes = notes.trim();
    if !notes.is_empty() {
        let _ = write!(out, "\n## {}\n\n{notes}\n", language.word("notes"));
    }
    if let Some(at) = transcript::shown(&given.transcripts, show.show.language.get_ref()) {
        let _ = write!(out, "\n## {}\n\n", language.word("transcript"));
        let path = transcript_path(addresses, episode, &given.transcripts, at);
        let _ = write!(out, "<{}>\n\n", addresses.url(&path));
        for paragraph in super::transcripts::paragraphs(&given.transcripts[at].file.cues) {
            let _ = write!(out, "{}\n\n", plain(&paragraph.line()));
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A text that means itself in Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // At a line's start, a list would begin.
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, text) = text.split_at(digits);
    out.push_str(number);
    let begins: &[char] = if number.is_empty() { &['-', '+'] } else { &['.', ')'] };
    if text.starts_with(begins) {
        out.push('\\');
    }
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A picture's address, and its width and height where they are known.
pub(super) type Thumbnail = (String, Option<(usize, usize)>);

/// How another site shows an episode's player (oEmbed 1.0, "rich").
pub(super) fn oembed(
    show: &Settings,
    addresses: &Addresses,
    item: &Item<'_>,
    (picture, size): &Thumbnail,
) -> String {
    let episode = item.entry.given.episode;
    let (width, height) = EMBED_SIZE;
    let src = text::escape(&addresses.url(&embed_path(addresses, episode)));
    let title = text::escape(item.entry.title);
    let mut described = json!({
        "version": "1.0",
        "type": "rich",
        "title": item.entry.title,
        "author_name": show.show.author.get_ref(),
        "provider_name": show.show.title.get_ref(),
        "provider_url": addresses.site_url(),
        "html": format!(
            "<iframe src=\"{src}\" title=\"{title}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" style=\"border:0;width:100%\"></iframe>"
        ),
        "width": width,
        "height": height,
    });
    // All three or none (section 2.3.4).
    if let Some((width, height)) = size {
        described["thumbnail_url"] = json!(picture);
        described["thumbnail_width"] = json!(width);
        described["thumbnail_height"] = json!(height);
    }
    described.to_string()
}

/// The show as a JSON Feed (version 1.1, jsonfeed.org), newest first.
pub(super) fn json_feed(
    show: &Settings,
    addresses: &Addresses,
    items: &[Item<'_>],
    icon: &str,
    language: &Language,
) -> String {
    let limit = show
        .site
        .feed_limit
        .map_or(usize::MAX, |limit| usize::try_from(limit.get()).unwrap_or(usize::MAX));
    let item = |item: &Item<'_>| {
        let entry = item.entry;
        let tags = entry.given.episode.tags.value();
        let mut value = json!({
            "id": entry.guid.0,
            "url": addresses.url(&item.page),
            "title": entry.title,
            "content_html": item.content(addresses, language),
            "summary": text::cut(&item.summary, 300),
            "date_published": entry.published.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            "attachments": [{
                "url": entry.enclosure_url.0,
                "mime_type": entry.media_type(),
            }],
        });
        for (name, known) in
            [("size_in_bytes", entry.given.audio.bytes), ("duration_in_seconds", item.seconds())]
        {
            if known > 0 {
                value["attachments"][0][name] = json!(known);
            }
        }
        if let Some(image) = &item.image {
            value["image"] = json!(image);
        }
        if let Some(tags) = tags.filter(|tags| !tags.is_empty()) {
            value["tags"] = json!(tags);
        }
        value
    };
    let items: Vec<Value> = items.iter().take(limit.min(JSON_FEED_LIMIT)).map(item).collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": show.show.title.get_ref(),
        "home_page_url": addresses.site_url(),
        "feed_url": addresses.url(&json_feed_path(addresses)),
        "description": show.show.description.get_ref(),
        "icon": icon,
        "authors": [{ "name": show.show.author.get_ref() }],
        "language": show.show.language.get_ref(),
        "items": items,
    })
    .to_string()
}

/// What the site holds, for readers that are language models (llmstxt.org).
pub(super) fn llms(
    show: &Settings,
    addresses: &Addresses,
    items: &[Item<'_>],
    language: &Language,
) -> String {
    let show = &show.show;
    let mut out = format!(
        "# {}\n\n> {}\n\n",
        plain(&text::one_line(show.title.get_ref())),
        plain(&text::one_line(show.description.get_ref()))
    );
    let _ = write!(
        out,
        "- [{}]({})\n- [JSON Feed]({})\n\n## {}\n\n",
        language.word("rss_feed"),
        addresses.url(addresses.feed()),
        addresses.url(&json_feed_path(addresses)),
        language.word("episodes")
    );
    for item in items {
        let episode = item.entry.given.episode;
        let _ = writeln!(
            out,
            "- [{}]({}): {}",
            plain(item.entry.title),
            addresses.url(&markdown_path(addresses, episode)),
            plain(&text::cut(&item.summary, 160))
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_itself() {
        assert_eq!(plain("- Oui. 1. Non"), "\\- Oui. 1. Non");
        assert_eq!(plain("1. Oui"), "1\\. Oui");
        assert_eq!(plain("2026 - 1"), "2026 - 1");
        assert_eq!(plain("a *b* <c> [d](e) #1"), "a \\*b\\* \\<c\\> \\[d\\](e) \\#1");
    }
}
