//! What may come after a release that was cut off, besides the next one: a rollback, a show that is as it was,
//! a release that was planned before.
//!
//! Whatever comes, a release that is done leaves every object that it records as it records it.

use std::collections::{BTreeMap, BTreeSet};

use onair::model::hash::Sha256;
use onair::model::object::{Digest, Key};
use onair::plan::{Overrides, plan};
use onair::release::{ReleaseError, plan_rollback};
use onair::store::published::Standing;
use onair::store::record::ReleaseNumber;
use onair::store::{Condition, Store as _};

use crate::support::show::Show;
use crate::support::tap::{Act, Tap};
use crate::support::{HOURS_LATER, at, carry_out, publish, published};

/// What the current record says and the target does not hold.
async fn untrue(tap: &Tap) -> Vec<Key> {
    let record = published(tap).await.record.unwrap();
    let objects = tap.objects();
    let stands = |key: &Key, digest: &Digest| {
        objects.get(key).is_some_and(|entry| match digest {
            Digest::Whole { sha256 } => Sha256::of(&entry.bytes) == *sha256,
            Digest::Tagged { .. } => digest.agrees_with(&entry.metadata),
        })
    };
    let untrue = record.objects.iter().filter(|(key, it)| !stands(key, &it.digest));
    untrue.map(|(key, _)| key.clone()).collect()
}

/// Every place at which a release of `show` over what `tap` holds can be cut, with what it leaves there.
async fn cuts(tap: &Tap, show: &Show) -> Vec<(String, Tap)> {
    let start = tap.objects();
    let mut cut_off = Vec::new();
    for cut in 0.. {
        let tap = Tap::new(&start);
        tap.follow(move |operation| if operation == cut { Act::DieAfter } else { Act::Do });
        tokio::select! {
            biased;
            done = publish(&tap, show, "cut", at(10)) => {
                done.unwrap();
                break;
            }
            () = tap.died.notified() => {}
        }
        tap.follow(|_| Act::Do);
        cut_off.push((format!("cut after operation {cut}"), tap));
    }
    assert!(cut_off.len() > 8);
    cut_off
}

async fn roll_back(tap: &Tap, to: u32, hour: i64) {
    let plan = plan_rollback(tap, &published(tap).await, ReleaseNumber(to)).await.unwrap();
    carry_out(tap, &plan.unwrap(), "back", at(hour)).await.unwrap();
}

/// One release, and another with a second title for the first episode.
async fn two_releases() -> (Tap, Show) {
    let (tap, mut show) = (Tap::new(&BTreeMap::new()), Show::of(2));
    publish(&tap, &show, "one", at(1)).await.unwrap();
    show.episode(1).title = "A better title".into();
    publish(&tap, &show, "two", at(2)).await.unwrap();
    (tap, show)
}

#[tokio::test]
async fn a_rollback_brings_back_what_was_overwritten() {
    let (tap, mut show) = two_releases().await;
    show.about = "More about us";
    for (case, tap) in cuts(&tap, &show).await {
        roll_back(&tap, 1, HOURS_LATER).await;
        assert_eq!(untrue(&tap).await, [], "{case}");
        assert_eq!(tap.broken(), None, "{case}");
    }
}

#[tokio::test]
async fn a_rollback_that_holds_brings_back_what_was_overwritten() {
    let (tap, show) = two_releases().await;
    roll_back(&tap, 1, 3).await;
    let mut edited = show.clone();
    edited.about = "More about us";
    for (case, tap) in cuts(&tap, &edited).await {
        let went_through = published(&tap).await.record.unwrap().number > ReleaseNumber(3);
        let done = publish(&tap, &show, "as it was", at(HOURS_LATER)).await.unwrap();
        assert_eq!(untrue(&tap).await, [], "{case}");
        let feed =
            String::from_utf8(tap.objects()[&crate::support::show::feed_key()].bytes.to_vec());
        assert_eq!(feed.unwrap().contains("A better title"), went_through, "{case}: {done:?}");
        let again = publish(&tap, &show, "again", at(HOURS_LATER * 2)).await.unwrap();
        assert_eq!(again.number, None, "{case}");
    }
}

/// It slept between its record and its feed, while another published pages alone.
#[tokio::test]
async fn a_release_that_wakes_with_its_feed_is_gone_on_from() {
    let (tap, show) = two_releases().await;
    let (mut style, mut title) = (show.clone(), show);
    style.style = "body { color: black }";
    title.episode(1).title = "The best title".into();
    let asleep = cuts(&tap, &title).await.into_iter().find(|(_, tap)| {
        let third = ReleaseNumber(3).key();
        tap.objects().contains_key(&third)
    });
    let (_, tap) = asleep.unwrap();
    let done = publish(&tap, &style, "pages", at(HOURS_LATER)).await.unwrap();
    assert_eq!(done.number, Some(ReleaseNumber(4)));
    let before = published(&tap).await;
    let feed = title.edition(&before, &BTreeSet::new()).feed;
    tap.expect_feed(&feed);
    tap.put(&feed, &Condition::Is(before.feed.unwrap().version), &|_| ()).await.unwrap();
    assert_eq!(published(&tap).await.standing, Standing::ManifestBehind);
    publish(&tap, &title, "next", at(HOURS_LATER * 2)).await.unwrap();
    assert_eq!(tap.broken(), None);
}

#[tokio::test]
async fn a_release_that_was_planned_before_does_not_forget_it() {
    let (tap, show) = two_releases().await;
    let (mut about, mut style) = (show.clone(), show);
    about.about = "More about us";
    style.style = "body { color: black }";
    let state = published(&tap).await;
    let planned = plan(style.edition(&state, &BTreeSet::new()), &state, &Overrides::default());
    let planned = planned.unwrap();
    for (case, tap) in cuts(&tap, &about).await {
        match carry_out(&tap, &planned, "planned before", at(HOURS_LATER)).await {
            Ok(_) => assert_eq!(untrue(&tap).await, [], "{case}"),
            Err(ReleaseError::Overtaken { .. }) => {}
            Err(error) => panic!("{case}: {error}"),
        }
        publish(&tap, &style, "next", at(HOURS_LATER * 2)).await.unwrap();
        assert_eq!(untrue(&tap).await, [], "{case}: the next");
    }
}
