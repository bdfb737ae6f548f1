//! Uploads in parts: their bytes, their progress, what is left over, and going on with it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use onair::store::s3::Tuning;
use onair::store::{Condition, Store, StoreError};

use crate::memory_s3::{Abilities, Asked, Fault, MemoryS3};
use crate::{audio, page, quiet, server, store, store_at, tuning};

#[tokio::test]
async fn a_tagged_file_arrives_as_tag_and_payload() {
    let server = server().await;
    let store = store(&server);
    for (payload, parts) in [(0, 0), (500, 0), (923, 0), (924, 2), (1923, 2), (25_000, 26)] {
        let audio = audio("a.mp3", payload, 5);
        server.asked();
        let sent = AtomicU64::new(0);
        let progress = |bytes| {
            sent.fetch_add(bytes, Ordering::Relaxed);
        };

        store.put(&audio.object, &Condition::Always, &progress).await.unwrap();

        let asked = server.asked();
        let count = |operation: &str| asked.iter().filter(|asked| **asked == operation).count();
        assert_eq!(count("UploadPart"), parts, "{payload}");
        assert_eq!(count("PutObject"), usize::from(parts == 0), "{payload}");
        assert_eq!(sent.into_inner(), audio.object.body.len());
        let kept = server.object("pod/a.mp3").unwrap();
        assert_eq!(kept.bytes, audio.published);
        assert_eq!(kept.content_type.as_deref(), Some("audio/mpeg"));
        assert_eq!(kept.cache_control.as_deref(), Some(audio.object.kind.cache_control()));
        assert_eq!(kept.metadata, audio.object.user_metadata());
        assert_eq!(server.unfinished_uploads(), 0);
    }
}

/// The lock must be renewed however long the parts take that are under way.
#[tokio::test]
async fn what_is_small_does_not_wait_for_parts() {
    let server = server().await;
    server.fail(|asked| match asked.operation() {
        "UploadPart" => Fault::Silence,
        _ => Fault::None,
    });
    let (store, audio) = (store(&server), audio("a.mp3", 20_000, 5));
    let lock = page("lock", "mine");
    let renewed = async {
        let mut parts = 0;
        while parts < tuning().in_flight {
            tokio::time::sleep(Duration::from_millis(1)).await;
            parts += server.asked().into_iter().filter(|asked| *asked == "UploadPart").count();
        }
        store.put(&lock, &Condition::Always, &quiet).await.unwrap();
    };
    let sent = store.put(&audio.object, &Condition::Always, &quiet);
    tokio::select! {
        sent = sent => panic!("no part is answered, and yet: {sent:?}"),
        renewed = tokio::time::timeout(Duration::from_secs(5), renewed) => renewed.unwrap(),
    }
}

