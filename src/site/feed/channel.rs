//! The channel: what is true of the whole show.

use std::collections::BTreeSet;

use rss::extension::Extension;
use rss::extension::itunes::{ITunesCategory, ITunesChannelExtension, ITunesOwner};
use rss::{Channel, Image};

use super::{Frame, artwork, extension, given, item, link, person, put, truth};
use crate::show::addresses::is_web_address;
use crate::show::episode::EpisodeType;
use crate::show::guid::podcast_guid;
use crate::show::settings::ShowKind;
use crate::site::item::{Item, plain};

/// The namespaces that a feed may use, exactly as their owners write them.
const NAMESPACES: [(&str, &str); 5] = [
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("podcast", "https://podcastindex.org/namespace/1.0"),
    ("fh", "http://purl.org/syndication/history/1.0"),
];

/// The channel at the site path `path` for these items, which are to be written behind it; `all` may be
/// trailers of the show.
pub(super) fn channel(
    frame: Frame<'_>,
    path: &str,
    items: &[Item<'_>],
    all: &[Item<'_>],
) -> Channel {
    let show = &frame.show.show;
    let artwork = frame.addresses.url(frame.addresses.artwork(frame.show));
    let site = frame.addresses.site_url().to_owned();
    // The newest item's date, not the time of the release: the same show gives the same feed.
    let date = items.first().map(item::date);
    let description = plain(show.description.get_ref().trim());
    let mut channel = Channel {
        title: show.title.get_ref().trim().to_owned(),
        link: site.clone(),
        description: description.clone(),
        language: Some(show.language.get_ref().to_lowercase()),
        copyright: show.copyright.clone(),
        pub_date: date.clone(),
        last_build_date: date,
        generator: Some(super::GENERATOR.to_owned()),
        image: Some(Image {
            url: artwork.clone(),
            title: show.title.get_ref().trim().to_owned(),
            link: site,
            ..Image::default()
        }),
        itunes_ext: Some(ITunesChannelExtension {
            author: Some(show.author.get_ref().trim().to_owned()),
            categories: categories(&show.category.get_ref().paths()),
            image: Some(artwork),
            explicit: Some(truth(show.explicit)),
            block: show.block.then(|| "Yes".to_owned()),
            complete: show.complete.then(|| "Yes".to_owned()),
            new_feed_url: frame.show.site.new_feed_url.as_ref().map(|url| url.get_ref().clone()),
            owner: show.owner.as_ref().map(|owner| ITunesOwner {
                name: Some(owner.name.get_ref().clone()),
                email: Some(owner.email.get_ref().clone()),
            }),
            subtitle: show.subtitle.clone(),
            summary: Some(description),
            r#type: Some(
                match show.kind {
                    ShowKind::Episodic => "episodic",
                    ShowKind::Serial => "serial",
                }
                .to_owned(),
            ),
            ..ITunesChannelExtension::default()
        }),
        ..Channel::default()
    };
    for (prefix, uri) in NAMESPACES {
        channel.namespaces.insert(prefix.to_owned(), uri.to_owned());
    }
    put(&mut channel.extensions, link("self", &frame.addresses.url(path)));
    podcast_elements(frame, &mut channel);
    for trailer in trailers(all) {
        put(&mut channel.extensions, trailer);
    }
    for (prefix, uri) in &frame.extra.namespaces {
        channel.namespaces.entry(prefix.clone()).or_insert_with(|| uri.clone());
    }
    let own_summary = frame.extra.complete_channel(&channel.title, &mut channel.extensions);
    if let (true, Some(itunes)) = (own_summary, &mut channel.itunes_ext) {
        itunes.summary = None;
    }
    channel
}

/// The podcast namespace's elements of a channel.
fn podcast_elements(frame: Frame<'_>, channel: &mut Channel) {
    let show = &frame.show.show;
    let mut add = |name, attributes: &[(&str, &str)], value: Option<&str>| {
        put(&mut channel.extensions, extension(name, attributes.iter().copied(), value));
    };
    add("podcast:guid", &[], Some(&podcast_guid(frame.show)));
    let owner = show.owner.as_ref().map(|owner| ("owner", owner.email.get_ref().as_str()));
    let locked = if show.locked { "yes" } else { "no" };
    add("podcast:locked", owner.as_slice(), Some(locked));
    add("podcast:medium", &[], Some(show.medium.get_ref()));
    if let Some(funding) = &show.funding
        && is_web_address(funding.url.get_ref())
    {
        let words: String = funding.text.chars().take(128).collect();
        add("podcast:funding", &[("url", funding.url.get_ref())], Some(&words));
    }
    if let Some(verify) = &show.apple_verify {
        add("podcast:txt", &[("purpose", "applepodcastsverify")], Some(verify));
    }
    if let Some(frequency) = &show.update_frequency {
        let words: String = frequency.chars().take(128).collect();
        add("podcast:updateFrequency", &[], Some(&words));
    }
    if let (Some(id), Some(url)) = (&show.apple_id, crate::site::apple::show_page(frame.show)) {
        let id = id.get_ref().to_string();
        add("podcast:id", &[("platform", "apple"), ("id", &id), ("url", &url)], None);
    }
    let url = frame.addresses.url(frame.addresses.artwork(frame.show));
    put(&mut channel.extensions, artwork(frame, &url, show.title.get_ref().trim()));
    // The checks have refused settings of which an element cannot be read.
    for element in frame.show.namespace_elements().unwrap_or_default() {
        put(&mut channel.extensions, given(&element));
    }
    for host in frame.hosts {
        put(&mut channel.extensions, person(host));
    }
}

/// `podcast:trailer`: the newest trailer of the show and of each season.
fn trailers(items: &[Item<'_>]) -> Vec<Extension> {
    let mut seasons = BTreeSet::new();
    let mut newest = Vec::new();
    for item in items.iter().filter(|item| item.episode_type() == EpisodeType::Trailer) {
        let season = item.entry.given.episode.season.value().copied();
        if !seasons.insert(season) {
            continue;
        }
        let (date, length) = (item::date(item), item.entry.given.audio.bytes.to_string());
        let season = season.map(|season| season.to_string());
        let mut attributes = vec![
            ("pubdate", date.as_str()),
            ("url", item.entry.enclosure_url.0.as_str()),
            ("length", length.as_str()),
            ("type", item.entry.media_type()),
        ];
        attributes.extend(season.as_deref().map(|season| ("season", season)));
        let title: String = item.entry.title.chars().take(128).collect();
        newest.push(extension("podcast:trailer", attributes, Some(&title)));
    }
    newest
}

fn categories(paths: &[(&str, Option<&str>)]) -> Vec<ITunesCategory> {
    let category = |name: &str| ITunesCategory { text: name.to_owned(), subcategory: None };
    let with_child = |&(name, child): &(&str, Option<&str>)| ITunesCategory {
        subcategory: child.map(|child| Box::new(category(child))),
        ..category(name)
    };
    paths.iter().map(with_child).collect()
}
