//! Removes what no recent release names.
//!
//! Only what some release of this target has named can go: whatever else stands in a bucket is none
//! of onair's. What the last releases name stays, and so does the public feed's release however old
//! it is. Objects go before the records that name them, so that a prune that is cut off is finished
//! by the next.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::error::ReleaseError;
use super::event::Event;
use super::lock::Lease;
use super::records::{read_record, release_numbers};
use super::run::Run;
use super::with_lock;
use crate::model::object::{Digest, Key};
use crate::plan::documents;
use crate::store::published::{Published, Standing};
use crate::store::record::{
    FEEDS, KEPT, LIMIT, Record, ReleaseNumber, feed_copy_key, kept_key, manifest_key,
};
use crate::store::{Condition, Listed, Store, Version};

/// Records read at a time; each may be a megabyte.
const RECORDS_AT_ONCE: usize = 4;

/// What a prune would remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prune {
    /// Objects that listeners could get, in order of key.
    pub objects: Vec<Listed>,
    /// Records and feeds of releases that are no longer kept.
    pub state: Vec<Listed>,
    /// The releases whose objects are kept, the latest last.
    pub kept: Vec<ReleaseNumber>,
    /// Objects in the target that no release has named: not onair's, or of a release that was cut
    /// off. They stay.
    pub unknown: Vec<Listed>,
    /// The manifest that was read.
    manifest: Option<Version>,
}

impl Prune {
    /// How many bytes would be freed.
    pub fn bytes(&self) -> u64 {
        self.objects.iter().chain(&self.state).map(|listed| listed.bytes).sum()
    }

    /// Whether there is nothing to remove.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.state.is_empty()
    }
}

/// Plans what to remove so that the objects of the last `keep` releases stay.
///
/// # Errors
/// If the public feed is not that of a release, a record that matters cannot be read, or the store
/// fails.
pub async fn plan_prune(
    store: &dyn Store,
    published: &Published,
    keep: NonZeroUsize,
) -> Result<Prune, ReleaseError> {
    let current = match (&published.record, published.standing) {
        (Some(record), Standing::Current | Standing::ManifestBehind) => record,
        _ => return Err(ReleaseError::NoFooting),
    };
    let listed = store.list("").await?;
    let numbers = listed.iter().filter_map(|it| ReleaseNumber::of_key(&it.key));
    let numbers: BTreeSet<ReleaseNumber> = numbers.collect();
    let last: BTreeSet<_> = numbers.iter().rev().take(keep.get()).copied().collect();
    let stays = |number: &ReleaseNumber| last.contains(number) || *number >= current.number;

    let records = stream::iter(numbers.clone())
        .map(|number| async move { (number, read_record(store, number).await) })
        .buffer_unordered(RECORDS_AT_ONCE);
    let records: BTreeMap<ReleaseNumber, Result<Record, ReleaseError>> = records.collect().await;
    let mut named: BTreeSet<Key> = names(current).collect();
    let mut once_named = BTreeSet::new();
    let mut unreadable = BTreeSet::new();
    for (number, record) in records {
        match record {
            Ok(record) if stays(&number) => named.extend(names(&record)),
            Ok(record) => once_named.extend(names(&record)),
            // What an old record named that cannot be read any more stays, and so does the record.
            Err(ReleaseError::BadRecord { .. }) if !stays(&number) => {
                unreadable.insert(number);
            }
            Err(error) => return Err(error),
        }
    }

    let mut prune = Prune {
        objects: Vec::new(),
        state: Vec::new(),
        kept: numbers.iter().filter(|number| stays(number)).copied().collect(),
        unknown: Vec::new(),
        manifest: published.manifest.clone(),
    };
    for it in listed.into_iter().filter(|it| !named.contains(&it.key)) {
        let of_old_release = match ReleaseNumber::of_key(&it.key) {
            Some(number) => !stays(&number) && !unreadable.contains(&number),
            // A copy that a record nobody can read may need stays.
            None => {
                let copy = [FEEDS, KEPT].iter().any(|folder| it.key.as_str().starts_with(folder));
                copy && unreadable.is_empty()
            }
        };
        if of_old_release {
            prune.state.push(it);
        } else if it.key.is_state() {
            // The manifest, the lock.
        } else if once_named.contains(&it.key) {
            prune.objects.push(it);
        } else {
            prune.unknown.push(it);
        }
    }
    Ok(prune)
}

