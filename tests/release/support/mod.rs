//! What the tests of a release share: a show, a target that can be watched, and the promises.

pub mod promises;
pub mod show;
pub mod tap;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use onair::model::object::Key;
use onair::plan::{Allow, EpisodeName, Guard, Overrides, Plan, plan};
use onair::release::{
    Cancel, Clock, Owner, Receipt, ReleaseError, Run, Silent, execute, hold, read_published,
};
use onair::store::Store;
use onair::store::published::Published;
use onair::store::record::Author;

use show::Show;
use tap::Tap;

/// A clock that stands still: short pauses are over at once, and long ones never.
#[derive(Clone, Copy)]
pub struct Stopped(pub Timestamp);

#[async_trait]
impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }

    async fn sleep(&self, time: Duration) {
        if time > Duration::from_secs(10) {
            std::future::pending().await
        }
    }
}

/// An instant so many seconds into the test.
pub fn at(seconds: i64) -> Stopped {
    let start: Timestamp = "2022-05-27T05:00:00Z".parse().unwrap();
    Stopped(start.saturating_add(SignedDuration::from_secs(seconds)).unwrap())
}

/// Later than any lock that was taken before.
pub const HOURS_LATER: i64 = 100_000;

pub fn owner(run: &str) -> Owner {
    let author = Author { who: run.to_owned(), onair: "0.1.0".into(), run: run.to_owned() };
    Owner { author, process: None }
}

/// What a tap's target holds, as a release reads it.
pub async fn published(tap: &Tap) -> Published {
    read_published(tap, &show::feed_key()).await.unwrap()
}

/// Carries a plan out.
pub async fn carry_out(
    tap: &Tap,
    plan: &Plan,
    who: &str,
    clock: Stopped,
) -> Result<Receipt, ReleaseError> {
    tap.expect_feed(&plan.feed);
    let (owner, cancel) = (owner(who), Cancel::default());
    let run = Run { clock: &clock, at_once: 1, ..Run::new(tap, &owner, &Silent, &cancel) };
    execute(plan, &run).await
}

/// Releases a show as the command line does: reads, plans, carries out, and plans again where an
/// audio key turns out to be taken.
pub async fn publish(
    tap: &Tap,
    show: &Show,
    who: &str,
    clock: Stopped,
) -> Result<Receipt, ReleaseError> {
    publish_through(tap, tap, show, who, clock).await
}

/// The same, through a store that stands before the tap.
pub async fn publish_through(
    store: &dyn Store,
    tap: &Tap,
    show: &Show,
    who: &str,
    clock: Stopped,
) -> Result<Receipt, ReleaseError> {
    let (owner, cancel) = (owner(who), Cancel::default());
    let run = Run { clock: &clock, at_once: 1, ..Run::new(store, &owner, &Silent, &cancel) };
    // A host who sends other audio means it.
    let names = show.episodes.iter().map(|episode| EpisodeName(episode.number.to_string()));
    let removals = ["1", "2", "3"].map(|number| Allow::Removal(EpisodeName(number.into())));
    let allow: Overrides = names.map(Allow::AudioChange).chain(removals).collect();
    let mut taken = BTreeSet::<Key>::new();
    loop {
        let published = read_published(store, &show::feed_key()).await?;
        let edition = show.edition(&published, &taken);
        // A guard stops it as another release would.
        let stopped = |guards: Vec<Guard>| {
            let by = guards.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            ReleaseError::Overtaken { by }
        };
        let plan = plan(edition, &published, &allow).map_err(stopped)?;
        let plan = hold(store, &published, plan).await?.map_err(stopped)?;
        tap.expect_feed(&plan.feed);
        match execute(&plan, &run).await {
            Err(ReleaseError::Taken { key, .. }) if taken.insert(key.clone()) => {}
            other => return other,
        }
    }
}
