//! A store that says what is not so: errors under a status of success, lengths that are not the truth.

use crate::faults::{OPERATIONS, scenario, scrubbed, told};
use crate::memory_s3::Fault;
use crate::{audio, key, page, quiet, server, store};
use onair::store::{Condition, Expected, Found, Store, StoreError};

#[tokio::test]
async fn an_error_under_status_200_is_an_error_and_says_what_it_is() {
    let audio = audio("a.mp3", 2_500, 9);
    let mut text = String::new();
    for operation in OPERATIONS {
        for code in ["InternalError", "AccessDenied"] {
            let server = server().await;
            let own = |key: &str| key.starts_with("pod/.onair/");
            server.fail(move |asked| match asked.operation() == operation && !own(&asked.key) {
                true => Fault::Answer(200, code),
                false => Fault::None,
            });
            let outcome = scenario(&store(&server), &audio).await;
            let error = outcome.expect_err(operation);
            text += &format!("{operation} {code}: {}\n", scrubbed(&told(error), &server));
        }
    }
    insta::assert_snapshot!(text);
}

/// A write is acknowledged by its status and by a version, never by a status alone.
#[tokio::test]
async fn nothing_counts_as_written_that_is_not_there() {
    let audio = audio("a.mp3", 2_500, 9);
    for operation in ["PutObject", "CompleteMultipartUpload"] {
        let server = server().await;
        server.fail(move |asked| match asked.operation() == operation {
            true => Fault::Answer(200, "InternalError"),
            false => Fault::None,
        });
        let store = store(&server);
        let small = store.put(&page("feed.xml", "<rss/>"), &Condition::Always, &quiet).await;
        assert_eq!(small.is_ok(), server.object("pod/feed.xml").is_some(), "{operation}");
        let large = store.put(&audio.object, &Condition::Always, &quiet).await;
        assert_eq!(large.is_ok(), server.object("pod/a.mp3").is_some(), "{operation}");
        assert!(small.is_err() || large.is_err());
    }
}

/// Whatever comes of it, the next try ends well.
#[tokio::test]
async fn half_an_answer_that_looks_whole_is_gone_on_from() {
    let audio = audio("a.mp3", 2_500, 9);
    for operation in ["PutObject", "UploadPart", "CompleteMultipartUpload", "CreateMultipartUpload"]
    {
        let server = server().await;
        let mut once = true;
        server.fail(move |asked| {
            let first = asked.operation() == operation && std::mem::take(&mut once);
            if first { Fault::HalfAnswer } else { Fault::None }
        });
        let store = store(&server);
        if let Err(error) = store.put(&audio.object, &Condition::Absent, &quiet).await {
            let told = told(error);
            assert!(told.contains("gave an answer that S3 does not give"), "{operation}: {told}");
            // As a release does it: what stands there is looked at first.
            let found = store.compare(&Expected::of(&audio.object)).await.unwrap();
            if !matches!(found, Found::Same(_)) {
                store.put(&audio.object, &Condition::Absent, &quiet).await.unwrap();
            }
        }
        assert_eq!(server.object("pod/a.mp3").unwrap().bytes, audio.published, "{operation}");
    }
}

#[tokio::test]
async fn a_length_that_is_not_the_truth_is_seen_or_makes_no_difference() {
    let server = server().await;
    let store = store(&server);
    let object = page("feed.xml", "<rss></rss>");
    store.put(&object, &Condition::Always, &quiet).await.unwrap();
    server.fail(|_| Fault::HalfAnswer);
    // What is compared with a record differs from it.
    assert_eq!(store.head(&key("feed.xml")).await.unwrap().unwrap().bytes, 5);
    let found = store.compare(&Expected::of(&object)).await.unwrap();
    assert!(matches!(found, Found::Other(_)), "{found:?}");
    // A limit holds for what comes, whatever was announced.
    server.heal();
    let large = store.read(&key("feed.xml"), 4).await.unwrap_err();
    assert!(matches!(large, StoreError::TooLarge { .. }), "{large:?}");
}