#[tokio::test]
async fn the_condition_counts_when_the_upload_is_completed() {
    for conditional_complete in [true, false] {
        let server =
            MemoryS3::start(Abilities { conditional_complete, ..Abilities::default() }).await;
        let store = store(&server);
        let (one, two) = (audio("a.mp3", 5000, 1), audio("a.mp3", 5000, 2));

        let first = store.put(&one.object, &Condition::Absent, &quiet).await.unwrap();
        let again = store.put(&two.object, &Condition::Absent, &quiet).await;
        assert!(matches!(again, Err(StoreError::Precondition { .. })), "{again:?}");
        assert_eq!(server.object("pod/a.mp3").unwrap().bytes, one.published);
        assert_eq!(server.unfinished_uploads(), 0, "the loser's upload is discarded");

        let second = store.put(&two.object, &Condition::Is(first.clone()), &quiet).await.unwrap();
        let stale = store.put(&one.object, &Condition::Is(first), &quiet).await;
        assert!(matches!(stale, Err(StoreError::Precondition { .. })), "{stale:?}");
        assert_eq!(store.head(&two.object.key).await.unwrap().unwrap().version, second);
    }
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_never_published() {
    let server = server().await;
    let store = store(&server);
    for size in [700, 20_000] {
        let audio = audio("a.mp3", size, 3);
        // The last byte of the payload is another by the time it is read.
        let mut bytes = std::fs::read(audio.file.path()).unwrap();
        let last = bytes.len() - 8;
        bytes[last] ^= 1;
        std::fs::write(audio.file.path(), bytes).unwrap();

        let result = store.put(&audio.object, &Condition::Always, &quiet).await;

        assert!(matches!(result, Err(StoreError::Source { .. })), "{result:?}");
        assert_eq!(server.object("pod/a.mp3").map(|kept| kept.bytes.len()), None);
        assert_eq!(server.unfinished_uploads(), 0);

        std::fs::remove_file(audio.file.path()).unwrap();
        let result = store.put(&audio.object, &Condition::Always, &quiet).await;
        assert!(matches!(result, Err(StoreError::Source { .. })), "{result:?}");
        assert_eq!(server.unfinished_uploads(), 0, "of a file that is gone");
    }
}

#[tokio::test]
async fn a_store_that_refuses_the_newer_checksums_gets_md5_of_every_part() {
    let server = MemoryS3::start(Abilities { checksums: false, ..Abilities::default() }).await;
    let audio = audio("a.mp3", 10_000, 3);
    store(&server).put(&audio.object, &Condition::Absent, &quiet).await.unwrap();
    assert_eq!(server.object("pod/a.mp3").unwrap().bytes, audio.published);
}

/// Cuts an upload off for good from its `nth` part on.
fn cut_off_at_part(nth: u32) -> impl FnMut(&Asked) -> Fault + Send + 'static {
    move |asked| {
        let number = asked.query.split('&').find_map(|pair| pair.strip_prefix("partNumber="));
        match number.map(|number| number.parse::<u32>().unwrap()) {
            Some(number) if number >= nth => Fault::Reset,
            _ => Fault::None,
        }
    }
}

#[tokio::test]
async fn an_upload_that_was_cut_off_is_gone_on_with() {
    for checksums in [true, false] {
        let server = MemoryS3::start(Abilities { checksums, ..Abilities::default() }).await;
        let audio = audio("a.mp3", 20_000, 3);
        server.fail(cut_off_at_part(15));
        let cut = store(&server).put(&audio.object, &Condition::Absent, &quiet).await;
        assert!(matches!(cut, Err(StoreError::Failed { transient: true, .. })), "{cut:?}");
        assert_eq!(server.unfinished_uploads(), 1);
        server.heal();
        server.asked();

        // Another process, which knows only what is in the target.
        let store = store(&server);
        let sent = AtomicU64::new(0);
        let progress = |bytes| {
            sent.fetch_add(bytes, Ordering::Relaxed);
        };
        store.put(&audio.object, &Condition::Absent, &progress).await.unwrap();

        let asked = server.asked();
        let parts = asked.iter().filter(|asked| **asked == "UploadPart").count();
        // Three are under way at a time; those before the cut had arrived.
        assert!((7..=9).contains(&parts), "{parts} of 21 parts sent again");
        assert!(checksums || parts > 0);
        assert_eq!(sent.into_inner(), audio.object.body.len(), "what was there counts as well");
        assert_eq!(server.object("pod/a.mp3").unwrap().bytes, audio.published);
        assert_eq!(server.keys(), ["pod/a.mp3"], "the note is gone");
        assert_eq!(server.unfinished_uploads(), 0);
    }
}

#[tokio::test]
async fn an_upload_of_something_else_is_not_gone_on_with() {
    let server = server().await;
    let mut before = audio("a.mp3", 20_000, 3);
    server.fail(cut_off_at_part(15));
    store(&server).put(&before.object, &Condition::Absent, &quiet).await.unwrap_err();
    server.heal();
    server.asked();

    // The same bytes under the same key, but other metadata, which the upload was begun with.
    before.object.metadata = [("milliseconds", "4321".to_owned())].into();
    store(&server).put(&before.object, &Condition::Absent, &quiet).await.unwrap();

    let asked = server.asked();
    assert_eq!(asked.iter().filter(|asked| **asked == "UploadPart").count(), 21);
    assert!(asked.contains(&"AbortMultipartUpload"));
    assert_eq!(server.object("pod/a.mp3").unwrap().metadata["milliseconds"], "4321");
    assert_eq!(server.unfinished_uploads(), 0);
    assert_eq!(server.keys(), ["pod/a.mp3"]);
}

