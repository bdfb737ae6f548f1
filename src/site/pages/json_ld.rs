//! Structured data for search engines: schema.org's `PodcastEpisode` and `PodcastSeries`.

use serde_json::{Value, json};

use crate::show::Settings;
use crate::site::address::Addresses;
use crate::site::item::Item;
use crate::site::people::Credit;
use crate::site::{chapters, lang, text, transcript, transcript_path};

/// An episode, with this picture.
pub(super) fn episode(
    show: &Settings,
    addresses: &Addresses,
    item: &Item<'_>,
    picture: &str,
) -> String {
    let entry = item.entry;
    let given = entry.given;
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "url": addresses.url(&item.page),
        "name": entry.title,
        "datePublished": entry.published.date().to_string(),
        "description": text::cut(&item.summary, 300),
        "image": picture,
        "inLanguage": show.show.language.get_ref(),
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": entry.enclosure_url.0,
            "encodingFormat": entry.media_type(),
        },
        "partOfSeries": {
            "@type": "PodcastSeries",
            "name": show.show.title.get_ref(),
            "url": addresses.site_url(),
        },
    });
    if let Some(duration) = lang::iso_duration(item.seconds()) {
        data["duration"] = json!(duration);
    }
    if given.audio.bytes > 0 {
        data["associatedMedia"]["contentSize"] = json!(given.audio.bytes.to_string());
    }
    if let Some(at) = transcript::shown(&given.transcripts, show.show.language.get_ref()) {
        let path = transcript_path(addresses, given.episode, &given.transcripts, at);
        data["associatedMedia"]["transcript"] = json!(addresses.url(&path));
    }
    let clips = clips(item, &addresses.url(&item.page));
    if !clips.is_empty() {
        data["hasPart"] = Value::Array(clips);
    }
    if let Some(tags) = given.episode.tags.value().filter(|tags| !tags.is_empty()) {
        data["keywords"] = json!(tags);
    }
    if let Some(number) = entry.given.episode.number.value() {
        data["episodeNumber"] = json!(number);
    }
    if let Some(season) = entry.given.episode.season.value() {
        data["partOfSeason"] = json!({ "@type": "PodcastSeason", "seasonNumber": season });
    }
    let person = |credit: &Credit| {
        let mut person = json!({ "@type": "Person", "name": credit.name });
        if let Some(url) = &credit.href {
            person["url"] = json!(url);
        }
        person
    };
    let people: Vec<Value> = item.credits.iter().map(person).collect();
    if !people.is_empty() {
        data["contributor"] = Value::Array(people);
    }
    in_script(&data)
}

/// Chapters as clips, each up to the next one; whole seconds, so that one of less than that is none.
fn clips(item: &Item<'_>, page: &str) -> Vec<Value> {
    let chapters = || chapters::listed(&item.entry.given.chapters);
    let ends = chapters().skip(1).map(|chapter| chapter.start.as_secs());
    let ends = ends.chain([item.seconds()]);
    let clip = |(chapter, end): (&crate::model::chapter::Chapter, u64)| {
        let start = u64::try_from(chapter.start.as_millis()).unwrap_or(u64::MAX);
        json!({
            "@type": "Clip",
            "name": text::one_line(&chapter.title),
            "startOffset": chapter.start.as_secs(),
            "endOffset": end,
            "url": format!("{page}#t={}", lang::fragment(start)),
        })
    };
    let is_whole =
        |(chapter, end): &(&crate::model::chapter::Chapter, u64)| chapter.start.as_secs() < *end;
    chapters().zip(ends).filter(is_whole).map(clip).collect()
}

/// The show.
pub(super) fn show(show: &Settings, addresses: &Addresses) -> String {
    in_script(&json!({
        "@context": "https://schema.org",
        "@type": "PodcastSeries",
        "name": show.show.title.get_ref(),
        "url": addresses.site_url(),
        "description": show.show.description.get_ref(),
        "image": addresses.url(addresses.artwork(show)),
        "webFeed": show.feed_url(),
        "inLanguage": show.show.language.get_ref(),
        "author": { "@type": "Organization", "name": show.show.author.get_ref() },
    }))
}

/// JSON that cannot end the script element it stands in, nor start another.
fn in_script(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
