//! The edition: everything a listener can be given, rendered from the show.
//!
//! [`build`] is a function from values to a value: the settings, the episodes with what is known of
//! their audio, the host's images and templates, and the time go in; the [`Edition`] comes out, and
//! the same inputs give the same bytes.
//!
//! An episode whose date has not come is no part of feed and pages; only its audio may go up ahead.

pub mod address;
pub mod apple;
pub mod assets;
pub mod chapters;
pub mod edition;
pub mod extra;
pub mod feed;
pub mod html;
mod image_type;
mod item;
pub mod lang;
mod pages;
pub mod people;
pub mod references;
pub mod tagging;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod transcript;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::model::audio::PublishedAudio;
use crate::model::chapter::Chapter;
use crate::model::object::{BadKey, Key, Kind, Object};
use crate::show::{Episode, Settings};
use address::Addresses;
pub use assets::AssetFile;
pub use edition::Edition;
use item::Item;
pub use pages::templates::{TemplateError, Templates};
pub use transcript::TranscriptFile;

/// Everything that an edition is made from.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The settings.
    pub show: &'a Settings,
    /// Sound episodes, in any order; drafts among them are left out.
    pub episodes: Vec<EpisodeIn<'a>>,
    /// The host's images: [`assets::wanted`] says which.
    pub assets: Vec<AssetFile>,
    /// The host's own templates.
    pub templates: Templates,
    /// Elements of the feed that onair has no key for.
    pub extra: extra::Extra,
    /// The time for which the edition is made.
    pub now: Timestamp,
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
    /// Its transcript.
    pub transcript: Option<Arc<TranscriptFile>>,
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
    /// Two things have the same place in the target.
    #[error("two things would be published as `{0}`")]
    Twice(Key),
    /// The feed could not be written.
    #[error("the feed cannot be written: {0}")]
    Feed(String),
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
    let hosts = people::hosts(&show.show.hosts, |image| addresses.given(image));
    let due: Vec<&item::Entry<'_>> = entries.iter().filter(|entry| entry.due).collect();
    let items: Vec<Item<'_>> =
        due.par_iter().map(|entry| Item::render(entry, &addresses, &hosts)).collect();

    let mut objects: Vec<Object> =
        entries.iter().filter_map(|entry| entry.given.object.clone()).collect();
    for asset in &inputs.assets {
        objects.push(asset.object(&addresses)?);
    }
    let beside = items.par_iter().map(|item| beside_page(item, &addresses));
    objects.extend(beside.collect::<Result<Vec<_>, _>>()?.into_iter().flatten());
    let pixels = |asset: &AssetFile| Some((addresses.url(asset.path()), asset.pixels()?));
    let frame = feed::Frame {
        show,
        addresses: &addresses,
        hosts: &hosts,
        style: assets::FEED_STYLE,
        extra: &inputs.extra,
        pixels: &inputs.assets.iter().filter_map(pixels).collect(),
    };
    let (pages, feed) = rayon::join(
        || pages::render(show, &addresses, &items, &hosts, &inputs.templates),
        || feed::render(frame, &items),
    );
    objects.extend(pages?);
    let (feed, archives) = feed?;
    objects.extend(archives);

    let mut keys = BTreeSet::from([&feed.key]);
    if let Some(twice) = objects.iter().find(|object| !keys.insert(&object.key)) {
        return Err(SiteError::Twice(twice.key.clone()));
    }
    let episodes = entries.iter().map(item::Entry::promise).collect();
    Ok(Edition { objects, feed, episodes })
}

/// Site paths that a host's text may name: pages of due episodes, and the show's images.
fn known_paths(inputs: &Inputs<'_>, entries: &[item::Entry<'_>]) -> BTreeSet<String> {
    let pages = Addresses::new(inputs.show, BTreeSet::new());
    let due = entries.iter().filter(|entry| entry.due);
    let due = due.map(|entry| pages.page(&entry.given.episode.slug));
    inputs.assets.iter().map(|asset| asset.path().to_owned()).chain(due).collect()
}

/// Chapters and transcript of an episode.
fn beside_page(item: &Item<'_>, addresses: &Addresses) -> Result<Vec<Object>, SiteError> {
    let EpisodeIn { episode, chapters, transcript, .. } = item.entry.given;
    let mut objects = Vec::new();
    if !chapters.is_empty() {
        let key = addresses.key(&chapters_path(addresses, episode))?;
        let json = chapters::json(chapters, |image| addresses.given(image));
        objects.push(Object::in_memory(key, Kind::Chapters, chapters::CONTENT_TYPE, json.into()));
    }
    if let Some(transcript) = transcript {
        let key = addresses.key(&transcript_path(addresses, episode, transcript))?;
        let (kind, bytes) = (Kind::Transcript, transcript.bytes.clone());
        objects.push(Object::in_memory(key, kind, transcript.format.content_type(), bytes));
    }
    Ok(objects)
}

/// The site path of an episode's chapters.
pub(crate) fn chapters_path(addresses: &Addresses, episode: &Episode) -> String {
    addresses.beside_page(&episode.slug, "chapters.json")
}

/// The site path of an episode's transcript.
pub(crate) fn transcript_path(
    addresses: &Addresses,
    episode: &Episode,
    transcript: &TranscriptFile,
) -> String {
    addresses.beside_page(&episode.slug, &format!("transcript.{}", transcript.format.ending()))
}

#[cfg(test)]
mod tests;
