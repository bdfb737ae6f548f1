//! Carries a plan out in the one safe order.
//!
//! 1. Read what is published ([`read_published`]) and plan against it; nothing has been written yet.
//! 2. Take the lock. Whoever loses says who holds it.
//! 3. Send audio, and beside it new images, chapters, transcripts and assets; then those that replace others.
//! 4. Send pages, and look at every enclosure that the new feed will name: it exists, with that length and type,
//!    or as the very version that was sent with that type, which a listing tells of a thousand at once.
//! 5. Write the record, put the feed if it is still the one that was planned against, then the
//!    manifest. Then take away what the show no longer has of its site, and give the lock back.
//!
//! So at every instant, whatever is killed or fails: every enclosure in the public feed exists with
//! exactly the length and type that the feed says; the feed is some release's whole feed; no published
//! audio is lost or changed. Releasing again finishes what was cut off and sends nothing twice; if the
//! show has changed meanwhile, it takes back what was sent of it. Of two releases at once one wins whole,
//! and the other stops. A release deletes nothing but what another that was cut off has left, and pages, files of
//! theirs and archive pages of the feed that the show no longer has: a copy is kept for a rollback.

mod begun;
mod commit;
mod error;
mod event;
mod listing;
mod lock;
mod process;
mod prune;
mod read;
mod records;
mod rollback;
mod run;
mod send;
mod verify;
mod write;

pub use error::{ErrorClass, Fault, ReleaseError};
pub use event::{Delivery, Event, Reporter, Silent};
pub use process::{Owner, Process};
pub use prune::{Prune, plan_prune, prune, take_away};
pub use read::{audit, look_for_others, read_published};
pub use records::{read_record, release_numbers};
pub use rollback::{hold, plan_rollback};
pub use run::{Cancel, Clock, Run, SystemClock};
pub use send::send_ahead;
pub use verify::prove;

use crate::model::object::{Key, Kind};
use crate::plan::{Plan, Reason, Step};
use crate::store::Version;
use crate::store::record::{Record, ReleaseNumber, manifest_key};
use lock::Lease;

/// What a release came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The release that was made; none if there was nothing to do.
    pub number: Option<ReleaseNumber>,
    /// Objects that were sent, the feed among them.
    pub sent: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that an earlier release, cut off, had sent already.
    pub already_there: usize,
    /// Objects that were left as they are.
    pub unchanged: usize,
    /// Keys whose content a cache may now hold in an old state.
    pub changed: Vec<Key>,
    /// Whether a new feed is public.
    pub feed_published: bool,
}

/// Carries a plan out. Nothing to do costs nothing.
///
/// # Errors
/// See [`ReleaseError`]; the promises above hold in every case, and releasing again goes on.
pub async fn execute(plan: &Plan, run: &Run<'_>) -> Result<Receipt, ReleaseError> {
    if plan.nothing_to_do() {
        return Ok(Receipt { unchanged: plan.unchanged.len(), ..Receipt::default() });
    }
    with_lock(run, async |lease| carry_out(plan, run, lease).await).await
}

