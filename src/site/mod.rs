//! The edition: everything a listener can be given, rendered from the show.
//!
//! [`build`] is a function from values to a value: the settings, the episodes with what is known of
//! their audio, the host's images and templates, and the time go in; the [`Edition`] comes out, and
//! the same inputs give the same bytes.
//!
//! An episode whose date has not come is no part of it at all: neither its page nor its audio can be
//! had before, and no record tells its title.

pub mod address;
pub mod apple;
mod apps;
pub mod artwork;
pub mod assets;
pub mod card;
pub mod chapters;
pub mod edition;
pub mod extra;
pub mod feed;
pub mod html;
mod item;
pub mod lang;
mod pages;
pub mod people;
pub mod redirect;
pub mod references;
pub mod tagging;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod transcript;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::model::audio::PublishedAudio;
use crate::model::chapter::{Chapter, TagChapter};
use crate::model::object::{BadKey, Key, Kind, Object};
use crate::show::{Episode, Settings, page, settings};
use address::Addresses;
pub use assets::AssetFile;
use card::CardFile;
pub use edition::Edition;
use edition::{EditionEpisode, EpisodePage, SharedNumbers};
use item::Item;
#[cfg(any(test, feature = "testing"))]
pub use pages::templates::rendered;
pub use pages::templates::{Compile, Here, LostBlock, Render, Set, TemplateError, Templates};
pub use transcript::{Transcript, TranscriptFile};

/// What becomes of an object's bytes until they are sent; unsaid, they stay in memory.
#[derive(Clone, Copy)]
pub struct Keep<'a>(pub &'a (dyn Fn(Object) -> Object + Sync));

impl Default for Keep<'_> {
    fn default() -> Self {
        const AS_IT_IS: &(dyn Fn(Object) -> Object + Sync) = &|object| object;
        Self(AS_IT_IS)
    }
}

impl fmt::Debug for Keep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keep")
    }
}

/// Everything that an edition is made from.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The settings.
    pub show: &'a Settings,
    /// Sound episodes, in any order; drafts among them are left out.
    pub episodes: Vec<EpisodeIn<'a>>,
    /// The host's images: [`files`](crate::show::files) says which.
    pub assets: Vec<AssetFile>,
    /// Variants of these, where there are any; a picture without is shown as it is.
    pub gallery: artwork::Gallery,
    /// The host's own templates.
    pub templates: Templates,
    /// Elements of the feed that onair has no key for.
    pub extra: extra::Extra,
    /// The time for which the edition is made.
    pub now: Timestamp,
    /// What becomes of what is rendered.
    pub keep: Keep<'a>,
}

/// An episode, and what is known of everything that belongs to it.
#[derive(Debug)]
pub struct EpisodeIn<'a> {
    /// The episode.
    pub episode: &'a Episode,
    /// Its audio as it is, or will be, published.
    pub audio: PublishedAudio,
    /// The audio to send; nothing if it is published already and is not at hand.
    pub object: Option<Object>,
    /// Its chapters, in order.
    pub chapters: Vec<Chapter>,
    /// Those of its MP3's tag that they were made of, where the host wrote none.
    pub tag_chapters: Vec<TagChapter>,
    /// Its transcripts, in the order named.
    pub transcripts: Vec<Transcript>,
    /// What networks are to show of it, where its host gave no picture for that.
    pub card: Option<CardFile>,
}

/// Why there is no edition.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// An episode lacks what every item must have.
    #[error("{source_path}: there is no usable `{key}`")]
    Incomplete {
        /// The episode's file.
        source_path: String,
        /// The front matter's key.
        key: &'static str,
    },
    /// A template cannot be read, or asks for what is not there.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Something has no place in the target.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// Two things have the same place in the target, or one stands where another needs a folder.
    #[error("{}`{key}` is taken: something else is to be published there", of_source(.source_path.as_deref()))]
    Taken {
        /// The place.
        key: Key,
        /// The episode whose page or alias it is, if it is one's.
        source_path: Option<String>,
    },
    /// The feed could not be written.
    #[error("the feed cannot be written: {0}")]
    Feed(String),
}

fn of_source(path: Option<&str>) -> String {
    path.map_or_else(String::new, |path| format!("{path}: "))
}

