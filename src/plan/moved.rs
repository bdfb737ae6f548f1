//! Pages that move leave a redirect where they stood, those of episodes that leave a page that says so;
//! and it stays.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::EpisodeName;
use crate::model::object::{Key, Kind, Object};
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

/// Every place where a page stood before and another page stands now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Before {
    /// What this release moves.
    pub moved: Vec<Moved>,
    /// Places that lead on to where the page is, with the guids of their episodes.
    pub redirects: BTreeMap<Key, Guid>,
    /// Places whose episode is gone.
    pub gone: BTreeSet<Key>,
}

impl Before {
    /// All stays as a record has it.
    pub fn of(record: Option<&Record>) -> Self {
        let Some(record) = record else { return Self::default() };
        let (redirects, gone) = (record.moved.clone(), record.gone.clone());
        Self { moved: Vec::new(), redirects, gone }
    }
}

/// Adds to the edition a page for every place where a page of an episode stood before, unless something
/// else stands there now: a redirect, or where the episode has left, the page that says so.
pub(super) fn settle(edition: &mut Edition, record: Option<&Record>) -> Before {
    let mut before = Before::default();
    let Some(record) = record else { return before };
    let taken: BTreeSet<Key> = edition.objects.iter().map(|object| object.key.clone()).collect();
    let stood = record.listed().filter_map(|old| Some((page_of(record, old)?, Some(&old.guid))));
    let moved = record.moved.iter().map(|(key, guid)| (key.clone(), Some(guid)));
    let gone = record.gone.iter().map(|key| (key.clone(), None));
    let places: BTreeMap<Key, Option<&Guid>> = gone.chain(moved).chain(stood).collect();
    for (from, guid) in places {
        if taken.contains(&from) {
            continue;
        }
        let episode = guid.and_then(|guid| now(edition, record, guid));
        let object = match episode.and_then(|it| Some((it, it.page.as_ref()?))) {
            Some((episode, page)) => {
                before.redirects.insert(from.clone(), episode.guid.clone());
                if !record.moved.contains_key(&from) {
                    let name = EpisodeName::of(&episode.guid, episode.number).0;
                    let to = page.url.clone();
                    before.moved.push(Moved { episode: name, from: from.clone(), to });
                }
                redirect::page(from, &page.url)
            }
            None => {
                let Some(html) = &edition.gone else { continue };
                before.gone.insert(from.clone());
                Object::in_memory(from, Kind::Page, "text/html; charset=utf-8", html.clone())
            }
        };
        edition.objects.push(object);
    }
    before
}

/// The episode that was published with this guid, by its guid or by its audio.
fn now<'a>(edition: &'a Edition, record: &Record, guid: &Guid) -> Option<&'a EditionEpisode> {
    let episodes = edition.episodes.iter();
    episodes.clone().find(|episode| episode.guid == *guid).or_else(|| {
        let old = record.episodes.iter().find(|old| old.guid == *guid)?;
        episodes.clone().find(|episode| {
            episode.audio.key == old.audio.key && episode.audio.digest() == old.audio.digest()
        })
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
