//! Structured data for search engines: schema.org's `PodcastEpisode` and `PodcastSeries`.

use serde_json::{Value, json};

use crate::show::Settings;
use crate::site::address::Addresses;
use crate::site::item::Item;
use crate::site::{lang, text};

/// An episode.
pub(super) fn episode(show: &Settings, addresses: &Addresses, item: &Item<'_>) -> String {
    let entry = item.entry;
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "url": addresses.url(&item.page),
        "name": entry.title,
        "datePublished": entry.published.date().to_string(),
        "duration": lang::iso_duration(item.seconds()),
        "description": text::cut(&item.summary, 300),
        "image": item.social_image.clone()
            .unwrap_or_else(|| addresses.url(addresses.artwork(show))),
        "inLanguage": show.show.language.get_ref(),
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": entry.enclosure_url.0,
            "encodingFormat": entry.mime_type().unwrap_or("audio/mpeg"),
            "contentSize": entry.given.audio.bytes.to_string(),
        },
        "partOfSeries": {
            "@type": "PodcastSeries",
            "name": show.show.title.get_ref(),
            "url": addresses.site_url(),
        },
    });
    if let Some(number) = entry.given.episode.number.value() {
        data["episodeNumber"] = json!(number);
    }
    if let Some(season) = entry.given.episode.season.value() {
        data["partOfSeason"] = json!({ "@type": "PodcastSeason", "seasonNumber": season });
    }
    let people: Vec<Value> = item
        .credits
        .iter()
        .map(|credit| json!({ "@type": "Person", "name": credit.name, "url": credit.href }))
        .collect();
    if !people.is_empty() {
        data["contributor"] = Value::Array(people);
    }
    in_script(&data)
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
