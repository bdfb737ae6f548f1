use std::os::unix::fs::symlink;

use super::*;
use crate::model::object::{Body, Kind};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn page(at: &str, text: &str) -> Object {
    Object::in_memory(key(at), Kind::Page, "text/html", Bytes::copy_from_slice(text.as_bytes()))
}

async fn put(
    store: &DirStore,
    object: &Object,
    condition: Condition,
) -> Result<Version, StoreError> {
    store.put(object, &condition, &|_| ()).await
}

fn temporaries(base: &Path) -> usize {
    let mut count = 0;
    walk(base, "", &mut |_, _, name| {
        count += usize::from(name.starts_with(TEMPORARY));
        Ok(())
    })
    .unwrap();
    count
}

#[tokio::test]
async fn what_is_refused_leaves_the_note_of_what_stands() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirStore::new(folder.path());
    let noted = |text: &str| Object {
        metadata: [("source", text.to_owned())].into(),
        ..page("a.html", text)
    };
    put(&store, &noted("one"), Condition::Absent).await.unwrap();
    put(&store, &noted("two"), Condition::Absent).await.unwrap_err();
    let note = store.read(&write::metadata_key(&key("a.html")), 1000).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&note.bytes).contains(r#""source":"one""#));
}

#[tokio::test]
async fn what_is_put_is_read_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirStore::new(folder.path().join("not/there/yet"));
    assert_eq!(store.read(&key("a/b"), 10).await.unwrap(), None);
    assert_eq!(store.list("").await.unwrap(), []);
    let odd = "épisode 1/%2e%2e #?&'\"*.html";
    let first = put(&store, &page(odd, "one"), Condition::Always).await.unwrap();
    let stored = store.read(&key(odd), 3).await.unwrap().unwrap();
    assert_eq!((&stored.bytes[..], &stored.version), (&b"one"[..], &first));
    assert!(matches!(store.read(&key(odd), 2).await, Err(StoreError::TooLarge { limit: 2, .. })));
    let head = store.head(&key(odd)).await.unwrap().unwrap();
    assert_eq!((head.bytes, head.version, head.content_type), (3, first, None));
    put(&store, &page("b/c/d.html", "two"), Condition::Always).await.unwrap();
    put(&store, &page("b/c.html", "three"), Condition::Always).await.unwrap();
    let listed = |prefix: &'static str| {
        let store = &store;
        async move {
            let listed = store.list(prefix).await.unwrap();
            listed.iter().map(|it| format!("{} {}", it.key, it.bytes)).collect::<Vec<_>>()
        }
    };
    assert_eq!(listed("").await, ["b/c.html 5", "b/c/d.html 3", &format!("{odd} 3")]);
    assert_eq!(listed("b/c/").await, ["b/c/d.html 3"]);
    assert_eq!(listed("b/c").await, ["b/c.html 5", "b/c/d.html 3"]);
    assert_eq!(listed("none/").await, Vec::<String>::new());

    store.delete(&key("b/c/d.html"), &Condition::Always).await.unwrap();
    store.delete(&key("b/c/d.html"), &Condition::Always).await.unwrap();
    let base = folder.path().join("not/there/yet");
    assert!(!base.join("b/c").exists(), "an empty folder is left");
    assert!(base.join("b/c.html").exists());
    assert_eq!(temporaries(&base), 0);
}