/// Renders a show.
///
/// # Errors
/// [`SiteError`] if a host's template is wrong, two things want the same key, or an episode that the
/// checks refuse was given all the same.
pub fn build(inputs: &Inputs<'_>) -> Result<Edition, SiteError> {
    let entries = item::entries(inputs)?;
    let show = inputs.show;
    let addresses = Addresses::new(show, known_paths(inputs, &entries));
    let hosts = people::hosts(&show.show.hosts, |image| addresses.given(image, settings::FILE));
    let language = lang::Language::of(show.show.language.get_ref(), &show.site.words);
    let due: Vec<&item::Entry<'_>> = entries.iter().filter(|entry| entry.due).collect();
    let items: Vec<Item<'_>> =
        due.par_iter().map(|entry| Item::render(entry, show, &addresses, &hosts)).collect();

    let mut objects: Vec<Object> =
        due.iter().filter_map(|entry| entry.given.object.clone()).collect();
    // The same picture under two endings is one file.
    let mut seen = BTreeSet::new();
    for asset in inputs.assets.iter().filter(|asset| seen.insert(asset.site_path())) {
        objects.push(asset.object(&addresses)?);
    }
    let (cards, stays) = cards(&items, &addresses)?;
    objects.extend(cards);
    let beside = items
        .par_iter()
        .map(|item| beside_page(item, &addresses, show.show.language.get_ref(), inputs.keep));
    objects.extend(beside.collect::<Result<Vec<_>, _>>()?.into_iter().flatten());
    let pixels = |asset: &AssetFile| Some((addresses.url(asset.site_path()), asset.pixels()?));
    let pixels = inputs.assets.iter().filter_map(pixels).collect();
    let frame = feed::Frame {
        show,
        addresses: &addresses,
        language: &language,
        hosts: &hosts,
        style: assets::FEED_STYLE,
        extra: &inputs.extra,
        pixels: &pixels,
    };
    let (pages, feed) = rayon::join(
        || {
            pages::render(&pages::Given {
                show,
                addresses: &addresses,
                items: &items,
                hosts: &hosts,
                gallery: &inputs.gallery,
                pixels: &pixels,
                templates: &inputs.templates,
                keep: inputs.keep,
            })
        },
        || feed::render(frame, &items, inputs.keep),
    );
    let (pages, (feed, archives)) = (pages?, feed?);
    // A list that grows by itself takes twice the room: a show has tens of thousands of objects.
    objects.reserve_exact(pages.iter().map(Vec::len).sum());
    objects.extend(pages.into_iter().flatten());
    let redirects = aliases(&items, &addresses, &objects)?;
    objects.reserve_exact(redirects.len() + archives.len());
    objects.extend(redirects);
    objects.extend(archives);

    let mut keys = BTreeSet::from([feed.key.as_str()]);
    let twice = objects.iter().find(|object| !keys.insert(object.key.as_str()));
    let is_file = |folder: &str| keys.contains(folder);
    // What stands side by side in a folder is looked at once.
    let beside = |a: &Object, b: &Object| {
        folders(a.key.as_str()).next_back() == folders(b.key.as_str()).next_back()
    };
    let one_of_each = || objects.chunk_by(beside).filter_map(<[Object]>::first);
    let taken = || one_of_each().find(|object| folders(object.key.as_str()).any(is_file));
    if let Some(object) = twice.or_else(taken) {
        let key = object.key.clone();
        let is_at = |path: &str| addresses.key(path).is_ok_and(|at| at == key);
        let is_its = |item: &&Item<'_>| {
            let aliases = item.entry.given.episode.aliases.value();
            is_at(&item.page) || aliases.into_iter().flatten().any(|path| is_at(path))
        };
        let item = items.iter().find(is_its);
        let source_path = item.map(|item| item.entry.given.episode.source.path.clone());
        return Err(SiteError::Taken { key, source_path });
    }
    let page = |entry: &item::Entry<'_>| {
        let path = addresses.page(entry.given.episode);
        Ok::<_, SiteError>(EpisodePage { key: addresses.key(&path)?, url: addresses.url(&path) })
    };
    let shared = SharedNumbers::of(inputs.episodes.iter().map(|given| given.episode));
    let promise = |entry: &&item::Entry<'_>| {
        Ok::<_, SiteError>(EditionEpisode { page: Some(page(entry)?), ..entry.promise(&shared) })
    };
    let mut episodes = Vec::with_capacity(due.len());
    for entry in &due {
        episodes.push(promise(entry)?);
    }
    let not_found = addresses.key(page::NOT_FOUND)?;
    let gone = objects.iter().find(|object| object.key == not_found);
    let gone = gone.and_then(|page| page.body.whole().ok());
    let tracking = inputs.show.tracking();
    let home = Some((addresses.key(page::HOME)?, addresses.url(page::HOME)));
    Ok(Edition { objects, stays, feed, tracking, episodes, waiting: Vec::new(), home, gone })
}

