//! A release is cut before and after each of its operations, and then run again.

use std::collections::BTreeMap;

use onair::model::object::Key;
use onair::release::{ReleaseError, read_published};
use onair::store::memory::Entry;
use onair::store::record::Record;

use crate::support::show::{self, Show};
use crate::support::tap::{Act, Tap};
use crate::support::{HOURS_LATER, at, publish};

/// What a release may have to do, each as the show before (if it was published) and after.
pub fn shows() -> Vec<(&'static str, Option<Show>, Show)> {
    let changed = |change: &dyn Fn(&mut Show)| {
        let mut show = Show::of(2);
        change(&mut show);
        show
    };
    let scheduled = changed(&|show| show.episode(2).listed = false);
    vec![
        ("first release", None, Show::of(2)),
        ("new episode", Some(Show::of(2)), Show::of(3)),
        ("edited page", Some(Show::of(2)), changed(&|show| show.about = "More about us")),
        ("replaced cover", Some(Show::of(2)), changed(&|show| show.cover = "another cover")),
        ("feed only", Some(Show::of(2)), changed(&|show| show.title = "Another show")),
        (
            "title, page and feed",
            Some(Show::of(2)),
            changed(&|show| show.episode(1).title = "A better title".into()),
        ),
        (
            "moved page",
            Some(Show::of(2)),
            changed(&|show| show.episode(1).folder = "elsewhere".into()),
        ),
        ("scheduled episode comes", Some(scheduled), Show::of(2)),
        ("an episode leaves", Some(Show::of(3)), Show::of(2)),
        (
            "other audio",
            Some(Show::of(2)),
            changed(&|show| show.episode(1).payload = "other audio"),
        ),
        ("a guest leaves", Some(changed(&|show| show.guest = Some("noor"))), Show::of(2)),
        (
            "a guest leaves the feed",
            Some(changed(&|show| show.guest = Some("noor"))),
            changed(&|show| show.title = "Another show"),
        ),
        (
            "a guest takes another's place",
            Some(changed(&|show| show.guest = Some("noor"))),
            changed(&|show| (show.guest, show.title) = (Some("ines"), "Another show")),
        ),
        ("nothing", Some(Show::of(2)), Show::of(2)),
    ]
}

/// What the target holds before a show is released over `before`.
pub async fn prepared(before: Option<&Show>) -> BTreeMap<Key, Entry> {
    let Some(before) = before else { return BTreeMap::new() };
    let tap = Tap::new(&BTreeMap::new());
    publish(&tap, before, "before", at(0)).await.unwrap();
    tap.objects()
}

/// What a target holds in the end.
pub type End = (BTreeMap<Key, Entry>, Option<Record>);

/// All that must be the same at the end, however it came about.
///
/// The lock is left out: if a release was killed when all was done but for that, the next has nothing
/// to do and does not ask for it.
pub fn end(objects: &BTreeMap<Key, Entry>) -> End {
    let manifest = objects.get(&Key::new(".onair/manifest.json").unwrap());
    let record = manifest.map(|entry| Record::from_json(&entry.bytes).unwrap());
    let timeless = record.map(|record| Record {
        number: onair::store::record::ReleaseNumber::FIRST,
        parent: None,
        created: at(0).0,
        by: crate::support::owner("anybody").author,
        ..record
    });
    let public = objects.iter().filter(|(key, _)| !key.is_state());
    (public.map(|(key, entry)| (key.clone(), entry.clone())).collect(), timeless)
}