/// Every key that a release needs to stand.
fn names(record: &Record) -> impl Iterator<Item = Key> {
    let copies = documents(record).map(|(_, hash)| feed_copy_key(&hash));
    let audio = record.episodes.iter().map(|episode| episode.audio.key.clone());
    let kept = record.objects.values().filter_map(|recorded| match recorded.digest {
        Digest::Whole { sha256 } => Some(kept_key(&sha256)),
        Digest::Tagged { .. } => None,
    });
    let own = [record.feed.key.clone(), record.number.key()];
    record.objects.keys().cloned().chain(audio).chain(copies).chain(kept).chain(own)
}

/// Carries a prune out, unless it would remove more than `most` objects.
///
/// # Errors
/// [`ReleaseError::TooMany`] if it would; or if a release was published since it was planned, or the
/// store fails.
pub async fn prune(prune: &Prune, most: usize, run: &Run<'_>) -> Result<(), ReleaseError> {
    if prune.objects.len() > most {
        return Err(ReleaseError::TooMany { objects: prune.objects.len(), most });
    }
    if prune.is_empty() {
        return Ok(());
    }
    with_lock(run, async |lease| {
        let manifest = run.store.head(&manifest_key()).await?.map(|head| head.version);
        // One that was cut off before its feed may yet put it: it changes no manifest.
        let last = release_numbers(run.store).await?.pop();
        if manifest != prune.manifest || last.as_ref() != prune.kept.last() {
            return Err(ReleaseError::Overtaken { by: "another release".to_owned() });
        }
        for group in [&prune.objects, &prune.state] {
            remove(group.iter().map(|it| (&it.key, it.bytes)), lease, run).await?;
        }
        Ok(())
    })
    .await
}

/// Removes these files, each with its length in bytes, unless the current release names one.
///
/// # Errors
/// [`ReleaseError::Overtaken`] if it does; or the store fails.
pub async fn take_away(files: &[(Key, u64)], run: &Run<'_>) -> Result<(), ReleaseError> {
    if files.is_empty() {
        return Ok(());
    }
    with_lock(run, async |lease| {
        let manifest = run.store.read(&manifest_key(), LIMIT).await?;
        let record = manifest.map(|stored| Record::from_json(&stored.bytes)).transpose();
        let bad = |reason| ReleaseError::BadRecord { key: manifest_key(), reason };
        let named: BTreeSet<Key> = record.map_err(bad)?.iter().flat_map(names).collect();
        if files.iter().any(|(key, _)| named.contains(key)) {
            return Err(ReleaseError::Overtaken { by: "another release".to_owned() });
        }
        remove(files.iter().map(|(key, bytes)| (key, *bytes)), lease, run).await
    })
    .await
}

/// Removes files, while the lock is held.
async fn remove<'a>(
    files: impl Iterator<Item = (&'a Key, u64)>,
    lease: &Lease<'_>,
    run: &Run<'_>,
) -> Result<(), ReleaseError> {
    let removals = stream::iter(files)
        .map(async |(key, bytes)| {
            lease.check().await?;
            run.store.delete(key, &Condition::Always).await?;
            run.tell(Event::Removed { key, bytes });
            Ok::<_, ReleaseError>(())
        })
        .buffer_unordered(run.at_once)
        .try_collect::<Vec<()>>();
    tokio::select! {
        biased;
        () = run.cancel.cancelled() => Err(ReleaseError::Cancelled),
        removed = removals => removed.map(drop),
    }
}
