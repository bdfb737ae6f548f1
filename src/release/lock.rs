//! The lock: one release at a time, and none that waits for a dead one.
//!
//! It is a lease, a small object created conditionally, with an owner and an expiry that is moved on
//! while the owner works. It keeps two releases from wasting work and from mixing their pages. The
//! promises on the feed do not hang on it: a release that was only thought dead is still stopped by
//! the conditions on feed and manifest, and cannot change audio that anybody has verified.
//!
//! A release that fails leaves its lock behind, marked as left. The next one takes it over at once
//! and knows from it that objects may be in the target of which no record says so.

use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::error::ReleaseError;
use super::process::Process;
use super::run::Run;
use crate::model::object::{Key, Kind, Object};
use crate::store::record::Author;
use crate::store::{Condition, StoreError, Stored, Version};

/// A lock is no larger than this.
const LIMIT: u64 = 64 << 10;

/// Times are the store's; this much may pass between its answer and our reading of it.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(30);

fn key() -> Key {
    Key::state(format_args!("lock"))
}

/// The lock as it stands in the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Lock {
    version: u32,
    owner: Author,
    process: Option<Process>,
    since: String,
    expires: String,
    /// Its owner stopped before it was done.
    left: bool,
    /// It was taken over from an owner of whom nobody knows whether it has ended.
    #[serde(default)]
    in_doubt: bool,
}

impl Lock {
    fn read(stored: &Stored) -> Result<Self, ReleaseError> {
        serde_json::from_slice(&stored.bytes)
            .map_err(|error| ReleaseError::BadLock { key: key(), reason: error.to_string() })
    }

    fn object(&self) -> Object {
        // Serialising fails only on failing I/O or a map with odd keys; here is neither.
        let json = Bytes::from(serde_json::to_vec(self).unwrap_or_default());
        Object::in_memory(key(), Kind::State, "application/json", json)
    }

    fn time(text: &str) -> Timestamp {
        // A time that cannot be read is long past: the lock's bytes are whole, so nobody living wrote it.
        text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Whether its owner has given it up, or is as good as dead.
    fn is_free(&self, now: Timestamp, seen_from: Option<&Process>) -> bool {
        self.free_from() < now || self.has_ended(seen_from)
    }

    /// Whether its owner is known to be at work no more.
    fn has_ended(&self, seen_from: Option<&Process>) -> bool {
        self.left || self.process.as_ref().is_some_and(|process| process.has_ended(seen_from))
    }

    /// From when on its owner counts as dead.
    fn free_from(&self) -> Timestamp {
        Self::time(&self.expires).saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX)
    }

    fn held(&self, run: &Run<'_>) -> ReleaseError {
        let expires = self.free_from();
        let longest = SignedDuration::try_from(run.lease * 2).unwrap_or(SignedDuration::MAX);
        let lasts = expires.duration_since(run.store_time());
        ReleaseError::Held {
            holder: self.owner.who.clone(),
            since: Self::time(&self.since),
            expires,
            wrong_clock: (lasts > longest + CLOCK_SKEW * 2).then(key),
        }
    }
}

/// The lock, held by this run.
pub(super) struct Lease<'a> {
    run: Run<'a>,
    held: Mutex<Held>,
    /// An earlier release was cut off, so objects may stand in the target that no record knows.
    pub(super) resuming: bool,
    /// And it is known to have ended: it said so, or its process is gone.
    pub(super) last_has_ended: bool,
}

/// Whose lock was taken over.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    resuming: bool,
    has_ended: bool,
}

struct Held {
    lock: Lock,
    version: Version,
}

