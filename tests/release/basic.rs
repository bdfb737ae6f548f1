//! A release that nothing disturbs.

use std::collections::{BTreeMap, BTreeSet};

use onair::model::object::Key;
use onair::plan::{Overrides, plan};
use onair::release::{Cancel, Run, Silent, execute};
use onair::store::record::ReleaseNumber;

use crate::support::show::Show;
use crate::support::tap::{Act, Tap};
use crate::support::{at, owner, publish, published};

fn keys(store: &Tap) -> Vec<String> {
    let mut keys = text(store.objects().keys());
    keys.retain(|key| !key.starts_with(".onair/feeds/"));
    keys
}

fn text<'a>(keys: impl IntoIterator<Item = &'a Key>) -> Vec<String> {
    keys.into_iter().map(|key| key.as_str().to_owned()).collect()
}

#[tokio::test]
async fn a_first_release_leaves_the_show_and_a_record_and_no_lock() {
    let store = Tap::new(&BTreeMap::new());
    let receipt = publish(&store, &Show::of(2), "ann", at(0)).await.unwrap();
    assert_eq!(receipt.number, Some(ReleaseNumber::FIRST));
    assert_eq!((receipt.sent, receipt.already_there, receipt.unchanged), (8, 0, 0));
    assert_eq!(
        keys(&store),
        [
            ".onair/manifest.json",
            ".onair/releases/000001.json",
            "about.html",
            "cover.jpg",
            "episode_1/index.html",
            "episode_2/index.html",
            "media/1.mp3",
            "media/2.mp3",
            "podcast.xml",
            "style.css",
        ]
    );
    let again = publish(&store, &Show::of(2), "ann", at(1)).await.unwrap();
    assert_eq!(again.number, None);
}

#[tokio::test]
async fn a_new_episode_sends_only_what_is_new() {
    let store = Tap::new(&BTreeMap::new());
    publish(&store, &Show::of(2), "ann", at(0)).await.unwrap();
    let receipt = publish(&store, &Show::of(3), "ann", at(1)).await.unwrap();
    assert_eq!(receipt.number, Some(ReleaseNumber(2)));
    assert_eq!((receipt.sent, receipt.unchanged), (3, 7));
    for new in ["media/3.mp3", "episode_3/index.html"] {
        assert!(keys(&store).contains(&new.to_owned()), "{new}");
    }
    assert_eq!(text(&receipt.changed), ["podcast.xml"], "no cache holds what is new");
}

/// A cache would keep the old style sheet under the address that the new page names.
#[tokio::test]
async fn a_page_waits_for_what_it_names() {
    let store = Tap::new(&BTreeMap::new());
    publish(&store, &Show::of(2), "ann", at(0)).await.unwrap();
    let mut show = Show::of(3);
    (show.style, show.about) = ("body { color: navy }", "About us, and more");
    let published = published(&store).await;
    let edition = show.edition(&published, &BTreeSet::new());
    let plan = plan(edition, &published, &Overrides::default()).unwrap();
    store.expect_feed(&plan.feed);
    let (owner, cancel, clock) = (owner("ann"), Cancel::default(), at(1));
    store.follow(|_| Act::Slow);
    let before = store.written().len();
    // All that may be under way at a time is.
    let run = Run { clock: &clock, ..Run::new(&store, &owner, &Silent, &cancel) };
    execute(&plan, &run).await.unwrap();

    let written = &store.written()[before..];
    let place = |key: &str| written.iter().position(|written| written == key).unwrap();
    for page in ["about.html", "episode_3/index.html"] {
        for named in ["style.css", "media/3.mp3"] {
            assert!(place(named) < place(page), "{written:?}");
        }
        assert!(place(page) < place("podcast.xml"), "{written:?}");
    }
}

#[tokio::test]
async fn a_new_title_keeps_the_published_audio() {
    let store = Tap::new(&BTreeMap::new());
    let mut show = Show::of(2);
    publish(&store, &show, "ann", at(0)).await.unwrap();
    show.episode(2).title = "A better title".into();
    let receipt = publish(&store, &show, "ann", at(1)).await.unwrap();
    let changed = text(&receipt.changed);
    assert_eq!(changed, ["episode_2/index.html", "podcast.xml"]);
}

#[tokio::test]
async fn a_new_episode_takes_as_many_requests_in_a_long_show_as_in_a_short_one() {
    let mut requests = Vec::new();
    for episodes in [20, 60] {
        let store = Tap::new(&BTreeMap::new());
        publish(&store, &Show::of(episodes), "ann", at(0)).await.unwrap();
        store.follow(|_| Act::Do);
        publish(&store, &Show::of(episodes + 1), "ann", at(1)).await.unwrap();
        requests.push(store.operations());
    }
    assert_eq!(requests[0], requests[1]);
}

#[tokio::test]
async fn what_the_store_does_not_remove_stops_no_release() {
    let store = Tap::new(&BTreeMap::new());
    let mut show = Show::of(2);
    show.guest = Some("noor");
    publish(&store, &show, "one", at(0)).await.unwrap();
    store.removes(false);
    let there = |name: &str| text(store.objects().keys()).iter().any(|key| key.contains(name));
    for (second, title) in [(1, "Two"), (2, "Three"), (3, "Four")] {
        (show.guest, show.title) = (None, title);
        let receipt = publish(&store, &show, "next", at(second)).await.unwrap();
        assert!(receipt.feed_published);
        assert!(there("noor"));
    }
    let same = publish(&store, &show, "the same", at(4)).await.unwrap();
    assert_eq!((same.number, same.changed), (None, vec![]), "no release for nothing");
    assert!(there("noor"));
    store.removes(true);
    let receipt = publish(&store, &show, "last", at(4)).await.unwrap();
    assert!(!there("noor"));
    assert_eq!(receipt.number, None);
    assert_eq!(text(&receipt.changed), ["guests/noor/index.html"], "what a CDN holds of it");
    let again = publish(&store, &show, "again", at(5)).await.unwrap();
    assert_eq!(again.number, None);
    assert_eq!(store.broken(), None);
}
