//! Audio that keeps the tag it was published with though the texts in it have changed.

use std::collections::BTreeSet;

use serde::Serialize;

use super::guard::EpisodeName;
use crate::model::object::{Key, Kind};
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
    sent: &BTreeSet<(&Key, Kind)>,
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
        let folder = episode.page.as_ref().and_then(|page| page.key.as_str().rsplit_once('/'));
        let chapters = folder.is_some_and(|(folder, _)| {
            let beside = |key: &Key| key.as_str().rsplit_once('/').is_some_and(|it| it.0 == folder);
            sent.iter().any(|(key, kind)| *kind == Kind::Chapters && beside(key))
        });
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
