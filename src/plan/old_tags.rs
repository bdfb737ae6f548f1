//! Audio that keeps the tag it was published with though the texts in it have changed.

use serde::Serialize;

use super::guard::EpisodeName;
use crate::model::object::{Key, Kind, Object};
use crate::site::edition::EditionEpisode;
use crate::store::record::Record;

/// An episode whose MP3 says something else than its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OldTag {
    /// The episode, as a host speaks of it.
    pub episode: String,
    /// What differs since the last release: `title`, `date`, `chapters`.
    pub texts: Vec<&'static str>,
}

/// Every episode whose texts this release changes while its audio stays. `sent` holds what it sends.
pub(super) fn old_tags(
    record: Option<&Record>,
    episodes: &[EditionEpisode],
    sent: &[&Object],
) -> Vec<OldTag> {
    let Some(record) = record else { return Vec::new() };
    let mut tags = Vec::new();
    for episode in episodes {
        let same = |old: &&EditionEpisode| {
            old.guid == episode.guid
                && old.audio.digest() == episode.audio.digest()
                // That tag is the host's.
                && !old.audio.is_as_it_was()
        };
        let Some(old) = record.listed().find(same) else { continue };
        let place = folder(episode);
        // A page that moves takes them along as they are.
        let differs = |now: &Object| {
            let Some((here, name)) = now.key.as_str().rsplit_once('/') else { return false };
            let stood = || Key::new(format!("{}/{name}", folder(old).unwrap_or(here))).ok();
            let same =
                |key: Key| record.objects.get(&key).is_some_and(|it| it.digest == now.digest);
            Some(here) == place && !stood().is_some_and(same)
        };
        let mut chapters = sent.iter().filter(|object| object.kind == Kind::Chapters);
        let chapters = chapters.any(|object| differs(object));
        let texts = [
            ("title", old.title != episode.title),
            ("date", old.published != episode.published),
            ("chapters", chapters),
        ];
        let texts: Vec<_> = texts.into_iter().filter(|(_, differs)| *differs).collect();
        if !texts.is_empty() {
            let episode = EpisodeName::of(&episode.guid, episode.number).0;
            tags.push(OldTag { episode, texts: texts.into_iter().map(|(text, _)| text).collect() });
        }
    }
    tags
}

/// Where an episode's page is, and its chapters beside it.
fn folder(of: &EditionEpisode) -> Option<&str> {
    Some(of.page.as_ref()?.key.as_str().rsplit_once('/')?.0)
}