#[tokio::test]
async fn cut_anywhere_a_release_keeps_its_promises_and_is_finished_by_the_next() {
    let mut cuts = 0;
    for (name, before, after) in shows() {
        let start = prepared(before.as_ref()).await;
        let whole = Tap::new(&start);
        publish(&whole, &after, "whole", at(1)).await.unwrap();
        assert_eq!(whole.broken(), None, "{name}");
        let (end_of_whole, operations) = (end(&whole.objects()), whole.operations());

        for cut in 0..operations {
            for act in [Act::DieBefore, Act::DieAfter] {
                cuts += 1;
                let case = format!("{name}, {act:?} operation {cut} of {operations}");
                let tap = Tap::new(&start);
                tap.follow(move |operation| if operation == cut { act } else { Act::Do });
                tokio::select! {
                    biased;
                    done = publish(&tap, &after, "cut", at(1)) => panic!("{case}: not cut: {done:?}"),
                    () = tap.died.notified() => {}
                }
                assert_eq!(tap.broken(), None, "{case}");

                // While the lock looks alive, nobody takes it.
                tap.follow(|_| Act::Do);
                match publish(&tap, &after, "early", at(2)).await {
                    Ok(_) => {}
                    Err(ReleaseError::Held { holder, .. }) => {
                        assert_eq!(holder, "cut", "{case}");
                        publish(&tap, &after, "next", at(HOURS_LATER)).await.unwrap();
                    }
                    Err(error) => panic!("{case}: {error}"),
                }
                assert_eq!(tap.broken(), None, "{case}");
                assert!(end(&tap.objects()) == end_of_whole, "{case}: another end");
                let mut written = tap.written();
                written.sort();
                assert!(written.windows(2).all(|pair| pair[0] != pair[1]), "{case}: {written:?}");
                let mut of_whole = whole.written();
                of_whole.sort();
                assert_eq!(written, of_whole, "{case}");
                assert_eq!(tap.begun(), written.len(), "{case}: sent in vain");

                let last = publish(&tap, &after, "last", at(HOURS_LATER + 1)).await.unwrap();
                assert_eq!(last.number, None, "{case}");
                let read = read_published(&tap, &show::feed_key()).await.unwrap();
                assert_eq!(read.standing, onair::store::published::Standing::Current, "{case}");
            }
        }
    }
    assert!(cuts > 150, "only {cuts} cuts");
}

/// What a host may make of a show whose release was cut off: the show as it was, or another edit.
fn later(before: Option<&Show>, after: &Show) -> Vec<(&'static str, Show)> {
    let mut other = Show::of(2);
    other.about = "Quite another text";
    other.episode(2).title = "Quite another title".into();
    let mut both = after.clone();
    both.about = "Both";
    let reverted = before.map(|before| ("reverted", before.clone()));
    reverted.into_iter().chain([("another edit", other), ("one more edit", both)]).collect()
}

#[tokio::test]
async fn cut_anywhere_what_was_withdrawn_is_taken_back() {
    let mut taken_back = 0;
    for (name, before, after) in shows() {
        let start = prepared(before.as_ref()).await;
        let whole = Tap::new(&start);
        publish(&whole, &after, "whole", at(1)).await.unwrap();
        let (after_whole, operations) = (whole.objects(), whole.operations());
        for (what, then) in later(before.as_ref(), &after) {
            for cut in 0..operations {
                for act in [Act::DieBefore, Act::DieAfter] {
                    let case = format!("{name}, {act:?} operation {cut} of {operations}, {what}");
                    let tap = Tap::new(&start);
                    tap.follow(move |operation| if operation == cut { act } else { Act::Do });
                    tokio::select! {
                        biased;
                        done = publish(&tap, &after, "cut", at(1)) => panic!("{case}: {done:?}"),
                        () = tap.died.notified() => {}
                    }
                    // A feed that was public is what the next release goes on from.
                    let read = read_published(&tap, &show::feed_key()).await.unwrap();
                    let was_public =
                        |record: &Record| record.number.0 > u32::from(before.is_some());
                    let went_through = read.record.as_ref().is_some_and(was_public);
                    let expected = Tap::new(if went_through { &after_whole } else { &start });
                    publish(&expected, &then, "uninterrupted", at(HOURS_LATER)).await.unwrap();

                    tap.follow(|_| Act::Do);
                    taken_back += usize::from(!read.strays.is_empty() || !read.missing.is_empty());
                    publish(&tap, &then, "next", at(HOURS_LATER)).await.unwrap();
                    assert_eq!(tap.broken(), None, "{case}");
                    assert_same_end(&tap, &expected, false, &case);
                    tap.follow(|_| Act::Do);
                    let last = publish(&tap, &then, "last", at(HOURS_LATER + 1)).await.unwrap();
                    assert_eq!((last.number, tap.operations()), (None, 2), "{case}");
                }
            }
        }
    }
    assert!(taken_back > 100, "only {taken_back}");
}

