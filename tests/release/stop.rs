//! How a release stops, and what it reads in a target that is not as it should be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use onair::model::object::{Key, Kind};
use onair::plan::{Overrides, Plan, plan};
use onair::release::{
    Cancel, Delivery, Event, ReleaseError, Reporter, Run, Silent, audit, execute, read_published,
    send_ahead,
};
use onair::store::published::{Published, Standing};
use onair::store::record::{BadRecord, ReleaseNumber};
use onair::store::{Condition, Store, StoreError};

use crate::support::show::{Show, feed_key, object};
use crate::support::tap::{Act, Tap};
use crate::support::{at, carry_out, owner, publish, published};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

async fn planned(tap: &Tap, show: &Show) -> Plan {
    let published = published(tap).await;
    plan(show.edition(&published, &BTreeSet::new()), &published, &Overrides::default()).unwrap()
}

async fn released(show: &Show) -> Tap {
    let tap = Tap::new(&BTreeMap::new());
    publish(&tap, show, "before", at(0)).await.unwrap();
    tap
}

/// Notes events, and cancels at one of them.
struct Notes {
    cancel: Cancel,
    at: &'static str,
    seen: Mutex<Vec<String>>,
}

impl Reporter for Notes {
    fn event(&self, event: Event<'_>) {
        let text = match event {
            Event::Locked { resuming } => format!("locked, resuming: {resuming}"),
            Event::Started { object, reason } => format!("started {}: {reason}", object.key),
            Event::Progress { key, bytes } => format!("{bytes} bytes of {key}"),
            Event::Finished { object, delivery } => {
                format!("finished {}: {delivery:?}", object.key)
            }
            Event::Verifying { objects } => format!("verifying {objects}"),
            Event::Recorded { number } => format!("recorded {number}"),
            Event::FeedPublished { key } => format!("published {key}"),
            Event::BestEffort | Event::Removed { .. } | Event::Note { .. } => format!("{event:?}"),
        };
        if text.starts_with(self.at) {
            self.cancel.cancel();
        }
        self.seen.lock().unwrap().push(text);
    }
}

async fn cancelled_at(
    tap: &Tap,
    who: &str,
    at_event: &'static str,
) -> (Result<(), ReleaseError>, Vec<String>) {
    let plan = planned(tap, &Show::of(1)).await;
    tap.expect_feed(&plan.feed);
    let cancel = Cancel::default();
    let notes = Notes { cancel: cancel.clone(), at: at_event, seen: Mutex::default() };
    let (owner, clock) = (owner(who), at(1));
    let run = Run { clock: &clock, at_once: 1, ..Run::new(tap, &owner, &notes, &cancel) };
    let done = execute(&plan, &run).await.map(drop);
    (done, notes.seen.into_inner().unwrap())
}

