//! Clocks that jump, by seconds or by decades, in the middle of a release: the promises hold, and the
//! next release on a right clock finishes or says whom it waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use onair::model::object::Key;
use onair::plan::{Allow, EpisodeName, Overrides, plan};
use onair::release::{Cancel, Clock, ReleaseError, Run, Silent, execute};
use onair::store::memory::Entry;

use crate::crash::{end, prepared, shows};
use crate::support::show::Show;
use crate::support::tap::{Act, Tap};
use crate::support::{HOURS_LATER, at, owner, publish, published};

/// A clock that is right until it has been looked at so often, and from then on wrong by so much.
struct Jumping {
    after: usize,
    by: SignedDuration,
    looks: AtomicUsize,
}

#[async_trait]
impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        let right = at(1).now();
        match self.looks.fetch_add(1, Ordering::Relaxed) >= self.after {
            true => right.saturating_add(self.by).unwrap_or(Timestamp::MAX),
            false => right,
        }
    }

    async fn sleep(&self, time: Duration) {
        at(1).sleep(time).await;
    }
}

/// Releases on a jumping clock; gives also how often it was looked at.
async fn release(
    tap: &Tap,
    show: &Show,
    after: usize,
    by: SignedDuration,
) -> (Option<Result<(), ReleaseError>>, usize) {
    let clock = Jumping { after, by, looks: AtomicUsize::new(0) };
    let before = published(tap).await;
    let all = ["1", "2", "3"].map(|it| EpisodeName(it.into()));
    let changes = all.iter().cloned().map(Allow::AudioChange);
    let removals = all.iter().cloned().map(Allow::Removal);
    let allow: Overrides = changes.chain(removals).collect();
    let plan = plan(show.edition(&before, &BTreeSet::new()), &before, &allow).unwrap();
    tap.expect_feed(&plan.feed);
    let (owner, cancel) = (owner("ann"), Cancel::default());
    let run = Run { clock: &clock, at_once: 1, ..Run::new(tap, &owner, &Silent, &cancel) };
    let outcome = tokio::select! {
        biased;
        done = execute(&plan, &run) => Some(done.map(drop)),
        () = tap.died.notified() => None,
    };
    (outcome, clock.looks.load(Ordering::Relaxed))
}

const DECADE: SignedDuration = SignedDuration::from_hours(24 * 365 * 10);
const JUMPS: [SignedDuration; 7] = [
    SignedDuration::MIN,
    SignedDuration::from_hours(-24 * 365 * 10),
    SignedDuration::from_hours(-1),
    SignedDuration::from_secs(-31),
    SignedDuration::from_hours(1),
    DECADE,
    SignedDuration::MAX,
];

type Start = BTreeMap<Key, Entry>;

#[tokio::test]
async fn a_clock_that_jumps_changes_nothing_of_what_is_published() {
    for (name, before, after) in shows() {
        let start: Start = prepared(before.as_ref()).await;
        let tap = Tap::new(&start);
        let (done, looks) = release(&tap, &after, usize::MAX, DECADE).await;
        done.unwrap().unwrap();
        let whole = end(&tap.objects());
        for by in JUMPS {
            for at in 0..=looks {
                let tap = Tap::new(&start);
                let (done, _) = release(&tap, &after, at, by).await;
                done.unwrap().unwrap_or_else(|error| panic!("{name}, {by} at {at}: {error}"));
                assert_eq!(tap.broken(), None, "{name}, {by} at {at}");
                assert!(end(&tap.objects()) == whole, "{name}, {by} at {at}: another end");
            }
        }
    }
}

#[tokio::test]
async fn a_lock_of_a_wrong_clock_is_told_from_a_living_one() {
    let start = prepared(Some(&Show::of(1))).await;
    let mut told = BTreeSet::new();
    for by in [SignedDuration::ZERO, SignedDuration::from_hours(-1), DECADE] {
        let tap = Tap::new(&start);
        // Killed when its first object is sent, so that its lock stays.
        tap.follow(|operation| if operation == 8 { Act::DieBefore } else { Act::Do });
        let (killed, _) = release(&tap, &Show::of(2), 0, by).await;
        assert!(killed.is_none(), "{killed:?}");
        tap.follow(|_| Act::Do);
        match publish(&tap, &Show::of(2), "bob", at(2)).await {
            // A clock that was behind: the lock has run out already.
            Ok(_) => assert!(by.is_negative()),
            Err(error) => {
                told.insert(error.help().unwrap());
            }
        }
        assert_eq!(tap.broken(), None);
        let later = publish(&tap, &Show::of(2), "bob", at(HOURS_LATER)).await;
        assert_eq!(later.is_ok(), by != DECADE, "{later:?}");
        if by == DECADE {
            let lock = Key::new(".onair/lock").unwrap();
            let mut objects = tap.objects();
            objects.remove(&lock).unwrap();
            let tap = Tap::new(&objects);
            publish(&tap, &Show::of(2), "bob", at(2)).await.unwrap();
            assert_eq!(tap.broken(), None);
        }
    }
    insta::assert_snapshot!(told.into_iter().collect::<Vec<_>>().join("\n"), @r"
    its lock lasts until 2032-05-24T05:02:31Z: the clock of this machine or of that one was wrong; set it, and if no release is at work, delete `.onair/lock`
    wait for it; if it is dead, its lock can be taken over from 2022-05-27T05:02:31Z on
    ");
}
