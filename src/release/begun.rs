//! Finds out what became of a release that was cut off, and notes what this one is about to do.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::commit::{Decides, TakenBack, write_manifest};
use super::error::ReleaseError;
use super::event::Event;
use super::lock::Lease;
use super::records::{read_record, release_numbers};
use super::run::Run;
use super::write::remove;
use crate::model::object::{Digest, Key};
use crate::plan::Plan;
use crate::store::begun::{Begun, BegunObject, Stray};
use crate::store::published::Published;
use crate::store::{Expected, Found, QUESTIONS, Store, StoreError, Version};

/// Compares what a release that was cut off has begun with what stands: recorded objects that are no
/// longer what was recorded are missing, and what no release has named is stray.
pub(super) async fn settle(
    store: &dyn Store,
    published: &mut Published,
) -> Result<(), ReleaseError> {
    if published.begun.is_empty() {
        return Ok(());
    }
    let recorded = |key: &Key| published.record.as_ref()?.objects.get(key);
    let (known, unknown): (Vec<_>, Vec<_>) =
        published.begun.iter().partition(|(key, _)| recorded(key).is_some());
    let known = known.into_iter().filter_map(|(key, _)| Some(recorded(key)?.expected(key)));
    let known = compare(store, known.collect()).await?;
    let unknown = unknown.into_iter().map(|(key, begun)| begun.expected(key)).collect();
    let unknown = compare(store, unknown).await?;
    let missing = known.into_iter().filter(|(_, found)| !matches!(found, Found::Same(_)));
    let missing: Vec<Key> = missing.map(|(key, _)| key).collect();
    // Where a recorded object was overwritten, its bytes are gone; the edition may have others. What was
    // only to leave was not.
    let begun = missing.iter().filter_map(|key| Some((key, published.begun.get(key)?)));
    let begun = begun.filter(|(_, begun)| !begun.leaves).map(|(key, begun)| begun.expected(key));
    let overwritten = strays(compare(store, begun.collect()).await?);
    let mut strays = strays(unknown);
    for stray in &mut strays {
        let digest = published.begun.get(&stray.key).map(|begun| &begun.digest);
        stray.is_audio = matches!(digest, Some(Digest::Tagged { .. }));
    }
    if !strays.is_empty() {
        let named = once_named(store, published).await?;
        let leaves = |key: &Key| published.begun.get(key).is_some_and(|begun| begun.leaves);
        strays.retain(|stray| leaves(&stray.key) || !named.contains(&stray.key));
    }
    published.missing.extend(missing);
    strays.extend(overwritten);
    published.strays = strays;
    Ok(())
}

/// What was written as it was begun.
fn strays(found: Vec<(Key, Found)>) -> Vec<Stray> {
    let stray = |(key, found)| match found {
        Found::Same(head) | Found::OtherHeaders(head) => {
            Some(Stray { key, version: head.version, is_audio: false })
        }
        // Nothing, or something that is none of ours.
        Found::Nothing | Found::Other(_) => None,
    };
    found.into_iter().filter_map(stray).collect()
}

async fn compare(
    store: &dyn Store,
    expected: Vec<Expected<'_>>,
) -> Result<Vec<(Key, Found)>, StoreError> {
    stream::iter(expected)
        .map(async |expected| Ok((expected.key.clone(), store.compare(&expected).await?)))
        .buffer_unordered(QUESTIONS)
        .try_collect()
        .await
}

/// Every key that a release up to the current one has named: a rollback may need it.
async fn once_named(
    store: &dyn Store,
    published: &Published,
) -> Result<BTreeSet<Key>, ReleaseError> {
    let mut named = BTreeSet::new();
    let Some(current) = published.record.as_ref().map(|record| record.number) else {
        return Ok(named);
    };
    let numbers = release_numbers(store).await?;
    for number in numbers.into_iter().filter(|number| *number < current) {
        match read_record(store, number).await {
            Ok(record) => {
                named.extend(record.episodes.into_iter().map(|episode| episode.audio.key));
                named.extend(record.objects.into_keys());
            }
            Err(ReleaseError::BadRecord { .. } | ReleaseError::NoRelease(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(named)
}

/// Notes in the manifest what this release is about to write and to take away, before it writes anything.
pub(super) async fn note(
    plan: &Plan,
    run: &Run<'_>,
    manifest: Option<Version>,
) -> Result<Option<Version>, ReleaseError> {
    let mut begun: Begun = plan.base.begun.clone();
    let ours = plan.sends.iter().map(|step| &step.object);
    begun.extend(ours.map(|object| (object.key.clone(), BegunObject::of(object))));
    begun.extend(plan.leaving());
    write_manifest(run, plan.base.record.as_ref(), &begun, manifest, Decides::Manifest).await
}

/// Takes away what a release that was cut off has left and nobody wants.
///
/// Its audio stays unless it is known to have ended: one that only slept may yet put its feed, and
/// that names the audio.
pub(super) async fn take_back(
    plan: &Plan,
    run: &Run<'_>,
    lease: &Lease<'_>,
) -> Result<TakenBack, ReleaseError> {
    let (go, stay): (Vec<&Stray>, Vec<&Stray>) =
        plan.strays.iter().partition(|stray| lease.last_has_ended || !stray.is_audio);
    for stray in stay {
        let message = format!(
            "`{}` was sent by a release that was cut off, and nothing names it: it stays, and is \
             yours to delete",
            stray.key
        );
        run.tell(Event::Note { message: &message });
    }
    let stay = remove(go.iter().copied(), run, lease).await?;
    let gone = go.into_iter().map(|stray| stray.key.clone());
    let gone = gone.filter(|key| !stay.contains(key)).collect();
    let mut stayed = plan.base.begun.clone();
    stayed.retain(|key, _| stay.contains(key));
    Ok(TakenBack { gone, stayed })
}