/// The cards that are new, and the keys of those that the target has.
fn cards(
    items: &[Item<'_>],
    addresses: &Addresses,
) -> Result<(Vec<Object>, BTreeSet<Key>), SiteError> {
    let (mut objects, mut stays, mut seen) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for card in items.iter().filter_map(|item| item.entry.given.card.as_ref()) {
        // Episodes whose titles have no letters here share the card of their artwork.
        if !seen.insert(&card.name) {
            continue;
        }
        match &card.object {
            Some(object) => objects.push(object.clone()),
            None => drop(stays.insert(addresses.key(&card.path())?)),
        }
    }
    Ok((objects, stays))
}

/// Redirects from where the front matter says that pages stood before, unless something of `there` stands
/// there now.
fn aliases(
    items: &[Item<'_>],
    addresses: &Addresses,
    there: &[Object],
) -> Result<Vec<Object>, SiteError> {
    let mut objects = Vec::new();
    let mut taken: BTreeSet<Key> = there.iter().map(|object| object.key.clone()).collect();
    for item in items {
        let paths = item.entry.given.episode.aliases.value().map(Vec::as_slice).unwrap_or_default();
        for path in paths.iter().filter(|path| **path != item.page) {
            let key = addresses.key(path)?;
            if taken.insert(key.clone()) {
                objects.push(redirect::page(key, &addresses.url(&item.page)));
            }
        }
    }
    Ok(objects)
}

/// Every folder above a file.
fn folders(key: &str) -> impl DoubleEndedIterator<Item = &str> {
    key.match_indices('/').map(|(at, _)| &key[..at])
}

/// What a host's text may name: due episodes, by their pages and their files, and the show's images; each with its
/// site path.
fn known_paths(inputs: &Inputs<'_>, entries: &[item::Entry<'_>]) -> BTreeMap<String, String> {
    let pages = Addresses::new(inputs.show, BTreeMap::new());
    let due = entries.iter().filter(|entry| entry.due);
    let due = due.flat_map(|entry| {
        let page = pages.page(entry.given.episode);
        [(entry.given.episode.source.path.clone(), page.clone()), (page.clone(), page)]
    });
    let images = inputs.assets.iter();
    images.map(|asset| (asset.path().to_owned(), asset.site_path().to_owned())).chain(due).collect()
}

/// Chapters and transcript of an episode.
fn beside_page(
    item: &Item<'_>,
    addresses: &Addresses,
    language: &str,
    Keep(keep): Keep<'_>,
) -> Result<Vec<Object>, SiteError> {
    let EpisodeIn { episode, chapters, transcripts, .. } = item.entry.given;
    let mut objects = Vec::new();
    if !chapters.is_empty() {
        let key = addresses.key(&chapters_path(addresses, episode))?;
        let json = chapters::json(chapters, |image| addresses.given(image, &episode.source.path));
        let json = json.into();
        objects.push(keep(Object::in_memory(key, Kind::Chapters, chapters::CONTENT_TYPE, json)));
    }
    for (at, transcript) in transcripts.iter().enumerate() {
        let key = addresses.key(&transcript_path(addresses, episode, transcripts, at))?;
        let (kind, bytes) = (Kind::Transcript, transcript.published(language));
        objects.push(Object::in_memory(key, kind, transcript.file.format.content_type(), bytes));
    }
    Ok(objects)
}

/// The site path of an episode's chapters.
pub(crate) fn chapters_path(addresses: &Addresses, episode: &Episode) -> String {
    addresses.beside_page(episode, "chapters.json")
}

/// The site path of the transcript at `at` of an episode's. Those of one form are told apart by their
/// language, or by their number.
pub(crate) fn transcript_path(
    addresses: &Addresses,
    episode: &Episode,
    transcripts: &[Transcript],
    at: usize,
) -> String {
    let name = |transcript: &Transcript, number: usize| {
        let language = transcript.language.as_deref().unwrap_or_default();
        let plain = language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let mark = match (language, number) {
            ("", 0) => String::new(),
            (language, 0) if plain && language.len() <= 20 => {
                format!("-{}", language.to_lowercase())
            }
            (_, number) => format!("-{}", number + 1),
        };
        format!("transcript{mark}.{}", transcript.file.format.ending())
    };
    let own = name(&transcripts[at], 0);
    let taken = transcripts[..at].iter().any(|other| name(other, 0) == own);
    let name = if taken { name(&transcripts[at], at) } else { own };
    addresses.beside_page(episode, &name)
}

#[cfg(test)]
mod tests;
