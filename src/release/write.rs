//! Writes whose outcome is looked into until it is known: the answer to a write may be lost, or be that of a retry
//! which met its own first try.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::error::ReleaseError;
use super::event::Event;
use super::lock::{Lease, may_have_happened};
use super::run::Run;
use crate::model::object::{Key, Kind, Object};
use crate::store::begun::Stray;
use crate::store::record::LIMIT;
use crate::store::{Condition, StoreError, Stored, Version};

/// How often a write whose outcome is unknown is looked into and tried again.
const TRIES: u32 = 4;

/// The first pause between two tries; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);

/// What is to be made of a write whose outcome was unknown.
pub(super) enum Settled<T> {
    Done(T),
    TryIf(Condition),
}

/// Writes until it is known that the write has happened, or that it cannot.
///
/// `look` is asked after every try that may have happened, or met somebody else's.
pub(super) async fn write<T>(
    run: &Run<'_>,
    object: &Object,
    mut condition: Condition,
    written: impl Fn(Version) -> T,
    look: impl AsyncFn(Option<Stored>) -> Result<Settled<T>, ReleaseError>,
) -> Result<T, ReleaseError> {
    let mut pause = PAUSE;
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match run.store.put(object, &condition, &|_| ()).await {
            Ok(version) => return Ok(written(version)),
            Err(error) => error,
        };
        if !may_have_happened(&error) {
            return Err(error.into());
        }
        match look(run.store.read(&object.key, LIMIT).await?).await? {
            Settled::Done(value) => return Ok(value),
            Settled::TryIf(_) if tries >= TRIES => return Err(error.into()),
            Settled::TryIf(next) => condition = next,
        }
        run.clock.sleep(pause).await;
        pause *= 2;
    }
}

/// What onair notes for itself, unless it is more than anybody would read again.
pub(super) fn state(key: Key, json: Bytes) -> Result<Object, StoreError> {
    if json.len() as u64 > LIMIT {
        return Err(StoreError::TooLarge { key, limit: LIMIT });
    }
    Ok(Object::in_memory(key, Kind::State, "application/json", json))
}

/// Keeps a copy under a name that is its hash: whoever has put it there, it is this.
pub(super) async fn keep_copy(run: &Run<'_>, copy: &Object) -> Result<(), ReleaseError> {
    let look = async |stands: Option<Stored>| {
        Ok(stands.map_or(Settled::TryIf(Condition::Absent), |_| Settled::Done(())))
    };
    write(run, copy, Condition::Absent, |_| (), look).await
}

/// Removes these, unless somebody has written there since. Gives those that the store does not remove, and tells of
/// them: what stands for too long breaks no feed.
pub(super) async fn remove(
    strays: impl IntoIterator<Item = &Stray>,
    run: &Run<'_>,
    lease: &Lease<'_>,
) -> Result<BTreeSet<Key>, ReleaseError> {
    let stay = stream::iter(strays)
        .map(async |stray| {
            lease.check().await?;
            let condition = Condition::Is(stray.version.clone());
            Ok::<_, ReleaseError>(match run.store.delete(&stray.key, &condition).await {
                // Whoever has written there since knows why.
                Ok(()) | Err(StoreError::Precondition { .. }) => None,
                Err(error) => Some((stray.key.clone(), error)),
            })
        })
        .buffer_unordered(run.at_once)
        .try_filter_map(async |stays| Ok(stays));
    let stay: Vec<(Key, StoreError)> = stay.try_collect().await?;
    if let Some((_, error)) = stay.first() {
        let (stays, them) = match stay.len() {
            1 => ("1 object that nothing names any more stays".to_owned(), "it"),
            count => (format!("{count} objects that nothing names any more stay"), "them"),
        };
        let message =
            format!("{stays} public: {error}. The next release tries to remove {them} again");
        run.tell(Event::Note { message: &message });
    }
    Ok(stay.into_iter().map(|(key, _)| key).collect())
}
