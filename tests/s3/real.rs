//! The same promises against a real server: `tests/e2e/s3.sh` starts one and runs these with
//! `ONAIR_TEST_S3=s3://bucket/prefix`, and everything else in the environment as for any AWS tool.

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use onair::store::s3::{S3Store, S3Target, Tuning};
use onair::store::{Condition, Expected, Found, Store, StoreError, Version};

use crate::{audio, key, page, quiet};

async fn store(below: &str) -> S3Store {
    let location = std::env::var("ONAIR_TEST_S3").expect("ONAIR_TEST_S3 names a target");
    let target = S3Target::new(format!("{location}/{below}").parse().unwrap());
    S3Store::connect(target).await.unwrap()
}

fn is_precondition<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Precondition { .. }))
}

#[tokio::test]
#[ignore = "needs a server"]
async fn objects_keep_what_they_are_given() {
    let store = store("basics").await;
    let object = page("pages/é 1.html", "<h1>Hello</h1>");
    let version = store.put(&object, &Condition::Absent, &quiet).await.unwrap();
    let stored = store.read(&object.key, 99).await.unwrap().unwrap();
    assert_eq!((stored.bytes.as_ref(), &stored.version), (&b"<h1>Hello</h1>"[..], &version));
    let found = store.compare(&Expected::of(&object)).await.unwrap();
    assert!(matches!(&found, Found::Same(head) if head.version == version), "{found:?}");
    assert_eq!(store.read(&key("none"), 9).await.unwrap(), None);
    assert_eq!(store.head(&key("none")).await.unwrap(), None);
    assert_eq!(store.list("pages/").await.unwrap().len(), 1);
    store.delete(&object.key, &Condition::Is(version)).await.unwrap();
    let left = store.list("").await.unwrap();
    assert_eq!(left.iter().map(|it| it.key.as_str()).collect::<Vec<_>>(), [".onair/probe"]);
}

#[tokio::test]
#[ignore = "needs a server"]
async fn conditions_are_honoured() {
    let store = store("conditions").await;
    assert!(store.conditional().await.unwrap());
    let (one, two) = (page("lock", "one"), page("lock", "two"));
    let first = store.put(&one, &Condition::Absent, &quiet).await.unwrap();
    assert!(is_precondition(&store.put(&two, &Condition::Absent, &quiet).await));
    let second = store.put(&two, &Condition::Is(first.clone()), &quiet).await.unwrap();
    let stale = Condition::Is(first);
    assert!(is_precondition(&store.put(&one, &stale, &quiet).await));
    assert!(is_precondition(&store.delete(&one.key, &stale).await));
    store.delete(&one.key, &Condition::Is(second)).await.unwrap();
    assert!(is_precondition(&store.put(&one, &stale, &quiet).await));
}

#[tokio::test]
#[ignore = "needs a server"]
async fn of_twelve_who_race_one_wins_every_time() {
    let mut stores = Vec::new();
    for _ in 0..12 {
        stores.push(store("race").await);
    }
    for round in 0..20 {
        let name = format!("lock-{round}");
        let racers = stores.iter().enumerate().map(async |(racer, store)| {
            let object = page(&name, &format!("racer {racer}"));
            let result = store.put(&object, &Condition::Absent, &quiet).await;
            assert!(result.is_ok() || is_precondition(&result), "{result:?}");
            result.is_ok().then_some(racer)
        });
        let won: Vec<_> =
            futures_util::future::join_all(racers).await.into_iter().flatten().collect();
        let stands = stores[0].read(&key(&name), 99).await.unwrap().unwrap();
        assert_eq!(won.len(), 1, "round {round}");
        assert_eq!(stands.bytes, format!("racer {}", won[0]));
    }
}

