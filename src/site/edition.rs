//! A show rendered whole: the value that a plan compares with what is published.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::model::audio::PublishedAudio;
use crate::model::chapter::TagChapter;
use crate::model::object::{Key, Kind, Object};
use crate::model::waiting::Waiting;
use crate::show::{Episode, page};

/// Where an episode's player for other sites stands, beside its page.
pub const EMBED: &str = "embed/index.html";

/// An item's identity in the feed. Once published it never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Guid(pub String);

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address of an item's audio, tracking prefixes included. Once published it never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnclosureUrl(pub String);

impl fmt::Display for EnclosureUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a release promises of one episode, and what the next release compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionEpisode {
    /// The item's guid.
    pub guid: Guid,
    /// The guid's `isPermaLink`, part of its identity for some clients.
    pub permalink: bool,
    /// The episode's number, where it has one.
    pub number: Option<EpisodeNumber>,
    /// The item's title.
    pub title: String,
    /// The source file below the show's folder: `episodes/109.md`.
    pub source: String,
    /// The enclosure's address as the feed gives it.
    pub enclosure_url: EnclosureUrl,
    /// The enclosure's bytes.
    #[serde(flatten)]
    pub audio: PublishedAudio,
    /// The enclosure's type, where it is not an MP3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The publication date, RFC 3339.
    pub published: String,
    /// The episode's id at Apple Podcasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apple_episode_id: Option<u64>,
    /// The chapters that it has from its MP3's tag, where the host wrote none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tag_chapters: Vec<TagChapter>,
    /// Whether the feed lists it; a scheduled episode's audio and page may be there before it is.
    pub listed: bool,
    /// Its page, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<EpisodePage>,
}

/// The number by which a host speaks of an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EpisodeNumber {
    /// No other episode of the show has it.
    Alone(u32),
    /// Each season counts anew.
    OfSeason {
        /// The season.
        season: u32,
        /// The number in it.
        number: u32,
    },
}

impl fmt::Display for EpisodeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alone(number) => write!(f, "{number}"),
            Self::OfSeason { season, number } => write!(f, "s{season}e{number}"),
        }
    }
}

/// Numbers that several episodes of a show have.
#[derive(Debug, Default)]
pub struct SharedNumbers(HashSet<u32>);

impl SharedNumbers {
    /// Those of these episodes.
    pub fn of<'a>(episodes: impl IntoIterator<Item = &'a Episode>) -> Self {
        let mut seen = HashSet::new();
        let numbers = episodes.into_iter().filter_map(|it| it.number.value().copied());
        Self(numbers.filter(|number| !seen.insert(*number)).collect())
    }

    /// How a host speaks of this one of them, if a number tells it apart.
    pub fn name(&self, episode: &Episode) -> Option<EpisodeNumber> {
        let number = *episode.number.value()?;
        if !self.0.contains(&number) {
            return Some(EpisodeNumber::Alone(number));
        }
        let season = *episode.season.value()?;
        Some(EpisodeNumber::OfSeason { season, number })
    }
}

/// Where an episode's page stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodePage {
    /// Its key.
    pub key: Key,
    /// Its address.
    pub url: String,
}

impl EpisodePage {
    /// The folder of what stands beside a page: `podcasts/109/`.
    pub fn folder(page: &Key) -> String {
        page::beside(page.as_str(), "")
    }

    /// The key of the player for other sites.
    pub fn embed_key(&self) -> Option<Key> {
        Key::new(page::beside(self.key.as_str(), EMBED)).ok()
    }

    /// The address of that player.
    pub fn embed_url(&self) -> String {
        match self.url.ends_with('/') {
            true => page::beside(&format!("{}index.html", self.url), EMBED),
            false => page::beside(&self.url, EMBED),
        }
    }
}

/// A show rendered whole at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Every object but the feed, archive pages of the feed included. An episode whose audio is
    /// already published and is not at hand has no object here: the record proves it.
    pub objects: Vec<Object>,
    /// Keys of what the target has and nobody needs to make again: cards, whose names say all that they
    /// show.
    pub stays: BTreeSet<Key>,
    /// The public feed.
    pub feed: Object,
    /// Tracking prefixes in front of its enclosures' own addresses.
    pub tracking: String,
    /// Every episode, newest first.
    pub episodes: Vec<EditionEpisode>,
    /// What waits for its date: nothing of it is published before.
    pub waiting: Vec<Waiting>,
    /// Where the home page stands, and its address.
    pub home: Option<(Key, String)>,
    /// The page that takes the place of an episode's page when the episode is gone; without one, the
    /// old page stays.
    pub gone: Option<Bytes>,
}

impl Edition {
    /// The places that any other site is most likely to have, too: those next to its root.
    pub fn of_any_site(&self) -> Vec<Key> {
        let pages = self.objects.iter().filter(|object| object.kind == Kind::Page);
        let mut keys: Vec<&Key> = pages.map(|object| &object.key).collect();
        keys.sort_by_key(|key| (key.as_str().matches('/').count(), key.as_str()));
        keys.into_iter().take(OF_ANY_SITE).cloned().collect()
    }
}

/// So many of them are asked for.
const OF_ANY_SITE: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_player_stands_beside_its_page() {
        let embed = |key: &str, url: &str| {
            let page = EpisodePage { key: Key::new(key).unwrap(), url: url.to_owned() };
            let folder = EpisodePage::folder(&page.key);
            format!("{folder} {} {}", page.embed_key().unwrap(), page.embed_url())
        };
        let player = "x/9/ x/9/embed/index.html https://a.example/x/9/embed/index.html";
        assert_eq!(embed("x/9/index.html", "https://a.example/x/9/index.html"), player);
        assert_eq!(embed("x/9/index.html", "https://a.example/x/9/"), player);
        assert_eq!(embed("x/9.html", "https://a.example/x/9.html"), player);
    }
}