impl<'a> Lease<'a> {
    /// Takes the lock, or says who has it.
    pub(super) async fn take(run: Run<'a>) -> Result<Self, ReleaseError> {
        let now = run.store_time();
        let mut lock = Lock {
            version: 1,
            owner: run.owner.author.clone(),
            process: run.owner.process.clone(),
            since: now.to_string(),
            expires: expiry(now, run.lease),
            left: false,
            in_doubt: false,
        };
        let mut taken = Taken::default();
        let mut condition = Condition::Absent;
        let mut holder = None;
        // Each turn either ends or has seen the lock change hands.
        for _ in 0..4 {
            let error = match run.store.put(&lock.object(), &condition, &|_| ()).await {
                Ok(version) => return Self::confirm(run, lock, version, taken).await,
                Err(error) => error,
            };
            if !may_have_happened(&error) {
                return Err(error.into());
            }
            let Some(stored) = run.store.read(&key(), LIMIT).await? else {
                condition = Condition::Absent;
                continue;
            };
            let other = Lock::read(&stored)?;
            if other.owner.run == lock.owner.run && !other.left {
                return Self::confirm(run, other, stored.version, taken).await;
            }
            if !other.is_free(run.store_time(), run.owner.process.as_ref()) {
                return Err(other.held(&run));
            }
            let has_ended = other.has_ended(run.owner.process.as_ref()) && !other.in_doubt;
            taken = Taken { resuming: true, has_ended };
            lock.in_doubt = !has_ended;
            condition = Condition::Is(stored.version);
            holder = Some(other);
        }
        // Others take it in turns, or the store forgets what it has acknowledged.
        Err(holder.map_or(ReleaseError::LockLost { holder: None }, |other| other.held(&run)))
    }

    /// Where conditions are checked just before a write, two may both believe that they have won.
    async fn confirm(
        run: Run<'a>,
        lock: Lock,
        version: Version,
        taken: Taken,
    ) -> Result<Self, ReleaseError> {
        if !run.store.conditional().await? {
            let stored = run.store.read(&key(), LIMIT).await?;
            let stands = stored.as_ref().map(Lock::read).transpose()?;
            if let Some(other) = stands.filter(|other| other.owner.run != lock.owner.run) {
                return Err(other.held(&run));
            }
        }
        let Taken { resuming, has_ended: last_has_ended } = taken;
        Ok(Self { run, held: Mutex::new(Held { lock, version }), resuming, last_has_ended })
    }

    /// Moves the expiry on and thereby proves that the lock is still ours.
    pub(super) async fn renew(&self) -> Result<(), ReleaseError> {
        let mut held = self.held.lock().await;
        let mut lock = held.lock.clone();
        lock.expires = expiry(self.run.store_time(), self.run.lease);
        self.replace(&mut held, lock).await
    }