/// Does `work` while the lock is held, and renewed.
async fn with_lock<T>(
    run: &Run<'_>,
    work: impl AsyncFnOnce(&Lease<'_>) -> Result<T, ReleaseError>,
) -> Result<T, ReleaseError> {
    let take = async {
        if !run.store.conditional().await? {
            run.tell(Event::BestEffort);
        }
        Lease::take(*run).await
    };
    let (lease, looked) = tokio::join!(take, run.store.look_around());
    let lease = lease?;
    run.tell(Event::Locked { resuming: lease.resuming });
    let outcome = tokio::select! {
        biased;
        outcome = async {
            looked?;
            work(&lease).await
        } => outcome,
        lost = lease.keep() => Err(lost),
    };
    match &outcome {
        Ok(_) => {
            if let Err(error) = lease.give_back().await {
                lease.leave().await;
                let message =
                    format!("the lock could not be removed, and is marked as left: {error}");
                run.tell(Event::Note { message: &message });
            }
        }
        Err(ReleaseError::LockLost { .. }) => {}
        Err(_) => lease.leave().await,
    }
    outcome
}

async fn carry_out(plan: &Plan, run: &Run<'_>, lease: &Lease<'_>) -> Result<Receipt, ReleaseError> {
    run.store.tidy().await?;
    let mut receipt = Receipt { unchanged: plan.unchanged.len(), ..Receipt::default() };
    if !plan.makes_release() {
        let manifest = still_current(plan, run).await?;
        let commit::TakenBack { gone, stayed } = begun::take_back(plan, run, lease).await?;
        let record = plan.base.record.as_ref();
        if record.is_some() && (plan.base.is_behind() || stayed != plan.base.begun) {
            let decides = commit::Decides::Feed;
            commit::write_manifest(run, record, &stayed, manifest, decides).await?;
        }
        receipt.changed = gone;
        return Ok(receipt);
    }

    let prepared = prepare(plan, run, lease);
    let (sent, record, manifest, leaving) = tokio::select! {
        biased;
        () = run.cancel.cancelled() => return Err(ReleaseError::Cancelled),
        prepared = prepared => prepared?,
    };
    if run.cancel.is_cancelled() {
        return Err(ReleaseError::Cancelled);
    }
    receipt.number = Some(commit::commit(plan, run, lease, record, manifest, &leaving).await?);

    receipt.feed_published = plan.feed_reason.is_some();
    receipt.sent = sent.objects + usize::from(receipt.feed_published);
    receipt.bytes = sent.bytes;
    if receipt.feed_published {
        receipt.bytes += plan.feed.body.len();
    }
    receipt.already_there = sent.already_there;
    // Where nothing was before, no cache can hold it; but a target that no record describes, or that
    // a release was cut off in, may have held anything.
    let unknown = plan.base.record.is_none() || lease.resuming;
    let changed = plan.steps().filter(|(_, reason)| unknown || *reason != Reason::New);
    let gone = plan.leaves.keys().chain(&leaving.back.gone);
    let changed = changed.map(|(object, _)| &object.key).chain(gone);
    receipt.changed = changed.cloned().collect();
    Ok(receipt)
}

/// Everything up to the record: what the feed will name is sent, and looked at. Gives the manifest's version and
/// what leaves, too.
async fn prepare(
    plan: &Plan,
    run: &Run<'_>,
    lease: &Lease<'_>,
) -> Result<(send::Sent, Record, Option<Version>, commit::Leaving), ReleaseError> {
    let (proved, manifest) = tokio::try_join!(prove(plan, run.store), begin(plan, run))?;
    let mut sent = send::Sent::of(proved);
    let back = begun::take_back(plan, run, lease).await?;
    let rest = send::send_named(&plan.sends, run, lease, &mut sent).await?;
    // Archive pages of the feed name enclosures too.
    let (archives, pages): (Vec<&Step>, Vec<&Step>) =
        rest.into_iter().partition(|step| step.object.kind == Kind::Feed);
    let names_audio = plan.feed_reason.is_some() || !archives.is_empty();
    let verified = async {
        match names_audio {
            true => verify::verify(plan, run, &sent.recorded).await,
            false => Ok(()),
        }
    };
    let pages = send::send(pages, run, lease);
    let kept = async {
        commit::keep_feeds(plan, run).await?;
        send::keep_leaving(plan, run).await
    };
    let (pages, (), now) = tokio::try_join!(pages, verified, kept)?;
    sent.note(pages);
    sent.note(send::send(archives, run, lease).await?);
    let base = plan.base.record.as_ref().map(|record| record.number);
    let number = base.map_or(ReleaseNumber::FIRST, ReleaseNumber::next);
    let objects = std::mem::take(&mut sent.recorded);
    let record = plan.record(number, run.clock.now(), run.owner.author.clone(), objects);
    Ok((sent, record, manifest, commit::Leaving { now, back }))
}

/// Notes what is about to be written, if nothing was published since the plan was made; gives the manifest's
/// version.
async fn begin(plan: &Plan, run: &Run<'_>) -> Result<Option<Version>, ReleaseError> {
    if plan.sends.is_empty() && plan.leaves.is_empty() {
        return still_current(plan, run).await;
    }
    let base = plan.base.manifest.clone();
    // The note takes the place of no other manifest than the one that was read.
    let (noted, public) =
        tokio::join!(begun::note(plan, run, base), run.store.head(public_feed(plan)));
    match (noted, public?.map(|head| head.version) == plan.base.feed) {
        (Ok(manifest), true) => Ok(manifest),
        (Err(ReleaseError::Overtaken { .. }), _) | (Ok(_), false) => {
            begun::note(plan, run, read_again(plan, run).await?).await
        }
        (Err(error), _) => Err(error),
    }
}

fn public_feed(plan: &Plan) -> &Key {
    plan.base.record.as_ref().map_or(&plan.feed.key, |record| &record.feed.key)
}

/// Makes sure that nothing was published since the plan was made; gives the manifest's version.
async fn still_current(plan: &Plan, run: &Run<'_>) -> Result<Option<Version>, ReleaseError> {
    let manifest = manifest_key();
    let (manifest, public) =
        tokio::try_join!(run.store.head(&manifest), run.store.head(public_feed(plan)))?;
    let manifest = manifest.map(|head| head.version);
    let public = public.map(|head| head.version);
    if manifest == plan.base.manifest && public == plan.base.feed {
        return Ok(manifest);
    }
    read_again(plan, run).await
}

/// As [`still_current`], where something is not what it was.
async fn read_again(plan: &Plan, run: &Run<'_>) -> Result<Option<Version>, ReleaseError> {
    // A release that was seen half-way may only have set its manifest right.
    let now = read_published(run.store, &plan.feed.key).await?;
    if now.begun.iter().any(|(key, begun)| plan.base.begun.get(key) != Some(begun)) {
        return Err(ReleaseError::Overtaken { by: "a release that was cut off".to_owned() });
    }
    let same = now.record == plan.base.record
        && now.feed.as_ref().map(|feed| &feed.version) == plan.base.feed.as_ref();
    if same {
        return Ok(now.manifest);
    }
    let by = match now.record {
        Some(record) => format!("release {} by {}", record.number, record.by.who),
        None => "another feed".to_owned(),
    };
    Err(ReleaseError::Overtaken { by })
}
