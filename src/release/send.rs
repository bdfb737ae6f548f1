//! Sends what a plan wants in the target, and nothing that stands there already.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::error::ReleaseError;
use super::event::{Delivery, Event};
use super::listing::{listed, worth_listing};
use super::lock::{Lease, may_have_happened};
use super::run::Run;
use super::write::keep_copy;
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Key, Kind, Object};
use crate::plan::{Plan, Reason, Step};
use crate::store::begun::Stray;
use crate::store::record::{LIMIT, Recorded, kept_key};
use crate::store::{Condition, Expected, Found, StoreError, Version};

/// An object of this size is looked for before it is sent; a smaller one costs less to send in vain.
const WORTH_ASKING: u64 = 1 << 20;

/// How often a write is tried whose outcome is unknown or that met somebody else's.
const TRIES: usize = 3;

/// What became of the steps.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// For the record, with what was proved.
    pub(super) recorded: BTreeMap<Key, Recorded>,
    /// Objects sent now.
    pub(super) objects: usize,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Objects that were there already.
    pub(super) already_there: usize,
}

impl Sent {
    /// Nothing sent yet; so much is proved to be there.
    pub(super) fn of(recorded: BTreeMap<Key, Recorded>) -> Self {
        Self { recorded, ..Self::default() }
    }

    pub(super) fn note(&mut self, delivered: Delivered<'_>) {
        for (step, (delivery, version)) in delivered {
            match delivery {
                Delivery::Sent => {
                    self.objects += 1;
                    self.bytes += step.object.body.len();
                }
                Delivery::AlreadyThere => self.already_there += 1,
            }
            self.recorded.insert(step.object.key.clone(), Recorded::of(&step.object, version));
        }
    }
}

/// Sends what other objects name: audio, and beside it what only pages and the feed will name and what replaces
/// nothing. What will be replaced is kept meanwhile. Gives the steps that are left, which show what they name: a
/// page is never public before the audio that it plays, nor before its style sheet, which a cache would keep.
pub(super) async fn send_named<'a>(
    steps: &'a [Step],
    run: &Run<'_>,
    lease: &Lease<'_>,
    sent: &mut Sent,
) -> Result<Vec<&'a Step>, ReleaseError> {
    let (audio, others) =
        steps.split_at(steps.partition_point(|step| step.object.kind == Kind::Audio));
    let (new, others): (Vec<&Step>, Vec<&Step>) = others
        .iter()
        .partition(|step| step.object.kind < Kind::Page && step.condition == Condition::Absent);
    let (audio, new, ()) = tokio::try_join!(
        send(audio.iter().collect(), run, lease),
        send(new, run, lease),
        keep_all(&others, run)
    )?;
    sent.note(audio);
    sent.note(new);
    let (named, rest) = others.into_iter().partition(|step| step.object.kind < Kind::Page);
    sent.note(send(named, run, lease).await?);
    Ok(rest)
}

/// Steps with what became of each, and the version that stands now.
pub(super) type Delivered<'a> = Vec<(&'a Step, (Delivery, Version))>;

/// Sends these, in no order.
pub(super) async fn send<'a>(
    steps: Vec<&'a Step>,
    run: &Run<'_>,
    lease: &Lease<'_>,
) -> Result<Delivered<'a>, ReleaseError> {
    let look = Look::before(&steps, run, lease).await?;
    let look = &look;
    stream::iter(steps)
        .map(async |step| Ok((step, deliver(step, run, Some(lease), look.is_needed(step)).await?)))
        .buffer_unordered(run.at_once)
        .try_collect()
        .await
}

/// Sends one audio file ahead of the release that will name it, unless it is there already.
///
/// This needs no lock: an audio key is written once, so the worst that can happen is that somebody
/// else has written it.
///
/// # Errors
/// [`ReleaseError::Taken`] if other audio stands under the key, or whatever the store says.
pub async fn send_ahead(object: &Object, run: &Run<'_>) -> Result<Delivery, ReleaseError> {
    let (object, reason) = (object.clone(), Reason::New);
    let step = Step { object, reason, condition: Condition::Absent, replaces: None };
    tokio::select! {
        biased;
        () = run.cancel.cancelled() => Err(ReleaseError::Cancelled),
        delivered = deliver(&step, run, None, true) => Ok(delivered?.0),
    }
}

/// Which objects are looked for before they are sent.
struct Look {
    /// A release that was cut off may have sent any of them.
    all: bool,
    /// Whether the store refuses to write where something stands.
    conditional: bool,
    /// Keys of which a listing has told that nothing stands there.
    absent: BTreeSet<Key>,
}

impl Look {
    async fn before(
        steps: &[&Step],
        run: &Run<'_>,
        lease: &Lease<'_>,
    ) -> Result<Self, ReleaseError> {
        let conditional = run.store.conditional().await?;
        let mut look = Self { all: lease.resuming, conditional, absent: BTreeSet::new() };
        let asked = steps.iter().filter(|step| look.is_needed(step)).map(|step| &step.object.key);
        let (many, _) = worth_listing(asked);
        let there = listed(many, run).await?.into_iter();
        look.absent =
            there.filter(|(_, found)| found.is_none()).map(|(key, _)| key.clone()).collect();
        Ok(look)
    }

