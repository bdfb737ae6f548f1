//! Reads what a rollback needs from the target, and plans it.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::error::ReleaseError;
use super::records::read_record;
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Key, Kind, Object, known_type};
use crate::plan::{self, Guard, Plan};
use crate::store::Store;
use crate::store::packed::unpack_copy;
use crate::store::published::Published;
use crate::store::record::{LIMIT, Record, Recorded, ReleaseNumber, feed_copy_key, kept_key};

/// Small objects read at a time.
const READS_AT_ONCE: usize = 16;

/// Plans the way back to the feed of an earlier release; [`super::execute`] carries it out.
///
/// # Errors
/// If there is no such release, its feed is no longer kept, or the store fails. The inner error is
/// that of [`plan::rollback`].
pub async fn plan_rollback(
    store: &dyn Store,
    published: &Published,
    to: ReleaseNumber,
) -> Result<Result<Plan, Vec<Guard>>, ReleaseError> {
    let record = read_record(store, to).await?;
    let mut documents = BTreeMap::new();
    for (place, hash) in plan::documents(&record) {
        let key = feed_copy_key(&hash);
        let stored = store.read(&key, LIMIT).await?;
        let copy = stored.and_then(|stored| unpack_copy(&stored.bytes, hash));
        documents.insert(place.clone(), copy.ok_or(ReleaseError::NotKept { number: to, key })?);
    }
    let others = others(store, published, &record).await?;
    Ok(plan::rollback(published, &record, documents, others))
}

/// The plan of a rollback that holds: what a release that was cut off has overwritten comes back, and what it
/// has left goes.
///
/// # Errors
/// As [`plan_rollback`].
pub async fn hold(
    store: &dyn Store,
    published: &Published,
    plan: Plan,
) -> Result<Result<Plan, Vec<Guard>>, ReleaseError> {
    let cut_off = !(published.missing.is_empty() && published.strays.is_empty());
    match plan.holds {
        Some(number) if cut_off => plan_rollback(store, published, number).await,
        _ => Ok(Ok(plan)),
    }
}

/// Pages, chapters and pictures that `to` had and that have changed since, or that a release that was cut off
/// has overwritten, as far as they are kept; and the keys of those that are not.
async fn others(
    store: &dyn Store,
    published: &Published,
    to: &Record,
) -> Result<plan::Restored, ReleaseError> {
    let nothing = BTreeMap::new();
    let now = published.record.as_ref().map_or(&nothing, |record| &record.objects);
    let stands = |key: &Key, old: &Recorded| {
        let same = now.get(key).is_some_and(|current| current.digest == old.digest);
        same && !published.missing.contains(key)
    };
    let later = now.iter().filter(|(key, _)| !to.objects.contains_key(*key));
    let later = later.filter(|(key, _)| published.missing.contains(*key));
    let wanted = to.objects.iter().filter(|(key, old)| !stands(key, old)).chain(later);
    let wanted = wanted.filter_map(|(key, old)| match old.digest {
        Digest::Whole { sha256 } if old.kind != Kind::Feed => Some((key, old, sha256)),
        _ => None,
    });
    let found: Vec<Result<Object, Key>> = stream::iter(wanted.collect::<Vec<_>>())
        .map(async |(key, old, sha256)| {
            let Some(content_type) = known_type(&old.content_type) else {
                return Ok(Err(key.clone()));
            };
            // It may still stand where it stood.
            for place in [key.clone(), kept_key(&sha256)] {
                let stored = store.read(&place, LIMIT).await?;
                if let Some(stored) = stored.filter(|it| Sha256::of(&it.bytes) == sha256) {
                    let redirect = plan::leads_to(to, key);
                    let object =
                        Object::in_memory(key.clone(), old.kind, content_type, stored.bytes);
                    return Ok(Ok(Object { redirect, ..object }));
                }
            }
            Ok::<_, ReleaseError>(Err(key.clone()))
        })
        .buffer_unordered(READS_AT_ONCE)
        .try_collect()
        .await?;
    let mut restored = plan::Restored::default();
    for found in found {
        match found {
            Ok(object) => restored.objects.push(object),
            Err(key) => restored.not_kept.push(key),
        }
    }
    restored.not_kept.sort_unstable();
    Ok(restored)
}
