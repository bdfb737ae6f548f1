//! An item: one episode.

use rss::extension::itunes::ITunesItemExtension;
use rss::{Enclosure, Guid};

use super::{Frame, artwork, extension, given, person, put, truth};
use crate::site::item::Item;
use crate::site::{apple, chapters_path, transcript_path};

/// An item's date in the form of RFC 2822, with the offset that the host wrote.
pub(super) fn date(item: &Item<'_>) -> String {
    // Two digits for the day, as RFC 822 and older readers want it.
    item.entry.published.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

pub(super) fn item(frame: Frame<'_>, item: &Item<'_>) -> rss::Item {
    let entry = item.entry;
    let episode = entry.given.episode;
    let description = item.feed_description(frame.addresses, frame.language);
    let mut rendered = rss::Item {
        title: Some(entry.title.to_owned()),
        link: Some(frame.addresses.url(&item.page)),
        description: Some(description.clone()),
        enclosure: Some(Enclosure {
            url: entry.enclosure_url.0.clone(),
            length: entry.given.audio.bytes.to_string(),
            mime_type: entry.media_type().to_owned(),
        }),
        guid: Some(Guid { value: entry.guid.0.clone(), permalink: episode.is_permalink() }),
        pub_date: Some(date(item)),
        content: Some(item.content(frame.addresses, frame.language))
            .filter(|content| !content.is_empty()),
        itunes_ext: Some(ITunesItemExtension {
            author: episode.author.value().cloned(),
            image: item.image.clone(),
            // Of audio elsewhere, it may not be known.
            duration: Some(item.seconds()).filter(|it| *it > 0).map(|it| it.to_string()),
            block: (episode.block.value() == Some(&true)).then(|| "Yes".to_owned()),
            explicit: Some(truth(*episode.explicit.value().unwrap_or(&frame.show.show.explicit))),
            subtitle: item.subtitle.map(str::to_owned),
            summary: Some(description),
            episode: episode.number.value().map(ToString::to_string),
            season: episode.season.value().map(ToString::to_string),
            episode_type: Some(item.episode_type().as_str().to_owned()),
            ..ITunesItemExtension::default()
        }),
        ..rss::Item::default()
    };
    let mut add = |extension| put(&mut rendered.extensions, extension);
    add(extension("itunes:title", [], Some(entry.title)));
    if let (Some(id), Some(url)) =
        (episode.apple_id.value(), apple::episode_page(frame.show, episode))
    {
        let id = id.to_string();
        add(extension("podcast:id", [("platform", "apple"), ("id", &id), ("url", &url)], None));
    }
    if !entry.given.chapters.is_empty() {
        let url = frame.addresses.url(&chapters_path(frame.addresses, episode));
        let attributes = [("url", url.as_str()), ("type", "application/json+chapters")];
        add(extension("podcast:chapters", attributes, None));
    }
    for (at, transcript) in entry.given.transcripts.iter().enumerate() {
        let path = transcript_path(frame.addresses, episode, &entry.given.transcripts, at);
        let url = frame.addresses.url(&path);
        let show = frame.show.show.language.get_ref().as_str();
        let language = transcript.language.as_deref().unwrap_or(show);
        let mut attributes = vec![
            ("url", url.as_str()),
            ("type", transcript.file.format.mime()),
            ("language", language),
        ];
        attributes.extend(transcript.captions.then_some(("rel", "captions")));
        add(extension("podcast:transcript", attributes, None));
    }
    if let Some(url) = &item.image {
        add(artwork(frame, url, entry.title));
    }
    for element in &episode.namespace {
        add(given(element));
    }
    for credit in &item.credits {
        add(person(credit));
    }
    let own_summary =
        frame.extra.complete_item(&entry.guid.0, entry.title, &mut rendered.extensions);
    if let (true, Some(itunes)) = (own_summary, &mut rendered.itunes_ext) {
        itunes.summary = None;
    }
    rendered
}