#[tokio::test]
async fn a_condition_decides_whether_a_write_happens() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirStore::new(folder.path());
    assert!(store.conditional().await.unwrap());
    let lost = |result: Result<Version, StoreError>| {
        assert!(matches!(result, Err(StoreError::Precondition { .. })), "{result:?}");
    };
    let is = |version: &Version| Condition::Is(version.clone());
    let elsewhere = Version("elsewhere".into());
    lost(put(&store, &page("a", "1"), is(&elsewhere)).await);
    let one = put(&store, &page("a", "1"), Condition::Absent).await.unwrap();
    lost(put(&store, &page("a", "2"), Condition::Absent).await);
    lost(put(&store, &page("a", "2"), is(&elsewhere)).await);
    assert_eq!(&store.read(&key("a"), 9).await.unwrap().unwrap().bytes[..], b"1");
    let two = put(&store, &page("a", "2"), is(&one)).await.unwrap();
    lost(put(&store, &page("a", "3"), is(&one)).await);
    // A version is made of content, whoever wrote it and whenever.
    std::fs::write(folder.path().join("a"), "1").unwrap();
    assert_eq!(store.head(&key("a")).await.unwrap().unwrap().version, one);
    let gone = store.delete(&key("a"), &is(&two)).await;
    assert!(matches!(gone, Err(StoreError::Precondition { .. })));
    store.delete(&key("a"), &is(&one)).await.unwrap();
    assert_eq!(temporaries(folder.path()), 0);
}

#[test]
fn of_many_writers_exactly_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let wins: usize = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|writer| {
                    let base = folder.path();
                    scope.spawn(move || {
                        let object = page(&format!("new/{round}/a"), &format!("{writer}"));
                        let stop = AtomicBool::new(false);
                        write::put(base, &object, &Condition::Absent, &stop, &mut |_| ()).is_ok()
                    })
                })
                .collect();
            writers.into_iter().map(|writer| usize::from(writer.join().unwrap())).sum()
        });
        assert_eq!(wins, 1);
    }
}

fn tagged(source: &Path, tag: &'static [u8], payload: &'static [u8]) -> Object {
    std::fs::write(source, [b"old", payload].concat()).unwrap();
    Object {
        key: key("media/1.mp3"),
        kind: Kind::Audio,
        content_type: "audio/mpeg",
        digest: Digest::Tagged { tag_sha256: Sha256::of(tag), payload_sha256: Sha256::of(payload) },
        body: Body::Tagged {
            tag: Box::new(tag.to_vec().into()),
            file: source.to_owned(),
            payload: 3..3 + payload.len() as u64,
        },
        metadata: Default::default(),
        redirect: None,
    }
}

#[tokio::test]
async fn audio_is_tag_and_payload_and_is_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirStore::new(folder.path().join("public"));
    let tag = b"ID3\x03\0\0\0\0\0\x02ab";
    let object = tagged(&folder.path().join("1.mp3"), tag, b"frames");
    let expected = Expected::of(&object);
    assert_eq!(store.compare(&expected).await.unwrap(), Found::Nothing);
    let sent = std::sync::atomic::AtomicU64::new(0);
    let progress = |bytes| {
        sent.fetch_add(bytes, Ordering::SeqCst);
    };
    store.put(&object, &Condition::Absent, &progress).await.unwrap();
    assert_eq!(sent.into_inner(), object.body.len());
    let path = folder.path().join("public/media/1.mp3");
    assert_eq!(std::fs::read(&path).unwrap(), b"ID3\x03\0\0\0\0\0\x02abframes");
    assert!(matches!(store.compare(&expected).await.unwrap(), Found::Same(_)));
    let head = store.head(&object.key).await.unwrap().unwrap();
    assert_eq!(head.content_type.as_deref(), Some("audio/mpeg"));
    std::fs::write(&path, b"ID3\x03\0\0\0\0\0\x02abframeX").unwrap();
    assert!(matches!(store.compare(&expected).await.unwrap(), Found::Other(_)));
}

#[tokio::test]
async fn a_source_that_is_not_what_was_promised_publishes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirStore::new(folder.path().join("public"));
    let source = folder.path().join("1.mp3");
    let object = tagged(&source, b"ID3", b"frames");
    std::fs::write(&source, b"oldframeX").unwrap();
    let failed = put(&store, &object, Condition::Absent).await.unwrap_err();
    insta::assert_snapshot!(
        failed.to_string().replace(folder.path().to_str().unwrap(), "show"),
        @"show/1.mp3: it changed while it was being sent; nothing of it was published"
    );
    std::fs::remove_file(&source).unwrap();
    assert!(matches!(
        put(&store, &object, Condition::Absent).await,
        Err(StoreError::Source { .. })
    ));
    assert_eq!(store.list("").await.unwrap(), []);
    assert_eq!(temporaries(folder.path()), 0);
}