#[tokio::test]
async fn a_held_part_that_is_damaged_or_of_another_file_is_sent_again() {
    let server = server().await;
    let (one, two) = (audio("a.mp3", 20_000, 3), audio("a.mp3", 20_000, 4));
    server.fail(cut_off_at_part(15));
    store(&server).put(&one.object, &Condition::Absent, &quiet).await.unwrap_err();
    server.heal();

    // A file whose note claims to be the first one's: only the parts' checksums tell.
    let mut forged = two.object.clone();
    forged.digest = one.object.digest.clone();
    let result = store(&server).put(&forged, &Condition::Absent, &quiet).await;
    assert!(matches!(result, Err(StoreError::Source { .. })), "{result:?}");
    assert_eq!(server.object("pod/a.mp3").map(|kept| kept.bytes), None);
}

#[tokio::test]
async fn an_upload_that_is_dropped_can_be_gone_on_with_once_it_has_left_its_note() {
    let server = server().await;
    let audio = audio("a.mp3", 20_000, 3);
    let patient =
        Tuning { note_after: Duration::ZERO, answer: Duration::from_secs(60), ..tuning() };
    let first = store_at(&server, "s3://show/pod", patient);
    // The 12th part never gets its answer, and the process is ended.
    server.fail(|asked| match asked.query.contains("partNumber=12&") {
        true => Fault::Silence,
        false => Fault::None,
    });
    let all_but_one = async {
        while server.held_parts() < 20 || server.keys().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        done = first.put(&audio.object, &Condition::Absent, &quiet) => panic!("{done:?}"),
        () = all_but_one => (),
    }
    server.heal();
    server.asked();

    store(&server).put(&audio.object, &Condition::Absent, &quiet).await.unwrap();
    let parts = server.asked().iter().filter(|asked| **asked == "UploadPart").count();
    assert_eq!(parts, 1, "what had arrived is not sent again");
    assert_eq!(server.object("pod/a.mp3").unwrap().bytes, audio.published);
}

#[tokio::test]
async fn what_is_abandoned_is_discarded_and_nothing_else() {
    let server = server().await;
    for (seed, name) in ["a.mp3", "b.mp3", "c.mp3", "d.mp3"].iter().enumerate() {
        let audio = audio(name, 5_000, seed as u64);
        server.fail(cut_off_at_part(3));
        store(&server).put(&audio.object, &Condition::Absent, &quiet).await.unwrap_err();
        server.heal();
    }
    assert_eq!((server.unfinished_uploads(), server.keys().len()), (4, 4));

    store(&server).tidy().await.unwrap();
    assert_eq!(
        (server.unfinished_uploads(), server.keys().len()),
        (4, 4),
        "someone may be at work"
    );

    server.age_uploads(Duration::from_secs(25 * 60 * 60));
    store_at(&server, "s3://show/other", tuning()).tidy().await.unwrap();
    assert_eq!(server.unfinished_uploads(), 4, "another target's");
    // Another program's, of which onair has no note.
    let note = server.keys().into_iter().find(|key| key.contains("uploads/")).unwrap();
    server.remove(&note);
    store(&server).tidy().await.unwrap();
    assert_eq!((server.unfinished_uploads(), server.keys().len()), (1, 0));
}

#[tokio::test]
async fn an_upload_that_vanishes_at_the_store_is_begun_anew() {
    let server = server().await;
    let audio = audio("a.mp3", 8_000, 3);
    let mut once = true;
    server.fail(move |asked| match asked.operation() {
        "UploadPart" if asked.query.contains("partNumber=5&") && std::mem::take(&mut once) => {
            Fault::Answer(404, "NoSuchUpload")
        }
        _ => Fault::None,
    });
    store(&server).put(&audio.object, &Condition::Absent, &quiet).await.unwrap();
    assert_eq!(server.object("pod/a.mp3").unwrap().bytes, audio.published);
}
