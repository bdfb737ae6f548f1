//! Cards for networks, drawn once: what the target has under a card's name, or the user's cache, is not
//! drawn again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use jiff::Timestamp;
use rayon::prelude::*;

use super::cache;
use crate::model::object::{Key, Kind, Object};
use crate::show::files::{NamedFile, Role, is_address};
use crate::show::{Show, waiting};
use crate::site::address::Addresses;
use crate::site::artwork::{Gallery, Rgb};
use crate::site::card::{self, Card, CardFile, Picture};
use crate::store::published::Published;

/// So many episodes get cards unasked: a first release draws all of them.
const UNASKED: usize = 1000;
/// A larger file is no card.
const MAX_KEPT: u64 = 1 << 20;

/// The cards of those due episodes that have none of their host's, by the episode's file. `keep` says what
/// becomes of a card until it is sent.
pub fn cards(
    show: &Show,
    named: &[NamedFile<'_>],
    gallery: &Gallery,
    published: &Published,
    now: Timestamp,
    keep: &(dyn Fn(Object) -> Object + Sync),
) -> BTreeMap<String, CardFile> {
    let settings = &show.settings;
    if !settings.site.cards.unwrap_or(show.episodes.len() <= UNASKED) {
        return BTreeMap::new();
    }
    let accent = settings.site.theme.accent.as_ref();
    let accent = accent.and_then(|accent| accent.get_ref().parse::<Rgb>().ok());
    let picture = |file: &NamedFile<'_>| {
        Picture::of(gallery.get(file.find(&show.root).ok()?)?.as_ref(), accent)
    };
    let of_role = |role| named.iter().filter(move |file| file.role == role);
    let artwork = of_role(Role::Artwork).find_map(picture);
    let own: BTreeMap<&str, Picture> = of_role(Role::EpisodeArtwork)
        .filter_map(|file| Some((file.source.path.as_str(), picture(file)?)))
        .collect();
    let there: BTreeSet<&str> = of_role(Role::Card)
        .filter(|file| file.find(&show.root).is_ok())
        .map(|file| file.source.path.as_str())
        .collect();
    let title = settings.show.title.get_ref();
    let mut cards = BTreeMap::new();
    let mut by_name = BTreeMap::new();
    for episode in &show.episodes {
        let path = &episode.source.path;
        let given = episode.social_background.value().is_some_and(|given| is_address(given))
            || there.contains(path.as_str());
        if given || episode.is_draft() || waiting::waits(settings, episode, now) {
            continue;
        }
        let picture = own.get(path.as_str()).or(artwork.as_ref());
        let words = episode.title.value().map_or("", String::as_str);
        let Some(card) = Card::of(words, title, picture) else { continue };
        let name = card.name();
        cards.insert(path.clone(), name.clone());
        by_name.entry(name).or_insert(card);
    }
    let addresses = Addresses::new(settings, BTreeMap::new());
    let stands = standing(&addresses, published);
    let files: BTreeMap<String, CardFile> = by_name
        .into_par_iter()
        .filter_map(|(name, card)| {
            let object = match stands.contains(name.as_str()) {
                true => None,
                false => {
                    let (key, bytes) =
                        (addresses.key(&card::path(&name)), kept_or_drawn(&name, &card)?);
                    Some(keep(Object::in_memory(key.ok()?, Kind::Image, card::CONTENT_TYPE, bytes)))
                }
            };
            Some((name.clone(), CardFile { name, object }))
        })
        .collect();
    let file = |(path, name): (String, String)| Some((path, files.get(&name)?.clone()));
    cards.into_iter().filter_map(file).collect()
}

/// The names of the cards that the target has.
fn standing<'a>(addresses: &Addresses, published: &'a Published) -> BTreeSet<&'a str> {
    const ANY: &str = "card";
    let (Ok(any), Some(record)) = (addresses.key(&card::path(ANY)), &published.record) else {
        return BTreeSet::new();
    };
    let folder = any.as_str().trim_end_matches(ANY);
    let keys = record.objects.keys().filter(|key| !published.missing.contains(*key));
    keys.filter_map(|key: &Key| key.as_str().strip_prefix(folder)).collect()
}

fn kept_or_drawn(name: &str, card: &Card<'_>) -> Option<Bytes> {
    let file = cache::folder().map(|folder| folder.join("cards").join(name));
    let kept = |file: &Path| cache::read_file(file, MAX_KEPT).filter(|it| it.starts_with(JPEG));
    if let Some(kept) = file.as_deref().and_then(kept) {
        return Some(Bytes::from(kept));
    }
    let drawn = card.draw().ok()?;
    if let Some(file) = file {
        // What cannot be kept is drawn again.
        let _ = cache::replace(&file, &drawn);
    }
    Some(drawn)
}

const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