#[tokio::test]
#[ignore = "needs a server"]
async fn uploads_in_parts_are_whole_conditional_and_gone_on_with() {
    let store = store("parts").await;
    let (one, two) = (audio("a.mp3", 30 << 20, 1), audio("a.mp3", 30 << 20, 2));
    let first = store.put(&one.object, &Condition::Absent, &quiet).await.unwrap();
    let stored = store.read(&one.object.key, 40 << 20).await.unwrap().unwrap();
    assert!(stored.bytes == one.published, "other bytes were stored");
    let found = store.compare(&Expected::of(&one.object)).await.unwrap();
    assert!(matches!(&found, Found::Same(head) if head.version == first), "{found:?}");
    assert!(is_precondition(&store.put(&two.object, &Condition::Absent, &quiet).await));
    let stale = Condition::Is(Version("00000000000000000000000000000000".to_owned()));
    assert!(is_precondition(&store.put(&two.object, &stale, &quiet).await));

    // Cut off while its parts are under way, after its note was left; then gone on with.
    let shared = aws_config::from_env().load().await;
    let location = std::env::var("ONAIR_TEST_S3").unwrap();
    let target = S3Target::new(format!("{location}/parts").parse().unwrap());
    let tuning =
        Tuning { note_after: Duration::ZERO, in_flight: 1, most_in_flight: 1, ..Tuning::default() };
    let cut = S3Store::new(target, &shared, tuning).unwrap();
    let sent = std::sync::atomic::AtomicU64::new(0);
    let enough = tokio::sync::Notify::new();
    let progress = |bytes| {
        let sum = sent.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed) + bytes;
        if sum > 10 << 20 {
            enough.notify_one();
        }
    };
    let condition = Condition::Is(first);
    tokio::select! {
        done = cut.put(&two.object, &condition, &progress) => {
            eprintln!("the upload was faster than its interruption: {done:?}");
        }
        () = enough.notified() => {
            assert_eq!(store.list(".onair/uploads/").await.unwrap().len(), 1);
        }
    }
    let next = self::store("parts").await;
    let version = next.head(&two.object.key).await.unwrap().unwrap().version;
    let sent = std::sync::atomic::AtomicU64::new(0);
    let progress = |bytes| {
        sent.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
    };
    next.put(&two.object, &Condition::Is(version), &progress).await.unwrap();
    assert_eq!(sent.into_inner(), two.object.body.len());
    let stored = store.read(&two.object.key, 40 << 20).await.unwrap().unwrap();
    assert!(stored.bytes == two.published, "other bytes were stored");
    assert_eq!(store.list("").await.unwrap().len(), 2, "the note is gone, the probe stays");
    store.tidy().await.unwrap();
}

/// Not a test of right or wrong: how long a first release's objects take.
/// `ONAIR_TEST_AUDIO` files (40) of `ONAIR_TEST_MIB` (60) and 400 pages.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a server, and takes its time"]
async fn figures() {
    let number = |name: &str, or: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or)
    };
    let (files, mib) = (number("ONAIR_TEST_AUDIO", 40), number("ONAIR_TEST_MIB", 60));
    let store = store("figures").await;
    let audio: Vec<_> =
        (0..files).map(|n| audio(&format!("{n}.mp3"), mib << 20, n as u64)).collect();
    let started = Instant::now();
    stream::iter(&audio)
        .for_each_concurrent(4, async |audio| {
            store.put(&audio.object, &Condition::Absent, &quiet).await.unwrap();
        })
        .await;
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "{files} files of {mib} MiB: {seconds:.2} s, {:.0} MiB/s",
        (files * mib) as f64 / seconds
    );
    let pages: Vec<_> =
        (0..400).map(|n| page(&format!("{n}/index.html"), &"<p>Hello".repeat(2000))).collect();
    let started = Instant::now();
    stream::iter(&pages)
        .for_each_concurrent(64, async |page| {
            store.put(page, &Condition::Always, &quiet).await.unwrap();
        })
        .await;
    eprintln!("400 pages: {:.2} s", started.elapsed().as_secs_f64());
    if let Some(peak) = std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| Some(status.split_once("VmHWM:")?.1.lines().next()?.trim().to_owned()))
    {
        eprintln!("peak memory: {peak}");
    }
}
