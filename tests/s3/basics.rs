//! Reading, listing, writing, deleting; conditions; what is served along with the bytes.

use onair::store::{Condition, Listed, Store, StoreError, Version};

use crate::memory_s3::{Abilities, MemoryS3};
use crate::{key, page, quiet, server, store, store_at, tuning};

fn is_precondition<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Precondition { .. }))
}

#[tokio::test]
async fn what_is_written_is_read_back_with_all_that_belongs_to_it() {
    let server = server().await;
    let store = store(&server);
    let object = page("index.html", "<h1>Hello</h1>");

    let version = store.put(&object, &Condition::Absent, &quiet).await.unwrap();

    let stored = store.read(&object.key, 100).await.unwrap().unwrap();
    assert_eq!((stored.bytes.as_ref(), &stored.version), (&b"<h1>Hello</h1>"[..], &version));
    let head = store.head(&object.key).await.unwrap().unwrap();
    assert_eq!((head.bytes, &head.version), (14, &version));
    assert_eq!(head.content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(head.cache_control.as_deref(), Some(object.kind.cache_control()));
    assert_eq!(head.metadata, object.user_metadata());
    assert_eq!(server.keys(), ["pod/index.html"]);

    assert_eq!(store.read(&key("other"), 100).await.unwrap(), None);
    assert_eq!(store.head(&key("other")).await.unwrap(), None);
    let too_large = store.read(&object.key, 13).await;
    assert!(matches!(too_large, Err(StoreError::TooLarge { limit: 13, .. })), "{too_large:?}");
}

#[tokio::test]
async fn a_listing_is_whole_sorted_and_the_targets_own() {
    let server = server().await;
    let store = store(&server);
    let elsewhere = store_at(&server, "s3://show/podcast", tuning());
    elsewhere.put(&page("a", ""), &Condition::Always, &quiet).await.unwrap();
    for name in ["b/é.html", "b/2", "b/1", "b/10", "a", "b", "c/1", "b/z", "b/y"] {
        store.put(&page(name, name), &Condition::Always, &quiet).await.unwrap();
    }

    let mut listed = store.list("b/").await.unwrap();
    for found in &mut listed {
        let head = store.head(&found.key).await.unwrap().unwrap();
        assert_eq!(found.version.take(), Some(head.version));
    }
    let expected = ["b/1", "b/10", "b/2", "b/y", "b/z", "b/é.html"].map(|name| Listed {
        key: key(name),
        bytes: name.len() as u64,
        version: None,
    });
    assert_eq!(listed, expected);
    assert_eq!(store.list("").await.unwrap().len(), 9);
    assert_eq!(store.list("none/").await.unwrap(), []);
    let root = store_at(&server, "s3://show", tuning());
    assert_eq!(root.list("podcast").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_write_happens_only_if_its_condition_holds() {
    let server = server().await;
    let store = store(&server);
    assert!(store.conditional().await.unwrap());
    let (one, two) = (page("lock", "one"), page("lock", "two"));
    let is = |version: &Version| Condition::Is(version.clone());
    let absent = Condition::Absent;

    let first = store.put(&one, &absent, &quiet).await.unwrap();
    assert!(is_precondition(store.put(&two, &absent, &quiet).await));
    let second = store.put(&two, &is(&first), &quiet).await.unwrap();
    assert!(is_precondition(store.put(&one, &is(&first), &quiet).await));
    assert!(is_precondition(store.delete(&one.key, &is(&first)).await));
    assert!(is_precondition(store.delete(&one.key, &absent).await));
    assert_eq!(store.read(&one.key, 9).await.unwrap().unwrap().bytes, "two");

    store.delete(&one.key, &is(&second)).await.unwrap();
    assert_eq!(store.head(&one.key).await.unwrap(), None);
    assert!(is_precondition(store.put(&one, &is(&second), &quiet).await));
    for condition in [Condition::Always, absent, is(&second)] {
        store.delete(&one.key, &condition).await.unwrap();
    }
    assert_eq!(server.keys(), [""; 0]);
}

#[tokio::test]
async fn one_step_tells_of_conditions_where_the_probe_stands() {
    let server = server().await;
    for (asked, step) in [(4, "and the probe stays"), (2, "the second time")] {
        assert!(store(&server).conditional().await.unwrap());
        assert_eq!(server.asked(), vec!["PutObject"; asked], "{step}");
        assert!(server.object("pod/.onair/probe").is_some());
    }
}

#[tokio::test]
async fn a_store_without_conditions_is_found_out_and_looked_at_before_each_write() {
    let abilities = Abilities { conditional_put: false, ..Abilities::default() };
    let server = MemoryS3::start(abilities).await;
    let store = store(&server);
    assert!(!store.conditional().await.unwrap());
    server.asked();

    let (one, two) = (page("lock", "one"), page("lock", "two"));
    let first = store.put(&one, &Condition::Absent, &quiet).await.unwrap();
    assert_eq!(server.asked(), ["HeadObject", "PutObject"], "nothing is probed twice");
    assert!(is_precondition(store.put(&two, &Condition::Absent, &quiet).await));
    let other = Condition::Is(Version("other".to_owned()));
    assert!(is_precondition(store.put(&two, &other, &quiet).await));
    assert!(is_precondition(store.delete(&one.key, &other).await));
    store.put(&two, &Condition::Is(first), &quiet).await.unwrap();
}

#[tokio::test]
async fn of_many_who_race_one_wins() {
    let server = server().await;
    let stores: Vec<_> = (0..12).map(|_| store(&server)).collect();
    for round in 0..10 {
        let name = format!("lock-{round}");
        let racers = stores.iter().enumerate().map(async |(racer, store)| {
            let object = page(&name, &format!("racer {racer}"));
            let result = store.put(&object, &Condition::Absent, &quiet).await;
            assert!(result.is_ok() || is_precondition(result.as_ref().map_err(copy)), "{result:?}");
            result.ok().map(|version| (racer, version))
        });
        let won: Vec<_> =
            futures_util::future::join_all(racers).await.into_iter().flatten().collect();
        let [(racer, version)] = &won[..] else { panic!("{} have won", won.len()) };
        let stands = stores[0].read(&key(&name), 99).await.unwrap().unwrap();
        assert_eq!(
            (&stands.bytes[..], &stands.version),
            (format!("racer {racer}").as_bytes(), version)
        );
    }
}

fn copy(error: &StoreError) -> StoreError {
    match error {
        StoreError::Precondition { key } => StoreError::Precondition { key: key.clone() },
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_store_that_refuses_the_newer_checksums_gets_md5() {
    let abilities = Abilities { checksums: false, ..Abilities::default() };
    let server = MemoryS3::start(abilities).await;
    let store = store(&server);
    let large = page("large.json", &"x".repeat(5000));
    let other = page("other.json", &"y".repeat(5000));

    store.put(&large, &Condition::Always, &quiet).await.unwrap();
    assert_eq!(server.asked(), ["PutObject", "PutObject"]);
    store.put(&other, &Condition::Always, &quiet).await.unwrap();
    assert_eq!(server.asked(), ["PutObject"], "asked once");
    assert_eq!(server.object("pod/large.json").unwrap().bytes.len(), 5000);
}

#[tokio::test]
async fn an_object_of_another_program_is_known_by_its_bytes() {
    let server = server().await;
    let store = store(&server);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.mp3");
    std::fs::write(&file, "frames").unwrap();
    let same = async |key: &str| store.is_file(&self::key(key), &file).await.unwrap();
    store.put(&page("same", "frames"), &Condition::Always, &quiet).await.unwrap();
    store.put(&page("other", "framez"), &Condition::Always, &quiet).await.unwrap();
    store.put(&page("longer", "frames."), &Condition::Always, &quiet).await.unwrap();

    assert_eq!(same("same").await.map(|head| head.bytes), Some(6));
    assert_eq!(same("other").await, None);
    assert_eq!(same("longer").await, None);
    assert_eq!(same("none").await, None);
}
