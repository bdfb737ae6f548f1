//! Audio that keeps the tag it was published with though the texts in it have changed.

use std::collections::HashMap;

use serde::Serialize;

use super::feed::FeedDiff;
use super::guard::EpisodeName;
use crate::model::object::{Key, Kind, Object};
use crate::model::tag_texts::NAMES;
use crate::site::edition::EditionEpisode;
use crate::store::record::Record;

/// An episode whose MP3 says something else than its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OldTag {
    /// The episode, as a host speaks of it; [`EpisodeName::ALL`] where all say something old of the show.
    pub episode: String,
    /// What differs since the last release, of [`NAMES`].
    pub texts: Vec<&'static str>,
}

/// What a feed says of an episode and its tag does, too, by their names there.
const OF_EPISODE: [(&str, &str); 7] = [
    ("subtitle", "title"),
    ("author", "author"),
    ("episode", "number"),
    ("season", "season"),
    ("description", "description"),
    ("notes", "notes"),
    ("image", "cover"),
];

/// The same of the show.
const OF_SHOW: [(&str, &str); 3] =
    [("title", "show's title"), ("author", "author"), ("image", "cover")];

/// Every episode whose texts this release changes while its audio stays. `sent` holds what it sends, and `diff`
/// what it does to the feed.
pub(super) fn old_tags(
    record: Option<&Record>,
    episodes: &[EditionEpisode],
    sent: &[&Object],
    diff: &FeedDiff,
) -> Vec<OldTag> {
    let Some(record) = record else { return Vec::new() };
    let changed = diff.changed.iter();
    let changed: HashMap<&str, &[&str]> = changed
        .filter_map(|changed| Some((changed.identity.as_deref()?, changed.fields.as_slice())))
        .collect();
    let (mut tags, mut any) = (Vec::new(), false);
    for episode in episodes {
        let same = |old: &&EditionEpisode| {
            old.guid == episode.guid
                && old.audio.digest() == episode.audio.digest()
                // That tag is the host's, or the old host's.
                && !old.audio.is_as_it_was()
                && !old.audio.is_elsewhere()
        };
        let Some(old) = record.listed().find(same) else { continue };
        any = true;
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
        let fields = changed.get(episode.guid.0.as_str()).copied().unwrap_or_default();
        let of_feed = OF_EPISODE.iter().filter(|(field, _)| fields.contains(field));
        let mut texts: Vec<&str> = of_feed.map(|(_, text)| *text).collect();
        // Without one of its own, an episode has its notes for a description.
        texts.retain(|text| *text != "description" || !fields.contains(&"notes"));
        let of_record = [
            ("title", old.title != episode.title),
            ("date", old.published != episode.published),
            ("chapters", chapters),
        ];
        texts.extend(of_record.into_iter().filter(|(_, differs)| *differs).map(|(text, _)| text));
        if !texts.is_empty() {
            let episode = EpisodeName::of(&episode.guid, episode.number).0;
            tags.push(OldTag { episode, texts: in_order(&texts) });
        }
    }
    let of_show = OF_SHOW.iter().filter(|(field, _)| any && diff.show.contains(field));
    let of_show: Vec<&str> = of_show.map(|(_, text)| *text).collect();
    if !of_show.is_empty() {
        tags.push(OldTag { episode: EpisodeName::ALL.to_owned(), texts: in_order(&of_show) });
    }
    tags
}

fn in_order(texts: &[&str]) -> Vec<&'static str> {
    NAMES.into_iter().filter(|name| texts.contains(name)).collect()
}

/// Where an episode's page is, and its chapters beside it.
fn folder(of: &EditionEpisode) -> Option<&str> {
    Some(of.page.as_ref()?.key.as_str().rsplit_once('/')?.0)
}