    /// Whether to look. What is dear costs more to send in vain than to ask for; but the plan has just
    /// seen that nothing stands where new audio goes, and should somebody have come before it since, the
    /// write is refused.
    fn is_needed(&self, step: &Step) -> bool {
        let seen = self.conditional
            && step.object.kind == Kind::Audio
            && step.reason == Reason::New
            && step.condition == Condition::Absent;
        let dear = step.object.kind == Kind::Audio || step.object.body.len() >= WORTH_ASKING;
        let looks = self.all || step.reason == Reason::Missing || dear && !seen;
        looks && !(step.condition == Condition::Absent && self.absent.contains(&step.object.key))
    }
}

/// Makes an object stand under its key.
async fn deliver(
    step: &Step,
    run: &Run<'_>,
    lease: Option<&Lease<'_>>,
    look_first: bool,
) -> Result<(Delivery, Version), ReleaseError> {
    let object = &step.object;
    let mut condition = step.condition.clone();
    // Why the last try's outcome is unknown.
    let mut unsettled = None;
    for _ in 0..TRIES {
        if look_first || unsettled.is_some() {
            match standing(step, run).await? {
                Standing::There(version) => {
                    let unanswered = matches!(unsettled, Some(StoreError::Failed { .. }));
                    let delivery = if unanswered { Delivery::Sent } else { Delivery::AlreadyThere };
                    run.tell(Event::Finished { object, delivery });
                    return Ok((delivery, version));
                }
                Standing::PutIf(now) => condition = now,
            }
        }
        if run.cancel.is_cancelled() {
            return Err(ReleaseError::Cancelled);
        }
        if let Some(lease) = lease {
            match unsettled {
                // Somebody else wrote here. That is an earlier release, or one that has the lock now.
                Some(StoreError::Precondition { .. }) => lease.renew().await?,
                _ => lease.check().await?,
            }
        }
        if unsettled.is_none() {
            run.tell(Event::Started { object, reason: step.reason });
        }
        let progress = |bytes| run.tell(Event::Progress { key: &object.key, bytes });
        match run.store.put(object, &condition, &progress).await {
            Ok(version) => {
                let delivery = Delivery::Sent;
                run.tell(Event::Finished { object, delivery });
                return Ok((delivery, version));
            }
            Err(error) if may_have_happened(&error) => unsettled = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    let gone_on = StoreError::Precondition { key: object.key.clone() };
    Err(unsettled.unwrap_or(gone_on).into())
}

/// Keeps copies of what is about to be replaced, under their hashes, where a rollback finds them.
async fn keep_all(steps: &[&Step], run: &Run<'_>) -> Result<(), ReleaseError> {
    let replaced = steps.iter().filter_map(|step| Some((&step.object.key, step.replaces?)));
    stream::iter(replaced)
        .map(async |(key, hash)| keep(key, hash, run).await.map(drop))
        .buffer_unordered(run.at_once)
        .try_collect()
        .await
}

/// Keeps copies of what leaves, too; gives all that still stands as it was published.
pub(super) async fn keep_leaving(plan: &Plan, run: &Run<'_>) -> Result<Vec<Stray>, ReleaseError> {
    let leaves = plan.leaves.iter().filter_map(|(key, recorded)| match recorded.digest {
        Digest::Whole { sha256 } => Some((key, sha256)),
        Digest::Tagged { .. } => None,
    });
    stream::iter(leaves)
        .map(async |(key, hash)| {
            let stands = keep(key, hash, run).await?;
            Ok(stands.map(|version| Stray { key: key.clone(), version, is_audio: false }))
        })
        .buffer_unordered(run.at_once)
        .try_filter_map(async |stands| Ok(stands))
        .try_collect()
        .await
}

/// What the store calls that which is kept; nothing if this stands there no more.
async fn keep(key: &Key, hash: Sha256, run: &Run<'_>) -> Result<Option<Version>, ReleaseError> {
    let stands = run.store.read(key, LIMIT).await?;
    // A release that was cut off may have replaced it already, and kept it.
    let Some(stored) = stands.filter(|it| Sha256::of(&it.bytes) == hash) else { return Ok(None) };
    let (key, bytes) = (kept_key(&hash), stored.bytes);
    keep_copy(run, &Object::in_memory(key, Kind::State, "application/octet-stream", bytes)).await?;
    Ok(Some(stored.version))
}

/// What must happen for an object to stand under its key.
enum Standing {
    There(Version),
    PutIf(Condition),
}

async fn standing(step: &Step, run: &Run<'_>) -> Result<Standing, ReleaseError> {
    let audio = step.object.kind == Kind::Audio;
    let mut expected = Expected::of(&step.object);
    if audio {
        // What a rule on caching has become since is no reason to send audio again.
        expected.cache_control = None;
    }
    Ok(match run.store.compare(&expected).await? {
        Found::Nothing => Standing::PutIf(Condition::Absent),
        Found::Same(head) => Standing::There(head.version),
        Found::OtherHeaders(head) => Standing::PutIf(Condition::Is(head.version)),
        Found::Other(head) if audio && step.reason != Reason::Missing => {
            let key = step.object.key.clone();
            return Err(ReleaseError::Taken { key, head: Box::new(head) });
        }
        Found::Other(head) => Standing::PutIf(Condition::Is(head.version)),
    })
}
