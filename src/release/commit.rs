//! The end of a release: record, feed, manifest; then what the show no longer has is taken away. It is not
//! interrupted, only cut off.
//!
//! The record comes first, so that whoever reads a feed finds what it promises. It takes the next
//! free number; that decides nothing but the order. What decides between two releases is the feed
//! (or, where the feed stays as it is, the manifest), which is replaced only if it is still the one
//! that the plan was made against.

use super::error::ReleaseError;
use super::event::Event;
use super::lock::Lease;
use super::records::release_numbers;
use super::run::Run;
use super::write::{Settled, keep_copy, remove, state, write};
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Key, Kind, Object};
use crate::plan::Plan;
use crate::store::begun::{Begun, Stray, manifest_json};
use crate::store::packed::pack;
use crate::store::record::{Record, ReleaseNumber, feed_copy_key, manifest_key};
use crate::store::{Condition, Version};

/// Publishes the feed under the first free number from the record's own on.
pub(super) async fn commit(
    plan: &Plan,
    run: &Run<'_>,
    lease: &Lease<'_>,
    mut record: Record,
    manifest: Option<Version>,
    leaving: &Leaving,
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
    let decides = if plan.feed_reason.is_some() { Decides::Feed } else { Decides::Manifest };
    let mut noted = plan.leaving();
    noted.extend(leaving.back.stayed.clone());
    let manifest = write_manifest(run, Some(&record), &noted, manifest, decides).await?;
    // Without a manifest of ours, a later release has gone on, and may want what leaves.
    if !plan.leaves.is_empty() && manifest.is_some() {
        let stay = remove(&leaving.now, run, lease).await?;
        noted.retain(|key, _| stay.contains(key) || leaving.back.stayed.contains_key(key));
        write_manifest(run, Some(&record), &noted, manifest, Decides::Feed).await?;
    }
    Ok(record.number)
}

/// What goes, or should have gone.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// What the show no longer has, as it stands.
    pub(super) now: Vec<Stray>,
    /// What an earlier release has left.
    pub(super) back: TakenBack,
}

/// What became of what a release that was cut off has left.
#[derive(Debug, Default)]
pub(super) struct TakenBack {
    pub(super) gone: Vec<Key>,
    /// What the store does not remove: it is noted for the next release.
    pub(super) stayed: Begun,
}

/// What decides between two releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decides {
    /// The feed, which has been replaced.
    Feed,
    /// The manifest itself.
    Manifest,
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
        keep_copy(run, &Object::in_memory(key, Kind::State, "application/xml", pack(bytes)))
            .await?;
    }
    Ok(())
}

/// Writes the record under the first number that is free.
async fn enter(run: &Run<'_>, lease: &Lease<'_>, record: &mut Record) -> Result<(), ReleaseError> {
    loop {
        let json = record.to_json();
        let object = state(record.number.key(), json.clone())?;
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

/// Writes the manifest: the current record, and what is begun; where the feed has decided, unless a later release
/// has gone on from it. Gives what the store calls it.
pub(super) async fn write_manifest(
    run: &Run<'_>,
    record: Option<&Record>,
    begun: &Begun,
    seen: Option<Version>,
    decides: Decides,
) -> Result<Option<Version>, ReleaseError> {
    let decided = decides == Decides::Feed;
    let json = manifest_json(record, begun);
    let object = state(manifest_key(), json.clone())?;
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