#[tokio::test]
async fn no_link_leads_out_of_the_target() {
    let folder = tempfile::tempdir().unwrap();
    let (base, outside) = (folder.path().join("public"), folder.path().join("outside"));
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::create_dir_all(&base).unwrap();
    std::fs::write(outside.join("a.html"), "precious").unwrap();
    symlink(&outside, base.join("folder")).unwrap();
    symlink(outside.join("a.html"), base.join("file.html")).unwrap();
    let store = DirStore::new(&base);
    for at in ["folder/a.html", "folder/new.html", "file.html"] {
        put(&store, &page(at, "x"), Condition::Always).await.unwrap_err();
        store.read(&key(at), 100).await.unwrap_err();
        store.head(&key(at)).await.unwrap_err();
        store.delete(&key(at), &Condition::Always).await.unwrap_err();
    }
    assert_eq!(store.list("").await.unwrap(), []);
    store.tidy().await.unwrap();
    assert_eq!(std::fs::read(outside.join("a.html")).unwrap(), b"precious");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
    let error = put(&store, &page("folder/a.html", "x"), Condition::Always).await.unwrap_err();
    insta::assert_snapshot!(
        error.to_string().replace(folder.path().to_str().unwrap(), "show"),
        @"show/public/folder cannot be used: it is a symbolic link, and onair follows none inside a target"
    );

    // The target itself may be a link.
    let linked = folder.path().join("linked");
    symlink(&base, &linked).unwrap();
    put(&DirStore::new(linked), &page("a.html", "x"), Condition::Always).await.unwrap();
    assert!(base.join("a.html").exists());
}

#[tokio::test]
async fn a_folder_where_a_file_must_stand_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirStore::new(folder.path());
    put(&store, &page("a/b.html", "x"), Condition::Always).await.unwrap();
    let put = |at: &'static str| {
        let store = &store;
        async move {
            let error = put(store, &page(at, "x"), Condition::Always).await.unwrap_err();
            error.to_string().replace(store.name().as_str(), "show")
        }
    };
    insta::assert_snapshot!(put("a").await, @"show/a cannot be used: it is not a file, and a file must stand there");
    insta::assert_snapshot!(put("a/b.html/c").await, @"show/a/b.html cannot be used: it is not a folder");
    let long: &'static str = Box::leak("x".repeat(300).into_boxed_str());
    assert!(put(long).await.ends_with("name too long"), "{}", put(long).await);
}

#[tokio::test]
async fn leftovers_are_cleared_but_not_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("public");
    let store = DirStore::new(&base);
    put(&store, &page("a/b.html", "x"), Condition::Always).await.unwrap();
    let living = std::fs::File::create(base.join("a/.onair-tmp-1-1")).unwrap();
    living.lock().unwrap();
    std::fs::write(base.join("a/.onair-tmp-1-2"), "half").unwrap();
    std::fs::write(base.join(".onair-tmp-1-3"), "half").unwrap();
    assert_eq!(store.list("").await.unwrap().len(), 1);
    store.tidy().await.unwrap();
    assert_eq!(temporaries(&base), 1);
    drop(living);
    store.tidy().await.unwrap();
    assert_eq!(temporaries(&base), 0);
    assert!(base.join("a/b.html").exists());
}

#[tokio::test]
async fn a_write_that_is_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("public");
    let object = tagged(&folder.path().join("1.mp3"), b"ID3", b"frames");
    let stop = AtomicBool::new(true);
    write::put(&base, &object, &Condition::Always, &stop, &mut |_| ()).unwrap_err();
    write::put(&base, &page("a", "x"), &Condition::Always, &stop, &mut |_| ()).unwrap_err();
    assert_eq!(list(&base, "").unwrap(), []);
    assert_eq!(temporaries(&base), 0);
}
