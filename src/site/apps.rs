//! Where a show can be followed: the addresses that a host gives, and apps that know any show by its
//! feed.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::show::Settings;
use crate::site::{apple, people};

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Link {
    pub(super) label: String,
    pub(super) url: String,
    /// The icon of an app that has one here.
    pub(super) sign: Option<&'static str>,
}

impl Link {
    pub(super) fn new(label: &str, url: String) -> Self {
        Self { label: label.to_owned(), url, sign: None }
    }

    /// To the app of this name.
    fn to(app: &str, url: String) -> Self {
        Self { label: label(app), url, sign: sign(app) }
    }
}

/// The show's own links, Apple first.
pub(super) fn links(settings: &Settings) -> Vec<Link> {
    let apple = apple::show_page(settings).map(|url| Link::to("apple", url));
    let others = settings.show.links.iter();
    let others = others.filter(|(name, _)| apple.is_none() || key(name) != "apple");
    let others = others.filter_map(|(name, url)| Some(Link::to(name, people::web(url.get_ref())?)));
    apple.iter().cloned().chain(others).collect()
}

/// Links that lead to the show in an app by its feed's address or its id at Apple, in the forms that
/// the apps document; those that a host links are left out.
pub(super) fn derived(settings: &Settings) -> Vec<Link> {
    let feed = settings.feed_url();
    let quoted = utf8_percent_encode(&feed, NON_ALPHANUMERIC).to_string();
    let apple = settings.show.apple_id.as_ref().map(|id| *id.get_ref());
    let forms = [
        ("overcast", apple.map(|id| format!("https://overcast.fm/itunes{id}"))),
        ("pocketcasts", apple.map(|id| format!("https://pca.st/itunes/{id}"))),
        ("castro", apple.map(|id| format!("https://castro.fm/itunes/{id}"))),
        ("antennapod", Some(format!("https://antennapod.org/deeplink/subscribe?url={quoted}"))),
        ("podcastaddict", Some(format!("https://podcastaddict.com/feed/{quoted}"))),
    ];
    let linked: Vec<String> = settings.show.links.keys().map(|name| key(name)).collect();
    forms
        .into_iter()
        .filter(|(name, _)| !linked.contains(&key(name)))
        .filter_map(|(name, url)| Some(Link::to(name, url?)))
        .collect()
}

/// A name without what people write in different ways: `Pocket Casts`, `pocket-casts`.
fn key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The icon of an app: a drawing of ours that tells it from the others, not its trademark.
fn sign(name: &str) -> Option<&'static str> {
    Some(match key(name).as_str() {
        "apple" | "applepodcasts" => "microphone",
        "overcast" => "cloud",
        "pocketcasts" => "pocket",
        "antennapod" => "antenna",
        "castro" => "rings",
        "podcastaddict" => "headphones",
        "spotify" | "deezer" | "amazon" | "amazonmusic" | "youtubemusic" => "levels",
        "youtube" => "screen",
        _ => return None,
    })
}

/// A platform's name as it writes it, or the host's key with a capital.
fn label(name: &str) -> String {
    let known = match key(name).as_str() {
        "apple" | "applepodcasts" => "Apple Podcasts",
        "spotify" => "Spotify",
        "youtube" => "YouTube",
        "youtubemusic" => "YouTube Music",
        "deezer" => "Deezer",
        "overcast" => "Overcast",
        "castro" => "Castro",
        "pocketcasts" => "Pocket Casts",
        "antennapod" => "AntennaPod",
        "podcastaddict" => "Podcast Addict",
        "amazon" | "amazonmusic" => "Amazon Music",
        "castbox" => "Castbox",
        "fountain" => "Fountain",
        "github" => "GitHub",
        "linkedin" => "LinkedIn",
        _ => {
            let mut letters = name.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            return format!("{first}{}", letters.as_str()).replace('-', " ");
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::testing;

    #[test]
    fn apps_are_found_by_feed_and_id_unless_a_host_links_them() {
        let linked =
            "spotify = \"https://open.spotify.com/show/x\"\npocket-casts = \"https://pca.st/abc\"";
        let text =
            testing::SETTINGS.replace("spotify = \"https://open.spotify.com/show/x\"", linked);
        let settings = testing::settings_from(&text);
        let shown = |links: Vec<Link>| -> Vec<String> {
            links.into_iter().map(|link| format!("{} {}", link.label, link.url)).collect()
        };
        insta::assert_debug_snapshot!([shown(links(&settings)), shown(derived(&settings))]);
        let without = testing::settings_from(&text.replace("apple-id = 1452118442\n", ""));
        let names: Vec<String> = derived(&without).into_iter().map(|link| link.label).collect();
        assert_eq!(names, ["AntennaPod", "Podcast Addict"]);
    }
}
