//! Pages that move leave a redirect where they stood, and so do their players for other sites; pages of episodes
//! that leave, a page that says so. It stays.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::guard::EpisodeName;
use crate::model::object::{Key, Kind, Object};
use crate::site::edition::{EMBED, Edition, EditionEpisode, Guid};
use crate::site::redirect;
use crate::store::published::Published;
use crate::store::record::Record;

/// A page that this release moves.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// The episode, as a host speaks of it; `home page` is that of the show.
    pub episode: String,
    /// Where the page stood: a redirect now stands there, or another episode's page.
    pub from: Key,
    /// The address of the page.
    pub to: String,
    /// The other episode, as a host speaks of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<String>,
}

/// Every place where a page stood before and another page stands now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Before {
    /// What this release moves.
    pub moved: Vec<Moved>,
    /// Places that lead on to where the page or its player is, with the guids of their episodes; if one has left,
    /// they lead on again once it is back.
    pub redirects: BTreeMap<Key, Guid>,
    /// Places whose episode is gone.
    pub gone: BTreeSet<Key>,
    /// Where the home page stands, and where it stood.
    pub homes: Vec<Key>,
}

impl Before {
    /// All stays as a record has it.
    pub fn of(record: Option<&Record>) -> Self {
        let Some(record) = record else { return Self::default() };
        let (redirects, gone) = (record.moved.clone(), record.gone.clone());
        Self { moved: Vec::new(), redirects, gone, homes: record.homes.clone() }
    }
}

/// Adds to the edition a page for every place where the home page or a page of an episode stood before, unless
/// something else stands there now: a redirect, or where the episode has left, the page that says so.
pub(super) fn settle(edition: &mut Edition, published: &Published) -> Before {
    let mut before = Before::default();
    before.homes.extend(edition.home.iter().map(|(key, _)| key.clone()));
    let Some(record) = &published.record else { return before };
    before.moved = exchanged(edition, record);
    let there = edition.objects.iter().map(|it| (it.key.clone(), it.redirect.clone()));
    let there: BTreeMap<Key, Option<String>> = there.collect();
    if let Some((_, url)) = edition.home.clone() {
        // Where somebody has put a page since, the place is theirs.
        let ours = |key: &&Key| !there.contains_key(key) && !published.missing.contains(key);
        for (at, from) in record.homes.iter().enumerate().filter(|(_, key)| ours(key)) {
            if at == 0 {
                let (episode, to) = ("home page".to_owned(), url.clone());
                before.moved.push(Moved { episode, from: from.clone(), to, shows: None });
            }
            before.homes.push(from.clone());
            edition.objects.push(redirect::page(from.clone(), &url));
        }
    }
    let stood = record.listed().filter_map(|old| Some((page_of(record, old)?, Some(&old.guid))));
    let embeds = record.listed().filter_map(|old| {
        let key = old.page.as_ref()?.embed_key()?;
        record.objects.contains_key(&key).then_some((key, Some(&old.guid)))
    });
    let moved = record.moved.iter().map(|(key, guid)| (key.clone(), Some(guid)));
    let gone = record.gone.iter().map(|key| (key.clone(), None));
    let places: BTreeMap<Key, Option<&Guid>> =
        gone.chain(moved).chain(stood).chain(embeds).collect();
    for (from, guid) in &places {
        let stands = there.get(from);
        let is_embed = is_embed(from, |page| places.contains_key(page));
        let episode = guid.and_then(|guid| now(edition, record, guid));
        let object = match episode.and_then(|it| Some((it, it.page.as_ref()?))) {
            // An alias may lead on from there already.
            Some((_, page)) if stands.is_some_and(|to| to.as_ref() != Some(&page.url)) => continue,
            Some((episode, page)) => {
                before.redirects.insert(from.clone(), episode.guid.clone());
                if is_embed {
                    let player = redirect::page(from.clone(), &page.embed_url());
                    edition.objects.extend(Some(player).filter(|_| stands.is_none()));
                    continue;
                }
                if !record.moved.contains_key(from) || record.gone.contains(from) {
                    let name = EpisodeName::of(&episode.guid, episode.number).0;
                    let to = page.url.clone();
                    let from = from.clone();
                    before.moved.push(Moved { episode: name, from, to, shows: None });
                }
                if stands.is_some() {
                    continue;
                }
                redirect::page(from.clone(), &page.url)
            }
            None if stands.is_some() => continue,
            None => {
                before.redirects.extend(guid.map(|guid| (from.clone(), guid.clone())));
                let Some(html) = edition.gone.as_ref().filter(|_| !is_embed) else { continue };
                before.gone.insert(from.clone());
                let html = html.clone();
                Object::in_memory(from.clone(), Kind::Page, "text/html; charset=utf-8", html)
            }
        };
        edition.objects.push(object);
    }
    before
}

/// Places of an episode where another one's page is to stand.
fn exchanged(edition: &Edition, record: &Record) -> Vec<Moved> {
    let pages = edition.episodes.iter().filter_map(|it| Some((&it.page.as_ref()?.key, it)));
    let here: HashMap<&Key, &EditionEpisode> = pages.collect();
    let stood = record.listed().filter_map(|old| Some((page_of(record, old)?, &old.guid)));
    let led = record.moved.iter().map(|(key, guid)| (key.clone(), guid));
    let others = stood.chain(led).filter_map(|(from, guid)| {
        let here = here.get(&from).filter(|here| here.guid != *guid)?;
        let episode = now(edition, record, guid).filter(|it| it.guid != here.guid)?;
        let name = |it: &EditionEpisode| EpisodeName::of(&it.guid, it.number).0;
        let to = episode.page.as_ref()?.url.clone();
        Some(Moved { episode: name(episode), from, to, shows: Some(name(here)) })
    });
    others.collect()
}

/// Whether a page's player for other sites stood at `place`: where it stood, the page did, too.
fn is_embed(place: &Key, is_page: impl Fn(&Key) -> bool) -> bool {
    let folder = place.as_str().strip_suffix(EMBED).and_then(|it| it.strip_suffix('/'));
    let pages =
        folder.map(|folder| ["/index.html", ".html", ".htm"].map(|it| format!("{folder}{it}")));
    pages.into_iter().flatten().any(|page| Key::new(page).is_ok_and(|page| is_page(&page)))
}

/// Where the page that a release put at `key` leads on to, if one has moved from there.
pub fn leads_to(record: &Record, key: &Key) -> Option<String> {
    let guid = record.moved.get(key)?;
    let episode = record.episodes.iter().find(|episode| episode.guid == *guid)?;
    let page = episode.page.as_ref()?;
    Some(match is_embed(key, |page| record.moved.contains_key(page)) {
        true => page.embed_url(),
        false => page.url.clone(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_is_told_from_a_page_of_that_name() {
        let is = |place: &str, pages: &[&str]| {
            is_embed(&Key::new(place).unwrap(), |page| pages.contains(&page.as_str()))
        };
        assert!(is("p/9/embed/index.html", &["p/9/index.html"]));
        assert!(is("p/9/embed/index.html", &["p/9.html"]));
        assert!(is("p/9/embed/index.html", &["p/9.htm"]));
        assert!(!is("p/embed/index.html", &["p/embed/index.html", "p/9/index.html"]));
        assert!(!is("p/9/index.html", &["p/9/index.html"]));
        assert!(!is("embed/index.html", &["index.html"]));
    }
}
