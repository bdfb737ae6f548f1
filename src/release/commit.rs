//! The end of a release: record, feed, manifest. It is not interrupted, only cut off.
//!
//! The record comes first, so that whoever reads a feed finds what it promises. It takes the next
//! free number; that decides nothing but the order. What decides between two releases is the feed
//! (or, where the feed stays as it is, the manifest), which is replaced only if it is still the one
//! that the plan was made against.

use std::time::Duration;

use super::error::ReleaseError;
use super::lock::{Lease, may_have_happened};
use super::records::release_numbers;
use super::run::{Event, Run};
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Kind, Object};
use crate::plan::Plan;
use crate::store::begun::{Begun, manifest_json};
use crate::store::packed::pack;
use crate::store::record::{LIMIT, Record, ReleaseNumber, feed_copy_key, manifest_key};
use crate::store::{Condition, Stored, Version};

/// How often a write whose outcome is unknown is looked into and tried again.
const TRIES: u32 = 4;

/// The first pause between two tries; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);

/// Publishes the feed under the first free number from the record's own on.
pub(super) async fn commit(
    plan: &Plan,
    run: &Run<'_>,
    lease: &Lease<'_>,
    mut record: Record,
    manifest: Option<Version>,
) -> Result<ReleaseNumber, ReleaseError> {
    lease.check().await?;
    enter(run, lease, &mut record).await?;
    run.tell(Event::Recorded { number: record.number });
    if plan.feed_reason.is_some() {
        // The record may have taken its time.
        lease.check().await?;
        put_feed(plan, run).await?;
        run.tell(Event::FeedPublished { key: &plan.feed.key });
    }
    put_manifest(run, &record, manifest, plan.feed_reason.is_some()).await?;
    Ok(record.number)
}

/// What is to be made of a write whose outcome was unknown.
enum Settled<T> {
    Done(T),
    TryIf(Condition),
}

/// Writes until it is known that the write has happened, or that it cannot.
///
/// `look` is asked after every try that may have happened, or met somebody else's.
async fn write<T>(
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

fn state(key: crate::model::object::Key, json: bytes::Bytes) -> Object {
    Object::in_memory(key, Kind::State, "application/json", json)
}

/// Keeps copies of the feed's documents under their hashes, where a rollback finds them.
pub(super) async fn keep_feeds(plan: &Plan, run: &Run<'_>) -> Result<(), ReleaseError> {
    let archives = plan.sends.iter().map(|step| &step.object);
    let archives = archives.filter(|object| object.kind == Kind::Feed);
    let feed = Some(&plan.feed).filter(|_| plan.feed_reason.is_some() || plan.base.is_foreign());
    for document in archives.chain(feed) {
        let (Ok(bytes), Digest::Whole { sha256 }) = (document.body.whole(), &document.digest)
        else {
            continue;
        };
        let key = feed_copy_key(sha256);
        let copy = Object::in_memory(key, Kind::State, "application/xml", pack(bytes));
        let kept = write(
            run,
            &copy,
            Condition::Absent,
            |_| (),
            async |stands| {
                Ok(match stands {
                    // Its name is its hash: whoever put it there, it is this document.
                    Some(_) => Settled::Done(()),
                    None => Settled::TryIf(Condition::Absent),
                })
            },
        );
        kept.await?;
    }
    Ok(())
}

/// Writes the record under the first number that is free.
async fn enter(run: &Run<'_>, lease: &Lease<'_>, record: &mut Record) -> Result<(), ReleaseError> {
    loop {
        let json = record.to_json();
        let object = state(record.number.key(), json.clone());
        let ours = write(
            run,
            &object,
            Condition::Absent,
            |_| true,
            async |stands| {
                Ok(match stands {
                    Some(stored) => Settled::Done(stored.bytes == json),
                    None => Settled::TryIf(Condition::Absent),
                })
            },
        );
        if ours.await? {
            return Ok(());
        }
        // A release that was cut off before its feed has this number; or one that has the lock now.
        lease.renew().await?;
        let last = release_numbers(run.store).await?.pop();
        record.number = last.map_or(record.number, |last| last.max(record.number)).next();
    }
}

/// Replaces the feed that the plan was made against.
async fn put_feed(plan: &Plan, run: &Run<'_>) -> Result<(), ReleaseError> {
    let before = plan.feed_condition();
    let new = match plan.feed.digest {
        Digest::Whole { sha256 } => sha256,
        Digest::Tagged { .. } => return Ok(()),
    };
    write(
        run,
        &plan.feed,
        before.clone(),
        |_| (),
        async |stands| match (stands, &before) {
            (Some(stored), _) if Sha256::of(&stored.bytes) == new => Ok(Settled::Done(())),
            (None, Condition::Absent) => Ok(Settled::TryIf(Condition::Absent)),
            (Some(stored), Condition::Is(version)) if stored.version == *version => {
                Ok(Settled::TryIf(before.clone()))
            }
            _ => Err(ReleaseError::Overtaken { by: "another feed".into() }),
        },
    )
    .await
}

/// Makes the manifest a copy of the record, unless a later release has gone on from it.
///
/// Where the feed is replaced, that has decided already; where it stays, this decides.
pub(super) async fn put_manifest(
    run: &Run<'_>,
    record: &Record,
    seen: Option<Version>,
    decided: bool,
) -> Result<(), ReleaseError> {
    write_manifest(run, Some(record), &Begun::new(), seen, decided).await?;
    Ok(())
}

/// Writes the manifest: the current record, and what is begun. Gives what the store calls it.
pub(super) async fn write_manifest(
    run: &Run<'_>,
    record: Option<&Record>,
    begun: &Begun,
    seen: Option<Version>,
    decided: bool,
) -> Result<Option<Version>, ReleaseError> {
    let json = manifest_json(record, begun);
    let object = state(manifest_key(), json.clone());
    let number = record.map(|record| record.number);
    let before = seen.map_or(Condition::Absent, Condition::Is);
    write(run, &object, before.clone(), Some, async |stands| {
        let Some(stored) = stands else { return Ok(Settled::TryIf(Condition::Absent)) };
        if stored.bytes == json {
            return Ok(Settled::Done(Some(stored.version)));
        }
        if before == Condition::Is(stored.version.clone()) {
            return Ok(Settled::TryIf(before.clone()));
        }
        let other = Record::from_json(&stored.bytes).ok();
        match other {
            Some(other) if decided && Some(other.number) > number => Ok(Settled::Done(None)),
            _ if decided => Ok(Settled::TryIf(Condition::Is(stored.version))),
            Some(other) => Err(ReleaseError::Overtaken { by: format!("release {}", other.number) }),
            None => Err(ReleaseError::Overtaken { by: "another release".into() }),
        }
    })
    .await
}
