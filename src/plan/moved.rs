//! Pages that move leave a redirect where they stood, and it stays.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::EpisodeName;
use crate::model::object::{Key, Kind};
use crate::site::edition::{Edition, EditionEpisode, Guid};
use crate::site::redirect;
use crate::store::record::Record;

/// A page that this release moves.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// The episode, as a host speaks of it.
    pub episode: String,
    /// Where the page stood: a redirect now stands there.
    pub from: Key,
    /// The address of the page.
    pub to: String,
}

/// Adds a redirect to the edition for every place where a page of one of its episodes stood before,
/// unless something else stands there now. Gives what this release moves, and all places with the
/// guids of their episodes, which the record keeps.
pub(super) fn redirects(
    edition: &mut Edition,
    record: Option<&Record>,
) -> (Vec<Moved>, BTreeMap<Key, Guid>) {
    let Some(record) = record else { return Default::default() };
    let taken: BTreeSet<Key> = edition.objects.iter().map(|object| object.key.clone()).collect();
    let stood = record.listed().filter_map(|old| Some((page_of(record, old)?, &old.guid)));
    let before = record.moved.iter().map(|(key, guid)| (key.clone(), guid));
    let places: BTreeMap<Key, &Guid> = before.chain(stood).collect();
    let (mut moved, mut all) = (Vec::new(), BTreeMap::new());
    for (from, guid) in places {
        if taken.contains(&from) {
            continue;
        }
        let Some(episode) = now(edition, record, guid) else { continue };
        let Some(page) = &episode.page else { continue };
        all.insert(from.clone(), episode.guid.clone());
        if !record.moved.contains_key(&from) {
            let name = EpisodeName::of(&episode.guid, episode.number).0;
            moved.push(Moved { episode: name, from: from.clone(), to: page.url.clone() });
        }
        let object = redirect::page(from, &page.url);
        edition.objects.push(object);
    }
    (moved, all)
}

/// The episode that was published with this guid, by its guid or by its audio.
fn now<'a>(edition: &'a Edition, record: &Record, guid: &Guid) -> Option<&'a EditionEpisode> {
    let episodes = edition.episodes.iter();
    episodes.clone().find(|episode| episode.guid == *guid).or_else(|| {
        let old = record.episodes.iter().find(|old| old.guid == *guid)?;
        episodes.clone().find(|episode| episode.audio == old.audio)
    })
}

/// Where an episode's page stands. Records of early releases do not say it; there it is the one page
/// in a folder that has the name of the episode's file.
pub(super) fn page_of(record: &Record, episode: &EditionEpisode) -> Option<Key> {
    if let Some(page) = &episode.page {
        return Some(page.key.clone());
    }
    let name = episode.source.rsplit('/').next()?.strip_suffix(".md")?;
    let ending = format!("/{name}/index.html");
    let pages = record.objects.iter().filter(|(_, object)| object.kind == Kind::Page);
    let mut pages = pages.filter(|(key, _)| key.as_str().ends_with(&ending));
    let (page, None) = (pages.next()?.0, pages.next()) else { return None };
    Some(page.clone())
}
