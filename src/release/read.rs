//! Reads what a target holds: two small requests as a rule.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::begun::settle;
use super::error::ReleaseError;
use super::records::release_numbers;
use crate::model::hash::Sha256;
use crate::model::object::Key;
use crate::store::begun::read_begun;
use crate::store::packed::unpack;
use crate::store::published::{Published, Standing};
use crate::store::record::{BadRecord, LIMIT, Record, manifest_key};
use crate::store::{Found, QUESTIONS, Store, StoreError, Stored};

/// Reads what is published in a target whose feed is to stand at `feed`.
///
/// The manifest and the feed are read at once; only if they do not belong together are the records
/// searched for the one to which the feed belongs. Where a release was cut off, what it was about to
/// write is compared with what stands.
///
/// # Errors
/// If the store fails, or a later onair wrote the records.
pub async fn read_published(store: &dyn Store, feed: &Key) -> Result<Published, ReleaseError> {
    let manifest = manifest_key();
    let (manifest, public) =
        tokio::try_join!(store.read(&manifest, LIMIT), store.read(feed, LIMIT))?;
    let mut read = read_or_search(store, feed, manifest, public).await?;
    settle(store, &mut read).await?;
    Ok(read)
}

async fn read_or_search(
    store: &dyn Store,
    feed: &Key,
    manifest: Option<Stored>,
    public: Option<Stored>,
) -> Result<Published, ReleaseError> {
    if manifest.is_none() && public.is_none() {
        return Ok(Published::nothing());
    }
    let read = judge(store, feed, manifest, public).await?;
    if read.standing != Standing::Foreign {
        return Ok(read);
    }
    // A release may have finished between the two answers. A manifest that was read before the feed
    // is never ahead of it.
    let manifest = store.read(&manifest_key(), LIMIT).await?;
    let public = store.read(feed, LIMIT).await?;
    let read = judge(store, feed, manifest, public).await?;
    if read.standing != Standing::Foreign {
        return Ok(read);
    }
    search(store, read).await
}

/// What manifest and feed say without further questions.
async fn judge(
    store: &dyn Store,
    feed: &Key,
    manifest: Option<Stored>,
    mut public: Option<Stored>,
) -> Result<Published, ReleaseError> {
    // One that cannot be unpacked is damaged, as nothing is.
    let json = manifest.as_ref().map(|stored| unpack(&stored.bytes).unwrap_or_default());
    let record = match &json {
        Some(json) => parse(manifest_key(), json)?,
        None => None,
    };
    if let Some(record) = record.as_ref().filter(|record| record.feed.key != *feed) {
        public = store.read(&record.feed.key, LIMIT).await?;
    }
    let standing = match (&record, &public) {
        (None, None) => Standing::Empty,
        (Some(_), None) => Standing::FeedMissing,
        (Some(record), Some(public)) if is_feed_of(record, public) => Standing::Current,
        (_, Some(_)) => Standing::Foreign,
    };
    let begun = json.map(|json| read_begun(&json)).unwrap_or_default();
    let manifest = manifest.map(|stored| stored.version);
    Ok(Published { standing, record, feed: public, manifest, begun, ..Published::nothing() })
}

fn is_feed_of(record: &Record, feed: &Stored) -> bool {
    record.feed.sha256 == Sha256::of(&feed.bytes)
}

/// A damaged manifest is no more than a missing one: every record stands elsewhere too.
fn parse(key: Key, json: &[u8]) -> Result<Option<Record>, ReleaseError> {
    match Record::from_json(json) {
        Ok(record) => Ok(Some(record)),
        Err(BadRecord::Damaged(_)) => Ok(None),
        Err(reason @ BadRecord::Newer { .. }) => Err(ReleaseError::BadRecord { key, reason }),
    }
}

/// Looks for the record to which the public feed belongs: one later than the manifest, or one that was entered
/// beside it, of a release that was thought dead and has put its feed after all.
async fn search(store: &dyn Store, mut read: Published) -> Result<Published, ReleaseError> {
    let Some(public) = &read.feed else { return Ok(read) };
    let known = read.record.as_ref().map(|record| record.number);
    let before = read.record.as_ref().and_then(|record| record.parent);
    let numbers = release_numbers(store).await?.into_iter().rev();
    let beside = numbers.take_while(|number| Some(*number) > before);
    for number in beside.filter(|number| Some(*number) != known) {
        let Some(stored) = store.read(&number.key(), LIMIT).await? else { continue };
        if let Some(record) =
            parse(number.key(), &stored.bytes)?.filter(|it| is_feed_of(it, public))
        {
            read.record = Some(record);
            read.standing = Standing::ManifestBehind;
            break;
        }
    }
    Ok(read)
}

/// Notes what stands at these places of the site's own, in a target that no release has written to.
///
/// # Errors
/// If the store fails.
pub async fn look_for_others(
    store: &dyn Store,
    published: &mut Published,
    places: impl FnOnce() -> Vec<Key>,
) -> Result<(), StoreError> {
    if published.standing != Standing::Empty || !published.begun.is_empty() {
        return Ok(());
    }
    let there = stream::iter(places())
        .map(|key| async move { Ok::<_, StoreError>(store.head(&key).await?.map(|_| key)) })
        .buffered(QUESTIONS);
    published.foreign = there.try_filter_map(|key| async { Ok(key) }).try_collect().await?;
    Ok(())
}

/// Looks at every recorded object and notes those that are gone or no longer what was recorded.
///
/// A plan made from the outcome sends them again, where they are at hand.
///
/// # Errors
/// If the store fails.
pub async fn audit(store: &dyn Store, published: &mut Published) -> Result<(), StoreError> {
    let Some(record) = &published.record else { return Ok(()) };
    let missing = stream::iter(&record.objects)
        .map(|(key, recorded)| async move {
            let same = matches!(store.compare(&recorded.expected(key)).await?, Found::Same(_));
            Ok::<_, StoreError>((!same).then(|| key.clone()))
        })
        .buffer_unordered(QUESTIONS)
        .try_filter_map(|missing| async { Ok(missing) })
        .try_collect()
        .await?;
    published.missing = missing;
    Ok(())
}
