//! Back to the feed of an earlier release, by way of a new one.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::{
    Before, Documents, FeedDiff, Guard, Plan, checks, draw_up, fingerprint_of, public_feed,
};
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Key, Kind, Object};
use crate::site::edition::{Edition, EditionEpisode};
use crate::site::feed::CONTENT_TYPE;
use crate::store::published::Published;
use crate::store::record::Record;

/// Every document of a release's feed with its hash: the feed first, then its archive pages.
pub fn documents(of: &Record) -> impl Iterator<Item = (&Key, Sha256)> {
    let archives = of.objects.iter().filter(|(_, recorded)| recorded.kind == Kind::Feed);
    let archives = archives.filter_map(|(key, recorded)| match recorded.digest {
        Digest::Whole { sha256 } => Some((key, sha256)),
        Digest::Tagged { .. } => None,
    });
    std::iter::once((&of.feed.key, of.feed.sha256)).chain(archives)
}

/// What comes back with a feed: pages, chapters and pictures.
#[derive(Debug, Default)]
pub struct Restored {
    /// What has changed since, and is kept.
    pub objects: Vec<Object>,
    /// What has changed since, and is not kept any more.
    pub not_kept: Vec<Key>,
}

/// Plans the way back to the feed of the release `to`, whose [`documents`] are given by key.
///
/// `restored` is what the release had and that has changed since, and what is to stand and does not.
/// Episodes that the old feed does not list are kept with their pages and audio, unlisted. The audio that it does list must still
/// be there, and the release makes sure of that before it puts the feed.
///
/// # Errors
/// If the documents are not the feed that the record describes.
pub fn rollback(
    published: &Published,
    to: &Record,
    mut documents: BTreeMap<Key, Bytes>,
    restored: Restored,
) -> Result<Plan, Vec<Guard>> {
    let object = |key, bytes| Object::in_memory(key, Kind::Feed, CONTENT_TYPE, bytes);
    let feed = documents.remove(&to.feed.key).unwrap_or_default();
    let current = published.record.as_ref();
    let place = current.map_or(&to.feed.key, |record| &record.feed.key).clone();
    let kept: BTreeSet<_> = to.episodes.iter().map(|episode| &episode.guid).collect();
    let later = current.into_iter().flat_map(|record| &record.episodes);
    let later = later.filter(|episode| !kept.contains(&episode.guid));
    let unlisted = later.map(|episode| EditionEpisode { listed: false, ..episode.clone() });
    let edition = Edition {
        objects: documents
            .into_iter()
            .map(|(key, bytes)| object(key, bytes))
            .chain(restored.objects)
            .collect(),
        stays: BTreeSet::new(),
        feed: object(place, feed),
        tracking: String::new(),
        episodes: unlisted.chain(to.episodes.iter().cloned()).collect(),
        waiting: Vec::new(),
        home: None,
        gone: None,
    };
    let after = Documents::of(&edition).map_err(|bad| vec![checks::unreadable(&bad)])?;
    let guards = checks::disagreements(&edition, &after);
    if !guards.is_empty() {
        return Err(guards);
    }
    let diff = FeedDiff::between(public_feed(published).as_ref(), &after, current);
    let mut objects = current.map(|record| record.objects.clone()).unwrap_or_default();
    objects.retain(|key, _| !published.missing.contains(key));
    let before = Before::of(current);
    let mut plan = draw_up(edition, published, diff, objects, before);
    plan.left.clear();
    plan.leaves.clear();
    plan.old_tags.clear();
    plan.not_kept = restored.not_kept;
    // What was released last is what an older checkout must not take back.
    plan.revision = current.and_then(|record| record.revision.clone());
    plan.held = current.map(|record| record.held.unwrap_or_else(|| fingerprint_of(record)));
    Ok(plan)
}
