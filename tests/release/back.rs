//! Back to an earlier feed, and away with what nobody needs.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use onair::model::object::Key;
use onair::release::{
    Cancel, Prune, ReleaseError, Run, Silent, plan_prune, plan_rollback, prune, take_away,
};
use onair::store::record::ReleaseNumber;
use onair::store::{Condition, Store};

use crate::support::show::{Show, feed_key};
use crate::support::tap::{Act, Tap};
use crate::support::{HOURS_LATER, at, carry_out, owner, publish, published};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// Three releases: two episodes, a third one, and other audio for the second.
async fn history() -> (Tap, Show) {
    let tap = Tap::new(&BTreeMap::new());
    let mut show = Show::of(2);
    publish(&tap, &show, "one", at(1)).await.unwrap();
    show.add(3, "more frames");
    publish(&tap, &show, "two", at(2)).await.unwrap();
    show.episode(2).payload = "better frames";
    publish(&tap, &show, "three", at(3)).await.unwrap();
    (tap, show)
}

#[tokio::test]
async fn a_rollback_is_a_release_of_an_earlier_feed() {
    let (tap, mut show) = history().await;
    let now = tap.objects()[&feed_key()].bytes.clone();
    let plan =
        plan_rollback(&tap, &published(&tap).await, ReleaseNumber(1)).await.unwrap().unwrap();
    insta::assert_snapshot!(plan.diff, @"0 new, 1 removed: #3, 1 changed: #2 address and length; 0 guids changed");
    let receipt = carry_out(&tap, &plan, "back", at(4)).await.unwrap();
    assert_eq!((receipt.number, receipt.sent), (Some(ReleaseNumber(4)), 1));
    assert_eq!(tap.broken(), None);
    assert!(!String::from_utf8_lossy(&tap.objects()[&feed_key()].bytes).contains("Episode 3"));
    let record = published(&tap).await.record.unwrap();
    assert_eq!(record.parent, Some(ReleaseNumber(3)));
    assert_eq!(record.listed().count(), 2);
    assert!(record.objects.contains_key(&key("media/3.mp3")), "what is not listed is kept");

    // The same again is nothing, and forward is a release like any other.
    let again =
        plan_rollback(&tap, &published(&tap).await, ReleaseNumber(1)).await.unwrap().unwrap();
    assert!(again.nothing_to_do());
    let held = publish(&tap, &show, "held", at(5)).await.unwrap();
    assert_eq!(held.number, None, "it holds until the show changes");
    assert_ne!(tap.objects()[&feed_key()].bytes, now);
    show.about = "About us, and what we learnt";
    publish(&tap, &show, "forth", at(6)).await.unwrap();
    assert_eq!(tap.objects()[&feed_key()].bytes, now);
    assert_eq!(tap.broken(), None);
}

#[tokio::test]
async fn no_rollback_to_a_feed_whose_audio_is_gone() {
    let (tap, _) = history().await;
    tap.delete(&key("media/1.mp3"), &Condition::Always).await.unwrap();
    let plan =
        plan_rollback(&tap, &published(&tap).await, ReleaseNumber(1)).await.unwrap().unwrap();
    let error = carry_out(&tap, &plan, "back", at(4)).await.unwrap_err();
    assert!(matches!(error, ReleaseError::Broken(_)), "{error}");
    // Audio that only the old feed names.
    tap.delete(&key("media/2.mp3"), &Condition::Always).await.unwrap();
    let error = carry_out(&tap, &plan, "back", at(5)).await.unwrap_err();
    insta::assert_snapshot!(error, @"the audio of episodes/2.md is not in the target: nothing stands at `media/2.mp3`");
}

#[tokio::test]
async fn no_rollback_to_what_is_not_kept() {
    let (tap, _) = history().await;
    let state = published(&tap).await;
    let error = plan_rollback(&tap, &state, ReleaseNumber(9)).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no release 000009 in this target");
    let record = onair::release::read_record(&tap, ReleaseNumber(1)).await.unwrap();
    tap.delete(&record.feed_copy(), &Condition::Always).await.unwrap();
    let error = plan_rollback(&tap, &state, ReleaseNumber(1)).await.unwrap_err();
    assert!(matches!(error, ReleaseError::NotKept { .. }), "{error}");
}