/// Whether both ends are the same, but for audio that no feed names and for what audio is called:
/// that of a release that was killed may yet be named, if it only slept.
fn assert_same_end(tap: &Tap, expected: &Tap, audio: bool, case: &str) {
    let (found, wanted) = (end(&tap.objects()), end(&expected.objects()));
    let is_audio = |key: &&Key| key.as_str().starts_with("media/");
    let rest = |end: &End| -> BTreeMap<Key, Entry> {
        let rest = end.0.iter().filter(|(key, _)| !is_audio(key));
        rest.filter(|(key, _)| **key != show::feed_key())
            .map(|(k, e)| (k.clone(), e.clone()))
            .collect()
    };
    assert_eq!(
        rest(&found).keys().collect::<Vec<_>>(),
        rest(&wanted).keys().collect::<Vec<_>>(),
        "{case}"
    );
    assert!(rest(&found) == rest(&wanted), "{case}: other bytes");
    let count = |end: &End| end.0.keys().filter(is_audio).count();
    assert!(count(&found) >= count(&wanted), "{case}: audio is lost");
    assert!(!audio || count(&found) == count(&wanted), "{case}: audio is left");
    let said = |end: End| {
        let episodes = end.1.unwrap().episodes.into_iter();
        episodes
            .map(|it| (it.guid, it.title, it.listed, it.page, it.audio.payload_sha256))
            .collect::<Vec<_>>()
    };
    assert_eq!(said(found), said(wanted), "{case}");
}

#[tokio::test]
async fn what_a_failed_release_sent_is_taken_back_to_the_last_byte() {
    for (name, before, after) in shows() {
        let Some(before) = before else { continue };
        let start = prepared(Some(&before)).await;
        let whole = Tap::new(&start);
        publish(&whole, &after, "whole", at(1)).await.unwrap();
        for refused in 0..whole.operations() {
            let case = format!("{name}, operation {refused} refused");
            let tap = Tap::new(&start);
            tap.follow(move |operation| if operation == refused { Act::Refuse } else { Act::Do });
            let Err(_) = publish(&tap, &after, "refused", at(1)).await else { continue };
            let read = read_published(&tap, &show::feed_key()).await.unwrap();
            if read.record.as_ref().is_some_and(|record| record.number.0 > 1) {
                continue;
            }
            tap.follow(|_| Act::Do);
            publish(&tap, &before, "next", at(2)).await.unwrap();
            assert_eq!(tap.broken(), None, "{case}");
            let expected = Tap::new(&start);
            assert_same_end(&tap, &expected, true, &case);
            assert!(end(&tap.objects()) == end(&expected.objects()), "{case}");
        }
    }
}

#[tokio::test]
async fn a_release_costs_no_more_requests_than_these() {
    let mut costs = Vec::new();
    for (name, before, after) in shows() {
        let start = prepared(before.as_ref()).await;
        let tap = Tap::new(&start);
        publish(&tap, &after, "whole", at(1)).await.unwrap();
        costs.push(format!("{name}: {}", tap.operations()));
    }
    insta::assert_snapshot!(costs.join("\n"), @"
        first release: 20
        new episode: 15
        edited page: 11
        replaced cover: 9
        feed only: 12
        title, page and feed: 15
        moved page: 12
        scheduled episode comes: 12
        an episode leaves: 15
        other audio: 13
        a guest leaves: 12
        a guest leaves the feed: 16
        a guest takes another's place: 17
        nothing: 2
        ");
}