#[tokio::test]
async fn a_reporter_hears_everything_in_order() {
    let tap = Tap::new(&BTreeMap::new());
    let (done, events) = cancelled_at(&tap, "bob", "never").await;
    done.unwrap();
    insta::assert_snapshot!(events.join("\n"), @"
    locked, resuming: false
    started media/1.mp3: new
    finished media/1.mp3: Sent
    started cover.jpg: new
    finished cover.jpg: Sent
    started style.css: new
    finished style.css: Sent
    started about.html: new
    finished about.html: Sent
    started episode_1/index.html: new
    finished episode_1/index.html: Sent
    verifying 2
    recorded 000001
    published podcast.xml
    ");
}

#[tokio::test]
async fn cancelled_a_release_stops_and_the_next_goes_on_at_once() {
    for event in ["locked", "started media/1.mp3", "finished about.html", "verifying"] {
        let tap = Tap::new(&BTreeMap::new());
        let (done, _) = cancelled_at(&tap, "ann", event).await;
        assert!(matches!(done, Err(ReleaseError::Cancelled)), "at {event}: {done:?}");
        assert!(!tap.objects().contains_key(&feed_key()), "{event}");
        let (done, events) = cancelled_at(&tap, "bob", "never").await;
        done.unwrap();
        assert_eq!(events[0], "locked, resuming: true", "at {event}");
        let twice: Vec<String> = tap.written();
        let once: BTreeSet<&String> = twice.iter().collect();
        assert_eq!(once.len(), twice.len(), "at {event}: {twice:?}");
    }
    for event in ["recorded", "published"] {
        let tap = Tap::new(&BTreeMap::new());
        cancelled_at(&tap, "ann", event).await.0.unwrap();
        assert_eq!(published(&tap).await.standing, Standing::Current, "{event}");
    }
}

#[tokio::test]
async fn audio_sent_ahead_is_not_sent_again() {
    let tap = released(&Show::of(1)).await;
    let plan = planned(&tap, &Show::of(2)).await;
    let audio = &plan.sends[0].object;
    assert_eq!(audio.kind, Kind::Audio);
    let (owner, cancel, clock) = (owner("ann"), Cancel::default(), at(1));
    let run = Run { clock: &clock, ..Run::new(&tap, &owner, &Silent, &cancel) };
    assert_eq!(send_ahead(audio, &run).await.unwrap(), Delivery::Sent);
    assert_eq!(send_ahead(audio, &run).await.unwrap(), Delivery::AlreadyThere);

    // On a machine without the audio, the target proves that it has it.
    let published = published(&tap).await;
    let mut edition = Show::of(2).edition(&published, &BTreeSet::new());
    edition.objects.retain(|object| object.kind != Kind::Audio);
    let without = onair::plan::plan(edition, &published, &Overrides::default()).unwrap();
    let receipt = carry_out(&tap, &without, "ci", at(2)).await.unwrap();
    assert_eq!(receipt.number, Some(ReleaseNumber(2)));
    assert_eq!(tap.broken(), None);
    assert!(crate::support::published(&tap).await.record.unwrap().objects.contains_key(&audio.key));
    assert_eq!(tap.written().iter().filter(|it| **it == "media/2.mp3").count(), 1);
}

#[tokio::test]
async fn audio_that_is_nowhere_stops_the_release() {
    let tap = released(&Show::of(1)).await;
    let published = published(&tap).await;
    let mut edition = Show::of(2).edition(&published, &BTreeSet::new());
    edition.objects.retain(|object| object.kind != Kind::Audio);
    let without = plan(edition, &published, &Overrides::default()).unwrap();
    let error = carry_out(&tap, &without, "ci", at(1)).await.unwrap_err();
    insta::assert_snapshot!(format!("{error}\n{}", error.help().unwrap()), @"
    the audio of episodes/2.md is not in the target: nothing stands at `media/2.mp3`
    put the audio of episodes/2.md beside it, or send it ahead with `onair upload`
    ");
}

#[tokio::test]
async fn other_audio_under_the_key_is_left_alone() {
    let tap = released(&Show::of(1)).await;
    let mut typo = Show::of(2);
    typo.episode(2).title = "Epsiode 2".into();
    let first = planned(&tap, &typo).await.sends[0].object.clone();
    tap.put(&first, &Condition::Absent, &|_| ()).await.unwrap();
    let plan = planned(&tap, &Show::of(2)).await;
    let error = carry_out(&tap, &plan, "ann", at(1)).await.unwrap_err();
    insta::assert_snapshot!(error, @"`media/2.mp3` already holds other audio (28 bytes)");
    publish(&tap, &Show::of(2), "ann", at(2)).await.unwrap();
    assert_eq!(tap.broken(), None);
    let record = published(&tap).await.record.unwrap();
    assert_ne!(record.episodes[0].audio.key, key("media/2.mp3"));
}

#[tokio::test]
async fn the_feed_is_not_put_over_missing_audio() {
    let tap = released(&Show::of(2)).await;
    tap.delete(&key("media/1.mp3"), &Condition::Always).await.unwrap();
    let error = publish(&tap, &Show::of(3), "ann", at(1)).await.unwrap_err();
    insta::assert_snapshot!(format!("{error}\n{}", error.help().unwrap()), @"
    1 object that the feed would name is not as it would say: `media/1.mp3` should be 28 bytes of audio/mpeg, but is missing
    release with --repair where the files are at hand: it sends what is missing
    ");
    assert!(!String::from_utf8_lossy(&tap.objects()[&feed_key()].bytes).contains("Episode 3"));
}

#[tokio::test]
async fn what_somebody_removed_or_changed_is_mended() {
    let tap = released(&Show::of(1)).await;
    let whole = tap.objects();
    tap.delete(&key("episode_1/index.html"), &Condition::Always).await.unwrap();
    let mine = object("about.html", Kind::Page, "text/html", "hacked");
    tap.put(&mine, &Condition::Always, &|_| ()).await.unwrap();
    let mut target = published(&tap).await;
    audit(&tap, &mut target).await.unwrap();
    let missing: Vec<&str> = target.missing.iter().map(Key::as_str).collect();
    assert_eq!(missing, ["about.html", "episode_1/index.html"]);
    let edition = Show::of(1).edition(&target, &BTreeSet::new());
    let plan = plan(edition, &target, &Overrides::default()).unwrap();
    carry_out(&tap, &plan, "ann", at(1)).await.unwrap();
    let public = |objects: &BTreeMap<Key, _>| {
        objects.keys().filter(|key| !key.is_state()).cloned().collect::<Vec<_>>()
    };
    assert_eq!(public(&tap.objects()), public(&whole));
    assert_eq!(tap.objects()[&key("about.html")], whole[&key("about.html")]);
}

#[tokio::test]
async fn a_page_that_somebody_changed_is_replaced_all_the_same() {
    let tap = released(&Show::of(1)).await;
    let mine = object("about.html", Kind::Page, "text/html", "hacked");
    tap.put(&mine, &Condition::Always, &|_| ()).await.unwrap();
    let mut show = Show::of(1);
    show.about = "More about us";
    publish(&tap, &show, "ann", at(1)).await.unwrap();
    assert_eq!(&tap.objects()[&key("about.html")].bytes[..], b"More about us");
}

#[tokio::test]
async fn a_failure_of_the_store_is_passed_on() {
    let tap = released(&Show::of(1)).await;
    tap.follow(|operation| if operation == 6 { Act::Refuse } else { Act::Do });
    let error = publish(&tap, &Show::of(2), "ann", at(1)).await.unwrap_err();
    assert!(matches!(error, ReleaseError::Store(StoreError::Failed { .. })), "{error}");
    assert_eq!(tap.broken(), None);
}

async fn read(tap: &Tap) -> Result<Published, ReleaseError> {
    read_published(tap, &feed_key()).await
}

#[tokio::test]
async fn a_manifest_that_is_lost_or_damaged_is_found_again() {
    let tap = released(&Show::of(1)).await;
    publish(&tap, &Show::of(2), "ann", at(1)).await.unwrap();
    let manifest = key(".onair/manifest.json");
    let damaged = object(manifest.as_str(), Kind::State, "application/json", "{\"version\": 1,");
    for lost in [true, false] {
        match lost {
            true => tap.delete(&manifest, &Condition::Always).await.unwrap(),
            false => drop(tap.put(&damaged, &Condition::Always, &|_| ()).await.unwrap()),
        }
        let state = read(&tap).await.unwrap();
        assert_eq!(state.standing, Standing::ManifestBehind);
        assert_eq!(state.record.unwrap().number, ReleaseNumber(2));
        let receipt = publish(&tap, &Show::of(2), "ann", at(2)).await.unwrap();
        assert_eq!((receipt.number, receipt.sent), (None, 0));
        assert_eq!(read(&tap).await.unwrap().standing, Standing::Current);
    }
}

#[tokio::test]
async fn a_record_of_a_later_form_is_not_guessed_at() {
    let tap = released(&Show::of(1)).await;
    let later = object(".onair/manifest.json", Kind::State, "application/json", "{\"version\": 2}");
    tap.put(&later, &Condition::Always, &|_| ()).await.unwrap();
    let error = read(&tap).await.unwrap_err();
    assert!(matches!(error, ReleaseError::BadRecord { reason: BadRecord::Newer { found: 2 }, .. }));
    insta::assert_snapshot!(format!("{error}\n{}", error.help().unwrap()), @"
    `.onair/manifest.json` cannot be used: it has form 2, and this onair knows forms up to 1
    update onair
    ");
}

#[tokio::test]
async fn a_feed_that_is_no_release_s_is_foreign() {
    let tap = released(&Show::of(1)).await;
    let feed = object("podcast.xml", Kind::Feed, "text/xml", "<rss><channel></channel></rss>");
    tap.put(&feed, &Condition::Always, &|_| ()).await.unwrap();
    let state = read(&tap).await.unwrap();
    assert_eq!(state.standing, Standing::Foreign);
    assert_eq!(state.record.unwrap().number, ReleaseNumber(1));
    tap.delete(&feed_key(), &Condition::Always).await.unwrap();
    assert_eq!(read(&tap).await.unwrap().standing, Standing::FeedMissing);
    publish(&tap, &Show::of(1), "ann", at(1)).await.unwrap();
    assert_eq!(read(&tap).await.unwrap().standing, Standing::Current);
}