    async fn replace(&self, held: &mut Held, lock: Lock) -> Result<(), ReleaseError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let condition = Condition::Is(held.version.clone());
            let error = match self.run.store.put(&lock.object(), &condition, &|_| ()).await {
                Ok(version) => {
                    *held = Held { lock, version };
                    return Ok(());
                }
                Err(error) => error,
            };
            if !may_have_happened(&error) {
                return Err(error.into());
            }
            *held = self.look().await?;
            if held.lock == lock {
                return Ok(());
            }
            if tries == 2 {
                return Err(error.into());
            }
        }
    }

    /// The lock as it stands, if it is still ours.
    async fn look(&self) -> Result<Held, ReleaseError> {
        let Some(stored) = self.run.store.read(&key(), LIMIT).await? else {
            return Err(ReleaseError::LockLost { holder: None });
        };
        let lock = Lock::read(&stored)?;
        if lock.owner.run != self.run.owner.author.run {
            return Err(ReleaseError::LockLost { holder: Some(lock.owner.who) });
        }
        Ok(Held { lock, version: stored.version })
    }

    /// Renews the lock if much of its time is gone: before a write, so that a run that was asleep
    /// for an hour notices before it writes and not after.
    pub(super) async fn check(&self) -> Result<(), ReleaseError> {
        let expires = Lock::time(&self.held.lock().await.lock.expires);
        let left = expires.duration_since(self.run.store_time());
        let third = SignedDuration::try_from(self.run.lease / 3).unwrap_or(SignedDuration::ZERO);
        if left < third { self.renew().await } else { Ok(()) }
    }

    /// Renews the lock for as long as it is polled; returns only when it is lost.
    pub(super) async fn keep(&self) -> ReleaseError {
        loop {
            self.run.clock.sleep(self.run.lease / 3).await;
            if let Err(error) = self.renew().await {
                let expires = Lock::time(&self.held.lock().await.lock.expires);
                let passing = matches!(
                    &error,
                    ReleaseError::Store(StoreError::Failed { transient: true, .. })
                );
                if !passing || self.run.store_time() >= expires {
                    return error;
                }
            }
        }
    }

    /// Gives the lock back.
    pub(super) async fn give_back(&self) -> Result<(), ReleaseError> {
        // A store that heeds no condition on a removal would remove another's.
        match self.check().await {
            Err(ReleaseError::LockLost { .. }) => return Ok(()),
            checked => checked?,
        }
        let mut version = self.held.lock().await.version.clone();
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.run.store.delete(&key(), &Condition::Is(version)).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if !may_have_happened(&error) || tries == 3 {
                return Err(error.into());
            }
            // It may be gone already, or a renewal that was under way has changed it.
            match self.look().await {
                Ok(held) => version = held.version,
                Err(ReleaseError::LockLost { .. }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Marks the lock as left by a run that stopped before it was done.
    pub(super) async fn leave(&self) {
        let mut held = self.held.lock().await;
        let mut lock = held.lock.clone();
        lock.left = true;
        // If this fails as well the lock expires by itself.
        let _ = self.replace(&mut held, lock).await;
    }
}

/// Whether a write that ended in this error may have taken place, or another in its stead.
pub(super) fn may_have_happened(error: &StoreError) -> bool {
    matches!(error, StoreError::Precondition { .. } | StoreError::Failed { transient: true, .. })
}

fn expiry(now: Timestamp, lease: Duration) -> String {
    now.saturating_add(lease).unwrap_or(Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as StdMutex;

    use async_trait::async_trait;

    use super::*;
    use crate::release::{Cancel, Clock, Owner, Silent};
    use crate::store::memory::MemoryStore;

    const LEASE: Duration = Duration::from_secs(90);

    /// A clock on which waiting moves the hands.
    struct Hands(StdMutex<Timestamp>);

    #[async_trait]
    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }

        async fn sleep(&self, time: Duration) {
            let mut now = self.0.lock().unwrap();
            *now = now.checked_add(time).unwrap();
        }
    }

    struct Scene {
        store: MemoryStore,
        clock: Hands,
        cancel: Cancel,
        ann: Owner,
        bob: Owner,
    }

    impl Scene {
        fn new() -> Self {
            let owner = |who: &str| Owner {
                author: Author { who: who.into(), onair: "0.1.0".into(), run: who.into() },
                process: None,
            };
            Self {
                store: MemoryStore::default(),
                clock: Hands(StdMutex::new("2022-05-27T05:00:00Z".parse().unwrap())),
                cancel: Cancel::default(),
                ann: owner("ann"),
                bob: owner("bob"),
            }
        }

        fn run<'a>(&'a self, owner: &'a Owner) -> Run<'a> {
            Run {
                store: &self.store,
                clock: &self.clock,
                reporter: &Silent,
                cancel: &self.cancel,
                owner,
                at_once: 1,
                lease: LEASE,
            }
        }

        fn stands(&self) -> Option<Lock> {
            let stored = self.store.get(&key(), LIMIT).unwrap();
            stored.map(|stored| Lock::read(&stored).unwrap())
        }
    }

    #[tokio::test]
    async fn one_holds_the_lock_and_the_other_learns_who() {
        let scene = Scene::new();
        let lease = Lease::take(scene.run(&scene.ann)).await.unwrap();
        assert!(!lease.resuming);
        let error = Lease::take(scene.run(&scene.bob)).await.err().unwrap();
        insta::assert_snapshot!(
            format!("{error}\n{}", error.help().unwrap()),
            @"
        another release is running here: ann, since 2022-05-27T05:00:00Z
        wait for it; if it is dead, its lock can be taken over from 2022-05-27T05:02:00Z on
        "
        );
        lease.give_back().await.unwrap();
        assert_eq!(scene.stands(), None);
        assert!(!Lease::take(scene.run(&scene.bob)).await.unwrap().resuming);
    }

    #[tokio::test]
    async fn a_dead_lock_is_taken_over_and_its_owner_notices() {
        let scene = Scene::new();
        let ann = Lease::take(scene.run(&scene.ann)).await.unwrap();
        scene.clock.sleep(LEASE + Duration::from_secs(29)).await;
        assert!(Lease::take(scene.run(&scene.bob)).await.is_err(), "clocks may differ a little");
        scene.clock.sleep(Duration::from_secs(2)).await;
        let bob = Lease::take(scene.run(&scene.bob)).await.unwrap();
        assert!(bob.resuming);
        for lost in [ann.check().await, ann.renew().await, Err(ann.keep().await)] {
            let lost = lost.unwrap_err();
            assert_eq!(lost.to_string(), "bob has taken over the lock of this release");
        }
        ann.give_back().await.unwrap();
        assert_eq!(scene.stands().unwrap().owner.who, "bob");
    }

    #[tokio::test]
    async fn a_lock_that_was_left_is_free_at_once() {
        let scene = Scene::new();
        Lease::take(scene.run(&scene.ann)).await.unwrap().leave().await;
        assert!(scene.stands().unwrap().left);
        let bob = Lease::take(scene.run(&scene.bob)).await.unwrap();
        assert!(bob.resuming);
        // The same run may come back to what it left itself.
        bob.leave().await;
        assert!(Lease::take(scene.run(&scene.bob)).await.unwrap().resuming);
        assert!(!scene.stands().unwrap().left);
    }

    #[tokio::test]
    async fn renewal_goes_on_while_work_goes_on() {
        let scene = Scene::new();
        let lease = Lease::take(scene.run(&scene.ann)).await.unwrap();
        let first = scene.stands().unwrap().expires;
        lease.check().await.unwrap();
        assert_eq!(scene.stands().unwrap().expires, first, "there is time enough");
        scene.clock.sleep(LEASE * 3 / 4).await;
        lease.check().await.unwrap();
        assert!(scene.stands().unwrap().expires > first);
        // Somebody removes the lock by hand.
        scene.store.remove(&key(), &Condition::Always).unwrap();
        assert!(matches!(lease.keep().await, ReleaseError::LockLost { .. }));
    }

    #[tokio::test]
    async fn a_renewal_cut_off_half_way_does_not_keep_the_lock() {
        let scene = Scene::new();
        let lease = Lease::take(scene.run(&scene.ann)).await.unwrap();
        let mut renewed = scene.stands().unwrap();
        renewed.expires = Timestamp::MAX.to_string();
        scene.store.write(&renewed.object(), &Condition::Always).unwrap();
        lease.give_back().await.unwrap();
        assert_eq!(scene.stands(), None);
    }

    #[tokio::test]
    async fn the_lock_of_a_process_that_has_ended_is_free() {
        let mut scene = Scene::new();
        let Some(process) = Owner::this_process("ann").process else { return };
        scene.bob.process = Some(process.clone());
        for (id, free) in [(process.id, false), (0x7FFF_FFFF, true)] {
            scene.ann.process = Some(Process { id, ..process.clone() });
            let lease = Lease::take(scene.run(&scene.ann)).await.unwrap();
            assert_eq!(Lease::take(scene.run(&scene.bob)).await.is_ok(), free, "{id}");
            scene.store.remove(&key(), &Condition::Always).unwrap();
            drop(lease);
        }
        scene.ann.process = Some(Process { machine: "elsewhere".into(), id: 0x7FFF_FFFF });
        let _lease = Lease::take(scene.run(&scene.ann)).await.unwrap();
        assert!(Lease::take(scene.run(&scene.bob)).await.is_err());
    }

    #[tokio::test]
    async fn a_lock_that_cannot_be_read_stops_everybody() {
        let scene = Scene::new();
        let odd = Object::in_memory(key(), Kind::State, "text/plain", Bytes::from_static(b"me"));
        scene.store.write(&odd, &Condition::Always).unwrap();
        let error = Lease::take(scene.run(&scene.bob)).await.err().unwrap();
        assert!(matches!(error, ReleaseError::BadLock { .. }), "{error}");
    }
}