async fn planned(tap: &Tap, keep: usize) -> Prune {
    let keep = NonZeroUsize::new(keep).unwrap();
    plan_prune(tap, &published(tap).await, keep).await.unwrap()
}

async fn carry(tap: &Tap, plan: &Prune, most: usize, clock: i64) -> Result<(), ReleaseError> {
    let (owner, cancel, clock) = (owner("prune"), Cancel::default(), at(clock));
    let run = Run { clock: &clock, at_once: 1, ..Run::new(tap, &owner, &Silent, &cancel) };
    prune(plan, most, &run).await
}

fn text(plan: &Prune) -> String {
    let keys = plan.objects.iter().chain(&plan.state).map(|it| it.key.as_str());
    let keys = keys.map(|key| match key.strip_prefix(".onair/feeds/") {
        Some(hash) => format!("a feed of {} letters", hash.len()),
        None => key.to_owned(),
    });
    keys.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_prune_takes_only_what_old_releases_alone_name() {
    let (tap, show) = history().await;
    let foreign = crate::support::show::object(
        "robots.txt",
        onair::model::object::Kind::Page,
        "text/plain",
        "*",
    );
    tap.put(&foreign, &Condition::Always, &|_| ()).await.unwrap();
    assert!(planned(&tap, 3).await.is_empty());
    let two = planned(&tap, 2).await;
    insta::assert_snapshot!(text(&two), @"
    a feed of 68 letters
    .onair/releases/000001.json
    ");
    let one = planned(&tap, 1).await;
    insta::assert_snapshot!(text(&one), @"
    media/2.mp3
    a feed of 68 letters
    a feed of 68 letters
    .onair/releases/000001.json
    .onair/releases/000002.json
    ");
    assert_eq!((one.unknown.len(), &one.kept[..]), (1, &[ReleaseNumber(3)][..]));
    assert!(one.bytes() > 0);

    let error = carry(&tap, &one, 0, 4).await.unwrap_err();
    assert_eq!(error.to_string(), "1 objects would be removed, and the limit is 0");
    let before = tap.objects();
    carry(&tap, &one, 1, 4).await.unwrap();
    let after = tap.objects();
    assert_eq!(before.len() - after.len(), one.objects.len() + one.state.len());
    assert!(planned(&tap, 1).await.is_empty());
    assert_eq!(publish(&tap, &show, "next", at(5)).await.unwrap().number, None);
}

#[tokio::test]
async fn a_prune_stops_where_a_release_went_on() {
    let (tap, mut show) = history().await;
    let plan = planned(&tap, 1).await;
    show.about = "More about us";
    publish(&tap, &show, "four", at(4)).await.unwrap();
    let error = carry(&tap, &plan, 10, 5).await.unwrap_err();
    assert!(matches!(error, ReleaseError::Overtaken { .. }), "{error}");
    assert!(tap.objects().contains_key(&key("media/2.mp3")));
}

/// One that has entered its record, and only sleeps, may yet put its feed.
#[tokio::test]
async fn a_prune_stops_where_a_release_has_entered_its_record() {
    let (tap, _) = history().await;
    let plan = planned(&tap, 1).await;
    let record = onair::release::read_record(&tap, ReleaseNumber(1)).await.unwrap();
    let record = onair::store::record::Record { number: ReleaseNumber(4), ..record };
    let text = String::from_utf8(record.to_json().to_vec()).unwrap();
    let state = onair::model::object::Kind::State;
    let entered = crate::support::show::object(
        record.number.key().as_str(),
        state,
        "application/json",
        &text,
    );
    tap.put(&entered, &Condition::Always, &|_| ()).await.unwrap();
    let error = carry(&tap, &plan, 10, 5).await.unwrap_err();
    assert!(matches!(error, ReleaseError::Overtaken { .. }), "{error}");
    assert!(tap.objects().contains_key(&key("media/2.mp3")));
}

#[tokio::test]
async fn a_rollback_says_what_it_cannot_bring_back() {
    let tap = Tap::new(&BTreeMap::new());
    let mut show = Show::of(1);
    publish(&tap, &show, "one", at(1)).await.unwrap();
    show.about = "More about us";
    publish(&tap, &show, "two", at(2)).await.unwrap();
    let to_one = async || {
        plan_rollback(&tap, &published(&tap).await, ReleaseNumber(1)).await.unwrap().unwrap()
    };
    let about = key("about.html");
    let sends = |plan: &onair::plan::Plan| plan.sends.iter().any(|step| step.object.key == about);
    let plan = to_one().await;
    assert!(sends(&plan) && plan.not_kept.is_empty());
    for kept in tap.objects().keys().filter(|key| key.as_str().starts_with(".onair/kept/")) {
        tap.delete(kept, &Condition::Always).await.unwrap();
    }
    let plan = to_one().await;
    assert!(!sends(&plan));
    assert_eq!(plan.not_kept, [about]);
}

#[tokio::test]
async fn a_prune_that_is_cut_off_is_finished_by_the_next() {
    let mut cut = 0;
    loop {
        let (tap, _) = history().await;
        let plan = planned(&tap, 1).await;
        tap.follow(move |operation| if operation == cut { Act::DieAfter } else { Act::Do });
        let done = tokio::select! {
            biased;
            done = carry(&tap, &plan, 10, 4) => Some(done),
            () = tap.died.notified() => None,
        };
        tap.follow(|_| Act::Do);
        if let Some(done) = done {
            done.unwrap();
            break;
        }
        let rest = planned(&tap, 1).await;
        carry(&tap, &rest, 10, HOURS_LATER).await.unwrap();
        assert!(planned(&tap, 1).await.is_empty(), "cut after {cut}");
        assert!(!tap.objects().contains_key(&key("media/2.mp3")));
        cut += 1;
    }
    assert!(cut > 5);
}

/// As `onair unpublish` does it once the episode has left the feed.
#[tokio::test]
async fn taking_away_goes_on_after_a_cut_and_touches_nothing_that_is_public() {
    let mut cut = 0;
    loop {
        let tap = Tap::new(&BTreeMap::new());
        publish(&tap, &Show::of(3), "ann", at(0)).await.unwrap();
        publish(&tap, &Show::of(2), "ann", at(1)).await.unwrap();
        let files = [(key("media/3.mp3"), 1)];
        let (owner, cancel) = (owner("ann"), Cancel::default());
        let clock = at(2);
        let run = Run { clock: &clock, ..Run::new(&tap, &owner, &Silent, &cancel) };
        let public = take_away(&[(key("media/2.mp3"), 1)], &run).await.unwrap_err();
        assert!(matches!(public, ReleaseError::Overtaken { .. }), "{public}");
        assert!(tap.objects().contains_key(&key("media/2.mp3")));
        tap.follow(move |operation| if operation == cut { Act::DieAfter } else { Act::Do });
        let done = tokio::select! {
            biased;
            done = take_away(&files, &run) => Some(done),
            () = tap.died.notified() => None,
        };
        tap.follow(|_| Act::Do);
        if let Some(done) = done {
            done.unwrap();
            break;
        }
        let clock = at(HOURS_LATER);
        let run = Run { clock: &clock, ..Run::new(&tap, &owner, &Silent, &cancel) };
        take_away(&files, &run).await.unwrap();
        assert!(!tap.objects().contains_key(&key("media/3.mp3")), "cut after {cut}");
        let read = published(&tap).await;
        assert_eq!(read.standing, onair::store::published::Standing::Current);
        cut += 1;
    }
    assert!(cut > 2);
}

#[tokio::test]
async fn no_prune_without_a_footing() {
    let (tap, _) = history().await;
    let mut state = published(&tap).await;
    state.standing = onair::store::published::Standing::Foreign;
    let one = NonZeroUsize::new(1).unwrap();
    let error = plan_prune(&tap, &state, one).await.unwrap_err();
    assert!(matches!(error, ReleaseError::NoFooting), "{error}");
}

#[tokio::test]
async fn an_old_record_that_cannot_be_read_stays_with_what_it_may_name() {
    let (tap, _) = history().await;
    let broken = crate::support::show::object(
        ".onair/releases/000001.json",
        onair::model::object::Kind::State,
        "application/json",
        "{",
    );
    tap.put(&broken, &Condition::Always, &|_| ()).await.unwrap();
    insta::assert_snapshot!(text(&planned(&tap, 1).await), @"
    media/2.mp3
    .onair/releases/000002.json
    ");
}
