//! Reads what a rollback needs from the target, and plans it.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::error::ReleaseError;
use super::records::read_record;
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Kind, Object, known_type};
use crate::plan::{self, Guard, Plan};
use crate::store::Store;
use crate::store::packed::unpack;
use crate::store::published::Published;
use crate::store::record::{LIMIT, Record, ReleaseNumber, feed_copy_key, kept_key};

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
        let copy = stored.as_ref().and_then(|stored| unpack(&stored.bytes).ok());
        let copy = copy.filter(|copy| Sha256::of(copy) == hash);
        let copy = copy.ok_or(ReleaseError::NotKept { number: to, key })?;
        documents.insert(place.clone(), copy.into_owned().into());
    }
    let others = others(store, published, &record).await?;
    Ok(plan::rollback(published, &record, documents, others))
}

/// Pages, chapters and pictures that `to` had and that have changed since, as far as they are kept.
async fn others(
    store: &dyn Store,
    published: &Published,
    to: &Record,
) -> Result<Vec<Object>, ReleaseError> {
    let now = published.record.as_ref().map(|record| &record.objects);
    let changed = to.objects.iter().filter_map(|(key, old)| {
        let Digest::Whole { sha256 } = old.digest else { return None };
        let current = now.and_then(|objects| objects.get(key));
        let same = current.is_some_and(|current| current.digest == old.digest);
        let content_type = known_type(&old.content_type).filter(|_| !same)?;
        (old.kind != Kind::Feed).then_some((key, old.kind, content_type, sha256))
    });
    stream::iter(changed.collect::<Vec<_>>())
        .map(async |(key, kind, content_type, sha256)| {
            // It may still stand where it stood.
            for place in [key.clone(), kept_key(&sha256)] {
                let stored = store.read(&place, LIMIT).await?;
                if let Some(stored) = stored.filter(|it| Sha256::of(&it.bytes) == sha256) {
                    let bytes = stored.bytes;
                    return Ok(Some(Object::in_memory(key.clone(), kind, content_type, bytes)));
                }
            }
            Ok::<_, ReleaseError>(None)
        })
        .buffer_unordered(READS_AT_ONCE)
        .try_filter_map(async |object| Ok(object))
        .try_collect()
        .await
}
